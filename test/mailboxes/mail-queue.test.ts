import { Duration } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as sns from 'aws-cdk-lib/aws-sns';
import { MailBucket, MailQueue, type MailQueueProps } from '../../src';
import { onlyRule, ruleArn, ruleIn } from '../support/rules';
import { findingIdsOf, stackIn } from '../support/stacks';

function queueWith(propsIn: (stack: ReturnType<typeof stackIn>) => Partial<MailQueueProps> = () => ({})) {
  const stack = stackIn('eu-west-1');
  const bucket = new MailBucket(stack, 'Letters');
  const queue = new MailQueue(stack, 'Tickets', { bucket, prefix: 'tickets', ...propsIn(stack) });
  ruleIn(stack, [queue.delivery]);
  return { stack, queue, template: () => Template.fromStack(stack) };
}

test('the bucket keeps the mail and the queue is told of it, through a topic whose key SES may use', () => {
  const { stack, template: templateOf } = queueWith();
  const template = templateOf();
  expect(onlyRule(stack).Properties.Rule.Actions).toEqual([{
    S3Action: { BucketName: { Ref: expect.stringMatching(/^Letters/) }, ObjectKeyPrefix: 'tickets/', TopicArn: { Ref: expect.stringMatching(/^TicketsTopic/) } },
  }]);
  template.hasResourceProperties('AWS::SNS::Subscription', {
    Protocol: 'sqs',
    RawMessageDelivery: true,
    Endpoint: { 'Fn::GetAtt': [Match.stringLikeRegexp('^TicketsQueue'), 'Arn'] },
    RedrivePolicy: { deadLetterTargetArn: { 'Fn::GetAtt': [Match.stringLikeRegexp('^TicketsDeadLetters'), 'Arn'] } },
  });
  template.hasResourceProperties('AWS::SQS::Queue', { VisibilityTimeout: 360, RedrivePolicy: { maxReceiveCount: 5 } });
  template.hasResourceProperties('AWS::SQS::Queue', { MessageRetentionPeriod: 1_209_600, RedrivePolicy: Match.absent() });
  template.hasResourceProperties('AWS::KMS::Key', {
    EnableKeyRotation: true,
    KeyPolicy: {
      Statement: Match.arrayWith([Match.objectLike({
        Principal: { Service: 'ses.amazonaws.com' }, Condition: { StringEquals: { 'aws:SourceAccount': '111122223333', 'aws:SourceArn': ruleArn() } },
      })]),
    },
  });
  expect(findingIdsOf(stack)).toEqual([]);
});

test('takes keys and a visibility timeout', () => {
  const { stack, template: templateOf } = queueWith(scope => ({
    messageKey: new kms.Key(scope, 'MessageKey'), encryptionKey: new kms.Key(scope, 'TopicKey'), visibilityTimeout: Duration.minutes(1),
  }));
  const template = templateOf();
  expect(onlyRule(stack).Properties.Rule.Actions[0].S3Action.KmsKeyArn).toEqual({ 'Fn::GetAtt': [expect.stringMatching(/^MessageKey/), 'Arn'] });
  template.hasResourceProperties('AWS::SNS::Topic', { KmsMasterKeyId: { 'Fn::GetAtt': [Match.stringLikeRegexp('^TopicKey'), 'Arn'] } });
  template.hasResourceProperties('AWS::SQS::Queue', { VisibilityTimeout: 60 });
  template.resourceCountIs('AWS::KMS::Key', 2);
});

test('whoever works on mail may take it from the queue, fetch it and decrypt it, and nothing else', () => {
  const { stack, queue } = queueWith(scope => ({ messageKey: new kms.Key(scope, 'MessageKey') }));
  queue.grantWork(new iam.Role(stack, 'Worker', { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') }));
  const [{ Properties }] = Object.values(Template.fromStack(stack).findResources('AWS::IAM::Policy'));
  expect(Properties.PolicyDocument.Statement).toEqual([
    expect.objectContaining({ Action: expect.arrayContaining(['sqs:ReceiveMessage', 'sqs:DeleteMessage']) }),
    { Effect: 'Allow', Action: 's3:GetObject', Resource: { 'Fn::Join': ['', [expect.anything(), '/tickets/*']] } },
    { Effect: 'Allow', Action: 'kms:Decrypt', Resource: { 'Fn::GetAtt': [expect.stringMatching(/^MessageKey/), 'Arn'] } },
  ]);
});

test('one dead letter raises an alarm, which tells people if they are given', () => {
  queueWith(scope => ({ alarmAction: new SnsAction(new sns.Topic(scope, 'Operators')) })).template().hasResourceProperties('AWS::CloudWatch::Alarm', {
    MetricName: 'ApproximateNumberOfMessagesVisible',
    Statistic: 'Maximum',
    Threshold: 1,
    TreatMissingData: 'notBreaching',
    Dimensions: [{ Name: 'QueueName', Value: { 'Fn::GetAtt': [Match.stringLikeRegexp('^TicketsDeadLetters'), 'QueueName'] } }],
    AlarmActions: [{ Ref: Match.stringLikeRegexp('^Operators') }],
  });
});
