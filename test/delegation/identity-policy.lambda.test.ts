/* The life cycle of the policies of an identity: the handler as it is deployed, with the real SDK and over the real wire, against services that are fakes. */
import { handler } from '../../src/delegation/identity-policy.lambda';
import { type CustomResourceRequest, FakeCloudFormation } from '../support/fake-cloudformation';
import { Refusal } from '../support/fake-service';
import { FakeSesIdentities } from '../support/fake-ses-identities';
import { FAKE_SECRET } from '../support/fake-sts';
import { hurry } from '../support/hurry';

const ses = new FakeSesIdentities();
const cloudFormation = new FakeCloudFormation();
const services = [ses, cloudFormation];
let log: jest.SpyInstance;

beforeAll(async () => {
  await Promise.all(services.map(service => service.start()));
  Object.assign(process.env, { AWS_REGION: 'eu-west-1', AWS_ACCESS_KEY_ID: 'AKIAFAKE', AWS_SECRET_ACCESS_KEY: FAKE_SECRET, AWS_ENDPOINT_URL_SESV2: ses.endpoint });
});
afterAll(async () => { await Promise.all(services.map(service => service.stop())); });

beforeEach(() => {
  services.forEach(service => service.reset());
  ses.put('example.com').policies.set('console', FOREIGN);
  log = jest.spyOn(console, 'log').mockImplementation();
});
afterEach(() => {
  const said = [...log.mock.calls.flat(), ...cloudFormation.bodies].join('\n');
  jest.restoreAllMocks();
  expect(said).not.toContain(FAKE_SECRET);
});

const OWNER = 'cdk-postmaster-mail-c8a1b2c3';
const FOREIGN = '{"Version":"2012-10-17","Id":"console","Statement":[]}';
const ID = 'example.com/mail/MailRecords';

type Principals = Record<string, string>;

/** What the template tells the handler: policies by their names, each of which lets one account send. */
function properties(policies: Principals, identity = 'example.com') {
  const arn = `arn:aws:ses:eu-west-1:111122223333:identity/${identity}`;
  return {
    ServiceToken: 'arn:aws:lambda:eu-west-1:111122223333:function:handler',
    IdentityArn: arn,
    Owner: OWNER,
    Policies: Object.entries(policies).map(([Name, account]) => ({
      Name, Statements: [{ Effect: 'Allow', Principal: { AWS: account }, Action: ['ses:SendEmail', 'ses:SendRawEmail'], Resource: arn }],
    })),
  };
}

const request = (type: 'Create' | 'Update' | 'Delete', details: CustomResourceRequest) => cloudFormation.request(handler, type, details);
const create = (policies: Principals, details = {}) => request('Create', { properties: properties(policies), ...details });
const update = (before: Principals, after: Principals) => request('Update', { properties: properties(after), old: properties(before), physicalId: ID });
const remove = (policies: Principals, physicalId = ID) => request('Delete', { properties: properties(policies), physicalId });

/** Who may send by which policy, the one of the console apart. */
function allowed(identity = 'example.com'): Principals {
  return Object.fromEntries(Object.entries(ses.policies(identity)).filter(([name]) => name !== 'console')
    .map(([name, { Statement: [statement] }]) => [name, (statement?.Principal as Principals | undefined)?.AWS ?? 'nobody']));
}

const changes = () => ses.calls.filter(call => !call.startsWith('Get'));
const notices = () => log.mock.calls.map(([line]) => JSON.parse(line));

/** Whom the old policies let send that the log keeps. */
const textsKept = () => notices().filter(({ textBefore }) => textBefore)
  .map(({ notice, policy, textBefore }) => [notice, policy, JSON.parse(textBefore).Statement[0].Principal.AWS]);

const [ONE, TWO, THREE] = ['222222222222', '333333333333', '444444444444'];
const THROTTLED = new Refusal(429, 'TooManyRequestsException', 'Rate exceeded');

