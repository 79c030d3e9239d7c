import assert from 'node:assert/strict';
import { createPrivateKey, createPublicKey } from 'node:crypto';
import { IAM } from '@aws-sdk/client-iam';
import { SecretsManager } from '@aws-sdk/client-secrets-manager';
import { SES } from '@aws-sdk/client-ses';
import { readSmtpSettings } from '../../../src/runtime';
import { differences, snapshotOf } from '../account-snapshot';
import type { Aws } from '../aws';
import { sameLines } from '../check';
import { ACCOUNT } from '../emulator';
import type { Scenario, Stage } from '../scenario';

const STACK = 'Account';
const DOMAIN = 'example.com';
const USE_CASE = 'Receipts to customers of the shop.';
const REVIEW = { Status: 'PENDING', CaseId: '1' };
const BY_HAND = { Effect: 'Allow', Principal: { AWS: 'arn:aws:iam::555555555555:root' }, Action: 'ses:SendEmail' };

export const scenario: Scenario = {
  title: 'everything with a custom resource in one stack: as written, changed in place, taken back, and gone: the account is what it was',
  region: 'eu-west-1',
  async play(stage) {
    const { report, aws, cdk } = stage;
    const { step } = report;
    const ownZoneId = await aws.createZone('example.net');
    const rotatedZoneId = await aws.createZone('example.org');
    const options = (context: Record<string, string>) => ({ app: 'npx tsx test/e2e/apps/account.ts', context: { ownZoneId, rotatedZoneId, ...context } });
    await step('cdk bootstrap', () => cdk.bootstrap());
    await step('the account has settings, addresses, policies, topics and a rule set of others', () => begin(stage));
    const before = await snapshotOf(aws);

    const { outputs: { [STACK]: made } } = await step('cdk deploy', () => cdk.deploy(options({ changed: 'false' })));
    const account = new Account(aws);
    const ids = await aws.physicalIds(STACK);
    const smtp = await step('everything is as written', async () => {
      await account.check(FIRST);
      await account.checkKey(made.OwnSecret, made.OwnSelector, 'example.net', ownZoneId);
      await account.checkKey(made.RotatedSecret, made.RotatedSelector, 'example.org', rotatedZoneId);
      return account.smtp();
    });

    const failure = await step('cdk deploy of changes, with an address that the account has not leased, fails', () => cdk.deployFails(options({ changed: 'true', fails: 'true' })));
    await step('it names the address, and everything is taken back', async () => {
      assert.match(failure.replace(/\s+/g, ' '), /the account has no dedicated IP address 192\.0\.2\.9 in this Region/);
      await account.check(FIRST);
      assert.deepEqual(await aws.physicalIds(STACK), ids);
    });

    await stage.emulator.happens('account', { ProductionAccessEnabled: true });
    await step('cdk deploy of changes', () => cdk.deploy(options({ changed: 'true' })));
    await step('everything is as written now, in place; what is no longer managed is as it was before', async () => {
      await account.check(CHANGED);
      await account.checkKey(made.OwnSecret, made.OwnSelector, 'example.net', ownZoneId);
      await account.checkKey(made.RotatedSecret, made.RotatedSelector, 'example.org', rotatedZoneId);
      const { settings, keys } = await account.smtp();
      assert.deepEqual([settings, keys], [{ ...smtp.settings, port: 465 }, smtp.keys]);
    });

    const stackId = await aws.stackId(STACK);
    const last = await aws.physicalIds(STACK);
    await step('cdk destroy', () => cdk.destroy(options({ changed: 'true' })));
    await step('the account is what it was before, but for what is documented to stay', async () => {
      assert.equal(await aws.stackStatus(STACK), undefined);
      sameLines(await aws.deletedResources(stackId), Object.keys(last).filter(id => !id.startsWith('OwnDkimRecord')), 'deleted resources');
      const left = differences(before, await snapshotOf(aws));
      report.note(`Before (-) and after (+):\n${left.join('\n')}`);
      const [, key] = Object.entries(last).find(([id]) => id.startsWith('NotificationKey'))!;
      const zones = { 'own\\d{8}-[0-9a-f]{6}._domainkey.example.net': ownZoneId, 'rot\\d{8}-[0-9a-f]{6}._domainkey.example.org': rotatedZoneId };
      sameLines(left, await whatStays(aws, String(key), zones), 'what stays');
    });
  },
};

/**
 * What is documented to stay: what AWS was told of the account and has granted, Virtual Deliverability Manager off, a key that waits for its deletion, and the
 * records of DKIM keys, since mail on its way has to be verified.
 */
