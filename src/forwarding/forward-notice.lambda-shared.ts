/*
 * Mail in place of mail that cannot be sent on as it is: SES refuses headers that are no proper ones, lines that are too long, and what is too large. Nothing
 * is lost then: the destination gets the original as an attachment, or if that is too large, the place where it is kept.
 */
import { randomUUID } from 'node:crypto';
import { decodeWords } from 'postal-mime';
import { FORWARDED_HEADER } from './forward-constants';
import { splitMessage, valueOf } from './header-block';
import { encodedWords, mailboxLines, viaName } from './mailbox.lambda-shared';
import { authorsOf, type Rewriting } from './rewrite-message.lambda-shared';

/** What the notice tells. */
export interface NoticeOptions extends Rewriting {
  /** To whom. */
  readonly destination: string;
  /** The address to which the original was sent. */
  readonly recipient: string;
  /** Where the original is kept. */
  readonly place: string;
}

/** A line of base64 in mail, in characters. */
const LINE = 76;

/** How much of a subject is repeated. */
const SUBJECT_MAX = 200;

/**
 * A message with the original attached.
 */
export function wrappedMessage(original: Buffer, options: NoticeOptions): Buffer {
  return notice(original, options, `A message to ${options.recipient} could not be sent on as it is. It is attached.`, [
    ['Content-Type: application/octet-stream; name="message.eml"', 'Content-Disposition: attachment; filename="message.eml"', base64(original)],
  ]);
}

/**
 * A message that says where the original is.
 */
export function pointerMessage(original: Buffer, options: NoticeOptions): Buffer {
  return notice(original, options, `A message of ${original.length} bytes to ${options.recipient} could not be sent on. It is kept at ${options.place}`, []);
}

/** Of a part: header fields, and the content in base64. */
type Part = readonly [...headers: string[], content: string];

function notice(original: Buffer, options: NoticeOptions, sentence: string, attachments: readonly Part[]): Buffer {
  const { fields } = splitMessage(original);
  const authors = authorsOf(fields);
  const subject = fields.find(({ name }) => name === 'subject');
  const boundary = randomUUID();
  const text: Part = ['Content-Type: text/plain; charset=utf-8', base64(Buffer.from(`${sentence}\r\n`))];
  return Buffer.from([
    `Return-Path: <${options.returnPath}>`,
    `${FORWARDED_HEADER}: ${options.token}`,
    `From: ${mailboxLines({ name: viaName(authors[0], options.via), address: options.sender }).join('\r\n ')}`,
    `To: ${options.destination}`,
    ...authors.length > 0 ? [`Reply-To: ${mailboxLines(authors[0]).join('\r\n ')}`] : [],
    `Subject: ${encodedWords(`Fwd: ${[...subject ? decodeWords(valueOf(subject)) : ''].slice(0, SUBJECT_MAX).join('')}`).join('\r\n ')}`,
    'Auto-Submitted: auto-generated',
    'MIME-Version: 1.0',
    `Content-Type: multipart/mixed; boundary="${boundary}"`,
    '',
    ...[text, ...attachments].flatMap(part => [`--${boundary}`, 'Content-Transfer-Encoding: base64', ...part.slice(0, -1), '', part.at(-1)!]),
    `--${boundary}--`,
    '',
  ].join('\r\n'));
}

function base64(content: Buffer): string {
  return content.toString('base64').replace(new RegExp(`.{${LINE}}(?=.)`, 'g'), '$&\r\n');
}
