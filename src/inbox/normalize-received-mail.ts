import type { MailReceipt, ReceivedAction, ReceivedMail, ReceivedMessage, Verdict } from './received-mail';
import { fail } from '../private/errors';
import { isObject, isTrue, type JsonObject, text, textIfAny, texts } from '../private/json-value';
import { mailHeaders } from '../ses/mail-header';

/** The id of what SES stores, and tells of, to see whether it may. It is no mail. */
export const SET_UP_ID = 'AMAZON_SES_SETUP_NOTIFICATION';

const VERDICTS = ['spamVerdict', 'virusVerdict', 'spfVerdict', 'dkimVerdict', 'dmarcVerdict'] as const;

/** The texts that an action of a type always has. */
const ACTIONS: Readonly<Record<Exclude<ReceivedAction['type'], 'Unknown'>, readonly string[]>> = {
  S3: ['bucketName', 'objectKey'],
  SNS: [],
  Bounce: ['smtpReplyCode', 'message', 'sender'],
  Lambda: ['functionArn', 'invocationType'],
  Stop: [],
  WorkMail: ['organizationArn'],
};

const LISTS = ['from', 'to', 'cc', 'bcc', 'replyTo'];

/**
 * Evens out a record of received mail. Undefined when it is about no mail.
 *
 * @param record what SES wrote; it stays as it is
 * @param place where the record was found, for refusals
 */
export function normalizeReceivedMail(record: JsonObject, place: string): ReceivedMail | undefined {
  const { mail, receipt } = record;
  if (!isObject(mail)) return refuse(place, 'has no object "mail"');
  if (mail.messageId === SET_UP_ID) return undefined;
  if (text(mail.messageId) === '') return refuse(place, 'has no "messageId" in its "mail"');
  if (!isObject(receipt)) return refuse(place, 'has no object "receipt"');
  return { ...record, mail: normalizeMail(mail), receipt: normalizeReceipt(receipt) };
}

function normalizeMail(mail: JsonObject): ReceivedMessage {
  const common = isObject(mail.commonHeaders) ? mail.commonHeaders : {};
  return {
    ...mail,
    timestamp: text(mail.timestamp),
    messageId: text(mail.messageId),
    source: text(mail.source).trim().replace(/^<(.*)>$/, '$1'),
    destination: texts(mail.destination),
    headersTruncated: isTrue(mail.headersTruncated),
    headers: mailHeaders(mail.headers) ?? [],
    commonHeaders: Object.fromEntries(Object.entries(common).map(([name, value]) => [name, LISTS.includes(name) ? texts(value) : value])),
  };
}

function normalizeReceipt(receipt: JsonObject): MailReceipt {
  const verdicts = VERDICTS.map(name => [name, verdictOf(receipt[name])] as const).filter(([, verdict]) => verdict !== undefined);
  const { dmarcPolicy, ...rest } = receipt;
  const policy = statusOf(dmarcPolicy)?.toLowerCase();
  return {
    ...Object.fromEntries(Object.entries(rest).filter(([name]) => !VERDICTS.some(verdict => verdict === name))),
    timestamp: text(receipt.timestamp),
    processingTimeMillis: Number(receipt.processingTimeMillis) || 0,
    recipients: texts(receipt.recipients),
    ...Object.fromEntries(verdicts),
    ...(policy === undefined ? {} : { dmarcPolicy: policy }),
    action: normalizeAction(isObject(receipt.action) ? receipt.action : {}),
  };
}

function normalizeAction(action: JsonObject): ReceivedAction {
  const given = text(action.type);
  const type = Object.keys(ACTIONS).find(known => known.toLowerCase() === given.toLowerCase()) as keyof typeof ACTIONS | undefined;
  if (!type) return { ...action, type: 'Unknown', unknownType: text(action.unknownType, given) };
  const required = Object.fromEntries(ACTIONS[type].map(name => [name, text(action[name])]));
  return { ...action, ...required, type } as ReceivedAction;
}

function verdictOf(value: unknown): Verdict | undefined {
  const status = statusOf(value)?.toUpperCase();
  return status === undefined ? undefined : { status };
}

/** What is documented as a word and comes in an object, or the other way round. */
function statusOf(value: unknown): string | undefined {
  return textIfAny(isObject(value) ? value.status : value);
}

/** Says what is wrong with a record without saying what is in it: there are addresses in there. */
function refuse(place: string, what: string): never {
  return fail('ReceivedMail.incomplete', `${place} ${what}, without which it is no mail that SES received`);
}
