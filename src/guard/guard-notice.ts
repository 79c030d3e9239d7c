/*
 * What people are told, in words: what happened, why, what AWS does and when, and how to go on.
 */
import { type GuardPlace, resumeBySesCommand, resumeCommand, statusCommand, verifyCommand } from './guard-commands';
import { ACCOUNT, type GuardSettings, type Rate, type Target } from './guard-constants';
import { DRILL_TIME, GRACE, type GuardRecord, type NoticeKind } from './guard-decision';
import { ENFORCEMENT } from '../ses/thresholds';

/** A notice as it is published. */
export interface NoticeText {
  /** The same for each attempt to publish this notice, by which a receiver can tell a repetition. */
  readonly id: string;
  readonly subject: string;
  readonly message: string;
}

/** What SNS takes as a subject: up to 100 characters of ASCII. */
const SUBJECT_MAX = 100;
const NOT_PRINTABLE = /[^\x20-\x7e]/g;

/**
 * @param target what it is about
 * @param record what was written down about it
 */
export function noticeText(settings: GuardSettings, place: GuardPlace, kind: NoticeKind, target: Target, record: GuardRecord): NoticeText {
  const name = target === ACCOUNT ? 'the whole account' : `the stream ${target}`;
  const body = BODIES[kind]({ settings, place, target, name, record });
  const drill = record.drill && kind !== 'resumed' ? 'DRILL: ' : '';
  const subject = `${drill}${headline(kind, name, record)} (${place.region})`;
  return {
    id: `${settings.name}/${target || 'account'}/${kind}/${record.since}/${record.rehearsed?.join() ?? ''}`,
    subject: subject.replace(NOT_PRINTABLE, '?').slice(0, SUBJECT_MAX),
    message: [`${subject}, ${new Date(record.since).toISOString()}.`, '', ...body].join('\n'),
  };
}

interface Subject {
  readonly settings: GuardSettings;
  readonly place: GuardPlace;
  readonly target: Target;
  readonly name: string;
  readonly record: GuardRecord;
}

function headline(kind: NoticeKind, name: string, record: GuardRecord): string {
  switch (kind) {
    case 'paused': return `Mail of ${name} is paused`;
    case 'resumed': return `Mail of ${name} is sent again, resumed by ${record.by}`;
    case 'rehearsed': return `Mail of ${name} would be paused now`;
    case 'interrupted': return `Mail of ${name} is still paused`;
  }
}

const BODIES: Record<NoticeKind, (subject: Subject) => string[]> = {
  paused: subject => [
    ...facts(subject),
    ...subject.record.drill && subject.record.certain ?
      [`This is a drill. It is undone by itself about ${minutes(DRILL_TIME)} minutes after it began; mail that was refused until then has to be sent again.`] : [],
    ...subject.record.certain ? [] : ['The guard was interrupted, so somebody else may have paused it at the same time. The guard will not resume it by itself.'],
    '', ...howToResume(subject), '', ...whatAwsDoes(),
  ],
  resumed: ({ place, target, settings }) => [
    `Guard: ${settings.name}. What was in ALARM when mail was resumed does not pause it again for ${minutes(GRACE) / 60} hours, unless it recovers and goes bad again.`,
    '', 'See that it sends:', `  ${verifyCommand(place, target)}`,
  ],
  rehearsed: subject => [
    ...facts(subject),
    subject.settings.dryRun ? 'Nothing was done: the guard is on a dry run.' : 'Nothing was done: a drill does not stop all mail of an account.',
    '', ...whatAwsDoes(),
  ],
  interrupted: subject => [
    `Guard: ${subject.settings.name}. ${subject.record.by ?? 'Somebody'} was about to resume it and was interrupted; it is paused now, perhaps by somebody else.`,
    'The guard will not try again by itself.', '', ...howToResume(subject),
  ],
};

function facts({ settings, record }: Subject): string[] {
  return [
    `Who:  the guard ${settings.name}`,
    ...(record.causes ?? []).map(cause => `Why:  ${RATES[cause.rate]}: the alarm ${cause.name} is in ALARM since ${new Date(cause.since).toISOString()}: ${cause.reason}`),
  ];
}

const RATES: Record<Rate, string> = { bounce: 'too much mail bounces', complaint: 'too many recipients report the mail as spam' };

function howToResume({ place, target }: Subject): string[] {
  return [
    'Programs that send get an error until mail is resumed. First find and stop the cause: docs/reputation.md has the steps. Then:',
    'Resume:', `  ${resumeCommand(place, target)}`,
    'Verify:', `  ${verifyCommand(place, target)}`,
    'What the guard sees:', `  ${statusCommand(place)}`,
    'Should the guard be out of order:', `  ${resumeBySesCommand(place, target)}`,
  ];
}

function whatAwsDoes(): string[] {
  const { bounceRate, complaintRate } = ENFORCEMENT;
  return [
    `What AWS does: it reviews an account from a bounce rate of ${percent(bounceRate.review)} or a complaint rate of ${percent(complaintRate.review)} on, and may ` +
    `pause it from ${percent(bounceRate.pause)} or ${percent(complaintRate.pause)} on. Only AWS can undo that.`,
  ];
}

function minutes(milliseconds: number): number {
  return milliseconds / 60_000;
}

/** As people write it: 0.1 %, not 0.1000000000000001 %. */
function percent(fraction: number): string {
  return `${Number((fraction * 100).toPrecision(3))} %`;
}
