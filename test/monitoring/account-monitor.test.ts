import { App, Duration, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { OpsItemSeverity, SsmAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { AccountMonitor, type AccountMonitorProps } from '../../src/monitoring/account-monitor';
import { stackIn } from '../support/stacks';

const ALARM = 'AWS::CloudWatch::Alarm';
const TOPIC = { Ref: Match.stringLikeRegexp('^Topic') };

function watch(props: Partial<AccountMonitorProps> = {}, stack = stackIn('eu-west-1')) {
  const topic = 'topic' in props ? props.topic : new Topic(stack, 'Topic');
  const monitor = new AccountMonitor(stack, 'Account', { ...props, topic });
  return { stack, monitor, template: () => Template.fromStack(stack) };
}

test('the account is asked every 5 minutes, by a function that may do nothing else', () => {
  const template = watch().template();
  template.hasResourceProperties('AWS::Events::Rule', {
    ScheduleExpression: 'rate(5 minutes)', Targets: [Match.objectLike({ Arn: { 'Fn::GetAtt': [Match.stringLikeRegexp('^AccountMonitorFunction'), 'Arn'] } })],
  });
  template.hasResourceProperties('AWS::Lambda::Function', { Architectures: ['arm64'], Runtime: 'nodejs24.x', LoggingConfig: Match.objectLike({ LogFormat: 'JSON' }) });
  template.hasResourceProperties('AWS::Logs::LogGroup', { RetentionInDays: 90 });
  template.hasResourceProperties('AWS::IAM::Policy', {
    PolicyDocument: {
      Statement: [
        { Effect: 'Allow', Action: ['logs:CreateLogStream', 'logs:PutLogEvents'], Resource: { 'Fn::GetAtt': [Match.stringLikeRegexp('^AccountMonitorLog'), 'Arn'] } },
        { Effect: 'Allow', Action: 'ses:GetAccount', Resource: '*' },
      ],
    },
  });
});

describe('there is an alarm', () => {
  test('at four fifths of the 24-hour quota, and none for an account that has no quota', () => {
    watch().template().hasResourceProperties(ALARM, {
      Namespace: 'CdkPostmaster',
      MetricName: 'QuotaUsed',
      Dimensions: Match.absent(),
      Statistic: 'Maximum',
      Period: 300,
      EvaluationPeriods: 1,
      Threshold: 80,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      TreatMissingData: 'notBreaching',
      OKActions: Match.absent(),
    });
  });

  test('at another share', () => {
    watch({ quotaPercent: 50 }).template().hasResourceProperties(ALARM, { MetricName: 'QuotaUsed', Threshold: 50 });
  });

  test('when sending is not enabled, and word of the end', () => {
    watch().template().hasResourceProperties(ALARM, {
      MetricName: 'SendingEnabled',
      Statistic: 'Minimum',
      Threshold: 1,
      ComparisonOperator: 'LessThanThreshold',
      TreatMissingData: 'ignore',
      AlarmActions: [TOPIC],
      OKActions: [TOPIC],
    });
  });

  test('when AWS reviews or pauses the account, and word of the end', () => {
    watch().template().hasResourceProperties(ALARM, {
      MetricName: 'EnforcementStatus',
      Statistic: 'Maximum',
      Threshold: 1,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      TreatMissingData: 'ignore',
      AlarmActions: [TOPIC],
      OKActions: [TOPIC],
    });
  });

  test('when for a quarter of an hour no run did its work', () => {
    watch().template().hasResourceProperties(ALARM, {
      Threshold: 1,
      ComparisonOperator: 'LessThanThreshold',
      TreatMissingData: 'breaching',
      Metrics: [
        Match.objectLike({ Expression: 'invocations - errors' }),
        Match.objectLike({ Id: 'invocations', MetricStat: Match.objectLike({ Metric: Match.objectLike({ MetricName: 'Invocations' }), Period: 900, Stat: 'Sum' }) }),
        Match.objectLike({ Id: 'errors', MetricStat: Match.objectLike({ Metric: Match.objectLike({ MetricName: 'Errors' }), Period: 900, Stat: 'Sum' }) }),
      ],
    });
  });
});

test('people are told of each alarm, and read what to do', () => {
  const { monitor, template } = watch();
  expect([monitor.quota, monitor.sendingDisabled, monitor.enforcement, monitor.silent]).toEqual(monitor.alarms);
  const alarms = Object.values(template().findResources(ALARM));
  expect(alarms).toHaveLength(4);
  alarms.forEach(({ Properties }) => {
    expect(Properties.AlarmActions).toEqual([{ Ref: expect.stringMatching(/^Topic/) }]);
    expect(JSON.stringify(Properties.AlarmDescription).length).toBeGreaterThan(100);
  });
});

test('another action can be taken instead or besides', () => {
  const action = new SsmAction(OpsItemSeverity.HIGH);
  const opsItem = { 'Fn::Join': ['', Match.arrayWith([':ssm:eu-west-1:111122223333:opsitem:2'])] };
  watch({ topic: undefined, action }).template().allResourcesProperties(ALARM, { AlarmActions: [opsItem] });
  watch({ action }).template().allResourcesProperties(ALARM, { AlarmActions: [TOPIC, opsItem] });
});

test('somebody has to be told', () => {
  expect(() => watch({ topic: undefined })).toThrow(
    'neither topic nor action is given, so nobody would learn of an alarm; give one of them (at Stack/Account) [AlarmRecipients.none]');
});

test.each([0, 0.8, 101, NaN])('an alarm at %d percent of the quota is refused', quotaPercent => {
  expect(() => watch({ quotaPercent })).toThrow(
    `quotaPercent is ${quotaPercent}; it is a percentage of the 24-hour quota, from 1 to 100: four fifths are 80 (at Stack/Account) [AccountMonitor.quotaPercent]`);
});

describe('one account and Region', () => {
  const env = { account: '111122223333', region: 'eu-west-1' };

  test('is watched once', () => {
    const app = new App();
    watch({}, new Stack(app, 'One', { env }));
    expect(() => watch({}, new Stack(app, 'Other', { env }))).toThrow(
      'One/Account watches the same account and Region already; one is enough, so leave this one out (at Other/Account) [AccountMonitor.twice]');
  });

  test('is not another Region, account or app', () => {
    const app = new App();
    watch({}, new Stack(app, 'One', { env }));
    watch({}, new Stack(app, 'Region', { env: { ...env, region: 'us-east-1' } }));
    watch({}, new Stack(app, 'Account', { env: { ...env, account: '444455556666' } }));
    expect(() => watch({}, new Stack(new App(), 'App', { env }))).not.toThrow();
  });

  test('may be those of two stacks whose environments are not known, but not of one', () => {
    const app = new App();
    const { stack } = watch({}, new Stack(app, 'One'));
    watch({}, new Stack(app, 'Other'));
    expect(() => new AccountMonitor(stack, 'Second', { topic: new Topic(stack, 'Second topic') })).toThrow('[AccountMonitor.twice]');
  });
});

test('the metrics can be had for graphs', () => {
  const { monitor, stack } = watch();
  const names = [monitor.metricQuotaUsed(), monitor.metricSendingEnabled(), monitor.metricEnforcementStatus(), monitor.metricProductionAccess()];
  expect(names.map(({ metricName, statistic }) => `${metricName} ${statistic}`)).toEqual([
    'QuotaUsed Maximum', 'SendingEnabled Minimum', 'EnforcementStatus Maximum', 'ProductionAccess Minimum',
  ]);
  expect(monitor.metricQuotaUsed({ period: Duration.hours(1) }).period.toHours()).toBe(1);
  expect(stack.resolve(monitor.metricQuotaUsed().region)).toBe('eu-west-1');
});
