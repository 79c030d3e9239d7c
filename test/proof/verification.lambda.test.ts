/* The handler with the real SDK over the real wire against a fake of SES, Node's resolver against a DNS server on loopback, and a stand-in of the framework. */
import { Resolver } from 'node:dns/promises';
import { SESv2Client } from '@aws-sdk/client-sesv2';
import type { CloudFormationCustomResourceEvent } from 'aws-lambda';
import { handler } from '../../src/proof/verification.lambda';
import { verification } from '../../src/proof/verification.lambda-shared';
import { DnsServer } from '../support/dns-server';
import type { Json } from '../support/fake-json-service';
import { Refusal } from '../support/fake-service';
import { FakeSesStatus } from '../support/fake-ses-status';

const MINUTE = 60_000;
const ses = new FakeSesStatus();
const server = new DnsServer({
  zones: ['example.com'],
  records: [
    { name: 'two._domainkey.example.com', type: 'CNAME', ttl: 60, data: 'two.dkim.amazonses.com' },
    { name: '_dmarc.example.com', type: 'TXT', ttl: 60, data: [Buffer.from('v=DMARC1;p=none')] },
  ],
});
const resolver = new Resolver({ timeout: 2000, tries: 2 });
let wait: ReturnType<typeof verification>;
let now: number;

beforeAll(async () => {
  await Promise.all([ses.start(), server.start()]);
  resolver.setServers([server.address]);
  Object.assign(process.env, { AWS_REGION: 'eu-west-1', AWS_ACCESS_KEY_ID: 'AKIAFAKE', AWS_SECRET_ACCESS_KEY: 'fake', AWS_ENDPOINT_URL_SESV2: ses.endpoint });
  wait = verification(new SESv2Client({ endpoint: ses.endpoint, maxAttempts: 3 }), resolver);
});
afterAll(async () => Promise.all([ses.stop(), server.stop()]));
beforeEach(() => {
  ses.reset();
  now = 1_700_000_000_000;
  jest.spyOn(Date, 'now').mockImplementation(() => now);
  jest.spyOn(console, 'log').mockImplementation(() => {});
});
afterEach(() => jest.restoreAllMocks());

const domain = (verified: boolean, dkim: string, more: Json = {}) => ({
  IdentityType: 'DOMAIN',
  VerifiedForSendingStatus: verified,
  VerificationStatus: verified ? 'SUCCESS' : dkim,
  DkimAttributes: { SigningEnabled: true, Status: dkim, Tokens: ['one', 'two'], SigningAttributesOrigin: 'AWS_SES', SigningHostedZone: 'dkim.amazonses.com' },
  ...more,
});
const PENDING = domain(false, 'PENDING');
const VERIFIED = domain(true, 'SUCCESS');

interface Request { type?: 'Create' | 'Update' | 'Delete'; identity?: string; old?: string; physicalId?: string; timeoutMinutes?: number }

function request({ type = 'Create', identity = 'example.com', old, physicalId, timeoutMinutes = 30 }: Request = {}): CloudFormationCustomResourceEvent {
  return {
    RequestType: type,
    ResourceProperties: { Identity: identity, TimeoutSeconds: String(timeoutMinutes * 60) },
    ...type === 'Create' ? {} : { PhysicalResourceId: physicalId ?? old ?? identity },
    ...type === 'Update' ? { OldResourceProperties: { Identity: old, TimeoutSeconds: '1800' } } : {},
  } as unknown as CloudFormationCustomResourceEvent;
}

/** Plays the framework: one event to begin, then a look every half a minute. Returns how many minutes it took, and the physical ID. */
async function play(event: CloudFormationCustomResourceEvent, eachLook: (look: number) => void = () => {}) {
  const began = now;
  const begun = { ...event, ...await wait(event) } as CloudFormationCustomResourceEvent & { PhysicalResourceId: string };
  for (let look = 0; look < 120; look++, now += MINUTE / 2) {
    eachLook(look);
    // the state machine keeps events as JSON
    const answer = await wait(JSON.parse(JSON.stringify(begun))) as { IsComplete: boolean };
    if (answer.IsComplete) return { minutes: (now - began) / MINUTE, physicalId: begun.PhysicalResourceId };
  }
  throw new Error('Operation timed out');
}

test('it waits until SES has verified the domain, and then no longer', async () => {
  ses.identities.set('example.com', PENDING);
  const done = await play(request(), look => { if (look === 6) ses.identities.set('example.com', VERIFIED); });
  expect(done).toEqual({ minutes: 3, physicalId: 'example.com' });
});

test.each<[string, Json, boolean]>([
  ['DKIM of a domain that signs', domain(true, 'PENDING'), false],
  ['no DKIM of a domain that does not sign', domain(true, 'PENDING', { DkimAttributes: { SigningEnabled: false, Status: 'PENDING' } }), true],
  ['no DKIM of an address', { IdentityType: 'EMAIL_ADDRESS', VerifiedForSendingStatus: true, VerificationStatus: 'SUCCESS', DkimAttributes: { SigningEnabled: true, Status: 'NOT_STARTED' } }, true],
  ['a MAIL FROM domain without which SES refuses mail', domain(true, 'SUCCESS', { MailFromAttributes: { MailFromDomain: 'b.example.com', MailFromDomainStatus: 'PENDING', BehaviorOnMxFailure: 'REJECT_MESSAGE' } }), false],
  ['no MAIL FROM domain that SES can do without', domain(true, 'SUCCESS', { MailFromAttributes: { MailFromDomain: 'b.example.com', MailFromDomainStatus: 'PENDING', BehaviorOnMxFailure: 'USE_DEFAULT_VALUE' } }), true],
])('it waits for %s', async (_, identity, isComplete) => {
  ses.identities.set('example.com', identity);
  const begun = { ...request(), ...await wait(request()) } as CloudFormationCustomResourceEvent;
  expect(await wait(begun)).toEqual({ IsComplete: isComplete });
});

