import { normalizeDomain } from './domain-name';
import { checkHttpsUrl } from './https-url';
import { normalizeAddress } from './mail-address';
import { fail } from '../private/errors';
import { hasToken } from '../private/tokens';

/** How the largest report that a mailbox takes is written after its address: octets, or kilo-, mega-, giga-, terabytes. */
const SIZE_LIMIT = /!\d+[kmgt]?$/i;

/**
 * A mailbox for reports as a URI: `mailto:dmarc@example.com`, with the characters escaped that separate URIs and tags.
 *
 * @param given an address, or a `mailto:` URI
 * @param what how messages call the list, e.g. `DMARC reportTo`
 */
export function mailtoUri(given: string, what: string): string {
  const [, scheme, rest] = /^(?:([a-z][a-z0-9+.-]*):)?(.*)$/is.exec(given)!;
  if (scheme !== undefined && scheme.toLowerCase() !== 'mailto') {
    fail('ReportUri.scheme', `${what} has "${given}"; reports are sent to mailto: addresses only, e.g. "mailto:dmarc@example.com"`);
  }
  if (hasToken(given)) return `mailto:${rest}`;
  const size = SIZE_LIMIT.exec(rest)?.[0] ?? '';
  const mailbox = rest.slice(0, rest.length - size.length);
  const address = normalizeAddress(scheme === undefined ? mailbox : decode(mailbox, given, what));
  const at = address.lastIndexOf('@');
  return `mailto:${encode(address.slice(0, at))}@${normalizeDomain(address.slice(at + 1), 'the domain of the address')}${size.toLowerCase()}`;
}

/**
 * The domain that takes the reports of a `mailto:` URI.
 */
export function domainOfMailto(uri: string): string {
  return uri.replace(SIZE_LIMIT, '').replace(/^.*@/s, '');
}

/**
 * Where TLS reports go: a mailbox or a web server.
 *
 * @param given an address, a `mailto:` or an `https:` URI
 * @param what how messages call the list
 */
export function mailtoOrHttpsUri(given: string, what: string): string {
  if (/^https?:/i.test(given)) return checkHttpsUrl(given, what);
  const uri = mailtoUri(given, what);
  if (SIZE_LIMIT.test(uri) && !hasToken(uri)) fail('ReportUri.size', `${what} has "${given}" with a size limit; only DMARC knows those`);
  return uri;
}

/**
 * The URIs of a tag as they stand in DNS, where a bare address is none.
 *
 * @param list the value of the tag, with commas between the URIs
 * @param tag how the tag is called, e.g. `rua`
 */
export function splitUris(list: string, tag: string): string[] {
  return list.split(',').map(text => text.trim()).map(uri => {
    if (/^[a-z][a-z0-9+.-]*:/i.test(uri) || hasToken(uri)) return uri;
    return fail('ReportUri.noUri', `${tag} has "${uri}", which is not a URI, so receivers send nothing there; ` +
      `write "mailto:${uri || 'dmarc@example.com'}"`);
  });
}

function decode(text: string, given: string, what: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return fail('ReportUri.escape', `${what} has "${given}" with a % that escapes nothing; write %25 for a percent sign`);
  }
}

/** A comma would end the URI, an exclamation mark begin a size limit (RFC 7489, section 6.2), a semicolon end the tag. A plus may stay as it is. */
function encode(local: string): string {
  return encodeURIComponent(local).replace(/%2B/g, '+').replace(/[!'()*]/g, character => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}
