import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { SES } from '@aws-sdk/client-ses';
import type { PutAccountDetailsCommandInput } from '@aws-sdk/client-sesv2';
import { ACCOUNT } from './emulator';
import type { Stage } from './scenario';
import { role } from './ses-stand-ins';

/* What the stand-ins for settings of the account and of identities refuse: part of the scenario `stand-ins`. */

const BAD = { name: 'BadRequestException' };
const UNKNOWN = { name: 'NotFoundException' };

/** Works that must each be refused, in a step of their own. */
async function refused({ step }: Stage['report'], what: string, works: Record<string, () => Promise<unknown>>, how: object = BAD) {
  for (const [name, work] of Object.entries(works)) await step(`${what}: refused: ${name}`, () => assert.rejects(work(), how));
}

export async function accountSettings({ report, aws: { ses }, emulator }: Stage) {
  const details = (more: object = {}) => ses.putAccountDetails({
    MailType: 'TRANSACTIONAL', WebsiteURL: 'https://example.com', ProductionAccessEnabled: true, ...more,
  } as PutAccountDetailsCommandInput);
  await refused(report, 'account', {
    'a reason that does not exist': () => ses.putAccountSuppressionAttributes({ SuppressedReasons: ['WHIM' as 'BOUNCE'] }),
    'a kind of mail that does not exist': () => details({ MailType: 'LETTERS' }),
    'no website': () => details({ WebsiteURL: undefined }),
    'five further contacts': () => details({ AdditionalContactEmailAddresses: [1, 2, 3, 4, 5].map(n => `${n}@example.com`) }),
    'a description of 5001 characters': () => details({ UseCaseDescription: 'x'.repeat(5001) }),
    'a state that is neither on nor off': () => ses.putAccountVdmAttributes({ VdmAttributes: { VdmEnabled: 'ON' as 'ENABLED' } }),
  });
  await report.step('account: a request waits for people, and another one meanwhile is refused', async () => {
    await emulator.happens('account', { ProductionAccessEnabled: false });
    await details();
    assert.equal((await ses.getAccount({})).Details?.ReviewDetails?.Status, 'PENDING');
    await assert.rejects(details(), { name: 'ConflictException' });
    await emulator.happens('account', { ProductionAccessEnabled: true, Details: {} });
  });
}

export async function dedicatedIps({ report, aws, emulator }: Stage) {
  const { ses } = aws;
  await emulator.happens('leased', { ips: ['198.51.100.1'] });
  await ses.createDedicatedIpPool({ PoolName: 'filled' });
  await ses.createDedicatedIpPool({ PoolName: 'managed', ScalingMode: 'MANAGED' });
  const move = (Ip: string, DestinationPoolName: string) => ses.putDedicatedIpInPool({ Ip, DestinationPoolName });
  await refused(report, 'addresses', {
    'one that is not leased': () => move('198.51.100.9', 'filled'),
    'to read one that is not leased': () => ses.getDedicatedIp({ Ip: '198.51.100.9' }),
    'a pool that does not exist': () => move('198.51.100.1', 'nowhere'),
  }, UNKNOWN);
  await refused(report, 'addresses', { 'a managed pool': () => move('198.51.100.1', 'managed') });
  await report.step('addresses: one is in a pool, which cannot be deleted until it has left', async () => {
    await move('198.51.100.1', 'filled');
    assert.deepEqual((await ses.getDedicatedIps({ PoolName: 'filled' })).DedicatedIps?.map(({ Ip }) => Ip), ['198.51.100.1']);
    await assert.rejects(ses.deleteDedicatedIpPool({ PoolName: 'filled' }), BAD);
    await move('198.51.100.1', 'ses-default-dedicated-pool');
    await ses.deleteDedicatedIpPool({ PoolName: 'filled' });
    await ses.deleteDedicatedIpPool({ PoolName: 'managed' });
  });
  await report.step('addresses: refused: a role that may move them into another pool', async () => {
    const { outputs } = await aws.putStack('addresses-role', {
      Resources: { Role: role({ Action: 'ses:PutDedicatedIpInPool', Resource: `arn:aws:ses:${aws.region}:${ACCOUNT}:dedicated-ip-pool/other` }) },
      Outputs: { Arn: { Value: { 'Fn::GetAtt': ['Role', 'Arn'] } } },
    });
    const somebody = (await aws.withRole(outputs.Arn)).ses;
    await assert.rejects(somebody.putDedicatedIpInPool({ Ip: '198.51.100.1', DestinationPoolName: 'filled' }), { name: 'AccessDeniedException' });
  });
}

