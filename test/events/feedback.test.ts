import * as fc from 'fast-check';
import { canonicalAddress, type Feedback, feedbackOf, type FeedbackOptions } from '../../src/events/feedback';
import { parseMailEvents } from '../../src/events/parse-events';
import { sampleEvent, type SampleEventType, sampleNotification, WITHOUT_DSN } from '../../src/events/sample-events';
import { TRANSPORTS } from '../support/transports';

const read = (record: unknown, options?: FeedbackOptions): Feedback[] => parseMailEvents(record).flatMap(event => feedbackOf(event, options));
const bounceOf = (...addresses: string[]) => sampleEvent('Bounce', { bounce: { bouncedRecipients: addresses.map(emailAddress => ({ emailAddress })) } });
const complaintOf = (...addresses: string[]) => sampleEvent('Complaint', { complaint: { complainedRecipients: addresses.map(emailAddress => ({ emailAddress })) } });
const keys = (record: unknown) => read(record).map(({ key }) => key);

test('a bounce makes a record of all that there is to know', () => {
  expect(read(sampleEvent('Bounce'))).toEqual([{
    key: expect.stringMatching(/^[\w-]{43}$/),
    eventType: 'Bounce',
    action: 'suppress',
    reason: 'bounced for good',
    address: 'jane.doe@example.net',
    timestamp: '2026-07-10T08:15:43.000Z',
    messageId: '0100018f3c2d4e5f-1a2b3c4d-5e6f-4a7b-8c9d-0e1f2a3b4c5d-000000',
    messageIdHeader: '<order-4711@example.com>',
    sourceAddress: 'orders@example.com',
    configurationSet: 'transactional',
    tags: expect.objectContaining({ 'ses:configuration-set': ['transactional'] }),
    feedbackId: '0100018f3c2d9a8b-2b3c4d5e-6f7a-4b8c-9d0e-1f2a3b4c5d6e-000000',
    bounceType: 'Permanent',
    bounceSubType: 'General',
    countsInBounceRate: true,
    status: '5.1.1',
    diagnosticCode: 'smtp; 550 5.1.1 user unknown',
    ambiguous: false,
    simulator: false,
  }]);
});

test.each<[SampleEventType, object]>([
  ['Send', { action: 'none', timestamp: '2026-07-10T08:15:30.000Z' }],
  ['Rendering Failure', { action: 'contentAlert', timestamp: '2026-07-10T08:15:30.000Z' }],
  ['Reject', { action: 'operatorAlert' }],
  ['Delivery', { action: 'none', processingTimeMillis: 12117, timestamp: '2026-07-10T08:15:42.117Z' }],
  ['Complaint', { action: 'suppress', complaintFeedbackType: 'abuse', securityReport: false, timestamp: '2026-07-11T19:02:00.000Z' }],
  ['DeliveryDelay', { action: 'none', delayType: 'TransientCommunicationFailure', status: '4.4.1' }],
  ['Subscription', { action: 'none', subscription: expect.objectContaining({ oldTopicPreferences: expect.anything(), newTopicPreferences: expect.anything() }) }],
  ['Open', { action: 'none', ambiguous: false }],
  ['Click', { action: 'none', ambiguous: false }],
])('a record of type %s is about its recipient', (type, expected) => {
  expect(read(sampleEvent(type))).toEqual([expect.objectContaining({ eventType: type, address: 'jane.doe@example.net', ...expected })]);
});

test('each recipient has a record, and one that is named twice has one', () => {
  expect(read(bounceOf('a@example.com', 'b@example.com', 'A@EXAMPLE.com', 'a@EXAMPLE.com')).map(({ address }) => address))
    .toEqual(['a@example.com', 'b@example.com', 'A@example.com']);
  expect(read(sampleEvent('Open', { mail: { destination: ['a@example.com', 'b@example.com'] } })).map(({ ambiguous }) => ambiguous)).toEqual([true, true]);
});

test('an event that names nobody makes a record, and somebody has to look at it if it is about an address', () => {
  expect(read(bounceOf())).toEqual([expect.objectContaining({ address: undefined, action: 'operatorAlert', reason: 'bounced for good, and the event does not say for whom' })]);
  expect(read(bounceOf('unknown'))).toEqual(read(bounceOf()));
  expect(read(complaintOf())).toEqual([expect.objectContaining({ action: 'operatorAlert' })]);
  expect(read(sampleEvent('Send', { mail: { destination: [] } }))).toEqual([expect.objectContaining({ address: undefined, action: 'none' })]);
  expect(read({ eventType: 'New' })).toEqual([expect.objectContaining({ eventType: 'Unknown', action: 'none', messageId: '', timestamp: '' })]);
});

test('of several possible complainers each is ambiguous, and suppressed or not as wanted', () => {
  const complaint = complaintOf('a@example.com', 'b@example.com');
  expect(read(complaint)).toEqual([expect.objectContaining({ action: 'suppress', ambiguous: true }), expect.objectContaining({ action: 'suppress', ambiguous: true })]);
  expect(read(complaint, { ambiguousComplaints: 'mark' }).map(({ action }) => action)).toEqual(['mark', 'mark']);
  expect(read(complaintOf('a@example.com'), { ambiguousComplaints: 'mark' })).toEqual([expect.objectContaining({ action: 'suppress', ambiguous: false })]);
});

