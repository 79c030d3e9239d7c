import type { RecordProperties } from './route53-in-account-constants';

/** One entry of a Route 53 change batch. */
export interface RecordChange {
  readonly action: 'CREATE' | 'DELETE' | 'UPSERT';
  readonly record: RecordProperties;
}

/** What to do to a zone, and the record sets there that are not ours to touch. */
export interface RecordPlan {
  readonly changes: RecordChange[];
  /** Wanted, but the zone holds something else there which we did not write. */
  readonly conflicts: RecordProperties[];
  /** No longer wanted, but changed by somebody since: left alone. */
  readonly left: RecordProperties[];
}

/**
 * How a zone gets from what it holds to what is wanted, touching only what was written before with the values of `before`.
 *
 * It looks at the zone and not only at the event, so an interrupted, repeated or rolled back request ends in the same state.
 *
 * @param before what the last successful request wrote; empty on creation
 * @param wanted what is to be there
 * @param actual what the zone holds now
 */
export function planChanges(before: RecordProperties[], wanted: RecordProperties[], actual: RecordProperties[]): RecordPlan {
  const held = byKey(actual);
  const ours = byKey(before);
  const keep = byKey(wanted);
  const changes: RecordChange[] = [];
  const conflicts: RecordProperties[] = [];
  const left: RecordProperties[] = [];

  for (const record of before) {
    if (keep.has(key(record))) continue;
    const now = held.get(key(record));
    if (now === undefined) continue;
    if (isSame(now, record)) changes.push({ action: 'DELETE', record: now });
    else left.push(now);
  }
  for (const record of wanted) {
    const now = held.get(key(record));
    const own = ours.get(key(record));
    if (now === undefined) changes.push({ action: 'CREATE', record });
    else if (own === undefined || !(isSame(now, own) || isSame(now, record))) conflicts.push(now);
    else if (!isSame(now, record)) changes.push({ action: 'UPSERT', record });
  }
  return { changes, conflicts, left };
}

/** Name and type, which a zone has one record set of. */
export function key(record: RecordProperties): string {
  return `${record.Type} ${record.Name.toLowerCase().replace(/\.?$/, '.')}`;
}

function byKey(records: RecordProperties[]): Map<string, RecordProperties> {
  return new Map(records.map(record => [key(record), record]));
}

function isSame(one: RecordProperties, other: RecordProperties): boolean {
  const values = (record: RecordProperties) => [...record.Values].map(value => value.replace(/" +"/g, '" "').replace(/\.$/, '')).sort().join('\n');
  return Number(one.TTL) === Number(other.TTL) && values(one) === values(other);
}
