import * as fc from 'fast-check';
import { bulkCalls, bulkOutcome } from '../../src/sending/bulk-send';

const to = (count: number, at = 0) => ({ Destination: { ToAddresses: Array.from({ length: count }, (_, index) => `r${at}-${index}@example.com`) } });

test('a mailing to 120 single recipients takes three calls', () => {
  expect(bulkCalls(Array.from({ length: 120 }, (_, at) => to(1, at))).map(({ length }) => length)).toEqual([50, 50, 20]);
});

test('copies count as recipients', () => {
  const entry = { Destination: { ToAddresses: Array(20).fill('a'), CcAddresses: Array(20).fill('b'), BccAddresses: Array(10).fill('c') } };
  expect(bulkCalls([entry, to(1)])).toEqual([[entry], [to(1)]]);
  expect(() => bulkCalls([to(51)])).toThrow('an entry has 51 recipients; SES takes 50 in a call, so make several entries of it [BulkSend.recipients]');
});

test('no entry is lost or moved, and no call is too large', () => {
  fc.assert(fc.property(fc.array(fc.integer({ min: 0, max: 50 })), counts => {
    const entries = counts.map(to);
    const calls = bulkCalls(entries);
    expect(calls.flat()).toEqual(entries);
    for (const call of calls) {
      expect(call.length).toBeGreaterThan(0);
      expect(call.reduce((sum, { Destination }) => sum + Destination.ToAddresses.length, 0)).toBeLessThanOrEqual(50);
    }
  }));
});

test.each([
  ['SUCCESS', 'sent'], ['Success', 'sent'],
  ['TRANSIENT_FAILURE', 'retry'], ['ACCOUNT_THROTTLED', 'retry'], ['TransientFailure', 'retry'], ['AccountThrottled', 'retry'],
  ['ACCOUNT_DAILY_QUOTA_EXCEEDED', 'stopped'], ['ACCOUNT_SENDING_PAUSED', 'stopped'], ['CONFIGURATION_SET_SENDING_PAUSED', 'stopped'],
  ['ACCOUNT_SUSPENDED', 'stopped'], ['AccountSendingPaused', 'stopped'],
  ['MESSAGE_REJECTED', 'failed'], ['MAIL_FROM_DOMAIN_NOT_VERIFIED', 'failed'], ['CONFIGURATION_SET_NOT_FOUND', 'failed'], ['TEMPLATE_NOT_FOUND', 'failed'],
  ['INVALID_SENDING_POOL_NAME', 'failed'], ['INVALID_PARAMETER', 'failed'], ['FAILED', 'failed'], ['SOMETHING_NEW', 'failed'], [undefined, 'failed'],
])('an entry with the status %s is %s', (Status, group) => {
  const { sent, ...others } = bulkOutcome(['entry'], [{ Status, MessageId: '1', Error: 'why' }]);
  expect(Object.entries({ sent, ...others }).filter(([, entries]) => entries.length > 0)).toEqual([
    [group, [group === 'sent' ? { entry: 'entry', messageId: '1' } : { entry: 'entry', status: Status ?? 'FAILED', error: 'why' }]],
  ]);
});

test('an answer tells entry by entry what was sent', () => {
  const outcome = bulkOutcome(['a', 'b', 'c'], [{ Status: 'SUCCESS', MessageId: '1' }, { Status: 'MESSAGE_REJECTED' }, { Status: 'SUCCESS', MessageId: '3' }]);
  expect(outcome.sent).toEqual([{ entry: 'a', messageId: '1' }, { entry: 'c', messageId: '3' }]);
  expect(outcome.failed.map(({ entry }) => entry)).toEqual(['b']);
});

test('the answer of another call is refused', () => {
  expect(() => bulkOutcome(['a'], [])).toThrow('the answer has 0 results for 1 entries; give the entries of just this call, in their order [BulkSend.results]');
});
