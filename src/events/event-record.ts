/*
 * The record of an event as `parseMailEvents` hands it out. The names are those of SES. What the documentation and the records of SES disagree about is
 * evened out, and what SES adds over time is kept: it is there at run time, though these types do not know it.
 *
 * Instants are texts, ISO 8601 in UTC, as SES writes them.
 */

import type { MailHeader } from '../ses/mail-header';

export type { MailHeader };

/** What happened to a message. `eventType` tells which of the types it is. */
export type MailEvent =
  | SendEvent | RenderingFailureEvent | RejectEvent | DeliveryEvent | BounceEvent | ComplaintEvent | DeliveryDelayEvent | SubscriptionEvent
  | OpenEvent | ClickEvent | UnknownEvent;

/** Texts by name: the tags of a message or of a link. */
export type TagLists = Readonly<Record<string, readonly string[]>>;

interface EventOf<T extends string> {
  readonly eventType: T;

  /** Only in what an identity's own topics get, which has no `tags`: what SES calls the type there. */
  readonly notificationType?: string;

  /** The message. */
  readonly mail: MailRecord;
}

/** SES accepted the message. The subject may be missing when a template makes it. */
export interface SendEvent extends EventOf<'Send'> {
  /** Always empty. */
  readonly send: Readonly<Record<string, unknown>>;
}

/** SES accepted the message and did not send it, since its data do not fit its template. */
export interface RenderingFailureEvent extends EventOf<'Rendering Failure'> {
  readonly failure: {
    readonly templateName: string;
    readonly errorMessage: string;
  };
}

/** SES accepted the message, found a virus and did not send it. */
export interface RejectEvent extends EventOf<'Reject'> {
  readonly reject: {
    /** So far always `Bad content`. */
    readonly reason: string;
  };
}

/** The server of the recipient took the message. The same recipient may bounce later. */
export interface DeliveryEvent extends EventOf<'Delivery'> {
  readonly delivery: {
    readonly timestamp: string;
    /** From when SES accepted the message until it was delivered. */
    readonly processingTimeMillis: number;
    readonly recipients: readonly string[];
    readonly smtpResponse: string;
    /** The host of SES that delivered. */
    readonly reportingMTA?: string;
    readonly remoteMtaIp?: string;
  };
}

/** The message did not reach some recipients, and SES no longer tries. */
export interface BounceEvent extends EventOf<'Bounce'> {
  readonly bounce: {
    /** `Permanent`, `Transient` or `Undetermined`. */
    readonly bounceType: string;
    /** E.g. `General` or `MailboxFull`. SES adds to them over time. */
    readonly bounceSubType: string;
    readonly bouncedRecipients: readonly BouncedRecipient[];
    /** When the other side reported the bounce. */
    readonly timestamp: string;
    readonly feedbackId: string;
    /** Who reported, without the `dns;` in front. Only with a delivery status notification. */
    readonly reportingMTA?: string;
    readonly remoteMtaIp?: string;
  };
}

/** A recipient that bounced. All but the address stands in a delivery status notification, which not every bounce has. */
export interface BouncedRecipient {
  /** Empty when the bounce does not tell. */
  readonly emailAddress: string;
  /** E.g. `failed`. */
  readonly action?: string;
  /** E.g. `5.1.1`. */
  readonly status?: string;
  /** E.g. `smtp; 550 5.1.1 user unknown`. */
  readonly diagnosticCode?: string;
}

/** Somebody marked the message as spam. */
export interface ComplaintEvent extends EventOf<'Complaint'> {
  readonly complaint: {
    /** Who may have complained: most providers hide who did, and then all recipients of the message at the provider are here. */
    readonly complainedRecipients: readonly { readonly emailAddress: string }[];
    /** When the provider reported the complaint. */
    readonly timestamp: string;
    readonly feedbackId: string;
    /** `OnAccountSuppressionList` when SES did not send, since the address is on the list. */
    readonly complaintSubType?: string;
    /** What made the report. */
    readonly userAgent?: string;
    /** `abuse`, `auth-failure`, `fraud`, `not-spam`, `other` or `virus`. */
    readonly complaintFeedbackType?: string;
    readonly arrivalDate?: string;
  };
}

