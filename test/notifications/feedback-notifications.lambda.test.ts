/* The life cycle of notification topics: the handler as it is deployed, with the real SDK and over the real wire, against services that are fakes. */
import { handler } from '../../src/notifications/feedback-notifications.lambda';
import { type CustomResourceRequest, FakeCloudFormation } from '../support/fake-cloudformation';
import { Refusal } from '../support/fake-service';
import { FakeSesIdentities } from '../support/fake-ses-identities';
import { FakeSesNotifications } from '../support/fake-ses-notifications';
import { FAKE_SECRET } from '../support/fake-sts';
import { hurry } from '../support/hurry';

const sesv2 = new FakeSesIdentities();
const ses = new FakeSesNotifications(sesv2);
const cloudFormation = new FakeCloudFormation();
const services = [sesv2, ses, cloudFormation];
let log: jest.SpyInstance;

beforeAll(async () => {
  await Promise.all(services.map(service => service.start()));
  sesv2.onForwarding = enabled => ses.changes.push(`forwarding ${enabled}`);
  Object.assign(process.env, {
    AWS_REGION: 'eu-west-1', AWS_ACCESS_KEY_ID: 'AKIAFAKE', AWS_SECRET_ACCESS_KEY: FAKE_SECRET, AWS_ENDPOINT_URL_SES: ses.endpoint, AWS_ENDPOINT_URL_SESV2: sesv2.endpoint,
  });
});
afterAll(async () => { await Promise.all(services.map(service => service.stop())); });

beforeEach(() => {
  services.forEach(service => service.reset());
  sesv2.put('example.com');
  log = jest.spyOn(console, 'log').mockImplementation();
});
afterEach(() => {
  const said = [...log.mock.calls.flat(), ...cloudFormation.bodies].join('\n');
  jest.restoreAllMocks();
  expect(said).not.toContain(FAKE_SECRET);
});

const topic = (name: string) => `arn:aws:sns:eu-west-1:111122223333:${name}`;
const ID = 'example.com/mail/MailRecords';

/** Topics by type, `+` behind the name for headers of the message. */
interface Topics { Bounce?: string; Complaint?: string; Delivery?: string }

interface More { forwarding?: boolean; replace?: boolean; identity?: string }

/** What the template tells the handler. With topics for bounces and complaints forwarding is off, unless something else is said. */
function properties(topics: Topics, { forwarding = false, replace = false, identity = 'example.com' }: More = {}) {
  return {
    IdentityArn: `arn:aws:ses:eu-west-1:111122223333:identity/${identity}`,
    Topics: Object.fromEntries(Object.entries(topics).map(([type, name]: [string, string]) => [type, { TopicArn: topic(name.replace('+', '')), IncludeHeaders: String(name.endsWith('+')) }])),
    ...topics.Bounce && topics.Complaint ? { Forwarding: String(forwarding) } : {},
    ReplaceExisting: String(replace),
  };
}

const request = (type: 'Create' | 'Update' | 'Delete', details: CustomResourceRequest) => cloudFormation.request(handler, type, details);
const create = (topics: Topics, more: More = {}, details = {}) => request('Create', { properties: properties(topics, more), ...details });
const update = (before: Topics, after: Topics, more: [More, More] = [{}, {}]) =>
  request('Update', { properties: properties(after, more[1]), old: properties(before, more[0]), physicalId: ID });
const remove = (topics: Topics, physicalId = ID) => request('Delete', { properties: properties(topics), physicalId });

/** What SES keeps: the topics as they are written above, and whether it forwards. */
function settings(identity = 'example.com'): Topics & { forwarding: boolean } {
  const { topics, headers, forwarding } = sesv2.identities.get(identity)!;
  return { ...Object.fromEntries([...topics].map(([type, arn]) => [type, `${arn.split(':').pop()}${headers.has(type) ? '+' : ''}`])), forwarding };
}

const set = (type: string, name: string) => sesv2.identities.get('example.com')!.topics.set(type, topic(name));
const notices = () => log.mock.calls.map(([line]) => JSON.parse(line));

