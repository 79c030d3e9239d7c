/*
 * What becomes of a message that is sent on. Only header fields change, and those for a reason:
 *
 * - From is an address of a verified identity, since SES sends for no other; the display name says who wrote ("Ann via support"), and Reply-To leads to them.
 * - Sender and Return-Path would have to be verified, too. SES forwards bounces to the Return-Path, so it gets the forwarder's own.
 * - Signatures (DKIM, ARC) cover From and would be broken, which is worse than none; SES signs anew. It also refuses a second DKIM-Signature.
 * - X-SES-... fields are orders to SES when mail is sent: a stranger could choose a configuration set, tags, or an identity. SES's own from reception say nothing
 *   any more. Feedback-ID is one which SES adds, and signs; with two of them the signature fails.
 * - Bcc has no place in mail that was received, and SES reads recipients from it.
 * - SES overwrites Message-ID and Date. The Message-ID goes into References, so that answers find their thread at both ends, and into X-Original-Message-ID;
 *   the date into X-Original-Date.
 * - What SES takes once, but stands there twice, is kept under another name. So is a To, Cc or Reply-To in which there is no address that SES would take.
 *
 * To and Cc stay as they were: the envelope says where the message goes. There is no Auto-Submitted, as it is still the mail of a person, to be answered.
 */
import { FORWARDED_HEADER } from './forward-constants';
import { fieldOf, type HeaderField, joinMessage, splitMessage, valueOf } from './header-block';
import { type Mailbox, mailboxesOf, mailboxLines, viaName } from './mailbox.lambda-shared';
import { ONCE_ONLY_HEADERS } from '../ses/once-only-headers';

/** How a message is rewritten. */
export interface Rewriting {
  /** The address that the message is sent by. */
  readonly sender: string;
  /** Where bounces go. */
  readonly returnPath: string;
  /** What the display name names as the way that the mail took. */
  readonly via: string;
  /** What marks messages of this forwarder. */
  readonly token: string;
}

const LEFT_OUT = /^(?:sender|return-path|(?:dkim|domainkey)-signature|arc-.*|x-ses-.*|x-google-dkim-signature|feedback-id|bcc)$/;

/** What SES overwrites, or what is written anew. It is kept as it was under another name. */
const OVERWRITTEN: ReadonlySet<string> = new Set(['from', 'message-id', 'date']);

/** The longest line of mail, less what stands in front of the name of a field. */
const LINE_MAX = 980;

/** One that fits into a line. */
const MESSAGE_ID = /<[\x21-\x3b\x3d\x3f-\x7e]{1,900}>/;

/** Fields which SES reads addresses from. */
const HAS_ADDRESSES: ReadonlySet<string> = new Set(['to', 'cc', 'reply-to']);

/**
 * The message to be sent. Its body and the fields that are not named above are the same, byte for byte.
 */
export function rewriteMessage(message: Buffer, rewriting: Rewriting): Buffer {
  const { fields: given, body, lineEnd } = splitMessage(message);
  const fields = given.map(field => tidy(field, lineEnd));
  const authors = authorsOf(fields);
  const kept = onceOnly(fields.filter(({ name }) => name !== 'from' && !LEFT_OUT.test(name)).flatMap(withAddresses));
  const fresh = (name: string, lines: readonly string[]) => fieldOf(name, lines, lineEnd);
  const rewritten = [
    fresh('Return-Path', [`<${rewriting.returnPath}>`]),
    fresh(FORWARDED_HEADER, [rewriting.token]),
    ...fields.filter(field => OVERWRITTEN.has(field.name) && fits(field)).map(original),
    fresh('From', mailboxLines({ name: viaName(authors[0], rewriting.via), address: rewriting.sender })),
    ...authors.length === 0 || kept.some(({ name }) => name === 'reply-to') ? [] : [fresh('Reply-To', authors.flatMap(listed))],
    ...threaded(kept, lineEnd),
  ];
  return joinMessage({ fields: rewritten, body: body.length > 0 ? body : Buffer.from(lineEnd) });
}

/** Who wrote a message, as its From says. */
export function authorsOf(fields: readonly HeaderField[]): Mailbox[] {
  return fields.filter(({ name }) => name === 'from').flatMap(field => mailboxesOf(valueOf(field)));
}

/** The lines of one of several mailboxes. */
function listed(mailbox: Mailbox, index: number, { length }: Mailbox[]): string[] {
  const lines = mailboxLines(mailbox);
  return index < length - 1 ? [...lines.slice(0, -1), `${lines.at(-1)},`] : lines;
}

/** The fields with the message itself among its references, as an answer to it would have them. */
function threaded(fields: readonly HeaderField[], lineEnd: string): HeaderField[] {
  const messageId = fields.find(({ name }) => name === 'message-id');
  const [id] = MESSAGE_ID.exec(messageId ? valueOf(messageId) : '') ?? [];
  const given = fields.find(({ name }) => name === 'references');
  if (id === undefined || given?.raw.includes(id)) return [...fields];
  if (!given) return [...fields, fieldOf('References', [id], lineEnd)];
  return fields.map(field => field === given ? { ...given, raw: `${given.raw.trimEnd()}${lineEnd} ${id}${lineEnd}` } : field);
}

function onceOnly(fields: readonly HeaderField[]): HeaderField[] {
  const seen = new Set<string>();
  return fields.map(field => {
    if (!ONCE_ONLY_HEADERS.has(field.name)) return field;
    if (seen.has(field.name)) return original(field);
    seen.add(field.name);
    return field;
  });
}

/** Without a field that is empty, and with one that names nobody under another name. */
function withAddresses(field: HeaderField): HeaderField[] {
  if (!HAS_ADDRESSES.has(field.name)) return [field];
  const value = valueOf(field);
  if (value === '') return [];
  return mailboxesOf(value).length > 0 ? [field] : [original(field)];
}

/** Whether a field, under a longer name, stays within the lines of mail (RFC 5322, section 2.1.1). */
function fits({ raw }: HeaderField): boolean {
  return raw.split('\n').every(line => line.length < LINE_MAX);
}

/** The field under a name which nobody acts on. */
function original({ name, raw }: HeaderField): HeaderField {
  return { name: `x-original-${name}`, raw: `X-Original-${raw}` };
}

/**
 * A field that is one field for everybody. The last one of a message without a body may end without a line end; and there is software for which a carriage
 * return alone ends a line, so that what follows it would be a field of its own, such as an order to SES.
 */
function tidy(field: HeaderField, lineEnd: string): HeaderField {
  const raw = field.raw.replace(/\r(?!\n)/g, ' ');
  return { ...field, raw: raw.endsWith('\n') ? raw : raw + lineEnd };
}
