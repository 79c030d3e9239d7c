import { Duration, type Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import type { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { CfnConfigurationSetEventDestination, EmailSendingEvent } from 'aws-cdk-lib/aws-ses';
import { AutoTag, EventDestination, EventDimension, MailStream, type MailStreamProps, StreamKind, type StreamMetrics } from '../../src';
import { stackIn } from '../support/stacks';

const DESTINATION = 'AWS::SES::ConfigurationSetEventDestination';
const ORDINARY = ['send', 'delivery', 'deliveryDelay', 'bounce', 'complaint', 'reject', 'renderingFailure', 'subscription'];

function make(props: MailStreamProps = {}, stack = stackIn('eu-west-1')) {
  return { stack, stream: new MailStream(stack, 'Stream', props) };
}

function countersOf(stack: Stack): { events: string[]; dimensions: unknown }[] {
  return Object.values(Template.fromStack(stack).findResources(DESTINATION)).map(({ Properties: { EventDestination: destination } }) => ({
    events: destination.MatchingEventTypes, dimensions: destination.CloudWatchDestination?.DimensionConfigurations,
  }));
}

const COUNTERS: [string, (stream: StreamMetrics) => Metric][] = [
  ['Send', stream => stream.metricSend()],
  ['Delivery', stream => stream.metricDelivery()],
  ['Bounce', stream => stream.metricBounce()],
  ['Complaint', stream => stream.metricComplaint()],
  ['Reject', stream => stream.metricReject()],
  ['RenderingFailure', stream => stream.metricRenderingFailure()],
  ['DeliveryDelay', stream => stream.metricDeliveryDelay()],
  ['Subscription', stream => stream.metricSubscription()],
  ['Open', stream => stream.metricOpen()],
  ['Click', stream => stream.metricClick()],
];

test.each(COUNTERS)('%s is counted by the configuration set, as a sum', (name, metricOf) => {
  const { stack, stream } = make({ kind: StreamKind.MARKETING });
  expect(stack.resolve(metricOf(stream).toMetricConfig().metricStat)).toMatchObject({
    namespace: 'AWS/SES',
    metricName: name,
    statistic: 'Sum',
    period: expect.objectContaining({ amount: 5 }),
    dimensions: [{ name: 'ses:configuration-set', value: { Ref: expect.stringMatching(/^Stream/) } }],
  });
});

describe('the destination behind the counters', () => {
  test('is made when somebody asks for a counter, once, and rewrites no mail', () => {
    const { stack, stream } = make();
    stream.metricBounce();
    stream.metricSend();
    expect(countersOf(stack)).toEqual([{
      events: ORDINARY,
      dimensions: [{
        DimensionValueSource: 'messageTag', DimensionName: 'ses:configuration-set', DefaultDimensionValue: { Ref: expect.stringMatching(/^Stream/) },
      }],
    }]);
  });

  test('of opens and clicks is apart', () => {
    const { stack, stream } = make({ engagement: {} });
    stream.metricOpen();
    stream.metricClick();
    expect(countersOf(stack).map(({ events }) => events)).toEqual([['open', 'click']]);
  });

  test('is that of the user, if there is one that counts so', () => {
    const { stack, stream } = make();
    const destination = EventDestination.cloudWatchDimensions([EventDimension.autoTag(AutoTag.CONFIGURATION_SET, 'none')]);
    stream.addEventDestination('Own', { destination, events: [EmailSendingEvent.BOUNCE] });
    stream.metricBounce();
    expect(stream.node.findAll().filter(child => child instanceof CfnConfigurationSetEventDestination)).toHaveLength(1);
    stream.metricSend();
    expect(countersOf(stack).map(({ events }) => events)).toEqual([['bounce'], ORDINARY.filter(event => event !== 'bounce')]);
  });

  test('is not one of the user\'s that is switched off', () => {
    const { stack, stream } = make();
    const destination = EventDestination.cloudWatchDimensions([EventDimension.autoTag(AutoTag.CONFIGURATION_SET, 'none')]);
    stream.addEventDestination('Own', { destination, enabled: false });
    stream.metricBounce();
    expect(countersOf(stack)).toHaveLength(2);
  });

  test('of opens is refused when the stream is transactional: asking for a metric must not rewrite mail', () => {
    expect(() => make().stream.metricOpen()).toThrow('open makes SES rewrite mail');
    expect(() => make().stream.metricClick()).toThrow('[MailStream.notTracked]');
  });
});

describe('the rates by which AWS judges', () => {
  test.each<[string, (stream: StreamMetrics) => Metric]>([
    ['Reputation.BounceRate', stream => stream.metricBounceRate()],
    ['Reputation.ComplaintRate', stream => stream.metricComplaintRate()],
  ])('%s is an average over an hour, and needs no destination', (name, metricOf) => {
    const { stack, stream } = make();
    metricOf(stream).createAlarm(stack, 'Alarm', { threshold: 0.05, evaluationPeriods: 1 });
    const template = Template.fromStack(stack);
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      Namespace: 'AWS/SES',
      MetricName: name,
      Statistic: 'Average',
      Period: 3600,
      Dimensions: [{ Name: 'ses:configuration-set', Value: { Ref: Match.stringLikeRegexp('^Stream') } }],
    });
    template.resourceCountIs(DESTINATION, 0);
  });

  test('are refused when the stream does not publish them', () => {
    expect(() => make({ reputationMetrics: false }).stream.metricBounceRate()).toThrow(
      'reputationMetrics is false, so SES publishes no bounce and complaint rate for this stream; set it to true (at Stack/Stream) [MailStream.noReputationMetrics]');
  });
});

