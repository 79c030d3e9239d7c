import type { Duration, RemovalPolicy } from 'aws-cdk-lib';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as sns from 'aws-cdk-lib/aws-sns';
import type { AccountThresholds, StreamThresholds } from './guard-thresholds';
import type { MailStreamBase } from '../sending';

/**
 * A rate by which AWS judges a sender.
 */
export enum GuardedRate {
  /** The share of mail that bounces. */
  BOUNCE = 'bounce',
  /** The share of mail that recipients mark as spam. */
  COMPLAINT = 'complaint',
}

/**
 * How a guard treats the account.
 */
export interface AccountGuardOptions {
  /**
   * At which rates people are warned, and the account is paused.
   *
   * @default - bounces: warn at 0.05, pause at 0.08; complaints: warn at 0.001, pause at 0.004
   */
  readonly thresholds?: AccountThresholds;

  /**
   * How long the guard waits, after it has paused a stream, before it pauses the account.
   *
   * @default Duration.hours(1)
   */
  readonly patience?: Duration;
}

/**
 * Properties of a guard.
 */
export interface ReputationGuardProps {
  /**
   * The streams that the guard watches and pauses, up to 40, of its own account and Region. They have to publish reputation metrics. Several guards can share
   * the work; a stream belongs to one.
   */
  readonly streams: MailStreamBase[];

  /**
   * Lets the guard pause all mail of the account in this Region, as the last resort. One guard an account and Region.
   *
   * @default - the account is neither watched nor paused
   */
  readonly account?: AccountGuardOptions;

  /**
   * Through what people are told of warnings, pauses and failures of the guard: a standard topic. Subscribe more than one address, and not only by e-mail.
   *
   * @default - a topic of its own, `noticeTopic`
   */
  readonly notify?: sns.ITopic;

  /**
   * The rates that are watched.
   *
   * @default - both
   */
  readonly rates?: GuardedRate[];

  /**
   * At which rates people are warned, and a stream is paused.
   *
   * @default - bounces: warn at 0.02, pause at 0.05 or a burst of 0.1; complaints: warn at 0.0005, pause at 0.001 or a burst of 0.005
   */
  readonly thresholds?: StreamThresholds;

  /**
   * The number of messages within an hour, and within the 15 minutes of a burst, below which nothing is paused.
   *
   * @default 100
   */
  readonly minimumVolume?: number;

  /**
   * How often the guard looks by itself, beside when an alarm wakes it: 1 minute to 1 hour.
   *
   * @default Duration.minutes(5)
   */
  readonly interval?: Duration;

  /**
   * How long after the guard has paused a stream it resumes it by itself, at least an hour, provided that each of the stream's alarms has data and is OK, the
   * warnings too, and AWS has no complaint about the account. The account, and what somebody else has paused, are never resumed.
   *
   * @default - never; people resume
   */
  readonly autoResumeAfter?: Duration;

  /**
   * Whether the guard only tells what it would pause.
   *
   * @default false
   */
  readonly dryRun?: boolean;

  /**
   * The key for the guard's own topics. CloudWatch is allowed to use it.
   *
   * @default - a key of its own
   */
  readonly encryptionKey?: kms.IKey;

  /**
   * For how long the records of what the guard has done are kept, in whole days.
   *
   * @default Duration.days(365)
   */
  readonly auditRetention?: Duration;

  /**
   * What becomes of these records when the guard is deleted.
   *
   * @default RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE
   */
  readonly removalPolicy?: RemovalPolicy;
}
