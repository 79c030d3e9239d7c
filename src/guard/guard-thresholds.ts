import { Token } from 'aws-cdk-lib';
import type { Rate } from './guard-constants';
import { fail } from '../private/errors';
import { ENFORCEMENT } from '../ses/thresholds';

/**
 * From when on people are warned of a rate, and from when on mail is paused. Both are fractions of the mail sent: 0.05 is 5 %.
 */
export interface RateThresholds {
  /**
   * The rate that people are warned of.
   *
   * @default - bounces: 0.02 for a stream, 0.05 for the account; complaints: 0.0005 for a stream, 0.001 for the account
   */
  readonly warn?: number;

  /**
   * The rate that pauses. It has to be above `warn` and below the line at which AWS may pause the account: 0.1 for bounces, 0.005 for complaints.
   *
   * @default - bounces: 0.05 for a stream, 0.08 for the account; complaints: 0.001 for a stream, 0.004 for the account
   */
  readonly pause?: number;
}

/**
 * The lines of a stream's rate. All are fractions of the mail sent: 0.05 is 5 %.
 */
export interface StreamRateThresholds extends RateThresholds {
  /**
   * The rate within the last 15 minutes, from counters, that pauses before the slower rate of AWS tells. Bounces that SES gave up to retry count here too.
   *
   * @default - bounces: 0.1; complaints: 0.005
   */
  readonly burst?: number;
}

/**
 * At which rates a guard warns and pauses streams.
 */
export interface StreamThresholds {
  /**
   * The share of mail that bounces.
   *
   * @default - warn at 0.02, pause at 0.05 or at a burst of 0.1
   */
  readonly bounceRate?: StreamRateThresholds;

  /**
   * The share of mail that recipients mark as spam.
   *
   * @default - warn at 0.0005, pause at 0.001 or at a burst of 0.005
   */
  readonly complaintRate?: StreamRateThresholds;
}

/**
 * At which rates a guard warns of the account, and pauses it.
 */
export interface AccountThresholds {
  /**
   * The share of mail that bounces.
   *
   * @default - warn at 0.05, pause at 0.08
   */
  readonly bounceRate?: RateThresholds;

  /**
   * The share of mail that recipients mark as spam.
   *
   * @default - warn at 0.001, pause at 0.004
   */
  readonly complaintRate?: RateThresholds;
}

/** Where AWS acts, by rate. */
export const AWS_LINES = { bounce: ENFORCEMENT.bounceRate, complaint: ENFORCEMENT.complaintRate };

/** Streams are paused where AWS would begin to review an account, and warned of well before. */
export const STREAM_LINES: Record<Rate, Required<StreamRateThresholds>> = {
  bounce: { warn: AWS_LINES.bounce.healthy, pause: AWS_LINES.bounce.review, burst: AWS_LINES.bounce.pause },
  complaint: { warn: AWS_LINES.complaint.review / 2, pause: AWS_LINES.complaint.review, burst: AWS_LINES.complaint.pause },
};

/** The account is warned of where AWS begins to review it, and paused shortly before AWS would. */
export const ACCOUNT_LINES: Record<Rate, Required<RateThresholds>> = {
  bounce: { warn: AWS_LINES.bounce.review, pause: 0.08 },
  complaint: { warn: AWS_LINES.complaint.review, pause: 0.004 },
};

/**
 * Refuses lines that would never be crossed, or that AWS would have crossed before.
 *
 * @param prop the name by which users know the rate
 */
export function checkThresholds(rate: Rate, prop: string, { warn, pause, burst }: Required<RateThresholds> & StreamRateThresholds): void {
  for (const [name, value] of Object.entries({ warn, pause, burst })) {
    if (value === undefined || Token.isUnresolved(value) || (value > 0 && value < 1)) continue;
    fail('ReputationGuard.fraction', `${prop}.${name} is ${value}; a rate is a fraction of the mail sent, above 0 and below 1: 5 % is 0.05`);
  }
  if ([warn, pause].some(Token.isUnresolved)) return;
  const line = AWS_LINES[rate].pause;
  if (pause >= line) {
    fail('ReputationGuard.tooLate', `${prop}.pause is ${pause}, and AWS may pause the account from ${line} on, which only AWS can undo; give less than that`);
  }
  if (warn >= pause) {
    fail('ReputationGuard.order', `${prop}.warn is ${warn} and ${prop}.pause is ${pause}; a warning has to come before the pause, so warn has to be the lower one`);
  }
}
