import { EVENT_RECORDS } from './records';
import type { BounceEvent, ClickEvent, DeliveryDelayEvent, DeliveryEvent, MailEvent } from '../../src/events/event-record';
import { parseMailEvents } from '../../src/events/parse-events';
import { sampleEvent, type SampleEventType, sampleNotification, WITHOUT_DSN, WITHOUT_REPORT } from '../../src/events/sample-events';
import { type EventTypeName, EVENT_TYPES } from '../../src/ses/event-type';

const parsed = <E extends MailEvent>(record: unknown) => parseMailEvents(record)[0] as E;

describe('the type', () => {
  test.each(Object.values(EVENT_TYPES))('$record is found, however it is spelled', ({ api, record, payload, detailType }) => {
    const event = parseMailEvents(sampleEvent(record as SampleEventType))[0];
    expect(event).toMatchObject({ eventType: record, [payload]: expect.any(Object) });
    for (const spelling of [record, record.toLowerCase(), record.replace(' ', ''), api]) {
      expect(parseMailEvents({ ...sampleEvent(record as SampleEventType), eventType: spelling })).toEqual([event]);
    }
    const { eventType: _, ...untyped } = sampleEvent(record as SampleEventType);
    expect(parseMailEvents({ 'detail-type': detailType, 'source': 'aws.ses', 'detail': untyped })).toEqual([event]);
  });

  test('of a notification is the type of the event, and what SES calls it there stays', () => {
    expect(parsed(sampleNotification('Complaint'))).toMatchObject({ eventType: 'Complaint', notificationType: 'Complaint', mail: { tags: {} } });
    expect(parsed(sampleEvent('Complaint'))).not.toHaveProperty('notificationType');
  });

  test('that is not known makes an unknown event, with all that it has', () => {
    const record = { ...sampleEvent('Bounce'), eventType: 'Postponed', postponed: { until: 'tomorrow' } };
    expect(parsed(record)).toMatchObject({ eventType: 'Unknown', unknownType: 'Postponed', postponed: { until: 'tomorrow' }, mail: { sourceAddress: 'orders@example.com' } });
    expect(parsed({ notificationType: 'Received', receipt: {} })).toMatchObject({ eventType: 'Unknown', unknownType: 'Received', receipt: {}, mail: undefined });
  });

  test('that looks like a property of every object is not known either', () => {
    for (const eventType of ['constructor', '__proto__', 'toString', 'Unknown', '']) expect(parsed({ eventType }).eventType).toBe('Unknown');
  });
});

describe('the message', () => {
  test('has its sender with and without a display name', () => {
    expect(parsed(sampleEvent('Send')).mail).toMatchObject({ source: 'Example Shop <orders@example.com>', sourceAddress: 'orders@example.com' });
    expect(parsed(sampleEvent('Send', { mail: { source: '"a > b" <orders@example.com>' } })).mail?.sourceAddress).toBe('orders@example.com');
    expect(parsed(sampleEvent('Send', { mail: { source: ' orders@example.com ' } })).mail?.sourceAddress).toBe('orders@example.com');
  });

  test.each([[true, true], ['true', true], [false, false], ['false', false], [undefined, false]])('has cut headers when SES says %j', (given, expected) => {
    expect(parsed(sampleEvent('Send', { mail: { headersTruncated: given } })).mail?.headersTruncated).toBe(expected);
  });

  test('lacks what the record lacks', () => {
    const { mail } = parsed({ eventType: 'Send', mail: { messageId: 'id' }, send: {} });
    expect(mail).toEqual({ messageId: 'id', timestamp: '', source: '', sourceAddress: '', destination: [], headersTruncated: false, tags: {}, headers: undefined });
    expect(parsed(sampleEvent('Open')).mail).not.toHaveProperty('sourceArn');
    expect(parsed(sampleEvent('DeliveryDelay')).mail?.headers).toBeUndefined();
  });

  test.each([
    ['as SES writes them', { campaign: ['summer'] }],
    ['as single texts', { campaign: 'summer' }],
    ['as a list, as they are documented', [{ name: 'campaign', value: 'summer' }]],
  ])('has its tags as lists by name: %s', (_, tags) => {
    expect(parsed(sampleEvent('Send', { mail: { tags: undefined } })).mail?.tags).toEqual({});
    const record = sampleEvent('Send');
    (record.mail as { tags: unknown }).tags = tags;
    expect(parsed(record).mail?.tags).toEqual({ campaign: ['summer'] });
  });

  test('keeps headers that are headers, and the id that the sender gave beside the one of SES', () => {
    const { mail } = parsed(sampleEvent('Send', { mail: { headers: [{ name: 'Message-ID', value: '<1@example.com>' }, null, { name: 1 }] } }));
    expect(mail?.headers).toEqual([{ name: 'Message-ID', value: '<1@example.com>' }]);
    expect(mail?.messageId).toMatch(/^0100018f/);
  });

  test('keeps what SES has added since', () => {
    expect(parsed(sampleEvent('Send', { mail: { tenant: 'x' }, also: 1 }))).toMatchObject({ mail: { tenant: 'x' }, also: 1 });
  });
});

