import { DnsRecord, DnsRecordType } from './dns-record';
import { fail } from '../private/errors';
import { hasToken } from '../private/tokens';

/** The texts of which a name may have one, by how they begin, and what receivers do with two. */
const SINGLE_TEXTS: Record<string, string> = {
  spf1: 'receivers fail both (RFC 7208); make one of them with Spf.merge',
  dmarc1: 'receivers ignore both (RFC 9989); keep one',
  bimi1: 'receivers ignore both; keep one',
  stsv1: 'senders ignore both (RFC 8461); keep one',
  tlsrptv1: 'senders ignore both (RFC 8460); keep one',
};

/**
 * The record sets that stand in DNS when all these records are published: one a name and type, with the TTL and purpose of the first.
 *
 * Texts of one name become one set. Refused is what DNS or mail has one of: a CNAME, an MX (a MAIL FROM domain has exactly one), an SPF or DMARC
 * record. Values that differ by a token are left apart, since only the deployment can compare them.
 */
export function mergeRecords(records: DnsRecord[]): DnsRecord[] {
  const merged: DnsRecord[] = [];
  for (const record of records) {
    const index = merged.findIndex(other => other.name === record.name && other.recordType === record.recordType && canJoin(other, record));
    if (index < 0) merged.push(record);
    else merged[index] = merged[index].withValues(...record.values);
  }
  merged.forEach(record => checkSingleTexts(record));
  merged.forEach(record => checkAlias(record, merged));
  return merged;
}

/** Whether two records of one name and type are one set. */
function canJoin(one: DnsRecord, other: DnsRecord): boolean {
  if (one.recordType === DnsRecordType.TXT) return true;
  const [first, second] = [one.values, other.values].map(values => [...values].sort().join(', '));
  if (first === second) return true;
  if (hasToken(first) || hasToken(second)) return false;
  const isAlias = one.recordType === DnsRecordType.CNAME;
  const why = isAlias ? 'a name stands for one other name' : 'a name has one mail server here, as SES demands of a MAIL FROM domain';
  return fail('DnsRecord.conflict', `the ${one.recordType} record ${one.name} is there twice, with "${first}" and with "${second}"; ${why}, ` +
    'so leave one out');
}

function checkSingleTexts({ name, values }: DnsRecord): void {
  if (values.length < 2) return;
  for (const [version, consequence] of Object.entries(SINGLE_TEXTS)) {
    const [first, second] = values.filter(value => new RegExp(`^v\\s*=\\s*${version}(?=[\\s;]|$)`, 'i').test(value));
    if (second !== undefined) fail('DnsRecord.rivalTexts', `the TXT record ${name} would have both "${first}" and "${second}"; ${consequence}`);
  }
}

/** Beside an alias, its name has no other record (RFC 1034, section 3.6.2). */
function checkAlias(record: DnsRecord, all: DnsRecord[]): void {
  if (record.recordType !== DnsRecordType.CNAME) return;
  const other = all.find(({ name, recordType }) => name === record.name && recordType !== DnsRecordType.CNAME);
  if (other) {
    fail('DnsRecord.besideAlias', `${record.name} has a CNAME and a ${other.recordType} record; beside a CNAME a name has no other record, ` +
      'so leave one out');
  }
}
