/*
 * What to do about feedback, as tables.
 *
 * - suppress: do not write to the address again, and put it on the suppression list of the account
 * - mark: do not write to the address again; SES withholds the mail already, or it is not for this list
 * - count: the address may work again; suppress it when that happens often
 * - contentAlert: the message is the problem, not the address
 * - operatorAlert: somebody has to look
 * - none: nothing, but to count and to keep it
 */
export type FeedbackAction = 'suppress' | 'mark' | 'count' | 'contentAlert' | 'operatorAlert' | 'none';

/** What to do about a recipient, and why. */
export interface FeedbackDecision {
  readonly action: FeedbackAction;
  /** A sentence without any personal data. */
  readonly reason: string;
}

/**
 * What to do about several recipients of whom one has complained, and nobody says who.
 *
 * - suppressAll: do not write to any of them again, as SES advises
 * - mark: say that they may have, and suppress nobody
 */
export type AmbiguousComplaints = 'suppressAll' | 'mark';

type Row = readonly [action: FeedbackAction, reason: string];
type Table = Readonly<Record<string, Row>>;

/** The documented pairs, and below them those that SES has added since. */
const BOUNCES: Table = {
  'Undetermined/Undetermined': ['none', 'bounced, and nobody knows why'],
  'Permanent/General': ['suppress', 'bounced for good'],
  'Permanent/NoEmail': ['operatorAlert', 'bounced for good, and the bounce does not say reliably for whom'],
  'Permanent/Suppressed': ['mark', 'not sent: it bounced for other senders lately'],
  'Permanent/OnAccountSuppressionList': ['mark', 'not sent: it is on the suppression list of the account'],
  'Transient/General': ['count', 'bounced for now'],
  'Transient/MailboxFull': ['count', 'the mailbox is full'],
  'Transient/MessageTooLarge': ['contentAlert', 'the message is too large for the recipient'],
  'Transient/ContentRejected': ['contentAlert', 'the recipient does not take the content of the message'],
  'Transient/AttachmentRejected': ['contentAlert', 'the recipient does not take the attachment'],

  'Permanent/OnTenantSuppressionList': ['mark', 'not sent: it is on the suppression list of the tenant'],
  'Permanent/EmailValidationSuppressed': ['mark', 'not sent: SES holds that the address does not exist'],
  'Permanent/UnsubscribedRecipient': ['mark', 'not sent: the recipient has left the contact list'],
  'Transient/CustomTimeoutExceeded': ['none', 'not delivered in the time that the configuration set gives'],
};

/** For sub-types that are newer than this table. */
const BOUNCE_TYPES: Table = {
  Permanent: ['suppress', 'bounced for good'],
  Transient: ['count', 'bounced for now'],
  Undetermined: ['none', 'bounced, and nobody knows why'],
};

const COMPLAINT_SUB_TYPES: Table = {
  OnAccountSuppressionList: ['mark', 'not sent: it is on the suppression list of the account'],
  OnTenantSuppressionList: ['mark', 'not sent: it is on the suppression list of the tenant'],
};

/** What the reports of providers are about (IANA). Those with `true` tell of something worse than unwanted mail. */
const COMPLAINT_FEEDBACK_TYPES: Readonly<Record<string, boolean>> = {
  'abuse': false, 'auth-failure': true, 'fraud': true, 'not-spam': false, 'other': false, 'virus': true,
};

const DELAYS: Table = {
  InternalFailure: ['none', 'SES has a problem of its own'],
  General: ['none', 'the conversation with the server failed'],
  MailboxFull: ['none', 'the mailbox is full'],
  SpamDetected: ['operatorAlert', 'the server sees much unwanted mail of this account'],
  RecipientServerError: ['none', 'the server has a problem of its own'],
  IPFailure: ['operatorAlert', 'the provider blocks or slows down the address from which SES sends'],
  TransientCommunicationFailure: ['none', 'the connection to the server failed'],
  BYOIPHostNameLookupUnavailable: ['operatorAlert', 'the host name of an own IP address is not found in DNS'],
  Undetermined: ['none', 'delayed, and nobody knows why'],
  SendingDeferral: ['none', 'SES holds the message back for a while'],
};

