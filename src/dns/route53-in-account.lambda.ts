/*
 * Writes the records of a mail domain into a hosted zone of another account.
 *
 * Create: refuses when one of the record sets exists already, whatever its value: it would not be ours to delete later.
 * Update: changes what the last request wrote, in one atomic batch; fails when somebody has changed since what it is to change.
 * Delete: deletes what still is as it was written, leaves the rest and says so in the log.
 */
import { NoSuchHostedZone } from '@aws-sdk/client-route-53';
import type { DnsRecordsProperties } from './route53-in-account-constants';
import { bring, ForeignRecords } from './zone-writer.lambda-shared';
import { customResource, log, type ResourceKind } from '../private/custom-resource.lambda-shared';
import { Refusals } from '../private/refusals.lambda-shared';

/** What was refused for a foreign record. */
const refusals = new Refusals<DnsRecordsProperties>();

const records: ResourceKind<DnsRecordsProperties> = {
  physicalId: (properties, event) => `${properties.HostedZoneId}/${event.StackId.split('/')[1]}/${event.LogicalResourceId}`,
  create: (properties, signal) => bring(properties, undefined, properties.Records, signal),
  update: async (properties, old, signal) => {
    const before = old.HostedZoneId === properties.HostedZoneId ? old.Records : [];
    const takesBack = refusals.takesBack(properties, old);
    try {
      await bring(properties, before, properties.Records, signal, takesBack);
    } catch (error) {
      if (error instanceof ForeignRecords) refusals.add(properties, old);
      throw error;
    }
  },
  delete: (properties, signal) => bring(properties, properties.Records, [], signal).catch(error => {
    if (!(error instanceof NoSuchHostedZone)) throw error;
    log('the hosted zone is gone, and the records with it', { zone: properties.HostedZoneId });
  }),
};

export const handler = customResource(records);