const BOTH = { Bounce: 'bounces', Complaint: 'complaints' };
const ALL = { Bounce: 'bounces+', Complaint: 'complaints', Delivery: 'deliveries' };
const DEFAULTS = { forwarding: true };
const OFF = { forwarding: false };

describe('Create', () => {
  test('sets the topics, then stops forwarding, and names the identity, the stack and the resource in its ID', async () => {
    expect(await create(ALL)).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: ID });
    expect(settings()).toEqual({ ...ALL, ...OFF });
    expect(ses.changes).toEqual(['Bounce bounces', 'Bounce headers true', 'Complaint complaints', 'Delivery deliveries', 'forwarding false']);
  });

  test('leaves forwarding as it is with one topic, and on when that is wanted', async () => {
    await create({ Bounce: 'bounces' });
    expect(settings()).toEqual({ Bounce: 'bounces', ...DEFAULTS });
    await create(BOTH, { forwarding: true });
    expect(settings()).toEqual({ ...BOTH, ...DEFAULTS });
    expect(sesv2.calls).toEqual([]);
  });

  test('is refused beside the topic of somebody else, and so its Delete touches nothing', async () => {
    set('Complaint', 'console');
    const answer = await create(BOTH);
    expect(answer).toMatchObject({
      Status: 'FAILED',
      Reason: 'SES publishes for example.com: Complaint notifications to arn:aws:sns:eu-west-1:111122223333:console, which this stack did not set; nothing was changed. ' +
        'Take them off the identity, or pass replaceExisting.',
    });
    expect(await remove(BOTH, answer.PhysicalResourceId)).toMatchObject({ Status: 'SUCCESS' });
    expect(ses.changes).toEqual([]);
  });

  test('leaves alone a topic of somebody else for another type', async () => {
    set('Delivery', 'console');
    await create(BOTH);
    await remove(BOTH);
    expect(settings()).toEqual({ Delivery: 'console', ...DEFAULTS });
  });

  test('replaces the topic of somebody else when it is told to, and keeps what it was in the log', async () => {
    set('Complaint', 'console');
    expect(await create(BOTH, { replace: true })).toMatchObject({ Status: 'SUCCESS' });
    expect(settings()).toEqual({ ...BOTH, ...OFF });
    expect(notices()).toContainEqual({ notice: 'replacing what somebody else has set', identity: 'example.com', topicsBefore: { Complaint: topic('console') } });
  });

  test('takes topics for its own that are as they shall be', async () => {
    set('Bounce', 'bounces');
    expect(await create(BOTH)).toMatchObject({ Status: 'SUCCESS' });
    expect(ses.changes).toEqual(['Complaint complaints', 'forwarding false']);
  });

  test.each([
    ['a later topic is refused', () => ses.closed.set(topic('complaints'), Infinity), {}],
    ['forwarding is refused', () => sesv2.refuseNext(1, new Refusal(400, 'BadRequestException', 'not now')), {}],
    ['it replaces others', () => { set('Bounce', 'console'); sesv2.refuseNext(1, new Refusal(400, 'BadRequestException', 'not now')); }, { replace: true }],
  ])('takes back what it did when %s', async (_, arrange, more) => {
    arrange();
    const before = settings();
    hurry();
    expect(await create({ Bounce: 'bounces+', Complaint: 'complaints' }, more)).toMatchObject({ Status: 'FAILED' });
    expect(settings()).toEqual(before);
  });

  test('fails on an identity that does not exist', async () => {
    expect(await create(BOTH, { identity: 'gone.example' })).toMatchObject({ Status: 'FAILED', Reason: 'SES has no identity gone.example in this Region; create it first' });
  });

  test('that is delivered again gets the first answer again', async () => {
    const first = await create(BOTH, {}, { requestId: 'twice' });
    expect(await create(BOTH, {}, { requestId: 'twice' })).toEqual(first);
    expect(ses.changes).toHaveLength(3);
  });

  test('that CloudFormation gave up before it was answered is taken back by a Delete with an ID that CloudFormation has made up', async () => {
    await create(BOTH);
    expect(await remove(BOTH, 'mail-Feedback-1ABCDEF')).toMatchObject({ Status: 'SUCCESS' });
    expect(settings()).toEqual(DEFAULTS);
  });
});

