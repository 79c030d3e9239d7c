import type { FirehoseTransformationEvent } from 'aws-lambda';
import { EVENT_RECORDS } from './records';
import { handler } from '../../src/events/redact-events.lambda';
import { redactRecord } from '../../src/events/redaction';

const encode = (text: string) => Buffer.from(text).toString('base64');
const decode = (data?: string) => Buffer.from(data!, 'base64').toString('utf8');

function batch(...texts: string[]): FirehoseTransformationEvent {
  return {
    invocationId: 'invocation',
    deliveryStreamArn: 'arn:aws:firehose:eu-west-1:111122223333:deliverystream/archive',
    region: 'eu-west-1',
    records: texts.map((text, index) => ({ recordId: `record-${index}`, approximateArrivalTimestamp: 1783671330000, data: encode(text) })),
  };
}

let errors: jest.SpyInstance;
beforeEach(() => {
  errors = jest.spyOn(console, 'error').mockImplementation();
});
afterEach(() => errors.mockRestore());

test('each of the ten records comes back redacted, with one newline at its end', async () => {
  const texts = Object.values(EVENT_RECORDS).map(record => `${JSON.stringify(record)}\n`);
  const { records } = await handler(batch(...texts));
  expect(records.map(({ recordId, result }) => [recordId, result])).toEqual(texts.map((_, index) => [`record-${index}`, 'Ok']));
  expect(records.map(({ data }) => decode(data))).toEqual(Object.values(EVENT_RECORDS).map(record => `${JSON.stringify(redactRecord(record))}\n`));
  expect(records.map(({ data }) => decode(data).match(/\n/g)?.length)).toEqual(texts.map(() => 1));
  expect(errors).not.toHaveBeenCalled();
});

test('a record without a newline gets one, so that the next does not end up in its line', async () => {
  const { records: [record] } = await handler(batch(JSON.stringify(EVENT_RECORDS.send)));
  expect(decode(record.data)).toMatch(/^[^\n]+\n$/);
});

test.each(['not JSON', '{"eventType":"Send"', '', '42', '"text"', 'null', '[]'])('what is no record is handed back as it was, as failed: %s', async text => {
  const { records } = await handler(batch(text));
  expect(records).toEqual([{ recordId: 'record-0', result: 'ProcessingFailed', data: encode(text) }]);
});

test('a record so deep that it cannot be walked through fails alone', async () => {
  const deep = `{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}`;
  const { records } = await handler(batch(deep, JSON.stringify(EVENT_RECORDS.send)));
  expect(records.map(({ result }) => result)).toEqual(['ProcessingFailed', 'Ok']);
});

test('the log says how many failed and nothing of what they hold', async () => {
  await handler(batch('jane.doe@example.net', JSON.stringify(EVENT_RECORDS.send)));
  expect(errors.mock.calls).toEqual([['{"notice":"not the record of an event; handed back as it was","failed":1,"of":2}']]);
});