async function whatStays(aws: Aws, key: string, zones: Record<string, string>) {
  const records = await Promise.all(Object.entries(zones).map(async ([name, zoneId]) => {
    const [record] = await aws.zoneRecords(zoneId);
    assert.match(record, new RegExp(`^${name}. TXT "p=`));
    return [`+ zones > /hostedzone/${zoneId}[]: ${JSON.stringify(record)}`, `- zones > /hostedzone/${zoneId}: nothing`];
  }));
  const details = { MailType: 'TRANSACTIONAL', WebsiteURL: 'https://example.com', ContactLanguage: 'EN', UseCaseDescription: USE_CASE };
  return [
    ...Object.entries(details).map(([name, value]) => `+ account > Details > ${name}: "${value}"`),
    ...Object.entries(REVIEW).map(([name, value]) => `+ account > Details > ReviewDetails > ${name}: "${value}"`),
    '+ account > ProductionAccessEnabled: true',
    '- account > ProductionAccessEnabled: false',
    '+ account > VdmAttributes > VdmEnabled: "DISABLED"',
    `+ keys > ${key}: "PendingDeletion"`,
    '- keys: nothing',
    ...records.flat(),
  ];
}

/** What is there before, set by hand. */
async function begin({ aws, emulator }: Stage) {
  const v1 = new SES(aws.config);
  await aws.createVerifiedDomain(DOMAIN);
  await aws.identity(DOMAIN);
  const Policy = JSON.stringify({ Version: '2012-10-17', Statement: [{ ...BY_HAND, Resource: `arn:aws:ses:${aws.region}:${ACCOUNT}:identity/${DOMAIN}` }] });
  await aws.ses.createEmailIdentityPolicy({ EmailIdentity: DOMAIN, PolicyName: 'by-hand', Policy });
  const open = { Effect: 'Allow', Principal: { Service: 'ses.amazonaws.com' }, Action: 'sns:Publish', Resource: '*' };
  const { outputs } = await aws.putStack('deliveries', {
    Resources: {
      Topic: { Type: 'AWS::SNS::Topic', Properties: { TopicName: 'deliveries' } },
      Policy: { Type: 'AWS::SNS::TopicPolicy', Properties: { Topics: [{ Ref: 'Topic' }], PolicyDocument: { Version: '2012-10-17', Statement: [open] } } },
    },
    Outputs: { Topic: { Value: { Ref: 'Topic' } } },
  });
  await v1.setIdentityNotificationTopic({ Identity: DOMAIN, NotificationType: 'Delivery', SnsTopic: outputs.Topic });
  await emulator.happens('account', { ProductionAccessEnabled: false });
  await aws.ses.putAccountSuppressionAttributes({ SuppressedReasons: ['COMPLAINT'] });
  await aws.ses.putAccountDedicatedIpWarmupAttributes({ AutoWarmupEnabled: false });
  await emulator.happens('leased', { ips: ['192.0.2.1', '192.0.2.2'] });
  await aws.ses.createDedicatedIpPool({ PoolName: 'by-hand' });
  await aws.ses.putDedicatedIpInPool({ Ip: '192.0.2.1', DestinationPoolName: 'by-hand' });
  await v1.createReceiptRuleSet({ RuleSetName: 'by-hand' });
  await v1.setActiveReceiptRuleSet({ RuleSetName: 'by-hand' });
}

/** What the stack has made of the account, in one deployment or another. */
interface Expected {
  readonly suppressed: string[];
  readonly warmup: boolean;
  readonly engagement: string;
  readonly access: boolean;
  readonly secondAddress: string;
  readonly partner: string;
  readonly headers: boolean;
  readonly mark: string;
}

const FIRST: Expected = {
  suppressed: ['BOUNCE', 'COMPLAINT'], warmup: true, engagement: 'DISABLED', access: false, secondAddress: 'ours', partner: '333333333333', headers: false, mark: 'once',
};
const CHANGED: Expected = {
  suppressed: ['BOUNCE'], warmup: false, engagement: 'ENABLED', access: true, secondAddress: 'ses-default-dedicated-pool', partner: '444444444444', headers: true, mark: 'twice',
};

/** Looks whether an account is what the stack says. */
class Account {
  public constructor(private readonly aws: Aws) {}

  public async check(expected: Expected) {
    await this.checkSettings(expected);
    await this.checkDelegation(expected);
    await this.checkNotifications(expected);
    const { Metadata, Rules } = await new SES(this.aws.config).describeActiveReceiptRuleSet({});
    assert.deepEqual([Metadata?.Name, Rules?.map(({ Name, Actions }) => [Name, Actions])],
      ['ours', [['mark', [{ AddHeaderAction: { HeaderName: 'X-Seen', HeaderValue: expected.mark } }]]]]);
  }

  private async checkSettings({ suppressed, warmup, engagement, access, secondAddress }: Expected) {
    const account = await this.aws.ses.getAccount({});
    assert.deepEqual([account.SuppressionAttributes?.SuppressedReasons, account.DedicatedIpAutoWarmupEnabled], [suppressed, warmup]);
    assert.deepEqual(account.VdmAttributes, {
      VdmEnabled: 'ENABLED', DashboardAttributes: { EngagementMetrics: engagement }, GuardianAttributes: { OptimizedSharedDelivery: 'DISABLED' },
    });
    assert.equal(account.ProductionAccessEnabled, access);
    // asked for once
    assert.deepEqual(account.Details, {
      MailType: 'TRANSACTIONAL', WebsiteURL: 'https://example.com', ContactLanguage: 'EN', UseCaseDescription: USE_CASE, ReviewDetails: REVIEW,
    });
    const { DedicatedIps } = await this.aws.ses.getDedicatedIps({});
    assert.deepEqual(DedicatedIps?.map(({ Ip, PoolName }) => [Ip, PoolName]), [['192.0.2.1', 'ours'], ['192.0.2.2', secondAddress]]);
  }

