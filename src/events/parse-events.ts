import type { MailEvent } from './event-record';
import { copyOf, normalizeEvent } from './normalize-event';
import { fail } from '../private/errors';
import { isObject, type JsonObject } from '../private/json-value';
import { type Layer, unwrapRecords } from '../private/unwrap-records';

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
  unwrapRecords(input, {
    what: 'an event of SES',
    refuse,
    read(value, layer) {
      const event = eventIn(value, layer);
      if (event) found.push(event);
      return event !== undefined;
    },
  });
  return found;
}

function eventIn(value: JsonObject, layer: Layer): MailEvent | undefined {
  const type = value.eventType ?? value.notificationType;
  if (typeof type === 'string') return eventOf(value, type, layer);
  if (Array.isArray(value.Records) || Array.isArray(value.records)) return undefined;
  return typeof value['detail-type'] === 'string' ? detailOf(value.detail, value['detail-type'], layer) : undefined;
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

function refuse(place: string, what: string): never {
  return fail('MailEvents.notAnEvent', `${place} ${what}; events of SES come as JSON, as a record or in what SNS, SQS, EventBridge or Firehose make of it`);
}
