/* The rotation with the real SDK against fakes, under a program that sends, judged by an independent verifier (npm mailauth) behind caches. */
import { Duration } from 'aws-cdk-lib';
import { DAY, DkimPlace, HOUR, MINUTE, SECRET, SETTINGS, SIGNING, ZONES } from './dkim-place';
import { DkimKeyPair, Dns, VerifiedDomain } from '../../src';
import type { ZoneAccess } from '../../src/dns/route53-in-account-constants';
import { DKIM_SIGNING_RESOURCE_TYPE, DKIM_KEY_RESOURCE_TYPE, ROTATION_ENV, type SigningSettings } from '../../src/proof/dkim-key-constants';
import type { KeyState } from '../../src/proof/dkim-key-secret.lambda-shared';
import { handler } from '../../src/proof/dkim-key.lambda';
import { handler as rotation } from '../../src/proof/dkim-rotation.lambda';
import { FakeCloudFormation } from '../support/fake-cloudformation';
import { Refusal } from '../support/fake-service';
import { hurry } from '../support/hurry';
import { isAllowed } from '../support/iam';
import { captureMetrics } from '../support/metric-log';
import type { Access } from '../support/session-policy';
import { stackIn } from '../support/stacks';

// many keys are made, which takes a busy machine a while
jest.setTimeout(30_000);

const place = new DkimPlace();
const cloudFormation = new FakeCloudFormation();
let log: jest.SpyInstance;
let canaries: string[];

beforeAll(async () => { await Promise.all([place.start(), cloudFormation.start()]); });
afterAll(async () => { await Promise.all([place.stop(), cloudFormation.stop()]); });

beforeEach(async () => {
  cloudFormation.reset();
  place.reset();
  log = jest.spyOn(console, 'log').mockImplementation();
  captureMetrics();
  await deploy();
  canaries = [place.state.privateKey];
});
afterEach(() => {
  const said = JSON.stringify([log.mock.calls, cloudFormation.bodies, place.route53.lines('ZONE')]);
  canaries.push(place.state.privateKey);
  jest.restoreAllMocks();
  canaries.forEach(canary => expect(said).not.toContain(canary.slice(100, 160)));
});

const KEY = { properties: { SecretArn: SECRET, SelectorPrefix: 'ses' }, resourceType: DKIM_KEY_RESOURCE_TYPE };
const USE = { properties: SIGNING as SigningSettings, resourceType: DKIM_SIGNING_RESOURCE_TYPE };

async function deploy(): Promise<void> {
  expect(await cloudFormation.request(handler, 'Create', KEY)).toMatchObject({ Status: 'SUCCESS' });
  const use = { ...USE, properties: { ...SIGNING, Zone: place.zone } };
  expect(await cloudFormation.request(handler, 'Create', use)).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: 'dkim-signing:example.com' });
}

/** Which calls the policies of the role with that ID allow. */
function policiesOf(zone: ZoneAccess) {
  const stack = stackIn('eu-west-1');
  const dns = zone.RoleArn === undefined
    ? Dns.route53ById({ hostedZoneId: zone.HostedZoneId, zoneName: 'example.com' })
    : Dns.route53InAccount({ hostedZoneId: zone.HostedZoneId, zoneName: 'example.com', roleArn: zone.RoleArn });
  new VerifiedDomain(stack, 'Mail', { dns, dkim: new DkimKeyPair(stack, 'Key', { rotation: { every: Duration.days(30), dns } }).dkim });
  return async (role: string, accesses: Access[]) => {
    const answers = await Promise.all(accesses.map(async ({ action, resource, keys }) =>
      isAllowed(stack, { role, action, resources: [resource], context: keys, references: { KeySecret: SECRET } })));
    return accesses.filter((_, index) => answers[index]);
  };
}

/** The same call about something else. */
function stranger(access: Access): Access[] {
  const elsewhere = { ...access, resource: `${access.resource}x` };
  if (!('route53:ChangeResourceRecordSetsActions' in access.keys)) return [elsewhere];
  const other = (key: string, value: string) => ({ ...access, keys: { ...access.keys, [`route53:ChangeResourceRecordSets${key}`]: [value] } });
  const { 'route53:ChangeResourceRecordSetsNormalizedRecordNames': _names, ...unnamed } = access.keys;
  return [
    elsewhere, other('Actions', 'UPSERT'), other('RecordTypes', 'CNAME'), other('NormalizedRecordNames', 'example.com'),
    other('NormalizedRecordNames', 'news._domainkey.example.com'), other('NormalizedRecordNames', 'ses1._domainkey.example.org'), { ...access, keys: unnamed },
  ];
}

