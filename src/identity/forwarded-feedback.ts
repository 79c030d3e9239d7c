/** Mail by SMTP. */
export interface SmtpMail {
  readonly interface: 'smtp';
  /** The address of the SMTP command MAIL FROM. */
  readonly envelopeFrom: string;
  /** The header Return-Path. */
  readonly returnPathHeader?: string;
}

/** Mail by `SendEmail`, whose parts are parameters. */
export interface FormattedMail {
  readonly interface: 'SendEmail';
  /** The parameter `Source`; in the SESv2 API `FromEmailAddress`. */
  readonly source: string;
  /** The parameter `ReturnPath`; in the SESv2 API `FeedbackForwardingEmailAddress`. */
  readonly returnPathParameter?: string;
}

/** Mail by `SendRawEmail`, which is written whole. */
export interface RawMail {
  readonly interface: 'SendRawEmail';
  /** The header From. */
  readonly fromHeader: string;
  /** The header Return-Path. */
  readonly returnPathHeader?: string;
  /** The parameter `Source`. */
  readonly source?: string;
}

/** A message, by the interface through which it is sent. */
export type SentMail = SmtpMail | FormattedMail | RawMail;

/**
 * The address to which SES forwards bounces and complaints of a message by email. It does so when feedback forwarding is on, and also when it is off
 * but nothing else hears of them: no topics on the identity, and no configuration set with such events on the message.
 *
 * @see https://docs.aws.amazon.com/ses/latest/dg/monitor-sending-activity-using-notifications-email.html
 */
export function forwardedFeedbackRecipient(mail: SentMail): string {
  switch (mail.interface) {
    case 'smtp': return firstAddress(mail.returnPathHeader, mail.envelopeFrom);
    case 'SendEmail': return firstAddress(mail.returnPathParameter, mail.source);
    case 'SendRawEmail': return firstAddress(mail.returnPathHeader, mail.source, mail.fromHeader);
  }
}

/** The first that is given, without brackets and display name. */
function firstAddress(...given: (string | undefined)[]): string {
  return given.map(text => (/<([^<>]*)>\s*$/.exec(text ?? '')?.[1] ?? text ?? '').trim()).find(address => address !== '') ?? '';
}
