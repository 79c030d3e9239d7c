import { App, CfnParameter, Duration, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { Dkim, Dns, FeedbackNotifications, type IMailIdentity, MailFrom, VerifiedAddress, VerifiedDomain } from '../../src';
import { IdentityFigure } from '../../src/monitoring/identity-figure';
import { IdentityMonitor } from '../../src/monitoring/identity-monitor';
import { stackIn, zoneOf } from '../support/stacks';

const ALARM = 'AWS::CloudWatch::Alarm';
const env = { account: '111122223333', region: 'eu-west-1' };

function watch(identitiesIn: (stack: Stack) => IMailIdentity[], stack = stackIn('eu-west-1')) {
  const monitor = new IdentityMonitor(stack, 'Identities', { identities: identitiesIn(stack), topic: new Topic(stack, 'Topic') });
  return { stack, monitor, template: () => Template.fromStack(stack) };
}

const domain = (stack: Stack) => new VerifiedDomain(stack, 'Mail', { dns: Dns.route53(zoneOf(stack, 'example.com')) });

/** What is watched, as `metric statistic operator threshold`, and the rest of the alarms. */
function watched(template: Template): string[] {
  return Object.values(template.findResources(ALARM)).filter(({ Properties }) => Properties.MetricName)
    .map(({ Properties }) => `${Properties.MetricName} ${Properties.Statistic} >= ${Properties.Threshold}, ${Properties.EvaluationPeriods} x ${Properties.Period} s`);
}

const VERIFICATION = ['VerificationState Maximum >= 2, 1 x 900 s', 'VerificationState Minimum >= 1, 24 x 3600 s'];
const DKIM = 'DkimState Maximum >= 2, 1 x 900 s';
const MAIL_FROM = 'MailFromState Maximum >= 2, 1 x 900 s';
const RECORDS = 'MissingRecords Minimum >= 1, 3 x 900 s';

describe('a monitor', () => {
  test('asks every 15 minutes for the identities that it is given, and may ask for no other', () => {
    const template = watch(stack => [domain(stack), VerifiedAddress.fromAddress(stack, 'Address', 'me@example.net')]).template();
    template.hasResourceProperties('AWS::Events::Rule', {
      ScheduleExpression: 'rate(15 minutes)', Targets: [Match.objectLike({ Input: '{"identities":["example.com","me@example.net"]}' })],
    });
    template.hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: {
        Statement: Match.arrayWith([{
          Effect: 'Allow',
          Action: 'ses:GetEmailIdentity',
          Resource: [
            { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':ses:eu-west-1:111122223333:identity/', { Ref: Match.stringLikeRegexp('^Mail') }]] },
            { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':ses:eu-west-1:111122223333:identity/me@example.net']] },
          ],
        }]),
      },
    });
  });

  test('tells people of each alarm, also that it is silent itself', () => {
    const { monitor, template } = watch(stack => [domain(stack)]);
    expect(monitor.alarms).toEqual([...monitor.identityAlarms, monitor.silent]);
    template().resourceCountIs(ALARM, 6);
    template().allResourcesProperties(ALARM, { AlarmActions: [{ Ref: Match.stringLikeRegexp('^Topic') }] });
    template().hasResourceProperties(ALARM, {
      TreatMissingData: 'breaching', Metrics: Match.arrayWith([Match.objectLike({ MetricStat: Match.objectLike({ Period: 2700 }) })]),
    });
  });

  test('says in each alarm of an identity which it is, and keeps its state while nothing is known', () => {
    const alarms = Object.values(watch(stack => [domain(stack)]).template().findResources(ALARM)).filter(({ Properties }) => Properties.MetricName);
    expect(new Set(alarms.map(({ Properties }) => Properties.AlarmDescription)).size).toBe(5);
    alarms.forEach(({ Properties }) => {
      expect(Properties.AlarmDescription).toContain('example.com');
      expect(Properties).toMatchObject({
        Namespace: 'CdkPostmaster',
        Dimensions: [{ Name: 'Identity', Value: 'example.com' }],
        TreatMissingData: 'ignore',
        ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      });
    });
  });

  test('works in an environment-agnostic stack, with a domain that only the deployment knows', () => {
    const template = watch(stack => [
      VerifiedDomain.fromDomainName(stack, 'Mail', new CfnParameter(stack, 'Domain').valueAsString),
    ], stackIn()).template();
    template.hasResourceProperties('AWS::Events::Rule', { Targets: [Match.objectLike({ Input: { 'Fn::Join': ['', ['{"identities":["', { Ref: 'Domain' }, '"]}']] } })] });
    expect(watched(template)).toEqual([...VERIFICATION, DKIM, MAIL_FROM, RECORDS]);
  });
});