/** The message did not reach some recipients yet, and SES goes on trying. */
export interface DeliveryDelayEvent extends EventOf<'DeliveryDelay'> {
  readonly deliveryDelay: {
    readonly timestamp: string;
    /** E.g. `MailboxFull` or `SpamDetected`. */
    readonly delayType: string;
    readonly delayedRecipients: readonly DelayedRecipient[];
    /** Until when SES tries. */
    readonly expirationTime?: string;
    readonly reportingMTA?: string;
  };
}

/** A recipient that has to wait. */
export interface DelayedRecipient {
  readonly emailAddress: string;
  readonly status?: string;
  readonly diagnosticCode?: string;
}

/** A recipient changed a subscription to a contact list. */
export interface SubscriptionEvent extends EventOf<'Subscription'> {
  readonly subscription: {
    readonly contactList: string;
    readonly timestamp: string;
    /** How it was changed, e.g. `UnsubscribeHeader`. */
    readonly source: string;
    readonly newTopicPreferences: TopicPreferences;
    readonly oldTopicPreferences: TopicPreferences;
  };
}

/** What somebody wants to read. */
export interface TopicPreferences {
  readonly unsubscribeAll: boolean;
  readonly topicSubscriptionStatus: readonly TopicStatus[];
  readonly topicDefaultSubscriptionStatus?: readonly TopicStatus[];
}

/** Whether somebody wants to read about a topic: `OptIn` or `OptOut`. */
export interface TopicStatus {
  readonly topicName: string;
  readonly subscriptionStatus: string;
}

/** The message was opened; with several recipients nobody knows by whom. */
export interface OpenEvent extends EventOf<'Open'> {
  readonly open: {
    readonly ipAddress: string;
    readonly timestamp: string;
    readonly userAgent: string;
  };
}

/** A link was clicked; with several recipients nobody knows by whom. */
export interface ClickEvent extends EventOf<'Click'> {
  readonly click: {
    readonly ipAddress: string;
    readonly timestamp: string;
    readonly userAgent: string;
    readonly link: string;
    readonly linkTags: TagLists;
  };
}

/** An event of a type that is newer than this library, with all that it came with. */
export interface UnknownEvent {
  readonly eventType: 'Unknown';
  /** What SES calls it. */
  readonly unknownType: string;
  readonly mail?: MailRecord;
  readonly [field: string]: unknown;
}

/** The message of an event. */
export interface MailRecord {
  /** When it was sent. */
  readonly timestamp: string;
  /** The id that SES gave it, and to whoever sent it. Not the header Message-ID. */
  readonly messageId: string;
  /** The sender, in some records with a display name. */
  readonly source: string;
  /** The sender without a display name. */
  readonly sourceAddress: string;
  /** The identity. Opens and clicks lack it. */
  readonly sourceArn?: string;
  /** The account that sent; for a delegate its own. */
  readonly sendingAccountId?: string;
  /** All recipients. */
  readonly destination: readonly string[];
  /** Whether the headers were longer than 10 KB and are cut. */
  readonly headersTruncated: boolean;
  /** The headers as the sender wrote them, also Message-ID. Identity notifications have them if asked to, and several events have none. */
  readonly headers?: readonly MailHeader[];
  /** The usual ones. `messageId` is the header in identity notifications, and SES's own id in other events. */
  readonly commonHeaders?: CommonHeaders;
  /** The tags of the message and those of SES; empty in identity notifications. */
  readonly tags: TagLists;
}

/** The usual headers, whichever there are. */
export interface CommonHeaders {
  readonly from?: readonly string[];
  readonly to?: readonly string[];
  readonly date?: string;
  readonly messageId?: string;
  readonly subject?: string;
}
