import { App, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { OpsItemSeverity, SsmAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import * as events from 'aws-cdk-lib/aws-events';
import { SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { ConfigurationSet, EmailSendingEvent } from 'aws-cdk-lib/aws-ses';
import * as sns from 'aws-cdk-lib/aws-sns';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { Dns, MailStream, VerifiedDomain } from '../../src';
import { AmbiguousComplaints, FeedbackAction, FeedbackPipeline, type FeedbackPipelineProps, TransientBounces } from '../../src/recipients';
import { matches, type RuleProperties } from '../support/event-rule';
import { findingIdsOf, stackIn } from '../support/stacks';

const ALARM = 'AWS::CloudWatch::Alarm';
const DESTINATION = 'AWS::SES::ConfigurationSetEventDestination';
const DEFAULT_BUS = { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':events:eu-west-1:111122223333:event-bus/default']] };

const arnOf = (id: string) => ({ 'Fn::GetAtt': [Match.stringLikeRegexp(`^${id}`), 'Arn'] });

function make(props: FeedbackPipelineProps = {}, stack = stackIn('eu-west-1')) {
  const stream = new MailStream(stack, 'Receipts');
  const pipeline = new FeedbackPipeline(stack, 'Feedback', { streams: [stream], ...props });
  return { stack, stream, pipeline, template: () => Template.fromStack(stack) };
}

function functionIn(stack: Stack): lambda.Function {
  return new lambda.Function(stack, 'Unsubscribe', {
    code: lambda.Code.fromInline('exports.handler = async () => {}'), handler: 'index.handler', runtime: lambda.Runtime.NODEJS_22_X, deadLetterQueueEnabled: true,
  });
}

/** What the function is told; a reference stands as the logical id of what it refers to. */
function settingsOf(stack: Stack): Record<string, unknown> {
  const functions = Object.values(Template.fromStack(stack).findResources('AWS::Lambda::Function'));
  const { 'Fn::Join': [, parts] } = functions.find(({ Properties }) => Properties.Environment?.Variables.FEEDBACK)!.Properties.Environment.Variables.FEEDBACK;
  return JSON.parse(parts.map((part: string | { Ref: string }) => typeof part === 'string' ? part : part.Ref).join(''));
}

/** What the function may do. */
function statementsOf(stack: Stack): object[] {
  const policies = Object.entries(Template.fromStack(stack).findResources('AWS::IAM::Policy'));
  return policies.find(([id]) => id.startsWith('FeedbackHandlerRole'))![1].Properties.PolicyDocument.Statement;
}

describe('on its way to the function', () => {
  test('feedback of a stream is published with delays, and with nothing that makes SES rewrite mail', () => {
    make().template().hasResourceProperties(DESTINATION, {
      ConfigurationSetName: { Ref: Match.stringLikeRegexp('^Receipts') },
      EventDestination: {
        Enabled: true,
        MatchingEventTypes: ['bounce', 'complaint', 'reject', 'renderingFailure', 'deliveryDelay'],
        SnsDestination: { TopicARN: { Ref: Match.stringLikeRegexp('^FeedbackTopic') } },
      },
    });
  });

  test('it is published with other events, if those are asked for', () => {
    const additionalEvents = [EmailSendingEvent.DELIVERY, EmailSendingEvent.SUBSCRIPTION, EmailSendingEvent.BOUNCE];
    make({ additionalEvents }).template().hasResourceProperties(DESTINATION, {
      EventDestination: { MatchingEventTypes: ['bounce', 'complaint', 'reject', 'renderingFailure', 'deliveryDelay', 'delivery', 'subscription'] },
    });
  });

  test('it passes a topic whose key SES may use, and queues that SQS encrypts; all of them take TLS only', () => {
    const template = make().template();
    template.hasResourceProperties('AWS::KMS::Key', {
      EnableKeyRotation: true,
      KeyPolicy: { Statement: Match.arrayWith([Match.objectLike({ Action: ['kms:GenerateDataKey*', 'kms:Decrypt'], Principal: { Service: 'ses.amazonaws.com' } })]) },
    });
    template.hasResourceProperties('AWS::SNS::Topic', { KmsMasterKeyId: arnOf('FeedbackKey') });
    template.allResourcesProperties('AWS::SQS::Queue', { SqsManagedSseEnabled: true });
    const deny = { Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } };
    const denies = Match.objectLike({ PolicyDocument: { Statement: Match.arrayWith([Match.objectLike(deny)]) } });
    template.allResourcesProperties('AWS::SNS::TopicPolicy', denies);
    template.resourcePropertiesCountIs('AWS::SQS::QueuePolicy', denies, 2);
  });

  test('it can pass a topic with a key of the user', () => {
    const stack = stackIn('eu-west-1');
    const template = make({ encryptionKey: new kms.Key(stack, 'Own') }, stack).template();
    template.resourceCountIs('AWS::KMS::Key', 1);
    template.hasResourceProperties('AWS::SNS::Topic', { KmsMasterKeyId: arnOf('Own') });
  });

  test('it comes raw, and what the topic cannot hand over is a dead letter, too', () => {
    make().template().hasResourceProperties('AWS::SNS::Subscription', {
      Protocol: 'sqs', RawMessageDelivery: true, RedrivePolicy: { deadLetterTargetArn: arnOf('FeedbackDeadLetters') },
    });
  });

  test('it is tried five times over, each time for longer than the function may run six times, and kept as a dead letter for two weeks', () => {
    const template = make().template();
    template.hasResourceProperties('AWS::SQS::Queue', {
      VisibilityTimeout: 360, MessageRetentionPeriod: 345_600, RedrivePolicy: { maxReceiveCount: 5, deadLetterTargetArn: arnOf('FeedbackDeadLetters') },
    });
    template.hasResourceProperties('AWS::SQS::Queue', { MessageRetentionPeriod: 1_209_600, RedrivePolicy: Match.absent() });
  });

  test('it is handed over ten at a time to two at most, and those that fail come again alone', () => {
    make().template().hasResourceProperties('AWS::Lambda::EventSourceMapping', {
      EventSourceArn: arnOf('FeedbackQueue'), BatchSize: 10, ScalingConfig: { MaximumConcurrency: 2 }, FunctionResponseTypes: ['ReportBatchItemFailures'],
    });
  });
});

