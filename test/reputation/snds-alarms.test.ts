import { Lazy } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { SndsAlarms, type SndsAlarmsProps } from '../../src/reputation/snds-alarms';
import { stackIn } from '../support/stacks';

const ALARM = 'AWS::CloudWatch::Alarm';

function watch(props: Partial<SndsAlarmsProps> = {}) {
  const stack = stackIn('eu-west-1');
  const alarms = new SndsAlarms(stack, 'Outlook', { ips: ['192.0.2.1', '192.0.2.2'], dimensionName: 'IP', topic: new Topic(stack, 'Topic'), ...props });
  return { alarms, template: () => Template.fromStack(stack) };
}

test.each([
  ['SNDS.SpamRate', 0.5], ['SNDS.ComplaintRate', 0.05], ['SNDS.TrapHits', 1],
])('there is an alarm on %s from %d on for each address, by day, and none for days without figures', (MetricName, Threshold) => {
  const alarms = watch().template().findResources(ALARM, {
    Properties: {
      Namespace: 'AWS/SES',
      MetricName,
      Threshold,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      Statistic: 'Maximum',
      Period: 86400,
      EvaluationPeriods: 3,
      DatapointsToAlarm: 1,
      TreatMissingData: 'notBreaching',
    },
  });
  expect(Object.values(alarms).map(({ Properties }) => Properties.Dimensions)).toEqual(['192.0.2.1', '192.0.2.2'].map(Value => [{ Name: 'IP', Value }]));
});

test('people are told, and read which address it is and what to do', () => {
  const { alarms, template } = watch();
  expect(alarms.alarms).toHaveLength(6);
  template().allResourcesProperties(ALARM, { AlarmActions: [{ Ref: Match.stringLikeRegexp('^Topic') }] });
  template().resourcePropertiesCountIs(ALARM, { AlarmDescription: Match.stringLikeRegexp('Outlook .* from the dedicated address 192\\.0\\.2\\.2\\. ') }, 3);
});

test('somebody has to be told', () => {
  expect(() => watch({ topic: undefined })).toThrow('(at Stack/Outlook) [AlarmRecipients.none]');
});

test('an address may be known by the deployment only', () => {
  watch({ ips: [Lazy.string({ produce: () => '192.0.2.9' })] }).template().hasResourceProperties(ALARM, { Dimensions: [{ Name: 'IP', Value: '192.0.2.9' }] });
});

test.each<[string, Partial<SndsAlarmsProps>, string]>([
  ['none at all', { ips: [] }, 'ips is an empty list; give the dedicated addresses that `aws sesv2 get-dedicated-ips` lists (at Stack/Outlook) [SndsAlarms.noIps]'],
  ['one twice', { ips: ['192.0.2.1', '192.0.2.1'] }, 'the address "192.0.2.1" is given twice; give each one once (at Stack/Outlook) [SndsAlarms.twice]'],
  ['one that is no IPv4 address', { ips: ['2001:db8::1'] }, '(at Stack/Outlook) [SndsMetrics.ip]'],
  ['one without a dimension', { dimensionName: '' }, '(at Stack/Outlook) [SndsMetrics.dimensionName]'],
])('addresses are refused: %s', (_, props, message) => {
  expect(() => watch(props)).toThrow(message);
});
