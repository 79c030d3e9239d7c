/* The handler as it is deployed, with the real SDK and over the real wire, against a fake of SES. */
import { handler } from '../../src/monitoring/account-monitor.lambda';
import { Refusal } from '../support/fake-service';
import { FakeSesStatus } from '../support/fake-ses-status';
import { hurry } from '../support/hurry';
import { captureMetrics } from '../support/metric-log';

const ses = new FakeSesStatus();
let logged: ReturnType<typeof captureMetrics>;

beforeAll(async () => {
  await ses.start();
  Object.assign(process.env, { AWS_REGION: 'eu-west-1', AWS_ACCESS_KEY_ID: 'AKIAFAKE', AWS_SECRET_ACCESS_KEY: 'fake', AWS_ENDPOINT_URL_SESV2: ses.endpoint });
});
afterAll(async () => ses.stop());

beforeEach(() => {
  ses.reset();
  logged = captureMetrics();
});
afterEach(() => jest.restoreAllMocks());

const HEALTHY = {
  SendQuota: { Max24HourSend: 200, MaxSendRate: 1, SentLast24Hours: 160 }, SendingEnabled: true, EnforcementStatus: 'HEALTHY', ProductionAccessEnabled: true,
};

async function look(account: Record<string, unknown>): Promise<Record<string, unknown>> {
  ses.account = account;
  await handler();
  const lines = logged();
  expect(lines).toHaveLength(1);
  return lines[0].values;
}

test('a healthy account becomes four metrics without dimensions', async () => {
  expect(await look(HEALTHY)).toEqual({ QuotaUsed: 80, SendingEnabled: 1, EnforcementStatus: 0, ProductionAccess: 1 });
  expect(logged()[0]).toMatchObject({ namespace: 'CdkPostmaster', dimensions: {}, units: { QuotaUsed: 'Percent', SendingEnabled: 'None' } });
  expect(ses.calls).toEqual(['GetAccount']);
});

test('the log tells quota, enforcement and pricing plan as SES says them', async () => {
  await look({ ...HEALTHY, PricingAttributes: { CurrentPlan: 'ESSENTIALS', NextPlan: 'PRO' } });
  expect(logged()[0].line).toMatchObject({
    quota: HEALTHY.SendQuota, enforcement: 'HEALTHY', pricing: { CurrentPlan: 'ESSENTIALS', NextPlan: 'PRO' },
  });
});

test.each([
  ['without a limit', { Max24HourSend: -1, SentLast24Hours: 5000 }],
  ['of zero', { Max24HourSend: 0, SentLast24Hours: 0 }],
  ['that SES does not tell', undefined],
])('a quota %s has no percentage', async (_, SendQuota) => {
  expect(await look({ ...HEALTHY, SendQuota })).toEqual({ SendingEnabled: 1, EnforcementStatus: 0, ProductionAccess: 1 });
});

test.each([['HEALTHY', 0], ['PROBATION', 1], ['SHUTDOWN', 2], ['A_WORD_OF_LATER', 1], [undefined, 1]])('the status %s is %i', async (EnforcementStatus, level) => {
  expect(await look({ ...HEALTHY, EnforcementStatus })).toMatchObject({ EnforcementStatus: level });
});

test('an account that is paused and in the sandbox has zeroes', async () => {
  expect(await look({ ...HEALTHY, SendingEnabled: false, ProductionAccessEnabled: false })).toMatchObject({ SendingEnabled: 0, ProductionAccess: 0 });
});

test('what SES does not say is not taken as good', async () => {
  expect(await look({})).toEqual({ SendingEnabled: 0, EnforcementStatus: 1, ProductionAccess: 0 });
});

test('a call that SES throttles is repeated', async () => {
  hurry();
  ses.refuseNext(3, new Refusal(429, 'TooManyRequestsException', 'Too many requests'));
  expect(await look(HEALTHY)).toMatchObject({ QuotaUsed: 80 });
  expect(ses.calls).toHaveLength(4);
});

test('a call that SES refuses fails the run, and publishes nothing', async () => {
  ses.refuseNext(1, new Refusal(403, 'AccessDeniedException', 'not authorized to perform: ses:GetAccount'));
  await expect(handler()).rejects.toThrow('not authorized to perform: ses:GetAccount');
  expect(logged()).toEqual([]);
});
