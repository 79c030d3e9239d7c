import { addressParser } from 'postal-mime';
import { isMailAddress } from '../ses/mail-address';

/** Somebody in a From or Reply-To field. */
export interface Mailbox {
  /** The display name; empty without one. */
  readonly name: string;
  readonly address: string;
}

/** What an encoded word may hold, so that it stays within 76 characters (RFC 2047) behind the name of the field. */
const WORD_BYTES = 39;

/** Longer display names are cut: they are there to be read. */
const NAME_MAX = 80;

/**
 * The mailboxes of a field, those of groups too. Strangers write them, so one that SES would refuse is left out.
 *
 * @param value the value of the field, unfolded
 */
export function mailboxesOf(value: string): Mailbox[] {
  return addressParser(value, { flatten: true })
    .map(({ name, address = '' }) => ({ name: cut(plain(name)), address: address.trim() }))
    .filter(({ address }) => isMailAddress(address));
}

/**
 * A mailbox as a field has it, in lines to be folded.
 */
export function mailboxLines({ name, address }: Mailbox): string[] {
  return name === '' ? [address] : [...nameLines(name), `<${address}>`];
}

/**
 * The display name of mail that is sent by one address for somebody else: `Ann via support`. An address has no place in a display name: some providers
 * take it for a forgery.
 *
 * @param author who wrote; undefined when the mail does not say
 * @param via the way that it took
 */
export function viaName(author: Mailbox | undefined, via: string): string {
  return author ? `${(author.name || author.address).replace(/@/g, ' at ')} via ${via}` : `via ${via}`;
}

/** Text of any language as encoded words, each on a line of its own. Mail programs drop the blanks between them. */
export function encodedWords(text: string): string[] {
  const words: string[] = [''];
  for (const character of text) {
    if (Buffer.byteLength(words.at(-1)! + character) > WORD_BYTES) words.push('');
    words[words.length - 1] += character;
  }
  return words.map(word => `=?UTF-8?B?${Buffer.from(word).toString('base64')}?=`);
}

function nameLines(name: string): string[] {
  return /^[\x20-\x7e]*$/.test(name) ? [`"${name.replace(/["\\]/g, '\\$&')}"`] : encodedWords(name);
}

/** Without line breaks and other signs that do not show, which have no place in a name. */
function plain(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\s]+/gu, ' ').trim();
}

function cut(name: string): string {
  const characters = [...name.slice(0, 4 * NAME_MAX)];
  return characters.length > NAME_MAX ? `${characters.slice(0, NAME_MAX - 1).join('')}…` : name;
}
