/*
 * The guard against a world in which events come twice, late, out of order or not at all, calls fail and functions die. What is expected of it is told below
 * without it: from what SES, CloudWatch and people have done, whatever the guard has been told of that.
 */
import * as fc from 'fast-check';
import { alarmBank, type Figures } from './alarm-bank';
import { type Fault, MINUTE, type Mode, type Switch, World } from './guard-world';
import { MailStream } from '../../src';
import { ACCOUNT, DRILL, type GuardSettings, type Target } from '../../src/guard/guard-constants';
import { DRILL_TIME, GRACE } from '../../src/guard/guard-decision';
import { drill, look, resume } from '../../src/guard/guard-look';
import { ReputationGuard } from '../../src/guard/reputation-guard';
import { stackIn } from '../support/stacks';

const STREAMS = ['receipts', 'news'];
const TARGETS = [...STREAMS, ACCOUNT];

/** The alarms and the settings are those of a template. */
const BANK = (() => {
  const stack = stackIn('eu-west-1');
  const streams = STREAMS.map(name => new MailStream(stack, name, { configurationSetName: name }));
  const guard = new ReputationGuard(stack, 'Guard', { streams, account: {} });
  return { name: guard.guardName, alarms: alarmBank(stack) };
})();
const ALARMS = [...BANK.alarms.keys()];

function settings(overrides: Partial<GuardSettings>): GuardSettings {
  return {
    name: BANK.name,
    streams: STREAMS,
    rates: ['bounce', 'complaint'],
    account: { patienceMinutes: 60 },
    dryRun: false,
    tableName: 'table',
    topicArn: 'topic',
    auditDays: 365,
    ...overrides,
  };
}

/** Whether a guard with these settings has an alarm. */
function isOf({ rates, account }: GuardSettings, name: string, set: string): boolean {
  return rates.some(rateName => name.includes(`-${rateName}-`)) && (set !== '' || account !== undefined);
}

/* What happens */

type Event =
  | { readonly kind: 'mail'; readonly target: Target; readonly figures: Figures }
  | { readonly kind: 'set'; readonly alarm: string; readonly state: string; readonly drill: boolean }
  | { readonly kind: 'deliver'; readonly pick: number; readonly twice: boolean; readonly faults: Fault[] }
  | { readonly kind: 'lose'; readonly pick: number }
  | { readonly kind: 'tick'; readonly faults: Fault[] }
  | { readonly kind: 'human'; readonly target: Target; readonly sending: boolean }
  | { readonly kind: 'resume'; readonly target: Target; readonly faults: Fault[] }
  | { readonly kind: 'drill'; readonly target: Target; readonly faults: Fault[] }
  | { readonly kind: 'aws'; readonly says: string }
  | { readonly kind: 'wait'; readonly minutes: number };

const target = fc.constantFrom(...TARGETS);
const volume = fc.constantFrom(undefined, 20, 99, 100, 500, 5000);
const share = fc.constantFrom(0, 0.0004, 0.002, 0.01, 0.03, 0.06, 0.09, 0.2);
const rate = fc.constantFrom(undefined, 0, 0.0004, 0.0006, 0.002, 0.0045, 0.01, 0.03, 0.06, 0.09);
const deliveredShare = fc.constantFrom(0.5, 1);
const figures = fc.record({ send: volume, delivered: deliveredShare, bounce: share, complaint: share, bounceRate: rate, complaintRate: rate })
  .map(({ send, delivered, bounce, complaint, bounceRate, complaintRate }): Figures => ({
    'Send': send,
    'Delivery': send && send * delivered,
    'Bounce': send && bounce ? send * bounce : undefined,
    'Complaint': send && complaint ? send * complaint : undefined,
    'Reputation.BounceRate': bounceRate,
    'Reputation.ComplaintRate': complaintRate,
  }));