export async function identityPolicies({ report, aws: { ses, region } }: Stage) {
  const EmailIdentity = 'policies.example';
  await ses.createEmailIdentity({ EmailIdentity });
  const Resource = `arn:aws:ses:${region}:${ACCOUNT}:identity/${EmailIdentity}`;
  const statement = { Effect: 'Allow', Principal: { AWS: 'arn:aws:iam::333333333333:root' }, Action: 'ses:SendEmail', Resource };
  const text = (...statements: object[]) => JSON.stringify({ Version: '2012-10-17', Statement: statements });
  const create = (PolicyName: string, Policy = text(statement), identity = EmailIdentity) => ses.createEmailIdentityPolicy({
    EmailIdentity: identity, PolicyName, Policy,
  });
  await refused(report, 'policies', {
    'a name with other characters': () => create('a b'),
    'a name of 65 characters': () => create('x'.repeat(65)),
    'more than 4096 octets': () => create('p', text({ ...statement, Sid: 'x'.repeat(4096) })),
    'what is not JSON': () => create('p', '{'),
    'no statement': () => create('p', text()),
    'another identity': () => create('p', text({ ...statement, Resource: Resource.replace('policies', 'other') })),
    'no principal': () => create('p', text({ ...statement, Principal: undefined })),
    'an effect that does not exist': () => create('p', text({ ...statement, Effect: 'Perhaps' })),
    'an action of another service': () => create('p', text({ ...statement, Action: 's3:GetObject' })),
    'a condition that SES does not know': () => create('p', text({ ...statement, Condition: { StringEquals: { 'ses:Weather': 'fine' } } })),
    'a role that does not exist': () => create('p', text({ ...statement, Principal: { AWS: `arn:aws:iam::${ACCOUNT}:role/nobody` } })),
  });
  await refused(report, 'policies', {
    'an identity that does not exist': () => create('p', text(statement), 'nowhere.example'),
    'to change one that does not exist': () => ses.updateEmailIdentityPolicy({ EmailIdentity, PolicyName: 'p', Policy: text(statement) }),
    'to delete one that does not exist': () => ses.deleteEmailIdentityPolicy({ EmailIdentity, PolicyName: 'p' }),
  }, UNKNOWN);
  await report.step('policies: twenty, each name once, changed and deleted', async () => {
    for (let number = 1; number <= 20; number++) await create(`p${number}`);
    await assert.rejects(create('p21'), { name: 'LimitExceededException' });
    await ses.deleteEmailIdentityPolicy({ EmailIdentity, PolicyName: 'p20' });
    await assert.rejects(create('p1'), { name: 'AlreadyExistsException' });
    await ses.updateEmailIdentityPolicy({ EmailIdentity, PolicyName: 'p1', Policy: text({ ...statement, Effect: 'Deny' }) });
    const { Policies } = await ses.getEmailIdentityPolicies({ EmailIdentity });
    assert.deepEqual([Object.keys(Policies!).length, Policies!.p1], [19, text({ ...statement, Effect: 'Deny' })]);
  });
}

export async function notifications({ report, aws }: Stage) {
  const v1 = new SES(aws.config);
  const [Identity, other] = ['policies.example', `arn:aws:ses:${aws.region}:${ACCOUNT}:identity/other.example`];
  const own = { StringEquals: { 'aws:SourceArn': `arn:aws:ses:${aws.region}:${ACCOUNT}:identity/${Identity}` } };
  const topic = (id: string, Condition: object) => ({
    [id]: { Type: 'AWS::SNS::Topic' },
    [`${id}Policy`]: {
      Type: 'AWS::SNS::TopicPolicy',
      Properties: {
        Topics: [{ Ref: id }],
        PolicyDocument: { Statement: [{ Effect: 'Allow', Principal: { Service: 'ses.amazonaws.com' }, Action: 'sns:Publish', Resource: '*', Condition }] },
      },
    },
  });
  const { outputs } = await aws.putStack('notification-topics', {
    Resources: { ...topic('Open', own), ...topic('Other', { StringEquals: { 'aws:SourceArn': other } }), Closed: { Type: 'AWS::SNS::Topic' } },
    Outputs: Object.fromEntries(['Open', 'Other', 'Closed'].map(id => [id, { Value: { Ref: id } }])),
  });
  const set = (SnsTopic?: string, type = 'Bounce', identity = Identity) => v1.setIdentityNotificationTopic({
    Identity: identity, NotificationType: type as 'Bounce', SnsTopic,
  });
  const forward = (ForwardingEnabled: boolean) => v1.setIdentityFeedbackForwardingEnabled({ Identity, ForwardingEnabled });
  await refused(report, 'notifications', {
    'an identity that does not exist': () => set(outputs.Open, 'Bounce', 'nowhere.example'),
    'a topic that does not exist': () => set(`${outputs.Open}x`),
    'a topic that lets SES in for nobody': () => set(outputs.Closed),
    'a topic that lets SES in for another identity': () => set(outputs.Other),
    'no forwarding while bounces have no topic': () => forward(false),
  }, { name: 'InvalidParameterValue' });
  await refused(report, 'notifications', { 'a type that does not exist': () => set(outputs.Open, 'Opening') }, { name: 'ValidationError' });
  await report.step('notifications: topics, headers and forwarding are told as they were set', async () => {
    await set(outputs.Open);
    await set(outputs.Open, 'Complaint');
    await v1.setIdentityHeadersInNotificationsEnabled({ Identity, NotificationType: 'Bounce', Enabled: true });
    await forward(false);
    const { NotificationAttributes } = await v1.getIdentityNotificationAttributes({ Identities: [Identity, 'nowhere.example'] });
    assert.deepEqual(Object.keys(NotificationAttributes!), [Identity]);
    const { BounceTopic, ComplaintTopic, DeliveryTopic, HeadersInBounceNotificationsEnabled, ForwardingEnabled } = NotificationAttributes![Identity];
    assert.deepEqual([BounceTopic, ComplaintTopic, DeliveryTopic], [outputs.Open, outputs.Open, undefined]);
    assert.deepEqual([HeadersInBounceNotificationsEnabled, ForwardingEnabled], [true, false]);
    assert.equal((await aws.identity(Identity))?.FeedbackForwardingStatus, false);
  });
}

