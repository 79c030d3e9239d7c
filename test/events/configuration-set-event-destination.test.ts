import { App, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { EventBus } from 'aws-cdk-lib/aws-events';
import { ConfigurationSet, EmailSendingEvent } from 'aws-cdk-lib/aws-ses';
import { ConfigurationSetEventDestination, type ConfigurationSetEventDestinationOptions, EventDestination, EventDimension, EventTypes } from '../../src';
import { stackIn } from '../support/stacks';

const TYPE = 'AWS::SES::ConfigurationSetEventDestination';
const BUS = EventDestination.eventBus();

function setUp(stack = stackIn('eu-west-1')) {
  const configurationSet = new ConfigurationSet(stack, 'Set');
  const add = (id: string, options: Partial<ConfigurationSetEventDestinationOptions> = {}) =>
    new ConfigurationSetEventDestination(stack, id, { configurationSet, destination: BUS, ...options });
  return { stack, configurationSet, add };
}

test('the events are those of deliverability by default, so nothing makes SES rewrite mail unasked', () => {
  const { stack, add } = setUp();
  add('Bus');
  Template.fromStack(stack).hasResourceProperties(TYPE, {
    ConfigurationSetName: { Ref: Match.stringLikeRegexp('^Set') },
    EventDestination: {
      Enabled: true, MatchingEventTypes: ['send', 'delivery', 'deliveryDelay', 'bounce', 'complaint', 'reject', 'renderingFailure'], Name: Match.absent(),
    },
  });
});

test('an event that is named twice is published once', () => {
  expect(setUp().add('Bus', { events: [...EventTypes.FEEDBACK, EmailSendingEvent.BOUNCE] }).events).toEqual(EventTypes.FEEDBACK);
});

test('a destination can be switched off and keeps its place', () => {
  const { stack, add } = setUp();
  expect(add('Bus', { enabled: false, configurationSetEventDestinationName: 'bus' }).enabled).toBe(false);
  Template.fromStack(stack).hasResourceProperties(TYPE, { EventDestination: { Enabled: false, Name: 'bus' } });
});

test('an empty list of events is refused', () => {
  expect(() => setUp().add('Bus', { events: [] })).toThrow(
    'events is an empty list, and SES takes no destination without events; leave it out for EventTypes.DELIVERABILITY, or set enabled to false to switch the ' +
    'destination off (at Stack/Bus) [EventDestination.noEvents]');
});

test('a name that SES does not take is refused', () => {
  expect(() => setUp().add('Bus', { configurationSetEventDestinationName: 'my bus' })).toThrow(
    'event destination name "my bus" is not accepted by SES; it takes 1 to 64 letters, digits, "-" and "_" (at Stack/Bus) [SesName.form]');
});

test('a name that the set has already is refused, whoever made the other one', () => {
  const { configurationSet, add } = setUp();
  configurationSet.addEventDestination('Native', { destination: { bus: undefined } as never, configurationSetEventDestinationName: 'bus' });
  expect(() => add('Bus', { configurationSetEventDestinationName: 'bus' })).toThrow(
    'the configuration set Stack/Set has an event destination "bus" already; names are unique in a set (at Stack/Bus) [EventDestination.sameName]');
});

test('an eleventh destination is refused, whoever made the others', () => {
  const { configurationSet, add } = setUp();
  configurationSet.addEventDestination('Native', { destination: { bus: undefined } as never });
  for (let index = 0; index < 9; index++) add(`Bus${index}`);
  expect(() => add('Bus9')).toThrow('the configuration set Stack/Set has 10 event destinations already, and SES takes no more; let a topic or the event bus serve ' +
    'several consumers (at Stack/Bus9) [EventDestination.tooMany]');
});

test('events that are counted by the same dimensions already are refused: each would count twice', () => {
  const { add } = setUp();
  const counters = (name: string) => EventDestination.cloudWatchDimensions([EventDimension.messageTag(name, 'none')]);
  add('First', { destination: counters('campaign'), events: EventTypes.FEEDBACK });
  expect(() => add('Other', { destination: counters('genre') })).not.toThrow();
  expect(() => add('Rest', { destination: counters('campaign'), events: [EmailSendingEvent.SEND] })).not.toThrow();
  expect(() => add('Second', { destination: counters('campaign'), events: [EmailSendingEvent.BOUNCE] })).toThrow(
    'bounce would be counted twice by campaign: the configuration set Stack/Set has a CloudWatch destination with these dimensions for them already; leave the ' +
    'events out here, or there (at Stack/Second) [EventDestination.countedTwice]');
});

describe('the event bus', () => {
  test('is the default one of the account', () => {
    const { stack, add } = setUp();
    add('Bus');
    Template.fromStack(stack).hasResourceProperties(TYPE, {
      EventDestination: {
        EventBridgeDestination: { EventBusArn: { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':events:eu-west-1:111122223333:event-bus/default']] } },
      },
    });
  });

  test('may be given, if it is the default one', () => {
    const { stack, add } = setUp(new Stack(new App(), 'Stack'));
    add('Named', { destination: EventDestination.eventBus(EventBus.fromEventBusName(stack, 'Default', 'default')) });
    add('ByArn', { destination: EventDestination.eventBus(EventBus.fromEventBusArn(stack, 'Arn', 'arn:aws:events:eu-west-1:111122223333:event-bus/default')) });
    Template.fromStack(stack).resourceCountIs(TYPE, 2);
  });

  test('of one\'s own is refused', () => {
    const { stack, add } = setUp();
    expect(() => add('Bus', { destination: EventDestination.eventBus(EventBus.fromEventBusName(stack, 'Own', 'mail')) })).toThrow(
      'the event bus "mail" is not the default bus, and SES publishes to the default bus of the account only; leave the bus out, and forward events to yours with ' +
      'a rule (at Stack/Bus) [EventDestination.customBus]');
    expect(() => add('Made', { destination: EventDestination.eventBus(new EventBus(stack, 'Made Bus')) })).toThrow('the event bus Stack/Made Bus is not the default bus');
  });
});

test('Pinpoint is refused with the reason', () => {
  expect(() => EventDestination.pinpoint('arn:aws:mobiletargeting:eu-west-1:111122223333:apps/a')).toThrow(
    'the event destination is the Pinpoint project "arn:aws:mobiletargeting:eu-west-1:111122223333:apps/a", but AWS ended support for Amazon Pinpoint on ' +
    '30 October 2026 and CloudFormation has no such destination; use EventDestination.eventBus() or an EventArchive for the same records [EventDestination.pinpoint]');
});
