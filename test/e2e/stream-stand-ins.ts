import assert from 'node:assert/strict';
import { ACCOUNT } from './emulator';
import type { Stage } from './scenario';

/* What the stand-ins for configuration sets, event destinations and IP pools refuse: part of the scenario `stand-ins`. */

const SES = { Service: 'ses.amazonaws.com' };

export async function configurationSets({ report: { step }, aws }: Stage) {
  const set = (properties: object) => ({ Resources: { S: { Type: 'AWS::SES::ConfigurationSet', Properties: { Name: 'set', ...properties } } } });
  const sending = async () => (await aws.configurationSet('set'))?.SendingOptions?.SendingEnabled;
  const pause = () => aws.ses.putConfigurationSetSendingOptions({ ConfigurationSetName: 'set', SendingEnabled: false });

  await step('sets: one that exists already is refused, and stays', async () => {
    assert.equal((await aws.putStack('set', set({ DeliveryOptions: { TlsPolicy: 'REQUIRE' } }))).status, 'CREATE_COMPLETE');
    const { status, reasons } = await aws.putStack('set-again', set({}));
    assert.equal(status, 'ROLLBACK_COMPLETE');
    assert.match(reasons, /Configuration set <set> already exists\..*HandlerErrorCode: AlreadyExists/);
    assert.equal((await aws.configurationSet('set'))?.DeliveryOptions?.TlsPolicy, 'REQUIRE');
  });
  await aws.createVerifiedDomain('links.example');
  await aws.putStack('unverified', { Resources: { I: { Type: 'AWS::SES::EmailIdentity', Properties: { EmailIdentity: 'late.example' } } } });
  const refused: [string, object, RegExp][] = [
    ['a name with a dot', { Name: 'a.b' }, /Invalid configuration set name <a\.b>/],
    ['a pool that does not exist', { DeliveryOptions: { SendingPoolName: 'nowhere' } }, /SendingPool <nowhere> doesn't exist/],
    ['a tracking domain that nobody has verified', { TrackingOptions: { CustomRedirectDomain: 'click.late.example' } }, /InvalidTrackingOptions.*<click\.late\.example>/],
  ];
  for (const [index, [what, properties, said]] of refused.entries()) {
    await step(`sets: refused: ${what}`, async () => {
      const { status, reasons } = await aws.putStack(`set-${index}`, set({ Name: 'other', ...properties }));
      assert.equal(status, 'ROLLBACK_COMPLETE');
      assert.match(reasons, said);
    });
  }
  await step('sets: a pool of SES and a sub-domain of a verified domain are taken', async () => {
    const properties = { DeliveryOptions: { SendingPoolName: 'ses-shared-pool' }, TrackingOptions: { CustomRedirectDomain: 'click.links.example' } };
    assert.equal((await aws.putStack('set', set(properties))).status, 'UPDATE_COMPLETE');
    assert.equal((await aws.configurationSet('set'))?.TrackingOptions?.CustomRedirectDomain, 'click.links.example');
  });
  await step('sets: an update puts what the template has or had, and nothing else: a paused set stays paused unless the template speaks of sending', async () => {
    await pause();
    assert.equal((await aws.putStack('set', set({ DeliveryOptions: { TlsPolicy: 'OPTIONAL' } }))).status, 'UPDATE_COMPLETE');
    const { DeliveryOptions, TrackingOptions } = (await aws.configurationSet('set'))!;
    assert.deepEqual([await sending(), DeliveryOptions?.TlsPolicy, TrackingOptions], [false, 'OPTIONAL', undefined]);
    assert.equal((await aws.putStack('set', set({ SendingOptions: { SendingEnabled: true } }))).status, 'UPDATE_COMPLETE');
    assert.equal(await sending(), true);
    await pause();
    assert.equal((await aws.putStack('set', set({ SendingOptions: { SendingEnabled: true }, ReputationOptions: { ReputationMetricsEnabled: false } }))).status, 'UPDATE_COMPLETE');
    assert.equal(await sending(), true);
  });
}

export async function dedicatedIpPools({ report: { step }, aws }: Stage) {
  const pool = (PoolName: string, ScalingMode: string) => ({ Resources: { P: { Type: 'AWS::SES::DedicatedIpPool', Properties: { PoolName, ScalingMode } } } });
  const mode = async (PoolName: string) => (await aws.ses.getDedicatedIpPool({ PoolName })).DedicatedIpPool?.ScalingMode;

  await step('pools: a standard pool becomes a managed one, and never the other way round', async () => {
    assert.equal((await aws.putStack('pool', pool('pool', 'STANDARD'))).status, 'CREATE_COMPLETE');
    assert.equal((await aws.putStack('pool', pool('pool', 'MANAGED'))).status, 'UPDATE_COMPLETE');
    const { status, reasons } = await aws.putStack('pool', pool('pool', 'STANDARD'));
    assert.equal(status, 'UPDATE_ROLLBACK_COMPLETE');
    assert.match(reasons, /cannot be converted to STANDARD/);
    assert.equal(await mode('pool'), 'MANAGED');
  });
  for (const [name, said] of [['pool', /'pool' already exists.*AlreadyExists/], ['ses-shared-pool', /Invalid dedicated IP pool name/], ['Pool', /Invalid/]] as const) {
    await step(`pools: refused: the name ${name}`, async () => {
      const { status, reasons } = await aws.putStack(`pool-${name}`, pool(name, 'STANDARD'));
      assert.equal(status, 'ROLLBACK_COMPLETE');
      assert.match(reasons, said);
    });
  }
  await step('pools: another name is a replacement, and a deletion deletes', async () => {
    assert.equal((await aws.putStack('pool', pool('other', 'STANDARD'))).status, 'UPDATE_COMPLETE');
    assert.deepEqual((await aws.ses.listDedicatedIpPools({})).DedicatedIpPools, ['other']);
    await aws.deleteStack('pool');
    assert.deepEqual((await aws.ses.listDedicatedIpPools({})).DedicatedIpPools, []);
  });
}

export async function eventDestinations({ report: { step }, aws }: Stage) {
  const ofSet = (name = 'set') => ({
    StringEquals: { 'aws:SourceAccount': ACCOUNT }, ArnLike: { 'AWS:SourceArn': `arn:aws:ses:${aws.region}:${ACCOUNT}:configuration-set/${name}` },
  });
  const allow = (Action: string | string[], Resource?: string, Condition: object = ofSet()) => ({
    Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: SES, Action, Condition, ...Resource ? { Resource } : {} }],
  });
  const topicPolicy = (topic: string, Condition?: object) => ({
    Type: 'AWS::SNS::TopicPolicy', Properties: { Topics: [{ Ref: topic }], PolicyDocument: allow('sns:Publish', '*', Condition) },
  });
  const key = (Action: string[], Condition?: object) => ({ Type: 'AWS::KMS::Key', Properties: { KeyPolicy: allow(Action, '*', Condition) } });
  const role = (trust: object, actions: string) => ({
    Type: 'AWS::IAM::Role',
    Properties: {
      AssumeRolePolicyDocument: trust,
      Policies: [{ PolicyName: 'put', PolicyDocument: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: actions, Resource: '*' }] } }],
    },
  });
  const encrypted = (id: string) => ({ Type: 'AWS::SNS::Topic', Properties: { KmsMasterKeyId: { Ref: id } } });
  const both = ['kms:GenerateDataKey*', 'kms:Decrypt'];
  const targets: Record<string, object> = {
    Bare: { Type: 'AWS::SNS::Topic' },
    Fifo: { Type: 'AWS::SNS::Topic', Properties: { TopicName: 't.fifo', FifoTopic: true } },
    Foreign: { Type: 'AWS::SNS::Topic' },
    ForeignPolicy: topicPolicy('Foreign', ofSet('other')),
    Elsewhere: { Type: 'AWS::SNS::Topic' },
    ElsewherePolicy: topicPolicy('Elsewhere', { StringEquals: { 'aws:SourceAccount': '999999999999' } }),
    HalfKey: key(['kms:Decrypt']),
    Locked: encrypted('HalfKey'),
    LockedPolicy: topicPolicy('Locked'),
    OtherKey: key(both, ofSet('other')),
    OtherLocked: encrypted('OtherKey'),
    OtherLockedPolicy: topicPolicy('OtherLocked'),
    Managed: { Type: 'AWS::SNS::Topic', Properties: { KmsMasterKeyId: 'alias/aws/sns' } },
    ManagedPolicy: topicPolicy('Managed'),
    Key: key(both),
    Good: encrypted('Key'),
    GoodPolicy: topicPolicy('Good'),
    Stream: { Type: 'AWS::KinesisFirehose::DeliveryStream', Properties: { DeliveryStreamType: 'DirectPut' } },
    Publisher: role(allow('sts:AssumeRole'), 'firehose:PutRecordBatch'),
    Powerless: role(allow('sts:AssumeRole'), 'firehose:PutRecord'),
    Distrusting: role(allow('sts:AssumeRole', undefined, ofSet('other')), 'firehose:PutRecordBatch'),
  };
  const arns = ['Stream', 'Publisher', 'Powerless', 'Distrusting'];
  const value = (id: string) => [id, { Value: arns.includes(id) ? { 'Fn::GetAtt': [id, 'Arn'] } : { Ref: id } }];
  const { outputs } = await aws.putStack('targets', {
    Resources: targets, Outputs: Object.fromEntries(Object.keys(targets).filter(id => !id.endsWith('Policy')).map(value)),
  });
  const destination = (target: object, ConfigurationSetName = 'set') => ({
    Type: 'AWS::SES::ConfigurationSetEventDestination',
    Properties: { ConfigurationSetName, EventDestination: { Enabled: true, MatchingEventTypes: ['bounce'], ...target } },
  });
  const topic = (id: string) => ({ SnsDestination: { TopicARN: outputs[id] ?? `arn:aws:sns:${aws.region}:${ACCOUNT}:${id}` } });
  const stream = (IAMRoleARN: string, DeliveryStreamARN = outputs.Stream) => ({ KinesisFirehoseDestination: { IAMRoleARN, DeliveryStreamARN } });
  const bus = (name: string, account = ACCOUNT) => ({ EventBridgeDestination: { EventBusArn: `arn:aws:events:${aws.region}:${account}:event-bus/${name}` } });
  const dimension = (DimensionName: string, more: object = {}) => ({ DimensionName, DimensionValueSource: 'messageTag', DefaultDimensionValue: 'none', ...more });
  const counters = (...DimensionConfigurations: object[]) => ({ CloudWatchDestination: { DimensionConfigurations } });
  const refused: [string, object, RegExp][] = [
    ['a set that does not exist', destination(topic('Good'), 'nowhere'), /Configuration set <nowhere> does not exist\..*HandlerErrorCode: NotFound/],
    ['a topic that does not exist', destination(topic('nowhere')), /Could not publish notification to topic .*does not exist/],
    ['a FIFO topic', destination(topic('Fifo')), /FIFO/],
    ['a topic with the default policy', destination(topic('Bare')), /Could not publish notification to topic .*does not let ses\.amazonaws\.com publish/],
    ['a topic for another set', destination(topic('Foreign')), /does not let ses\.amazonaws\.com publish/],
    ['a topic for another account', destination(topic('Elsewhere')), /does not let ses\.amazonaws\.com publish/],
    ['a key for half of what SES does', destination(topic('Locked')), /the policy of its key/],
    ['a key for another set', destination(topic('OtherLocked')), /the policy of its key/],
    ['a key of AWS', destination(topic('Managed')), /cannot use its key <alias\/aws\/sns>/],
    ['a role that does not exist', destination(stream(`arn:aws:iam::${ACCOUNT}:role/nobody`)), /Could not assume IAM role/],
    ['a role for another set', destination(stream(outputs.Distrusting)), /Could not assume IAM role/],
    ['a role that may not put batches', destination(stream(outputs.Powerless)), /may not put records/],
    ['a stream that does not exist', destination(stream(outputs.Publisher, `${outputs.Stream}x`)), /Could not find delivery stream/],
    ['a bus of one\'s own', destination(bus('mine')), /is not the default event bus/],
    ['a bus of another account', destination(bus('default', '222222222222')), /is not the default event bus/],
    ['counters without a dimension', destination(counters()), /0 dimensions/],
    ['eleven dimensions', destination(counters(...Array.from({ length: 11 }, (_, n) => dimension(`d${n}`)))), /11 dimensions/],
    ['a dimension with a blank', destination(counters(dimension('a b'))), /name <a b>/],
    ['an unknown tag of SES', destination(counters(dimension('ses:weather'))), /name <ses:weather>/],
    ['a header that SES keeps to itself', destination(counters(dimension('Return-Path', { DimensionValueSource: 'emailHeader' }))), /header <Return-Path>/],
    ['a default value with a slash', destination(counters(dimension('a', { DefaultDimensionValue: 'a/b' }))), /value <a\/b>/],
  ];
  for (const [index, [what, resource, said]] of refused.entries()) {
    await step(`destinations: refused: ${what}`, async () => {
      const { status, reasons } = await aws.putStack(`destination-${index}`, { Resources: { D: resource } });
      assert.equal(status, 'ROLLBACK_COMPLETE');
      assert.match(reasons, said);
    });
  }
  await step('destinations: each kind is taken with the right permissions, and changed only to what is right', async () => {
    const kinds = { Topic: topic('Good'), Stream: stream(outputs.Publisher), Bus: bus('default'), Counters: counters(dimension('ses:configuration-set')) };
    const resources = Object.fromEntries(Object.entries(kinds).map(([id, target]) => [id, destination(target)]));
    assert.equal((await aws.putStack('destinations', { Resources: resources })).status, 'CREATE_COMPLETE');
    const { status } = await aws.putStack('destinations', { Resources: { ...resources, Topic: destination(topic('Bare')) } });
    assert.equal(status, 'UPDATE_ROLLBACK_COMPLETE');
    const known = await aws.eventDestinations('set');
    assert.equal(known.length, 4);
    assert.deepEqual(known.flatMap(({ SnsDestination }) => SnsDestination?.TopicArn ?? []), [outputs.Good]);
  });
  await step('destinations: a permission that comes after its destination comes too late', async () => {
    const resources = { A: destination({ SnsDestination: { TopicARN: { Ref: 'T' } } }), P: topicPolicy('T'), T: { Type: 'AWS::SNS::Topic' } };
    const { status, reasons } = await aws.putStack('late', { Resources: resources });
    assert.equal(status, 'ROLLBACK_COMPLETE');
    assert.match(reasons, /Could not publish notification to topic/);
    assert.equal((await aws.putStack('in-time', { Resources: { ...resources, A: { ...resources.A, DependsOn: 'P' } } })).status, 'CREATE_COMPLETE');
  });
  await step('destinations: the eleventh is refused, by the API too', async () => {
    const EventDestination = { Enabled: true, MatchingEventTypes: ['BOUNCE' as const], EventBridgeDestination: { EventBusArn: bus('default').EventBridgeDestination.EventBusArn } };
    const add = (n: number) => aws.ses.createConfigurationSetEventDestination({ ConfigurationSetName: 'set', EventDestinationName: `n${n}`, EventDestination });
    for (let n = (await aws.eventDestinations('set')).length; n < 10; n++) await add(n);
    await assert.rejects(add(10), { name: 'LimitExceededException' });
  });
}
