import { createHash } from 'node:crypto';
import { blocklistOf } from './blocklist';
import type { BounceEvent, ComplaintEvent, DeliveryDelayEvent, MailEvent, MailRecord, SubscriptionEvent, TagLists } from './event-record';
import {
  type AmbiguousComplaints, countsInBounceRate, decideBounce, decideComplaint, decideDelay, type FeedbackDecision, isSecurityReport,
} from './feedback-decision';
import { bareAddress } from './normalize-event';
import { MailboxSimulator } from '../ses/mailbox-simulator';
import { AutoTag } from '../ses/message-tags';

/**
 * What an event says about one recipient, and what to do about it.
 */
export interface Feedback extends FeedbackDecision {
  /** The same for the same news, however often and on whatever way it comes, and no other's. It shows no address. */
  readonly key: string;
  readonly eventType: MailEvent['eventType'];
  /** Missing when the event does not tell whom it is about. The domain is in lower case, and what stands before it is as it was: only its server knows its case. */
  readonly address?: string;
  /** When it happened, ISO 8601 in UTC; empty when the event does not tell. */
  readonly timestamp: string;
  /** The id that SES gave the message. */
  readonly messageId: string;
  /** The header Message-ID of the message, where the event has it. */
  readonly messageIdHeader?: string;
  readonly sourceAddress: string;
  readonly configurationSet?: string;
  /** The tags of the message. */
  readonly tags: TagLists;
  /** The id of the bounce or complaint. */
  readonly feedbackId?: string;
  readonly bounceType?: string;
  readonly bounceSubType?: string;
  /** Whether AWS counts the bounce when it judges the account. */
  readonly countsInBounceRate?: boolean;
  readonly complaintFeedbackType?: string;
  readonly complaintSubType?: string;
  /** Whether a complaint is about fraud, a virus or forged mail. */
  readonly securityReport?: boolean;
  readonly delayType?: string;
  /** The status of the delivery, e.g. `5.1.1`. */
  readonly status?: string;
  /** What the other side said. */
  readonly diagnosticCode?: string;
  /** The list on the Internet because of which the other side has refused the message, e.g. `Spamhaus`: the address works, the sender is what it does not like. */
  readonly blocklist?: string;
  /** The IP address of SES, or of your own, that is on this list, where the other side says so. */
  readonly blockedIp?: string;
  readonly processingTimeMillis?: number;
  readonly subscription?: SubscriptionEvent['subscription'];
  /** Whether it may be about another recipient of the same message. */
  readonly ambiguous: boolean;
  /** Whether it is about the mailbox simulator. Nobody is to be suppressed then. */
  readonly simulator: boolean;
}

/**
 * How feedback is judged.
 */
export interface FeedbackOptions {
  /** What to do when one of several recipients has complained; `suppressAll` when left out. */
  readonly ambiguousComplaints?: AmbiguousComplaints;
}

/** The part of feedback that comes from what is particular to the type of event. */
type Particulars = Omit<Feedback, 'key' | 'eventType' | 'address' | 'messageId' | 'messageIdHeader' | 'sourceAddress' | 'configurationSet' | 'tags' | 'simulator'>;

interface Recipient {
  readonly emailAddress: string;
  readonly status?: string;
  readonly diagnosticCode?: string;
}

/**
 * One record for each recipient that an event is about, with what to do. An event that names no recipient makes one record, without an address.
 *
 * @param event an event, as `parseMailEvents` reads it
 * @param options how it is judged
 */
export function feedbackOf(event: MailEvent, options: FeedbackOptions = {}): Feedback[] {
  const named = recipientsOf(event);
  const found = (named.length === 0 ? [{ emailAddress: '' }] : named).map(recipient => about(event, recipient, particulars(event, named.length, options)));
  return [...new Map(found.map(feedback => [feedback.key, feedback])).values()];
}

/**
 * An address in the form in which two are compared: without a display name, the domain in lower case. What stands before the @ keeps its case, since only the
 * server of the recipient knows whether case matters there.
 *
 * @param address e.g. `Jane <Jane.Doe@Example.com>`
 */
export function canonicalAddress(address: string): string {
  const bare = bareAddress(address);
  const domain = bare.lastIndexOf('@') + 1;
  return bare.slice(0, domain) + bare.slice(domain).toLowerCase();
}

