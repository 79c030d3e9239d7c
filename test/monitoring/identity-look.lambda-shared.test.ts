/* The handler with the real SDK over the real wire against a fake of SES, and with Node's resolver against a DNS server on loopback. */
import { Resolver } from 'node:dns/promises';
import { SESClient } from '@aws-sdk/client-ses';
import { SESv2Client } from '@aws-sdk/client-sesv2';
import { identityMonitor } from '../../src/monitoring/identity-look.lambda-shared';
import { handler } from '../../src/monitoring/identity-monitor.lambda';
import type { IdentityMonitorEvent } from '../../src/monitoring/monitor-constants';
import { DnsServer, type ZoneRecord } from '../support/dns-server';
import type { Json } from '../support/fake-json-service';
import { Refusal } from '../support/fake-service';
import { FakeSesIdentities } from '../support/fake-ses-identities';
import { FakeSesNotifications } from '../support/fake-ses-notifications';
import { FakeSesStatus } from '../support/fake-ses-status';
import { hurry } from '../support/hurry';
import { captureMetrics } from '../support/metric-log';

const HOUR = 3600;
const ses = new FakeSesStatus();
const servers: DnsServer[] = [];
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
afterEach(async () => {
  jest.restoreAllMocks();
  await Promise.all(servers.splice(0).map(async server => server.stop()));
});

const TOKENS = ['one', 'two', 'three'];

/** What SES says of a domain that is as it should be. */
const DOMAIN = {
  IdentityType: 'DOMAIN',
  VerifiedForSendingStatus: true,
  VerificationStatus: 'SUCCESS',
  VerificationInfo: { LastSuccessTimestamp: 1_700_000_000 },
  DkimAttributes: { SigningEnabled: true, Status: 'SUCCESS', Tokens: TOKENS, SigningAttributesOrigin: 'AWS_SES', SigningHostedZone: 'dkim.eu-west-1.amazonses.com' },
  MailFromAttributes: { MailFromDomain: 'bounce.example.com', MailFromDomainStatus: 'SUCCESS', BehaviorOnMxFailure: 'USE_DEFAULT_VALUE' },
};

const OWN_KEY = { ...DOMAIN, DkimAttributes: { SigningEnabled: true, Status: 'SUCCESS', Tokens: ['mine'], SigningAttributesOrigin: 'EXTERNAL' } };

const cname = (name: string, data: string): ZoneRecord => ({ name, type: 'CNAME', ttl: 60, data });
const txt = (name: string, ...texts: string[]): ZoneRecord => ({ name, type: 'TXT', ttl: 60, data: texts.map(text => Buffer.from(text)) });
const mx = (name: string, exchange: string): ZoneRecord => ({ name, type: 'MX', ttl: 60, data: { preference: 10, exchange } });

const DKIM = TOKENS.map(token => cname(`${token}._domainkey.example.com`, `${token}.dkim.eu-west-1.amazonses.com`));
const MX = mx('bounce.example.com', 'feedback-smtp.eu-west-1.amazonses.com');
const SPF = txt('bounce.example.com', 'v=spf1 include:amazonses.com ~all');
const DMARC = txt('_dmarc.example.com', 'v=DMARC1;', 'p=none');
const ALL = [...DKIM, MX, SPF, DMARC];

/** A resolver that knows these records only. */
async function resolverOf(records: ZoneRecord[]): Promise<Resolver> {
  const server = new DnsServer({ zones: ['example.com'], records });
  servers.push(server);
  await server.start();
  const resolver = new Resolver({ timeout: 1000, tries: 1 });
  resolver.setServers([server.address]);
  return resolver;
}

/** The handler, for which DNS has these records only. */
async function monitorOf(records: ZoneRecord[]) {
  return identityMonitor({ ses: new SESv2Client({}), sesV1: new SESClient({}), resolver: await resolverOf(records) });
}

/** The metrics and the log line of one look at example.com. */
async function look(identity: Json, records: ZoneRecord[], name = 'example.com') {
  ses.identities.set(name, identity);
  await (await monitorOf(records))({ identities: [name] });
  const lines = logged();
  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatchObject({ namespace: 'CdkPostmaster', dimensions: { Identity: name } });
  return { values: lines[0].values, line: lines[0].line };
}

