import { Duration } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { SmtpCredentials, SmtpKeyMonitor, type SmtpKeyMonitorProps, SmtpRotation, VerifiedDomain } from '../../src';
import { stackIn } from '../support/stacks';

function watch(rotation?: SmtpRotation, props: Partial<SmtpKeyMonitorProps> = {}) {
  const stack = stackIn('eu-west-1');
  const credentials = new SmtpCredentials(stack, 'Relay', { identities: [VerifiedDomain.fromDomainName(stack, 'Mail', 'example.com')], rotation });
  const monitor = new SmtpKeyMonitor(stack, 'Keys', { credentials: [credentials], topic: new Topic(stack, 'Topic'), ...props });
  return { monitor, credentials, template: () => Template.fromStack(stack) };
}

const SECRET = { Ref: Match.stringLikeRegexp('^RelaySecret') };
const USER = { Ref: Match.stringLikeRegexp('^RelayUser') };

test('a function looks every 8 hours, and may see when secrets were rotated, not what is in them', () => {
  const template = watch().template();
  template.hasResourceProperties('AWS::Events::Rule', {
    ScheduleExpression: 'rate(8 hours)',
    Targets: [Match.objectLike({ Input: { 'Fn::Join': ['', ['{"credentials":[{"secretId":"', SECRET, '","userName":"', USER, '"}]}']] } })],
  });
  template.hasResourceProperties('AWS::IAM::Policy', {
    PolicyDocument: { Statement: [Match.objectLike({ Action: ['logs:CreateLogStream', 'logs:PutLogEvents'] }), { Effect: 'Allow', Action: 'secretsmanager:DescribeSecret', Resource: SECRET }] },
    Roles: [{ Ref: Match.stringLikeRegexp('^KeysMonitor') }],
  });
});

test.each([
  ['two days after the rotation that is due every 90 days', undefined, {}, 92],
  ['two days after the rotation that is due', SmtpRotation.every(Duration.days(30)), {}, 32],
  ['after 90 days, when people rotate', SmtpRotation.byHand(), {}, 90],
  ['after as many days as is said', SmtpRotation.byHand(), { maxAge: Duration.days(365) }, 365],
])('there is an alarm %s', (_, rotation, props, Threshold) => {
  watch(rotation, props).template().hasResourceProperties('AWS::CloudWatch::Alarm', {
    Namespace: 'CdkPostmaster',
    MetricName: 'SmtpKeyAge',
    Dimensions: [{ Name: 'SmtpUser', Value: USER }],
    Statistic: 'Maximum',
    Period: 86400,
    EvaluationPeriods: 1,
    Threshold,
    ComparisonOperator: 'GreaterThanOrEqualToThreshold',
    TreatMissingData: 'ignore',
    AlarmActions: [{ Ref: Match.stringLikeRegexp('^Topic') }],
  });
});

test('the alarm says what to do', () => {
  const descriptions = Object.values(watch().template().findResources('AWS::CloudWatch::Alarm')).map(alarm => alarm.Properties.AlarmDescription);
  expect(descriptions).toContain('The SMTP credentials Stack/Relay were not rotated for 92 days. They stay valid. The log of the rotation function says why; then start it ' +
    'again (aws secretsmanager rotate-secret).');
});

test('there is an alarm on the monitor itself, when no run did its work for a day', () => {
  const { monitor, template } = watch();
  template().hasResourceProperties('AWS::CloudWatch::Alarm', { TreatMissingData: 'breaching', Metrics: Match.arrayWith([Match.objectLike({ MetricStat: Match.objectLike({ Period: 86400 }) })]) });
  expect(monitor.alarms).toEqual([...monitor.ageAlarms, monitor.silent]);
});

test('the metric can be asked for, with options', () => {
  const { monitor, credentials } = watch();
  expect(monitor.metricKeyAge(credentials, { label: 'Age' })).toMatchObject({ metricName: 'SmtpKeyAge', label: 'Age', statistic: 'Maximum' });
});

test('nothing to watch is refused', () => {
  expect(() => watch(undefined, { credentials: [] })).toThrow(new Error('credentials is an empty list, so there is nothing to watch (at Stack/Keys) [SmtpKeyMonitor.none]'));
});
