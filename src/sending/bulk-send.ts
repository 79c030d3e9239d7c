import { bulkFailureOf, type SendFailure } from './send-failure';
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

/** What became of the entries of a bulk call. */
export interface BulkOutcome<T> {
  /** The entries that SES has taken. */
  readonly sent: { readonly entry: T; readonly messageId: string }[];
  /** The entries to be tried again, after a pause. */
  readonly retry: T[];
  /** The entries to be kept until sending is possible again, and why it is not; when there are any, make no further calls. */
  readonly stopped: { readonly entry: T; readonly failure: SendFailure }[];
  /** The entries that will never be sent as they are. */
  readonly failed: { readonly entry: T; readonly failure: SendFailure; readonly error?: string }[];
}

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
 * Reads the answer of a bulk call: it is a success (200) even if no entry was sent.
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
    if (/^success$/i.test(status)) return outcome.sent.push({ entry, messageId });
    const failure = bulkFailureOf(status);
    if (failure.action === 'retry') return outcome.retry.push(entry);
    return failure.action === 'stop' ? outcome.stopped.push({ entry, failure }) : outcome.failed.push({ entry, failure, error });
  });
  return outcome;
}

function recipientsOf({ Destination: { ToAddresses = [], CcAddresses = [], BccAddresses = [] } = {} }: BulkEntry): number {
  return ToAddresses.length + CcAddresses.length + BccAddresses.length;
}
