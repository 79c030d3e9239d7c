import type { Duration } from 'aws-cdk-lib';
import { normalizeOwnerName, normalizeRecordName } from './domain-name';
import { OctetEscape, quoteTxt, unquoteTxt } from './txt';
import { fail } from '../private/errors';
import { hasToken } from '../private/tokens';

/**
 * Seconds that a resolver may keep a record when nothing else is said: short enough to correct a mistake within half an hour.
 */
const DEFAULT_TTL_SECONDS = 1800;

/** The longest TTL: 31 bits (RFC 2181, section 8). */
const TTL_MAX = 2147483647;

const PRIORITY_MAX = 65535;

/** A line as `zoneFileLines` writes it: name, TTL, type, data, and a comment that begins outside of quotation marks. */
const ZONE_FILE_LINE = /^(\S+)\.\s+(\d+)\s+IN\s+(CNAME|MX|TXT)\s+((?:"(?:[^"\\]|\\.)*"|[^";])+?)\s*(?:;.*)?$/s;

/**
 * The kinds of DNS record that mail authentication is made of.
 */
export enum DnsRecordType {
  /** A name that stands for another name (Easy DKIM). */
  CNAME = 'CNAME',
  /** The server which takes mail for a name (MAIL FROM). */
  MX = 'MX',
  /** A text (SPF, DKIM keys, DMARC, BIMI). */
  TXT = 'TXT',
}

/**
 * What can be said of a DNS record beside its name and values.
 */
export interface DnsRecordOptions {
  /**
   * How long a resolver may keep the record, in whole seconds from 0 to 2147483647.
   *
   * @default Duration.minutes(30)
   */
  readonly ttl?: Duration;

  /**
   * Why the record exists, in a sentence for the person who administers the zone.
   *
   * @default - no purpose is stated
   */
  readonly purpose?: string;
}

/**
 * One DNS record set: an absolute name, a type, its values, how long it may be kept, and why it exists.
 */
export class DnsRecord {
  /**
   * A text record set. Each value is a text of its own; one above 255 octets is split into several strings of one record.
   *
   * @param name the absolute name, e.g. `_dmarc.example.com`
   * @param values the texts, without quotation marks
   * @param options TTL and purpose
   */
  public static txt(name: string, values: string[], options: DnsRecordOptions = {}): DnsRecord {
    return new DnsRecord(name, DnsRecordType.TXT, values, options);
  }

  /**
   * An alias: whoever asks for `name` is sent on to `target`.
   *
   * @param name the absolute name
   * @param target the absolute name that it stands for
   * @param options TTL and purpose
   */
  public static cname(name: string, target: string, options: DnsRecordOptions = {}): DnsRecord {
    return new DnsRecord(name, DnsRecordType.CNAME, [target], options);
  }

  /**
   * A mail exchanger.
   *
   * @param name the absolute name
   * @param priority 0 to 65535; the lowest is tried first
   * @param host the absolute name of the mail server
   * @param options TTL and purpose
   */
  public static mx(name: string, priority: number, host: string, options: DnsRecordOptions = {}): DnsRecord {
    if (!Number.isInteger(priority) || priority < 0 || priority > PRIORITY_MAX) {
      fail('DnsRecord.mxPriority', `the MX priority of ${name} is ${priority}; it is a whole number from 0 to ${PRIORITY_MAX}`);
    }
    return new DnsRecord(name, DnsRecordType.MX, [`${priority} ${normalizeRecordName(host)}`], options);
  }

  /**
   * Reads lines of a zone file as `zoneFileLines` writes them, e.g. `_dmarc.example.com. 1800 IN TXT "v=DMARC1;p=none"`.
   *
   * @param lines the lines of one record set, with absolute names; a comment at the end of a line is left out
   * @param purpose why the record exists
   */
  public static parse(lines: string, purpose: string = ''): DnsRecord {
    const [first, ...others] = lines.trim().split(/\r?\n/).map(line => DnsRecord.parseLine(line, purpose));
    const stranger = others.find(other => other.name !== first.name || other.recordType !== first.recordType);
    if (stranger) {
      fail('DnsRecord.lines', `${stranger.recordType} ${stranger.name} is not of the same record set as ${first.recordType} ${first.name}`);
    }
    return first.withValues(...others.flatMap(other => other.values));
  }

