import { Duration } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { MailStream } from '../../src';
import { DeliveryDelays } from '../../src/reputation';
import { stackIn } from '../support/stacks';

function watch(delays: DeliveryDelays) {
  const stack = stackIn('eu-west-1');
  const alarm = delays.bind(stack, new MailStream(stack, 'Stream'));
  return { alarm, template: () => Template.fromStack(stack) };
}

test('an alarm is raised when delays reach a share of what is sent', () => {
  watch(DeliveryDelays.atLeast(0.2, { minimumVolume: 500, period: Duration.minutes(30) })).template().hasResourceProperties('AWS::CloudWatch::Alarm', {
    Threshold: 0.2,
    ComparisonOperator: 'GreaterThanOrEqualToThreshold',
    TreatMissingData: 'notBreaching',
    Metrics: [
      Match.objectLike({ Expression: 'IF(FILL(whole, 0) >= 500, FILL(part, 0) / whole, 0)', ReturnData: true }),
      Match.objectLike({ Id: 'part', MetricStat: Match.objectLike({ Metric: Match.objectLike({ MetricName: 'DeliveryDelay' }), Period: 1800, Stat: 'Sum' }) }),
      Match.objectLike({ Id: 'whole', MetricStat: Match.objectLike({ Metric: Match.objectLike({ MetricName: 'Send' }), Period: 1800, Stat: 'Sum' }) }),
    ],
  });
});

test('delays can go unwatched', () => {
  const { alarm, template } = watch(DeliveryDelays.unwatched());
  expect(alarm).toBeUndefined();
  template().resourceCountIs('AWS::CloudWatch::Alarm', 0);
});

test.each([0, -0.1, 1, 10, Number.NaN])('a share of %d is refused', fraction => {
  expect(() => watch(DeliveryDelays.atLeast(fraction))).toThrow(
    `the alarm on delays is at ${fraction}; it is a fraction of what is sent, more than 0 and less than 1: 10 % is 0.1 (at Stack) [DeliveryDelays.fraction]`);
});

test('a volume of no messages is refused, with the place', () => {
  expect(() => watch(DeliveryDelays.atLeast(0.1, { minimumVolume: 0 }))).toThrow('(at Stack) [SesMetrics.minimumVolume]');
});
