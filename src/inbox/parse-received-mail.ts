import { normalizeReceivedMail } from './normalize-received-mail';
import type { ReceivedMail } from './received-mail';
import { fail } from '../private/errors';
import { isObject, type JsonObject } from '../private/json-value';
import { unwrapRecords } from '../private/unwrap-records';

/**
 * Reads mail that SES received, wherever it comes from: what a Lambda function gets from a receipt rule, from SNS or from SQS (with or without the envelope of
 * SNS), a message of SNS, a notification, a list of any of these, or the text of one.
 *
 * What SES writes to see whether it may (`AMAZON_SES_SETUP_NOTIFICATION`), and what SES or SNS say about the set-up of a topic, is left out. What is no
 * received mail at all is refused, with the place where it was found and without its contents, so the refusal may be logged.
 *
 * @param input what came in; it stays as it is
 */
export function parseReceivedMail(input: unknown): ReceivedMail[] {
  const found: ReceivedMail[] = [];
  unwrapRecords(input, {
    what: 'mail that SES received',
    refuse,
    read(value, { place }) {
      const record = recordIn(value, place);
      const mail = record && normalizeReceivedMail(record, place);
      if (mail) found.push(mail);
      return record !== undefined;
    },
  });
  return found;
}

function recordIn(value: JsonObject, place: string): JsonObject | undefined {
  if (isObject(value.ses)) return value.ses;
  const type = value.eventType ?? value.notificationType;
  if (typeof type === 'string' && type !== 'Received') refuse(place, 'is about mail that was sent, which parseMailEvents reads');
  return type === 'Received' || isObject(value.receipt) ? value : undefined;
}

function refuse(place: string, what: string): never {
  return fail('ReceivedMail.notReceived', `${place} ${what}; received mail comes as JSON, from a receipt rule or in what SNS or SQS make of it`);
}
