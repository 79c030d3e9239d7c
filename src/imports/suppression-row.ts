import { addressOf, BadRow, onlyMembers, type Row, type RowReader } from './list-row';

/** Why an address is on the suppression list, in the words of SES. */
const REASONS = ['BOUNCE', 'COMPLAINT'];

/** Rows of addresses to suppress: `address,reason` without a header line, or `{"emailAddress": ..., "reason": ...}`. */
export const SUPPRESS: RowReader = {
  cells: cells => {
    const [address, reason] = exactly(cells, 2, 'address,BOUNCE or address,COMPLAINT');
    return suppressed(address, reason);
  },
  json: value => {
    const { emailAddress, reason } = onlyMembers(value, ['emailAddress', 'reason']);
    return suppressed(emailAddress, reason);
  },
};

/** Rows of addresses to take off the list: the address alone, or `{"emailAddress": ...}`. A reason is let pass, so that a list can be taken back as it was put. */
export const UNSUPPRESS: RowReader = {
  cells: cells => {
    if (cells.length === 2) return unsuppressed(SUPPRESS.cells(cells).address);
    return unsuppressed(exactly(cells, 1, 'an address alone')[0]);
  },
  json: value => unsuppressed(onlyMembers(value, ['emailAddress', 'reason']).emailAddress),
};

/** An address on the suppression list, as imports of SES read it. */
export function suppressed(emailAddress: unknown, reason: unknown): Row {
  const address = addressOf(emailAddress);
  if (typeof reason !== 'string' || !REASONS.includes(reason)) throw new BadRow(`has no reason that SES takes: ${REASONS.join(' or ')}`);
  return { address, json: JSON.stringify({ emailAddress: address, reason }) };
}

function unsuppressed(emailAddress: unknown): Row {
  const address = addressOf(emailAddress);
  return { address, json: JSON.stringify({ emailAddress: address }) };
}

function exactly(cells: readonly string[], count: number, form: string): readonly string[] {
  if (cells.length !== count) throw new BadRow(`has ${cells.length} cells; a row is ${form}, and there is no header line`);
  return cells;
}