describe('the function', () => {
  test('may do what it does, and nothing else', () => {
    const { stack } = make();
    expect(statementsOf(stack)).toEqual([
      { Effect: 'Allow', Action: 'ses:PutSuppressedDestination', Resource: '*' },
      { Effect: 'Allow', Action: ['dynamodb:PutItem', 'dynamodb:Query'], Resource: { 'Fn::GetAtt': [expect.stringMatching(/^FeedbackTable/), 'Arn'] } },
      { Effect: 'Allow', Action: 'events:PutEvents', Resource: DEFAULT_BUS, Condition: { StringEquals: { 'events:source': 'cdk-postmaster.feedback' } } },
      { Effect: 'Allow', Action: ['logs:CreateLogStream', 'logs:PutLogEvents'], Resource: { 'Fn::GetAtt': [expect.stringMatching(/^FeedbackHandlerLog/), 'Arn'] } },
      expect.objectContaining({ Resource: { 'Fn::GetAtt': [expect.stringMatching(/^FeedbackQueue/), 'Arn'] } }),
    ]);
    Template.fromStack(stack).allResourcesProperties('AWS::IAM::Role', { ManagedPolicyArns: Match.absent() });
  });

  test('is of the newest kind, and its log ends', () => {
    const template = make().template();
    template.hasResourceProperties('AWS::Lambda::Function', { Architectures: ['arm64'], Runtime: 'nodejs24.x', Timeout: 60, LoggingConfig: Match.objectLike({ LogFormat: 'JSON' }) });
    template.hasResourceProperties('AWS::Logs::LogGroup', { RetentionInDays: 90 });
  });

  test('is told the safe choice where there is one', () => {
    const { stack, pipeline } = make();
    expect(settingsOf(stack)).toEqual({
      pipeline: pipeline.pipelineName,
      tableName: expect.stringMatching(/^FeedbackTable/),
      eventBus: 'default',
      ambiguousComplaints: 'suppressAll',
      retentionSeconds: 7_776_000,
    });
  });

  test('is told other choices', () => {
    const stack = stackIn('eu-west-1');
    make({
      ambiguousComplaints: AmbiguousComplaints.MARK,
      transientBounces: TransientBounces.suppressAfter(5, Duration.days(14)),
      retention: Duration.days(30),
      eventBus: new events.EventBus(stack, 'Bus'),
    }, stack);
    expect(settingsOf(stack)).toMatchObject({
      ambiguousComplaints: 'mark', transientBounces: { count: 5, seconds: 1_209_600 }, retentionSeconds: 2_592_000, eventBus: expect.stringMatching(/^Bus/),
    });
    expect(statementsOf(stack)).toContainEqual(expect.objectContaining({ Action: 'events:PutEvents', Resource: { 'Fn::GetAtt': [expect.stringMatching(/^Bus/), 'Arn'] } }));
  });
});