const CALM: Figures = { 'Send': 500, 'Delivery': 500, 'Reputation.BounceRate': 0.001, 'Reputation.ComplaintRate': 0.0001 };
const fault: fc.Arbitrary<Fault> = fc.record({
  call: fc.nat(16), mode: fc.constantFrom<Mode[]>('refused', 'answer lost', 'dies before', 'dies after'),
});
const faults = fc.oneof(
  { weight: 2, arbitrary: fc.constant<Fault[]>([]) },
  { weight: 1, arbitrary: fc.array(fault, { minLength: 1, maxLength: 3 }) },
);

const event: fc.Arbitrary<Event> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('mail' as const), target, figures }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('mail' as const), target, figures: fc.constant(CALM) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('set' as const), alarm: fc.constantFrom(...ALARMS), state: fc.constantFrom('ALARM', 'OK', 'INSUFFICIENT_DATA'), drill: fc.boolean(),
    }),
  },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('deliver' as const), pick: fc.nat(20), twice: fc.boolean(), faults }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('lose' as const), pick: fc.nat(20) }) },
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('tick' as const), faults }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('human' as const), target, sending: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('resume' as const), target, faults }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('drill' as const), target, faults }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('aws' as const), says: fc.constantFrom('HEALTHY', 'PROBATION', 'SHUTDOWN') }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('wait' as const), minutes: fc.constantFrom(1, 5, 11, 61, 125, 400) }) },
);

async function happen(world: World, what: Event): Promise<void> {
  switch (what.kind) {
    case 'mail': return world.mail(what.target, what.figures);
    case 'set': return world.alarmStates.has(what.alarm) ? world.setState(what.alarm, what.state, what.drill ? `${DRILL} by somebody` : 'set by hand') : undefined;
    case 'lose': return void world.pending.splice(what.pick % (world.pending.length || 1), 1);
    case 'human': return world.switchBy('human', what.target, what.sending);
    case 'aws': return world.awsSays(what.says);
    case 'wait': return world.wait(what.minutes * MINUTE);
    case 'tick': return world.look(() => look(world), what.faults);
    case 'resume': return what.target === ACCOUNT && !world.settings.account ? undefined : obey(world, what);
    case 'drill': return what.target === ACCOUNT && !world.settings.account ? undefined : world.run(() => drill(world, what.target, `${DRILL} by somebody`), what.faults);
    case 'deliver': {
      if (world.pending.length === 0) return undefined;
      // what an event says does not matter: it wakes the guard, now or at any later time
      const index = what.pick % world.pending.length;
      if (!what.twice) world.pending.splice(index, 1);
      return world.look(() => look(world), what.faults);
    }
  }
}

/** A command that ends well has done what it was to do, or says why not. */
async function obey(world: World, { target: asked, faults: wrong }: Extract<Event, { kind: 'resume' }>): Promise<void> {
  const failed = world.failures.length;
  let refusal: string | undefined;
  await world.run(async () => { refusal = await resume(world, asked, 'somebody'); }, wrong, true);
  if (world.failures.length === failed && !refusal?.startsWith('AWS')) expect(world.isSending(asked)).toBe(true);
}

/* What is expected */

/** Whether a target should send after a look at this time. Undefined where the guard cannot know what has happened, so that either will do. */
function shouldSend(world: World, aTarget: Target, now: number): boolean | undefined {
  return aTarget === ACCOUNT ? shouldAccountSend(world, now) : shouldStreamSend(world, aTarget, now);
}

function shouldStreamSend(world: World, stream: Target, now: number): boolean | undefined {
  const real = realCauses(world, stream, now);
  const drills = world.inAlarm(stream, true).filter(({ since }) => now < since + DRILL_TIME && !isKnown(world, stream, since, now));
  if (world.isSending(stream)) return world.settings.dryRun || real.length + drills.length === 0;
  const last = world.lastSwitch(stream)!;
  if (last.by !== 'guard') return false;
  // after a run that broke off, the guard may not be certain that it was its own pause, and then people have to resume
  const certain = !world.failures.some(at => at >= last.at);
  if (last.drill && (!certain || !world.upgrades.has(last))) return certain ? real.length + drills.length === 0 : undefined;
  return mayResume(world, stream, world.upgrades.get(last) ?? last.at, now) && (certain || undefined);
}

