import { normalizeDomain } from './domain-name';
import { fail } from '../private/errors';
import { hasToken } from '../private/tokens';

const LOCAL_PART_MAX = 64;

/**
 * A mailbox address as SES takes it, with its case kept: `local@domain`, in 7-bit ASCII, without a display name. A token passes as it is.
 */
export function normalizeAddress(address: string): string {
  if (hasToken(address)) return address;
  if (/[<>"\s]/.test(address)) fail('MailAddress.displayName', `"${address}" is more than an address; give "user@example.com", without a display name`);
  const at = address.lastIndexOf('@');
  const local = address.slice(0, at);
  if (at < 1 || local.includes('@')) fail('MailAddress.form', `"${address}" is not an address; the form is "user@example.com"`);
  if (/[^\x21-\x7e]/.test(local)) {
    fail('MailAddress.localPart', `"${address}" has non-ASCII characters before the @; SES takes 7-bit ASCII there, and there is no other way to write it`);
  }
  if (local.length > LOCAL_PART_MAX) {
    fail('MailAddress.localPartTooLong', `"${address}" has ${local.length} characters before the @; an address may have ${LOCAL_PART_MAX} (RFC 5321)`);
  }
  normalizeDomain(address.slice(at + 1), 'the domain of the address');
  return address;
}

/**
 * The From of a message: an address, or `Display Name <address>`. Refuses what would break a header or has to be encoded first.
 */
export function checkSender(sender: string): string {
  const [, name, address] = /^([^<>]*)<([^<>]*)>$/.exec(sender) ?? [undefined, '', sender];
  normalizeAddress(address);
  if (/[^\x20-\x7e]/.test(name) && !hasToken(name)) {
    fail('MailAddress.senderName', `the display name of "${sender}" has characters outside of printable ASCII; encode it (RFC 2047), e.g. "=?UTF-8?B?...?= <user@example.com>"`);
  }
  return sender;
}
