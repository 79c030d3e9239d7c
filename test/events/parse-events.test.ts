import * as fc from 'fast-check';
import { parseMailEvents } from '../../src/events/parse-events';
import { sampleEvent, type SampleEventType, sampleNotification } from '../../src/events/sample-events';
import { PostmasterError } from '../../src/private/errors';
import { snsEnvelope, sqsRecord, TRANSPORTS } from '../support/transports';

const TYPES: SampleEventType[] = ['Send', 'Rendering Failure', 'Reject', 'Delivery', 'Bounce', 'Complaint', 'DeliveryDelay', 'Subscription', 'Open', 'Click'];
const SAMPLES = [...TYPES.map(type => sampleEvent(type)), sampleNotification('Bounce'), sampleNotification('Complaint'), sampleNotification('Delivery')];

/** What the refusal of an input says. */
function refusal(input: unknown): string {
  try {
    parseMailEvents(input);
  } catch (error) {
    if (error instanceof PostmasterError) return error.message;
    throw error;
  }
  throw new Error('it was taken');
}

/** A sample in which something, somewhere, is something else. */
const damage = fc.tuple(fc.nat(), fc.jsonValue());
const damaged = fc.tuple(fc.constantFrom(...SAMPLES), fc.array(damage, { minLength: 1, maxLength: 3 })).map(([sample, damages]) => {
  const record = structuredClone(sample);
  for (const [where, value] of damages) {
    const places: [Record<string, unknown>, string][] = [];
    const visit = (object: Record<string, unknown>) => Object.keys(object).forEach(key => {
      places.push([object, key]);
      if (typeof object[key] === 'object' && object[key] !== null) visit(object[key] as Record<string, unknown>);
    });
    visit(record);
    const [object, key] = places[where % places.length];
    // the generator may give one value twice, which would put it into itself
    object[key] = structuredClone(value);
  }
  return record;
});

const records = fc.array(fc.constantFrom(...SAMPLES), { minLength: 1, maxLength: 5 });

describe.each(Object.entries(TRANSPORTS))('%s', (_, wrap) => {
  test('brings what a bare record brings', () => {
    fc.assert(fc.property(records, some => {
      expect(parseMailEvents(wrap(...some))).toEqual(some.flatMap(parseMailEvents));
    }), { numRuns: 30 });
  });

  test('wrapped in a text, and that in another, brings the same', () => {
    expect(parseMailEvents(JSON.stringify(JSON.stringify(wrap(...SAMPLES))))).toEqual(parseMailEvents(SAMPLES));
  });

  test('is refused, or read, whatever is in it', () => {
    fc.assert(fc.property(damaged, record => {
      try {
        parseMailEvents(wrap(record));
      } catch (error) {
        expect(error).toBeInstanceOf(PostmasterError);
      }
    }), { numRuns: 100 });
  });
});

test('anything at all is read or refused, and nothing else', () => {
  const keys = ['Records', 'records', 'Sns', 'Message', 'body', 'data', 'detail-type', 'detail', 'eventType', 'notificationType', 'mail', 'Type', 'messageId'];
  const { value } = fc.letrec<{ value: unknown }>(tie => ({
    value: fc.oneof(
      { maxDepth: 6 }, fc.constantFrom<unknown>(null, undefined, 1, true, '', 'text', '[', '{}', 'Bounce'), fc.string(), fc.array(tie('value'), { maxLength: 3 }),
      fc.dictionary(fc.constantFrom(...keys), tie('value'), { maxKeys: 3 }), fc.jsonValue().map(json => JSON.stringify(json)),
    ),
  }));
  fc.assert(fc.property(value, input => {
    try {
      expect(Array.isArray(parseMailEvents(input))).toBe(true);
    } catch (error) {
      expect(error).toBeInstanceOf(PostmasterError);
    }
  }), { numRuns: 2000 });
});

test('what is nested too deeply is refused, also when it ends nowhere', () => {
  const endless: unknown[] = [];
  endless.push(endless);
  expect(refusal(endless)).toContain('is wrapped too often');
  expect(refusal('['.repeat(100_000) + ']'.repeat(100_000))).toContain('is wrapped too often');
});

test('the input stays as it is', () => {
  const input = [TRANSPORTS.EventBridge(...SAMPLES), SAMPLES];
  const before = structuredClone(input);
  parseMailEvents(input);
  expect(input).toEqual(before);
});

