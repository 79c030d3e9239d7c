import { domainToASCII } from 'node:url';
import { fail } from '../private/errors';
import { hasToken } from '../private/tokens';

const LABEL_MAX = 63;
/** 255 octets on the wire are 253 characters as text: each label has a length octet, and the root one more. */
const NAME_MAX = 253;

/**
 * A domain in the one form that the library uses: lower case, no trailing dot. A token passes as it is.
 *
 * @param domain what was given
 * @param what how the message calls it, e.g. `domain` or `MAIL FROM domain`
 */
export function normalizeDomain(domain: string, what: string): string {
  if (hasToken(domain)) return domain.replace(/\.$/, '');
  const name = withoutRoot(domain);
  if (/[^\x00-\x7f]/.test(name)) {
    const ascii = domainToASCII(name);
    fail('DomainName.nonAscii', `${what} "${domain}" has non-ASCII characters; ` +
      `DNS and SES take a domain in its ASCII form${ascii ? `: write "${ascii}"` : ''}`);
  }
  if (/^\[|:|^\d{1,3}(\.\d{1,3}){3}$/.test(name)) fail('DomainName.address', `${what} "${domain}" is a network address; SES verifies domain names`);
  checkLabels(name, domain, what, /^[a-z0-9-]+$/i, 'letters, digits and hyphens');
  return name.toLowerCase();
}

/**
 * The owner name of a DNS record: like a domain, but labels may begin with an underscore (`_dmarc`, `_domainkey`).
 *
 * @param recordName what was given
 * @param what how the message calls it
 */
export function normalizeRecordName(recordName: string, what: string = 'record name'): string {
  if (hasToken(recordName)) return recordName.replace(/\.$/, '');
  const name = withoutRoot(recordName);
  checkLabels(name, recordName, what, /^[a-z0-9_-]+$/i, 'letters, digits, hyphens and underscores');
  return name.toLowerCase();
}

/**
 * The name at which a record stands. Its first label may be the wildcard `*`, for names that have no record of their own.
 */
export function normalizeOwnerName(name: string): string {
  return name.startsWith('*.') ? `*.${normalizeRecordName(name.slice(2))}` : normalizeRecordName(name);
}

/**
 * Whether `name` is `parent` or lies below it, compared label by label: `evil-example.com` is not below `example.com`.
 */
export function isWithin(name: string, parent: string): boolean {
  return name === parent || isBelow(name, parent);
}

/**
 * Whether `name` lies below `parent` and is not `parent` itself.
 */
export function isBelow(name: string, parent: string): boolean {
  return name.endsWith(`.${parent}`);
}

function withoutRoot(name: string): string {
  return name.endsWith('.') ? name.slice(0, -1) : name;
}

function checkLabels(name: string, given: string, what: string, allowed: RegExp, allowedWords: string): void {
  if (name === '') fail('DomainName.empty', `${what} is empty; give a name such as "example.com"`);
  if (name.length > NAME_MAX) {
    fail('DomainName.nameTooLong', `${what} "${given}" has ${name.length} characters; a name may have ${NAME_MAX} (255 octets, RFC 1034)`);
  }
  for (const label of name.split('.')) {
    if (label === '') fail('DomainName.emptyLabel', `${what} "${given}" has an empty label (two dots in a row, or a dot at the start)`);
    if (label.length > LABEL_MAX) {
      fail('DomainName.labelTooLong', `${what} "${given}" has a label of ${label.length} characters ("${label}"); ` +
        `a label may have ${LABEL_MAX} (RFC 1034)`);
    }
    if (!allowed.test(label)) fail('DomainName.characters', `${what} "${given}" has the label "${label}"; a label has ${allowedWords} only`);
    if (/^-|-$/.test(label)) fail('DomainName.hyphen', `${what} "${given}" has the label "${label}"; a label neither begins nor ends with a hyphen`);
  }
}
