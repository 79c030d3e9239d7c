import type { ZoneRecord } from '../support/dns-server';

/** A record set as a deployment hands it to Route 53: all values known. */
export interface RecordSetRequest {
  /** Where it comes from, for the message of a refusal. */
  readonly place: string;
  /** The name of the hosted zone. */
  readonly zone: string;
  readonly name: string;
  readonly type: string;
  readonly ttl: string;
  readonly values: readonly string[];
}

/**
 * A stand-in for Route 53: the records that come of record sets. Refuses what Route 53 refuses.
 */
export function createRecordSets(requests: readonly RecordSetRequest[]): ZoneRecord[] {
  requests.forEach(({ place, type, name }, index) => {
    const clash = requests.slice(index + 1).find(other => sameName(other.name, name) && (other.type === type || [other.type, type].includes('CNAME')));
    if (clash) throw new Error(`${clash.place}: Route 53 refuses a ${clash.type} record set ${name} beside the ${type} record set in ${place}`);
  });
  return requests.flatMap(createRecordSet);
}

/** Names without case and without the dot at the end, which Route 53 adds where it is missing. */
export function canonicalName(name: string): string {
  return name.toLowerCase().replace(/\.$/, '');
}

function createRecordSet(request: RecordSetRequest): ZoneRecord[] {
  const { place, type, values } = request;
  const [name, zone, ttl] = [canonicalName(request.name), canonicalName(request.zone), Number(request.ttl)];
  const refuse = (why: string): never => { throw new Error(`${place}: Route 53 refuses the ${type} record set ${name}: ${why}`); };
  if (name !== zone && !name.endsWith(`.${zone}`)) refuse(`it is not permitted in the zone ${zone}`);
  if (!/^\d+$/.test(request.ttl) || ttl > 2147483647) refuse('the TTL is a whole number from 0 to 2147483647');
  if (values.length === 0) refuse('it has no value');
  if (new Set(values).size !== values.length) refuse('it has a value twice');
  if (type === 'CNAME' && values.length > 1) refuse('an alias has one value');
  if (type === 'CNAME' && name === zone) refuse('there is no alias at the apex of a zone');
  return values.map((value): ZoneRecord => {
    switch (type) {
      case 'CNAME': return { name, type, ttl, data: canonicalName(value) };
      case 'MX': return { name, type, ttl, data: readMx(value) ?? refuse(`"${value}" is not a preference and a host`) };
      case 'TXT': return { name, type, ttl, data: readTxt(value) ?? refuse(`${value} is not made of quoted strings of at most 255 octets`) };
      default: return refuse('the type is not known here');
    }
  });
}

function sameName(one: string, other: string): boolean {
  return canonicalName(one) === canonicalName(other);
}

function readMx(value: string): { preference: number; exchange: string } | undefined {
  const [, preference, exchange] = /^(\d{1,5}) ([^\s"]+)$/.exec(value) ?? [];
  return exchange === undefined || Number(preference) > 65535 ? undefined : { preference: Number(preference), exchange: canonicalName(exchange) };
}

/** A TXT value as Route 53 takes it: quoted strings, octets outside printable ASCII as a backslash and three octal digits. */
function readTxt(value: string): Buffer[] | undefined {
  if (/[^\x20-\x7e]/.test(value) || !/^"(?:[^"\\]|\\.)*"(?:\s+"(?:[^"\\]|\\.)*")*$/.test(value)) return undefined;
  const strings = [...value.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map(([, string]) => Buffer.from(withoutEscapes(string), 'latin1'));
  return strings.every(string => string.length <= 255) ? strings : undefined;
}

function withoutEscapes(string: string): string {
  return string.replace(/\\([0-3][0-7]{2})|\\(.)/g, (_, octal: string | undefined, character: string) =>
    octal === undefined ? character : String.fromCharCode(parseInt(octal, 8)));
}