function realCauses(world: World, stream: Target, now: number) {
  return world.inAlarm(stream).filter(({ since }) => !isKnown(world, stream, since, now));
}

/** Whoever has resumed a stream knew the alarms of that time, for a while. */
function isKnown(world: World, stream: Target, since: number, now: number): boolean {
  const on = world.lastOn(stream);
  return on !== undefined && since <= on && now < on + GRACE;
}

function mayResume(world: World, stream: Target, pausedAt: number, now: number): boolean {
  const { coolDownMinutes, dryRun } = world.settings;
  if (dryRun || coolDownMinutes === undefined || now < pausedAt + coolDownMinutes * MINUTE) return false;
  return world.isSending(ACCOUNT) && world.enforcement === 'HEALTHY' && world.alarmsOf(stream).every(({ state }) => state === 'OK');
}

function shouldAccountSend(world: World, now: number): boolean | undefined {
  const { account, dryRun } = world.settings;
  if (!world.isSending(ACCOUNT)) return false;
  const causes = world.inAlarm(ACCOUNT);
  if (!account || dryRun || causes.length === 0) return true;
  const waits = world.settings.streams.map(stream => holdsBack(world, stream, account.patienceMinutes * MINUTE, now));
  if (waits.includes(true)) return true;
  if (waits.includes(undefined)) return undefined;
  const on = world.journal.get(ACCOUNT)!.filter(({ sending }) => sending).at(-1);
  if (!on) return false;
  // the guard sees at its next look that somebody has resumed the account, if it knew that it was paused
  const noticed = on.by === 'command' && !world.failures.includes(on.at) ? on.at : world.looks.find(at => at > on.at);
  if (noticed !== undefined && (now >= noticed + GRACE || causes.some(({ since }) => since > noticed))) return false;
  const knew = on.by === 'command' || isPauseOfGuard(world, ACCOUNT, on);
  return knew && now < on.at + GRACE && causes.every(({ since }) => since <= on.at) ? true : undefined;
}

/** Whether the account has to wait for a stream. */
function holdsBack(world: World, stream: Target, patience: number, now: number): boolean | undefined {
  if (world.isSending(stream)) return realCauses(world, stream, now).length > 0;
  const last = world.lastSwitch(stream)!;
  if (last.by !== 'guard') return brokeOffBefore(world, last.at) ? undefined : false;
  if (shouldStreamSend(world, stream, now) !== false) return undefined;
  // after a run that broke off, the guard may take the pause for somebody else's
  const broken = world.failures.some(at => at >= last.at);
  if (last.drill && !world.upgrades.has(last)) return broken ? undefined : realCauses(world, stream, now).length > 0;
  return now < (world.upgrades.get(last) ?? last.at) + patience && (!broken || undefined);
}

/** Whether the guard was about to do something, and had not come back to it, when somebody else did it. */
function brokeOffBefore(world: World, at: number): boolean {
  const latest = (times: number[]) => Math.max(0, ...times.filter(time => time <= at));
  return latest(world.failures) > latest(world.looks);
}

function isPauseOfGuard(world: World, aTarget: Target, on: Switch): boolean {
  const journal = world.journal.get(aTarget)!;
  const off = journal[journal.indexOf(on) - 1];
  return off.by === 'guard' && !world.failures.some(at => at >= off.at && at <= on.at);
}

