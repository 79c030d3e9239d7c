import assert from 'node:assert/strict';
import { CloudWatch } from '@aws-sdk/client-cloudwatch';
import { EventBridge } from '@aws-sdk/client-eventbridge';
import { Firehose } from '@aws-sdk/client-firehose';
import { IAM } from '@aws-sdk/client-iam';
import { KMS } from '@aws-sdk/client-kms';
import { SNS } from '@aws-sdk/client-sns';
import { SQS } from '@aws-sdk/client-sqs';
import type { Aws } from '../aws';
import { sameLines } from '../check';
import { ACCOUNT } from '../emulator';
import { comparable, recordsByTheBook } from '../mail-domain';
import type { Scenario } from '../scenario';

const DOMAIN = 'example.com';
const FEEDBACK = ['BOUNCE', 'COMPLAINT', 'REJECT', 'RENDERING_FAILURE'];
const ON_THE_WAY = [...FEEDBACK, 'DELIVERY', 'DELIVERY_DELAY', 'SEND'];

export const scenario: Scenario = {
  title: 'two streams of a domain: sets, destinations and policies are as written, a paused stream stays paused, and nothing is left',
  async play({ report, region, aws, cdk }) {
    const { step } = report;
    const iam = new IAM(aws.config);
    const zoneId = await aws.createZone(DOMAIN);
    const linksZoneId = await aws.createVerifiedDomain('example.net');
    const linksZone = await aws.zoneRecords(linksZoneId);
    const options = (patience: number) => ({
      app: 'npx tsx test/e2e/apps/streams.ts', context: { hostedZoneId: zoneId, linksZoneId, patience: String(patience) },
    });
    await step('cdk bootstrap', () => cdk.bootstrap());
    const roles = await roleNames(iam);

    const { outputs } = await step('cdk deploy', () => cdk.deploy(options(60)));
    const made = outputs.Streams;
    const setArn = (name: string) => `arn:aws:ses:${region}:${ACCOUNT}:configuration-set/${name}`;
    const bus = `arn:aws:events:${region}:${ACCOUNT}:event-bus/default`;
    const ofReceipts = { StringEquals: { 'aws:SourceAccount': ACCOUNT, 'aws:SourceArn': setArn(made.ReceiptsIs) } };
    const physicalIds = await aws.physicalIds('Streams');
    const stackId = await aws.stackId('Streams');

    await step('the domain is verified and sends through its default set, which takes the place of forwarded feedback', async () => {
      const { VerifiedForSendingStatus, ConfigurationSetName, FeedbackForwardingStatus } = (await aws.identity(DOMAIN))!;
      assert.deepEqual([VerifiedForSendingStatus, ConfigurationSetName, FeedbackForwardingStatus], [true, made.ReceiptsIs, false]);
      sameLines(comparable(await aws.zoneRecords(zoneId)), await recordsByTheBook(aws, { domain: DOMAIN }), 'zone');
    });
    await step('both sets ask for TLS, publish their rates and send', async () => {
      const receipts = await aws.configurationSet(made.ReceiptsIs);
      assert.deepEqual(receipts?.DeliveryOptions, { TlsPolicy: 'REQUIRE', MaxDeliverySeconds: 3600 });
      const news = await aws.configurationSet('news');
      assert.deepEqual(news?.DeliveryOptions, { TlsPolicy: 'REQUIRE', SendingPoolName: 'news' });
      assert.deepEqual(news?.TrackingOptions, { CustomRedirectDomain: 'click.example.net', HttpsPolicy: 'OPTIONAL' });
      for (const set of [receipts, news]) {
        assert.deepEqual([set?.ReputationOptions?.ReputationMetricsEnabled, set?.SendingOptions], [true, { SendingEnabled: true }]);
      }
      sameLines(await aws.zoneRecords(linksZoneId), [...linksZone, `click.example.net. CNAME r.${region}.awstrack.me`], 'zone of the links');
    });
    const publisher = await step('the destinations publish what they shall, where they shall', async () => {
      const receipts = await destinations(aws, made.ReceiptsIs);
      const role = receipts.KinesisFirehoseDestination?.target.IamRoleArn as string;
      assert.deepEqual(receipts, {
        SnsDestination: { events: FEEDBACK, target: { TopicArn: made.TopicIs } },
        KinesisFirehoseDestination: { events: [...ON_THE_WAY].sort(), target: { DeliveryStreamArn: made.ArchiveIs, IamRoleArn: role } },
        EventBridgeDestination: { events: FEEDBACK, target: { EventBusArn: bus } },
      });
      const dimension = { DimensionName: 'ses:configuration-set', DimensionValueSource: 'MESSAGE_TAG', DefaultDimensionValue: 'news' };
      assert.deepEqual(await destinations(aws, 'news'), {
        CloudWatchDestination: { events: [...ON_THE_WAY, 'SUBSCRIPTION'].sort(), target: { DimensionConfigurations: [dimension] } },
        EventBridgeDestination: { events: ['CLICK', 'OPEN'], target: { EventBusArn: bus } },
      });
      return role.split('/').pop()!;
    });
    await step('SES may publish to the topic and use its key, for this set of this account only', async () => {
      const { Attributes } = await new SNS(aws.config).getTopicAttributes({ TopicArn: made.TopicIs });
      assert.deepEqual(forSes(Attributes!.Policy!), [{ actions: ['sns:Publish'], resource: made.TopicIs, condition: ofReceipts }]);
      assert.equal(Attributes!.KmsMasterKeyId, made.KeyIs);
      const { Policy } = await new KMS(aws.config).getKeyPolicy({ KeyId: made.KeyIs, PolicyName: 'default' });
      assert.deepEqual(forSes(Policy!), [{ actions: ['kms:Decrypt', 'kms:GenerateDataKey*'], resource: '*', condition: ofReceipts }]);
    });
    await step('SES may assume the role of the delivery stream, for this set of this account only, and do nothing else with it', async () => {
      const { Role } = await iam.getRole({ RoleName: publisher });
      const trust = decodeURIComponent(Role!.AssumeRolePolicyDocument!);
      assert.deepEqual(forSes(trust), [{ actions: ['sts:AssumeRole'], resource: undefined, condition: ofReceipts }]);
      assert.deepEqual(await permissions(iam, publisher), [{ Action: 'firehose:PutRecordBatch', Effect: 'Allow', Resource: made.ArchiveIs }]);
    });
    await step('the rule takes failures of this set, and of no other', async () => {
      const events = new EventBridge(aws.config);
      const { EventPattern } = await events.describeRule({ Name: made.RuleIs });
      const matches = async (detailType: string, set: string) => {
        const event = { ...EVENT, 'detail-type': detailType, 'detail': { eventType: 'Bounce', mail: { tags: { 'ses:configuration-set': [set] } } } };
        return (await events.testEventPattern({ EventPattern, Event: JSON.stringify(event) })).Result;
      };
      assert.equal(await matches('Email Bounced', made.ReceiptsIs), true);
      assert.equal(await matches('Email Complaint Received', made.ReceiptsIs), true);
      assert.equal(await matches('Email Delivered', made.ReceiptsIs), false);
      assert.equal(await matches('Email Bounced', 'news'), false);
      const { Targets } = await events.listTargetsByRule({ Rule: made.RuleIs });
      assert.deepEqual(Targets?.map(({ Arn }) => Arn), [made.QueueIs]);
    });
    await step('the alarm watches the counter that the destination publishes', async () => {
      const { MetricAlarms } = await new CloudWatch(aws.config).describeAlarms({ AlarmNames: [made.AlarmIs] });
      const { Namespace, MetricName, Dimensions, Statistic } = MetricAlarms![0];
      assert.deepEqual([Namespace, MetricName, Statistic, Dimensions], ['AWS/SES', 'Bounce', 'Sum', [{ Name: 'ses:configuration-set', Value: 'news' }]]);
    });
    await step('the shop may send from one address of the domain through this set, and nothing else', async () => {
      assert.deepEqual(await permissions(iam, made.ShopIs), [{
        Action: ['ses:SendEmail', 'ses:SendRawEmail'],
        Condition: { StringLike: { 'ses:FromAddress': ['receipts@example.com'] } },
        Effect: 'Allow',
        Resource: [setArn(made.ReceiptsIs), `arn:aws:ses:${region}:${ACCOUNT}:identity/${DOMAIN}`],
      }]);
    });

    await step('somebody pauses the stream', () => aws.ses.putConfigurationSetSendingOptions({ ConfigurationSetName: made.ReceiptsIs, SendingEnabled: false }));
    await step('cdk deploy with a change of that set', () => cdk.deploy(options(30)));
    await step('the change is there, the stream is still paused, and nothing was replaced', async () => {
      const set = await aws.configurationSet(made.ReceiptsIs);
      assert.deepEqual([set?.DeliveryOptions?.MaxDeliverySeconds, set?.SendingOptions], [1800, { SendingEnabled: false }]);
      assert.deepEqual(await aws.physicalIds('Streams'), physicalIds);
    });

    await step('cdk destroy', () => cdk.destroy(options(30)));
    await step('nothing is left but the key, which waits for its deletion', async () => {
      assert.equal(await aws.stackStatus('Streams'), undefined);
      sameLines(await aws.deletedResources(stackId), Object.keys(physicalIds), 'deleted resources');
      sameLines(await aws.zoneRecords(zoneId), [], 'zone');
      sameLines(await aws.zoneRecords(linksZoneId), linksZone, 'zone of the links');
      assert.deepEqual(await left(aws), { identities: ['example.net'], sets: [], pools: [], topics: [], queues: [], streams: [], rules: [], alarms: [] });
      sameLines(await roleNames(iam), roles, 'roles');
      const { KeyMetadata } = await new KMS(aws.config).describeKey({ KeyId: made.KeyIs });
      assert.equal(KeyMetadata?.KeyState, 'PendingDeletion');
    });
  },
};

