import assert from 'node:assert/strict';
import { CloudWatch, type StateValue } from '@aws-sdk/client-cloudwatch';
import { EventBridge } from '@aws-sdk/client-eventbridge';
import { SNS } from '@aws-sdk/client-sns';
import { SQS } from '@aws-sdk/client-sqs';
import { sameLines, until } from './check';
import { Inbox } from './inbox';
import type { Stage } from './scenario';
import { role } from './ses-stand-ins';

/* What the stand-ins for alarms, deliveries between services and the clock do and refuse: part of the scenario `stand-ins`. */

const statement = (more: object) => ({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', ...more }] });
const CLOUDWATCH = { Principal: { Service: 'cloudwatch.amazonaws.com' } };
const arnOf = (id: string) => ({ 'Fn::GetAtt': [id, 'Arn'] });

/** A queue that the topics of the account may fill. */
const QUEUE = {
  Queue: { Type: 'AWS::SQS::Queue' },
  QueuePolicy: {
    Type: 'AWS::SQS::QueuePolicy',
    Properties: { Queues: [{ Ref: 'Queue' }], PolicyDocument: statement({ Principal: { Service: 'sns.amazonaws.com' }, Action: 'sqs:SendMessage', Resource: '*' }) },
  },
};

export async function metricAlarms({ report: { step }, aws }: Stage) {
  const topic = (id: string, properties: object, policy?: object) => ({
    [id]: { Type: 'AWS::SNS::Topic', Properties: properties },
    [`${id}Told`]: { Type: 'AWS::SNS::Subscription', DependsOn: 'QueuePolicy', Properties: { TopicArn: { Ref: id }, Protocol: 'sqs', Endpoint: arnOf('Queue') } },
    ...policy ? { [`${id}Policy`]: { Type: 'AWS::SNS::TopicPolicy', Properties: { Topics: [{ Ref: id }], PolicyDocument: policy } } } : {},
  });
  const letIn = statement({ ...CLOUDWATCH, Action: 'sns:Publish', Resource: '*' });
  const key = (Action: string[]) => ({ Type: 'AWS::KMS::Key', Properties: { KeyPolicy: statement({ ...CLOUDWATCH, Action, Resource: '*' }) } });
  const topics = ['Open', 'Default', 'Closed', 'Locked', 'Half', 'Managed'];
  const stat = (Id: string, MetricName: string, Stat: string) => ({
    Id, ReturnData: false, MetricStat: { Metric: { Namespace: 'E2E', MetricName, Dimensions: [{ Name: 'of', Value: 'x' }] }, Period: 300, Stat },
  });
  const alarm = (properties: object) => ({
    Type: 'AWS::CloudWatch::Alarm',
    Properties: { ComparisonOperator: 'GreaterThanOrEqualToThreshold', EvaluationPeriods: 1, Threshold: 0.1, ...properties },
  });
  const { outputs, status, reasons } = await aws.putStack('alarms', {
    Resources: {
      ...QUEUE,
      Key: key(['kms:GenerateDataKey*', 'kms:Decrypt']),
      HalfKey: key(['kms:Decrypt']),
      ...topic('Open', {}, letIn),
      ...topic('Default', {}),
      ...topic('Closed', {}, statement({ Principal: { Service: 'events.amazonaws.com' }, Action: 'sns:Publish', Resource: '*' })),
      ...topic('Locked', { KmsMasterKeyId: { Ref: 'Key' } }, letIn),
      ...topic('Half', { KmsMasterKeyId: { Ref: 'HalfKey' } }, letIn),
      ...topic('Managed', { KmsMasterKeyId: 'alias/aws/sns' }, letIn),
      Told: alarm({ AlarmName: 'told', AlarmActions: topics.map(id => ({ Ref: id })), Namespace: 'E2E', MetricName: 'unused', Period: 60, Statistic: 'Sum' }),
      Rate: alarm({
        AlarmName: 'rate',
        TreatMissingData: 'ignore',
        Metrics: [{ Id: 'e', Expression: 'IF(FILL(whole, 0) >= 100, part / whole, 0)' }, stat('whole', 'Whole', 'Sum'), stat('part', 'Part', 'Sum')],
      }),
      ...Object.fromEntries(['missing', 'breaching', 'notBreaching', 'ignore'].map(TreatMissingData => [TreatMissingData, alarm({
        AlarmName: TreatMissingData, TreatMissingData, Namespace: 'E2E', MetricName: 'Whole', Period: 300, Statistic: 'Sum',
      })])),
    },
    Outputs: { Queue: { Value: { Ref: 'Queue' } }, ...Object.fromEntries(topics.map(id => [id, { Value: { Ref: id } }])) },
  });
  assert.equal(status, 'CREATE_COMPLETE', reasons);
  const cloudWatch = new CloudWatch(aws.config);
  const state = async (name: string) => (await cloudWatch.describeAlarms({ AlarmNames: [name] })).MetricAlarms![0];
  const put = (figures: Record<string, number>) => cloudWatch.putMetricData({
    Namespace: 'E2E', MetricData: Object.entries(figures).map(([MetricName, Value]) => ({ MetricName, Value, Dimensions: [{ Name: 'of', Value: 'x' }] })),
  });
  await step('alarms: a metric with other dimensions is another metric, and each treatment of missing data is known', async () => {
    await put({ Whole: 50 });
    const states = await Promise.all(['rate', 'missing', 'breaching', 'notBreaching', 'ignore'].map(async name => (await state(name)).StateValue));
    assert.deepEqual(states, ['OK', 'INSUFFICIENT_DATA', 'ALARM', 'OK', 'INSUFFICIENT_DATA']);
  });
  await step('alarms: metric math without data leaves an alarm as it is, and with data it decides', async () => {
    await put({ Whole: 150 });
    assert.equal((await state('rate')).StateValue, 'OK');
    await put({ Part: 20 });
    assert.equal((await state('rate')).StateValue, 'ALARM');
  });
  await step('alarms: a state that is set again did not change again', async () => {
    const set = (StateReason: string) => cloudWatch.setAlarmState({ AlarmName: 'told', StateValue: 'ALARM', StateReason });
    await set('once');
    const { StateTransitionedTimestamp } = await state('told');
    await set('twice');
    const { StateReason, ...after } = await state('told');
    assert.deepEqual([StateReason, after.StateTransitionedTimestamp], ['twice', StateTransitionedTimestamp]);
  });
  await step('alarms: told are topics that let CloudWatch in, with a key that does, and no others', async () => {
    const told = (await new Inbox(aws, outputs.Queue).all()).map(body => (JSON.parse(body) as { TopicArn: string }).TopicArn);
    sameLines(told, [outputs.Open, outputs.Default, outputs.Locked], 'topics');
  });
  await step('alarms: refused: a state that does not exist, a reason that is too long, an alarm that does not exist', async () => {
    const set = (AlarmName: string, StateValue: string, StateReason = '') => cloudWatch.setAlarmState({ AlarmName, StateValue: StateValue as StateValue, StateReason });
    await assert.rejects(set('told', 'WORSE'), /failed to satisfy constraint: Member must satisfy enum value set/);
    await assert.rejects(set('told', 'OK', 'x'.repeat(1024)), /Member must have length less than or equal to 1023/);
    await assert.rejects(set('nothing', 'OK'), /nothing not found/);
  });
}

export async function deliveries({ report: { step }, aws, emulator }: Stage) {
  const trust = statement({ Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' });
  const func = (code: string, more: object = {}) => ({
    Type: 'AWS::Lambda::Function', Properties: { Code: { ZipFile: code }, Handler: 'index.handler', Runtime: 'nodejs22.x', Role: arnOf('Role'), ...more },
  });
  const powers = (...statements: object[]) => ({
    Type: 'AWS::IAM::Role',
    Properties: { AssumeRolePolicyDocument: trust, Policies: [{ PolicyName: 'p', PolicyDocument: { Statement: statements.map(each => ({ Effect: 'Allow', ...each })) } }] },
  });
  const permit = (FunctionName: string, Principal: string, SourceArn: object) => ({
    Type: 'AWS::Lambda::Permission', Properties: { Action: 'lambda:InvokeFunction', FunctionName: { Ref: FunctionName }, Principal, SourceArn },
  });
  const subscribed = (id: string) => ({ Type: 'AWS::SNS::Subscription', Properties: { TopicArn: { Ref: 'Topic' }, Protocol: 'lambda', Endpoint: arnOf(id) } });
  const rule = (Targets: object[]) => ({ Type: 'AWS::Events::Rule', Properties: { EventPattern: { source: ['e2e'] }, Targets } });
  const says = 'exports.handler = async event => console.log(`called by ${(event.Records?.[0].EventSource ?? event.source)}`);';
  const { outputs, status, reasons } = await aws.putStack('deliveries', {
    Resources: {
      ...QUEUE,
      Dead: { Type: 'AWS::SQS::Queue' },
      Role: powers({ Action: 'sqs:SendMessage', Resource: arnOf('Dead') }),
      Topic: { Type: 'AWS::SNS::Topic' },
      Welcome: func(says),
      Uninvited: func(says),
      Failing: func('exports.handler = async () => { throw new Error("again"); };', { DeadLetterConfig: { TargetArn: arnOf('Dead') } }),
      ...Object.fromEntries(['Welcome', 'Uninvited', 'Failing'].map(id => [`${id}Subscription`, subscribed(id)])),
      WelcomeTopic: permit('Welcome', 'sns.amazonaws.com', { Ref: 'Topic' }),
      FailingTopic: permit('Failing', 'sns.amazonaws.com', { Ref: 'Topic' }),
      Rule: rule([{ Id: 'a', Arn: arnOf('Welcome') }, { Id: 'b', Arn: arnOf('Uninvited') }, { Id: 'c', Arn: arnOf('Queue') }]),
      WelcomeRule: permit('Welcome', 'events.amazonaws.com', arnOf('Rule')),
    },
    Outputs: Object.fromEntries(['Topic', 'Queue', 'Dead', 'Welcome', 'Uninvited'].map(id => [id, { Value: { Ref: id } }])),
  });
  assert.equal(status, 'CREATE_COMPLETE', reasons);
  const calls = async (name: string) => (await aws.logLines(`/aws/lambda/${name}`).catch(() => [])).filter(line => line.startsWith('called by'));
  await step('deliveries: SNS and EventBridge call a function that lets them, and no other; a queue that does not let a rule in gets nothing', async () => {
    await new SNS(aws.config).publish({ TopicArn: outputs.Topic, Message: 'hello' });
    await new EventBridge(aws.config).putEvents({ Entries: [{ Source: 'e2e', DetailType: 'd', Detail: '{}' }] });
    await until('both calls', async () => (await calls(outputs.Welcome)).length === 2);
    sameLines(await calls(outputs.Welcome), ['called by aws:sns', 'called by e2e'], 'calls');
    assert.deepEqual(await calls(outputs.Uninvited), []);
    assert.deepEqual(await new Inbox(aws, outputs.Queue).all(), []);
  });
  await step('deliveries: what a function fails at three times is in its dead-letter queue, as it came', async () => {
    const body = await until('a dead letter', async () => (await new Inbox(aws, outputs.Dead).all())[0]);
    assert.equal((JSON.parse(body) as { Records: { Sns: { Message: string } }[] }).Records[0].Sns.Message, 'hello');
  });
  const refused: [string, object, RegExp][] = [
    ['a dead-letter queue that the role may not send to', {
      F: func(says, { DeadLetterConfig: { TargetArn: arnOf('Queue') } }), Role: powers({ Action: 'sqs:SendMessage', Resource: arnOf('Other') }), Other: QUEUE.Queue,
    }, /does not have permissions to call SendMessage on SQS/],
    ['a queue that the role may not read', {
      F: func(says),
      Role: powers({ Action: ['sqs:ReceiveMessage', 'sqs:GetQueueAttributes'], Resource: '*' }),
      Mapping: { Type: 'AWS::Lambda::EventSourceMapping', Properties: { FunctionName: { Ref: 'F' }, EventSourceArn: arnOf('Queue') } },
    }, /does not have permissions to call DeleteMessage on SQS/],
  ];
  for (const [index, [what, resources, said]] of refused.entries()) {
    await step(`deliveries: refused: ${what}`, async () => {
      const result = await aws.putStack(`delivery-${index}`, { Resources: { ...QUEUE, ...resources } });
      assert.equal(result.status, 'ROLLBACK_COMPLETE');
      assert.match(result.reasons, said);
    });
  }
  await step('deliveries: refused: a role without the key of a topic, and events of another source', async () => {
    const { outputs: made } = await aws.putStack('publisher', {
      Resources: {
        Key: { Type: 'AWS::KMS::Key', Properties: { KeyPolicy: statement({ Principal: { AWS: { 'Fn::Sub': 'arn:aws:iam::${AWS::AccountId}:root' } }, Action: 'kms:*', Resource: '*' }) } },
        Topic: { Type: 'AWS::SNS::Topic', Properties: { KmsMasterKeyId: { Ref: 'Key' } } },
        Bare: role({ Action: 'sns:Publish', Resource: '*' }),
        Able: role(
          { Action: ['sns:Publish', 'kms:GenerateDataKey', 'kms:Decrypt'], Resource: '*' },
          { Action: 'events:PutEvents', Resource: '*', Condition: { StringEquals: { 'events:source': 'mine' } } },
        ),
      },
      Outputs: { Topic: { Value: { Ref: 'Topic' } }, Bare: { Value: arnOf('Bare') }, Able: { Value: arnOf('Able') } },
    });
    const publish = async (arn: string) => new SNS((await aws.withRole(arn)).config).publish({ TopicArn: made.Topic, Message: 'hello' });
    await publish(made.Able);
    await assert.rejects(publish(made.Bare), /not authorized to perform: kms:GenerateDataKey/);
    const events = new EventBridge((await aws.withRole(made.Able)).config);
    const entry = (Source: string) => ({ Source, DetailType: 'd', Detail: '{}' });
    await events.putEvents({ Entries: [entry('mine')] });
    await assert.rejects(events.putEvents({ Entries: [entry('other')] }), { name: 'AccessDeniedException' });
    await assert.rejects(events.putEvents({ Entries: [entry('mine'), entry('other')] }), { name: 'AccessDeniedException' });
  });
  await step('time: it passes for a hidden message, for a schedule and for a function alike', async () => {
    const { outputs: made } = await aws.putStack('time', {
      Resources: {
        Queue: { Type: 'AWS::SQS::Queue', Properties: { VisibilityTimeout: 3600 } },
        Role: role(),
        Clock: { ...func('exports.handler = async () => { console.log(`it is ${Date.now()}`); return Date.now(); };'), DependsOn: 'Role' },
        Hourly: { Type: 'AWS::Events::Rule', Properties: { ScheduleExpression: 'rate(1 hour)', Targets: [{ Id: 'a', Arn: arnOf('Clock') }] } },
        Allowed: permit('Clock', 'events.amazonaws.com', arnOf('Hourly')),
      },
      Outputs: { Queue: { Value: { Ref: 'Queue' } }, Clock: { Value: { Ref: 'Clock' } } },
    });
    const sqs = new SQS(aws.config);
    const receive = async () => (await sqs.receiveMessage({ QueueUrl: made.Queue })).Messages?.length ?? 0;
    await sqs.sendMessage({ QueueUrl: made.Queue, MessageBody: 'hello' });
    assert.deepEqual([await receive(), await receive()], [1, 0]);
    const before = await aws.invoke(made.Clock, {}) as number;
    await emulator.happens('time', { seconds: 3600 });
    assert.equal(await receive(), 1);
    await until('the schedule', async () => (await aws.logLines(`/aws/lambda/${made.Clock}`)).filter(line => line.startsWith('it is')).length === 2);
    const passed = await aws.invoke(made.Clock, {}) as number - before;
    assert.ok(passed >= 3_600_000 && passed < 3_660_000, `${passed} ms`);
  });
}
