import type { Duration, RemovalPolicy } from 'aws-cdk-lib';
import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as events from 'aws-cdk-lib/aws-events';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type { EmailSendingEvent, IConfigurationSet } from 'aws-cdk-lib/aws-ses';
import type * as sns from 'aws-cdk-lib/aws-sns';
import type { AmbiguousComplaints, FeedbackAction } from './feedback-action';
import type { TransientBounces } from './transient-bounces';

/**
 * Properties of a feedback pipeline.
 */
export interface FeedbackPipelineProps {
  /**
   * The streams, or other configuration sets, whose feedback is acted on. More of them: `addStream`.
   *
   * @default - none yet
   */
  readonly streams?: IConfigurationSet[];

  /**
   * Events that are handed on beside feedback and delays, for the metrics, the table and your own code: `DELIVERY` for how long deliveries take,
   * `SUBSCRIPTION` for changes of subscriptions. Each event costs a call of the function. `OPEN` and `CLICK` are refused, since SES rewrites mail for them.
   *
   * @default - none
   */
  readonly additionalEvents?: EmailSendingEvent[];

  /**
   * What is done when one of several recipients has complained, and nobody says who.
   *
   * @default AmbiguousComplaints.SUPPRESS_ALL
   */
  readonly ambiguousComplaints?: AmbiguousComplaints;

  /**
   * What becomes of an address that bounces for now, again and again.
   *
   * @default TransientBounces.keep()
   */
  readonly transientBounces?: TransientBounces;

  /**
   * How long the table keeps what happened to an address; news that comes again later is acted on again. It has personal data in it. At least 15 days, in
   * which dead letters may come back.
   *
   * @default Duration.days(90)
   */
  readonly retention?: Duration;

  /**
   * A function that takes addresses off your mailing lists. It is called with the feedback about each recipient to whom you must not write again: the actions
   * `SUPPRESS` and `MARK`. It may be called twice for the same, with the same `key`. `cdk-postmaster/runtime` has the type of what it gets: `Feedback`.
   *
   * The call does not wait for an answer. When the function fails, Lambda tries twice more; give it an `onFailure` destination, or a dead-letter queue.
   *
   * @default - none; see `onFeedback` for other targets and actions
   */
  readonly onFeedback?: lambda.IFunction;

  /**
   * The bus on which your own code hears of feedback, in the account and Region of the pipeline.
   *
   * @default - the default bus
   */
  readonly eventBus?: events.IEventBus;

  /**
   * The key of the topic. Its policy lets SES use it for these streams.
   *
   * @default - a key of the pipeline, which is rotated every year
   */
  readonly encryptionKey?: kms.IKey;

  /**
   * Through what people are told of the alarms of the pipeline: a standard topic of its Region. Its policy, and that of its key, let CloudWatch publish; a topic
   * that is encrypted with the AWS-managed key is refused, since CloudWatch may not use it. When nobody is told at all, that is reported.
   *
   * @default - no topic
   */
  readonly notify?: sns.ITopic;

  /**
   * What else happens on the alarms of the pipeline. Permissions are the action's own.
   *
   * @default - nothing
   */
  readonly alarmAction?: cloudwatch.IAlarmAction;

  /**
   * What becomes of the table when it leaves the stack. Addresses stay on the suppression list in any case.
   *
   * @default RemovalPolicy.DESTROY
   */
  readonly removalPolicy?: RemovalPolicy;
}

/**
 * Which feedback a rule matches, and what it does.
 */
export interface OnFeedbackOptions extends events.OnEventOptions {
  /**
   * Only feedback with one of these actions.
   *
   * @default - the actions that ask not to write to the address again: SUPPRESS and MARK
   */
  readonly actions?: FeedbackAction[];
}