describe('the function as it is deployed', () => {
  const run = () => rotation({}, { getRemainingTimeInMillis: () => 60_000 });
  beforeEach(() => { process.env[ROTATION_ENV] = JSON.stringify(SETTINGS); });

  test('looks, and leaves a young key as it is', async () => {
    const before = place.state;
    await run();
    expect(place.state).toEqual(before);
    expect(place.secrets.calls).toContain('GetSecretValue');
  });

  test('fails where everybody sees it when it may not read its secret', async () => {
    // the SDK repeats what fails once, to learn by it how far its clock is off
    place.secrets.refuseNext(3, new Refusal(400, 'AccessDeniedException', 'not authorized to perform: secretsmanager:GetSecretValue'));
    await expect(run()).rejects.toMatchObject({ name: 'AccessDeniedException' });
  });
});

describe.each(Object.entries(ZONES))('a key whose records are in a zone of %s', (_, zone) => {
  beforeEach(async () => {
    place.reset(zone);
    await deploy();
  });

  test('signs after the deployment, and stays until it is old enough', async () => {
    expect(place.selectors).toEqual([place.state.selector]);
    expect(place.ses.key?.selector).toBe(place.state.selector);
    expect(await place.live(2 * HOUR)).toEqual([]);
    expect(await place.idle(29)).toEqual([]);
    expect(place.state.next).toBeUndefined();
  });

  test('is in DNS before it signs, the old one stays for two weeks, and every message verifies, all the months', async () => {
    const old = place.state.selector;
    expect(await place.idle(30)).toEqual([]);
    expect(await place.live(4 * HOUR)).toEqual([]);
    const { selector, next, retired } = place.state;
    expect(selector).toMatch(/^ses20260331-[0-9a-f]{6}$/);
    expect(next).toBeUndefined();
    expect(place.ses.key?.selector).toBe(selector);
    expect(retired).toMatchObject([{ selector: old }]);
    expect(await place.idle(13)).toEqual([]);
    expect(place.selectors).toEqual([old, selector].sort());
    expect(await place.idle(2, 13)).toEqual([]);
    expect(place.selectors).toEqual([selector]);
    expect(await place.idle(15)).toEqual([]);
    expect(await place.live(4 * HOUR)).toEqual([]);
    expect(place.ses.key?.selector).toMatch(/^ses20260430-/);
  });

  test('is looked after by functions which do nothing that their policies do not allow, and could do no more', async () => {
    const allowed = policiesOf(zone);
    const deploying = place.accesses;
    expect(await allowed('PostmasterDkimKeyFunction', deploying)).toEqual(deploying);
    place.secrets.reset();
    place.reset(zone);
    await deploy();
    place.now += 30 * DAY;
    await place.live(4 * HOUR);
    place.now += 15 * DAY;
    await place.run();
    const { accesses } = place;
    expect(new Set(accesses.map(({ action }) => action))).toEqual(new Set([
      'secretsmanager:GetSecretValue', 'secretsmanager:PutSecretValue', 'ses:GetEmailIdentity', 'ses:PutEmailIdentityDkimSigningAttributes',
      ...zone.RoleArn ? ['sts:AssumeRole'] : ['route53:ListResourceRecordSets', 'route53:ChangeResourceRecordSets'],
    ]));
    expect(await allowed('KeyRotation', accesses)).toEqual(accesses);
    expect(await allowed('KeyRotation', accesses.flatMap(stranger))).toEqual([]);
  });
});

test('the record of the key that signs is put back when somebody has taken it away', async () => {
  const { selector } = place.state;
  place.route53.remove('ZONE', 'TXT', `${selector}._domainkey.example.com`);
  await place.run();
  expect(place.selectors).toEqual([selector]);
});

test('it does not sign before the record has been found for an hour', async () => {
  const old = place.state.selector;
  place.now += 30 * DAY;
  await place.live(1.5 * HOUR);
  expect(place.selectors).toHaveLength(2);
  expect(place.ses.key?.selector).toBe(old);
});