/** What EventBridge asks of an event, whoever sent it. */
const EVENT = { id: '0', account: ACCOUNT, source: 'aws.ses', time: '2026-01-01T00:00:00Z', region: 'us-east-1', resources: [] };

/** The enabled destinations of a set, by their kind. */
async function destinations(aws: Aws, set: string) {
  const known = (await aws.eventDestinations(set)).map(({ Name, Enabled, MatchingEventTypes, ...target }) => {
    assert.equal(Enabled, true, Name);
    const [kind, value] = Object.entries(target)[0] as [string, Record<string, unknown>];
    return [kind, { events: MatchingEventTypes, target: value }] as const;
  });
  assert.equal(new Set(known.map(([kind]) => kind)).size, known.length, 'two destinations of a kind');
  return Object.fromEntries(known);
}

interface Statement {
  readonly Effect: string;
  readonly Principal?: { readonly Service?: string | string[] } | '*';
  readonly Action: string | string[];
  readonly Resource?: string | string[];
  readonly Condition?: object;
}

/** What a policy allows SES. */
function forSes(policy: string) {
  return (JSON.parse(policy) as { Statement: Statement[] }).Statement
    .filter(({ Effect, Principal }) => Effect === 'Allow' && JSON.stringify(Principal ?? '').includes('ses.amazonaws.com'))
    .map(({ Action, Resource, Condition }) => ({ actions: [Action].flat().sort(), resource: Resource, condition: Condition }));
}

