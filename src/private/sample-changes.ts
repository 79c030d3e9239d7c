import { isObject } from './json-value';

/** What differs from the sample: objects are merged, anything else takes the place of what is there, and `undefined` takes it out. */
export interface SampleChanges {
  readonly [field: string]: unknown;
}

/** Changes laid over a record, in copies, without what is undefined. */
export function withChanges(record: Record<string, unknown>, changes: SampleChanges): Record<string, unknown> {
  const merged = { ...record, ...changes };
  const given = Object.entries(merged).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given.map(([name, value]) => [name, changed(record[name], value)]));
}

function changed(before: unknown, value: unknown): unknown {
  if (!isObject(value)) return structuredClone(value);
  return withChanges(isObject(before) ? before : {}, value);
}
