import { fail } from '../private/errors';
import { SES_LIMITS } from '../ses/limits';

/** The recipients of an entry, as `SendBulkEmail` takes them. */
interface BulkEntry {
  readonly Destination?: {
    readonly ToAddresses?: readonly string[]; readonly CcAddresses?: readonly string[]; readonly BccAddresses?: readonly string[];
  };
}

/** What the answer of `SendBulkEmail` says of an entry. */
interface BulkResult {
  readonly Status?: string;
  readonly Error?: string;
  readonly MessageId?: string;
}

/** An entry that was not sent, and what SES says of it. */
export interface UnsentEntry<T> {
  readonly entry: T;
  readonly status: string;
  readonly error?: string;
}

/** What became of the entries of a bulk call. */
export interface BulkOutcome<T> {
  /** The entries that SES has taken. */
  readonly sent: { readonly entry: T; readonly messageId: string }[];
  /** The entries to be tried again, after a pause. */
  readonly retry: UnsentEntry<T>[];
  /** The entries to be kept until sending is possible again: it is paused, or the 24-hour quota is used up. While there are any, make no further calls. */
  readonly stopped: UnsentEntry<T>[];
  /** The entries that will never be sent as they are. */
  readonly failed: UnsentEntry<T>[];
}

/** Statuses of entries, without `_` and in lower case: the two versions of the API differ in that. */
const RETRY: ReadonlySet<string> = new Set(['transientfailure', 'accountthrottled']);
const STOP: ReadonlySet<string> = new Set(['accountsendingpaused', 'configurationsetsendingpaused', 'accountsuspended', 'accountdailyquotaexceeded']);

/**
 * Shares the entries of a mailing among calls of `SendBulkEmail`, each with up to 50 recipients (To, Cc and Bcc count), in their order.
 *
 * Give `DefaultContent.Template.TemplateData` with a value for each variable: SES falls back to it for entries without data of their own, and drops in silence
 * what does not render.
 *
 * @param entries the entries of all calls
 */
export function bulkCalls<T extends BulkEntry>(entries: readonly T[]): T[][] {
  const max = SES_LIMITS.destinationsPerBulkCall;
  const calls: T[][] = [];
  let room = 0;
  for (const entry of entries) {
    const count = recipientsOf(entry);
    if (count > max) fail('BulkSend.recipients', `an entry has ${count} recipients; SES takes ${max} in a call, so make several entries of it`);
    if (calls.length === 0 || count > room) {
      calls.push([]);
      room = max;
    }
    calls.at(-1)!.push(entry);
    room -= count;
  }
  return calls;
}

/**
 * Reads the answer of a bulk call: it is a success (200) even if no entry was sent. For a call that fails as a whole see `sendFailure`.
 *
 * @param entries the entries of the call
 * @param results `BulkEmailEntryResults` of the answer, in the same order
 */
export function bulkOutcome<T>(entries: readonly T[], results: readonly BulkResult[]): BulkOutcome<T> {
  if (entries.length !== results.length) {
    fail('BulkSend.results', `the answer has ${results.length} results for ${entries.length} entries; give the entries of just this call, in their order`);
  }
  const outcome: BulkOutcome<T> = { sent: [], retry: [], stopped: [], failed: [] };
  entries.forEach((entry, index) => {
    const { Status: status = 'FAILED', Error: error, MessageId: messageId = '' } = results[index];
    const word = status.replaceAll('_', '').toLowerCase();
    if (word === 'success') outcome.sent.push({ entry, messageId });
    else (RETRY.has(word) ? outcome.retry : STOP.has(word) ? outcome.stopped : outcome.failed).push({ entry, status, error });
  });
  return outcome;
}

function recipientsOf({ Destination: { ToAddresses = [], CcAddresses = [], BccAddresses = [] } = {} }: BulkEntry): number {
  return ToAddresses.length + CcAddresses.length + BccAddresses.length;
}
