import { fail } from '../private/errors';
import { hasToken } from '../private/tokens';
import { isBelow, normalizeDomain } from '../records/domain-name';
import { normalizeAddress } from '../records/mail-address';

/** What a condition is for, from the narrowest to the widest. */
export type ConditionKind = 'taggedAddress' | 'address' | 'domain' | 'subdomains';

/** A condition, taken apart. What it has of values that only a deployment knows stays as it is. */
export interface Condition {
  readonly kind: ConditionKind;
  /** What stands before the @ of an address. */
  readonly local?: string;
  /** In lower case, without the dot in front. */
  readonly domain: string;
}

/** What people write instead of a domain. */
const URL_SCHEME = /^[a-z][a-z0-9+.-]*:/i;

/**
 * A condition in the one form that the library uses: the domain in lower case, the rest as given. Refuses what SES would never match.
 *
 * @param condition an address, a domain, or a domain with a dot in front for its subdomains
 */
export function normalizeCondition(condition: string): string {
  if (condition.includes('*')) {
    fail('Recipient.wildcard', `recipient "${condition}" has a wildcard, which SES does not know; write "example.com" for all addresses of a domain, ` +
      '".example.com" for those of its subdomains, and leave the recipients out for everything');
  }
  if (URL_SCHEME.test(condition)) fail('Recipient.url', `recipient "${condition}" is a URL; give an address such as "user@example.com", or a domain`);
  if (condition.startsWith('@')) {
    fail('Recipient.noMailbox', `recipient "${condition}" has nothing before the @; all addresses of a domain are written "${condition.slice(1)}"`);
  }
  const at = condition.lastIndexOf('@');
  if (at >= 0) return `${normalizeAddress(condition).slice(0, at)}@${domainOf(condition.slice(at + 1))}`;
  return condition.startsWith('.') ? `.${domainOf(condition.slice(1))}` : domainOf(condition);
}

/**
 * Takes a condition apart, one from a template too: nothing is refused.
 */
export function parseCondition(condition: string): Condition {
  const at = condition.lastIndexOf('@');
  if (at >= 0) {
    const local = condition.slice(0, at);
    return { kind: local.includes('+') ? 'taggedAddress' : 'address', local, domain: lowerCase(condition.slice(at + 1)) };
  }
  if (condition.startsWith('.')) return { kind: 'subdomains', domain: lowerCase(condition.slice(1)) };
  return { kind: 'domain', domain: lowerCase(condition) };
}

/**
 * Whether a condition is for an address. An address with a tag is also for the one without, unless the condition has a tag itself. What stands before
 * the @ is compared letter by letter, as SES does with addresses.
 */
export function matches(condition: string, address: string): boolean {
  const { kind, local, domain } = parseCondition(condition);
  const recipient = parseCondition(address);
  if (recipient.local === undefined) return false;
  switch (kind) {
    case 'taggedAddress': return recipient.domain === domain && recipient.local === local;
    case 'address': return recipient.domain === domain && untagged(recipient.local) === local;
    case 'domain': return recipient.domain === domain;
    case 'subdomains': return isBelow(recipient.domain, domain);
  }
}

/**
 * Whether one condition is for every address that the other is for.
 */
export function covers(wide: string, narrow: string): boolean {
  const { kind, domain } = parseCondition(narrow);
  if (kind === 'taggedAddress' || kind === 'address') return matches(wide, narrow);
  const other = parseCondition(wide);
  if (other.kind === 'subdomains') return isBelow(domain, other.domain) || (kind === 'subdomains' && domain === other.domain);
  return other.kind === 'domain' && kind === 'domain' && domain === other.domain;
}

/**
 * Whether some address is meant by both conditions. One condition always covers the other then.
 */
export function overlap(one: string, other: string): boolean {
  return covers(one, other) || covers(other, one);
}

/**
 * The conditions which stand in a list before, each named once, in the form that the library uses.
 */
export function duplicates(conditions: readonly string[]): string[] {
  const forms = conditions.map(condition => {
    const at = condition.lastIndexOf('@') + 1;
    return condition.slice(0, at) + lowerCase(condition.slice(at));
  });
  return [...new Set(forms.filter((form, index) => forms.indexOf(form) < index))];
}

/**
 * The domain that has to be verified, itself or one above it, for a condition to receive mail. Undefined when only a deployment knows.
 */
export function identityDomainOf(condition: string): string | undefined {
  return hasToken(condition) ? undefined : parseCondition(condition).domain;
}

/**
 * Things with conditions in an order in which the narrower is asked first: an address with a tag, an address, a domain (a subdomain before the domain
 * above it), all subdomains, everything. What has several conditions counts as its widest one. Of equals, the first stays first.
 *
 * @param things rules, or what becomes one
 * @param conditionsOf the conditions of a thing; none or undefined means everything
 */
export function mostSpecificFirst<T>(things: readonly T[], conditionsOf: (thing: T) => readonly string[] | undefined): T[] {
  const ranked = things.map(thing => {
    const conditions = conditionsOf(thing) ?? [];
    return { thing, ranks: conditions.length === 0 ? [EVERYTHING] : conditions.map(rankOf) };
  });
  const widest = ({ ranks }: { ranks: Rank[] }) => ranks.reduce((one, other) => compareRanks(one, other) < 0 ? other : one);
  return ranked.sort((one, other) => compareRanks(widest(one), widest(other))).map(({ thing }) => thing);
}

/** The kind, and of one kind the number of labels: more is narrower. */
type Rank = readonly [kind: number, labels: number];

const KINDS: readonly ConditionKind[] = ['taggedAddress', 'address', 'domain', 'subdomains'];
const EVERYTHING: Rank = [KINDS.length, 0];

function rankOf(condition: string): Rank {
  const { kind, domain } = parseCondition(condition);
  return [KINDS.indexOf(kind), domain.replace(/\$\{Token\[[^\]]*\]\}/g, 'token').split('.').length];
}

function compareRanks([kind, labels]: Rank, [otherKind, otherLabels]: Rank): number {
  return kind - otherKind || otherLabels - labels;
}

function untagged(local: string): string {
  return local.replace(/\+.*$/s, '');
}

function domainOf(domain: string): string {
  return normalizeDomain(domain, 'recipient domain');
}

function lowerCase(domain: string): string {
  return hasToken(domain) ? domain : domain.toLowerCase();
}
