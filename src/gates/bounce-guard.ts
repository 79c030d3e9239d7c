import type { ReceivedMail } from '../inbox/received-mail';

/** For how long SES can answer mail with a bounce. */
const BOUNCE_WITHIN_MS = 24 * 3_600_000;

/** Who writes nothing that is to be bounced. */
const ROBOT = /^(?:mailer-daemon|postmaster|.*-bounces?(?:\+.*)?|bounces?(?:[+-].*)?)@/i;

/** Fields of mail that a program sends, and the values with which a person may have sent it. */
const AUTOMATIC: readonly [name: string, unless: RegExp][] = [
  ['auto-submitted', /^no\b/i],
  ['precedence', /^(?!\s*(?:bulk|junk|list|auto_reply)\b)/i],
  ['x-auto-response-suppress', /^none\b/i],
  ['list-id', /^$/],
  ['list-unsubscribe', /^$/],
];

/**
 * Why mail must not be answered with a bounce; undefined when it may be.
 *
 * A bounce goes to the address in the envelope, which whoever sends spam invents: one to an address that SPF does not vouch for hits somebody who has sent
 * nothing (backscatter), and gets the one who bounces onto block lists. One to a program may be answered, and that again (loop).
 *
 * @param received the mail
 * @param now in milliseconds
 */
export function whyNoBounce({ mail, receipt }: ReceivedMail, now: number): string | undefined {
  const addressee = mail.source;
  if (!addressee.includes('@')) return 'nobody to tell: the mail is a bounce itself';
  if (ROBOT.test(addressee)) return 'sent by a mail server';
  if (receipt.recipients.some(own => own.toLowerCase() === addressee.toLowerCase())) return 'sent by the recipient itself';
  if (receipt.spfVerdict?.status !== 'PASS') return 'SPF does not vouch for the sender, who may have sent nothing';
  const valuesOf = (name: string) => mail.headers.filter(header => header.name.toLowerCase() === name).map(({ value }) => value.trim());
  const field = AUTOMATIC.find(([name, unless]) => valuesOf(name).some(value => !unless.test(value)));
  if (field) return `sent by a program (${field[0]})`;
  if (mail.headersTruncated) return 'its header is too long to tell whether a program sent it';
  const age = now - Date.parse(mail.timestamp);
  return age >= 0 && age < BOUNCE_WITHIN_MS ? undefined : 'received more than 24 hours ago, or at no known time';
}
