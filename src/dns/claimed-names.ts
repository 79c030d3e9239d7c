import type { IConstruct } from 'constructs';
import { fail } from '../private/errors';
import { PerApp } from '../private/per-app';
import { hasToken } from '../private/tokens';
import { type DnsRecord, DnsRecordType } from '../records';

/** Who publishes which record set of which zone, so that two stacks of one app do not fight for it when they are deployed. */
const claims = new PerApp(() => new Map<string, string>());

/**
 * Claims the names of records in a zone for a construct; refuses those that another construct of the app publishes.
 */
export function claimNames(scope: IConstruct, zoneId: string, records: DnsRecord[]): void {
  const owners = claims.of(scope);
  for (const record of records) {
    // the names of Easy DKIM are made up by SES: nobody else has them
    if (record.recordType === DnsRecordType.CNAME && hasToken(record.name)) continue;
    const key = `${zoneId} ${record.recordType} ${record.name}`;
    const owner = owners.get(key);
    if (owner !== undefined) {
      fail('Dns.publishedTwice',
        `the ${record.recordType} record ${record.name} is already published in zone ${zoneId} by ${owner}; ` +
        'a zone has one record set of a name and type, so leave it out here (prop `publish`, e.g. `{ mailFromMx: false }`)', scope);
    }
    owners.set(key, scope.node.path);
  }
}
