import { readFileSync } from 'node:fs';
import { drillCommand, type GuardPlace, resumeBySesCommand, resumeCommand, statusCommand, verifyCommand } from '../../src/guard/guard-commands';
import { ACCOUNT, type GuardSettings } from '../../src/guard/guard-constants';
import type { GuardRecord, NoticeKind } from '../../src/guard/guard-decision';
import { noticeText } from '../../src/guard/guard-notice';

const SETTINGS: GuardSettings = { name: 'Guard', streams: ['receipts'], rates: ['bounce'], dryRun: false, tableName: 'table', topicArn: 'topic', auditDays: 1 };
/** As the runbook calls them. */
const PLACE: GuardPlace = { region: 'REGION', functionName: 'FUNCTION' };
const SINCE = Date.UTC(2030, 0, 1, 3);
const RECORD: GuardRecord = {
  status: 'paused',
  since: SINCE,
  certain: true,
  drill: false,
  causes: [{ name: 'Guard-complaint-pause-receipts', rate: 'complaint', tier: 'pause', state: 'ALARM', since: SINCE - 60_000, reason: 'Threshold Crossed', drill: false }],
};

function notice(kind: NoticeKind, record: Partial<GuardRecord> = {}, target = 'receipts', settings: Partial<GuardSettings> = {}) {
  return noticeText({ ...SETTINGS, ...settings }, { region: 'eu-west-1', functionName: 'guard' }, kind, target, { ...RECORD, ...record });
}

test('of a pause says when and why in a form that people can read at night', () => {
  const { subject, message } = notice('paused');
  expect(subject).toBe('Mail of the stream receipts is paused (eu-west-1)');
  expect(message.split('\n').slice(0, 4)).toEqual([
    'Mail of the stream receipts is paused (eu-west-1), 2030-01-01T03:00:00.000Z.',
    '',
    'Who:  the guard Guard',
    'Why:  too many recipients report the mail as spam: the alarm Guard-complaint-pause-receipts is in ALARM since 2030-01-01T02:59:00.000Z: Threshold Crossed',
  ]);
  expect(message).not.toContain('drill.');
  expect(message).not.toContain('interrupted');
});

test('of a pause that the guard is not certain of says that it will not resume it', () => {
  expect(notice('paused', { certain: false }).message).toContain('The guard will not resume it by itself.');
  expect(notice('paused', { certain: false, drill: true }).message).not.toContain('undone by itself');
});

test('of a resumption that broke off says how to resume', () => {
  const { subject, message } = notice('interrupted', { by: 'Ann' });
  expect(subject).toBe('Mail of the stream receipts is still paused (eu-west-1)');
  expect(message).toContain('Ann was about to resume it and was interrupted');
  expect(message).toContain('"command":"resume","stream":"receipts"');
  expect(notice('interrupted').message).toContain('Somebody was about to resume it');
});

test('of a resumption says for how long the alarms of that time are known', () => {
  expect(notice('resumed', { by: 'Ann' }).message).toContain('does not pause it again for 2 hours');
});

test('has the same ID when it is repeated, and another otherwise', () => {
  expect(notice('paused').id).toBe(notice('paused').id);
  const ids = [notice('paused'), notice('resumed'), notice('paused', { since: SINCE + 1 }), notice('paused', {}, ''), notice('rehearsed', { rehearsed: ['a@1'] }), notice('rehearsed', { rehearsed: ['b@1'] })];
  expect(new Set(ids.map(({ id }) => id)).size).toBe(ids.length);
});

test('has a subject that SNS takes, however long the names', () => {
  expect(notice('resumed', { by: 'Ann '.repeat(50) }, 'n'.repeat(64)).subject).toHaveLength(100);
});

test.each<[string, string]>([
  ['status', statusCommand(PLACE)],
  ['resume', resumeCommand(PLACE, 'NAME')],
  ['drill', drillCommand(PLACE, 'NAME')],
  ['verify a stream', verifyCommand(PLACE, 'NAME')],
  ['verify the account', verifyCommand(PLACE, ACCOUNT)],
  ['resume a stream without the guard', resumeBySesCommand(PLACE, 'NAME')],
  ['resume the account without the guard', resumeBySesCommand(PLACE, ACCOUNT)],
])('the runbook has the very command that notices and outputs have: %s', (_, command) => {
  expect(readFileSync('docs/reputation.md', 'utf8').replace(/ \\\n +/g, ' ')).toContain(command);
});
