/*
 * A world for the guard: SES, CloudWatch, a table, a topic, a clock, people. Calls fail where they are told to. It keeps a journal of who switched what, and
 * protests at once when the guard does what it must never do.
 */
import { type BankAlarm, type Figures } from './alarm-bank';
import { ACCOUNT, DRILL, type GuardSettings, type Target } from '../../src/guard/guard-constants';
import { type AlarmFacts, DRILL_TIME, GRACE, type GuardRecord } from '../../src/guard/guard-decision';
import type { AccountFacts, Guard, Notice, SendingFacts } from '../../src/guard/guard-look';
import { noticeText } from '../../src/guard/guard-notice';

const SECOND = 1000;
export const MINUTE = 60 * SECOND;
const LEASE = 2.5 * MINUTE;

/** What goes wrong with one call of a look: it is refused, its answer is lost, or the function dies before or after it. */
export type Mode = 'refused' | 'answer lost' | 'dies before' | 'dies after';

export interface Fault {
  /** Which call of the look, counted from 0. */
  readonly call: number;
  readonly mode: Mode;
}

export interface Switch {
  readonly at: number;
  readonly sending: boolean;
  readonly by: 'guard' | 'command' | 'human' | 'aws';
  /** Of a pause by the guard: whether there was nothing but a drill. */
  readonly drill: boolean;
}

interface WorldAlarm {
  readonly bank: BankAlarm;
  state: string;
  since: number;
  reason: string;
  /** Whether CloudWatch itself has put it into this state, and by which figures. */
  judgedBy?: Figures;
}

class Died extends Error {}

export class World implements Guard {
  public readonly journal = new Map<Target, Switch[]>();
  public readonly told: { readonly id: string; readonly notice: Notice }[] = [];
  /** When looks have ended well. */
  public readonly looks: number[] = [];
  /** What the guard has done that it must never do. */
  public readonly violations: string[] = [];
  /** Since when a pause for a drill is a real one, as looks that ended well have seen. */
  public readonly upgrades = new Map<Switch, number>();
  /** When runs have failed. */
  public readonly failures: number[] = [];
  /** Alarms that have told the topic, and wait to be delivered. */
  public readonly pending: string[] = [];
  public effects = 0;
  /** How many calls were refused, as those that are throttled. */
  public refusals = 0;
  public toldInFailedRuns = 0;
  public enforcement = 'HEALTHY';
  public readonly alarmStates: Map<string, WorldAlarm>;

  private clock = Date.UTC(2030, 0, 1);
  private readonly sets = new Map<Target, { sending: boolean; freshStart?: number }>();
  private readonly table = new Map<Target, GuardRecord>();
  private holder?: { run: number; until: number };
  private runs = 0;
  private faults: Fault[] = [];
  private calls = 0;
  private dead = false;
  private commanded = false;
  private toldInRun = 0;

  public constructor(public readonly settings: GuardSettings, bank: Map<string, BankAlarm>) {
    for (const target of [...settings.streams, ACCOUNT]) {
      this.sets.set(target, { sending: true });
      this.journal.set(target, []);
    }
    this.alarmStates = new Map([...bank].map(([name, alarm]) => [name, { bank: alarm, state: 'INSUFFICIENT_DATA', since: this.clock, reason: 'Unchecked' }]));
  }

  /* People, CloudWatch, AWS and time */

  public wait(milliseconds: number): void {
    this.clock += milliseconds;
  }

  public mail(target: Target, figures: Figures): void {
    this.wait(SECOND);
    for (const alarm of this.alarmStates.values()) {
      if (alarm.bank.set !== target) continue;
      const state = alarm.bank.judge(figures, alarm.state);
      // CloudWatch says why anew when the state changes, and takes back what somebody has set
      if (state !== alarm.state) this.put(alarm, state, 'Threshold Crossed', figures);
    }
  }

  public setState(name: string, state: string, reason: string): void {
    this.wait(SECOND);
    this.put(this.alarmStates.get(name)!, state, reason);
  }

