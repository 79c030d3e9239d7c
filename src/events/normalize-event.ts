import type { MailEvent, MailRecord, TagLists } from './event-record';
import { spellBounceSubType, spellBounceType, spellComplaintSubType, spellDelayType, spellFeedbackType } from './feedback-decision';
import { fail } from '../private/errors';
import { isObject, isText, isTrue, type JsonObject, listOf, text, texts } from '../private/json-value';
import { EVENT_TYPES } from '../ses/event-type';
import { mailHeaders } from '../ses/mail-header';

interface Kind {
  /** What the record calls the type. */
  readonly eventType: string;
  /** Where the record has what is particular to the type. */
  readonly payload: string;
  readonly normalize?: (payload: JsonObject, mail: MailRecord) => void;
}

const PARTICULARS: Readonly<Record<string, Kind['normalize']>> = {
  bounce: (bounce, mail) => {
    bounce.bounceType = spellBounceType(text(bounce.bounceType, 'Undetermined'));
    bounce.bounceSubType = spellBounceSubType(text(bounce.bounceSubType, 'Undetermined'));
    bounce.bouncedRecipients = recipients(bounce.bouncedRecipients);
    bounce.timestamp = text(bounce.timestamp, mail.timestamp);
    bounce.feedbackId = text(bounce.feedbackId);
    stripKind(bounce);
  },
  complaint: (complaint, mail) => {
    complaint.complainedRecipients = recipients(complaint.complainedRecipients);
    complaint.timestamp = text(complaint.timestamp, mail.timestamp);
    complaint.feedbackId = text(complaint.feedbackId);
    complaint.complaintSubType = spelled(complaint.complaintSubType, spellComplaintSubType);
    complaint.complaintFeedbackType = spelled(complaint.complaintFeedbackType, spellFeedbackType);
  },
  delivery: (delivery, mail) => {
    delivery.timestamp = text(delivery.timestamp, mail.timestamp);
    delivery.processingTimeMillis = Number(delivery.processingTimeMillis) || 0;
    delivery.recipients = texts(delivery.recipients);
    stripKind(delivery);
  },
  deliveryDelay: (delay, mail) => {
    delay.timestamp = text(delay.timestamp, mail.timestamp);
    delay.delayType = spellDelayType(text(delay.delayType, 'Undetermined'));
    delay.delayedRecipients = recipients(delay.delayedRecipients);
    stripKind(delay);
  },
  click: click => { click.linkTags = tagLists(click.linkTags); },
};

const KINDS = new Map<string, Kind>(Object.values(EVENT_TYPES).flatMap(({ api, record, payload, detailType }) => {
  const kind = { eventType: record, payload, normalize: PARTICULARS[payload] };
  return [record, plain(record), plain(api), plain(detailType)].map(name => [name, kind] as const);
}));

/**
 * Evens out a record. A type that is not known makes an event of type `Unknown`.
 *
 * @param record what SES wrote; it is changed, and so are the objects directly in it
 * @param given what it says its type is
 * @param place where the record was found, for refusals
 */
export function normalizeEvent(record: JsonObject, given: string, place: string): MailEvent {
  const kind = KINDS.get(given) ?? KINDS.get(plain(given));
  const mail = isObject(record.mail) ? normalizeMail(record.mail) : undefined;
  if (!kind) return { ...record, eventType: 'Unknown', unknownType: text(record.unknownType, given), mail };
  if (!mail) return refuse(place, 'has no object "mail"');
  if (mail.messageId === '') return refuse(place, 'has no "messageId" in its "mail"');
  if (kind.payload === 'send') record.send ??= {};
  const payload = record[kind.payload];
  if (!isObject(payload)) return refuse(place, `has no object "${kind.payload}"`);
  kind.normalize?.(payload, mail);
  record.eventType = kind.eventType;
  return record as unknown as MailEvent;
}

/** A record that somebody else holds, too, in copies of all that is changed. */
export function copyOf(record: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, isObject(value) ? { ...value } : value]));
}

/** Says what is wrong with a record without saying what is in it: there are addresses in there. */
function refuse(place: string, what: string): never {
  return fail('MailEvents.incomplete', `${place} ${what}, without which it is no event of SES`);
}

function normalizeMail(mail: JsonObject): MailRecord {
  const source = text(mail.source);
  mail.timestamp = text(mail.timestamp);
  mail.messageId = text(mail.messageId);
  mail.source = source;
  mail.sourceAddress = bareAddress(source);
  mail.destination = texts(mail.destination);
  mail.headersTruncated = isTrue(mail.headersTruncated);
  mail.headers = mailHeaders(mail.headers);
  mail.tags = tagLists(mail.tags);
  return mail as unknown as MailRecord;
}

/** An address without a display name. */
export function bareAddress(address: string): string {
  const trimmed = address.trim();
  return trimmed.endsWith('>') ? trimmed.slice(trimmed.lastIndexOf('<') + 1, -1).trim() : trimmed;
}

function spelled(value: unknown, spell: (given: string) => string): string | undefined {
  return typeof value === 'string' && value !== '' ? spell(value) : undefined;
}

function recipients(value: unknown): { emailAddress: string }[] {
  const list = listOf(value);
  if (list.every(isRecipient)) return list;
  return list.map(item => isRecipient(item) ? item : { ...isObject(item) ? item : {}, emailAddress: text(item) });
}

/** Tags come as an object of lists. They are documented as a list, which is taken as a list of names and values. */
function tagLists(value: unknown): TagLists {
  if (Array.isArray(value)) return Object.fromEntries(value.filter(isObject).map(tag => [text(tag.name ?? tag.Name), texts(tag.value ?? tag.Value)]));
  if (!isObject(value)) return {};
  for (const name in value) {
    if (!Array.isArray(value[name])) return Object.fromEntries(Object.entries(value).map(([each, item]) => [each, texts(item)]));
  }
  return value as unknown as TagLists;
}

/** Leaves the name of the server from `dns; mta.example.com`. */
function stripKind(payload: JsonObject): void {
  if (isText(payload.reportingMTA)) payload.reportingMTA = payload.reportingMTA.replace(/^\s*(?:dns|dsn)\s*;\s*/i, '');
}

function isRecipient(value: unknown): value is { emailAddress: string } {
  return isObject(value) && isText(value.emailAddress);
}

function plain(word: string): string {
  return word.replace(/[\s_-]+/g, '').toLowerCase();
}
