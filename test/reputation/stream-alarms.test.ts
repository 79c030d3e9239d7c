import { App, Duration, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import { OpsItemSeverity, SsmAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { MailStream } from '../../src';
import { DeliveryDelays, MailSurge, StreamAlarms, type StreamAlarmsProps } from '../../src/reputation';
import { NAG_PACKS } from '../support/nag-packs';
import { stackIn } from '../support/stacks';

const ALARM = 'AWS::CloudWatch::Alarm';

function watch(props: Partial<StreamAlarmsProps> = {}, stack = stackIn('eu-west-1')) {
  const stream = new MailStream(stack, 'Stream');
  const topic = 'topic' in props ? props.topic : new Topic(stack, 'Topic');
  const alarms = new StreamAlarms(stack, 'Alarms', { stream, ...props, topic });
  return { stack, stream, alarms, template: () => Template.fromStack(stack) };
}

test.each(['RenderingFailure', 'Reject'])('one %s of the stream is enough for an alarm', MetricName => {
  watch().template().hasResourceProperties(ALARM, {
    Namespace: 'AWS/SES',
    MetricName,
    Statistic: 'Sum',
    Period: 300,
    EvaluationPeriods: 1,
    Threshold: 0,
    ComparisonOperator: 'GreaterThanThreshold',
    TreatMissingData: 'notBreaching',
    Dimensions: [{ Name: 'ses:configuration-set', Value: { Ref: Match.stringLikeRegexp('^Stream') } }],
  });
});

test('delays of a tenth of what is sent raise an alarm', () => {
  watch().template().hasResourceProperties(ALARM, {
    Threshold: 0.1,
    ComparisonOperator: 'GreaterThanOrEqualToThreshold',
    Metrics: Match.arrayWith([Match.objectLike({ Expression: 'IF(FILL(whole, 0) >= 100, FILL(part, 0) / whole, 0)' })]),
  });
});

test('what the alarms count is published by the stream, without rewriting its mail', () => {
  watch().template().hasResourceProperties('AWS::SES::ConfigurationSetEventDestination', {
    EventDestination: {
      CloudWatchDestination: Match.objectLike({}),
      MatchingEventTypes: Match.arrayWith(['send', 'deliveryDelay', 'reject', 'renderingFailure']),
    },
  });
  expect(JSON.stringify(watch().template().toJSON())).not.toContain('"open"');
});

test('each alarm can be had, and switched off', () => {
  const on = watch({ silence: Duration.hours(1), surge: MailSurge.above(1) }).alarms;
  expect([on.renderingFailures, on.rejects, on.deliveryDelays, on.silence, on.surge]).toEqual(on.alarms);
  expect(on.alarms.every(alarm => alarm instanceof Alarm)).toBe(true);
  const off = watch({ renderingFailures: false, rejects: false, deliveryDelays: DeliveryDelays.unwatched() });
  expect(off.alarms.alarms).toEqual([]);
  off.template().resourceCountIs(ALARM, 0);
});

test('a surge is watched when asked for', () => {
  watch({ surge: MailSurge.above(5000) }).template().hasResourceProperties(ALARM, { MetricName: 'Send', Threshold: 5000 });
});

describe('silence', () => {
  test.each([
    ['5 minutes', Duration.minutes(5), 300, 1],
    ['6 hours', Duration.hours(6), 300, 72],
    ['a day', Duration.days(1), 300, 288],
    ['25 hours', Duration.hours(25), 3600, 25],
    ['7 days', Duration.days(7), 3600, 168],
  ])('of %s raises an alarm, and no data is silence', (_, silence, Period, EvaluationPeriods) => {
    watch({ silence }).template().hasResourceProperties(ALARM, {
      MetricName: 'Send', Statistic: 'Sum', Period, EvaluationPeriods, Threshold: 1, ComparisonOperator: 'LessThanThreshold', TreatMissingData: 'breaching',
    });
  });

  test.each([
    ['0 minutes', Duration.minutes(0)],
    ['7 minutes', Duration.minutes(7)],
    ['1 day 30 minutes', Duration.minutes(1470)],
    ['7 days 1 hour', Duration.hours(169)],
  ])('of %s is refused', (text, silence) => {
    expect(() => watch({ silence })).toThrow(
      `silence is ${text}; CloudWatch sees 5 minutes to a day in steps of 5 minutes, and up to 7 days in whole hours (at Stack/Alarms) [MailSilence.length]`);
  });
});

describe('people', () => {
  const all = { silence: Duration.hours(1), surge: MailSurge.unusual() };

  test('are told of each alarm through the topic', () => {
    const alarms = Object.values(watch(all).template().findResources(ALARM));
    expect(alarms).toHaveLength(5);
    alarms.forEach(({ Properties }) => expect(Properties.AlarmActions).toEqual([{ Ref: expect.stringMatching(/^Topic/) }]));
  });

  test('read in each alarm what happened to which stream and what to do', () => {
    const descriptions = Object.values(watch(all).template().findResources(ALARM)).map(({ Properties }) => Properties.AlarmDescription);
    expect(new Set(descriptions.map(text => JSON.stringify(text))).size).toBe(5);
    descriptions.forEach(description => expect(description).toEqual({
      'Fn::Join': ['', [expect.stringMatching(/stream $/), { Ref: expect.stringMatching(/^Stream/) }, expect.stringMatching(/^ [^.]+: [^.]+\.$/)]],
    }));
  });

  test('can be told by another action, instead or besides', () => {
    const action = new SsmAction(OpsItemSeverity.HIGH);
    const opsItem = { 'Fn::Join': ['', Match.arrayWith([':ssm:eu-west-1:111122223333:opsitem:2'])] };
    watch({ topic: undefined, action }).template().allResourcesProperties(ALARM, { AlarmActions: [opsItem] });
    watch({ action }).template().allResourcesProperties(ALARM, { AlarmActions: [{ Ref: Match.stringLikeRegexp('^Topic') }, opsItem] });
  });

  test('have to be told by something', () => {
    expect(() => watch({ topic: undefined })).toThrow(
      'neither topic nor action is given, so nobody would learn of an alarm; give one of them (at Stack/Alarms) [AlarmRecipients.none]');
  });
});

test.each([
  ['Region', { account: '111122223333', region: 'us-east-1' }, '111122223333/us-east-1'],
  ['account', { account: '444455556666', region: 'eu-west-1' }, '444455556666/eu-west-1'],
])('alarms in another %s than their stream, where its metrics are not, are refused', (_, env, place) => {
  const app = new App();
  const stream = new MailStream(new Stack(app, 'Sending', { env: { account: '111122223333', region: 'eu-west-1' } }), 'Stream');
  const stack = new Stack(app, 'Watching', { env });
  expect(() => new StreamAlarms(stack, 'Alarms', { stream, topic: new Topic(stack, 'Topic') })).toThrow(
    `the alarms are in ${place} and the stream Sending/Stream in 111122223333/eu-west-1; CloudWatch has the metrics of a stream where the stream is, ` +
    'so make the alarms in a stack there (at Watching/Alarms) [StreamAlarms.elsewhere]');
});

test('alarms work in an environment-agnostic stack', () => {
  watch({}, stackIn()).template().resourceCountIs(ALARM, 3);
});

test('an imported stream is watched when it is known to publish counters, and refused otherwise', () => {
  const stack = stackIn('eu-west-1');
  const [topic, configurationSetName] = [new Topic(stack, 'Topic'), 'news'];
  const stream = MailStream.fromConfigurationSetAttributes(stack, 'Known', { configurationSetName, publishesCounters: true });
  new StreamAlarms(stack, 'Alarms', { stream, topic });
  Template.fromStack(stack).hasResourceProperties(ALARM, { MetricName: 'Reject', Dimensions: [{ Name: 'ses:configuration-set', Value: 'news' }] });
  const unknown = MailStream.fromConfigurationSetAttributes(stack, 'Unknown', { configurationSetName });
  expect(() => new StreamAlarms(stack, 'Others', { stream: unknown, topic })).toThrow('[MailStream.importedCounters]');
});

test.each(NAG_PACKS)('%s finds nothing', (_, Pack) => {
  const stack = stackIn('eu-west-1');
  const topic = new Topic(stack, 'Topic', { masterKey: new Key(stack, 'Key', { enableKeyRotation: true }), enforceSSL: true });
  watch({ topic, silence: Duration.hours(1), surge: MailSurge.unusual() }, stack);
  const { root } = stack.node;
  expect(new Pack(root as App).validateScope(root).violations).toEqual([]);
});