describe('a server that asks a blocklist', () => {
  const diagnosticCode = 'smtp; 554 5.7.1 Service unavailable; Client host [192.0.2.7] blocked using zen.spamhaus.org';
  const refused = (bounceType: string) => sampleEvent('Bounce', {
    bounce: { bounceType, bounceSubType: 'General', bouncedRecipients: [{ emailAddress: 'jane.doe@example.net', diagnosticCode }] },
  });

  test('is told from others, with the address that it refuses', () => {
    expect(read(refused('Permanent'))).toEqual([expect.objectContaining({ action: 'suppress', blocklist: 'Spamhaus', blockedIp: '192.0.2.7' })]);
    expect(read(sampleEvent('DeliveryDelay', { deliveryDelay: { delayedRecipients: [{ emailAddress: 'jane.doe@example.net', diagnosticCode }] } })))
      .toEqual([expect.objectContaining({ blocklist: 'Spamhaus' })]);
  });

  test('says nothing about the address of the recipient, so that a bounce for now does not count against it', () => {
    expect(read(refused('Transient'))).toEqual([expect.objectContaining({ action: 'none', reason: 'refused for now, since a blocklist has the sender' })]);
  });
});

test('mail to the simulator is told from mail to people', () => {
  expect(read(bounceOf('bounce+order-42@simulator.amazonses.com', 'a@example.com')).map(({ simulator }) => simulator)).toEqual([true, false]);
});

test('the header Message-ID is the one of the sender, which a notification also has among the common headers', () => {
  const commonHeaders = { messageId: '<mine@example.com>' };
  expect(read(sampleNotification('Bounce', { mail: { commonHeaders } }))[0].messageIdHeader).toBe('<mine@example.com>');
  expect(read(sampleEvent('Bounce', { mail: { commonHeaders, headers: [] } }))[0].messageIdHeader).toBeUndefined();
  expect(read(sampleEvent('DeliveryDelay'))[0].messageIdHeader).toBeUndefined();
});

test.each([
  ['Jane <Jane.Doe@Example.NET>', 'Jane.Doe@example.net'], ['"a@b"@EXAMPLE.com', '"a@b"@example.com'], [' a@example.com ', 'a@example.com'],
])('the address %s is compared as %s', (address, expected) => {
  expect(canonicalAddress(address)).toBe(expected);
});

describe('the key', () => {
  const sample = fc.constantFrom<SampleEventType>('Send', 'Reject', 'Delivery', 'Bounce', 'Complaint', 'DeliveryDelay', 'Open');
  const address = fc.tuple(fc.stringMatching(/^[a-zA-Z.+]{1,8}$/), fc.constantFrom('example.com', 'example.net')).map(parts => parts.join('@'));
  const addresses = fc.uniqueArray(address, { minLength: 1 });
  const transport = fc.constantFrom(...Object.values(TRANSPORTS));

  test('is the same whatever brings the record, and how often it is wrapped', () => {
    fc.assert(fc.property(sample, transport, transport, (type, inner, outer) => {
      const record = sampleEvent(type);
      expect(keys(JSON.stringify(inner(record)))).toEqual(keys(record));
      expect(keys(outer(record))).toEqual(keys(record));
    }));
  });

  test('does not depend on the order of recipients, of fields, or of events', () => {
    fc.assert(fc.property(addresses, fc.infiniteStream(fc.nat()), (some, numbers) => {
      const numbered = some.map(each => [numbers.next().value as number, each] as const);
      const shuffled = numbered.sort(([one], [other]) => one - other).map(([, each]) => each);
      const turned = Object.fromEntries(Object.entries(bounceOf(...shuffled)).reverse());
      expect(keys(turned).sort()).toEqual(keys(bounceOf(...some)).sort());
      expect(keys([complaintOf(...shuffled), turned]).sort()).toEqual([...keys(bounceOf(...some)), ...keys(complaintOf(...some))].sort());
    }));
  });

  test('is the same in an event and in the notification of the same bounce', () => {
    expect(keys(sampleNotification('Bounce'))).toEqual(keys(sampleEvent('Bounce')));
  });

  test('is the same for an address whose domain is written in another case, and not for another address', () => {
    expect(keys(bounceOf('jane@Example.com'))).toEqual(keys(bounceOf('Jane <jane@example.com>')));
    expect(keys(bounceOf('Jane@example.com'))).not.toEqual(keys(bounceOf('jane@example.com')));
  });

  test('is another for each news', () => {
    const news = [
      sampleEvent('Bounce'), sampleEvent('Complaint'), sampleEvent('Delivery'), sampleEvent('Send'), sampleEvent('DeliveryDelay'), sampleEvent('Open'),
      sampleEvent('Bounce', { bounce: { feedbackId: 'another' } }), sampleEvent('DeliveryDelay', { deliveryDelay: { timestamp: '2026-07-10T09:20:31.004Z' } }),
      sampleEvent('Send', { mail: { messageId: 'another' } }), bounceOf('somebody@example.com'), { ...sampleEvent('Send'), eventType: 'New' }, { ...sampleEvent('Send'), eventType: 'Newer' },
      // without the id of the feedback, the message and the instant tell
      sampleEvent('Bounce', { bounce: { feedbackId: undefined } }), sampleEvent('Bounce', { bounce: { feedbackId: undefined }, mail: { messageId: 'another' } }),
    ];
    expect(new Set(news.flatMap(keys)).size).toBe(news.length);
  });

  test('shows no address', () => {
    expect(keys(sampleEvent('Bounce', WITHOUT_DSN)).join()).not.toMatch(/jane|@/);
  });
});

test('an instant that is none is left empty', () => {
  expect(read(sampleEvent('Send', { mail: { timestamp: 'yesterday' } }))[0].timestamp).toBe('');
  expect(read(sampleEvent('Open', { open: { timestamp: 5, ipAddress: null } }))).toHaveLength(1);
});