afterEach(() => {
  // whatever happens, what the console made stays
  if (ses.identities.has('example.com')) expect(ses.identities.get('example.com')!.policies.get('console')).toBe(FOREIGN);
});

describe('Create', () => {
  test('writes the policies with the mark of the stack, and names the identity, the stack and the resource in its ID', async () => {
    expect(await create({ a: ONE, b: TWO })).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: ID });
    expect(allowed()).toEqual({ a: ONE, b: TWO });
    expect(ses.policies('example.com').a).toEqual({
      Version: '2012-10-17', Id: OWNER, Statement: properties({ a: ONE }).Policies[0].Statements,
    });
  });

  test('is refused beside a policy of that name that somebody else wrote, and so its Delete touches nothing', async () => {
    const answer = await create({ a: ONE, console: TWO });
    expect(answer).toMatchObject({
      Status: 'FAILED',
      Reason: 'example.com has a policy named console which this stack did not write; nothing was changed. Give this one another policyName, or delete the other one.',
    });
    expect(await remove({ a: ONE, console: TWO }, answer.PhysicalResourceId)).toMatchObject({ Status: 'SUCCESS' });
    expect(changes()).toEqual([]);
  });

  test('takes a policy for its own that an earlier deployment of the stack has left, and brings it up to date', async () => {
    await create({ a: ONE, b: TWO });
    expect(await create({ a: THREE, b: TWO })).toMatchObject({ Status: 'SUCCESS' });
    expect(allowed()).toEqual({ a: THREE, b: TWO });
    expect(changes().slice(2)).toEqual(['UpdateEmailIdentityPolicy']);
  });

  test('takes back what it made when a later policy is refused', async () => {
    ses.meanwhile.set('CreateEmailIdentityPolicy', () => { ses.refuseNext(1, new Refusal(400, 'BadRequestException', 'InvalidPolicy: whatever'), 'CreateEmailIdentityPolicy'); });
    expect(await create({ a: ONE, b: TWO })).toMatchObject({ Status: 'FAILED', Reason: 'SES does not take the policy b on example.com: InvalidPolicy: whatever' });
    expect(allowed()).toEqual({});
  });

  test('finds its own policy when SES has made it and its answer was lost', async () => {
    let isLost = false;
    ses.breaks = () => {
      if (isLost || ses.calls.at(-1) !== 'CreateEmailIdentityPolicy') return undefined;
      isLost = true;
      return { how: 'reset', when: 'after' };
    };
    expect(await create({ a: ONE, b: TWO })).toMatchObject({ Status: 'SUCCESS' });
    expect(allowed()).toEqual({ a: ONE, b: TWO });
  });

  test('fails on an identity that does not exist', async () => {
    expect(await request('Create', { properties: properties({ a: ONE }, 'gone.example') })).toMatchObject({ Status: 'FAILED', Reason: 'Email identity gone.example does not exist.' });
  });

  test('that is delivered again gets the first answer again', async () => {
    const first = await create({ a: ONE }, { requestId: 'twice' });
    expect(await create({ a: ONE }, { requestId: 'twice' })).toEqual(first);
    expect(changes()).toHaveLength(1);
  });

  test('that CloudFormation gave up before it was answered is taken back by a Delete with an ID that CloudFormation has made up', async () => {
    await create({ a: ONE });
    expect(await remove({ a: ONE }, 'mail-Policy-1ABCDEF')).toMatchObject({ Status: 'SUCCESS' });
    expect(allowed()).toEqual({});
  });

  test('is refused at once when SES would take no more policies', async () => {
    for (let index = 0; index < 18; index++) ses.identities.get('example.com')!.policies.set(`other${index}`, FOREIGN);
    expect(await create({ a: ONE, b: TWO })).toMatchObject({
      Status: 'FAILED', Reason: expect.stringContaining('example.com would have 21 policies at a time, and SES takes 20, whoever wrote them; nothing was changed.'),
    });
    expect(changes()).toEqual([]);
    expect(await create({ a: ONE })).toMatchObject({ Status: 'SUCCESS' });
  });
});

