import { fail } from '../private/errors';
import { hasToken } from '../private/tokens';

/**
 * What a sender is told whose mail is sent back.
 */
export interface BounceReplyOptions {
  /**
   * The code of SMTP: three digits, of which the first is 4 (not now) or 5 (never).
   *
   * @see https://www.rfc-editor.org/rfc/rfc5321#section-4.2
   */
  readonly smtpReplyCode: string;

  /**
   * The code which says it in more detail, e.g. `5.1.1`. It begins with the same digit.
   *
   * @default - none
   * @see https://www.rfc-editor.org/rfc/rfc3463
   */
  readonly statusCode?: string;

  /** What people read. */
  readonly message: string;
}

/**
 * What a sender is told whose mail is sent back: the templates of SES, or your own words.
 *
 * SES has accepted the mail by then, and writes to the envelope sender, which may be forged. Where nobody should receive mail at all, leave the recipient out
 * of all rules: SES then refuses the mail while it is offered, for free.
 *
 * @see https://docs.aws.amazon.com/ses/latest/dg/receiving-email-action-bounce.html
 */
export class BounceReply {
  /** There is no such mailbox: 550 5.1.1. */
  public static readonly MAILBOX_DOES_NOT_EXIST = BounceReply.custom({ smtpReplyCode: '550', statusCode: '5.1.1', message: 'Mailbox does not exist' });

  /** The mail is too large: 552 5.3.4. */
  public static readonly MESSAGE_TOO_LARGE = BounceReply.custom({ smtpReplyCode: '552', statusCode: '5.3.4', message: 'Message too large' });

  /** The mailbox is full: 552 5.2.2. */
  public static readonly MAILBOX_FULL = BounceReply.custom({ smtpReplyCode: '552', statusCode: '5.2.2', message: 'Mailbox full' });

  /** The content is not wanted, e.g. spam: 500 5.6.1. */
  public static readonly MESSAGE_CONTENT_REJECTED = BounceReply.custom({ smtpReplyCode: '500', statusCode: '5.6.1', message: 'Message content rejected' });

  /** Something else, for good: 554 5.0.0. */
  public static readonly UNKNOWN_FAILURE = BounceReply.custom({ smtpReplyCode: '554', statusCode: '5.0.0', message: 'Unknown failure' });

  /** Not now; the sender may try again: 450 4.0.0. */
  public static readonly TEMPORARY_FAILURE = BounceReply.custom({ smtpReplyCode: '450', statusCode: '4.0.0', message: 'Temporary failure' });

  /**
   * Your own words.
   *
   * @param options the codes and the message. Refused: codes of another form, codes that say now and never at once, an empty message
   */
  public static custom(options: BounceReplyOptions): BounceReply {
    return new BounceReply(options);
  }

  /** The code of SMTP. */
  public readonly smtpReplyCode: string;

  /** The code which says it in more detail. */
  public readonly statusCode?: string;

  /** What people read. */
  public readonly message: string;

  private constructor({ smtpReplyCode, statusCode, message }: BounceReplyOptions) {
    checkCodes(smtpReplyCode, statusCode);
    if (message.trim() === '') fail('BounceReply.message', 'the bounce has no message; say to the sender why the mail comes back');
    this.smtpReplyCode = smtpReplyCode;
    this.statusCode = statusCode;
    this.message = message;
  }
}

function checkCodes(reply: string, status?: string): void {
  if (!hasToken(reply) && !/^[45]\d\d$/.test(reply)) {
    fail('BounceReply.smtpReplyCode', `"${reply}" is not the code of a bounce; it has three digits, of which the first is 4 or 5, e.g. "550" (RFC 5321)`);
  }
  if (status === undefined || hasToken(status)) return;
  if (!/^[45](?:\.(?:0|[1-9]\d{0,2})){2}$/.test(status)) {
    fail('BounceReply.statusCode', `"${status}" is not the status code of a bounce; it has three numbers, of which the first is 4 or 5, e.g. "5.1.1" (RFC 3463)`);
  }
  if (!hasToken(reply) && reply[0] !== status[0]) {
    fail('BounceReply.codesDiffer', `"${reply}" and "${status}" do not go together; both begin with 4, for a sender who may try again, or both with 5`);
  }
}
