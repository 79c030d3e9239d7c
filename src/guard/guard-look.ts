/*
 * One look: read the truth, and bring each target to where it belongs. It reaches AWS through `Guard`, so that a test can run it against a world of its own.
 */
import { ACCOUNT, alarmName, type GuardSettings, pausingTiers, type Target, type Tier } from './guard-constants';
import { accountMustWait, type AlarmFacts, type GuardRecord, isQuiet, nextStep, type NoticeKind, type Standing } from './guard-decision';

/** A target, as SES tells. */
export interface SendingFacts {
  readonly sending: boolean;
  /** When its rates began anew, in milliseconds. */
  readonly freshStart?: number;
}

/** The account, as SES tells. */
export interface AccountFacts {
  readonly sending: boolean;
  /** HEALTHY, PROBATION or SHUTDOWN, if SES says. */
  readonly enforcement?: string;
}

/** A notice, before it is put into words. */
export interface Notice {
  readonly kind: NoticeKind;
  readonly target: Target;
  readonly record: GuardRecord;
}

/** What the guard reaches AWS through. Each call succeeds or throws; one that throws may have had its effect. */
export interface Guard {
  readonly settings: GuardSettings;
  now(): number;
  /** Runs while no other run does, or throws. Records can only be written by the run that holds the guard. */
  alone<T>(run: () => Promise<T>): Promise<T>;
  records(): Promise<Map<Target, GuardRecord>>;
  write(target: Target, record: GuardRecord): Promise<void>;
  alarms(names: string[]): Promise<Omit<AlarmFacts, 'rate' | 'tier'>[]>;
  setAlarm(name: string, state: 'ALARM' | 'INSUFFICIENT_DATA', reason: string): Promise<void>;
  account(): Promise<AccountFacts>;
  /** Undefined when the configuration set is gone. */
  stream(name: string): Promise<SendingFacts | undefined>;
  /** Switches sending on or off. */
  switch(target: Target, sending: boolean): Promise<void>;
  tell(notice: Notice): Promise<void>;
  log(notice: string, details: object): void;
}

/** What is known of the targets when a look begins. */
interface Truth {
  readonly now: number;
  readonly records: Map<Target, GuardRecord>;
  readonly alarms: Map<string, AlarmFacts>;
  /** Asked of SES at most once a look. */
  readonly account: () => Promise<AccountFacts>;
}

/** No target needs more: a pause and its notice are four steps, and a drill on the way adds one for each alarm. */
const STEPS_MAX = 20;

/** CloudFormation does not notice by itself what was deleted behind its back. */
const BRING_BACK = 'cdk deploy --revert-drift brings it back, and a plain deployment does not';

const TIERS: Tier[] = ['warn', 'pause', 'burst'];

/**
 * Sees to all targets, streams first. What fails does not keep the guard from the others, but fails the look in the end, so that it is repeated and noticed.
 *
 * @returns how many targets are paused by this guard
 */
export async function look(guard: Guard): Promise<number> {
  return guard.alone(async () => {
    const { streams, account } = guard.settings;
    const truth = await readTruth(guard);
    const failures: unknown[] = missingAlarms(guard.settings, truth);
    const standings: Standing[] = [];
    for (const stream of streams) {
      standings.push(await attempt(failures, () => settle(guard, truth, stream), alarmsOf(guard.settings, truth, stream)));
    }
    if (account) {
      const wait = !guard.settings.dryRun && accountMustWait(standings, truth.now, account.patienceMinutes * 60_000);
      standings.push(await attempt(failures, () => settle(guard, truth, ACCOUNT, { wait }), []));
    }
    if (failures.length > 0) throw new Error(failures.map(String).join('; '));
    return standings.filter(({ record }) => record?.status === 'paused').length;
  });
}

/**
 * Resumes a target on behalf of somebody.
 *
 * @returns why not, if it does not
 */
