/*
 * Writes the records of a mail domain into a hosted zone of another account.
 *
 * Create: refuses when one of the record sets exists already, whatever its value: it would not be ours to delete later.
 * Update: changes what the last request wrote, in one atomic batch; a record set that somebody changed since makes it fail.
 * Delete: deletes what still is as it was written, leaves the rest and says so in the log.
 */
import { type Change, ChangeResourceRecordSetsCommand, ListResourceRecordSetsCommand, Route53Client, type RRType } from '@aws-sdk/client-route-53';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { key, planChanges, type RecordPlan } from './record-changes';
import type { DnsRecordsProperties, RecordProperties } from './route53-in-account-constants';
import { customResource, log, type ResourceKind, retry } from '../private/custom-resource.lambda-shared';

const sts = new STSClient({ maxAttempts: 5 });

const records: ResourceKind<DnsRecordsProperties> = {
  physicalId: (properties, event) => `${properties.HostedZoneId}/${event.StackId.split('/')[1]}/${event.LogicalResourceId}`,
  create: properties => bring(properties, [], properties.Records),
  update: (properties, old) => bring(properties, old.Records, properties.Records),
  delete: properties => bring(properties, properties.Records, []),
};

export const handler = customResource(records);

/** Brings the zone from what was written before to what is wanted now. */
async function bring(properties: DnsRecordsProperties, before: RecordProperties[], wanted: RecordProperties[]): Promise<void> {
  const touched = [...before, ...wanted];
  const route53 = await clientFor(properties, touched);
  const plan = planChanges(before, wanted, await readZone(route53, properties.HostedZoneId, touched));
  refuseConflicts(properties, plan);
  if (plan.left.length > 0) log('left alone, changed by somebody since', { records: plan.left.map(key) });
  if (plan.changes.length === 0) return;
  await route53.send(new ChangeResourceRecordSetsCommand({
    HostedZoneId: properties.HostedZoneId,
    ChangeBatch: { Comment: 'cdk-postmaster', Changes: plan.changes.map(change => ({ Action: change.action, ResourceRecordSet: recordSet(change.record) } satisfies Change)) },
  }));
  log('changed', { zone: properties.HostedZoneId, changes: plan.changes.map(change => `${change.action} ${key(change.record)}`) });
}

function refuseConflicts(properties: DnsRecordsProperties, plan: RecordPlan): void {
  if (plan.conflicts.length === 0) return;
  throw new Error(
    `hosted zone ${properties.HostedZoneId} holds ${plan.conflicts.map(record => `${record.Type} ${record.Name}`).join(', ')}, ` +
    'which this stack did not write or somebody has changed since; nothing was touched. Delete it there, or leave it out of this stack with the prop `publish`.');
}

/** A client which may do no more than this request needs, even if the role may. */
async function clientFor(properties: DnsRecordsProperties, touched: RecordProperties[]): Promise<Route53Client> {
  const zoneArn = `arn:${properties.RoleArn.split(':')[1]}:route53:::hostedzone/${properties.HostedZoneId}`;
  const names = [...new Set(touched.map(record => record.Name.toLowerCase().replace(/\.$/, '')))];
  const assume = new AssumeRoleCommand({
    RoleArn: properties.RoleArn,
    RoleSessionName: 'cdk-postmaster',
    DurationSeconds: 900,
    Policy: JSON.stringify({
      Version: '2012-10-17',
      Statement: [
        { Effect: 'Allow', Action: 'route53:ListResourceRecordSets', Resource: zoneArn },
        {
          Effect: 'Allow',
          Action: 'route53:ChangeResourceRecordSets',
          Resource: zoneArn,
          Condition: { 'ForAllValues:StringEquals': { 'route53:ChangeResourceRecordSetsNormalizedRecordNames': names } },
        },
      ],
    }),
  });
  // a policy that this very deployment has attached takes seconds to be known everywhere
  const { Credentials } = await retry(() => sts.send(assume), error => (error as Error).name === 'AccessDenied').catch(error => {
    throw new Error(`cannot assume ${properties.RoleArn}: ${(error as Error).message}. Let its trust policy name this stack's account or this function's role.`);
  });
  return new Route53Client({
    maxAttempts: 8,
    credentials: { accessKeyId: Credentials!.AccessKeyId!, secretAccessKey: Credentials!.SecretAccessKey!, sessionToken: Credentials!.SessionToken },
  });
}

/** The record sets of the zone that have one of the names and types in question. */
async function readZone(client: Route53Client, zoneId: string, touched: RecordProperties[]): Promise<RecordProperties[]> {
  const found: RecordProperties[] = [];
  for (const { Name, Type } of new Map(touched.map(record => [key(record), record])).values()) {
    const { ResourceRecordSets: [set] = [] } = await client.send(new ListResourceRecordSetsCommand({
      HostedZoneId: zoneId, StartRecordName: Name, StartRecordType: Type as RRType, MaxItems: 1,
    }));
    if (!set) continue;
    const held = { Name: set.Name!, Type: set.Type!, TTL: String(set.TTL ?? ''), Values: (set.ResourceRecords ?? []).map(record => record.Value!) };
    if (key(held) === key({ ...held, Name, Type })) found.push(held);
  }
  return found;
}

function recordSet(record: RecordProperties) {
  return { Name: record.Name, Type: record.Type as RRType, TTL: Number(record.TTL), ResourceRecords: record.Values.map(Value => ({ Value })) };
}
