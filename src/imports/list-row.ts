import { isMailAddress } from '../ses/mail-address';

/**
 * A row of a list that SES would not take. Its message is for the report in the bucket, and repeats nothing of the row: reports are read by more people than lists.
 */
export class BadRow extends Error {}

/** A row of a list, as SES reads it. */
export interface Row {
  /** What no two rows may share. */
  readonly address: string;
  /** One line of newline-delimited JSON. */
  readonly json: string;
}

/** Reads the rows of one kind of list. */
export interface RowReader {
  /** Reads the line above all rows of CSV, if there is one. */
  readonly header?: (cells: readonly string[]) => void;
  readonly cells: (cells: readonly string[]) => Row;
  readonly json: (value: unknown) => Row;
}

/**
 * The address of a row. The domain comes in lower case, so that two spellings of one address are one.
 */
export function addressOf(value: unknown): string {
  if (typeof value !== 'string' || value === '') throw new BadRow('has no address');
  const address = value.trim();
  if (!isMailAddress(address)) {
    throw new BadRow('has no address that SES takes: give local-part@domain in ASCII, without a display name, and an internationalized domain as xn--');
  }
  const at = address.lastIndexOf('@');
  return address.slice(0, at) + address.slice(at).toLowerCase();
}

/** Refuses members that SES does not know. */
export function onlyMembers(value: unknown, known: readonly string[]): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new BadRow('is no JSON object');
  if (Object.keys(value).some(name => !known.includes(name))) throw new BadRow(`has other members than ${known.join(', ')}`);
  return value as Record<string, unknown>;
}