export async function resume(guard: Guard, target: Target, by: string): Promise<string | undefined> {
  return guard.alone(async () => {
    const truth = await readTruth(guard);
    if (target === ACCOUNT && (await truth.account()).enforcement === 'SHUTDOWN') {
      return 'AWS itself has paused this account, and only AWS can resume it: answer the case in the Support Center with what you have changed';
    }
    const facts = await factsOf(guard, truth, target);
    if (facts === undefined) return `there is no configuration set ${target}`;
    if (facts.sending) return 'it is sending';
    // first what is unfinished: people are told of a pause before they are told of its end
    if (!(await settle(guard, truth, target, { asked: true })).sending) {
      await settle(guard, truth, target, { intention: { ...truth.records.get(target), status: 'resuming', since: truth.now, by } });
    }
    return undefined;
  });
}

/**
 * Sets the alarm of a target as if its rate were bad. What follows is the way of a real alarm.
 *
 * @returns why not, if it does not
 */
export async function drill(guard: Guard, target: Target, reason: string): Promise<string | undefined> {
  const { settings } = guard;
  const name = alarmName(settings.name, target, settings.rates[0], 'pause');
  const [alarm] = await guard.alarms([name]);
  if (alarm === undefined) return `there is no alarm ${name}; ${BRING_BACK}`;
  if (alarm.state === 'ALARM') return `the alarm ${name} is in ALARM already: this is not the time for a drill`;
  await guard.setAlarm(name, 'ALARM', reason);
  return undefined;
}

/** What the guard knows and reads, without changing anything. */
export async function status(guard: Guard): Promise<object> {
  const truth = await readTruth(guard);
  const targets = [...guard.settings.streams, ...guard.settings.account ? [ACCOUNT] : []];
  const described = [];
  for (const target of targets) {
    const alarms = alarmsOf(guard.settings, truth, target).map(({ name, state, since, reason }) => ({ name, state, since: iso(since), reason }));
    const { sending } = await factsOf(guard, truth, target) ?? {};
    const { since, acknowledged, ...record } = truth.records.get(target) ?? { status: 'running', since: 0 };
    described.push({
      ...target === ACCOUNT ? { account: true } : { stream: target },
      sending,
      ...record,
      since: since ? iso(since) : undefined,
      acknowledged: acknowledged ? iso(acknowledged) : undefined,
      alarms,
    });
  }
  return { guard: guard.settings.name, dryRun: guard.settings.dryRun, account: await truth.account(), targets: described };
}

async function readTruth(guard: Guard): Promise<Truth> {
  const { settings } = guard;
  const now = guard.now();
  const records = await guard.records();
  const known = [...settings.streams, ...settings.account ? [ACCOUNT] : []].flatMap(target => ownAlarms(settings, target));
  const read = new Map((await guard.alarms(known.map(({ name }) => name))).map(alarm => [alarm.name, alarm]));
  let account: Promise<AccountFacts> | undefined;
  return {
    now,
    records,
    alarms: new Map(known.filter(({ name }) => read.has(name)).map(({ name, rate, tier }) => [name, { ...read.get(name)!, rate, tier }])),
    account: () => account ??= guard.account(),
  };
}

function ownAlarms(settings: GuardSettings, target: Target): Pick<AlarmFacts, 'name' | 'rate' | 'tier'>[] {
  const tiers = TIERS.filter(tier => tier === 'warn' || pausingTiers(target).includes(tier));
  return settings.rates.flatMap(rate => tiers.map(tier => ({ name: alarmName(settings.name, target, rate, tier), rate, tier })));
}

function alarmsOf(settings: GuardSettings, truth: Truth, target: Target): AlarmFacts[] {
  return ownAlarms(settings, target).flatMap(({ name }) => truth.alarms.get(name) ?? []);
}

/** Without an alarm nothing would be paused, and without this nobody would know. */
function missingAlarms(settings: GuardSettings, truth: Truth): Error[] {
  const targets = [...settings.streams, ...settings.account ? [ACCOUNT] : []];
  return targets.flatMap(target => ownAlarms(settings, target)).filter(({ name }) => !truth.alarms.has(name))
    .map(({ name }) => new Error(`the alarm ${name} is gone; ${BRING_BACK}`));
}