/** The records that a look finds missing. */
async function missing(records: ZoneRecord[], identity: Json = DOMAIN): Promise<unknown> {
  const { values, line } = await look(identity, records);
  expect(values.MissingRecords).toBe((line.missing as unknown[]).length);
  return line.missing;
}

describe('states', () => {
  test('of a domain as it should be are zero', async () => {
    expect((await look(DOMAIN, ALL)).values).toEqual({ VerificationState: 0, DkimState: 0, MailFromState: 0, MissingRecords: 0 });
    expect(ses.calls).toEqual(['GetEmailIdentity example.com']);
  });

  test.each([['SUCCESS', 0], ['PENDING', 1], ['NOT_STARTED', 1], ['A_WORD_OF_LATER', 1], [undefined, 1], ['TEMPORARY_FAILURE', 2], ['FAILED', 3]])(
    '%s of each kind are %i', async (status, level) => {
      const identity = {
        ...DOMAIN,
        VerificationStatus: status,
        VerificationInfo: undefined,
        DkimAttributes: { ...DOMAIN.DkimAttributes, Status: status },
        MailFromAttributes: { ...DOMAIN.MailFromAttributes, MailFromDomainStatus: status },
      };
      expect((await look(identity, ALL)).values).toEqual({ VerificationState: level, DkimState: level, MailFromState: level, MissingRecords: 0 });
    });

  test('of DKIM are failed when signing is off, although the key is there', async () => {
    const { values } = await look({ ...DOMAIN, DkimAttributes: { ...DOMAIN.DkimAttributes, SigningEnabled: false } }, ALL);
    expect(values).toMatchObject({ VerificationState: 0, DkimState: 3 });
  });

  test('of an own key need signing and success', async () => {
    const key = txt('mine._domainkey.example.com', 'v=DKIM1; k=rsa; p=MIIB');
    const { values, line } = await look(OWN_KEY, [key, MX, SPF, DMARC]);
    expect(values).toEqual({ VerificationState: 0, DkimState: 0, MailFromState: 0, MissingRecords: 0 });
    expect(line.dkim).toEqual({ signs: true, status: 'SUCCESS', keys: 'EXTERNAL' });
  });

  test('of a domain without a MAIL FROM domain have none', async () => {
    const { values } = await look({ ...DOMAIN, MailFromAttributes: undefined }, [...DKIM, DMARC]);
    expect(values).toEqual({ VerificationState: 0, DkimState: 0, MissingRecords: 0 });
  });

  test('of an address are its verification, and of a MAIL FROM domain of its own', async () => {
    const address = { IdentityType: 'EMAIL_ADDRESS', VerificationStatus: 'PENDING', DkimAttributes: { SigningEnabled: false, Status: 'NOT_STARTED' } };
    expect((await look(address, [], 'me@example.com')).values).toEqual({ VerificationState: 1 });
    logged = captureMetrics();
    const { values } = await look({ ...address, MailFromAttributes: DOMAIN.MailFromAttributes }, [MX], 'me@example.com');
    expect(values).toEqual({ VerificationState: 1, MailFromState: 0, MissingRecords: 1 });
  });
});

describe('while SES no longer finds the records', () => {
  const NOW = 1_800_000_000;
  const failing = (hoursAgo: number) => ({
    ...DOMAIN, VerificationStatus: 'TEMPORARY_FAILURE', VerificationInfo: { LastSuccessTimestamp: NOW - hoursAgo * HOUR, ErrorType: 'HOST_NOT_FOUND' },
  });

  beforeEach(() => { jest.spyOn(Date, 'now').mockReturnValue(NOW * 1000); });

  test('the hours until it gives up count down from 72', async () => {
    const { values, line } = await look(failing(30), ALL);
    expect(values).toMatchObject({ VerificationState: 2, HoursLeft: 42 });
    expect(line).toMatchObject({
      verification: 'TEMPORARY_FAILURE',
      reason: 'HOST_NOT_FOUND',
      lastSuccess: new Date((NOW - 30 * HOUR) * 1000).toISOString(),
      givesUp: new Date((NOW + 42 * HOUR) * 1000).toISOString(),
    });
  });

  test('they do not go below none', async () => {
    expect((await look(failing(80), ALL)).values).toMatchObject({ HoursLeft: 0 });
  });

  test('they are not made up when SES does not tell since when', async () => {
    const { values } = await look({ ...failing(1), VerificationInfo: {} }, ALL);
    expect(values).toEqual({ VerificationState: 2, DkimState: 0, MailFromState: 0, MissingRecords: 0 });
  });
});