  private async checkDelegation({ partner }: Expected) {
    const { Policies } = await this.aws.ses.getEmailIdentityPolicies({ EmailIdentity: DOMAIN });
    const Resource = this.identityArn;
    const send = ['ses:SendEmail', 'ses:SendRawEmail'];
    const users = `arn:aws:cognito-idp:${this.aws.region}:${ACCOUNT}:userpool/${this.aws.region}_Users`;
    const { 'by-hand': byHand, operators, ...senders } = Object.fromEntries(Object.entries(Policies!).map(([name, text]) => [name, (JSON.parse(text) as Policy).Statement]));
    assert.deepEqual(byHand, [{ ...BY_HAND, Resource }]);
    assert.deepEqual(operators, [allow(Resource, { AWS: `arn:aws:iam::${ACCOUNT}:root` }, ['ses:GetEmailIdentity', 'ses:GetEmailIdentityPolicies'])]);
    assert.deepEqual(Object.values(senders), [[
      { ...allow(Resource, { AWS: `arn:aws:iam::${partner}:root` }, 'ses:SendRawEmail'), Condition: { StringLike: { 'ses:FromAddress': ['partner@example.com'] } } },
      { ...allow(Resource, { Service: 'cognito-idp.amazonaws.com' }, send), Condition: { StringEquals: { 'aws:SourceAccount': ACCOUNT, 'aws:SourceArn': users } } },
    ]]);
  }

  private async checkNotifications({ headers }: Expected) {
    const { NotificationAttributes } = await new SES(this.aws.config).getIdentityNotificationAttributes({ Identities: [DOMAIN] });
    const topic = await this.idOf(/^NotificationTopic[0-9A-F]{8}$/);
    assert.deepEqual(NotificationAttributes![DOMAIN], {
      BounceTopic: topic,
      ComplaintTopic: topic,
      DeliveryTopic: `arn:aws:sns:${this.aws.region}:${ACCOUNT}:deliveries`,
      HeadersInBounceNotificationsEnabled: headers,
      HeadersInComplaintNotificationsEnabled: false,
      HeadersInDeliveryNotificationsEnabled: false,
      ForwardingEnabled: false,
    });
  }

  /** SES signs with the key of a secret, and its record is that of the key. */
  public async checkKey(secretId: string, selector: string, domain: string, zoneId: string) {
    const { SecretString } = await new SecretsManager(this.aws.config).getSecretValue({ SecretId: secretId });
    const secret = JSON.parse(SecretString!) as { privateKey: string; selector: string };
    const pem = createPrivateKey({ key: Buffer.from(secret.privateKey, 'base64'), format: 'der', type: 'pkcs8' });
    const publicKey = createPublicKey(pem).export({ type: 'spki', format: 'der' }).toString('base64');
    // a TXT record holds it in strings of 255 octets
    const records = (await this.aws.zoneRecords(zoneId)).filter(line => line.includes('_domainkey')).map(line => line.replaceAll('" "', ''));
    sameLines(records, [`${selector}._domainkey.${domain}. TXT "p=${publicKey}"`], 'keys in DNS');
    assert.equal(secret.selector, selector);
    const { DkimAttributes: dkim, VerifiedForSendingStatus } = (await this.aws.identity(domain))!;
    assert.deepEqual([VerifiedForSendingStatus, dkim?.SigningAttributesOrigin, dkim?.Status, dkim?.Tokens], [true, 'EXTERNAL', 'SUCCESS', [selector]]);
  }

  /** The settings of the login, and the keys of its user. */
  public async smtp() {
    const [secret, user] = await Promise.all([this.idOf(/^RelaySecret/), this.idOf(/^RelayUser/)]);
    const { SecretString } = await new SecretsManager(this.aws.config).getSecretValue({ SecretId: secret });
    const { AccessKeyMetadata } = await new IAM(this.aws.config).listAccessKeys({ UserName: user });
    return { settings: readSmtpSettings(SecretString!), keys: AccessKeyMetadata!.map(({ AccessKeyId }) => AccessKeyId) };
  }

  private async idOf(logicalId: RegExp): Promise<string> {
    return Object.entries(await this.aws.physicalIds(STACK)).find(([id]) => logicalId.test(id))![1] as string;
  }

  private get identityArn() {
    return `arn:aws:ses:${this.aws.region}:${ACCOUNT}:identity/${DOMAIN}`;
  }
}

interface Policy {
  readonly Statement: object[];
}

function allow(Resource: string, Principal: object, Action: string | string[]) {
  return { Effect: 'Allow', Principal, Action, Resource };
}
