/*
 * What the guard does, decided from the truth of the moment and from what it has written down. Nothing here calls anything.
 *
 * The guard is level-triggered: an event only wakes it. `nextStep` says the one thing to do next; it is asked again after each step, so that a run which is
 * cut off anywhere is taken up by the next. What is about to be done is written down before it is done, and what people are owed is written down with it.
 *
 * - Whoever switches a target on has decided so: what is in ALARM then is acknowledged, until it has left ALARM or the grace is over. SES tells when a stream
 *   was switched on; of the account, the guard knows it when it has seen it off.
 * - What somebody else has switched off is never switched on, and of what it has switched off itself only what it is certain of.
 */
import { ACCOUNT, type Rate, type Target, type Tier } from './guard-constants';

const MINUTE = 60_000;

/** How long what was in ALARM when sending was resumed may stay there: twice the hour that an alarm looks back. */
export const GRACE = 120 * MINUTE;

/** How long a drill lasts. */
export const DRILL_TIME = 10 * MINUTE;

/** An alarm, as CloudWatch tells. */
export interface AlarmFacts {
  readonly name: string;
  readonly rate: Rate;
  readonly tier: Tier;
  readonly state: string;
  /** When it entered this state, in milliseconds. */
  readonly since: number;
  readonly reason: string;
  /** Whether somebody has set the state to try the guard. */
  readonly drill: boolean;
}

/** What people are told: of a pause, a resumption, a pause that was left out, and a resumption that broke off. */
export type NoticeKind = 'paused' | 'resumed' | 'rehearsed' | 'interrupted';

/** What the guard has written down about a target. */
export interface GuardRecord {
  /** `off`: by somebody else, or nobody knows. `pausing` and `resuming` are intentions, which a run that was cut off leaves behind. */
  readonly status: 'running' | 'pausing' | 'paused' | 'off' | 'resuming';
  readonly since: number;
  /** Why it was paused. */
  readonly causes?: AlarmFacts[];
  readonly drill?: boolean;
  /** Whether the run that says so has switched it off itself. */
  readonly certain?: boolean;
  /** When sending was found resumed: what was in ALARM by then is known. */
  readonly acknowledged?: number;
  /** The causes that people were told of instead of pausing. */
  readonly rehearsed?: string[];
  /** Who resumed it. */
  readonly by?: string;
  /** What people are still to be told. */
  readonly owed?: NoticeKind;
}

/** All that a decision about one target rests on. */
export interface Situation {
  readonly now: number;
  readonly target: Target;
  readonly record?: GuardRecord;
  /** The alarms that pause it. */
  readonly alarms: AlarmFacts[];
  /** The alarms that warn, at a lower line. */
  readonly warnings: AlarmFacts[];
  readonly sending: boolean;
  /** When SES last began its rates anew, since sending was resumed. */
  readonly freshStart?: number;
  /** Whether this run has switched it already. */
  readonly switched: boolean;
  /** Whether something smaller is to take effect before. */
  readonly wait: boolean;
  /** Whether the account sends, and AWS is content with it. */
  readonly healthy: boolean;
  readonly dryRun: boolean;
  readonly coolDown?: number;
}

/** The one thing to do next. */
export type Step =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'write'; readonly record: GuardRecord }
  | { readonly kind: 'switch'; readonly sending: boolean }
  | { readonly kind: 'tell'; readonly notice: NoticeKind; readonly record: GuardRecord }
  | { readonly kind: 'rearm'; readonly alarm: AlarmFacts };

const NOTHING: Step = { kind: 'nothing' };
const RUNNING: GuardRecord = { status: 'running', since: 0 };

export function nextStep(situation: Situation): Step {
  const { record = RUNNING } = situation;
  if (record.owed) return { kind: 'tell', notice: record.owed, record: { ...record, owed: undefined } };
  const spent = situation.alarms.find(alarm => inAlarm(alarm) && alarm.drill && !isLive(alarm, situation));
  if (spent) return { kind: 'rearm', alarm: spent };
  return DECISIONS[record.status](situation, record);
}