describe('what the stack shows when the wait was in vain', () => {
  test('the state, the records that are missing, and what to do, before the framework ends the wait without a word', async () => {
    ses.identities.set('example.com', PENDING);
    await expect(play(request())).rejects.toThrow('example.com is not verified after 30 minutes: verification PENDING, DKIM PENDING. Public DNS does not have: ' +
      'CNAME one._domainkey.example.com (found: ENOTFOUND). See that they are published in the zone which the registrar delegates to (`npx postmaster dns` prints those ' +
      'that a person has to enter), then deploy again. The identity stays in SES, which looks for 72 hours.');
    expect((now - 1_700_000_000_000) / MINUTE).toBeLessThan(30);
  });

  test('an hour is ended in time, too', async () => {
    ses.identities.set('example.com', PENDING);
    await expect(play(request({ timeoutMinutes: 60 }))).rejects.toThrow('example.com is not verified after 60 minutes');
    expect(now - 1_700_000_000_000).toBeLessThanOrEqual(60 * MINUTE - 30_000);
  });

  test('what SES has given up, it says at once', async () => {
    ses.identities.set('example.com', domain(false, 'FAILED', { VerificationInfo: { ErrorType: 'HOST_NOT_FOUND' } }));
    await expect(play(request())).rejects.toThrow('SES has given example.com up: verification FAILED, DKIM FAILED (HOST_NOT_FOUND). Public DNS does not have: CNAME one.');
    expect(now).toBe(1_700_000_000_000);
  });

  test('an address has a link to follow', async () => {
    ses.identities.set('a@example.org', { IdentityType: 'EMAIL_ADDRESS', VerifiedForSendingStatus: false, VerificationStatus: 'PENDING' });
    await expect(play(request({ identity: 'a@example.org' }))).rejects.toThrow('a@example.org is not verified after 30 minutes: verification PENDING. SES has written to the ' +
      'address (from no-reply-aws@amazon.com), and nobody has followed the link; it is good for 24 hours.');
  });

  test('an identity that SES does not know is given two minutes', async () => {
    await expect(play(request())).rejects.toThrow('SES has no identity example.com in this account and Region');
    expect(now).toBe(1_700_000_000_000 + 2 * MINUTE);
  });

  test('it fits into a stack event', async () => {
    const Tokens = Array.from({ length: 60 }, (_, index) => `token${index}`);
    ses.identities.set('example.com', domain(false, 'FAILED', { DkimAttributes: { SigningEnabled: true, Status: 'FAILED', Tokens } }));
    const error = await play(request()).catch((thrown: Error) => thrown);
    expect((error as Error).message).toHaveLength(1000);
  });
});

describe('life cycle', () => {
  test('an identity that is not there yet, though its creation has been answered, is waited for', async () => {
    expect(await play(request(), look => { if (look === 2) ses.identities.set('example.com', VERIFIED); })).toMatchObject({ minutes: 1 });
  });

  test('an update of the same identity does not wait', async () => {
    expect(await play(request({ type: 'Update', old: 'example.com', timeoutMinutes: 60 }))).toEqual({ minutes: 0, physicalId: 'example.com' });
    expect(ses.calls).toEqual([]);
  });

  test('another identity is waited for, and is another resource', async () => {
    ses.identities.set('example.org', domain(false, 'PENDING', { DkimAttributes: {} }));
    const done = await play(request({ type: 'Update', old: 'example.com', identity: 'example.org' }), look => { if (look === 2) ses.identities.set('example.org', VERIFIED); });
    expect(done).toEqual({ minutes: 1, physicalId: 'example.org' });
  });

  test('an update that failed is taken back without a wait', async () => {
    expect(await play(request({ type: 'Update', old: 'example.org', identity: 'example.com', physicalId: 'example.com' }))).toMatchObject({ minutes: 0, physicalId: 'example.com' });
    expect(ses.calls).toEqual([]);
  });

  test.each(['example.com', 'AWSCDK::CustomResourceProviderFramework::MISSING_PHYSICAL_ID'])('a deletion asks nothing and deletes nothing, also of %s', async physicalId => {
    expect(await play(request({ type: 'Delete', physicalId }))).toEqual({ minutes: 0, physicalId });
    expect(ses.calls).toEqual([]);
  });

  test('an event that comes twice waits twice, from its own start, and both say the same', async () => {
    ses.identities.set('example.com', VERIFIED);
    const [first, again] = [await play(request()), await play(request())];
    expect(again).toEqual(first);
  });

  test.each([[429, 'TooManyRequestsException'], [403, 'AccessDeniedException']])('%i %s at first is no end', async (status, code) => {
    jest.spyOn(Date, 'now').mockRestore();
    ses.identities.set('example.com', VERIFIED);
    ses.refuseNext(2, new Refusal(status, code, 'not now'));
    now = Date.now();
    expect(await play(request())).toMatchObject({ physicalId: 'example.com' });
  });

  test('an identity that somebody else has made is looked at, and nothing more: the wait owns nothing', async () => {
    ses.identities.set('example.com', VERIFIED);
    await play(request());
    await play(request({ type: 'Delete' }));
    expect(new Set(ses.calls)).toEqual(new Set(['GetEmailIdentity example.com']));
  });

  test('the function itself is the handler of the framework', async () => {
    ses.identities.set('example.com', VERIFIED);
    const event = request();
    expect(await handler({ ...event, ...await handler(event) })).toEqual({ IsComplete: true });
  });
});
