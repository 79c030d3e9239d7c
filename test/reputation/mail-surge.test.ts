import { Duration } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { MailStream } from '../../src';
import { MailSurge } from '../../src/reputation';
import { stackIn } from '../support/stacks';

function watch(surge: MailSurge): Template {
  const stack = stackIn('eu-west-1');
  surge.bind(stack, new MailStream(stack, 'Stream').metricSend(), 'Too much mail');
  return Template.fromStack(stack);
}

test.each<[string, MailSurge, number]>([
  ['an hour', MailSurge.above(5000), 3600],
  ['a period of one\'s own', MailSurge.above(5000, Duration.minutes(10)), 600],
])('an alarm is raised when more is sent in %s than is expected', (_, surge, period) => {
  watch(surge).hasResourceProperties('AWS::CloudWatch::Alarm', {
    MetricName: 'Send', Statistic: 'Sum', Period: period, Threshold: 5000, ComparisonOperator: 'GreaterThanThreshold', TreatMissingData: 'notBreaching',
  });
});

test.each<[string, MailSurge, string]>([
  ['three standard deviations', MailSurge.unusual(), '3'],
  ['as many standard deviations as asked for', MailSurge.unusual(4.5), '4.5'],
])('an alarm is raised when an hour is %s above what CloudWatch has learnt', (_, surge, deviations) => {
  watch(surge).hasResourceProperties('AWS::CloudWatch::Alarm', {
    ComparisonOperator: 'GreaterThanUpperThreshold',
    TreatMissingData: 'notBreaching',
    ThresholdMetricId: 'expr_1',
    Metrics: Match.arrayWith([
      Match.objectLike({ Id: 'expr_1', Expression: `ANOMALY_DETECTION_BAND(m0, ${deviations})` }),
      Match.objectLike({ Id: 'm0', MetricStat: Match.objectLike({ Metric: Match.objectLike({ MetricName: 'Send' }), Period: 3600, Stat: 'Sum' }) }),
    ]),
  });
});

test.each([-1, 0.5, Number.NaN])('a surge above %d messages is refused', messages => {
  expect(() => watch(MailSurge.above(messages))).toThrow(
    `the alarm on a surge is at ${messages}; it is a number of messages in a period, a whole number from 0 on (at Stack) [MailSurge.messages]`);
});

test.each([0, -3, Number.NaN])('a surge of %d standard deviations is refused', deviations => {
  expect(() => watch(MailSurge.unusual(deviations))).toThrow(
    `the alarm on a surge is ${deviations} standard deviations above what is expected; give more than 0, e.g. 3 (at Stack) [MailSurge.standardDeviations]`);
});