describe('Update', () => {
  beforeEach(async () => {
    await create({ a: ONE, b: TWO });
    ses.calls.length = 0;
    log.mockClear();
  });

  test('makes what is new, changes what differs, and then deletes the rest, with the old texts in the log', async () => {
    expect(await update({ a: ONE, b: TWO }, { b: THREE, c: ONE })).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: ID });
    expect(allowed()).toEqual({ b: THREE, c: ONE });
    expect(changes()).toEqual(['CreateEmailIdentityPolicy', 'UpdateEmailIdentityPolicy', 'DeleteEmailIdentityPolicy']);
    expect(textsKept()).toEqual([['changing', 'b', TWO], ['deleting', 'a', ONE]]);
  });

  test('changes nothing when it is sent again', async () => {
    await update({ a: ONE, b: TWO }, { b: THREE });
    ses.calls.length = 0;
    expect(await update({ a: ONE, b: TWO }, { b: THREE })).toMatchObject({ Status: 'SUCCESS' });
    expect(changes()).toEqual([]);
  });

  test('is taken back by the same with old and new swapped, whether all of it was done or not', async () => {
    ses.refuseNext(1, new Refusal(400, 'BadRequestException', 'InvalidPolicy: whatever'), 'UpdateEmailIdentityPolicy');
    expect(await update({ a: ONE, b: TWO }, { b: THREE, c: ONE })).toMatchObject({ Status: 'FAILED', PhysicalResourceId: ID });
    expect(allowed()).toEqual({ a: ONE, b: TWO, c: ONE });
    expect(await update({ b: THREE, c: ONE }, { a: ONE, b: TWO })).toMatchObject({ Status: 'SUCCESS' });
    expect(allowed()).toEqual({ a: ONE, b: TWO });
  });

  test('is refused when a new name is that of somebody else\'s policy; taking it back then touches nothing', async () => {
    expect(await update({ a: ONE, b: TWO }, { a: ONE, console: TWO })).toMatchObject({ Status: 'FAILED', Reason: expect.stringContaining('a policy named console') });
    expect(await update({ a: ONE, console: TWO }, { a: ONE, b: TWO })).toMatchObject({ Status: 'SUCCESS' });
    expect(changes()).toEqual([]);
    expect(notices()).toContainEqual({ notice: 'left alone, since somebody else wrote it', EmailIdentity: 'example.com', policy: 'console' });
  });

  test('writes a policy again that somebody has deleted, and over what somebody has changed', async () => {
    const { policies } = ses.identities.get('example.com')!;
    policies.delete('a');
    policies.set('b', policies.get('b')!.replace(TWO, '999999999999'));
    await update({ a: ONE, b: TWO }, { a: ONE, b: TWO, c: THREE });
    expect(allowed()).toEqual({ a: ONE, b: TWO, c: THREE });
  });
});

describe('Update to another identity', () => {
  const [here, there] = [properties({ a: ONE }), properties({ a: ONE }, 'example.net')];

  beforeEach(async () => {
    await create({ a: ONE });
    ses.put('example.net');
  });

  test('writes there under a new ID; the Delete that follows clears the old one', async () => {
    const answer = await request('Update', { properties: there, old: here, physicalId: ID });
    expect(answer).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: 'example.net/mail/MailRecords' });
    expect([allowed(), allowed('example.net')]).toEqual([{ a: ONE }, { a: ONE }]);
    await remove({ a: ONE });
    expect([allowed(), allowed('example.net')]).toEqual([{}, { a: ONE }]);
  });

  test('is taken back by an Update to the first one; the Delete then clears the other', async () => {
    await request('Update', { properties: there, old: here, physicalId: ID });
    expect(await request('Update', { properties: here, old: there, physicalId: 'example.net/mail/MailRecords' })).toMatchObject({ PhysicalResourceId: ID });
    await request('Delete', { properties: there, physicalId: 'example.net/mail/MailRecords' });
    expect([allowed(), allowed('example.net')]).toEqual([{ a: ONE }, {}]);
  });
});