  public switchBy(by: 'human' | 'aws', target: Target, sending: boolean): void {
    this.wait(SECOND);
    if (sending && by === 'human' && target === ACCOUNT && this.enforcement === 'SHUTDOWN') return;
    this.apply(by, target, sending);
  }

  public awsSays(enforcement: string): void {
    const before = this.enforcement;
    this.enforcement = enforcement;
    if (enforcement === 'SHUTDOWN') this.switchBy('aws', ACCOUNT, false);
    else if (before === 'SHUTDOWN') this.switchBy('aws', ACCOUNT, true);
  }

  /** Lets the guard look, with faults. */
  public look(work: () => Promise<unknown>, faults: Fault[] = []): Promise<void> {
    return this.run(async () => {
      await work();
      this.looks.push(this.clock);
      this.noteUpgrades();
    }, faults);
  }

  /** Runs the guard once, with faults. */
  public async run(work: () => Promise<unknown>, faults: Fault[] = [], commanded = false): Promise<void> {
    this.wait(SECOND);
    this.faults = faults;
    this.calls = this.toldInRun = 0;
    this.dead = false;
    this.commanded = commanded;
    try {
      await work();
    } catch (error) {
      this.failures.push(this.clock);
      this.toldInFailedRuns += this.toldInRun;
    }
  }

  public isSending(target: Target): boolean {
    return this.sets.get(target)!.sending;
  }

  public lastSwitch(target: Target): Switch | undefined {
    return this.journal.get(target)!.at(-1);
  }

  public lastOn(target: Target): number | undefined {
    return this.journal.get(target)!.filter(({ sending }) => sending).at(-1)?.at;
  }

  /** The alarms which pause a target that are in ALARM: for real, or for a drill. */
  public inAlarm(target: Target, drill = false): WorldAlarm[] {
    return this.alarmsOf(target).filter(({ bank, state, reason }) => !bank.name.includes('-warn') && state === 'ALARM' && reason.startsWith(DRILL) === drill);
  }

  public alarmsOf(target: Target): WorldAlarm[] {
    return [...this.alarmStates.values()].filter(({ bank }) => bank.set === target);
  }

  /* What the guard reaches */

  public now(): number {
    return this.clock;
  }

  public log(): void {}

  public async alone<T>(work: () => Promise<T>): Promise<T> {
    const run = ++this.runs;
    await this.call(() => {
      if (this.holder && this.holder.until >= this.clock) throw new Error('held');
      this.holder = { run, until: this.clock + LEASE };
    });
    try {
      return await work();
    } finally {
      await this.call(() => { if (this.holder?.run === run) this.holder = undefined; }).catch(() => undefined);
    }
  }

  public records(): Promise<Map<Target, GuardRecord>> {
    return this.call(() => new Map(this.table));
  }

  public write(target: Target, record: GuardRecord): Promise<void> {
    return this.call(() => {
      if (this.holder?.run !== this.runs) throw new Error('the guard is not held');
      this.effects++;
      this.table.set(target, JSON.parse(JSON.stringify(record)));
    });
  }

  public alarms(names: string[]): Promise<Omit<AlarmFacts, 'rate' | 'tier'>[]> {
    return this.call(() => names.map(name => {
      const { state, since, reason } = this.alarmStates.get(name)!;
      return { name, state, since, reason, drill: reason.startsWith(DRILL) };
    }));
  }

  public setAlarm(name: string, state: 'ALARM' | 'INSUFFICIENT_DATA', reason: string): Promise<void> {
    return this.call(() => {
      this.effects++;
      this.put(this.alarmStates.get(name)!, state, reason);
    });
  }

  public account(): Promise<AccountFacts> {
    return this.call(() => ({ sending: this.isSending(ACCOUNT), enforcement: this.enforcement }));
  }

  public stream(name: string): Promise<SendingFacts | undefined> {
    return this.call(() => ({ ...this.sets.get(name)! }));
  }

  public switch(target: Target, sending: boolean): Promise<void> {
    return this.call(() => {
      this.effects++;
      if (!this.commanded) this.protest(target, sending);
      this.apply(this.commanded ? 'command' : 'guard', target, sending);
    });
  }