export async function signingKeys({ report, aws }: Stage) {
  const EmailIdentity = 'signed.example';
  await aws.ses.createEmailIdentity({ EmailIdentity });
  await aws.ses.createEmailIdentity({ EmailIdentity: 'me@signed.example' });
  const key = keyOf('rsa', 2048);
  const sign = (DomainSigningSelector: string | undefined, DomainSigningPrivateKey: string | undefined, identity = EmailIdentity) => (
    aws.ses.putEmailIdentityDkimSigningAttributes({
      EmailIdentity: identity, SigningAttributesOrigin: 'EXTERNAL', SigningAttributes: { DomainSigningSelector, DomainSigningPrivateKey },
    }));
  await refused(report, 'keys', {
    'no key': () => sign('own', undefined),
    'no selector': () => sign(undefined, key.privateKey),
    'a selector that is no label': () => sign('own_key', key.privateKey),
    'what is no base64': () => sign('own', '-----BEGIN PRIVATE KEY-----'),
    'what is no key': () => sign('own', 'TUlJRQ=='),
    'an RSA key of 4096 bits': () => sign('own', keyOf('rsa', 4096).privateKey),
    'a key of another kind': () => sign('own', keyOf('ec').privateKey),
    'an address': () => sign('own', key.privateKey, 'me@signed.example'),
  });
  await refused(report, 'keys', { 'an identity that does not exist': () => sign('own', key.privateKey, 'nowhere.example') }, UNKNOWN);
  await report.step('keys: a refusal does not show the key', async () => {
    await assert.rejects(sign('own', '#secret#'), (error: Error) => !error.message.includes('#secret#'));
  });
  await report.step('keys: verified with the record of that key, and not with that of another one', async () => {
    await sign('own', key.privateKey);
    const zone = await aws.createZone(EmailIdentity);
    const record = (publicKey: string) => {
      const Value = `"p=${publicKey.slice(0, 200)}" "${publicKey.slice(200)}"`;
      return { Name: `own._domainkey.${EmailIdentity}`, Type: 'TXT' as const, TTL: 60, ResourceRecords: [{ Value }] };
    };
    const status = async () => (await aws.identity(EmailIdentity))?.DkimAttributes?.Status;
    const another = record(keyOf('rsa', 2048).publicKey);
    await aws.addRecords(zone, [another]);
    assert.equal(await status(), 'PENDING');
    const changes = [{ Action: 'DELETE' as const, ResourceRecordSet: another }, { Action: 'CREATE' as const, ResourceRecordSet: record(key.publicKey) }];
    await aws.route53.changeResourceRecordSets({ HostedZoneId: zone, ChangeBatch: { Changes: changes } });
    assert.equal(await status(), 'SUCCESS');
  });
}

/** A key in one line of base64, as SES takes it, and its public half. */
export function keyOf(kind: 'rsa' | 'ec', bits = 0) {
  const { privateKey, publicKey } = kind === 'rsa' ? generateKeyPairSync('rsa', { modulusLength: bits }) : generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return {
    privateKey: privateKey.export({ type: 'pkcs8', format: 'der' }).toString('base64'),
    publicKey: publicKey.export({ type: 'spki', format: 'der' }).toString('base64'),
  };
}