describe('Delete', () => {
  beforeEach(async () => {
    await create({ a: ONE, b: TWO });
    log.mockClear();
  });

  test('deletes what was written, also what somebody has changed since, and keeps the texts in the log', async () => {
    const { policies } = ses.identities.get('example.com')!;
    policies.set('b', policies.get('b')!.replace(TWO, THREE));
    expect(await remove({ a: ONE, b: TWO })).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: ID });
    expect(allowed()).toEqual({});
    expect(textsKept()).toEqual([['deleting', 'a', ONE], ['deleting', 'b', THREE]]);
  });

  test('leaves alone what somebody else has put in the place of ours', async () => {
    ses.identities.get('example.com')!.policies.set('a', FOREIGN);
    expect(await remove({ a: ONE, b: TWO })).toMatchObject({ Status: 'SUCCESS' });
    expect(allowed()).toEqual({ a: 'nobody' });
  });

  test('succeeds when the policies are gone, when they go meanwhile, when it is sent again, and when the identity is gone', async () => {
    ses.identities.get('example.com')!.policies.delete('a');
    ses.meanwhile.set('DeleteEmailIdentityPolicy', () => { ses.identities.get('example.com')!.policies.delete('b'); });
    expect(await remove({ a: ONE, b: TWO })).toMatchObject({ Status: 'SUCCESS' });
    expect(await remove({ a: ONE, b: TWO })).toMatchObject({ Status: 'SUCCESS' });
    ses.identities.delete('example.com');
    expect(await remove({ a: ONE, b: TWO })).toMatchObject({ Status: 'SUCCESS' });
  });

  test('fails when SES refuses it, since those whom the policy lets in are still in', async () => {
    ses.refuseNext(1, new Refusal(400, 'BadRequestException', 'not now'), 'DeleteEmailIdentityPolicy');
    expect(await remove({ a: ONE })).toMatchObject({ Status: 'FAILED', PhysicalResourceId: ID, Reason: 'not now' });
  });
});

describe('patience', () => {
  test.each(['GetEmailIdentityPolicies', 'CreateEmailIdentityPolicy'])('with SES when it throttles %s', async operation => {
    ses.refuseNext(4, THROTTLED, operation);
    hurry();
    expect(await create({ a: ONE })).toMatchObject({ Status: 'SUCCESS' });
    expect(allowed()).toEqual({ a: ONE });
  });

  test('when the permission is as new as the deployment', async () => {
    ses.refuseNext(2, new Refusal(403, 'AccessDeniedException', 'User: handler is not authorized'));
    hurry();
    expect(await create({ a: ONE })).toMatchObject({ Status: 'SUCCESS' });
  });

  test('when a principal is as new as the deployment', async () => {
    ses.unknownPrincipals.set(ONE, 3);
    hurry();
    expect(await create({ a: ONE })).toMatchObject({ Status: 'SUCCESS' });
  });

  test('ends for a principal that never comes to be, with the cure', async () => {
    ses.unknownPrincipals.set(ONE, Infinity);
    hurry();
    expect(await create({ a: ONE })).toMatchObject({
      Status: 'FAILED',
      Reason: `SES does not take the policy a on example.com: InvalidPolicy: Invalid principal in policy: "${ONE}". See whether each account, user and role that it names ` +
        'exists, and has the Region enabled.',
    });
    expect(allowed()).toEqual({});
  });

  test('ends before the function is ended', async () => {
    ses.hold = () => new Promise(resolve => { setTimeout(resolve, 300); });
    expect(await create({ a: ONE }, { remainingMs: 5_100 })).toMatchObject({ Status: 'FAILED', Reason: 'the handler ran out of time; deploy again' });
  });
});
