import { Duration } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { FeedbackPipeline, MailStream, VerifiedDomain } from '../../src';
import { FeedbackCanary, type FeedbackCanaryProps } from '../../src/monitoring';
import { findingIdsOf, stackIn } from '../support/stacks';

function make(props: Partial<FeedbackCanaryProps> = {}) {
  const stack = stackIn('eu-west-1');
  const topic = new Topic(stack, 'Operators');
  const stream = new MailStream(stack, 'Receipts');
  const pipeline = new FeedbackPipeline(stack, 'Feedback', { streams: [stream], notify: topic });
  const identity = VerifiedDomain.fromDomainName(stack, 'Domain', 'example.com');
  const canary = new FeedbackCanary(stack, 'Canary', { pipeline, stream, identity, sender: 'Canary <canary@example.com>', topic, ...props });
  return { stack, pipeline, canary, template: () => Template.fromStack(stack) };
}

test('the canary sends every hour through the stream', () => {
  make().template().hasResourceProperties('AWS::Events::Rule', {
    ScheduleExpression: 'rate(1 hour)',
    Targets: [Match.objectLike({
      Input: { 'Fn::Join': ['', ['{"configurationSet":"', { Ref: Match.stringLikeRegexp('^Receipts') }, '","sender":"Canary <canary@example.com>"}']] },
    })],
  });
});

test('it may send from its address, through this stream, to the mailbox simulator, and do nothing else', () => {
  make().template().hasResourceProperties('AWS::IAM::Policy', {
    PolicyDocument: {
      Statement: [
        Match.objectLike({ Action: ['logs:CreateLogStream', 'logs:PutLogEvents'] }),
        {
          Effect: 'Allow',
          Action: 'ses:SendEmail',
          Resource: [
            { 'Fn::Join': ['', Match.arrayWith([':ses:eu-west-1:111122223333:identity/example.com'])] },
            { 'Fn::Join': ['', Match.arrayWith([{ Ref: Match.stringLikeRegexp('^Receipts') }])] },
          ],
          Condition: {
            'StringLike': { 'ses:FromAddress': ['canary@example.com'] },
            'ForAllValues:StringLike': { 'ses:Recipients': ['*@simulator.amazonses.com'] },
            'Null': { 'ses:Recipients': 'false' },
          },
        },
      ],
    },
  });
});

test.each(['SimulatorBounces', 'SimulatorComplaints'])('nothing heard (%s) for three intervals is an alarm', MetricName => {
  const { pipeline, template } = make({ interval: Duration.minutes(30) });
  template().hasResourceProperties('AWS::CloudWatch::Alarm', {
    Namespace: 'CdkPostmaster',
    MetricName,
    Dimensions: [{ Name: 'FeedbackPipeline', Value: pipeline.pipelineName }],
    Statistic: 'Sum',
    Period: 5400,
    EvaluationPeriods: 1,
    Threshold: 1,
    ComparisonOperator: 'LessThanThreshold',
    TreatMissingData: 'breaching',
    AlarmActions: [{ Ref: Match.stringLikeRegexp('^Operators') }],
  });
});

test('it tells when it is silent itself', () => {
  const { canary, stack, template } = make();
  expect(canary.alarms).toEqual([canary.bounces, canary.complaints, canary.silent]);
  template().hasResourceProperties('AWS::CloudWatch::Alarm', {
    AlarmDescription: { 'Fn::Join': ['', Match.arrayWith([Match.stringLikeRegexp('^Nobody has looked at whether feedback comes through for 180 minutes')])] },
    AlarmActions: [{ Ref: Match.stringLikeRegexp('^Operators') }],
  });
  expect(findingIdsOf(stack)).toEqual([]);
});

test('an alarm looks back a day at most', () => {
  expect(() => make({ interval: Duration.hours(8) })).not.toThrow();
  for (const interval of [Duration.hours(9), Duration.minutes(14), Duration.seconds(930)]) expect(() => make({ interval })).toThrow('[FeedbackCanary.interval]');
  expect(() => make({ interval: Duration.hours(9) })).toThrow('interval is 9 hours; it takes whole minutes from 15 minutes to 8 hours, since an alarm looks back over three ' +
    'of them, and over a day at most (at Stack/Canary) [FeedbackCanary.interval]');
});

test('of another stream the pipeline would hear nothing', () => {
  const stream = new MailStream(stackIn('eu-west-1'), 'News');
  expect(() => make({ stream })).toThrow('the pipeline Stack/Feedback does not act on the stream Stack/News, so it would hear of nothing; add the stream to the pipeline ' +
    'first (at Stack/Canary) [FeedbackCanary.otherStream]');
});

test('a sender has to be one', () => {
  expect(() => make({ sender: 'canary' })).toThrow('(at Stack/Canary) [MailAddress.form]');
});

test('somebody has to be told', () => {
  expect(() => make({ topic: undefined })).toThrow('[AlarmRecipients.none]');
});