describe('Update', () => {
  beforeEach(async () => {
    await create(ALL);
    [ses, sesv2].forEach(service => { service.calls.length = 0; });
    ses.changes.length = 0;
    log.mockClear();
  });

  test('changes what differs: topics are set, then forwarding changes, then topics are taken off', async () => {
    expect(await update(ALL, { Complaint: 'others+', Delivery: 'deliveries' })).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: ID });
    expect(settings()).toEqual({ Complaint: 'others+', Delivery: 'deliveries', ...DEFAULTS });
    expect(ses.changes).toEqual(['Complaint others', 'Complaint headers true', 'forwarding true', 'Bounce headers false', 'Bounce none']);
  });

  test('switches forwarding on and off', async () => {
    await update(ALL, ALL, [{}, { forwarding: true }]);
    expect(settings().forwarding).toBe(true);
    await update(ALL, ALL, [{ forwarding: true }, {}]);
    expect(settings().forwarding).toBe(false);
  });

  test('changes nothing when it is sent again', async () => {
    await update(ALL, BOTH);
    ses.changes.length = 0;
    expect(await update(ALL, BOTH)).toMatchObject({ Status: 'SUCCESS' });
    expect(ses.changes).toEqual([]);
  });

  test('is taken back by the same with old and new swapped, whether all of it was done or not', async () => {
    ses.closed.set(topic('others'), Infinity);
    hurry();
    expect(await update(ALL, { Bounce: 'new', Complaint: 'others' })).toMatchObject({ Status: 'FAILED', PhysicalResourceId: ID });
    expect(settings()).toMatchObject({ Bounce: 'new' });
    expect(await update({ Bounce: 'new', Complaint: 'others' }, ALL)).toMatchObject({ Status: 'SUCCESS' });
    expect(settings()).toEqual({ ...ALL, ...OFF });
  });

  test('sets again what SES has taken off by itself, and stops forwarding again', async () => {
    ses.loseTopic('example.com', 'Bounce');
    expect(settings()).toEqual({ Complaint: 'complaints', Delivery: 'deliveries', ...DEFAULTS });
    await update(ALL, { ...ALL, Delivery: 'others' });
    expect(settings()).toEqual({ ...ALL, Delivery: 'others', ...OFF });
  });

  test('is refused when somebody has changed what it is to change; taking it back then succeeds, since nothing was done', async () => {
    set('Bounce', 'console');
    const target = { ...ALL, Bounce: 'new' };
    expect(await update(ALL, target)).toMatchObject({ Status: 'FAILED', PhysicalResourceId: ID, Reason: expect.stringContaining('Bounce notifications to arn:aws:sns:eu-west-1:111122223333:console') });
    expect(await update(target, ALL)).toMatchObject({ Status: 'SUCCESS' });
    expect(ses.changes).toEqual([]);
    expect(await update(ALL, target)).toMatchObject({ Status: 'FAILED' });
  });

  test('leaves alone what somebody has changed when it is about something else, and says so', async () => {
    set('Bounce', 'console');
    expect(await update(ALL, { ...ALL, Complaint: 'others' })).toMatchObject({ Status: 'SUCCESS' });
    expect(settings()).toMatchObject({ Bounce: 'console+', Complaint: 'others' });
    expect(notices()).toContainEqual({ notice: 'left alone, set by somebody else', identity: 'example.com', type: 'Bounce', topic: topic('console') });
  });
});

describe('Update to another identity', () => {
  const [here, there] = [properties(BOTH), properties(BOTH, { identity: 'example.net' })];

  beforeEach(async () => {
    await create(BOTH);
    sesv2.put('example.net');
  });

  test('sets topics there under a new ID; the Delete that follows clears the old one', async () => {
    expect(await request('Update', { properties: there, old: here, physicalId: ID })).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: 'example.net/mail/MailRecords' });
    await remove(BOTH);
    expect([settings(), settings('example.net')]).toEqual([DEFAULTS, { ...BOTH, ...OFF }]);
  });

  test('is taken back by an Update to the first one; the Delete then clears the other', async () => {
    await request('Update', { properties: there, old: here, physicalId: ID });
    expect(await request('Update', { properties: here, old: there, physicalId: 'example.net/mail/MailRecords' })).toMatchObject({ PhysicalResourceId: ID });
    await request('Delete', { properties: there, physicalId: 'example.net/mail/MailRecords' });
    expect([settings(), settings('example.net')]).toEqual([{ ...BOTH, ...OFF }, DEFAULTS]);
  });
});