const DECISIONS: Record<GuardRecord['status'], (situation: Situation, record: GuardRecord) => Step> = {
  running: (situation, record) => {
    if (!situation.sending) return write({ ...record, status: 'off', since: situation.now });
    const { causes, drill } = causesOf(situation);
    if (causes.length === 0 || mustWait(situation, drill)) return NOTHING;
    if (!isRehearsal(situation, drill)) return write({ status: 'pausing', since: situation.now, causes, drill, acknowledged: record.acknowledged });
    const told = episodesOf(situation.alarms.filter(inAlarm)).filter(episode => record.rehearsed?.includes(episode));
    const found = episodesOf(causes).filter(episode => !told.includes(episode));
    if (found.length === 0) return NOTHING;
    return write({ ...record, rehearsed: [...told, ...found], causes, drill, owed: 'rehearsed' });
  },

  pausing: (situation, record) => {
    if (!situation.sending || resumedSince(record, situation)) return write({ ...record, status: 'paused', certain: situation.switched, owed: 'paused' });
    const { causes, drill } = causesOf(situation);
    if (causes.length === 0 || mustWait(situation, drill) || isRehearsal(situation, drill)) return write(running(record.acknowledged));
    if (record.since !== situation.now) return write({ ...record, since: situation.now, causes, drill });
    return { kind: 'switch', sending: false };
  },

  paused: (situation, record) => {
    if (situation.sending) return write({ ...resumed(situation, record), by: 'somebody, by SES itself', owed: 'resumed' });
    if (resumedSince(record, situation)) return write({ status: 'off', since: situation.now });
    const { causes, drill } = causesOf(situation);
    if (record.drill && causes.length > 0 && !drill) return write({ ...record, since: situation.now, causes, drill, owed: 'paused' });
    const by = record.drill ?
      record.certain && causes.length === 0 && 'the guard, at the end of the drill' :
      hasRecovered(situation, record) && 'the guard, after its cool-down';
    return by ? write({ ...record, status: 'resuming', since: situation.now, by }) : NOTHING;
  },

  off: (situation, record) => situation.sending ? write(resumed(situation, record)) : NOTHING,

  resuming: (situation, record) => {
    const { now, sending } = situation;
    if (sending) return write({ ...resumed(situation, record), by: record.by, owed: 'resumed' });
    if (record.since === now) return { kind: 'switch', sending: true };
    if (resumedSince(record, situation)) return write({ status: 'off', since: now });
    // either SES was never told, or somebody has switched it off since: nobody can know
    return write({ status: 'off', since: now, by: record.by, owed: 'interrupted' });
  },
};

/** Whether the guard has to look at SES to decide: an alarm asks for it, or something is not finished. */
export function isQuiet(alarms: AlarmFacts[], record: GuardRecord = RUNNING): boolean {
  return record.status === 'running' && record.owed === undefined && !alarms.some(inAlarm);
}

/** How a stream stands after the guard has seen to it. */
export interface Standing extends Pick<Situation, 'alarms' | 'record' | 'freshStart'> {
  /** Unknown when SES or the table could not be asked. */
  readonly sending?: boolean;
}

/** Whether the account has to wait: for a stream that could still be paused, or for what was paused to take effect. */
export function accountMustWait(streams: Standing[], now: number, patience: number): boolean {
  return streams.some(({ alarms, sending, record, freshStart }) => {
    if (sending === undefined || sending) return unacknowledged(alarms, { now, record, freshStart }).length > 0;
    return record?.status === 'paused' && !record.drill && now < record.since + patience;
  });
}

function write(record: GuardRecord): Step {
  return { kind: 'write', record };
}

function running(acknowledged?: number): GuardRecord {
  return { ...RUNNING, acknowledged };
}

/** SES tells when sending was resumed, of a stream. Otherwise it was some time before now. */
function resumed(situation: Situation, record: GuardRecord): GuardRecord {
  return { ...running(resumedSince(record, situation) ? situation.freshStart : situation.now), since: situation.now };
}

function resumedSince({ since }: GuardRecord, { freshStart }: Situation): boolean {
  return freshStart !== undefined && freshStart >= since;
}

/** The same alarm that has come back is another episode. */
function episodesOf(alarms: AlarmFacts[]): string[] {
  return alarms.map(alarm => `${alarm.name}@${alarm.since}`);
}

function inAlarm(alarm: AlarmFacts): boolean {
  return alarm.state === 'ALARM';
}

type Memory = Pick<Situation, 'now' | 'record' | 'freshStart'>;

function unacknowledged(alarms: AlarmFacts[], memory: Memory): AlarmFacts[] {
  return alarms.filter(alarm => inAlarm(alarm) && !alarm.drill && !isAcknowledged(alarm, memory));
}

function isAcknowledged(alarm: AlarmFacts, { now, record, freshStart = 0 }: Memory): boolean {
  const at = Math.max(record?.acknowledged ?? 0, freshStart);
  return alarm.since <= at && now < at + GRACE;
}

function isLive(drill: AlarmFacts, memory: Memory): boolean {
  return memory.now < drill.since + DRILL_TIME && !isAcknowledged(drill, memory);
}

/** The alarms that ask for a pause. Drills count only where no real alarm does. */
function causesOf(situation: Situation): { causes: AlarmFacts[]; drill: boolean } {
  const causes = unacknowledged(situation.alarms, situation);
  if (causes.length > 0) return { causes, drill: false };
  const drills = situation.alarms.filter(alarm => inAlarm(alarm) && alarm.drill && isLive(alarm, situation));
  return { causes: drills, drill: drills.length > 0 };
}

function mustWait({ wait }: Situation, drill: boolean): boolean {
  return wait && !drill;
}

/** A drill does not stop all mail of an account. */
function isRehearsal({ target, dryRun }: Situation, drill: boolean): boolean {
  return dryRun || (drill && target === ACCOUNT);
}

/**
 * Only when asked, only what this guard has paused for certain, and only on evidence: an alarm without data is none. AWS is never content with an account that is
 * paused, so the account is not resumed, nor a stream meanwhile.
 */
function hasRecovered({ dryRun, healthy, coolDown, now, alarms, warnings }: Situation, record: GuardRecord): boolean {
  if (dryRun || !healthy || !record.certain || coolDown === undefined) return false;
  return now >= record.since + coolDown && [...alarms, ...warnings].every(alarm => alarm.state === 'OK');
}
