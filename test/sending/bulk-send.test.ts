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

test('an answer that is a success tells entry by entry what was sent, and what to do about the rest', () => {
  expect(bulkOutcome(['a', 'b', 'c', 'd', 'e'], [
    { Status: 'SUCCESS', MessageId: '1' },
    { Status: 'ACCOUNT_THROTTLED' },
    { Status: 'CONFIGURATION_SET_SENDING_PAUSED' },
    { Status: 'MESSAGE_REJECTED', Error: 'Email address is not verified.' },
    {},
  ])).toEqual({
    sent: [{ entry: 'a', messageId: '1' }],
    retry: ['b'],
    stopped: [{ entry: 'c', failure: { action: 'stop', reason: expect.stringContaining('paused') } }],
    failed: [
      { entry: 'd', failure: { action: 'giveUp', reason: expect.stringContaining('rejects') }, error: 'Email address is not verified.' },
      { entry: 'e', failure: { action: 'giveUp', reason: expect.stringContaining('FAILED') }, error: undefined },
    ],
  });
});

test('the answer of another call is refused', () => {
  expect(() => bulkOutcome(['a'], [])).toThrow('the answer has 0 results for 1 entries; give the entries of just this call, in their order [BulkSend.results]');
});
