import { createHash } from 'node:crypto';
import { AutoTag } from '../ses/message-tags';

/*
 * The record of an event without what tells of persons:
 * - An address becomes a pseudonym: the SHA-256 of the address in lower case, in place of what stands before the @. The domain stays, as bounces and complaints
 *   are judged by it. The same address has the same pseudonym everywhere, so recipients can still be counted and followed. Whoever knows an address can find
 *   its events by computing its pseudonym, which is wanted for requests of the person, and is why this is pseudonymisation and not anonymisation.
 * - Addresses are looked for in every text, since servers quote them in what they answer.
 * - IP addresses and programs of recipients, the headers with the subject, and who sent from where are left out.
 * - Of a link, its query and fragment are left out: that is where personal tokens are.
 *
 * Message tags, link tags and template names are the sender's own words and stay.
 */

/** What is left out, wherever it stands. */
const FIELDS_LEFT_OUT: ReadonlySet<string> = new Set(['headers', 'commonHeaders', 'ipAddress', 'userAgent']);

/** What SES adds to the sender's own tags about the program that sent. */
const TAGS_LEFT_OUT: ReadonlySet<string> = new Set([AutoTag.SOURCE_IP, AutoTag.CALLER_IDENTITY]);

/** Objects whose names are the sender's own, and may by chance be those of fields. */
const TAGS: ReadonlySet<string> = new Set(['tags', 'linkTags']);

/** Where a text is an address, maybe with the name of a person, and nothing else. */
const ADDRESSES: ReadonlySet<string> = new Set(['emailAddress', 'destination', 'recipients']);

/**
 * The words of a text: what mail servers put around addresses does not belong to them. A quoted local part ("john doe"@example.com) may have blanks.
 * Each character is looked at a bounded number of times, as the texts come from strangers.
 */
const WORDS = /"(?:[^"\\]|\\.){0,128}"@[^\s<>(),;:"[\]]*|[^\s<>(),;:"[\]]+/g;

/** The longest name that a domain may have. */
const DOMAIN_MAX = 253;

/**
 * The record of an event without personal data. Takes any value of JSON; what it does not know is kept, but for addresses.
 *
 * @param record what SES wrote
 */
export function redactRecord(record: unknown): unknown {
  return redact(record, '');
}

/**
 * What stands for an address: a hash and the domain of the address.
 *
 * @param address e.g. `Jane.Doe@example.com`, in any case
 */
export function pseudonym(address: string): string {
  const plain = address.trim().toLowerCase();
  const at = plain.lastIndexOf('@');
  if (at < 0) return sha256(plain);
  const domain = /^[\p{L}\p{N}.-]*/u.exec(plain.slice(at + 1, at + 1 + DOMAIN_MAX))![0].replace(/\.+$/, '');
  const hash = sha256(`${plain.slice(0, at)}@${domain}`);
  return domain ? `${hash}@${domain}` : hash;
}

/** A value of JSON; `name` is the name that it, or the list in which it stands, has in its object. */
function redact(value: unknown, name: string): unknown {
  if (typeof value === 'string') return redactText(value, name);
  if (Array.isArray(value)) return value.map(item => redact(item, name));
  if (typeof value !== 'object' || value === null) return value;
  const leftOut = TAGS.has(name) ? TAGS_LEFT_OUT : FIELDS_LEFT_OUT;
  const kept = Object.entries(value).filter(([key]) => !leftOut.has(key));
  return Object.fromEntries(kept.map(([key, inner]) => [maskAddresses(key), redact(inner, TAGS.has(name) ? '' : key)]));
}

function redactText(text: string, name: string): string {
  if (ADDRESSES.has(name)) return pseudonym(withoutDisplayName(text));
  // the sender's address; of a subscription, what changed it
  if (name === 'source' && text.includes('@')) return pseudonym(withoutDisplayName(text));
  if (name === 'sourceArn') return redactArn(text);
  if (name === 'link') return maskAddresses(text.replace(/[?#].*$/s, ''));
  return maskAddresses(text);
}

/** The ARN of an identity, which may be an address. */
function redactArn(arn: string): string {
  const [, before, address] = /^([^@]*:identity\/)(.*@.*)$/s.exec(arn) ?? [];
  return address === undefined ? maskAddresses(arn) : before + pseudonym(address);
}

function withoutDisplayName(text: string): string {
  return /<([^<>]*)>\s*$/.exec(text)?.[1] ?? text;
}

function maskAddresses(text: string): string {
  return text.replace(WORDS, word => {
    if (word.includes('@')) return pseudonym(word);
    // as links write it
    return word.includes('%40') ? pseudonym(word.replace(/%40/g, '@')) : word;
  });
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
