import type { parse } from 'tldts';
import { isBelow, isWithin, normalizeDomain } from './domain-name';
import { hasToken } from '../private/tokens';

/**
 * The domain that somebody registered, under which `domain` lies: `example.co.uk` for `news.example.co.uk`. A domain under which nobody could
 * register (`co.uk`), and a token, stand for themselves.
 */
export function organizationalDomain(domain: string): string {
  if (hasToken(domain)) return domain;
  const name = normalizeDomain(domain, 'domain');
  return lookUp(name).domain ?? name;
}

/**
 * Whether others register their domains directly below this one (`com`, `co.uk`).
 */
export function isPublicSuffix(domain: string): boolean {
  if (hasToken(domain)) return false;
  const name = normalizeDomain(domain, 'domain');
  return lookUp(name).publicSuffix === name;
}

/**
 * Whether a domain that SPF or DKIM has authenticated vouches for the domain in the From header, as DMARC has it.
 * A token that does not show the answer counts as aligned: only the deployment knows.
 *
 * @param fromDomain the domain of the From header
 * @param otherDomain the MAIL FROM domain, or `d=` of a DKIM signature
 * @param strict whether the two have to be equal; else their organizational domains
 */
export function isAligned(fromDomain: string, otherDomain: string, strict: boolean): boolean {
  const one = normalizeDomain(fromDomain, 'From domain');
  const other = normalizeDomain(otherDomain, 'authenticated domain');
  if (one === other) return true;
  if (hasToken(one) || hasToken(other)) return !(strict && (isBelow(one, other) || isBelow(other, one)));
  return !strict && organizationalDomain(one) === organizationalDomain(other);
}

/**
 * Whether two domains are known to have one owner. Unlike with alignment, a token is a stranger unless the names show otherwise.
 */
export function hasSameOwner(one: string, other: string): boolean {
  if (one === other) return true;
  if (hasToken(one) || hasToken(other)) return isWithin(one, other) || isWithin(other, one);
  return organizationalDomain(one) === organizationalDomain(other);
}

/**
 * Only the ICANN section of the public suffix list counts. It says where domains are registered; the private section says where a platform separates
 * its customers' cookies (`github.io`), although one owner publishes DNS, and so DMARC, for all of it. RFC 9989, which walks the DNS instead of
 * reading a list, takes it for one owner too (unless it says psd=y), and the platform's own `bounce.` sub-domain aligns with it, as it should.
 */
function lookUp(name: string): ReturnType<typeof parse> {
  // loaded on first use: the list costs every import of the library some milliseconds, and few apps come here
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  const suffixes = require('tldts') as { parse: typeof parse };
  return suffixes.parse(name, { allowPrivateDomains: false, extractHostname: false, validateHostname: false, detectIp: false });
}
