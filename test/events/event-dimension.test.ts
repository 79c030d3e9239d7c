import { Aws, Validations } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { type CloudWatchDimension, CloudWatchDimensionSource, ConfigurationSet, EmailSendingEvent } from 'aws-cdk-lib/aws-ses';
import * as fc from 'fast-check';
import { AutoTag, ConfigurationSetEventDestination, EventDestination, EventDimension } from '../../src';
import { checkDimensions } from '../../src/events/event-dimension';
import { findingIdsOf, stackIn } from '../support/stacks';

const many = (count: number) => Array.from({ length: count }, (_, index) => EventDimension.messageTag(`tag${index}`, 'none'));

function destinationWith(dimensions: CloudWatchDimension[], events?: EmailSendingEvent[]) {
  const stack = stackIn('eu-west-1');
  const configurationSet = new ConfigurationSet(stack, 'Set');
  const destination = new ConfigurationSetEventDestination(stack, 'Counters', {
    configurationSet, destination: EventDestination.cloudWatchDimensions(dimensions), events,
  });
  return { stack, destination, configurationSet };
}

test('each source of a value is written as CloudFormation spells it', () => {
  const { stack } = destinationWith([
    EventDimension.messageTag('campaign', 'none'), EventDimension.autoTag(AutoTag.CONFIGURATION_SET, 'news'),
    EventDimension.emailHeader('X-Campaign-Id', 'a_b-1'), EventDimension.linkTag('product', '-'),
  ], [EmailSendingEvent.CLICK]);
  Template.fromStack(stack).hasResourceProperties('AWS::SES::ConfigurationSetEventDestination', {
    EventDestination: {
      Enabled: true,
      MatchingEventTypes: ['click'],
      CloudWatchDestination: {
        DimensionConfigurations: [
          { DimensionValueSource: 'messageTag', DimensionName: 'campaign', DefaultDimensionValue: 'none' },
          { DimensionValueSource: 'messageTag', DimensionName: 'ses:configuration-set', DefaultDimensionValue: 'news' },
          { DimensionValueSource: 'emailHeader', DimensionName: 'X-Campaign-Id', DefaultDimensionValue: 'a_b-1' },
          { DimensionValueSource: 'linkTag', DimensionName: 'product', DefaultDimensionValue: '-' },
        ],
      },
    },
  });
});

test('a value that only the deployment knows passes', () => {
  expect(() => checkDimensions([EventDimension.messageTag('stack', Aws.STACK_NAME)])).not.toThrow();
});

test.each([
  ['no dimension', [], 'a CloudWatch destination has 0 dimensions; SES takes 1 to 10 [EventDimension.count]'],
  ['eleven dimensions', many(11), 'a CloudWatch destination has 11 dimensions; SES takes 1 to 10 [EventDimension.count]'],
  ['the same name twice', [...many(1), ...many(1)],
    'the dimension "tag0" is given twice; CloudWatch tells metrics apart by the names of dimensions [EventDimension.twice]'],
  ['a name with a space', [EventDimension.messageTag('my tag', 'none')],
    'the dimension name "my tag" is not accepted by SES; it takes 1 to 256 ASCII letters, digits, "-" and "_" [EventDimension.name]'],
  ['an auto-tag that SES does not set', [EventDimension.messageTag('ses:campaign', 'none')],
    '"ses:campaign" is not a tag that SES sets; those are ses:caller-identity, ses:configuration-set, ses:from-domain, ses:outgoing-ip, ses:source-ip, ' +
    'ses:source-tls-version, ses:operation [EventDimension.autoTag]'],
  ['an auto-tag as the name of a header', [EventDimension.emailHeader('ses:from-domain', 'none')],
    'the dimension name "ses:from-domain" is not accepted by SES; it takes 1 to 256 ASCII letters, digits, "-" and "_" [EventDimension.name]'],
  ['an empty default value', [EventDimension.messageTag('tag', '')],
    'the default value "" of the dimension "tag" is not accepted by CloudFormation; it takes 1 to 256 ASCII letters, digits, "-" and "_" ' +
    '[EventDimension.defaultValue]'],
  ['a domain as default value', [EventDimension.autoTag(AutoTag.FROM_DOMAIN, 'example.com')],
    'the default value "example.com" of the dimension "ses:from-domain" is not accepted by CloudFormation'],
])('%s is refused', (_, dimensions, message) => {
  expect(() => checkDimensions(dimensions)).toThrow(message);
});

test.each(['Received', 'To', 'FROM', 'dkim-signature', 'Cc', 'Message-ID', 'Return-Path'])('the header %s is refused in any case of letters', header => {
  expect(() => checkDimensions([EventDimension.emailHeader(header, 'none')])).toThrow(`SES makes no dimension of the header "${header}"`);
  expect(() => checkDimensions([EventDimension.messageTag(header, 'none')])).not.toThrow();
});