describe('the table', () => {
  test('is by address, forgets by itself, and goes with the stack', () => {
    make().template().hasResource('AWS::DynamoDB::Table', {
      DeletionPolicy: 'Delete',
      Properties: {
        KeySchema: [{ AttributeName: 'address', KeyType: 'HASH' }, { AttributeName: 'key', KeyType: 'RANGE' }],
        TimeToLiveSpecification: { AttributeName: 'expires', Enabled: true },
        BillingMode: 'PAY_PER_REQUEST',
      },
    });
  });

  test('stays, if that is wanted', () => {
    make({ removalPolicy: RemovalPolicy.RETAIN }).template().hasResource('AWS::DynamoDB::Table', { DeletionPolicy: 'Retain' });
  });

  test('can be read by whoever may', () => {
    const { stack, pipeline, template } = make();
    pipeline.grantReadHistory(new iam.User(stack, 'Support'));
    template().hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: { Statement: [{ Effect: 'Allow', Action: ['dynamodb:GetItem', 'dynamodb:Query'], Resource: arnOf('FeedbackTable') }] },
    });
  });
});

test('whoever may, sends dead letters back to their queue, and to no other', () => {
  const { stack, pipeline, template } = make();
  pipeline.grantRedrive(new iam.User(stack, 'OnCall'));
  template().hasResourceProperties('AWS::IAM::Policy', {
    PolicyDocument: {
      Statement: [
        Match.objectLike({ Action: Match.arrayWith(['sqs:StartMessageMoveTask', 'sqs:ReceiveMessage', 'sqs:DeleteMessage']), Resource: arnOf('FeedbackDeadLetters') }),
        { Effect: 'Allow', Action: 'sqs:SendMessage', Resource: arnOf('FeedbackQueue') },
      ],
    },
  });
});

