import { App, Duration, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as sns from 'aws-cdk-lib/aws-sns';
import { Deliver, InboundMail, MailDashboard, MailSurge, ReceivingAlarms, type ReceivingAlarmsProps, VerifiedDomain } from '../../src';
import { stackIn } from '../support/stacks';

const ALARM = 'AWS::CloudWatch::Alarm';

function inboxIn(stack: Stack): InboundMail {
  const domain = VerifiedDomain.fromDomainName(stack, 'Domain', 'support.example.com');
  return new InboundMail(stack, 'Inbox', { domain, ruleSetName: 'inbound' });
}

function watch(props: Partial<ReceivingAlarmsProps> = {}) {
  const stack = stackIn('eu-west-1');
  const inbox = inboxIn(stack);
  const alarms = new ReceivingAlarms(stack, 'Alarms', { inbox, topic: new sns.Topic(stack, 'Operators'), ...props });
  return { stack, inbox, alarms, template: () => Template.fromStack(stack) };
}

const functionIn = (stack: Stack, id = 'Function') => lambda.Function.fromFunctionArn(stack, id, `arn:aws:lambda:eu-west-1:111122223333:function:${id}`);

test.each(['PublishFailure', 'PublishExpired'])('one message that counts for %s raises an alarm, and none does not', metric => {
  watch().template().hasResourceProperties(ALARM, {
    Namespace: 'AWS/SES',
    MetricName: metric,
    Dimensions: [{ Name: 'RuleSetName', Value: 'inbound' }],
    Statistic: 'Sum',
    Period: 300,
    EvaluationPeriods: 1,
    Threshold: 1,
    ComparisonOperator: 'GreaterThanOrEqualToThreshold',
    TreatMissingData: 'notBreaching',
    AlarmActions: [{ Ref: Match.stringLikeRegexp('^Operators') }],
  });
});

test('people are told to look at permissions first, how long SES tries, and that a cure is not for mail of before', () => {
  const texts = Object.values(watch().template().findResources(ALARM)).map(({ Properties }) => Properties.AlarmDescription);
  expect(texts).toEqual([expect.stringContaining('tries again for 36 hours'), expect.stringContaining('it is lost')]);
  for (const text of texts) {
    expect(text).toContain('Look first at what SES needs in order to act: the policies of the bucket, the topic, the key and the function');
    expect(text).toContain('mail that SES tries again goes by the rules of the time at which it came');
  }
});

test('silence and surges raise alarms if that is asked for', () => {
  const { template, alarms } = watch({ silence: Duration.hours(6), surge: MailSurge.above(1000) });
  template().hasResourceProperties(ALARM, { MetricName: 'Received', Period: 300, EvaluationPeriods: 72, ComparisonOperator: 'LessThanThreshold', TreatMissingData: 'breaching' });
  template().hasResourceProperties(ALARM, { MetricName: 'Received', Period: 3600, Threshold: 1000, ComparisonOperator: 'GreaterThanThreshold' });
  expect(alarms.alarms).toHaveLength(4);
  expect(() => watch({ silence: Duration.minutes(7) })).toThrow('(at Stack/Alarms) [MailSilence.length]');
});

test('each function that a rule calls has one alarm, whether the rule comes before or after', () => {
  const stack = stackIn('eu-west-1');
  const inbox = inboxIn(stack);
  const [one, two] = [functionIn(stack, 'One'), functionIn(stack, 'Two')];
  inbox.addRule('First', { actions: [Deliver.toFunction(one)] });
  const alarms = new ReceivingAlarms(stack, 'Alarms', { inbox, topic: new sns.Topic(stack, 'Operators') });
  inbox.addRule('Second', { actions: [Deliver.toFunction(one), Deliver.toFunction(two)] });
  expect(alarms.functionErrors).toHaveLength(2);
  for (const name of ['One', 'Two']) {
    Template.fromStack(stack).hasResourceProperties(ALARM, {
      Namespace: 'AWS/Lambda',
      MetricName: 'Errors',
      Dimensions: [{ Name: 'FunctionName', Value: name }],
      Threshold: 1,
      AlarmActions: [{ Ref: Match.stringLikeRegexp('^Operators') }],
    });
  }
});

test('somebody has to be told', () => {
  expect(() => watch({ topic: undefined })).toThrow('[AlarmRecipients.none]');
});

test('alarms are where the mail is received', () => {
  const app = new App();
  const [stack, other] = ['eu-west-1', 'us-east-1'].map(region => new Stack(app, region, { env: { account: '111122223333', region } }));
  expect(() => new ReceivingAlarms(other, 'Alarms', { inbox: inboxIn(stack), topic: new sns.Topic(other, 'Topic') })).toThrow(
    'the alarms are in 111122223333/us-east-1 and eu-west-1/Inbox in 111122223333/eu-west-1; CloudWatch has the metrics of received mail where it is received, so make the ' +
    'alarms in a stack there (at us-east-1/Alarms) [ReceivingAlarms.elsewhere]');
});

test('a dashboard has a row for the rule set, and the rules two by two', () => {
  const { stack, inbox } = watch();
  for (const id of ['One', 'Two', 'Three']) inbox.addRule(id, { ruleName: id, actions: [Deliver.addHeader('X-Rule', id)] });
  new MailDashboard(stack, 'Dashboard', { additionalRows: inbox.dashboardRows() });
  const [dashboard] = Object.values(Template.fromStack(stack).findResources('AWS::CloudWatch::Dashboard'));
  const body = dashboard.Properties.DashboardBody['Fn::Join'][1].map((part: unknown) => typeof part === 'string' ? part : 'eu-west-1').join('');
  for (const title of ['inbound: mail an hour', 'inbound: trouble an hour', 'Rule One: mail an hour', 'Rule Three: mail an hour']) expect(body).toContain(title);
  expect(body).toContain('"PublishExpired","RuleName","Three"');
  expect(inbox.dashboardRows().map(row => row.length)).toEqual([2, 2, 1]);
});