test('a refused header names the ones that SES excludes', () => {
  expect(() => checkDimensions([EventDimension.emailHeader('To', 'none')])).toThrow(
    'it excludes received, to, from, dkim-signature, cc, message-id, return-path. Use a header of your own [EventDimension.header]');
});

test('whatever passes has one to ten dimensions with different names of the accepted letters', () => {
  const dimension = fc.record({
    source: fc.constantFrom(...Object.values(CloudWatchDimensionSource)),
    name: fc.string({ maxLength: 5 }),
    defaultValue: fc.string({ maxLength: 5 }),
  });
  fc.assert(fc.property(fc.array(dimension, { maxLength: 12 }), dimensions => {
    try {
      checkDimensions(dimensions);
    } catch {
      return;
    }
    expect(dimensions.length).toBeGreaterThan(0);
    expect(dimensions.length).toBeLessThan(11);
    expect(new Set(dimensions.map(({ name }) => name)).size).toBe(dimensions.length);
    dimensions.forEach(({ name, defaultValue }) => {
      expect(name).toMatch(/^[A-Za-z0-9_-]+$/);
      expect(defaultValue).toMatch(/^[A-Za-z0-9_-]+$/);
    });
  }));
});

describe('dimensions with many values', () => {
  test.each([AutoTag.FROM_DOMAIN, AutoTag.SOURCE_IP, AutoTag.OUTGOING_IP, AutoTag.CALLER_IDENTITY])('%s is reported', tag => {
    const { stack } = destinationWith([EventDimension.autoTag(tag, 'none')]);
    expect(findingIdsOf(stack)).toContain('cdk-postmaster:EventDestination.highCardinality');
  });

  test('the report can be acknowledged', () => {
    const { stack, destination } = destinationWith([EventDimension.autoTag(AutoTag.FROM_DOMAIN, 'none')]);
    Validations.of(destination).acknowledge({ id: 'cdk-postmaster:EventDestination.highCardinality', reason: 'three domains' });
    expect(findingIdsOf(stack)).toEqual([]);
  });

  test('tags of one\'s own and the configuration set are not reported', () => {
    const { stack } = destinationWith([EventDimension.messageTag('campaign', 'none'), EventDimension.autoTag(AutoTag.CONFIGURATION_SET, 'news')]);
    expect(findingIdsOf(stack)).toEqual([]);
  });
});

describe('a dimension read from link tags', () => {
  const LINK = [EventDimension.linkTag('product', 'none')];

  test('is reported without click events, which alone have link tags', () => {
    expect(findingIdsOf(destinationWith(LINK).stack)).toEqual(['cdk-postmaster:EventDestination.linkTagWithoutClick']);
  });

  test('is not reported with them', () => {
    expect(findingIdsOf(destinationWith(LINK, [EmailSendingEvent.CLICK]).stack)).toEqual([]);
  });

  test('the report can be acknowledged', () => {
    const { stack, destination } = destinationWith(LINK);
    Validations.of(destination).acknowledge({ id: 'cdk-postmaster:EventDestination.linkTagWithoutClick', reason: 'clicks come later' });
    expect(findingIdsOf(stack)).toEqual([]);
  });
});

describe('the metric of a CloudWatch destination', () => {
  test('has the value of each dimension', () => {
    const { stack, destination } = destinationWith([EventDimension.messageTag('campaign', 'none'), EventDimension.messageTag('genre', 'none')]);
    const metric = destination.metric(EmailSendingEvent.BOUNCE, { campaign: 'spring', genre: 'news' });
    expect(stack.resolve(metric.toMetricConfig().metricStat)).toMatchObject({
      namespace: 'AWS/SES', metricName: 'Bounce', statistic: 'Sum', dimensions: [{ name: 'campaign', value: 'spring' }, { name: 'genre', value: 'news' }],
    });
  });

  test('is refused without one of them, since CloudWatch would find nothing', () => {
    const { destination } = destinationWith([EventDimension.messageTag('campaign', 'none'), EventDimension.messageTag('genre', 'none')]);
    expect(() => destination.metric(EmailSendingEvent.BOUNCE, { campaign: 'spring' })).toThrow(
      'the counters of this destination have the dimensions campaign, genre, and values are given for campaign; a counter is found only by all of its ' +
      'dimensions (at Stack/Counters) [EventDestination.dimensionValues]');
  });

  test('is refused for an event that the destination does not publish', () => {
    const { destination } = destinationWith([EventDimension.messageTag('campaign', 'none')], [EmailSendingEvent.BOUNCE]);
    expect(() => destination.metric(EmailSendingEvent.SEND, { campaign: 'spring' })).toThrow(
      'the destination does not publish send; it publishes bounce (at Stack/Counters) [EventDestination.notCounted]');
  });
});