describe('the particulars', () => {
  test('of a bounce with and without a notification of its status', () => {
    expect(parsed<BounceEvent>(sampleEvent('Bounce')).bounce).toMatchObject({
      bouncedRecipients: [{ emailAddress: 'jane.doe@example.net', action: 'failed', status: '5.1.1', diagnosticCode: 'smtp; 550 5.1.1 user unknown' }],
    });
    expect(parsed<BounceEvent>(sampleEvent('Bounce', WITHOUT_DSN)).bounce).toEqual({
      bounceType: 'Permanent',
      bounceSubType: 'General',
      bouncedRecipients: [{ emailAddress: 'jane.doe@example.net' }],
      timestamp: '2026-07-10T08:15:43.000Z',
      feedbackId: expect.any(String),
    });
  });

  test.each(['mta.example.net', 'dns; mta.example.net', 'dsn;mta.example.net', 'DNS ; mta.example.net'])('name the server of "%s"', reportingMTA => {
    expect(parsed<BounceEvent>(sampleEvent('Bounce', { bounce: { reportingMTA } })).bounce.reportingMTA).toBe('mta.example.net');
    expect(parsed<DeliveryEvent>(sampleEvent('Delivery', { delivery: { reportingMTA } })).delivery.reportingMTA).toBe('mta.example.net');
  });

  test('of a complaint with and without a report', () => {
    expect(parsed(sampleEvent('Complaint'))).toMatchObject({ complaint: { complaintFeedbackType: 'abuse', complaintSubType: undefined } });
    expect(parsed(sampleEvent('Complaint', WITHOUT_REPORT))).toMatchObject({ complaint: { complaintFeedbackType: undefined, feedbackId: expect.any(String) } });
    expect(parsed(sampleEvent('Complaint', WITHOUT_REPORT))).not.toHaveProperty('complaint.userAgent');
    const record = sampleEvent('Complaint', { complaint: { complaintSubType: null, complaintFeedbackType: 'Not-Spam' } });
    expect(parsed(record)).toMatchObject({ complaint: { complaintSubType: undefined, complaintFeedbackType: 'not-spam' } });
  });

  test.each([
    ['SendingDeferral', 'SendingDeFerral'], ['BYOIPHostNameLookupUnavailable', 'BYOIPHostNameLookup Unavailable'], ['SpamDetected', 'spamdetected'], ['Brand New', 'Brand New'],
  ])('spell a delay as %s', (expected, delayType) => {
    expect(parsed<DeliveryDelayEvent>(sampleEvent('DeliveryDelay', { deliveryDelay: { delayType } })).deliveryDelay.delayType).toBe(expected);
  });

  test.each([
    ['a list', [{ emailAddress: 'a@example.com', status: '4.4.1' }]],
    ['one object, as it is documented', { emailAddress: 'a@example.com', status: '4.4.1' }],
  ])('name the recipients of %s', (_, delayedRecipients) => {
    const record = sampleEvent('DeliveryDelay');
    (record.deliveryDelay as { delayedRecipients: unknown }).delayedRecipients = delayedRecipients;
    expect(parsed<DeliveryDelayEvent>(record).deliveryDelay.delayedRecipients).toEqual([{ emailAddress: 'a@example.com', status: '4.4.1' }]);
  });

  test('name recipients that are bare addresses, and nobody where there is none', () => {
    const bounce = (bouncedRecipients: unknown) => parsed<BounceEvent>(sampleEvent('Bounce', { bounce: { bouncedRecipients } })).bounce.bouncedRecipients;
    expect(bounce(['a@example.com'])).toEqual([{ emailAddress: 'a@example.com' }]);
    expect(bounce([{ status: '5.0.0' }, null])).toEqual([{ emailAddress: '', status: '5.0.0' }, { emailAddress: '' }]);
    expect(bounce(null)).toEqual([]);
  });

  test('of a click have the tags of the link as lists by name', () => {
    expect(parsed<ClickEvent>(sampleEvent('Click')).click.linkTags).toEqual({ position: ['footer'] });
    expect(parsed<ClickEvent>(sampleEvent('Click', { click: { linkTags: null } })).click.linkTags).toEqual({});
  });

  test('of a delivery have a number of milliseconds, and of a send may be missing', () => {
    expect(parsed<DeliveryEvent>(sampleEvent('Delivery', { delivery: { processingTimeMillis: '546' } })).delivery.processingTimeMillis).toBe(546);
    expect(parsed(sampleEvent('Send', { send: undefined }))).toMatchObject({ send: {} });
  });

  test('of a bounce or complaint without its own instant have that of the message', () => {
    expect(parsed(sampleEvent('Bounce', { bounce: { timestamp: undefined } }))).toMatchObject({ bounce: { timestamp: '2026-07-10T08:15:30.000Z' } });
  });
});

test('the records that the archive is tested with are read, too', () => {
  const types = (Object.keys(EVENT_RECORDS) as EventTypeName[]).map(name => EVENT_TYPES[name].record);
  expect(parseMailEvents(Object.values(EVENT_RECORDS)).map(({ eventType }) => eventType)).toEqual(types);
});