describe('Delete', () => {
  beforeEach(async () => {
    await create(ALL);
    ses.changes.length = 0;
    log.mockClear();
  });

  test('forwards again, then takes the topics off, so that the identity is as SES makes it', async () => {
    expect(await remove(ALL)).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: ID });
    expect(settings()).toEqual(DEFAULTS);
    expect(ses.changes).toEqual(['forwarding true', 'Bounce headers false', 'Bounce none', 'Complaint none', 'Delivery none']);
  });

  test('leaves alone what somebody has put in the place of a topic', async () => {
    set('Complaint', 'console');
    await remove(ALL);
    expect(settings()).toEqual({ Complaint: 'console', ...DEFAULTS });
  });

  test('leaves forwarding off when the identity has a default configuration set, whose destinations may report instead', async () => {
    sesv2.identities.get('example.com')!.configurationSet = 'news';
    await remove(ALL);
    expect(settings()).toEqual(OFF);
    expect(notices()).toContainEqual({ notice: 'forwarding left off, since the identity has a default configuration set', identity: 'example.com' });
  });

  test('succeeds when SES has taken topics off itself, when it is sent again, and when the identity is gone', async () => {
    ses.loseTopic('example.com', 'Bounce');
    expect(await remove(ALL)).toMatchObject({ Status: 'SUCCESS' });
    expect(settings()).toEqual(DEFAULTS);
    expect(await remove(ALL)).toMatchObject({ Status: 'SUCCESS' });
    sesv2.identities.delete('example.com');
    expect(await remove(ALL)).toMatchObject({ Status: 'SUCCESS' });
  });

  test('fails when SES refuses it, since it may still publish', async () => {
    ses.refuseNext(1, new Refusal(403, 'AccessDenied', 'User: handler is not authorized'), 'SetIdentityNotificationTopic');
    expect(await remove(ALL)).toMatchObject({ Status: 'FAILED', PhysicalResourceId: ID, Reason: expect.stringContaining('not authorized') });
  });
});

describe('patience', () => {
  test.each([
    ['GetIdentityNotificationAttributes', ses], ['SetIdentityNotificationTopic', ses], ['SetIdentityHeadersInNotificationsEnabled', ses], ['PutEmailIdentityFeedbackAttributes', sesv2],
  ])('with SES when it throttles %s', async (operation, service) => {
    service.refuseNext(4, new Refusal(400, service === ses ? 'Throttling' : 'TooManyRequestsException', 'Rate exceeded'), operation);
    hurry();
    expect(await create(ALL)).toMatchObject({ Status: 'SUCCESS' });
    expect(settings()).toEqual({ ...ALL, ...OFF });
  });

  test('when permissions are as new as the deployment: those of the function, and those of SES on the topic', async () => {
    ses.refuseNext(2, new Refusal(403, 'AccessDenied', 'User: handler is not authorized'), 'GetIdentityNotificationAttributes');
    ses.closed.set(topic('complaints'), 3);
    hurry();
    expect(await create(BOTH)).toMatchObject({ Status: 'SUCCESS' });
  });

  test('ends for a topic that SES may never use, with the cure', async () => {
    ses.closed.set(topic('bounces'), Infinity);
    hurry();
    expect(await create(BOTH)).toMatchObject({
      Status: 'FAILED',
      Reason: `SES does not take ${topic('bounces')} for Bounce notifications of example.com: Could not publish to SNS topic <${topic('bounces')}>. See whether the topic exists in ` +
        'this Region, is a standard topic, and whether its policy and that of its key let ses.amazonaws.com use it for this identity.',
    });
  });

  test('ends before the function is ended', async () => {
    ses.hold = () => new Promise(resolve => { setTimeout(resolve, 300); });
    expect(await create(BOTH, {}, { remainingMs: 5_100 })).toMatchObject({ Status: 'FAILED', Reason: 'the handler ran out of time; deploy again' });
  });
});
