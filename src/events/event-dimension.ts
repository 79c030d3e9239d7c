import { type CloudWatchDimension, CloudWatchDimensionSource } from 'aws-cdk-lib/aws-ses';
import type { IConstruct } from 'constructs';
import { fail } from '../private/errors';
import { finding } from '../private/finding';
import { hasToken } from '../private/tokens';
import { SES_LIMITS } from '../ses/limits';
import { AutoTag, HIGH_CARDINALITY_AUTO_TAGS } from '../ses/message-tags';

/**
 * Dimensions of CloudWatch counters: where SES finds the value, and what it takes when a message has none.
 *
 * @see https://docs.aws.amazon.com/ses/latest/dg/event-publishing-add-event-destination-cloudwatch.html
 */
export class EventDimension {
  /**
   * By a tag of the message: `EmailTags` of the call, or the header `X-SES-MESSAGE-TAGS`.
   *
   * @param name the name of the tag, e.g. `campaign`
   * @param defaultValue for mail without the tag: letters, digits, `-` and `_`
   */
  public static messageTag(name: string, defaultValue: string): CloudWatchDimension {
    return { source: CloudWatchDimensionSource.MESSAGE_TAG, name, defaultValue };
  }

  /**
   * By a tag that SES puts on each message.
   *
   * @param tag the tag
   * @param defaultValue for mail without the tag
   */
  public static autoTag(tag: AutoTag, defaultValue: string): CloudWatchDimension {
    return EventDimension.messageTag(tag, defaultValue);
  }

  /**
   * By a header of the message. SES does not take Received, To, From, DKIM-Signature, CC, Message-ID and Return-Path.
   *
   * @param name the name of the header, e.g. `X-Campaign-Id`
   * @param defaultValue for mail without the header
   */
  public static emailHeader(name: string, defaultValue: string): CloudWatchDimension {
    return { source: CloudWatchDimensionSource.EMAIL_HEADER, name, defaultValue };
  }

  /**
   * By a tag of the link that was clicked: `<a ses:tags="product:book;" href="...">`.
   *
   * @param name the name of the tag, e.g. `product`
   * @param defaultValue for links without the tag
   */
  public static linkTag(name: string, defaultValue: string): CloudWatchDimension {
    return { source: CloudWatchDimensionSource.LINK_TAG, name, defaultValue };
  }

  private constructor() {}
}

const FORBIDDEN_HEADERS = ['received', 'to', 'from', 'dkim-signature', 'cc', 'message-id', 'return-path'];

/** Auto-tags have a colon in their names, which SES forbids elsewhere. */
const NAME = /^[A-Za-z0-9_-]{1,256}$/;
/** SES itself also takes "@" and ".", but CloudFormation refuses them. */
const VALUE = /^[A-Za-z0-9_-]{1,256}$/;

/**
 * Refuses dimensions that SES would refuse, or take and then drop in silence.
 */
export function checkDimensions(dimensions: CloudWatchDimension[]): void {
  const max = SES_LIMITS.dimensionsPerCloudWatchDestination;
  if (dimensions.length < 1 || dimensions.length > max) {
    fail('EventDimension.count', `a CloudWatch destination has ${dimensions.length} dimensions; SES takes 1 to ${max}`);
  }
  for (const dimension of dimensions) checkDimension(dimension);
  const twice = dimensions.map(({ name }) => name).find((name, index, names) => names.indexOf(name) !== index);
  if (twice) fail('EventDimension.twice', `the dimension "${twice}" is given twice; CloudWatch tells metrics apart by the names of dimensions`);
}

function checkDimension({ source, name, defaultValue }: CloudWatchDimension): void {
  const isAutoTag = source === CloudWatchDimensionSource.MESSAGE_TAG && name.startsWith('ses:');
  if (isAutoTag && !Object.values<string>(AutoTag).includes(name)) {
    fail('EventDimension.autoTag', `"${name}" is not a tag that SES sets; those are ${Object.values(AutoTag).join(', ')}`);
  }
  if (!isAutoTag && !hasToken(name) && !NAME.test(name)) {
    fail('EventDimension.name', `the dimension name "${name}" is not accepted by SES; it takes 1 to 256 ASCII letters, digits, "-" and "_"`);
  }
  if (source === CloudWatchDimensionSource.EMAIL_HEADER && FORBIDDEN_HEADERS.includes(name.toLowerCase())) {
    fail('EventDimension.header', `SES makes no dimension of the header "${name}"; it excludes ${FORBIDDEN_HEADERS.join(', ')}. Use a header of your own`);
  }
  if (!hasToken(defaultValue) && !VALUE.test(defaultValue)) {
    fail('EventDimension.defaultValue', `the default value "${defaultValue}" of the dimension "${name}" is not accepted by CloudFormation; it takes 1 to 256 ASCII ` +
      'letters, digits, "-" and "_"');
  }
}

/**
 * Reports dimensions that become expensive: each value is a metric that is billed apart.
 */
export function reportCardinality(scope: IConstruct, dimensions: CloudWatchDimension[]): void {
  const wide = dimensions.map(({ name }) => name).filter(name => HIGH_CARDINALITY_AUTO_TAGS.has(name));
  if (wide.length === 0) return;
  finding(scope, 'EventDestination.highCardinality', `${wide.join(', ')} as dimension makes a metric of each value with each event, every one billed apart; ` +
    'use a message tag with few values, or an EventArchive for questions like that');
}
