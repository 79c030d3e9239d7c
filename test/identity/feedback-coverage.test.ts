import { type Stack, Validations } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as iam from 'aws-cdk-lib/aws-iam';
import { DeliveryStream } from 'aws-cdk-lib/aws-kinesisfirehose';
import * as ses from 'aws-cdk-lib/aws-ses';
import {
  ConfigurationSetEventDestination, Dns, EventDestination, EventDimension, EventTypes, type IMailIdentity, MailStream,
  VerifiedAddress, VerifiedDomain,
} from '../../src';
import { findingIdsOf, findingsOf, stackIn } from '../support/stacks';

const { BOUNCE, COMPLAINT, SEND } = ses.EmailSendingEvent;
const ABOUT_FEEDBACK = /MailIdentity\.(feedbackNotCovered|feedbackNeedsSet|duplicateFeedback)/;

type Maker = (stack: Stack, options: { defaultConfigurationSet?: ses.IConfigurationSet; feedbackForwarding?: boolean }) => IMailIdentity;

const IDENTITIES: [string, Maker][] = [
  ['domain', (stack, options) => new VerifiedDomain(stack, 'Mail', { dns: Dns.elsewhere('example.com'), ...options })],
  ['address', (stack, options) => new VerifiedAddress(stack, 'Mail', { address: 'me@example.com', ...options })],
];

const bus = () => EventDestination.eventBus();
const archive = (stack: Stack) => EventDestination.firehoseDeliveryStream(
  DeliveryStream.fromDeliveryStreamArn(stack, 'DeliveryStream', 'arn:aws:firehose:eu-west-1:111122223333:deliverystream/mail'));
const counters = () => EventDestination.cloudWatchDimensions([EventDimension.messageTag('campaign', 'none')]);

function feedbackFindings(stack: Stack): string[] {
  return findingIdsOf(stack).filter(id => ABOUT_FEEDBACK.test(id));
}

function forwardingOf(stack: Stack): unknown {
  const [identity] = Object.values(Template.fromStack(stack).findResources('AWS::SES::EmailIdentity'));
  return identity.Properties.FeedbackAttributes?.EmailForwardingEnabled;
}

