import { CfnParameter } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { GraphWidget } from 'aws-cdk-lib/aws-cloudwatch';
import * as fc from 'fast-check';
import { SndsFigure, SndsMetrics } from '../../src/reputation';
import { stackIn } from '../support/stacks';

const dimensionName = 'IP';

test.each<[SndsFigure, string]>([
  [SndsFigure.RCPT_COMMANDS, 'SNDS.RCPTCommands'],
  [SndsFigure.DATA_COMMANDS, 'SNDS.DATACommands'],
  [SndsFigure.MESSAGE_RECIPIENTS, 'SNDS.MessageRecipients'],
  [SndsFigure.SPAM_RATE, 'SNDS.SpamRate'],
  [SndsFigure.COMPLAINT_RATE, 'SNDS.ComplaintRate'],
  [SndsFigure.TRAP_HITS, 'SNDS.TrapHits'],
])('%s is the maximum of a day for an address', (figure, MetricName) => {
  const stack = stackIn('eu-west-1');
  SndsMetrics.forIp('192.0.2.1', { dimensionName }).metric(figure).createAlarm(stack, 'Alarm', { threshold: 1, evaluationPeriods: 1 });
  Template.fromStack(stack).hasResourceProperties('AWS::CloudWatch::Alarm', {
    Namespace: 'AWS/SES', MetricName, Statistic: 'Maximum', Period: 86400, Dimensions: [{ Name: 'IP', Value: '192.0.2.1' }],
  });
});

test('the dimension is the one that is given', () => {
  expect(SndsMetrics.forIp('192.0.2.1', { dimensionName: 'DedicatedIp' }).metric(SndsFigure.TRAP_HITS).dimensions).toEqual({ DedicatedIp: '192.0.2.1' });
});

test('an address that only the deployment knows is taken', () => {
  const ip = new CfnParameter(stackIn(), 'Ip').valueAsString;
  expect(SndsMetrics.forIp(ip, { dimensionName }).metric(SndsFigure.TRAP_HITS).dimensions).toEqual({ IP: ip });
});

test('each IPv4 address is taken', () => {
  fc.assert(fc.property(fc.ipV4(), ip => SndsMetrics.forIp(ip, { dimensionName }).metric(SndsFigure.SPAM_RATE).dimensions?.IP === ip));
});

test.each(['192.0.2', '192.0.2.256', '192.0.2.0/24', '2001:db8::1', 'mail.example.com', ''])('"%s" is refused as an address', ip => {
  expect(() => SndsMetrics.forIp(ip, { dimensionName })).toThrow(
    `"${ip}" is not an IPv4 address; the dedicated addresses of SES are, e.g. "192.0.2.1" [SndsMetrics.ip]`);
});

test('an empty dimension is refused, with the command that shows its name', () => {
  expect(() => SndsMetrics.forIp('192.0.2.1', { dimensionName: '' })).toThrow(
    'dimensionName is empty; it is the name of the dimension that ' +
    '`aws cloudwatch list-metrics --namespace AWS/SES --metric-name SNDS.SpamRate` shows [SndsMetrics.dimensionName]');
});

test('a graph shows a figure of all addresses, without a list of them', () => {
  const widget = new GraphWidget({ left: [SndsMetrics.forAllIps(SndsFigure.SPAM_RATE)] });
  expect(stackIn('eu-west-1').resolve(widget.toJson())[0].properties.metrics).toEqual([
    [expect.objectContaining({ expression: 'SEARCH(\'Namespace="AWS/SES" MetricName="SNDS.SpamRate"\', \'Maximum\', 86400)', period: 86400 })],
  ]);
});
