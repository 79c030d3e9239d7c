import { CloudWatch } from '@aws-sdk/client-cloudwatch';
import { EventBridge } from '@aws-sdk/client-eventbridge';
import { IAM } from '@aws-sdk/client-iam';
import { KMS } from '@aws-sdk/client-kms';
import { S3 } from '@aws-sdk/client-s3';
import { SecretsManager } from '@aws-sdk/client-secrets-manager';
import { SES } from '@aws-sdk/client-ses';
import { SNS } from '@aws-sdk/client-sns';
import { SQS } from '@aws-sdk/client-sqs';
import type { Aws } from './aws';
import { signedCall } from './signed-call';

/** What there is in an account, as plain JSON without times, by names. */
export type Snapshot = Record<string, unknown>;

/** Everything in an account that a stack could touch, read through the APIs. Keys that wait for their deletion count as there, and say so. */
export async function snapshotOf(aws: Aws): Promise<Snapshot> {
  const [mail, infrastructure] = await Promise.all([mailOf(aws), infrastructureOf(aws)]);
  return { ...mail, ...infrastructure };
}

/** What differs between two snapshots, as lines `- PATH: VALUE` of what is gone and `+ PATH: VALUE` of what has come. */
export function differences(before: Snapshot, after: Snapshot): string[] {
  const [had, has] = [before, after].map(snapshot => [...lines(snapshot)]);
  return [...had.filter(line => !has.includes(line)).map(line => `- ${line}`), ...has.filter(line => !had.includes(line)).map(line => `+ ${line}`)].sort();
}

function* lines(value: unknown, path = ''): Generator<string> {
  if (typeof value !== 'object' || value === null) {
    yield `${path}: ${JSON.stringify(value)}`;
    return;
  }
  if (Object.keys(value).length === 0) yield `${path}: nothing`;
  // a list by its items: their places mean nothing
  for (const [key, item] of Object.entries(value)) yield* lines(item, Array.isArray(value) ? `${path}[]` : path ? `${path} > ${key}` : key);
}

async function mailOf({ config, ses }: Aws): Promise<Snapshot> {
  const v1 = new SES(config);
  const account = await ses.getAccount({});
  const names = (await ses.listEmailIdentities({})).EmailIdentities!.map(({ IdentityName }) => IdentityName!);
  const { NotificationAttributes } = await v1.getIdentityNotificationAttributes({ Identities: names });
  const { DedicatedIps } = await ses.getDedicatedIps({});
  const sets = (await v1.listReceiptRuleSets({})).RuleSets!.map(({ Name }) => Name!);
  return {
    account: without(account, '$metadata', 'SendQuota'),
    identities: await byName(names, async EmailIdentity => without(await ses.getEmailIdentity({ EmailIdentity }), '$metadata', 'CreatedTimestamp')),
    notifications: NotificationAttributes,
    configurationSets: (await ses.listConfigurationSets({})).ConfigurationSets,
    pools: (await ses.listDedicatedIpPools({})).DedicatedIpPools,
    dedicatedIps: Object.fromEntries(DedicatedIps!.map(({ Ip, PoolName }) => [Ip, PoolName])),
    receiptRuleSets: await byName(sets, async RuleSetName => (await v1.describeReceiptRuleSet({ RuleSetName })).Rules),
    activeRuleSet: (await v1.describeActiveReceiptRuleSet({})).Metadata?.Name,
    receiptFilters: (await v1.listReceiptFilters({})).Filters,
    suppressed: (await ses.listSuppressedDestinations({})).SuppressedDestinationSummaries!.map(({ EmailAddress }) => EmailAddress),
  };
}