  public tell(notice: Notice): Promise<void> {
    return this.call(() => {
      this.effects++;
      this.toldInRun++;
      const place = { region: 'eu-west-1', functionName: 'guard' };
      this.told.push({ id: noticeText(this.settings, place, notice.kind, notice.target, notice.record).id, notice });
    });
  }

  /** What must not happen, whatever goes wrong. */
  private violate(what: string): void {
    this.violations.push(what);
  }

  private protest(target: Target, sending: boolean): void {
    if (this.settings.dryRun) return this.violate('a dry run switches');
    const last = this.lastSwitch(target);
    const drills = this.inAlarm(target, true).filter(({ since }) => this.clock < since + DRILL_TIME);
    if (!sending) {
      const causes = this.inAlarm(target).filter(({ since }) => this.counts(target, since));
      if (causes.length + drills.length === 0) return this.violate('a pause without an alarm');
      if (causes.some(({ bank, judgedBy }) => judgedBy && ((bank.name.includes('bounce') ? judgedBy.Send : judgedBy.Delivery) ?? 0) < 100)) return this.violate('a pause below the minimum volume');
      if (target !== ACCOUNT) return;
      if (causes.length === 0) return this.violate('a drill pauses the account');
      if (this.settings.streams.some(stream => this.isSending(stream) && this.inAlarm(stream).some(({ since }) => this.counts(stream, since)))) {
        this.violate('the account before a stream');
      }
      return;
    }
    if (target === ACCOUNT) return this.violate('the account is resumed by itself');
    if (last?.by !== 'guard' || last.sending) return this.violate(`what ${last?.by} has done is undone`);
    if (last.drill && drills.length === 0 && !this.inAlarm(target).some(({ since }) => this.counts(target, since))) return;
    const { coolDownMinutes } = this.settings;
    if (coolDownMinutes === undefined || this.clock < last.at + coolDownMinutes * MINUTE) return this.violate('resumed too early');
    if (this.alarmsOf(target).some(({ state }) => state !== 'OK')) return this.violate('resumed without evidence');
    if (this.enforcement !== 'HEALTHY' || !this.isSending(ACCOUNT)) return this.violate('resumed while AWS objects');
  }

  /** Whether an alarm of a target counts although somebody has resumed it. The guard may not know when somebody resumed the account. */
  private counts(target: Target, since: number): boolean {
    const on = this.lastOn(target);
    return target === ACCOUNT || on === undefined || since > on || this.clock >= on + GRACE;
  }

  private noteUpgrades(): void {
    for (const stream of this.settings.streams) {
      const last = this.lastSwitch(stream);
      if (!last?.drill || last.sending || this.upgrades.has(last)) continue;
      if (this.inAlarm(stream).some(({ since }) => this.counts(stream, since))) this.upgrades.set(last, this.clock);
    }
  }

  private put(alarm: WorldAlarm, state: string, reason: string, judgedBy?: Figures): void {
    if (state !== alarm.state) {
      alarm.since = this.clock;
      if (state === 'ALARM' && !alarm.bank.name.includes('-warn')) this.pending.push(alarm.bank.name);
    }
    Object.assign(alarm, { state, reason, judgedBy });
  }

  private apply(by: Switch['by'], target: Target, sending: boolean): void {
    const set = this.sets.get(target)!;
    if (set.sending === sending) return;
    const drill = by === 'guard' && !sending && !this.inAlarm(target).some(({ since }) => this.counts(target, since));
    set.sending = sending;
    if (sending && target !== ACCOUNT) set.freshStart = this.clock;
    this.journal.get(target)!.push({ at: this.clock, sending, by, drill });
  }

  private async call<T>(effect: () => T): Promise<T> {
    if (this.dead) throw new Died();
    const mode = this.faults.find(({ call }) => call === this.calls)?.mode;
    this.calls++;
    if (mode === 'dies before') this.dead = true;
    if (mode === 'refused') this.refusals++;
    if (mode === 'dies before' || mode === 'refused') throw new Died(mode);
    const result = effect();
    if (mode === 'dies after') this.dead = true;
    if (mode === 'dies after' || mode === 'answer lost') throw new Died(mode);
    return result;
  }
}