describe('public DNS lacks', () => {
  test.each<[string, ZoneRecord[], object]>([
    ['a DKIM record', ALL.filter(record => record !== DKIM[1]), { record: 'CNAME two._domainkey.example.com', found: 'ENOTFOUND' }],
    ['a DKIM record that points there', [...ALL.slice(1), cname('one._domainkey.example.com', 'one.dkim.example.net')],
      { record: 'CNAME one._domainkey.example.com', found: 'one.dkim.example.net' }],
    ['the MX record', ALL.filter(record => record !== MX), { record: 'MX bounce.example.com', found: 'ENODATA' }],
    ['the MX record alone', [...ALL, mx('bounce.example.com', 'mx.example.com')],
      { record: 'MX bounce.example.com', found: 'feedback-smtp.eu-west-1.amazonses.com | mx.example.com' }],
    ['an MX record of SES', [...DKIM, SPF, DMARC, mx('bounce.example.com', 'mx.example.com')], { record: 'MX bounce.example.com', found: 'mx.example.com' }],
    ['the SPF record', ALL.filter(record => record !== SPF), { record: 'TXT bounce.example.com', found: 'ENODATA' }],
    ['the SPF record alone', [...ALL, txt('bounce.example.com', 'v=spf1 -all')],
      { record: 'TXT bounce.example.com', found: 'v=spf1 include:amazonses.com ~all | v=spf1 -all' }],
    ['the DMARC record', ALL.filter(record => record !== DMARC), { record: 'TXT _dmarc.example.com', found: 'ENOTFOUND' }],
    ['a DMARC record that is one', [...DKIM, MX, SPF, txt('_dmarc.example.com', 'see below')], { record: 'TXT _dmarc.example.com', found: 'see below' }],
  ])('%s', async (_, records, record) => {
    expect(await missing(records)).toEqual([record]);
  });

  test('all of them', async () => {
    expect(await missing([])).toHaveLength(6);
  });

  test.each([
    ['the own key', []],
    ['the own key, which was revoked', [txt('mine._domainkey.example.com', 'v=DKIM1; p=')]],
  ])('%s', async (_, key) => {
    expect(await missing([...key, MX, SPF, DMARC], OWN_KEY)).toEqual([expect.objectContaining({ record: 'TXT mine._domainkey.example.com' })]);
  });

  test('the records of Easy DKIM, when somebody has switched a domain with a key of its own to that', async () => {
    const key = txt('mine._domainkey.example.com', 'v=DKIM1; k=rsa; p=MIIB');
    expect(await missing([key, MX, SPF, DMARC], DOMAIN)).toEqual(['one', 'two', 'three'].map(token => ({ record: `CNAME ${token}._domainkey.example.com`, found: 'ENOTFOUND' })));
  });

  test('what its servers do not answer, since SES has no other ones', async () => {
    const refused = { ...DOMAIN, MailFromAttributes: { ...DOMAIN.MailFromAttributes, MailFromDomain: 'bounce.example.net' } };
    expect(await missing([...DKIM, DMARC], refused)).toEqual([
      { record: 'MX bounce.example.net', found: 'EREFUSED' }, { record: 'TXT bounce.example.net', found: 'EREFUSED' },
    ]);
  });
});

describe('nothing is missing', () => {
  test('when names have capital letters, the host is of another Region, and other texts stand beside', async () => {
    expect(await missing([
      ...DKIM.slice(1), cname('one._domainkey.example.com', 'ONE.dkim.EU-west-1.amazonses.com.'), mx('bounce.example.com', 'feedback-smtp.us-gov-west-1.amazonses.com'), SPF, DMARC,
      txt('bounce.example.com', 'google-site-verification=1'), txt('_dmarc.example.com', 'something else'),
    ])).toEqual([]);
  });

  test('when SES does not name the zone of its keys, and they are in one of its own', async () => {
    expect(await missing(ALL, { ...DOMAIN, DkimAttributes: { ...DOMAIN.DkimAttributes, SigningHostedZone: undefined } })).toEqual([]);
  });

  test('when the DMARC policy is the one of the domain above', async () => {
    const below = { ...DOMAIN, DkimAttributes: { ...DOMAIN.DkimAttributes, Tokens: [] } };
    expect((await look(below, [MX, SPF, DMARC], 'news.letters.example.com')).line.missing).toEqual([]);
  });
});