/** A word as SES knows it: records and documentation differ in case and blanks. What SES does not know stays as it is. */
export const spellBounceType = speller(Object.keys(BOUNCE_TYPES));
export const spellBounceSubType = speller(Object.keys(BOUNCES).map(pair => pair.split('/')[1]));
export const spellComplaintSubType = speller(Object.keys(COMPLAINT_SUB_TYPES));
export const spellFeedbackType = speller(Object.keys(COMPLAINT_FEEDBACK_TYPES));
export const spellDelayType = speller(Object.keys(DELAYS));

/** All of these words. */
const WORDS: ReadonlySet<string> = new Set([BOUNCE_TYPES, BOUNCES, COMPLAINT_SUB_TYPES, COMPLAINT_FEEDBACK_TYPES, DELAYS]
  .flatMap(table => Object.keys(table)).flatMap(name => name.split('/')));

/** Whether SES documents a word, as a type or sub-type of a bounce, a complaint or a delay. */
export function isFeedbackWord(text: string): boolean {
  return WORDS.has(text);
}

/** What to do about a recipient that bounced. A sub-type that is not known is judged by its type. */
export function decideBounce(bounceType: string, bounceSubType: string): FeedbackDecision {
  const [type, subType] = [spellBounceType(bounceType), spellBounceSubType(bounceSubType)];
  return decision(row(BOUNCES, `${type}/${subType}`) ?? row(BOUNCE_TYPES, type) ?? BOUNCE_TYPES.Undetermined);
}

/** What a complaint says. */
export interface ComplaintFacts {
  readonly complaintSubType?: string;
  readonly complaintFeedbackType?: string;
  /** How many recipients may have complained. */
  readonly possibleComplainers: number;
}

/** What to do about a recipient who may have complained. */
export function decideComplaint(facts: ComplaintFacts, ambiguous: AmbiguousComplaints = 'suppressAll'): FeedbackDecision {
  const withheld = row(COMPLAINT_SUB_TYPES, spellComplaintSubType(facts.complaintSubType ?? ''));
  if (withheld) return decision(withheld);
  if (spellFeedbackType(facts.complaintFeedbackType ?? '') === 'not-spam') return { action: 'none', reason: 'somebody says that it is not spam' };
  if (facts.possibleComplainers <= 1) return { action: 'suppress', reason: 'complained' };
  return { action: ambiguous === 'mark' ? 'mark' : 'suppress', reason: `one of ${facts.possibleComplainers} recipients has complained, and nobody says who` };
}

/** Whether a complaint tells of something worse than unwanted mail: fraud, a virus, forged mail. */
export function isSecurityReport(complaintFeedbackType: string | undefined): boolean {
  const type = spellFeedbackType(complaintFeedbackType ?? '');
  return Object.hasOwn(COMPLAINT_FEEDBACK_TYPES, type) && COMPLAINT_FEEDBACK_TYPES[type];
}

/** Whether a bounce is one of those by which AWS judges: for good, and not for an address that is on a list of your own. */
export function countsInBounceRate(bounceType: string, bounceSubType: string): boolean {
  return spellBounceType(bounceType) === 'Permanent' && !WITHHELD_BY_OWN_LIST.has(spellBounceSubType(bounceSubType));
}

const WITHHELD_BY_OWN_LIST: ReadonlySet<string> = new Set([
  'OnAccountSuppressionList', 'OnTenantSuppressionList', 'EmailValidationSuppressed', 'UnsubscribedRecipient',
]);

/** What to do about a delay. SES goes on trying, so nothing is done about the address. */
export function decideDelay(delayType: string): FeedbackDecision {
  return decision(row(DELAYS, spellDelayType(delayType)) ?? DELAYS.Undetermined);
}

function row(table: Table, key: string): Row | undefined {
  return Object.hasOwn(table, key) ? table[key] : undefined;
}

function decision([action, reason]: Row): FeedbackDecision {
  return { action, reason };
}

function speller(words: string[]): (given: string) => string {
  const known = new Set(words);
  const byPlain = new Map(words.map(word => [plain(word), word]));
  return given => known.has(given) ? given : byPlain.get(plain(given)) ?? given;
}

function plain(word: string): string {
  return word.replace(/[\s_-]+/g, '').toLowerCase();
}
