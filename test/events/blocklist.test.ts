import * as fc from 'fast-check';
import { blocklistOf, isKnownBlocklist } from '../../src/events/blocklist';

test.each<[answer: string, listing: object]>([
  ['smtp; 554 5.7.1 Service unavailable; Client host [192.0.2.0] blocked using DNSBLName; See: http://www.example.com/query/ip/192.0.2.0', { list: 'DNSBLName', ip: '192.0.2.0' }],
  ['554 5.7.1 Service unavailable; Client host [192.0.2.7] blocked using zen.spamhaus.org; https://www.spamhaus.org/query/ip/192.0.2.7', { list: 'Spamhaus', ip: '192.0.2.7' }],
  ['550 5.7.1 Service unavailable, Client host [192.0.2.7] blocked using Spamhaus. To request removal from this list see https://www.spamhaus.org/query/ip/192.0.2.7', { list: 'Spamhaus', ip: '192.0.2.7' }],
  ['554 5.7.1 Service unavailable; Client host [2001:db8::7] blocked using bl.example.org', { list: 'bl.example.org', ip: '2001:db8::7' }],
  ['550 5.7.1 [example.com] the message has a link that is listed in multi.surbl.org', { list: 'SURBL' }],
  ['554 5.7.1 Rejected: 192.0.2.7 is listed at b.barracudacentral.org', { list: 'Barracuda' }],
  ['550 host 192.0.2.7 is blacklisted by dnsbl.example.net.', { list: 'dnsbl.example.net' }],
  ['421 4.7.1 [192.0.2.7] Temporarily rejected, see UCEPROTECT-Network level 2', { list: 'UCEPROTECT', ip: '192.0.2.7' }],
])('%s: %j', (answer, listing) => {
  expect(blocklistOf(answer)).toEqual(listing);
});

test.each([
  'smtp; 550 5.1.1 user unknown',
  '550 5.7.1 Message rejected by policy',
  '554 5.7.1 The address is blocked by its owner',
  '550 5.2.1 The mailbox is not listed in our directory',
  '421 4.7.0 [192.0.2.7] Our system has detected an unusual rate of unsolicited mail',
  '',
])('%s tells of no list', answer => {
  expect(blocklistOf(answer)).toBeUndefined();
});

test('what servers answer is read in a time that grows with its length only', () => {
  fc.assert(fc.property(fc.constantFrom('blocked using ', 'listed at a.', 'a.', '[1', '-', ' '), fc.integer({ min: 1, max: 20_000 }), (part, count) => {
    const started = performance.now();
    blocklistOf(part.repeat(count));
    expect(performance.now() - started).toBeLessThan(200);
  }), { numRuns: 30 });
});

test('known lists are told from others', () => {
  expect(['Spamhaus', 'bl.example.org', 'constructor'].map(isKnownBlocklist)).toEqual([true, false, false]);
});
