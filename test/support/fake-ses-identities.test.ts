/* The fakes refuse what SES refuses, so that the tests which use them prove something. */
import { SES } from '@aws-sdk/client-ses';
import { SESv2 } from '@aws-sdk/client-sesv2';
import { FakeSesIdentities } from './fake-ses-identities';
import { FakeSesNotifications } from './fake-ses-notifications';

const fake = new FakeSesIdentities();
const notifications = new FakeSesNotifications(fake);
let [sesv2, ses]: [SESv2, SES] = [undefined!, undefined!];

beforeAll(async () => {
  await Promise.all([fake.start(), notifications.start()]);
  const options = { region: 'eu-west-1', credentials: { accessKeyId: 'x', secretAccessKey: 'y' }, maxAttempts: 1 };
  [sesv2, ses] = [new SESv2({ ...options, endpoint: fake.endpoint }), new SES({ ...options, endpoint: notifications.endpoint })];
});
afterAll(async () => { await Promise.all([fake.stop(), notifications.stop()]); });
beforeEach(() => {
  [fake, notifications].forEach(service => service.reset());
  fake.put('example.com');
});

const EmailIdentity = 'example.com';
const statement = {
  Effect: 'Allow', Principal: { AWS: '222222222222' }, Action: 'ses:SendEmail', Resource: 'arn:aws:ses:eu-west-1:111122223333:identity/example.com',
};
const policy = (changes: object = {}) => JSON.stringify({ Version: '2012-10-17', Id: 'x', Statement: [{ ...statement, ...changes }] }, null, 2);
const create = (Policy = policy(), PolicyName = 'partners') => sesv2.createEmailIdentityPolicy({ EmailIdentity, PolicyName, Policy });

test('a policy is kept without white space, changed and deleted by its name', async () => {
  await create();
  expect((await sesv2.getEmailIdentityPolicies({ EmailIdentity })).Policies).toEqual({ partners: JSON.stringify(JSON.parse(policy())) });
  await sesv2.updateEmailIdentityPolicy({ EmailIdentity, PolicyName: 'partners', Policy: policy({ Effect: 'Deny' }) });
  expect(fake.policies(EmailIdentity).partners.Statement[0].Effect).toBe('Deny');
  await sesv2.deleteEmailIdentityPolicy({ EmailIdentity, PolicyName: 'partners' });
  expect((await sesv2.getEmailIdentityPolicies({ EmailIdentity })).Policies).toEqual({});
});

describe('policies are refused', () => {
  const cases: [string, () => Promise<unknown>, string, string][] = [
    ['under a name that is taken', async () => { await create(); await create(); }, 'AlreadyExistsException', 'Policy <partners> already exists'],
    ['under a name with a blank', () => create(policy(), 'a b'), 'BadRequestException', 'PolicyName is invalid'],
    ['under a long name', () => create(policy(), 'x'.repeat(65)), 'BadRequestException', 'less than or equal to 64'],
    ['that are not there', () => sesv2.deleteEmailIdentityPolicy({ EmailIdentity, PolicyName: 'x' }), 'NotFoundException', 'Policy <x> does not exist'],
    ['of an identity that is not there', () => sesv2.getEmailIdentityPolicies({ EmailIdentity: 'gone.example' }), 'NotFoundException', 'gone.example does not exist'],
    ['that are no JSON', () => create('{'), 'BadRequestException', 'not JSON'],
    ['without a statement', () => create('{"Statement":[]}'), 'BadRequestException', 'at least one statement'],
    ['of 4 KB', () => create(policy({ Sid: 'x'.repeat(4000) })), 'BadRequestException', 'length'],
    ['about another identity', () => create(policy({ Resource: statement.Resource.replace('com', 'net') })), 'BadRequestException', 'does not match identity'],
    ['with NotAction', () => create(policy({ NotAction: 'x' })), 'ValidationException', 'NotAction'],
    ['with all actions', () => create(policy({ Action: 'ses:*' })), 'BadRequestException', 'Unknown action: ses:*'],
    ['with a condition in capital letters', () => create(policy({ Condition: { StringEquals: { 'AWS:SourceAccount': '1' } } })), 'BadRequestException',
      'Unknown or unapplicable condition field \'AWS:SourceAccount\'.'],
    ['with an unknown principal', () => { fake.unknownPrincipals.set('222222222222', 1); return create(); }, 'BadRequestException', 'Invalid principal'],
  ];
  test.each(cases)('%s', async (_, act, name, message) => {
    await expect(act()).rejects.toMatchObject({ name, message: expect.stringContaining(message) });
  });

  test('beyond the twentieth', async () => {
    for (let index = 0; index < 20; index++) await create(policy(), `p${index}`);
    await expect(create()).rejects.toMatchObject({ name: 'LimitExceededException' });
  });
});

test('both versions of the API know the same settings of notifications', async () => {
  const topic = 'arn:aws:sns:eu-west-1:111122223333:bounces';
  await ses.setIdentityNotificationTopic({ Identity: EmailIdentity, NotificationType: 'Bounce', SnsTopic: topic });
  await ses.setIdentityHeadersInNotificationsEnabled({ Identity: EmailIdentity, NotificationType: 'Bounce', Enabled: true });
  await sesv2.putEmailIdentityFeedbackAttributes({ EmailIdentity, EmailForwardingEnabled: false });
  fake.put('example.net');
  const { NotificationAttributes } = await ses.getIdentityNotificationAttributes({ Identities: [EmailIdentity, 'example.net', 'gone.example'] });
  const defaults = Object.fromEntries(['Bounce', 'Complaint', 'Delivery'].map(type => [`HeadersIn${type}NotificationsEnabled`, false]));
  expect(NotificationAttributes).toEqual({
    'example.com': { ...defaults, BounceTopic: topic, HeadersInBounceNotificationsEnabled: true, ForwardingEnabled: false },
    'example.net': { ...defaults, ForwardingEnabled: true },
  });
  await ses.setIdentityNotificationTopic({ Identity: EmailIdentity, NotificationType: 'Bounce' });
  expect(fake.identities.get(EmailIdentity)!.topics.size).toBe(0);
});

test('notifications are refused to a topic that is closed or none, and of an identity that is not there', async () => {
  const set = (SnsTopic: string, Identity = EmailIdentity) => ses.setIdentityNotificationTopic({ Identity, NotificationType: 'Bounce', SnsTopic });
  notifications.closed.set('arn:aws:sns:eu-west-1:111122223333:closed', 1);
  await expect(set('arn:aws:sns:eu-west-1:111122223333:closed')).rejects.toMatchObject({ name: 'InvalidParameterValue' });
  await expect(set('arn:aws:sns:eu-west-1:111122223333:feedback.fifo')).rejects.toMatchObject({ name: 'InvalidParameterValue' });
  await expect(set('arn:aws:sns:eu-west-1:111122223333:x', 'gone.example')).rejects.toMatchObject({ message: expect.stringContaining('gone.example is invalid') });
});