function about(event: MailEvent, { emailAddress, status, diagnosticCode }: Recipient, facts: Particulars): Feedback {
  const address = emailAddress.includes('@') ? canonicalAddress(emailAddress) : undefined;
  const mail: Partial<MailRecord> = event.mail ?? {};
  const unaddressed = address === undefined && ['suppress', 'mark', 'count'].includes(facts.action);
  const listing = blocklistOf(textOf(diagnosticCode) ?? '');
  return {
    ...facts,
    ...listing && facts.action === 'count' ? { action: 'none', reason: 'refused for now, since a blocklist has the sender' } : {},
    ...unaddressed ? { action: 'operatorAlert', reason: `${facts.reason}, and the event does not say for whom` } : {},
    key: keyOf([event.eventType === 'Unknown' ? event.unknownType : event.eventType, ...facts.feedbackId ?
      [facts.feedbackId, address ?? ''] :
      [mail.messageId ?? '', address ?? '', facts.timestamp]]),
    eventType: event.eventType,
    address,
    messageId: mail.messageId ?? '',
    messageIdHeader: messageIdHeader(event),
    sourceAddress: mail.sourceAddress ?? '',
    configurationSet: textOf(mail.tags?.[AutoTag.CONFIGURATION_SET]?.[0]),
    tags: mail.tags ?? {},
    status: textOf(status),
    diagnosticCode: textOf(diagnosticCode),
    blocklist: listing?.list,
    blockedIp: listing?.ip,
    simulator: address !== undefined && MailboxSimulator.isSimulator(address),
  };
}

function recipientsOf(event: MailEvent): readonly Recipient[] {
  switch (event.eventType) {
    case 'Bounce': return event.bounce.bouncedRecipients;
    case 'Complaint': return event.complaint.complainedRecipients;
    case 'DeliveryDelay': return event.deliveryDelay.delayedRecipients;
    case 'Delivery': return event.delivery.recipients.map(emailAddress => ({ emailAddress }));
    default: return (event.mail?.destination ?? []).map(emailAddress => ({ emailAddress }));
  }
}

function particulars(event: MailEvent, recipients: number, options: FeedbackOptions): Particulars {
  const sent = instant(event.mail?.timestamp ?? '');
  const certain = { timestamp: sent, ambiguous: false };
  switch (event.eventType) {
    case 'Bounce': return ofBounce(event);
    case 'Complaint': return ofComplaint(event, recipients, options);
    case 'DeliveryDelay': return ofDelay(event);
    case 'Reject': return { ...certain, action: 'operatorAlert', reason: 'not sent: SES found a virus in the message' };
    case 'Rendering Failure': return { ...certain, action: 'contentAlert', reason: 'not sent: the data do not fit the template' };
    case 'Delivery': return { ...nothing('delivered', event.delivery.timestamp), processingTimeMillis: event.delivery.processingTimeMillis };
    case 'Subscription': return { ...nothing('the subscription has changed', event.subscription.timestamp), subscription: event.subscription };
    case 'Open': return { ...nothing('opened', event.open.timestamp), ambiguous: recipients > 1 };
    case 'Click': return { ...nothing('clicked', event.click.timestamp), ambiguous: recipients > 1 };
    case 'Send': return nothing('sent', sent);
    case 'Unknown': return nothing('an event that this version does not know', sent);
  }
}

function nothing(reason: string, timestamp: string): Particulars {
  return { action: 'none', reason, timestamp: instant(timestamp), ambiguous: false };
}

function ofBounce({ bounce }: BounceEvent): Particulars {
  const { bounceType, bounceSubType, feedbackId } = bounce;
  return {
    ...decideBounce(bounceType, bounceSubType),
    timestamp: instant(bounce.timestamp),
    feedbackId,
    bounceType,
    bounceSubType,
    countsInBounceRate: countsInBounceRate(bounceType, bounceSubType),
    ambiguous: false,
  };
}

function ofComplaint({ complaint }: ComplaintEvent, possibleComplainers: number, { ambiguousComplaints }: FeedbackOptions): Particulars {
  const { complaintFeedbackType, complaintSubType, feedbackId } = complaint;
  return {
    ...decideComplaint({ complaintFeedbackType, complaintSubType, possibleComplainers }, ambiguousComplaints),
    timestamp: instant(complaint.timestamp),
    feedbackId,
    complaintFeedbackType,
    complaintSubType,
    securityReport: isSecurityReport(complaintFeedbackType),
    ambiguous: possibleComplainers > 1,
  };
}

function ofDelay({ deliveryDelay }: DeliveryDelayEvent): Particulars {
  const { delayType, timestamp } = deliveryDelay;
  return { ...decideDelay(delayType), timestamp: instant(timestamp), delayType, ambiguous: false };
}

/** The header as the sender wrote it. Only identity notifications repeat it among the common headers; elsewhere the id there is that of SES. */
function messageIdHeader({ mail, notificationType }: MailEvent): string | undefined {
  const header = mail?.headers?.find(({ name }) => name.toLowerCase() === 'message-id');
  return header?.value ?? (notificationType === undefined ? undefined : textOf(mail?.commonHeaders?.messageId));
}

/** A record may have anything where a text belongs. */
function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** One way to write an instant, so that texts sort as time does. */
function instant(text: string): string {
  const time = Date.parse(text);
  return Number.isNaN(time) ? '' : new Date(time).toISOString();
}

function keyOf(parts: string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64url');
}
