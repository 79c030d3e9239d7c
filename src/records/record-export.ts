import { DnsRecord, DnsRecordType } from './dns-record';
import { isBelow, normalizeDomain } from './domain-name';
import { mergeRecords } from './merge-records';

const CSV_COLUMNS = ['Name', 'Relative name', 'Type', 'Priority', 'Value', 'TTL', 'Purpose'];

/**
 * DNS records in the forms that people and DNS providers take. Records of one name and type are merged first, as they will stand in DNS.
 */
export class DnsExport {
  /**
   * A BIND zone file. All names are absolute, so it needs no `$ORIGIN`; above each record set stands its purpose.
   *
   * @param records the records
   * @param domain the domain that they are for
   */
  public static zoneFile(records: DnsRecord[], domain: string): string {
    const header = [
      `; DNS records for ${normalizeDomain(domain, 'domain')}`,
      '; Names are absolute: they end with a dot, and the file needs no $ORIGIN.',
    ];
    const sets = mergeRecords(records).map(record => [
      '',
      ...record.purpose ? [`; ${oneLine(record.purpose)}`] : [],
      ...record.zoneFileLines,
    ]);
    return [...header, ...sets.flat(), ''].join('\n');
  }

  /**
   * A Route 53 change batch as JSON, for `aws route53 change-resource-record-sets --change-batch`.
   *
   * Its action is `CREATE`: if a name has a record of the type already, Route 53 refuses the whole batch, so nothing that exists is overwritten.
   *
   * @param records the records
   */
  public static changeBatch(records: DnsRecord[]): string {
    const changes = mergeRecords(records).map(record => ({
      Action: 'CREATE',
      ResourceRecordSet: {
        Name: record.fqdn,
        Type: record.recordType,
        TTL: record.ttlSeconds,
        ResourceRecords: record.route53Values.map(value => ({ Value: value })),
      },
    }));
    return JSON.stringify({ Comment: 'Email authentication records', Changes: changes }, undefined, 2);
  }

  /**
   * A table as CSV (RFC 4180), one row a value: Name, Relative name, Type, Priority, Value, TTL, Purpose.
   *
   * The relative name is for providers that append the domain: `@` for the domain itself, empty for a name that does not belong into its zone.
   * The priority of an MX record has a field of its own; the value of a TXT record has no quotation marks.
   *
   * @param records the records
   * @param domain the domain that the provider appends
   */
  public static csv(records: DnsRecord[], domain: string): string {
    const zone = normalizeDomain(domain, 'domain');
    const rows = mergeRecords(records).flatMap(record => record.values.map(value => {
      const [, priority = '', data = value] = (record.recordType === DnsRecordType.MX && /^(\d+) (.+)$/.exec(value)) || [];
      return [record.name, relativeName(record.name, zone), record.recordType, priority, data, `${record.ttlSeconds}`, oneLine(record.purpose)];
    }));
    return [CSV_COLUMNS, ...rows].map(row => `${row.map(csvField).join(',')}\r\n`).join('');
  }

  /**
   * A list as JSON: name, type, TTL, values (a TXT value without quotation marks) and purpose of each record set.
   *
   * @param records the records
   */
  public static json(records: DnsRecord[]): string {
    const list = mergeRecords(records).map(record => ({
      name: record.name,
      type: record.recordType,
      ttl: record.ttlSeconds,
      values: record.values,
      purpose: record.purpose,
    }));
    return JSON.stringify(list, undefined, 2);
  }

  /**
   * What to mind when records are entered by hand at a DNS provider, one sentence each.
   *
   * @param domain the domain that the records are for
   */
  public static hints(domain: string): string[] {
    const zone = normalizeDomain(domain, 'domain');
    return [
      `Many providers append the domain: if the form shows ".${zone}" behind the name, ` +
        `enter the relative name ("_dmarc", not "_dmarc.${zone}"), or the record ends up at "_dmarc.${zone}.${zone}".`,
      'A dot at the end of a name says that it is complete. Enter it where the provider takes it; where it does not, leave it out.',
      'The quotation marks around a TXT value belong to its notation. ' +
        'Enter the value without them where the provider adds them, and with them where it does not (Route 53).',
      'A TXT value above 255 characters (a 2048-bit DKIM key) is one record of several quoted strings. ' +
        'Most providers split it themselves; never make several records of it.',
      'The underscores in names such as "_dmarc" and "_domainkey" are part of the name. A provider that refuses them cannot host these records.',
      'Copy values exactly, without blanks or line breaks: ' +
        'keys and URLs in TXT values are case-sensitive, and SES compares the targets of CNAME records.',
      'An MX record has its priority (10) in a field of its own at most providers; the value is then the host alone.',
      'Cloudflare: set CNAME records to "DNS only". A proxied record shows its own addresses in place of the target, and verification fails.',
      'If a name has an SPF or DMARC record already, merge the two; two of a kind at one name cancel each other.',
    ];
  }
}

function relativeName(name: string, zone: string): string {
  if (name === zone) return '@';
  return isBelow(name, zone) ? name.slice(0, -zone.length - 1) : '';
}

function csvField(field: string): string {
  return /[",\r\n]/.test(field) ? `"${field.replace(/"/g, '""')}"` : field;
}

/** A line break in a purpose would end the comment that it is in. */
function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}