describe('the alarms', () => {
  const byId = (stack: Stack) => Object.fromEntries(Object.entries(Template.fromStack(stack).findResources(ALARM))
    .map(([id, { Properties }]) => [/^Feedback(\w+)Alarm/.exec(id)![1], Properties]));

  test('are on dead letters, on what waits, on what somebody has to look at, on fraud, and on Spamhaus', () => {
    const alarms = byId(make().stack);
    expect(Object.entries(alarms).map(([id, { MetricName, Threshold, Period }]) => [id, MetricName, Threshold, Period])).toEqual([
      ['DeadLetters', 'ApproximateNumberOfMessagesVisible', 1, 300],
      ['Late', 'ApproximateAgeOfOldestMessage', 3600, 300],
      ['OperatorAlerts', 'OperatorAlerts', 1, 300],
      ['SecurityReports', 'SecurityReports', 1, 300],
      ['Blocklisted', 'BlocklistRefusals', 1, 3600],
    ]);
    for (const alarm of Object.values(alarms)) expect(alarm).toMatchObject({ ComparisonOperator: 'GreaterThanOrEqualToThreshold', TreatMissingData: 'notBreaching' });
  });

  test('are one more when a function is called', () => {
    const stack = stackIn('eu-west-1');
    make({ onFeedback: functionIn(stack) }, stack);
    expect(byId(stack).Undelivered).toMatchObject({ MetricName: 'ApproximateNumberOfMessagesVisible', Dimensions: [{ Name: 'QueueName', Value: { 'Fn::GetAtt': [expect.stringMatching(/^FeedbackUndelivered/), 'QueueName'] } }] });
  });

  test('tell people through a topic which lets CloudWatch publish, and do what else is asked', () => {
    const stack = stackIn('eu-west-1');
    const notify = new sns.Topic(stack, 'Operators', { masterKey: new kms.Key(stack, 'Key') });
    const { pipeline } = make({ notify, alarmAction: new SsmAction(OpsItemSeverity.HIGH), onFeedback: functionIn(stack) }, stack);
    const alarms = Object.values(byId(stack));
    expect(alarms).toHaveLength(6);
    expect(pipeline.allAlarms).toHaveLength(6);
    for (const { AlarmActions: actions } of alarms) expect(actions).toEqual([{ Ref: expect.stringMatching(/^Operators/) }, expect.anything()]);
    const publish = Match.objectLike({ Principal: { Service: 'cloudwatch.amazonaws.com' }, Action: 'sns:Publish' });
    Template.fromStack(stack).hasResourceProperties('AWS::SNS::TopicPolicy', { PolicyDocument: { Statement: Match.arrayWith([publish]) } });
  });
});

describe('your own code', () => {
  /** What the handler puts onto the bus. */
  const event = (detail: { action: string; eventType?: string }, resource = 'own') => ({
    'source': 'cdk-postmaster.feedback', 'detail-type': 'Mail Feedback', 'resources': [resource], 'detail': { eventType: 'Bounce', ...detail },
  });

  function patternOf(pipeline: FeedbackPipeline, id: string): RuleProperties['EventPattern'] {
    const rule = pipeline.node.findChild(id).node.defaultChild as events.CfnRule;
    const pattern = Stack.of(pipeline).resolve(rule.eventPattern) as { resources: unknown[] };
    expect(pattern.resources).toEqual([{ 'Fn::GetAtt': [expect.stringMatching(/^FeedbackQueue/), 'Arn'] }]);
    return { ...pattern, resources: ['own'] } as RuleProperties['EventPattern'];
  }

  test('is called with the detail of what asks not to write to an address again, by this pipeline and no other', () => {
    const stack = stackIn('eu-west-1');
    const { pipeline, template } = make({ onFeedback: functionIn(stack) }, stack);
    const pattern = patternOf(pipeline, 'Callback');
    expect(['suppress', 'mark', 'count', 'none', 'contentAlert', 'operatorAlert'].filter(action => matches(pattern, event({ action })))).toEqual(['suppress', 'mark']);
    expect(matches(pattern, event({ action: 'suppress' }, 'another'))).toBe(false);
    template().hasResourceProperties('AWS::Events::Rule', {
      Targets: [{ Arn: arnOf('Unsubscribe'), InputPath: '$.detail', DeadLetterConfig: { Arn: arnOf('FeedbackUndelivered') }, Id: Match.anyValue() }],
    });
    template().hasResourceProperties('AWS::Lambda::Permission', { Principal: 'events.amazonaws.com', SourceArn: arnOf('FeedbackCallback') });
  });

  test('can listen to other actions, and to a type of event', () => {
    const stack = stackIn('eu-west-1');
    const { pipeline } = make({ additionalEvents: [EmailSendingEvent.SUBSCRIPTION] }, stack);
    const target = new SqsQueue(new sqs.Queue(stack, 'Target'));
    pipeline.onFeedback('Content', { actions: [FeedbackAction.CONTENT_ALERT], target });
    pipeline.onFeedback('Subscriptions', { actions: [FeedbackAction.NONE], eventPattern: { detail: { eventType: ['Subscription'] } }, target });
    expect(matches(patternOf(pipeline, 'Content'), event({ action: 'contentAlert' }))).toBe(true);
    expect(matches(patternOf(pipeline, 'Content'), event({ action: 'suppress' }))).toBe(false);
    const [changed, delivered] = ['Subscription', 'Delivery'].map(eventType => event({ action: 'none', eventType }));
    expect([changed, delivered].map(each => matches(patternOf(pipeline, 'Subscriptions'), each))).toEqual([true, false]);
  });

  test('listens on the bus of the pipeline', () => {
    const stack = stackIn('eu-west-1');
    const { pipeline, template } = make({ eventBus: new events.EventBus(stack, 'Bus') }, stack);
    pipeline.onFeedback('Own', { target: new SqsQueue(new sqs.Queue(stack, 'Target')) });
    template().hasResourceProperties('AWS::Events::Rule', { EventBusName: { Ref: Match.stringLikeRegexp('^Bus') } });
  });
});

