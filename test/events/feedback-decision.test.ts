import { readFileSync } from 'node:fs';
import {
  countsInBounceRate, decideBounce, decideComplaint, decideDelay, type FeedbackAction, isSecurityReport, spellBounceSubType, spellDelayType,
} from '../../src/events/feedback-decision';

test.each<[type: string, subType: string, action: FeedbackAction, counts: boolean]>([
  ['Undetermined', 'Undetermined', 'none', false],
  ['Permanent', 'General', 'suppress', true],
  ['Permanent', 'NoEmail', 'operatorAlert', true],
  ['Permanent', 'Suppressed', 'mark', true],
  ['Permanent', 'OnAccountSuppressionList', 'mark', false],
  ['Transient', 'General', 'count', false],
  ['Transient', 'MailboxFull', 'count', false],
  ['Transient', 'MessageTooLarge', 'contentAlert', false],
  ['Transient', 'ContentRejected', 'contentAlert', false],
  ['Transient', 'AttachmentRejected', 'contentAlert', false],
  // added by SES since
  ['Permanent', 'OnTenantSuppressionList', 'mark', false],
  ['Permanent', 'EmailValidationSuppressed', 'mark', false],
  ['Permanent', 'UnsubscribedRecipient', 'mark', false],
  ['Transient', 'CustomTimeoutExceeded', 'none', false],
  // not known: as the type says
  ['Permanent', 'SomethingNew', 'suppress', true],
  ['Transient', 'SomethingNew', 'count', false],
  ['Undetermined', 'General', 'none', false],
  ['SomethingNew', 'General', 'none', false],
  ['Permanent', '', 'suppress', true],
  ['constructor', '__proto__', 'none', false],
  // spelled in another way
  ['PERMANENT', 'general', 'suppress', true],
  ['permanent', 'On Account SuppressionList', 'mark', false],
])('a bounce %s/%s: %s; in the bounce rate: %j', (type, subType, action, counts) => {
  expect(decideBounce(type, subType)).toEqual({ action, reason: expect.stringMatching(/^[a-z]/) });
  expect(countsInBounceRate(type, subType)).toBe(counts);
});

test.each<[feedbackType: string | undefined, subType: string | undefined, complainers: number, action: FeedbackAction]>([
  ['abuse', undefined, 1, 'suppress'],
  ['other', undefined, 1, 'suppress'],
  ['fraud', undefined, 1, 'suppress'],
  ['virus', undefined, 1, 'suppress'],
  ['auth-failure', undefined, 1, 'suppress'],
  [undefined, undefined, 1, 'suppress'],
  ['something-new', 'SomethingNew', 1, 'suppress'],
  ['not-spam', undefined, 1, 'none'],
  ['not-spam', undefined, 3, 'none'],
  ['Not-Spam', undefined, 1, 'none'],
  ['abuse', 'OnAccountSuppressionList', 1, 'mark'],
  [undefined, 'OnAccountSuppressionList', 3, 'mark'],
  [undefined, 'OnTenantSuppressionList', 1, 'mark'],
  ['abuse', undefined, 3, 'suppress'],
])('a complaint %s/%s of one of %i: %s', (complaintFeedbackType, complaintSubType, possibleComplainers, action) => {
  expect(decideComplaint({ complaintFeedbackType, complaintSubType, possibleComplainers }).action).toBe(action);
});

test('of several possible complainers nobody is suppressed, if that is wanted', () => {
  expect(decideComplaint({ possibleComplainers: 3 }, 'mark')).toEqual({ action: 'mark', reason: 'one of 3 recipients has complained, and nobody says who' });
  expect(decideComplaint({ possibleComplainers: 1 }, 'mark').action).toBe('suppress');
});

test('fraud, viruses and forged mail are told from unwanted mail', () => {
  expect(['abuse', 'auth-failure', 'fraud', 'not-spam', 'other', 'virus', 'FRAUD', 'new', undefined, 'constructor'].filter(isSecurityReport))
    .toEqual(['auth-failure', 'fraud', 'virus', 'FRAUD']);
});

test.each<[delayType: string, action: FeedbackAction]>([
  ['InternalFailure', 'none'], ['General', 'none'], ['MailboxFull', 'none'], ['SpamDetected', 'operatorAlert'], ['RecipientServerError', 'none'],
  ['IPFailure', 'operatorAlert'], ['TransientCommunicationFailure', 'none'], ['BYOIPHostNameLookupUnavailable', 'operatorAlert'],
  ['BYOIPHostNameLookup Unavailable', 'operatorAlert'], ['Undetermined', 'none'], ['SendingDeFerral', 'none'], ['SomethingNew', 'none'],
])('a delay %s: %s', (delayType, action) => {
  expect(decideDelay(delayType).action).toBe(action);
});

test('words that SES does not know stay as they are', () => {
  expect([spellDelayType('sending deferral'), spellDelayType('New Type'), spellBounceSubType('MAILBOX_FULL')]).toEqual(['SendingDeferral', 'New Type', 'MailboxFull']);
});

describe('docs/feedback.md', () => {
  const rows = [...readFileSync('docs/feedback.md', 'utf8').matchAll(/^\| (bounce|complaint|delay) `([\w/-]+)(…?)`[^|]*\| `(\w+)` \| ([^|]+) \|$/gm)];

  test.each(rows.map(([, what, type, more, action, reason]) => ({ what, type, more, action, reason })))('says of a $what $type$more what is done', row => {
    expect(decided(row.what, row.more ? `${row.type}SomethingNew` : row.type)).toEqual({ action: row.action, reason: row.reason });
  });

  test('has each bounce and complaint, and each delay after which somebody has to look', () => {
    const listed = rows.map(([, what, type]) => `${what} ${type}`);
    expect(listed).toHaveLength(14 + 2 + 3 + 3);
    expect(new Set(listed).size).toBe(listed.length);
  });

  function decided(what: string, type: string): object {
    if (what === 'delay') return decideDelay(type);
    if (what === 'bounce') return decideBounce(...type.split('/') as [string, string]);
    return decideComplaint({ possibleComplainers: 1, ...type === 'not-spam' ? { complaintFeedbackType: type } : { complaintSubType: type } });
  }
});
