/* The handler as it is deployed, with the real SDK and over the real wire, against a fake of SES. */
import { GATE_VARIABLE, type GateSettings } from '../../src/gates/gate-constants';
import { handler } from '../../src/gates/gate.lambda';
import { SET_UP_ID } from '../../src/inbox/normalize-received-mail';
import { sampleReceiptEvent } from '../../src/inbox/sample-received-mail';
import { Refusal } from '../support/fake-service';
import { FakeSesReceiving } from '../support/fake-ses-receiving';
import { hurry } from '../support/hurry';
import { captureMetrics, type LoggedMetrics } from '../support/metric-log';

const ses = new FakeSesReceiving();
const FAILED_DMARC = { dmarcVerdict: { status: 'FAIL' }, dmarcPolicy: 'reject' };

let metrics: () => LoggedMetrics[];
let log: jest.SpyInstance;
let count = 0;

beforeAll(async () => {
  await ses.start();
  Object.assign(process.env, { AWS_REGION: 'eu-west-1', AWS_ACCESS_KEY_ID: 'AKIAFAKE', AWS_SECRET_ACCESS_KEY: 'secret', AWS_ENDPOINT_URL_SES: ses.endpoint });
});
afterAll(() => ses.stop());

beforeEach(() => {
  ses.reset();
  ses.identities.add('example.com');
  configure({});
  metrics = captureMetrics();
  log = jest.spyOn(console, 'log').mockImplementation();
});
afterEach(() => {
  const said = JSON.stringify([metrics(), log.mock.calls]);
  jest.restoreAllMocks();
  expect(said).not.toMatch(/(?<![0-9a-f]{64})@|Where is my order/);
});

function configure(settings: Partial<GateSettings>): void {
  process.env[GATE_VARIABLE] = JSON.stringify({
    rule: 'Dmarc',
    outcomes: [{ pattern: { dmarcPolicy: 'reject' }, disposition: 'STOP_RULE_SET', reason: 'fails DMARC', stops: true, bounce: true }],
    otherwise: 'CONTINUE',
    bounce: { sender: 'mailer-daemon@example.com', explanation: 'No.' },
    ...settings,
  } satisfies GateSettings);
}

/** Asks about mail that SES has received just now, each time another message. */
function ask(receipt: object = {}, mail: Record<string, unknown> = {}, remainingMs = 20_000) {
  const messageId = `message-${count++}`;
  const event = sampleReceiptEvent({ mail: { messageId, timestamp: new Date().toISOString(), ...mail }, receipt });
  ses.received.set(String(mail.messageId ?? messageId), new Date());
  return handler(event, { getRemainingTimeInMillis: () => remainingMs });
}

const lastLine = () => metrics().at(-1)!;

test('mail that passes is answered at once, without a call, and counts as none that was stopped', async () => {
  await expect(ask()).resolves.toEqual({ disposition: 'CONTINUE' });
  expect(ses.calls).toEqual([]);
  expect(lastLine()).toMatchObject({ namespace: 'CdkPostmaster', dimensions: { ReceiptRule: 'Dmarc' }, values: { StoppedMail: 0 }, units: { StoppedMail: 'Count' } });
  expect(lastLine().line).toMatchObject({ notice: 'gate', disposition: 'CONTINUE', messageId: `message-${count - 1}`, reason: 'nothing that the gate looks for' });
});

test('mail that is to be bounced is, with what SES asks for', async () => {
  await expect(ask({ ...FAILED_DMARC, recipients: ['a@example.com', 'b@example.com'] })).resolves.toEqual({ disposition: 'STOP_RULE_SET' });
  expect(ses.bounces).toEqual([expect.objectContaining({
    OriginalMessageId: `message-${count - 1}`,
    BounceSender: 'mailer-daemon@example.com',
    Explanation: 'No.',
    MessageDsn: expect.objectContaining({ ReportingMta: 'dns; example.com', ArrivalDate: expect.anything() }),
    BouncedRecipientInfoList: ['a@example.com', 'b@example.com'].map(Recipient => expect.objectContaining({ Recipient, BounceType: 'ContentRejected' })),
  })]);
  expect(lastLine()).toMatchObject({ values: { StoppedMail: 1 }, line: { bounce: 'sent: bounce-1', reason: 'fails DMARC' } });
});