test('events can be read again', () => {
  const events = parseMailEvents([...SAMPLES, { ...sampleEvent('Bounce'), eventType: 'Postponed' }]);
  expect(parseMailEvents(events)).toEqual(events);
  expect(parseMailEvents(JSON.stringify(events))).toEqual(parseMailEvents(events));
});

describe('what is said about the set-up is left out', () => {
  test.each([
    ['by SES of a topic for events', 'Successfully validated SNS topic for Amazon SES event publishing.'],
    ['by SES of a topic for notifications', '{"notificationType":"AmazonSnsSubscriptionSucceeded","message":"You have successfully subscribed your topic"}'],
    ['by SES of a bucket', 'AMAZON_SES_SETUP_NOTIFICATION'],
    ['by SNS of a subscription', JSON.stringify({ Type: 'SubscriptionConfirmation', MessageId: 'x', Token: 'token', Message: 'You have chosen to subscribe' })],
    ['by SNS of its end', JSON.stringify({ Type: 'UnsubscribeConfirmation', MessageId: 'x', Token: 'token', Message: 'You have chosen to deactivate' })],
  ])('%s', (_, text) => {
    const envelope = snsEnvelope(text);
    for (const input of [text, [text], { Records: [sqsRecord(text)] }, { Records: [{ Sns: envelope }] }, JSON.stringify(envelope)]) {
      expect(parseMailEvents(input)).toEqual([]);
    }
    expect(parseMailEvents([text, sampleEvent('Send')])).toHaveLength(1);
  });
});

describe('a refusal names the place', () => {
  const good = sqsRecord(JSON.stringify(sampleEvent('Send')));

  test('of a message among others, with its id', () => {
    expect(refusal({ Records: [good, sqsRecord('hello', 'f00d-2')] })).toBe('2 of 2 Records of the input (f00d-2) is a text which is not JSON; events of SES come as JSON, ' +
      'as a record or in what SNS, SQS, EventBridge or Firehose make of it [MailEvents.notAnEvent]');
  });

  test.each<[string, unknown, string]>([
    ['nothing', undefined, 'the input is undefined'],
    ['null', [null], '1 of 1 values of the input is null'],
    ['a number in a text', '5', 'the input is number'],
    ['an empty text', ' ', 'the input is a text which is not JSON'],
    ['an object', {}, 'the input is neither an event of SES nor a message which holds one'],
    ['an upload to S3', { Records: [{ eventSource: 'aws:s3', s3: {} }] }, '1 of 1 Records of the input is neither'],
    ['an event of EventBridge about an advisor', { 'detail-type': 'Advisor Recommendation Status Open', 'source': 'aws.ses', 'detail': {} }, 'and not one about mail'],
    ['bytes that are no text', { records: [{ recordId: 'r1', data: '/////w==' }] }, '1 of 1 records of the input (r1) is a text which is not JSON'],
    ['a bad line among good ones', `${JSON.stringify(sampleEvent('Send'))}\n{"eventType`, 'the input is a text which is not JSON'],
  ])('of %s', (_, input, message) => {
    expect(refusal(input)).toContain(message);
  });

  test.each<[string, object, string]>([
    ['without its message', { eventType: 'Bounce', bounce: {} }, 'the input has no object "mail"'],
    ['whose message has no id', sampleEvent('Bounce', { mail: { messageId: undefined } }), 'the input has no "messageId" in its "mail"'],
    ['without what is particular to it', sampleEvent('Rendering Failure', { failure: undefined }), 'the input has no object "failure"'],
  ])('of a record %s', (_, input, message) => {
    expect(refusal(input)).toBe(`${message}, without which it is no event of SES [MailEvents.incomplete]`);
  });

  test('and no address, wherever there is one', () => {
    const address = 'jane.doe@example.net';
    const withAddress = fc.constantFrom<unknown>(
      address, { messageId: address, body: address }, { recordId: address, data: address }, { eventType: 'Bounce', mail: address }, { Records: [{ MessageId: address, Message: 5 }] },
      sampleEvent('Bounce', { bounce: address }), { 'detail-type': address, 'detail': address }, `{"a": ${address}`, sampleEvent('Complaint', { mail: { messageId: '' } }),
    );
    fc.assert(fc.property(withAddress, fc.constantFrom(...Object.values(TRANSPORTS)), (input, wrap) => {
      for (const each of [input, JSON.stringify(input), wrap(input as object)]) expect(refusal(each)).not.toContain('jane');
    }));
  });
});
