import { isIPv4, isIPv6 } from 'node:net';
import { normalizeRecordName } from './domain-name';
import { fail } from '../private/errors';
import { hasToken } from '../private/tokens';

/** The mechanisms that make a receiver ask DNS, and the modifier that does (RFC 7208, section 4.6.4). */
const ASKS_DNS = /^[-~?]?(?:include:|exists:|(?:a|mx|ptr)(?:[:/]|$)|redirect=)/;

/** What stands for a part of the mail in a domain, e.g. `%{i}`. Upper-case letters mean something else than lower-case ones. */
const MACRO = /%\{[slodiphcrtv]\d*r?[.\-+,/_=]*\}|%[%_-]/gi;

/**
 * Reads one term of an SPF record into the form in which equal terms are equal texts: names in lower case, no redundant `+` (but for `+all`).
 */
export function parseSpfTerm(term: string): string {
  const modifier = /^([a-z][a-z0-9._-]*)=(.*)$/is.exec(term);
  if (modifier) return parseModifier(term, modifier[1].toLowerCase(), modifier[2]);
  const mechanism = /^([-+~?]?)([a-z0-9]+)(?::([^/]\S*?))?((?:\/\d+)?(?:\/\/\d+)?)$/i.exec(term) ?? /^([-+~?]?)([a-z0-9]+):(.*)$/is.exec(term);
  if (!mechanism) {
    if (hasToken(term)) return term;
    return malformed(term, 'a term is a mechanism such as include:amazonses.com, or a modifier such as redirect=example.com');
  }
  const [, sign, givenName, value = '', length = ''] = mechanism;
  const name = givenName.toLowerCase();
  const qualifier = sign === '+' ? '' : sign;
  if (mechanism[3] === '') malformed(term, 'nothing follows the colon');
  switch (name) {
    case 'all':
      if (value || length) malformed(term, 'all stands alone');
      return `${sign || '+'}all`;
    case 'include':
    case 'exists':
      if (!value || length) malformed(term, `${name} takes a domain`);
      return `${qualifier}${name}:${domainSpec(value, term)}`;
    case 'a':
    case 'mx':
      return `${qualifier}${name}${value ? `:${domainSpec(value, term)}` : ''}${checkLengths(length, term)}`;
    case 'ptr':
      if (length) malformed(term, 'ptr takes a domain');
      return `${qualifier}ptr${value ? `:${domainSpec(value, term)}` : ''}`;
    case 'ip4':
    case 'ip6':
      return `${qualifier}${name}:${parseNetwork(`${value}${length}`, name)}`;
    default:
      return malformed(term, `"${name}" is no mechanism; there are all, include, a, mx, ptr, ip4, ip6 and exists`);
  }
}

/**
 * An address or a network in CIDR notation, checked.
 */
export function parseNetwork(text: string, version: 'ip4' | 'ip6'): string {
  if (hasToken(text)) return text;
  const [, address, length] = /^([^/]*)(?:\/(.*))?$/s.exec(text)!;
  const [is, max, example] = version === 'ip4' ? [isIPv4, 32, '192.0.2.0/24'] : [isIPv6, 128, '2001:db8::/32'];
  if (!is(address) || address.includes('%')) {
    fail('Spf.address', `${version} has "${text}"; it takes an IPv${version[2]} address or network, e.g. "${example}"`);
  }
  if (length === undefined) return address.toLowerCase();
  return `${address.toLowerCase()}/${checkLength(length, max, `${version}:${text}`)}`;
}

/**
 * Whether a receiver asks DNS to evaluate the term. A term that is within a token is not seen.
 */
export function asksDns(term: string): boolean {
  return ASKS_DNS.test(term);
}

function parseModifier(term: string, name: string, value: string): string {
  if (/^(?:all|include|a|mx|ptr|ip4|ip6|exists)$/.test(name)) {
    malformed(term, `receivers ignore "${name}=", which no modifier is called; write ${name}:${value}`);
  }
  if (name === 'v') malformed(term, 'here a second record begins; a name has one, so parse each and use Spf.merge');
  if (name === 'redirect' || name === 'exp') return `${name}=${domainSpec(value, term)}`;
  return `${name}=${checkMacros(value, term)}`;
}

function domainSpec(value: string, term: string): string {
  if (value === '') malformed(term, 'a domain is missing');
  if (hasToken(value)) return value;
  if (isIPv4(value)) malformed(term, `an address is written ip4:${value}`);
  return value.includes('%') ? checkMacros(value, term) : normalizeRecordName(value, 'SPF domain');
}

function checkMacros(value: string, term: string): string {
  if (!hasToken(value) && /[^\x21-\x7e]|%/.test(value.replace(MACRO, ''))) {
    malformed(term, 'a macro is written %{i}, a percent sign %%, and all in ASCII');
  }
  return value;
}

function checkLengths(lengths: string, term: string): string {
  const [, four, six] = /^(?:\/(\d+))?(?:\/\/(\d+))?$/.exec(lengths)!;
  if (four !== undefined) checkLength(four, 32, term);
  if (six !== undefined) checkLength(six, 128, term);
  return lengths;
}

function checkLength(length: string, max: number, term: string): string {
  if (!/^(?:0|[1-9]\d{0,2})$/.test(length) || Number(length) > max) malformed(term, `the prefix length is a whole number from 0 to ${max}`);
  return length;
}

function malformed(term: string, rule: string): never {
  return fail('Spf.term', `the SPF term "${term}" is malformed: ${rule}`);
}
