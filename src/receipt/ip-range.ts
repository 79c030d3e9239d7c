import { isIPv4, isIPv6 } from 'node:net';
import { fail } from '../private/errors';

/** One IP address, or all that begin with the same bits. */
export interface IpRange {
  readonly version: 4 | 6;
  /** The address, as the digits of a binary number: 32 or 128. */
  readonly bits: string;
  /** How many bits all addresses of the range begin with. */
  readonly length: number;
}

/**
 * Reads an IP address, or a range in CIDR notation.
 *
 * @param text e.g. `192.0.2.1`, `192.0.2.0/24` or `2001:db8::/32`
 */
export function parseIpRange(text: string): IpRange {
  const [, address, length] = /^([^/]*)(?:\/(.*))?$/s.exec(text)!;
  const version = isIPv4(address) ? 4 : isIPv6(address) && !address.includes('%') ? 6 : undefined;
  if (version === undefined) {
    return fail('IpRange.address', `"${text}" is neither an IP address nor a range; write "192.0.2.1", or "192.0.2.0/24" for all that begin with the same 24 bits (RFC 4632)`);
  }
  const bits = version === 4 ? bitsOf4(address) : bitsOf6(address);
  const width = bits.length;
  if (length !== undefined && !(/^(?:0|[1-9]\d{0,2})$/.test(length) && Number(length) <= width)) {
    fail('IpRange.length', `"${text}" has "${length}" behind the slash; for IPv${version} it is a whole number from 0 to ${width}`);
  }
  return { version, bits, length: length === undefined ? width : Number(length) };
}

/**
 * Whether all addresses of one range are in the other.
 */
export function containsRange(range: IpRange, other: IpRange): boolean {
  return range.version === other.version && range.length <= other.length && other.bits.startsWith(range.bits.slice(0, range.length));
}

/**
 * Whether the range is written by another address than its first. What follows the common bits does not count.
 */
export function hasHostBits({ bits, length }: IpRange): boolean {
  return bits.includes('1', length);
}

/**
 * The range by its first address, in one form: equal ranges are equal texts. IPv6 is written out.
 */
export function ipRangeText({ version, bits, length }: IpRange): string {
  const first = bits.slice(0, length).padEnd(bits.length, '0');
  const groups = first.match(version === 4 ? /.{8}/g : /.{16}/g)!.map(group => parseInt(group, 2));
  const address = version === 4 ? groups.join('.') : groups.map(group => group.toString(16)).join(':');
  return `${address}/${length}`;
}

function bitsOf4(address: string): string {
  return address.split('.').map(octet => Number(octet).toString(2).padStart(8, '0')).join('');
}

function bitsOf6(address: string): string {
  // the last 32 bits may be written as an IPv4 address
  const groups = address.replace(/[\d.]+$/, end => end.includes('.') ? bitsOf4(end).match(/.{16}/g)!.map(bits => parseInt(bits, 2).toString(16)).join(':') : end);
  const [head, tail] = groups.split('::').map(part => part.split(':').filter(group => group !== '').map(group => parseInt(group, 16).toString(2).padStart(16, '0')).join(''));
  return tail === undefined ? head : head + tail.padStart(128 - head.length, '0');
}
