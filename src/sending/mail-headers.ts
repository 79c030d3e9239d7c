import { fail } from '../private/errors';
import { hasToken } from '../private/tokens';
import { normalizeAddress } from '../records/mail-address';
import { checkMessageTag } from '../ses/message-tags';
import { checkName, SES_NAMES } from '../ses/names';

/** The tag, and with it the dimension of metrics, that says to which campaign a message belongs. */
const CAMPAIGN_TAG = 'campaign';

/** A complaint comes with the original headers but without the recipient, and without SES's own headers, which SES takes off. This one stays. */
const CAMPAIGN_HEADER = 'X-Campaign-Id';

/** The longest line of mail, without its end (RFC 5322, section 2.1.1). SES limits headers of API calls to the same. */
const LINE_MAX = 998;

/**
 * To which contact list a message goes.
 *
 * SES then writes List-Unsubscribe and List-Unsubscribe-Post itself, over those of the message, and does not deliver to contacts who left.
 * Such a message has one recipient, and `{{amazonSESUnsubscribeUrl}}` in its body.
 */
export interface ListManagement {
  /** The name of the contact list. */
  readonly contactList: string;

  /**
   * The topic that a recipient leaves.
   *
   * @default - all topics of the list
   */
  readonly topic?: string;
}

/**
 * What a message says to SES beside its content.
 */
export interface MessageOptions {
  /**
   * The configuration set: without one, SES publishes no events.
   *
   * @default - the default configuration set of the identity, if it has one
   */
  readonly configurationSet?: string;

  /**
   * Message tags, by which events and metrics are told apart. Names and values: 1 to 256 ASCII letters, digits, `-` and `_`.
   *
   * @default - none
   */
  readonly tags?: Record<string, string>;

  /**
   * An id of the campaign, of the same characters: becomes the tag `campaign`, and in headers also `X-Campaign-Id`.
   *
   * @default - none
   */
  readonly campaign?: string;

  /**
   * The address, on a verified identity, to which SES forwards bounces and complaints by mail, when it does so.
   *
   * @default - the sender; by SMTP that of the envelope
   */
  readonly feedbackAddress?: string;

  /**
   * The contact list, for mail that one can unsubscribe from by SES's own means.
   *
   * @default - none, as for transactional mail
   */
  readonly listManagement?: ListManagement;
}

/**
 * The part of an SESv2 `SendEmail` input that says the same; a type of its own, so that no SDK is needed to know it.
 */
export interface SendParameters {
  ConfigurationSetName?: string;
  FeedbackForwardingEmailAddress?: string;
  EmailTags?: { Name: string; Value: string }[];
  ListManagementOptions?: { ContactListName: string; TopicName?: string };
}

/**
 * Headers for mail by SMTP, or raw by the API. SES takes its own ones (`X-SES-...`) off before it sends.
 *
 * Tags given to an API call win over those in headers: SES never merges the two, it ignores the headers'. Give tags in one way only.
 */
export function sesHeaders(options: MessageOptions): Record<string, string> {
  const { configurationSet, campaign, feedbackAddress, listManagement } = options;
  const tags = tagsOf(options);
  const headers: Record<string, string> = {};
  if (configurationSet !== undefined) headers['X-SES-CONFIGURATION-SET'] = checkName(SES_NAMES.configurationSet, configurationSet);
  if (tags.length > 0) headers['X-SES-MESSAGE-TAGS'] = tags.map(([name, value]) => `${name}=${value}`).join(', ');
  if (campaign !== undefined) headers[CAMPAIGN_HEADER] = campaign;
  if (feedbackAddress !== undefined) headers['Return-Path'] = `<${normalizeAddress(feedbackAddress)}>`;
  if (listManagement !== undefined) {
    const { contactList, topic } = checkList(listManagement);
    headers['X-SES-LIST-MANAGEMENT-OPTIONS'] = topic === undefined ? contactList : `${contactList}; topic=${topic}`;
  }
  return checkHeaders(headers);
}

/**
 * Parameters for SESv2 `SendEmail`, to be spread into its input.
 *
 * Tags given here win over those in headers of the message: SES never merges the two, it ignores the headers'. Give tags in one way only.
 * `SendBulkEmail` calls the tags `DefaultEmailTags` and knows no list management.
 */
export function sendParameters(options: MessageOptions): SendParameters {
  const { configurationSet, feedbackAddress, listManagement } = options;
  const tags = tagsOf(options);
  const parameters: SendParameters = {};
  if (configurationSet !== undefined) parameters.ConfigurationSetName = checkName(SES_NAMES.configurationSet, configurationSet);
  if (tags.length > 0) parameters.EmailTags = tags.map(([Name, Value]) => ({ Name, Value }));
  if (feedbackAddress !== undefined) parameters.FeedbackForwardingEmailAddress = normalizeAddress(feedbackAddress);
  if (listManagement !== undefined) {
    const { contactList, topic } = checkList(listManagement);
    parameters.ListManagementOptions = { ContactListName: contactList, ...(topic === undefined ? {} : { TopicName: topic }) };
  }
  return parameters;
}

/**
 * Refuses headers that would not stay what they are: a line break in a value begins a header, or a body, of somebody else's choosing.
 */
export function checkHeaders(headers: Record<string, string>): Record<string, string> {
  for (const [name, value] of Object.entries(headers)) {
    if (/[^\x20-\x7e]/.test(value)) {
      fail('MailHeaders.characters', `header ${name} would be ${JSON.stringify(value)}; a header is one line of printable ASCII`);
    }
    const length = `${name}: ${value}`.length;
    if (length > LINE_MAX && !hasToken(value)) {
      fail('MailHeaders.tooLong', `header ${name} would have ${length} characters; a line of mail has room for ${LINE_MAX} (RFC 5322)`);
    }
  }
  return headers;
}

function tagsOf({ tags = {}, campaign }: MessageOptions): [name: string, value: string][] {
  if (campaign !== undefined && Object.hasOwn(tags, CAMPAIGN_TAG)) {
    fail('MailHeaders.campaignTwice', `the campaign is given as ${JSON.stringify(campaign)} and as the tag "${CAMPAIGN_TAG}"; leave the tag out`);
  }
  const all = Object.entries(campaign === undefined ? tags : { ...tags, [CAMPAIGN_TAG]: campaign });
  for (const [name, value] of all) checkMessageTag(name, value);
  return all;
}

function checkList({ contactList, topic }: ListManagement): ListManagement {
  checkName(SES_NAMES.contactList, contactList);
  if (topic !== undefined) checkName(SES_NAMES.topic, topic);
  return { contactList, topic };
}