test('a key that SES does not take is taken back; mail that it has signed verifies, and another is tried after a day', async () => {
  const old = place.state.selector;
  place.now += 30 * DAY;
  await place.live(HOUR);
  const failing = place.state.next!.selector;
  place.ses.states.set(failing, 'PENDING');
  const errors = await place.live(8 * HOUR);
  expect(errors).toEqual([expect.stringContaining(`the new DKIM key ${failing} of example.com was given up: SES did not find it; SES signs with ${old} as before`)]);
  expect(place.ses.key?.selector).toBe(old);
  expect(place.selectors).toEqual([old, failing].sort());
  expect(await place.live(DAY + 4 * HOUR)).toEqual([]);
  expect(place.state.selector).not.toBe(old);
});

test('a record that public DNS never has is given up before anything is signed', async () => {
  const old = place.state.selector;
  place.resolver = { resolveTxt: async () => { throw Object.assign(new Error('queryTxt ENOTFOUND'), { code: 'ENOTFOUND' }); } };
  place.now += 30 * DAY;
  const errors = await place.live(26 * HOUR);
  expect(errors).toEqual([expect.stringMatching(/^the new DKIM key ses20260331-\w+ of example\.com was given up: its record is not found in public DNS; see which name servers/)]);
  expect(place.ses.key?.selector).toBe(old);
  expect(place.ses.calls.filter(call => call.startsWith('Put'))).toHaveLength(1);
});

describe('deployments while a key is rotated', () => {
  test('an update of the stack puts no older key back, whatever step the rotation is at', async () => {
    place.now += 30 * DAY;
    for (let half = 0; half < 10; half++) {
      await place.live(30 * MINUTE);
      const before = place.ses.key?.selector;
      expect(await cloudFormation.request(handler, 'Update', { ...USE, old: SIGNING, physicalId: 'dkim-signing:example.com' })).toMatchObject({ Status: 'SUCCESS' });
      expect(place.ses.key?.selector).toBe(before);
    }
    expect(place.state.retired).toHaveLength(1);
  });

  test('an identity that was made anew is given the key that signs', async () => {
    place.ses.keys.clear();
    await cloudFormation.request(handler, 'Update', { ...USE, old: SIGNING, physicalId: 'dkim-signing:example.com' });
    expect(place.ses.key).toMatchObject({ selector: place.state.selector });
  });
});

describe('rotation that is added to a key, and taken away', () => {
  const rotated = { ...KEY.properties, Rotated: 'true' };
  const change = async (properties: object, old: object) => {
    const [selector, versionId, publicKey] = [first.selector, place.secrets.versionIdOf(SECRET, 'AWSCURRENT'), first.publicKey];
    return cloudFormation.request(handler, 'Update', { ...KEY, properties, old, physicalId: [selector, versionId, publicKey].join(':') });
  };
  let first: KeyState;
  beforeEach(() => { first = place.state; });

  test('mail authenticates all the while: the record that CloudFormation leaves is the one that the function looks after', async () => {
    // the record and what SES was told are as a template without rotation has them
    await place.send();
    expect(await change(rotated, KEY.properties)).toMatchObject({ Status: 'SUCCESS' });
    const calls = place.route53.calls.length;
    expect(await cloudFormation.request(handler, 'Create', USE)).toMatchObject({ Status: 'SUCCESS' });
    expect(place.route53.calls.slice(calls)).toEqual(['ListResourceRecordSets']);
    expect(await place.idle(30)).toEqual([]);
    expect(await place.live(4 * HOUR)).toEqual([]);
    expect(await place.idle(15)).toEqual([]);
    expect(place.selectors).toEqual([place.state.selector]);
    expect(place.state.selector).not.toBe(first.selector);
  });

  test('it can be rolled back until the key is replaced, and is refused from then on, before anything is changed', async () => {
    expect(await change(KEY.properties, rotated)).toMatchObject({ Status: 'SUCCESS' });
    place.now += 30 * DAY;
    await place.live(HOUR);
    expect(place.state.next).toMatchObject({ phase: 'publishing' });
    expect(await change(KEY.properties, rotated)).toMatchObject({ Status: 'SUCCESS' });
    await place.live(3 * HOUR);
    const before = [place.state, place.selectors, place.ses.key];
    expect(await change(KEY.properties, rotated)).toMatchObject({
      Status: 'FAILED',
      Reason: `the key ${first.selector} of ${SECRET} has been replaced by its rotation, and a DkimKeyPair without \`rotation\` signs with ${first.selector}: leave \`rotation\` as it is, ` +
        'or give the domain another DkimKeyPair, without it. Nothing was changed.',
    });
    expect(await change(rotated, KEY.properties)).toMatchObject({ Status: 'SUCCESS' });
    expect([place.state, place.selectors, place.ses.key]).toEqual(before);
  });
});