/** Each pause was told of, as what it was, and more than once only where a run died between telling and writing that down. */
function checkNotices(world: World): void {
  const told = world.told.filter(({ notice }) => notice.kind === 'paused');
  for (const stream of STREAMS) {
    for (const pause of world.journal.get(stream)!.filter(({ by, sending }) => by === 'guard' && !sending)) {
      const notices = told.filter(({ notice }) => notice.target === stream && notice.record.since === pause.at);
      expect(new Set(notices.map(({ id }) => id)).size).toBe(1);
      expect(notices[0].notice.record.drill).toBe(pause.drill);
    }
  }
  const repetitions = world.told.length - new Set(world.told.map(({ id }) => id)).size;
  expect(repetitions).toBeLessThanOrEqual(world.toldInFailedRuns);
}

/** Histories of a guard; more by the environment variable when something has changed. */
const RUNS = Number(process.env.GUARD_RUNS ?? 1500);
const count = {
  histories: 0, targets: 0, unknowable: 0, pauses: 0, accountPauses: 0, resumptions: 0, resumedByPeople: 0, drills: 0, refusals: 0, failures: 0,
};

async function play(world: World, events: Event[]): Promise<void> {
  for (const what of events) await happen(world, what);
  // a run that died holds the guard for a while; then one look without faults has to put everything right
  world.wait(3 * MINUTE);
  const expected = TARGETS.map(aTarget => shouldSend(world, aTarget, world.now() + 1000));
  const failed = world.failures.length;
  await world.look(() => look(world));
  expect(world.failures).toHaveLength(failed);
  TARGETS.forEach((aTarget, index) => {
    if (expected[index] !== undefined) expect([aTarget, world.isSending(aTarget)]).toEqual([aTarget, expected[index]]);
  });
  checkNotices(world);
  expect(world.violations).toEqual([]);
  tally(world, expected);
  // and another has nothing to do
  world.effects = 0;
  await look(world);
  expect(world.effects).toBe(0);
}

function tally(world: World, expected: (boolean | undefined)[]): void {
  const journal = TARGETS.flatMap(aTarget => world.journal.get(aTarget)!.map(entry => ({ ...entry, target: aTarget })));
  const switches = journal.filter(({ by }) => by === 'guard');
  count.histories++;
  count.targets += expected.length;
  count.unknowable += expected.filter(value => value === undefined).length;
  count.pauses += switches.filter(({ sending, drill: forDrill }) => !sending && !forDrill).length;
  count.accountPauses += switches.filter(entry => entry.target === ACCOUNT).length;
  count.drills += switches.filter(({ drill: forDrill }) => forDrill).length;
  count.resumptions += switches.filter(({ sending }) => sending).length;
  count.resumedByPeople += journal.filter(({ by, sending }) => (by === 'human' || by === 'command') && sending).length;
  count.refusals += world.refusals;
  count.failures += world.failures.length;
}

test.each<[string, Partial<GuardSettings>, number]>([
  ['as it is by default, with the account', {}, RUNS],
  ['that resumes by itself after an hour', { coolDownMinutes: 60 }, RUNS],
  ['of bounces and streams only', { rates: ['bounce'], account: undefined }, Math.ceil(RUNS / 3)],
  ['on a dry run', { dryRun: true, coolDownMinutes: 60 }, Math.ceil(RUNS / 3)],
])('a guard %s ends where the rules say, whatever it was told and whatever failed', async (_, overrides, numRuns) => {
  await fc.assert(fc.asyncProperty(fc.array(event, { minLength: 5, maxLength: 40 }), async events => {
    const chosen = settings(overrides);
    await play(new World(chosen, new Map([...BANK.alarms].filter(([name, { set }]) => isOf(chosen, name, set)))), events);
  }), { numRuns });
}, 120_000);

test('the histories were worth playing', () => {
  expect(count.histories).toBeGreaterThanOrEqual(1000);
  expect(count.unknowable / count.targets).toBeLessThan(0.05);
  const { pauses, accountPauses, resumptions, resumedByPeople, drills, refusals, failures } = count;
  expect(Math.min(pauses, accountPauses, resumptions, resumedByPeople, drills, refusals, failures)).toBeGreaterThan(50);
});
