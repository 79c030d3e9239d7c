/*
 * Mail that SES received, as `parseReceivedMail` hands it out: what a topic of a receipt rule and what a function of it get. The names are those of SES. What
 * the documentation and the records of SES disagree about is evened out, and what SES adds over time is kept: it is there at run time, though these types do
 * not know it.
 *
 * Instants are texts, ISO 8601 in UTC, as SES writes them.
 */
import type { MailHeader } from '../ses/mail-header';

/** A received message, and what a receipt rule did with it. */
export interface ReceivedMail {
  /** `Received` in notifications; functions get none. */
  readonly notificationType?: string;

  /** What SES thinks of the message, and the action that this is about. */
  readonly receipt: MailReceipt;

  /** The message. */
  readonly mail: ReceivedMessage;

  /** The message itself, in the encoding of the action. Only from the SNS action; `receivedContent` decodes it. */
  readonly content?: string;
}

/** What SES found out when it received a message. */
export interface MailReceipt {
  /** When the action was triggered. */
  readonly timestamp: string;
  /** From when SES received the message until it triggered the action. */
  readonly processingTimeMillis: number;
  /** The envelope recipients that the rule is for. Go by these: headers may say anything. */
  readonly recipients: readonly string[];
  /** Whether it is spam. `DISABLED` when the rule does not scan. */
  readonly spamVerdict?: Verdict;
  /** Whether there is a virus in it. `DISABLED` when the rule does not scan. */
  readonly virusVerdict?: Verdict;
  /** Whether the sending server may send for the domain of the envelope sender. `GRAY`: the domain does not say so clearly. */
  readonly spfVerdict?: Verdict;
  /** Whether a signature is right. `GRAY`: nobody signed, or another domain than that of the sender. */
  readonly dkimVerdict?: Verdict;
  /** Whether SPF or DKIM vouch for the domain in the header From. `GRAY`: that domain asks for nothing. Some records lack it. */
  readonly dmarcVerdict?: Verdict;
  /** What the domain in the header From asks for when DMARC fails, and only then: `none`, `quarantine` or `reject`. */
  readonly dmarcPolicy?: string;
  /** The action that this is about. */
  readonly action: ReceivedAction;
}

/** What a check says. A check that is missing says nothing, least of all `PASS`. */
export interface Verdict {
  /** `PASS`, `FAIL`, `GRAY` (neither), `PROCESSING_FAILED` (could not be checked) or `DISABLED` (was not checked). */
  readonly status: string;
}

/** The action of a receipt rule that told of the message. `type` tells which of the types it is. */
export type ReceivedAction =
  | S3ReceiptAction | SnsReceiptAction | BounceReceiptAction | LambdaReceiptAction | StopReceiptAction | WorkMailReceiptAction | UnknownReceiptAction;

interface ReceiptActionOf<T extends string> {
  readonly type: T;
  /** The topic that was told. */
  readonly topicArn?: string;
}

/** The message was stored. */
export interface S3ReceiptAction extends ReceiptActionOf<'S3'> {
  readonly bucketName: string;
  /** The key of the object, with the prefix. */
  readonly objectKey: string;
  readonly objectKeyPrefix?: string;
}

/** The message was published. */
export interface SnsReceiptAction extends ReceiptActionOf<'SNS'> {
  /** How `content` is written: `UTF8` or `BASE64`. Some records lack it. */
  readonly encoding?: string;
}

/** The message was sent back. */
export interface BounceReceiptAction extends ReceiptActionOf<'Bounce'> {
  readonly smtpReplyCode: string;
  readonly statusCode?: string;
  readonly message: string;
  readonly sender: string;
}

/** A function was called. */
export interface LambdaReceiptAction extends ReceiptActionOf<'Lambda'> {
  readonly functionArn: string;
  /** `RequestResponse` when SES waits for what the function says, else `Event`. */
  readonly invocationType: string;
}

/** Nothing else happens to the message. */
export type StopReceiptAction = ReceiptActionOf<'Stop'>;

/** The message was given to WorkMail. */
export interface WorkMailReceiptAction extends ReceiptActionOf<'WorkMail'> {
  readonly organizationArn: string;
}

/** An action that is newer than this library, with all that it came with. */
export interface UnknownReceiptAction extends ReceiptActionOf<'Unknown'> {
  /** What SES calls it. */
  readonly unknownType: string;
}

/** A message that SES received. */
export interface ReceivedMessage {
  /** When SES received it. */
  readonly timestamp: string;
  /** The id that SES gave it, and the name of its object in S3. Not the header Message-ID. */
  readonly messageId: string;
  /** The envelope sender, to which bounces go. Empty when the message is a bounce itself. */
  readonly source: string;
  /** The addresses in the headers To and Cc. They need not be those that the message was sent to, which are `receipt.recipients`. */
  readonly destination: readonly string[];
  /** Whether the headers were longer than 10 KB and are cut: those that are missing stand in the message. */
  readonly headersTruncated: boolean;
  /** The headers, first those of SES. */
  readonly headers: readonly MailHeader[];
  /** The usual ones. */
  readonly commonHeaders: ReceivedHeaders;
}

/** The usual headers, whichever there are. Senders write what they like into them. */
export interface ReceivedHeaders {
  readonly messageId?: string;
  readonly date?: string;
  readonly from?: readonly string[];
  readonly sender?: string;
  readonly returnPath?: string;
  readonly replyTo?: readonly string[];
  readonly to?: readonly string[];
  readonly cc?: readonly string[];
  readonly bcc?: readonly string[];
  readonly subject?: string;
}

/** What a function of a receipt rule is called with. It does not have the message itself. */
export interface ReceiptEvent {
  readonly Records: readonly {
    readonly eventSource: 'aws:ses';
    readonly eventVersion: string;
    readonly ses: ReceivedMail;
  }[];
}