describe('life cycle', () => {
  const attributes = () => ({ Selector: place.state.selector, RecordText: expect.stringMatching(/^p=[A-Za-z0-9+/]{253}" "[A-Za-z0-9+/=]+$/), VersionId: place.secrets.versionIdOf(SECRET, 'AWSCURRENT') });

  test('a Create makes a key, stores it in its secret, and tells its public half', async () => {
    place.secrets.addSecret(`${SECRET}2`);
    const answer = await cloudFormation.request(handler, 'Create', { ...KEY, properties: { SecretArn: `${SECRET}2`, SelectorPrefix: 'news' } });
    const made = JSON.parse(place.secrets.valueOf(`${SECRET}2`)!) as KeyState;
    canaries.push(made.privateKey);
    expect(answer).toMatchObject({ Status: 'SUCCESS', Data: { Selector: made.selector, VersionId: place.secrets.versionIdOf(`${SECRET}2`, 'AWSCURRENT') } });
    expect(made.selector).toMatch(/^news20260301-[0-9a-f]{6}$/);
  });

  test('a key whose storage was answered by nobody is the key of the next Create', async () => {
    jest.spyOn(Date, 'now').mockRestore();
    hurry();
    place.secrets.addSecret(`${SECRET}2`);
    place.secrets.breaks = () => place.secrets.calls.at(-1) === 'PutSecretValue' ? { how: 'reset', when: 'after' } : undefined;
    const other = { ...KEY, properties: { SecretArn: `${SECRET}2`, SelectorPrefix: 'ses' } };
    expect(await cloudFormation.request(handler, 'Create', other)).toMatchObject({ Status: 'FAILED', PhysicalResourceId: 'cdk-postmaster:create-failed' });
    const stored = place.secrets.valueOf(`${SECRET}2`)!;
    canaries.push((JSON.parse(stored) as KeyState).privateKey);
    place.secrets.breaks = () => undefined;
    expect(await cloudFormation.request(handler, 'Create', other)).toMatchObject({ Status: 'SUCCESS' });
    expect(place.secrets.valueOf(`${SECRET}2`)).toBe(stored);
  });

  test('a key is stored while Secrets Manager throttles', async () => {
    jest.spyOn(Date, 'now').mockRestore();
    hurry();
    place.secrets.refuseNext(4, new Refusal(400, 'ThrottlingException', 'Rate exceeded'));
    expect(await cloudFormation.request(handler, 'Create', KEY)).toMatchObject({ Status: 'SUCCESS' });
  });

  test('a use that is asked for again tells SES nothing twice', async () => {
    expect(await cloudFormation.request(handler, 'Create', USE)).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: 'dkim-signing:example.com' });
    expect(place.ses.calls.filter(call => call.startsWith('Put'))).toHaveLength(1);
  });

  test('another identity signs with the key under an ID of its own; the Delete of the first leaves it signing, for mail is on its way', async () => {
    const news = { ...SIGNING, Identity: 'news.example.com' };
    expect(await cloudFormation.request(handler, 'Update', { ...USE, properties: news, old: SIGNING, physicalId: 'dkim-signing:example.com' }))
      .toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: 'dkim-signing:news.example.com' });
    const { selector } = place.state;
    expect(place.ses.keys.get('news.example.com')?.selector).toBe(selector);
    await cloudFormation.request(handler, 'Delete', { ...USE, physicalId: 'dkim-signing:example.com' });
    expect(place.ses.key?.selector).toBe(selector);
    expect(place.route53.lines('ZONE').map(line => line.split(' ')[0])).toEqual([`${selector}._domainkey.example.com.`, `${selector}._domainkey.news.example.com.`]);
  });

  test('a use that fails half-way leaves the record, which the template may have made and mail may need, and the next one is whole', async () => {
    place.ses.keys.clear();
    place.ses.refuseNext(1, new Refusal(400, 'BadRequestException', 'not this one'), 'PutEmailIdentityDkimSigningAttributes');
    const { PhysicalResourceId: physicalId } = await cloudFormation.request(handler, 'Create', USE);
    expect(await cloudFormation.request(handler, 'Delete', { ...USE, physicalId })).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: 'cdk-postmaster:create-failed' });
    expect(place.selectors).toEqual([place.state.selector]);
    expect(await cloudFormation.request(handler, 'Create', USE)).toMatchObject({ Status: 'SUCCESS' });
    expect(place.ses.key?.selector).toBe(place.state.selector);
  });

  test('a record that somebody has changed is left alone, and the log says so', async () => {
    const name = `${place.state.selector}._domainkey.example.com.`;
    place.route53.put('ZONE', `${name} 60 TXT "p="`);
    expect(await cloudFormation.request(handler, 'Update', { ...USE, old: SIGNING, physicalId: 'dkim-signing:example.com' })).toMatchObject({ Status: 'SUCCESS' });
    expect(place.route53.lines('ZONE')).toEqual([`${name} 60 TXT "p="`]);
    expect(log.mock.calls.map(([line]) => JSON.parse(line) as object)).toContainEqual({ notice: 'left alone, changed by somebody since', records: [`TXT ${name}`] });
  });

  test('a Create that comes again, or after one that failed, finds its key and says the same', async () => {
    const before = place.state;
    const again = await cloudFormation.request(handler, 'Create', KEY);
    expect(again).toMatchObject({ Status: 'SUCCESS', Data: attributes() });
    expect(place.state).toEqual(before);
    expect(place.secrets.versionsOf(SECRET)).toBe(1);
  });

  test('an update changes nothing; another secret gets another key, and is taken back to the first', async () => {
    const { PhysicalResourceId: physicalId } = await cloudFormation.request(handler, 'Create', KEY);
    const other = { SecretArn: `${SECRET}2`, SelectorPrefix: 'ses' };
    place.secrets.addSecret(`${SECRET}2`);
    expect(await cloudFormation.request(handler, 'Update', { ...KEY, old: { ...KEY.properties, SelectorPrefix: 'old' }, physicalId })).toMatchObject({ PhysicalResourceId: physicalId });
    const moved = await cloudFormation.request(handler, 'Update', { ...KEY, properties: other, old: KEY.properties, physicalId });
    expect(moved.PhysicalResourceId).not.toBe(physicalId);
    const back = await cloudFormation.request(handler, 'Update', { ...KEY, old: other, physicalId: moved.PhysicalResourceId });
    expect(back).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: physicalId, Data: attributes() });
  });

  test('a deletion leaves the key, its record and the signing as they are', async () => {
    const { PhysicalResourceId: physicalId } = await cloudFormation.request(handler, 'Create', KEY);
    const before = [place.state, place.selectors, place.ses.key];
    for (const id of [physicalId, 'cdk-postmaster:create-failed']) {
      expect(await cloudFormation.request(handler, 'Delete', { ...KEY, physicalId: id })).toMatchObject({ Status: 'SUCCESS' });
      expect(await cloudFormation.request(handler, 'Delete', { ...USE, physicalId: id })).toMatchObject({ Status: 'SUCCESS' });
    }
    expect([place.state, place.selectors, place.ses.key]).toEqual(before);
  });

  test('what somebody else has put into the secret is neither used nor shown', async () => {
    const held = place.secrets.valueOf(SECRET)!;
    place.secrets.write(SECRET, 'hands-off: a word');
    const answer = await cloudFormation.request(handler, 'Create', KEY);
    expect(answer).toMatchObject({ Status: 'FAILED', Reason: expect.stringContaining('does not hold a DKIM key of this construct; put back the version that does') });
    expect(JSON.stringify(answer)).not.toContain('hands-off');
    place.secrets.write(SECRET, JSON.stringify({ ...JSON.parse(held), revision: 1 }));
  });

  test('throttling is no end, and a refusal of SES fails with its words', async () => {
    jest.spyOn(Date, 'now').mockRestore();
    place.ses.refuseNext(2, new Refusal(429, 'TooManyRequestsException', 'Too many requests'));
    place.ses.keys.clear();
    expect(await cloudFormation.request(handler, 'Create', USE)).toMatchObject({ Status: 'SUCCESS' });
    place.ses.keys.clear();
    place.ses.refuseNext(1, new Refusal(400, 'BadRequestException', 'not this one'), 'PutEmailIdentityDkimSigningAttributes');
    expect(await cloudFormation.request(handler, 'Create', USE)).toMatchObject({ Status: 'FAILED', Reason: 'not this one' });
  });
});