describe('there are alarms', () => {
  test.each<[string, string[], (stack: Stack) => IMailIdentity]>([
    ['on all of a domain', [...VERIFICATION, DKIM, MAIL_FROM, RECORDS], domain],
    ['on all of an imported domain', [...VERIFICATION, DKIM, MAIL_FROM, RECORDS], stack => VerifiedDomain.fromDomainName(stack, 'Mail', 'example.com')],
    ['on no MAIL FROM domain that there is not', [...VERIFICATION, DKIM, RECORDS],
      stack => new VerifiedDomain(stack, 'Mail', { dns: Dns.route53(zoneOf(stack, 'example.com')), mailFrom: MailFrom.none() })],
    ['on no signing that is switched off on purpose', [...VERIFICATION, MAIL_FROM, RECORDS],
      stack => new VerifiedDomain(stack, 'Mail', { dns: Dns.route53(zoneOf(stack, 'example.com')), dkim: Dkim.disabled({ reason: 'a gateway signs' }) })],
    ['on the verification of an address', VERIFICATION, stack => new VerifiedAddress(stack, 'Me', { address: 'me@example.com' })],
    ['on the verification of an imported address', VERIFICATION, stack => VerifiedAddress.fromAddress(stack, 'Me', 'me@example.com')],
    ['on an address and a MAIL FROM domain of its own', [...VERIFICATION, MAIL_FROM, RECORDS],
      stack => new VerifiedAddress(stack, 'Me', { address: 'me@example.com', mailFrom: MailFrom.subdomain('bounce') })],
  ])('%s', (_, alarms, identity) => {
    expect(watched(watch(stack => [identity(stack)]).template())).toEqual(alarms);
  });
});

describe('metrics', () => {
  test('of an identity can be had for graphs', () => {
    const { monitor, stack } = watch(scope => [domain(scope)]);
    const mail = stack.node.findChild('Mail') as VerifiedDomain;
    expect(Object.values(IdentityFigure).map(figure => monitor.metric(mail, figure).toMetricConfig().metricStat)).toEqual(
      ['VerificationState', 'DkimState', 'MailFromState', 'MissingRecords', 'HoursLeft', 'LostNotifications'].map(metricName => expect.objectContaining({
        namespace: 'CdkPostmaster', metricName, dimensions: [{ name: 'Identity', value: 'example.com' }], statistic: 'Maximum',
      })));
    expect(monitor.metric(mail, IdentityFigure.DKIM, { period: Duration.hours(1) }).period.toHours()).toBe(1);
  });

  test('of an identity that is not watched are refused', () => {
    const { monitor, stack } = watch(scope => [domain(scope)]);
    const other = VerifiedDomain.fromDomainName(stack, 'Other', 'example.net');
    expect(() => monitor.metric(other, IdentityFigure.DKIM)).toThrow(
      'Stack/Other is not among the identities of the monitor, so there is no such metric; add it there (at Stack/Identities) [IdentityMonitor.unwatched]');
  });
});