describe('of several identities', () => {
  test('each has its own line, a second apart', async () => {
    hurry();
    ses.identities.set('example.com', DOMAIN).set('me@example.com', { IdentityType: 'EMAIL_ADDRESS', VerificationStatus: 'SUCCESS' });
    const start = Date.now();
    await (await monitorOf(ALL))({ identities: ['example.com', 'me@example.com'] });
    expect(Date.now() - start).toBeGreaterThanOrEqual(900);
    expect(logged().map(({ dimensions }) => dimensions)).toEqual([{ Identity: 'example.com' }, { Identity: 'me@example.com' }]);
  });

  test('one that is gone counts as failed, with nothing else known of it', async () => {
    await (await monitorOf([]))({ identities: ['gone.example.com'] });
    expect(logged()).toEqual([expect.objectContaining({ values: { VerificationState: 3 }, line: expect.objectContaining({ verification: 'no such identity' }) })]);
  });

  test('one that cannot be read fails the run after the others were', async () => {
    hurry();
    ses.identities.set('example.com', DOMAIN);
    ses.refuseNext(1, new Refusal(403, 'AccessDeniedException', 'no permission'), 'GetEmailIdentity other.example');
    await expect((await monitorOf(ALL))({ identities: ['other.example', 'example.com'] }))
      .rejects.toThrow('1 of 2 identities could not be read: other.example: no permission');
    expect(logged().map(({ dimensions }) => dimensions)).toEqual([{ Identity: 'example.com' }]);
  });
});

describe('of notifications', () => {
  const identities = new FakeSesIdentities();
  const notifications = new FakeSesNotifications(identities);
  const topic = (name: string) => `arn:aws:sns:eu-west-1:111122223333:${name}`;
  const expected = { topics: { Bounce: topic('bounces'), Complaint: topic('complaints') }, forwarding: false };

  beforeAll(() => notifications.start());
  afterAll(() => notifications.stop());
  beforeEach(() => {
    ses.identities.set('example.com', DOMAIN);
    identities.put('example.com', { forwarding: false, topics: new Map([['Bounce', topic('bounces')], ['Complaint', topic('complaints')]]) });
  });

  /** What a look finds lost, with its count. */
  async function lost(of: IdentityMonitorEvent['notifications'] = { 'example.com': expected }): Promise<unknown> {
    const sources = { ses: new SESv2Client({}), sesV1: new SESClient({ endpoint: notifications.endpoint }), resolver: await resolverOf(ALL) };
    await identityMonitor(sources)({ identities: ['example.com'], notifications: of });
    const [{ values, line }] = logged();
    expect(values.LostNotifications).toBe((line.lost as unknown[] | undefined)?.length);
    return line.lost;
  }

  test('nothing is lost while they are as they were made, whatever else is there', async () => {
    identities.identities.get('example.com')!.topics.set('Delivery', topic('console'));
    expect(await lost()).toEqual([]);
  });

  test('what SES has taken off is lost, and that it forwards again', async () => {
    notifications.loseTopic('example.com', 'Bounce');
    expect(await lost()).toEqual([{ setting: 'topic for Bounce notifications', found: 'none' }, { setting: 'forwarding by mail', found: 'on' }]);
  });

  test('what somebody has replaced is lost; forwarding is not, where another says it', async () => {
    Object.assign(identities.identities.get('example.com')!, { forwarding: true }).topics.set('Complaint', topic('console'));
    expect(await lost({ 'example.com': { topics: expected.topics } })).toEqual([{ setting: 'topic for Complaint notifications', found: topic('console') }]);
  });

  test('all is lost of an identity that the first version of the API does not know', async () => {
    identities.identities.clear();
    expect(await lost()).toHaveLength(3);
  });

  test('nobody asks for an identity without', async () => {
    notifications.reset();
    expect(await lost({})).toBeUndefined();
    expect(notifications.calls).toEqual([]);
  });
});

test('the handler repeats what SES throttles', async () => {
  hurry();
  ses.identities.set('me@example.com', { IdentityType: 'EMAIL_ADDRESS', VerificationStatus: 'SUCCESS' });
  ses.refuseNext(4, new Refusal(429, 'TooManyRequestsException', 'Too many requests'));
  await handler({ identities: ['me@example.com'] });
  expect(logged()).toEqual([expect.objectContaining({ values: { VerificationState: 0 } })]);
});
