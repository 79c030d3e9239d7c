/*
 * Writes records into a hosted zone, maybe of another account, and touches only what it has written.
 */
import { type Change, ChangeResourceRecordSetsCommand, ListResourceRecordSetsCommand, Route53Client, type RRType } from '@aws-sdk/client-route-53';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { keyOf, planChanges, type RecordPlan } from './record-changes';
import type { RecordProperties, ZoneAccess } from './route53-in-account-constants';
import { log, retry } from '../private/custom-resource.lambda-shared';
import { wasRepeated } from '../private/repeated-call.lambda-shared';

/** The longest session policy that STS takes. */
const POLICY_MAX = 2048;

const RECORD_NAMES = 'route53:ChangeResourceRecordSetsNormalizedRecordNames';

/** How Route 53 writes `*`. */
const WILDCARD_CODE = '\\052';

const sts = new STSClient({ maxAttempts: 5 });

/** Brings the zone from what was written before to what is wanted now. */
export async function bring(
  zone: ZoneAccess, before: RecordProperties[] | undefined, wanted: RecordProperties[], signal: AbortSignal, leaveForeign = false,
): Promise<void> {
  const touched = [...before ?? [], ...wanted];
  const route53 = await clientFor(zone, touched, signal);
  const { changes, conflicts, left } = planChanges(before, wanted, await readZone(route53, zone.HostedZoneId, touched, signal));
  if (conflicts.length > 0 && !leaveForeign) throw new ForeignRecords(zone.HostedZoneId, conflicts);
  if (left.length + conflicts.length > 0) log('left alone, changed by somebody since', { records: [...left, ...conflicts].map(keyOf) });
  if (changes.length === 0) return;
  const batch = changes.map(change => ({ Action: change.action, ResourceRecordSet: recordSet(change.record) } satisfies Change));
  const command = new ChangeResourceRecordSetsCommand({ HostedZoneId: zone.HostedZoneId, ChangeBatch: { Comment: 'cdk-postmaster', Changes: batch } });
  await route53.send(command, { abortSignal: signal }).catch(async (error: RefusedBatch) => {
    const isDone = async () => isAsWanted(planChanges(before ?? [], wanted, await readZone(route53, zone.HostedZoneId, touched, signal)));
    // whose answer was lost is sent again by the SDK, and then finds its own work in its way
    if (wasRepeated(error) && await isDone().catch(() => false)) return;
    throw new Error(`changing hosted zone ${zone.HostedZoneId} failed: ${reasonOf(error)}`);
  });
  log('changed', { zone: zone.HostedZoneId, changes: changes.map(change => `${change.action} ${keyOf(change.record)}`) });
}

/** What the SDK throws. It does not read an answer in the form of the API reference (`UnknownError`), but hands its parts on. */
type RefusedBatch = Error & { Messages?: { Message?: string | string[] } };

function isAsWanted({ changes, conflicts }: RecordPlan): boolean {
  return changes.length + conflicts.length === 0;
}

/** What Route 53 says of a batch. */
function reasonOf(error: RefusedBatch): string {
  return [error.Messages?.Message ?? error.message].flat().join(', ');
}

/** Somebody else's records are in the way. */
export class ForeignRecords extends Error {
  public constructor(zoneId: string, conflicts: RecordProperties[]) {
    super(`hosted zone ${zoneId} holds ${conflicts.map(record => `${record.Type} ${record.Name}`).join(', ')}, ` +
      'which this stack did not write or somebody has changed since; nothing was touched. Delete it there, or leave it out of this stack with the prop `publish`.');
  }
}

/** A client which may do no more than this request needs, even if the role may. */
async function clientFor(zone: ZoneAccess, touched: RecordProperties[], signal: AbortSignal): Promise<Route53Client> {
  if (zone.RoleArn === undefined) return new Route53Client({ maxAttempts: 8 });
  const assume = new AssumeRoleCommand({
    RoleArn: zone.RoleArn,
    RoleSessionName: 'cdk-postmaster',
    DurationSeconds: 900,
    Policy: sessionPolicy(zone, [...new Set(touched.map(record => normalized(record.Name)))]),
  });
  // a policy that this very deployment has attached takes seconds to be known everywhere
  const { Credentials } = await retry(() => sts.send(assume, { abortSignal: signal }), error => (error as Error).name === 'AccessDenied').catch(error => {
    throw new Error(`cannot assume ${zone.RoleArn}: ${(error as Error).message}. Let its trust policy name this stack's account or this function's role.`);
  });
  return new Route53Client({
    maxAttempts: 8,
    credentials: { accessKeyId: Credentials!.AccessKeyId!, secretAccessKey: Credentials!.SecretAccessKey!, sessionToken: Credentials!.SessionToken },
  });
}

/** This zone and these names; where the names do not fit into a policy, all names below the one that they share. */
function sessionPolicy(zone: ZoneAccess, names: string[]): string {
  const zoneArn = `arn:${zone.RoleArn!.split(':')[1]}:route53:::hostedzone/${zone.HostedZoneId}`;
  const policy = (condition: object) => JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      { Effect: 'Allow', Action: 'route53:ListResourceRecordSets', Resource: zoneArn },
      { Effect: 'Allow', Action: 'route53:ChangeResourceRecordSets', Resource: zoneArn, Condition: condition },
    ],
  });
  const exact = policy({ 'ForAllValues:StringEquals': { [RECORD_NAMES]: names } });
  if (exact.length <= POLICY_MAX) return exact;
  const shared = sharedParent(names);
  return policy({ 'ForAllValues:StringLike': { [RECORD_NAMES]: [shared, `*.${shared}`] } });
}

/** A name as the condition key has it, with the code of the wildcard in its place. */
function normalized(name: string): string {
  return name.toLowerCase().replace(/\.$/, '').replace(/^\*/, WILDCARD_CODE);
}

/** The longest domain that all names are or lie below. */
function sharedParent(names: string[]): string {
  const labels = names[0].split('.');
  const parents = labels.map((_, index) => labels.slice(index).join('.'));
  return parents.find(parent => names.every(name => name === parent || name.endsWith(`.${parent}`)))!;
}

/** The record sets of the zone that have one of the names and types in question. */
async function readZone(client: Route53Client, zoneId: string, touched: RecordProperties[], signal: AbortSignal): Promise<RecordProperties[]> {
  const found: RecordProperties[] = [];
  for (const [key, { Name, Type }] of new Map(touched.map(record => [keyOf(record), record]))) {
    const { ResourceRecordSets: [set] = [] } = await client.send(new ListResourceRecordSetsCommand({
      HostedZoneId: zoneId, StartRecordName: Name, StartRecordType: Type as RRType, MaxItems: 1,
    }), { abortSignal: signal });
    if (!set) continue;
    // an alias has no values, and one of several weighted record sets is not the whole answer: neither is what we wrote
    const values = set.SetIdentifier === undefined ? set.ResourceRecords ?? [] : [];
    const held = { Name: set.Name!.replace(WILDCARD_CODE, '*'), Type: set.Type!, TTL: String(set.TTL ?? ''), Values: values.map(record => record.Value!) };
    if (keyOf(held) === key) found.push(held);
  }
  return found;
}

function recordSet(record: RecordProperties) {
  return { Name: record.Name, Type: record.Type as RRType, TTL: Number(record.TTL), ResourceRecords: record.Values.map(Value => ({ Value })) };
}
