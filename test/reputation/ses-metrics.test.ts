import { Duration } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { GraphWidget, type MathExpression, type Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { MailStream } from '../../src';
import { SesMetrics } from '../../src/reputation';
import { stackIn } from '../support/stacks';

test.each<[string, () => Metric]>([
  ['Send', () => SesMetrics.metricSend()],
  ['Delivery', () => SesMetrics.metricDelivery()],
  ['Bounce', () => SesMetrics.metricBounce()],
  ['Complaint', () => SesMetrics.metricComplaint()],
  ['Reject', () => SesMetrics.metricReject()],
  ['RenderingFailure', () => SesMetrics.metricRenderingFailure()],
  ['DeliveryDelay', () => SesMetrics.metricDeliveryDelay()],
  ['Subscription', () => SesMetrics.metricSubscription()],
  ['Open', () => SesMetrics.metricOpen()],
  ['Click', () => SesMetrics.metricClick()],
])('%s is counted for the account, as a sum without dimensions', (metricName, metricOf) => {
  expect(metricOf()).toMatchObject({ namespace: 'AWS/SES', metricName, statistic: 'Sum', period: Duration.minutes(5), dimensions: undefined });
});

test.each<[string, () => Metric]>([
  ['Reputation.BounceRate', () => SesMetrics.metricBounceRate()],
  ['Reputation.ComplaintRate', () => SesMetrics.metricComplaintRate()],
])('%s is an average over an hour, without dimensions', (metricName, metricOf) => {
  const stack = stackIn('eu-west-1');
  metricOf().createAlarm(stack, 'Alarm', { threshold: 0.05, evaluationPeriods: 1 });
  Template.fromStack(stack).hasResourceProperties('AWS::CloudWatch::Alarm', {
    Namespace: 'AWS/SES', MetricName: metricName, Statistic: 'Average', Period: 3600, Dimensions: Match.absent(),
  });
});

test('a metric can be of another Region, in a graph', () => {
  const widget = new GraphWidget({ left: [SesMetrics.metricSend({ region: 'us-east-1', period: Duration.hours(1) })] });
  expect(stackIn('eu-west-1').resolve(widget.toJson())[0].properties.metrics).toEqual([
    ['AWS/SES', 'Send', { region: 'us-east-1', period: 3600, stat: 'Sum' }],
  ]);
});

describe('a local rate', () => {
  const rates: [string, string, string, 'metricLocalBounceRate' | 'metricLocalComplaintRate' | 'metricLocalRejectRate'][] = [
    ['of bounces', 'Bounce', 'Send', 'metricLocalBounceRate'],
    ['of complaints', 'Complaint', 'Delivery', 'metricLocalComplaintRate'],
    ['of rejects', 'Reject', 'Send', 'metricLocalRejectRate'],
  ];

  test.each(rates)('%s is zero below a hundred messages, and divides by no zero', (_, part, whole, rate) => {
    expect(SesMetrics[rate]()).toMatchObject({
      expression: 'IF(FILL(whole, 0) >= 100, FILL(part, 0) / whole, 0)',
      usingMetrics: { part: { metricName: part, dimensions: undefined }, whole: { metricName: whole, dimensions: undefined } },
    });
  });

  test.each(rates)('%s is computed for the account as for a stream', (_, _part, _whole, rate) => {
    const options = { minimumVolume: 20, period: Duration.minutes(15) };
    const shape = ({ expression, label, period }: MathExpression) => ({ expression, label, seconds: period.toSeconds() });
    expect(shape(SesMetrics[rate](options))).toEqual(shape(new MailStream(stackIn(), 'Stream')[rate](options)));
  });

  test('of less than one message is refused', () => {
    expect(() => SesMetrics.metricLocalBounceRate({ minimumVolume: 0 })).toThrow(
      'minimumVolume is 0; it is a number of messages in a period, a whole number from 1 on [SesMetrics.minimumVolume]');
  });
});
