import { fail } from '../private/errors';
import { hasToken } from '../private/tokens';

/**
 * The tags that SES puts on every message by itself. Events carry them, and they can be dimensions of CloudWatch metrics.
 *
 * @see https://docs.aws.amazon.com/ses/latest/dg/monitor-using-event-publishing.html
 */
export enum AutoTag {
  /** The IAM identity that sent. */
  CALLER_IDENTITY = 'ses:caller-identity',

  /** The configuration set. */
  CONFIGURATION_SET = 'ses:configuration-set',

  /** The domain of the From address. */
  FROM_DOMAIN = 'ses:from-domain',

  /** The IP address from which SES delivers. */
  OUTGOING_IP = 'ses:outgoing-ip',

  /** The IP address of the program that sent. */
  SOURCE_IP = 'ses:source-ip',

  /** The version of TLS with which the program sent. */
  SOURCE_TLS_VERSION = 'ses:source-tls-version',

  /** The API operation that sent, e.g. `SendEmail`. AWS's lists leave it out, events have it. */
  OPERATION = 'ses:operation',
}

/** The names of all of them, to tell them from a sender's own. */
export const AUTO_TAGS: readonly string[] = Object.values(AutoTag);

/** Those with a value for each sender, domain or address: as a dimension, every value is a CloudWatch metric that is paid for. */
export const HIGH_CARDINALITY_AUTO_TAGS: ReadonlySet<string> = new Set([
  AutoTag.FROM_DOMAIN, AutoTag.OUTGOING_IP, AutoTag.SOURCE_IP, AutoTag.CALLER_IDENTITY,
]);

/** How the names of SES's own tags begin. */
const AUTO_TAG_PREFIX = 'ses:';

/** What a name or a value may be. */
const TEXT = /^[A-Za-z0-9_-]{1,256}$/;

/** The same around a value that only a deployment knows: nothing passes under its cover that would end the tag, the header or the attribute. */
const TEXT_WITH_TOKEN = /^[A-Za-z0-9_${}[\].:-]+$/;

/**
 * Refuses a message tag that SES does not take, or takes without counting the message.
 */
export function checkMessageTag(name: string, value: string): void {
  if (name.startsWith(AUTO_TAG_PREFIX)) {
    fail('MessageTag.reserved', `message tag name ${JSON.stringify(name)} begins with "${AUTO_TAG_PREFIX}", as the tags do that SES sets ` +
      'by itself; take another name');
  }
  checkTagText(name, `message tag name ${JSON.stringify(name)}`);
  checkTagText(value, `value ${JSON.stringify(value)} of message tag ${JSON.stringify(name)}`);
}

/**
 * Refuses a text that cannot be the name or the value of a tag, be it of a message or of a link.
 *
 * @param text the name or the value
 * @param what how the message calls it
 */
export function checkTagText(text: string, what: string): void {
  if (!(hasToken(text) ? TEXT_WITH_TOKEN : TEXT).test(text)) {
    fail('MessageTag.form', `${what} is not accepted; SES takes 1 to 256 ASCII letters, digits, "-" and "_", ` +
      'and loses the metrics of other tags in silence');
  }
}