/** The statements of all policies of a role, resources in the order of the alphabet. */
async function permissions(iam: IAM, RoleName: string) {
  const { AttachedPolicies } = await iam.listAttachedRolePolicies({ RoleName });
  assert.deepEqual(AttachedPolicies ?? [], [], 'attached policies');
  const { PolicyNames } = await iam.listRolePolicies({ RoleName });
  const documents = await Promise.all(PolicyNames!.map(PolicyName => iam.getRolePolicy({ RoleName, PolicyName })));
  return documents.flatMap(({ PolicyDocument }) => (JSON.parse(decodeURIComponent(PolicyDocument!)) as { Statement: Statement[] }).Statement)
    .map(statement => ({ ...statement, Resource: Array.isArray(statement.Resource) ? [...statement.Resource].sort() : statement.Resource }));
}

async function roleNames(iam: IAM) {
  return (await iam.listRoles({})).Roles!.map(({ RoleName }) => RoleName!);
}

/** Everything in the account that the app makes one of. */
async function left(aws: Aws) {
  return {
    identities: (await aws.ses.listEmailIdentities({})).EmailIdentities!.map(({ IdentityName }) => IdentityName),
    sets: (await aws.ses.listConfigurationSets({})).ConfigurationSets,
    pools: (await aws.ses.listDedicatedIpPools({})).DedicatedIpPools,
    topics: (await new SNS(aws.config).listTopics({})).Topics ?? [],
    queues: (await new SQS(aws.config).listQueues({})).QueueUrls ?? [],
    streams: (await new Firehose(aws.config).listDeliveryStreams({})).DeliveryStreamNames,
    rules: (await new EventBridge(aws.config).listRules({})).Rules,
    alarms: (await new CloudWatch(aws.config).describeAlarms({})).MetricAlarms ?? [],
  };
}
