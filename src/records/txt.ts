import { fail } from '../private/errors';
import { hasToken } from '../private/tokens';

/** The most octets that one character-string of a TXT record holds (RFC 1035, section 3.3). */
const CHARACTER_STRING_MAX = 255;

/** How an octet that is not printable is written: zone files use three decimal digits (RFC 1035, section 5.1), Route 53 three octal ones. */
export enum OctetEscape {
  ZONE_FILE = 10,
  ROUTE53 = 8,
}

/** A deploy-time value within a text; kept as it is, whatever stands around it is escaped. */
const TOKEN = /(\$\{Token\[[^\]]*\]\})/;

/**
 * A TXT value in presentation form: quoted strings of at most 255 octets, which belong to one record and are read as one text.
 * A text with a token is quoted whole, since its length is not known yet.
 */
export function quoteTxt(text: string, escape: OctetEscape): string {
  if (hasToken(text)) {
    const parts = text.split(TOKEN).map((part, index) => index % 2 === 0 ? escapeOctets(Buffer.from(part, 'utf8'), escape) : part);
    return `"${parts.join('')}"`;
  }
  const octets = Buffer.from(text, 'utf8');
  const strings: string[] = [];
  for (let start = 0; start < Math.max(octets.length, 1); start += CHARACTER_STRING_MAX) {
    strings.push(`"${escapeOctets(octets.subarray(start, start + CHARACTER_STRING_MAX), escape)}"`);
  }
  return strings.join(' ');
}

/**
 * The text of a TXT value in presentation form.
 */
export function unquoteTxt(presentation: string, escape: OctetEscape): string {
  const octets: number[] = [];
  let rest = presentation.trim();
  if (!rest.startsWith('"')) fail('DnsRecord.txtNotQuoted', `the TXT value ${JSON.stringify(presentation)} is not quoted; write it as "text"`);
  while (rest !== '') {
    const string = /^"((?:[^"\\]|\\\d{3}|\\[^\d])*)"\s*/s.exec(rest);
    if (!string) fail('DnsRecord.txtMalformed', `the TXT value ${JSON.stringify(presentation)} has a quotation mark that opens or closes nothing`);
    octets.push(...unescapeOctets(string[1], escape));
    rest = rest.slice(string[0].length);
  }
  return Buffer.from(octets).toString('utf8');
}

function escapeOctets(octets: Buffer, escape: OctetEscape): string {
  return [...octets].map(octet => {
    const character = String.fromCharCode(octet);
    if (character === '"' || character === '\\') return `\\${character}`;
    return octet < 0x20 || octet > 0x7e ? `\\${octet.toString(escape).padStart(3, '0')}` : character;
  }).join('');
}

function* unescapeOctets(string: string, escape: OctetEscape): Generator<number> {
  for (const [, escapedOctet, escaped, plain] of string.matchAll(/\\(\d{3})|\\(.)|([^\\])/gsu)) {
    if (escapedOctet !== undefined) yield octetOf(escapedOctet, escape);
    else yield* Buffer.from(escaped ?? plain, 'utf8');
  }
}

function octetOf(digits: string, escape: OctetEscape): number {
  const octet = parseInt(digits, escape);
  if (octet > 255 || octet.toString(escape).padStart(3, '0') !== digits) {
    fail('DnsRecord.txtOctet', `a TXT value has the escape "\\${digits}"; it stands for an octet, from \\000 to \\${(255).toString(escape)}`);
  }
  return octet;
}