test('mail whose sender may be somebody else is stopped without a bounce, and the log says why', async () => {
  await expect(ask({ ...FAILED_DMARC, spfVerdict: { status: 'FAIL' } })).resolves.toEqual({ disposition: 'STOP_RULE_SET' });
  expect(ses.calls).toEqual([]);
  expect(lastLine().line.bounce).toBe('none: SPF does not vouch for the sender, who may have sent nothing');
});

test('a gate that sends no bounces sends none', async () => {
  configure({ bounce: undefined });
  await expect(ask(FAILED_DMARC)).resolves.toEqual({ disposition: 'STOP_RULE_SET' });
  expect(ses.calls).toEqual([]);
});

test('the same message again is answered in the same way, and is bounced once', async () => {
  const again = () => ask(FAILED_DMARC, { messageId: 'twice' });
  expect(await again()).toEqual(await again());
  expect(ses.bounces).toHaveLength(1);
  expect(lastLine().line.bounce).toBe('sent before');
});

test('a bounce is tried again while SES takes no more of them, and SES then gets its answer in time', async () => {
  hurry();
  ses.refuseNext(2, new Refusal(400, 'Throttling', 'Maximum sending rate exceeded.'));
  await expect(ask(FAILED_DMARC)).resolves.toEqual({ disposition: 'STOP_RULE_SET' });
  expect(ses.calls).toHaveLength(3);
});

describe('a gate that fails', () => {
  const REFUSED = new Refusal(403, 'AccessDenied', 'User is not authorized to perform ses:SendBounce on jane.doe@example.net');

  test('has SES try again, without saying addresses', async () => {
    ses.refuseNext(1, REFUSED);
    await expect(ask(FAILED_DMARC)).rejects.toThrow('the gate cannot decide; its log says why');
    expect(JSON.parse(log.mock.calls[0][0] as string)).toEqual({
      notice: 'gate failed', rule: 'Dmarc', disposition: 'SES tries again', failure: expect.stringMatching(/^AccessDenied: User is not authorized .*[0-9a-f]{64}@example\.net$/),
    });
  });

  test.each(['CONTINUE', 'STOP_RULE', 'STOP_RULE_SET'] as const)('answers %s, if that is wanted', async onFailure => {
    configure({ onFailure });
    ses.refuseNext(1, REFUSED);
    await expect(ask(FAILED_DMARC)).resolves.toEqual({ disposition: onFailure });
  });

  test('is one that gets what is no mail', async () => {
    configure({ onFailure: 'CONTINUE' });
    await expect(handler({ Records: [{ ses: {} }] }, { getRemainingTimeInMillis: () => 20_000 })).resolves.toEqual({ disposition: 'CONTINUE' });
    expect(JSON.parse(log.mock.calls[0][0] as string)).toMatchObject({ failure: expect.stringContaining('ReceivedMail.incomplete') });
  });

  test('gives up in time for SES to hear of it', async () => {
    hurry();
    ses.refuseNext(100, new Refusal(400, 'Throttling', 'Rate exceeded'));
    const start = Date.now();
    await expect(ask(FAILED_DMARC, {}, 20_000)).rejects.toThrow('the gate cannot decide');
    expect(Date.now() - start).toBeLessThan(20_000);
  });
});

test('what SES sends in order to try the function out passes', async () => {
  await expect(handler(sampleReceiptEvent({ mail: { messageId: SET_UP_ID } }), { getRemainingTimeInMillis: () => 20_000 })).resolves.toEqual({ disposition: 'CONTINUE' });
});