describe('streams', () => {
  test('may be several, with the same id in different places, and may come later', () => {
    const { stack, pipeline, template } = make();
    pipeline.addStream(new ConfigurationSet(new Construct(stack, 'Shop'), 'Receipts'));
    pipeline.addStream(MailStream.fromConfigurationSetName(stack, 'Imported', 'imported'));
    template().resourceCountIs(DESTINATION, 3);
  });

  test('whose bounces and complaints come here are watched, and so are the domains of which they are the default', () => {
    const { stack, stream } = make({ notify: sns.Topic.fromTopicArn(stackIn('eu-west-1'), 'Operators', 'arn:aws:sns:eu-west-1:111122223333:operators') });
    new VerifiedDomain(stack, 'Mail', { dns: Dns.elsewhere('example.com'), defaultConfigurationSet: stream, feedbackForwarding: false });
    expect(findingIdsOf(stack).filter(id => /MailStream|MailIdentity|EventDestination/.test(id))).toEqual([]);
  });

  test('are given once', () => {
    const { stream, pipeline } = make();
    expect(() => pipeline.addStream(stream)).toThrow('Stack/Receipts is given twice, and everything would come twice; give each stream once (at Stack/Feedback) [FeedbackPipeline.twice]');
  });

  test('of another Region have a suppression list of their own', () => {
    const app = new App();
    const stream = new MailStream(new Stack(app, 'Other', { env: { account: '111122223333', region: 'us-east-1' } }), 'News', { configurationSetName: 'news' });
    const stack = new Stack(app, 'Stack', { env: { account: '111122223333', region: 'eu-west-1' } });
    expect(() => new FeedbackPipeline(stack, 'Feedback', { streams: [stream] })).toThrow(
      'the pipeline is in 111122223333/eu-west-1 and the stream Other/News in 111122223333/us-east-1; each Region has a suppression list of its own, so make a ' +
      'pipeline in a stack there (at Stack/Feedback) [FeedbackPipeline.elsewhere]');
  });

  test('may be in a stack of which neither account nor Region is known', () => {
    make({}, stackIn()).template().hasResourceProperties(DESTINATION, {});
  });
});

describe('refused is', () => {
  test('what would make SES rewrite mail', () => {
    expect(() => make({ additionalEvents: [EmailSendingEvent.DELIVERY, EmailSendingEvent.OPEN, EmailSendingEvent.CLICK] })).toThrow(
      'additionalEvents has open and click, for which SES rewrites mail with a pixel or redirected links; a pipeline does not ask for that. Give the stream ' +
      '`engagement` and a destination for them (at Stack/Feedback) [FeedbackPipeline.rewritesMail]');
  });

  test('a memory that is shorter than the life of a dead letter', () => {
    expect(() => make({ retention: Duration.days(14) })).toThrow('retention is 14 days; it takes 15 days or more, since dead letters come back for 14 days, and what is ' +
      'not remembered is done again (at Stack/Feedback) [FeedbackPipeline.retention]');
    expect(() => make({ retention: Duration.days(15) })).not.toThrow();
  });
});
