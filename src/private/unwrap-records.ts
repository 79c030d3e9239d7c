import { isObject, type JsonObject } from './json-value';

/** What the ids of messages look like, and addresses do not. */
const ID = /^[\w.:-]{1,100}$/;

/** Deeper than any service wraps a record. */
const DEPTH_MAX = 12;

/** What SES writes to a topic or bucket to see whether it may. Nothing happened to any mail. */
const SET_UP = /^(?:Successfully validated SNS topic for Amazon SES|You have successfully subscribed your Amazon SNS topic|AMAZON_SES_SETUP_NOTIFICATION)/;

/** The type of a notification that says the same. */
const SET_UP_TYPE = 'AmazonSnsSubscriptionSucceeded';

/** How a value came to light. */
export interface Layer {
  /** What it is called in refusals. */
  readonly place: string;
  readonly depth: number;
  /** Whether it was read from a text, so that nobody else holds it. */
  readonly own: boolean;
}

/** What is looked for. */
export interface RecordReader {
  /** What a record is called, e.g. `an event of SES`. */
  readonly what: string;

  /** Takes an object that is a record. False when it is none, and may hold some. */
  read(value: JsonObject, layer: Layer): boolean;

  /** Refuses what is neither a record nor holds one, without saying what is in it. */
  refuse(place: string, what: string): never;
}

/**
 * Takes records of SES out of what the services between it and a program make of them: Lambda events, SQS, SNS, Firehose, lists and texts of any of these.
 * What SES or SNS say about the set-up is left out.
 *
 * @param input what came in; it stays as it is
 * @param reader what is looked for
 */
export function unwrapRecords(input: unknown, reader: RecordReader): void {
  unwrap(input, { place: 'the input', depth: 0, own: false }, reader);
}

function unwrap(value: unknown, layer: Layer, reader: RecordReader): void {
  if (layer.depth > DEPTH_MAX) reader.refuse(layer.place, 'is wrapped too often');
  if (typeof value === 'string') unwrapText(value, layer, reader);
  else if (Array.isArray(value)) unwrapEach(value, `values of ${layer.place}`, layer, reader);
  else if (isObject(value)) unwrapObject(value, layer, reader);
  else reader.refuse(layer.place, `is ${value === null ? 'null' : typeof value}`);
}

function unwrapText(text: string, layer: Layer, reader: RecordReader): void {
  const trimmed = text.trim();
  if (SET_UP.test(trimmed)) return;
  const values = readJson(trimmed) ?? reader.refuse(layer.place, 'is a text which is not JSON');
  if (values.length === 1) unwrap(values[0], { place: layer.place, depth: layer.depth + 1, own: true }, reader);
  else unwrapEach(values, `lines of ${layer.place}`, { ...layer, own: true }, reader);
}

/** Firehose, and what it writes, has several records in one text, a line each. */
function readJson(text: string): unknown[] | undefined {
  try {
    if (text.includes('\n')) return text.split('\n').filter(line => line.trim() !== '').map(line => JSON.parse(line) as unknown);
  } catch {
    // one value that somebody has laid out in lines
  }
  try {
    return [JSON.parse(text)];
  } catch {
    return undefined;
  }
}

function unwrapEach(values: unknown[], place: string, { depth, own }: Layer, reader: RecordReader): void {
  values.forEach((value, index) => unwrap(value, { place: `${index + 1} of ${values.length} ${place}`, depth: depth + 1, own }, reader));
}

function unwrapObject(value: JsonObject, layer: Layer, reader: RecordReader): void {
  if ((value.eventType ?? value.notificationType) === SET_UP_TYPE) return;
  if (reader.read(value, layer)) return;
  if (Array.isArray(value.Records)) unwrapEach(value.Records, `Records of ${layer.place}`, layer, reader);
  else if (Array.isArray(value.records)) unwrapEach(value.records, `records of ${layer.place}`, layer, reader);
  else unwrapMessage(value, layer, reader);
}

/** One message of a service. Its id tells which one, in the logs of the service too. */
function unwrapMessage(value: JsonObject, { place, depth, own }: Layer, reader: RecordReader): void {
  if (value.Type === 'SubscriptionConfirmation' || value.Type === 'UnsubscribeConfirmation') return;
  const id = value.messageId ?? value.MessageId ?? value.recordId;
  const inner = { place: typeof id === 'string' && ID.test(id) ? `${place} (${id})` : place, depth: depth + 1, own };
  if (isObject(value.Sns)) unwrap(value.Sns, inner, reader);
  else if (value.Message !== undefined) unwrap(value.Message, inner, reader);
  else if (typeof value.body === 'string') unwrap(value.body, inner, reader);
  else if (typeof value.data === 'string') unwrap(Buffer.from(value.data, 'base64').toString('utf8'), inner, reader);
  else reader.refuse(inner.place, `is neither ${reader.what} nor a message which holds one`);
}
