import { isIP } from 'node:net';

/*
 * Servers that refuse mail because a list on the Internet (a DNSBL) has the sending IP address, or a domain in the message, say so in their answer:
 *
 *   554 5.7.1 Service unavailable; Client host [192.0.2.0] blocked using zen.spamhaus.org
 */

/** Lists that servers name in words of their own, too, and how to know them. */
const KNOWN: Readonly<Record<string, RegExp>> = {
  Abusix: /\babusix\b/i,
  Barracuda: /\bbarracudacentral\b/i,
  SORBS: /\bsorbs\.net\b|\bSORBS\b/,
  SpamCop: /\bspamcop\b/i,
  Spamhaus: /\bspamhaus\b/i,
  SURBL: /\bsurbl\b/i,
  UCEPROTECT: /\buceprotect\b/i,
  URIBL: /\buribl\b/i,
};

/** How mail servers write about any other list. A name without a dot could be anything, unless it stands where Postfix puts it. */
const NAMED = /\bblocked using ([\w.-]{1,253})|\b(?:black|block)?listed (?:at|by|in|on) ([\w-]{1,63}(?:\.[\w-]{1,63})+)/i;

const ADDRESS = /\[([0-9a-f.:]{2,45})\]/gi;

/** A list that a server has asked. */
export interface Blocklisting {
  /** The name of a known list, e.g. `Spamhaus`; of another one, what the server calls it. */
  readonly list: string;
  /** The IP address that is on it, if the server says so. */
  readonly ip?: string;
}

/** Whether a name is one of the lists that this library tells apart. */
export function isKnownBlocklist(name: string): boolean {
  return Object.hasOwn(KNOWN, name);
}

/**
 * The list because of which a server has refused a message; undefined when its answer tells of none.
 *
 * @param diagnosticCode what the server answered, e.g. the `diagnosticCode` of a bounce
 */
export function blocklistOf(diagnosticCode: string): Blocklisting | undefined {
  const list = Object.keys(KNOWN).find(name => KNOWN[name].test(diagnosticCode)) ?? nameIn(diagnosticCode);
  if (list === undefined) return undefined;
  const ip = [...diagnosticCode.matchAll(ADDRESS)].map(([, address]) => address).find(address => isIP(address) > 0);
  return ip === undefined ? { list } : { list, ip };
}

function nameIn(text: string): string | undefined {
  const [, used, listed] = NAMED.exec(text) ?? [];
  return (used ?? listed)?.replace(/\.+$/, '');
}