describe('a local rate', () => {
  test.each<[string, string, string, (stream: StreamMetrics) => { expression: string; usingMetrics: Record<string, unknown> }]>([
    ['of bounces', 'Bounce', 'Send', stream => stream.metricLocalBounceRate()],
    ['of complaints', 'Complaint', 'Delivery', stream => stream.metricLocalComplaintRate()],
    ['of rejects', 'Reject', 'Send', stream => stream.metricLocalRejectRate()],
  ])('%s is zero below a hundred messages, and divides by no zero', (_, part, whole, rateOf) => {
    const rate = rateOf(make().stream);
    expect(rate.expression).toBe('IF(FILL(whole, 0) >= 100, FILL(part, 0) / whole, 0)');
    expect(rate.usingMetrics).toMatchObject({ part: { metricName: part }, whole: { metricName: whole } });
  });

  test('is taken over the period and the volume that are asked for', () => {
    const { stack, stream } = make();
    stream.metricLocalBounceRate({ minimumVolume: 1000, period: Duration.minutes(15) }).createAlarm(stack, 'Alarm', { threshold: 0.05, evaluationPeriods: 1 });
    Template.fromStack(stack).hasResourceProperties('AWS::CloudWatch::Alarm', {
      Metrics: Match.arrayWith([
        Match.objectLike({ Expression: 'IF(FILL(whole, 0) >= 1000, FILL(part, 0) / whole, 0)' }),
        Match.objectLike({ Id: 'whole', MetricStat: Match.objectLike({ Period: 900, Stat: 'Sum' }) }),
      ]),
    });
  });

  test.each([0, -1, 1.5])('of at least %d messages is refused', minimumVolume => {
    expect(() => make().stream.metricLocalBounceRate({ minimumVolume })).toThrow(
      `minimumVolume is ${minimumVolume}; it is a number of messages in a period, a whole number from 1 on (at Stack/Stream) [SesMetrics.minimumVolume]`);
  });
});

describe('an imported stream', () => {
  const imported = (attributes = {}) => {
    const stack = stackIn('eu-west-1');
    return { stack, stream: MailStream.fromConfigurationSetAttributes(stack, 'Stream', { configurationSetName: 'news', ...attributes }) };
  };

  test('has counters when it is known to publish them, and makes no destination for them', () => {
    const { stack, stream } = imported({ publishesCounters: true });
    expect(stream.metricBounce().dimensions).toEqual({ 'ses:configuration-set': 'news' });
    Template.fromStack(stack).resourceCountIs(DESTINATION, 0);
  });

  test('refuses counters otherwise', () => {
    expect(() => imported().stream.metricBounce()).toThrow(
      'SES counts the events of a set only for a CloudWatch event destination, and an imported set is not known to have one; import it by ' +
      'fromConfigurationSetAttributes with publishesCounters: true if it counts by ses:configuration-set (at Stack/Stream) [MailStream.importedCounters]');
  });

  test('has rates when it is known to publish them', () => {
    expect(imported({ reputationMetrics: true }).stream.metricBounceRate().metricName).toBe('Reputation.BounceRate');
  });

  test('refuses rates otherwise', () => {
    expect(() => imported().stream.metricComplaintRate()).toThrow(
      'SES publishes the rates of a set only when that is switched on, which is not known of an imported set; import it by fromConfigurationSetAttributes with ' +
      'reputationMetrics: true if it is (at Stack/Stream) [MailStream.importedRates]');
  });
});
