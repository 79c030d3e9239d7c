import { Token } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { fail } from '../private/errors';
import type { DnsRecord } from '../records';
import { isWithin } from '../records/domain-name';

/**
 * Refuses records that a zone cannot hold. A zone name that is a token passes: Route 53 checks it on deployment, before it writes anything.
 */
export function refuseOutsideZone(scope: IConstruct, zoneName: string, records: DnsRecord[]): void {
  if (Token.isUnresolved(zoneName)) return;
  for (const record of records) {
    if (Token.isUnresolved(record.name) || isWithin(record.name, zoneName.toLowerCase())) continue;
    fail('Dns.outsideZone', `the ${record.recordType} record ${record.name} does not belong into the hosted zone "${zoneName}"; ` +
      'give the zone of the domain itself or of a parent domain', scope);
  }
}
