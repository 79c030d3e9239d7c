import type { MailEvent } from './event-record';
import { copyOf, isObject, type JsonObject, normalizeEvent } from './normalize-event';
import { fail } from '../private/errors';

/** What the ids of messages look like, and addresses do not. */
const ID = /^[\w.:-]{1,100}$/;

/** Deeper than any service wraps a record. */
const DEPTH_MAX = 12;

/** What SES writes to a topic or bucket to see whether it may. Nothing happened to any mail. */
const SET_UP = /^(?:Successfully validated SNS topic for Amazon SES|You have successfully subscribed your Amazon SNS topic|AMAZON_SES_SETUP_NOTIFICATION)/;
const SET_UP_TYPE = 'AmazonSnsSubscriptionSucceeded';

/** How a value came to light. */
interface Layer {
  /** What it is called in refusals. */
  readonly place: string;
  readonly depth: number;
  /** Whether it was read from a text, so that nobody else holds it. */
  readonly own: boolean;
}

/**
 * Reads events of SES, wherever they come from: what a Lambda function gets from SNS, SQS (with or without the envelope of SNS), EventBridge or Firehose, an
 * SNS message, lines of an archive, a record, a list of any of these, or the text of one.
 *
 * Takes notifications of identities, too. What SES or SNS say about the set-up of a topic is left out. A type that is not known makes an event of type
 * `Unknown`. What is no event at all is refused, with the place where it was found and without its contents, so the refusal may be logged.
 *
 * @param input what came in; it stays as it is
 */
export function parseMailEvents(input: unknown): MailEvent[] {
  const found: MailEvent[] = [];
  unwrap(input, { place: 'the input', depth: 0, own: false }, found);
  return found;
}

function unwrap(value: unknown, layer: Layer, found: MailEvent[]): void {
  if (layer.depth > DEPTH_MAX) refuse(layer.place, 'is wrapped too often');
  if (typeof value === 'string') unwrapText(value, layer, found);
  else if (Array.isArray(value)) unwrapEach(value, `values of ${layer.place}`, layer, found);
  else if (isObject(value)) unwrapObject(value, layer, found);
  else refuse(layer.place, `is ${value === null ? 'null' : typeof value}`);
}

function unwrapText(text: string, layer: Layer, found: MailEvent[]): void {
  const trimmed = text.trim();
  if (SET_UP.test(trimmed)) return;
  const values = readJson(trimmed) ?? refuse(layer.place, 'is a text which is not JSON');
  if (values.length === 1) unwrap(values[0], { place: layer.place, depth: layer.depth + 1, own: true }, found);
  else unwrapEach(values, `lines of ${layer.place}`, { ...layer, own: true }, found);
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

function unwrapEach(values: unknown[], place: string, { depth, own }: Layer, found: MailEvent[]): void {
  values.forEach((value, index) => unwrap(value, { place: `${index + 1} of ${values.length} ${place}`, depth: depth + 1, own }, found));
}

function unwrapObject(value: JsonObject, layer: Layer, found: MailEvent[]): void {
  const type = value.eventType ?? value.notificationType;
  if (type === SET_UP_TYPE) return;
  if (typeof type === 'string') found.push(eventOf(value, type, layer));
  else if (Array.isArray(value.Records)) unwrapEach(value.Records, `Records of ${layer.place}`, layer, found);
  else if (Array.isArray(value.records)) unwrapEach(value.records, `records of ${layer.place}`, layer, found);
  else if (typeof value['detail-type'] === 'string') found.push(detailOf(value.detail, value['detail-type'], layer));
  else unwrapMessage(value, layer, found);
}

function eventOf(record: JsonObject, type: string, { own, place }: Layer): MailEvent {
  return normalizeEvent(own ? record : copyOf(record), type, place);
}

/** What EventBridge brings: the record, whose type its own type repeats. */
function detailOf(detail: unknown, detailType: string, layer: Layer): MailEvent {
  if (!isObject(detail) || !isObject(detail.mail)) return refuse(layer.place, 'is an event of EventBridge, and not one about mail');
  const type = detail.eventType ?? detail.notificationType;
  return eventOf(detail, typeof type === 'string' ? type : detailType, layer);
}

/** One message of a service. Its id tells which one, in the logs of the service too. */
function unwrapMessage(value: JsonObject, { place, depth, own }: Layer, found: MailEvent[]): void {
  if (value.Type === 'SubscriptionConfirmation' || value.Type === 'UnsubscribeConfirmation') return;
  const id = value.messageId ?? value.MessageId ?? value.recordId;
  const inner = { place: typeof id === 'string' && ID.test(id) ? `${place} (${id})` : place, depth: depth + 1, own };
  if (isObject(value.Sns)) unwrap(value.Sns, inner, found);
  else if (value.Message !== undefined) unwrap(value.Message, inner, found);
  else if (typeof value.body === 'string') unwrap(value.body, inner, found);
  else if (typeof value.data === 'string') unwrap(Buffer.from(value.data, 'base64').toString('utf8'), inner, found);
  else refuse(inner.place, 'is neither an event of SES nor a message which holds one');
}

function refuse(place: string, what: string): never {
  return fail('MailEvents.notAnEvent', `${place} ${what}; events of SES come as JSON, as a record or in what SNS, SQS, EventBridge or Firehose make of it`);
}