async function infrastructureOf(aws: Aws): Promise<Snapshot> {
  const { config, cloudFormation } = aws;
  const zones = (await aws.route53.listHostedZones({})).HostedZones!;
  return {
    ...await accessOf(new IAM(config)),
    secrets: (await new SecretsManager(config).listSecrets({ IncludePlannedDeletion: true })).SecretList!.map(({ Name, DeletedDate }) => `${Name}${DeletedDate ? ' (to be deleted)' : ''}`),
    zones: await byName(zones.map(({ Id }) => Id!), async id => aws.zoneRecords(id.replace('/hostedzone/', ''))),
    buckets: await bucketsOf(new S3(config)),
    keys: await keysOf(new KMS(config)),
    topics: (await new SNS(config).listTopics({})).Topics?.map(({ TopicArn }) => TopicArn),
    queues: (await new SQS(config).listQueues({})).QueueUrls,
    rules: (await new EventBridge(config).listRules({})).Rules?.map(({ Name }) => Name),
    alarms: (await new CloudWatch(config).describeAlarms({})).MetricAlarms?.map(({ AlarmName }) => AlarmName),
    logGroups: await listed(aws, 'logs', 'Logs_20140328.DescribeLogGroups', 'logGroups', 'logGroupName'),
    stateMachines: await listed(aws, 'states', 'AWSStepFunctions.ListStateMachines', 'stateMachines', 'name'),
    stacks: (await cloudFormation.describeStacks({})).Stacks!.map(({ StackName, StackStatus }) => `${StackName} ${StackStatus}`),
  };
}

/** Users and roles with what they may do. */
async function accessOf(iam: IAM): Promise<Snapshot> {
  const users = (await iam.listUsers({})).Users!.map(({ UserName }) => UserName!);
  const roles = (await iam.listRoles({})).Roles!.map(({ RoleName }) => RoleName!);
  return {
    users: await byName(users, async UserName => ({
      keys: (await iam.listAccessKeys({ UserName })).AccessKeyMetadata!.map(({ AccessKeyId, Status }) => `${AccessKeyId} ${Status}`),
      policies: (await iam.listUserPolicies({ UserName })).PolicyNames,
    })),
    roles: await byName(roles, async RoleName => ({
      policies: (await iam.listRolePolicies({ RoleName })).PolicyNames,
      attached: (await iam.listAttachedRolePolicies({ RoleName })).AttachedPolicies?.map(({ PolicyArn }) => PolicyArn),
    })),
    policies: (await iam.listPolicies({ Scope: 'Local' })).Policies!.map(({ PolicyName }) => PolicyName),
  };
}

/** The keys of the account. AWS's own come and go with their use. */
async function keysOf(kms: KMS): Promise<Snapshot> {
  const ids = (await kms.listKeys({})).Keys!.map(({ KeyId }) => KeyId!);
  const described = await Promise.all(ids.map(async KeyId => (await kms.describeKey({ KeyId })).KeyMetadata!));
  return Object.fromEntries(described.filter(({ KeyManager }) => KeyManager === 'CUSTOMER').map(({ KeyId, KeyState }) => [KeyId!, KeyState]));
}

/** Buckets with what is in them; those of the CDK hold its assets, which a deployment leaves there. */
async function bucketsOf(s3: S3): Promise<Snapshot> {
  const names = (await s3.listBuckets({})).Buckets!.map(({ Name }) => Name!);
  return byName(names, async Bucket => Bucket.startsWith('cdk-') ? 'assets' : (await s3.listObjectsV2({ Bucket })).Contents?.map(({ Key }) => Key) ?? []);
}

/** A list of a service of which the project has no SDK client. */
async function listed({ config }: Aws, service: string, target: string, list: string, member: string): Promise<unknown[]> {
  const { status, body } = await signedCall(config, {
    service, path: '/', headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': target }, body: '{}',
  });
  if (status !== 200) throw new Error(`${target}: ${status} ${body}`);
  return (JSON.parse(body) as Record<string, Record<string, unknown>[]>)[list].map(item => item[member]);
}

async function byName<T>(names: readonly string[], read: (name: string) => Promise<T>): Promise<Record<string, T>> {
  return Object.fromEntries(await Promise.all(names.map(async name => [name, await read(name)] as const)));
}

function without(value: object, ...members: string[]): object {
  return Object.fromEntries(Object.entries(value).filter(([name]) => !members.includes(name)));
}
