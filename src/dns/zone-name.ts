import { Token } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { fail } from '../private/errors';
import type { DnsRecord } from '../records';
import { isWithin } from '../records/domain-name';

/**
 * Refuses records that a zone cannot hold. A zone name that is a token passes: Route 53 checks it on deployment, before it writes anything.
 *
 * @param scope the construct that publishes
 * @param zoneName the domain which all records are or lie below
 * @param records the records
 * @param what how the message calls the zone
 */
export function refuseOutsideZone(scope: IConstruct, zoneName: string, records: DnsRecord[], what: string = 'hosted zone'): void {
  if (Token.isUnresolved(zoneName)) return;
  for (const record of records) {
    if (Token.isUnresolved(record.name) || isWithin(record.name, zoneName)) continue;
    fail('Dns.outsideZone', `the ${record.recordType} record ${record.name} does not belong into the ${what} "${zoneName}"; ` +
      'give the zone of the domain itself or of a parent domain', scope);
  }
}