  private static parseLine(line: string, purpose: string): DnsRecord {
    const parts = ZONE_FILE_LINE.exec(line.trim());
    if (!parts) fail('DnsRecord.line', `"${line}" is not a record line; the form is "NAME. TTL IN CNAME|MX|TXT DATA"`);
    const [, name, ttl, type, data] = parts;
    const value = type === DnsRecordType.TXT ? unquoteTxt(data, OctetEscape.ZONE_FILE) : data;
    return new DnsRecord(name, type as DnsRecordType, [value], { purpose }, Number(ttl));
  }

  /** The absolute name in lower case, without the trailing dot. */
  public readonly name: string;

  /** The type of the record. */
  public readonly recordType: DnsRecordType;

  /** The values as data: a TXT value without quotation marks, an MX value as `10 host`, a name without trailing dot. */
  public readonly values: string[];

  /** How long a resolver may keep the record, in seconds. */
  public readonly ttlSeconds: number;

  /** Why the record exists; empty when nobody said. */
  public readonly purpose: string;

  private constructor(name: string, type: DnsRecordType, values: string[], options: DnsRecordOptions, ttlSeconds?: number) {
    if (values.length === 0) fail('DnsRecord.noValue', `the ${type} record ${name} has no value`);
    this.name = normalizeOwnerName(name);
    this.recordType = type;
    this.values = [...new Set(values.map(value => normalizeValue(type, value)))];
    if (type === DnsRecordType.CNAME && this.values.length > 1) {
      fail('DnsRecord.cnameValues', `the CNAME record ${name} has ${this.values.length} values (${this.values.join(', ')}); ` +
        'a name stands for one other name (RFC 2181)');
    }
    this.ttlSeconds = ttlSeconds ?? options.ttl?.toSeconds({ integral: false }) ?? DEFAULT_TTL_SECONDS;
    if (!Number.isInteger(this.ttlSeconds) || this.ttlSeconds < 0 || this.ttlSeconds > TTL_MAX) {
      fail('DnsRecord.ttl', `the TTL of ${name} is ${this.ttlSeconds} seconds; it is a whole number from 0 to ${TTL_MAX}`);
    }
    this.purpose = options.purpose ?? '';
  }

  /**
   * The absolute name with the trailing dot, which no zone can double.
   */
  public get fqdn(): string {
    return `${this.name}.`;
  }

  /**
   * The values as Route 53 takes them: TXT quoted and split into strings of at most 255 octets.
   */
  public get route53Values(): string[] {
    return this.recordType === DnsRecordType.TXT ? this.values.map(value => quoteTxt(value, OctetEscape.ROUTE53)) : this.values;
  }

  /**
   * The record set as lines of a BIND zone file, one a value, with absolute names.
   */
  public get zoneFileLines(): string[] {
    const data = (value: string) => this.recordType === DnsRecordType.TXT ? quoteTxt(value, OctetEscape.ZONE_FILE) : `${value}.`;
    return this.values.map(value => `${this.fqdn} ${this.ttlSeconds} IN ${this.recordType} ${data(value)}`);
  }

  /**
   * Whether a name or value is known only when the stack is deployed.
   */
  public get isDeployTime(): boolean {
    return [this.name, ...this.values].some(hasToken);
  }

  /**
   * The same record set with more values. DNS has one TXT set a name, so records which share name and type are one set.
   *
   * @param values the values to add; those already there are not added twice
   */
  public withValues(...values: string[]): DnsRecord {
    return new DnsRecord(this.name, this.recordType, [...this.values, ...values], { purpose: this.purpose }, this.ttlSeconds);
  }
}

/**
 * The options of a record whose policy knows the purpose, unless the caller says another.
 */
export function withPurpose(options: DnsRecordOptions, purpose: string): DnsRecordOptions {
  return { ttl: options.ttl, purpose: options.purpose ?? purpose };
}

/** Names in lower case and without the root's dot, so that equal values are equal texts. */
function normalizeValue(type: DnsRecordType, value: string): string {
  if (type === DnsRecordType.TXT) return value;
  if (type === DnsRecordType.CNAME) return normalizeRecordName(value);
  const parts = /^(\d{1,5})\s+(\S+)$/.exec(value);
  if (parts && Number(parts[1]) <= PRIORITY_MAX) return `${Number(parts[1])} ${normalizeRecordName(parts[2])}`;
  if (hasToken(value)) return value;
  return fail('DnsRecord.mxValue', `"${value}" is not an MX value; the form is "10 mail.example.com", with a priority from 0 to ${PRIORITY_MAX}`);
}
