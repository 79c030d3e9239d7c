import type { RecordProperties } from './route53-in-account-constants';

/** One entry of a Route 53 change batch. */
export interface RecordChange {
  readonly action: 'CREATE' | 'DELETE';
  readonly record: RecordProperties;
}

/** What to do to a zone, and the record sets there that are not ours to touch. */
export interface RecordPlan {
  readonly changes: RecordChange[];
  /** Wanted, but the zone holds something else there which we did not write. */
  readonly conflicts: RecordProperties[];
  /** Changed by somebody since we wrote it, and nothing that this request is about: left alone. */
  readonly left: RecordProperties[];
}

/**
 * How a zone gets from what it holds to what is wanted, touching only what was written before with the values of `before`.
 *
 * It looks at the zone and not only at the event, so an update that is interrupted, repeated or rolled back ends in the same state: a record set
 * which is there exactly as wanted may be the update's own work and is no conflict. A creation has nothing to repeat: it takes nothing over.
 *
 * A record set changes by DELETE and CREATE, not by UPSERT: Route 53 refuses the batch when the values to delete are no longer the ones there, so
 * a change that somebody makes between our look and our batch is not overwritten.
 *
 * @param before what the last successful request wrote; undefined on creation
 * @param wanted what is to be there
 * @param actual what the zone holds now
 */
export function planChanges(before: RecordProperties[] | undefined, wanted: RecordProperties[], actual: RecordProperties[]): RecordPlan {
  const held = byKey(actual);
  const ours = byKey(before ?? []);
  const keep = byKey(wanted);
  const plan: RecordPlan = { changes: [], conflicts: [], left: [] };

  for (const [key, record] of ours) {
    const now = held.get(key);
    if (keep.has(key) || now === undefined) continue;
    if (isSame(now, record)) plan.changes.push({ action: 'DELETE', record: now });
    else plan.left.push(now);
  }
  for (const [key, record] of keep) {
    const now = held.get(key);
    const own = ours.get(key);
    if (now === undefined) plan.changes.push({ action: 'CREATE', record });
    else if (before && isSame(now, record)) continue;
    else if (own && isSame(now, own)) plan.changes.push({ action: 'DELETE', record: now }, { action: 'CREATE', record });
    else if (own && isSame(own, record)) plan.left.push(now);
    else plan.conflicts.push(now);
  }
  return plan;
}

/** Name and type, which a zone has one record set of. */
export function keyOf(record: RecordProperties): string {
  return `${record.Type} ${record.Name.toLowerCase().replace(/\.?$/, '.')}`;
}

function byKey(records: RecordProperties[]): Map<string, RecordProperties> {
  return new Map(records.map(record => [keyOf(record), record]));
}

function isSame(one: RecordProperties, other: RecordProperties): boolean {
  const values = (record: RecordProperties) => [...record.Values].map(value => value.replace(/" +"/g, '" "').replace(/\.$/, '')).sort().join('\n');
  return Number(one.TTL) === Number(other.TTL) && values(one) === values(other);
}
