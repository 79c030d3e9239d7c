/** A rate that the guard watches. */
export type Rate = 'bounce' | 'complaint';

/** How bad an alarm says it is: `warn` tells people; `pause`, and `burst` of the last quarter of an hour, make the guard act. */
export type Tier = 'warn' | 'pause' | 'burst';

/** What the construct tells the function, as JSON in the environment variable GUARD. */
export interface GuardSettings {
  /** The name that its alarms begin with. */
  readonly name: string;
  /** The configuration sets that it may pause. */
  readonly streams: string[];
  readonly rates: Rate[];
  /** Whether it may pause the account, and for how many minutes it lets paused streams take effect before. */
  readonly account?: { readonly patienceMinutes: number };
  /** After how many minutes it resumes by itself what it has paused. */
  readonly coolDownMinutes?: number;
  readonly dryRun: boolean;
  readonly tableName: string;
  readonly topicArn: string;
  /** For how many days audit records are kept. */
  readonly auditDays: number;
}

/** The environment variable that holds the settings. */
export const GUARD_VARIABLE = 'GUARD';

/** The metric of how many targets the guard has paused, and its dimension. */
export const PAUSED_METRIC = { name: 'PausedTargets', dimension: 'Guard' } as const;

/** What can be paused: one configuration set, or, as an empty string, the account. No configuration set has that name. */
export type Target = string;

export const ACCOUNT: Target = '';

/** The tiers by which a target is paused. Events of the account are no burst of any one stream. */
export function pausingTiers(target: Target): Tier[] {
  return target === ACCOUNT ? ['pause'] : ['pause', 'burst'];
}

/** The name of an alarm, which both the template and the function derive from what they know. */
export function alarmName(guard: string, target: Target, rate: Rate, tier: Tier): string {
  return target === ACCOUNT ? `${guard}-account-${rate}-${tier}` : `${guard}-${rate}-${tier}-${target}`;
}

/** What the reason of an alarm begins with that somebody sets to try the guard. */
export const DRILL = 'cdk-postmaster drill';