async function attempt(failures: unknown[], work: () => Promise<Standing>, alarms: AlarmFacts[]): Promise<Standing> {
  try {
    return await work();
  } catch (error) {
    failures.push(error);
    return { alarms };
  }
}

async function factsOf(guard: Guard, truth: Truth, target: Target): Promise<SendingFacts | undefined> {
  return target === ACCOUNT ? truth.account() : guard.stream(target);
}

/** What a target is to be settled with, beside the truth. */
interface Circumstances {
  /** Whether something smaller is to take effect before. */
  readonly wait?: boolean;
  /** Whether somebody has asked about this target, so that it is looked at even if no alarm says so. */
  readonly asked?: boolean;
  /** What somebody has asked for. */
  readonly intention?: GuardRecord;
}

/** Takes one step after the other until there is none left. */
async function settle(guard: Guard, truth: Truth, target: Target, { wait = false, asked, intention }: Circumstances = {}): Promise<Standing> {
  const { settings } = guard;
  const all = alarmsOf(settings, truth, target);
  let alarms = all.filter(({ tier }) => tier !== 'warn');
  let record = truth.records.get(target);
  if (!asked && !intention && isQuiet(alarms, record)) return { alarms, record, sending: true };
  const facts = await factsOf(guard, truth, target);
  if (facts === undefined) {
    guard.log('the configuration set is gone', { target });
    return { alarms: [], sending: false };
  }
  let { sending } = facts;
  let switched = false;
  let before = record;
  const write = async (next: GuardRecord) => {
    await guard.write(target, next);
    truth.records.set(target, next);
    [before, record] = [record, next];
  };
  const tell = async (kind: NoticeKind, told: GuardRecord) => {
    await guard.tell({ kind, target, record: told });
    await write(told);
  };
  if (intention) await write(intention);
  const coolDown = settings.coolDownMinutes === undefined ? undefined : settings.coolDownMinutes * 60_000;
  const healthy = coolDown !== undefined && record?.status === 'paused' && isHealthy(await truth.account());
  for (let steps = 0; steps < STEPS_MAX; steps++) {
    const step = nextStep({
      now: truth.now,
      target,
      record,
      alarms,
      warnings: all.filter(({ tier }) => tier === 'warn'),
      sending,
      freshStart: facts.freshStart,
      switched,
      wait,
      healthy,
      dryRun: settings.dryRun,
      coolDown,
    });
    switch (step.kind) {
      case 'nothing': return { alarms, record, sending, freshStart: facts.freshStart };
      case 'write':
        await write(step.record);
        break;
      case 'switch':
        await switchTo(guard, target, step.sending, before);
        sending = step.sending;
        switched = true;
        break;
      case 'tell':
        await tell(step.notice, step.record);
        break;
      case 'rearm':
        await guard.setAlarm(step.alarm.name, 'INSUFFICIENT_DATA', 'the drill is over; CloudWatch decides again');
        alarms = alarms.map(alarm => alarm === step.alarm ? { ...alarm, state: 'INSUFFICIENT_DATA', drill: false } : alarm);
        break;
    }
  }
  throw new Error(`${target || 'the account'} does not come to rest`);
}

/** A resumption that SES has refused is taken back, so that it can be tried again: an intention that is left behind tells of a run that was cut off. */
async function switchTo(guard: Guard, target: Target, sending: boolean, before: GuardRecord = { status: 'running', since: 0 }): Promise<void> {
  try {
    await guard.switch(target, sending);
  } catch (error) {
    if (sending) await guard.write(target, before).catch(second => guard.log('the intention could not be taken back', { target, failure: String(second) }));
    throw error;
  }
}

function isHealthy({ sending, enforcement }: AccountFacts): boolean {
  return sending && enforcement === 'HEALTHY';
}

function iso(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}
