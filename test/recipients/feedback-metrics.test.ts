import { Duration } from 'aws-cdk-lib';
import type { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { FeedbackPipeline } from '../../src/recipients';
import { stackIn } from '../support/stacks';

const pipeline = new FeedbackPipeline(stackIn('eu-west-1'), 'Feedback');
const FEEDBACK = { FeedbackPipeline: pipeline.pipelineName };

test.each<[Metric, name: string, dimensions: object]>([
  [pipeline.metricBounces(), 'Bounces', {}],
  [pipeline.metricBounces({ bounceType: 'Permanent' }), 'Bounces', { Type: 'Permanent' }],
  [pipeline.metricBounces({ bounceType: 'Transient', bounceSubType: 'MailboxFull' }), 'Bounces', { Type: 'Transient', SubType: 'MailboxFull' }],
  [pipeline.metricHardBounces(), 'HardBounces', {}],
  [pipeline.metricComplaints(), 'Complaints', {}],
  [pipeline.metricComplaints({ feedbackType: 'not-spam' }), 'Complaints', { Type: 'not-spam' }],
  [pipeline.metricSecurityReports(), 'SecurityReports', {}],
  [pipeline.metricDeliveryDelays({ delayType: 'SpamDetected' }), 'DeliveryDelays', { Type: 'SpamDetected' }],
  [pipeline.metricBlocklistRefusals(), 'BlocklistRefusals', {}],
  [pipeline.metricBlocklistRefusals({ list: 'Spamhaus' }), 'BlocklistRefusals', { List: 'Spamhaus' }],
  [pipeline.metricBlocklistRefusals({ list: 'Other' }), 'BlocklistRefusals', { List: 'Other' }],
  [pipeline.metricSimulatorBounces(), 'SimulatorBounces', {}],
  [pipeline.metricSimulatorComplaints(), 'SimulatorComplaints', {}],
  [pipeline.metricSuppressed(), 'Suppressed', {}],
  [pipeline.metricContentAlerts(), 'ContentAlerts', {}],
  [pipeline.metricOperatorAlerts(), 'OperatorAlerts', {}],
  [pipeline.metricDuplicates(), 'Duplicates', {}],
  [pipeline.metricUnreadableMessages(), 'UnreadableMessages', {}],
])('a counter is a sum over 5 minutes: %#', (metric, metricName, dimensions) => {
  expect(metric).toMatchObject({ namespace: 'CdkPostmaster', metricName, dimensions: { ...FEEDBACK, ...dimensions }, statistic: 'Sum' });
  expect(metric.period.toMinutes()).toBe(5);
});

test('how long deliveries take is an average, or what else is asked for', () => {
  expect(pipeline.metricDeliveryLatency()).toMatchObject({ metricName: 'DeliveryLatency', statistic: 'Average' });
  expect(pipeline.metricDeliveryLatency({ statistic: 'p95', period: Duration.hours(1) })).toMatchObject({ statistic: 'p95', period: Duration.hours(1) });
});

test('a sub-type is one of a type', () => {
  expect(() => pipeline.metricBounces({ bounceSubType: 'MailboxFull' })).toThrow(
    'bounces are counted by the sub-type MailboxFull within a type; give bounceType, too (at Stack/Feedback) [FeedbackMetrics.subTypeAlone]');
});

test.each<[string, () => Metric]>([
  ['Hard', () => pipeline.metricBounces({ bounceType: 'Hard' })],
  ['spam', () => pipeline.metricComplaints({ feedbackType: 'spam' })],
  ['zen.spamhaus.org', () => pipeline.metricBlocklistRefusals({ list: 'zen.spamhaus.org' })],
  ['Permanent', () => pipeline.metricBlocklistRefusals({ list: 'Permanent' })],
])('"%s" would be a metric without data', (word, metric) => {
  expect(metric).toThrow(`"${word}" is nothing by which `);
  expect(metric).toThrow('write it as in the documentation of this metric, or "Other" for what this library does not know (at Stack/Feedback) [FeedbackMetrics.unknownType]');
});