describe.each(IDENTITIES)('a %s with forwarding off', (_, make) => {
  test('and no configuration set is an error: nobody would learn of bounces and complaints', () => {
    const stack = stackIn('eu-west-1');
    make(stack, { feedbackForwarding: false });
    expect(() => Template.fromStack(stack)).toThrow(
      'feedbackForwarding is false and no configuration set reports bounces and complaints, so nobody would learn of them; SES then mails them to the Return-Path ' +
      'or the sender of each message, although forwarding is off. Keep forwarding on, or give a defaultConfigurationSet with an event destination for both ' +
      '(at Stack/Mail) [MailIdentity.noFeedback]');
  });

  const cases: [string, (stack: Stack, set: ses.ConfigurationSet) => void, boolean][] = [
    ['without destinations is reported', () => {}, false],
    ['with bounces and complaints on the event bus is fine', (stack, set) => {
      new ConfigurationSetEventDestination(stack, 'Bus', { configurationSet: set, destination: bus(), events: [BOUNCE, COMPLAINT] });
    }, true],
    ['with both at two destinations is fine', (stack, set) => {
      new ConfigurationSetEventDestination(stack, 'Bus', { configurationSet: set, destination: bus(), events: [BOUNCE] });
      new ConfigurationSetEventDestination(stack, 'Archive', { configurationSet: set, destination: archive(stack), events: [COMPLAINT] });
    }, true],
    ['with bounces alone is reported', (stack, set) => {
      new ConfigurationSetEventDestination(stack, 'Bus', { configurationSet: set, destination: bus(), events: [BOUNCE, SEND] });
    }, false],
    ['with a destination that is switched off is reported', (stack, set) => {
      new ConfigurationSetEventDestination(stack, 'Bus', { configurationSet: set, destination: bus(), enabled: false });
    }, false],
    ['with counters alone is reported: they do not tell which address', (stack, set) => {
      new ConfigurationSetEventDestination(stack, 'Counters', { configurationSet: set, destination: counters() });
    }, false],
    ['with a destination that aws-cdk-lib made is fine', (_stack, set) => {
      set.addEventDestination('Native', { destination: ses.EventDestination.cloudWatchDimensions([]) });
      set.addEventDestination('Other', { destination: { bus: undefined, topic: { topicArn: 't', addToResourcePolicy: () => ({}) } } as never });
    }, true],
  ];
  test.each(cases)('and a default set %s', (__, publish, fine) => {
    const stack = stackIn('eu-west-1');
    const set = new ses.ConfigurationSet(stack, 'Set');
    make(stack, { feedbackForwarding: false, defaultConfigurationSet: set });
    publish(stack, set);
    expect(feedbackFindings(stack)).toEqual(fine ? [] : ['cdk-postmaster:MailIdentity.feedbackNotCovered']);
  });

  test('and an imported default set is taken as it is', () => {
    const stack = stackIn('eu-west-1');
    make(stack, { feedbackForwarding: false, defaultConfigurationSet: MailStream.fromConfigurationSetName(stack, 'Set', 'news') });
    expect(feedbackFindings(stack)).toEqual([]);
  });

  test('the report says what SES does then, and can be acknowledged', () => {
    const stack = stackIn('eu-west-1');
    const identity = make(stack, { feedbackForwarding: false, defaultConfigurationSet: new MailStream(stack, 'Set') });
    expect(findingsOf(stack).map(({ text }) => text)).toContainEqual(expect.stringContaining(
      'the default configuration set Stack/Set does not publish both BOUNCE and COMPLAINT to a topic, the event bus or a delivery stream; SES then mails them to the ' +
      'Return-Path or the sender of each message, although forwarding is off.'));
    const again = stackIn('eu-west-1');
    const other = make(again, { feedbackForwarding: false, defaultConfigurationSet: new MailStream(again, 'Set') });
    Validations.of(other).acknowledge({ id: 'cdk-postmaster:MailIdentity.feedbackNotCovered', reason: 'known' });
    expect(feedbackFindings(again)).toEqual([]);
    expect(identity.identityName).toBe(other.identityName);
  });

  test('and a reporting set that is not the default is reported: mail which names no set falls back to the Return-Path', () => {
    const stack = stackIn('eu-west-1');
    const identity = make(stack, { feedbackForwarding: false });
    const stream = new MailStream(stack, 'News', { feedback: bus() });
    stream.grantSend(new iam.Role(stack, 'Role', { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') }), identity);
    expect(feedbackFindings(stack)).toEqual(['cdk-postmaster:MailIdentity.feedbackNeedsSet']);
    const acknowledged = stackIn('eu-west-1');
    const other = make(acknowledged, { feedbackForwarding: false });
    new MailStream(acknowledged, 'News', { feedback: bus() })
      .grantSend(new iam.Role(acknowledged, 'Role', { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') }), other);
    Validations.of(other).acknowledge({ id: 'cdk-postmaster:MailIdentity.feedbackNeedsSet', reason: 'every call names the set' });
    expect(feedbackFindings(acknowledged)).toEqual([]);
  });
});

describe.each(IDENTITIES)('a %s that says nothing of forwarding', (_, make) => {
  test('leaves it to SES without a default set', () => {
    const stack = stackIn('eu-west-1');
    make(stack, {});
    Template.fromStack(stack).hasResourceProperties('AWS::SES::EmailIdentity', { FeedbackAttributes: Match.absent() });
  });

  test('switches it off when the default set tells somebody, also when that is said later', () => {
    const stack = stackIn('eu-west-1');
    const stream = new MailStream(stack, 'Stream');
    make(stack, { defaultConfigurationSet: stream });
    stream.addEventDestination('Bus', { destination: bus(), events: EventTypes.FEEDBACK });
    expect(forwardingOf(stack)).toBe(false);
    expect(feedbackFindings(stack)).toEqual([]);
  });

  test('leaves it to SES when the default set only counts or stores', () => {
    const stack = stackIn('eu-west-1');
    const stream = new MailStream(stack, 'Stream');
    make(stack, { defaultConfigurationSet: stream });
    stream.addEventDestination('Archive', { destination: archive(stack) });
    stream.addEventDestination('Counters', { destination: counters() });
    expect(forwardingOf(stack)).toBeUndefined();
  });
});

describe.each(IDENTITIES)('a %s with forwarding on', (_, make) => {
  function duplicated() {
    const stack = stackIn('eu-west-1');
    return { stack, identity: make(stack, { feedbackForwarding: true, defaultConfigurationSet: new MailStream(stack, 'Stream', { feedback: bus() }) }) };
  }

  test('and a default set that tells somebody too is reported: each bounce comes twice', () => {
    const { stack } = duplicated();
    expect(feedbackFindings(stack)).toEqual(['cdk-postmaster:MailIdentity.duplicateFeedback']);
    expect(forwardingOf(stack)).toBe(true);
  });

  test('the report can be acknowledged', () => {
    const { stack, identity } = duplicated();
    Validations.of(identity).acknowledge({ id: 'cdk-postmaster:MailIdentity.duplicateFeedback', reason: 'while we migrate' });
    expect(feedbackFindings(stack)).toEqual([]);
  });

  test('and a default set that only stores is fine', () => {
    const stack = stackIn('eu-west-1');
    const stream = new MailStream(stack, 'Stream');
    make(stack, { feedbackForwarding: true, defaultConfigurationSet: stream });
    stream.addEventDestination('Archive', { destination: archive(stack) });
    expect(feedbackFindings(stack)).toEqual([]);
  });
});