describe('identities are refused', () => {
  const domains = (stack: Stack, count: number) => Array.from({ length: count }, (_, index) => VerifiedDomain.fromDomainName(stack, `D${index}`, `d${index}.example.com`));

  test.each([0, 26])('that are %i', count => {
    expect(() => watch(stack => domains(stack, count))).toThrow(
      `${count} identities are given; a monitor watches 1 to 25, so share them among several monitors (at Stack/Identities) [IdentityMonitor.count]`);
  });

  test('of which one is given twice', () => {
    expect(() => watch(stack => [domain(stack), VerifiedDomain.fromDomainName(stack, 'Same', 'example.com')])).toThrow(
      '"example.com" is given twice; give each identity once (at Stack/Identities) [IdentityMonitor.twice]');
  });

  test.each<[string, (app: App, stack: Stack) => IMailIdentity]>([
    ['Elsewhere/Mail in 111122223333/us-east-1', app => domain(new Stack(app, 'Elsewhere', { env: { ...env, region: 'us-east-1' } }))],
    ['Elsewhere/Mail in 111122223333/us-east-1', app =>
      VerifiedDomain.fromDomainName(new Stack(app, 'Elsewhere', { env: { ...env, region: 'us-east-1' } }), 'Mail', 'example.com')],
    ['Stack/Mail in 444455556666/eu-west-1', (_, stack) => VerifiedDomain.fromDomainArn(stack, 'Mail', 'arn:aws:ses:eu-west-1:444455556666:identity/example.com')],
  ])('that are elsewhere: %s', (place, identity) => {
    const app = new App();
    const stack = new Stack(app, 'Stack', { env });
    expect(() => watch(() => [identity(app, stack)], stack)).toThrow(
      `the monitor is in 111122223333/eu-west-1 and the identity ${place}; SES tells only the owner of an identity how it is, and only in its Region, ` +
      'so make a monitor in a stack there (at Stack/Identities) [IdentityMonitor.elsewhere]');
  });
});

test('25 identities with the longest names fit into the rule', () => {
  const long = (index: number) => `${String(index).padStart(2, '0')}${'x'.repeat(62)}@${'d'.repeat(63)}.${'d'.repeat(63)}.${'d'.repeat(62)}`;
  const { template } = watch(stack => Array.from({ length: 25 }, (_, index) => VerifiedAddress.fromAddress(stack, `A${index}`, long(index))));
  const [rule] = Object.values(template().findResources('AWS::Events::Rule'));
  expect(rule.Properties.Targets[0].Input.length).toBeLessThanOrEqual(8192);
});

describe('notifications of an identity', () => {
  const notify = (stack: Stack, identity: IMailIdentity, topic = new Topic(stack, 'Feedback')) =>
    new FeedbackNotifications(stack, `Notifications${identity.node.id}`, { identity, bounces: { topic }, complaints: { topic }, deliveries: { topic } });

  test.each(['before', 'after'])('are watched when they are made %s the monitor', order => {
    const stack = stackIn('eu-west-1');
    const mail = domain(stack);
    if (order === 'before') notify(stack, mail);
    const { monitor, template } = watch(() => [mail, VerifiedAddress.fromAddress(stack, 'Address', 'me@example.net')], stack);
    if (order === 'after') notify(stack, VerifiedDomain.fromDomainName(stack, 'Same', 'example.com'));
    const [rule] = Object.values(template().findResources('AWS::Events::Rule'));
    const [, parts] = rule.Properties.Targets[0].Input['Fn::Join'];
    const event = JSON.parse(parts.map((part: unknown) => typeof part === 'string' ? part : 'TOPIC').join(''));
    expect(event).toEqual({
      identities: ['example.com', 'me@example.net'],
      notifications: { 'example.com': { topics: { Bounce: 'TOPIC', Complaint: 'TOPIC', Delivery: 'TOPIC' }, forwarding: false } },
    });
    expect(watched(template())).toContain('LostNotifications Minimum >= 1, 2 x 900 s');
    template().allResourcesProperties(ALARM, { AlarmActions: [{ Ref: Match.stringLikeRegexp('^Topic') }] });
    template().resourceCountIs(ALARM, monitor.alarms.length);
    template().hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: { Statement: Match.arrayWith([{ Effect: 'Allow', Action: 'ses:GetIdentityNotificationAttributes', Resource: '*' }]) },
    });
  });

  test('take room, of which a rule has not enough for many with long names', () => {
    const stack = stackIn('eu-west-1');
    const names = Array.from({ length: 25 }, (_, index) => `${'d'.repeat(60)}.d${index}.example.com`);
    const identities = names.map(name => VerifiedDomain.fromDomainName(stack, name, name));
    identities.forEach(identity => notify(stack, identity, Topic.fromTopicArn(stack, `Feedback${identity.node.id}`, 'arn:aws:sns:eu-west-1:111122223333:feedback') as Topic));
    expect(() => watch(() => identities, stack).template()).toThrow('[IdentityMonitor.noRoom]');
  });
});
