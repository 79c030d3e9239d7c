import { ArnFormat, Duration, Names, RemovalPolicy, Stack } from 'aws-cdk-lib';
import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as events from 'aws-cdk-lib/aws-events';
import * as targets from 'aws-cdk-lib/aws-events-targets';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import { EmailSendingEvent, type IConfigurationSet } from 'aws-cdk-lib/aws-ses';
import type * as sns from 'aws-cdk-lib/aws-sns';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { AmbiguousComplaints, FeedbackAction } from './feedback-action';
import { type FeedbackAlarms, feedbackAlarms } from './feedback-alarms';
import { FEEDBACK_EVENT, FEEDBACK_TABLE } from './feedback-constants';
import { FeedbackHandler, HANDLER_TIMEOUT } from './feedback-handler';
import { FeedbackMetrics } from './feedback-metrics';
import { reportPipeline } from './pipeline-findings';
import { TransientBounces } from './transient-bounces';
import { ConfigurationSetEventDestination, EventDestination, EventTypes } from '../events';
import { acknowledge, COMPLIANCE_PACKS } from '../private/acknowledged-rules';
import { fail } from '../private/errors';
import { deadLetters, topicQueue } from '../private/topic-queue';
import { REWRITES_MAIL } from '../ses/event-type';

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
   * What happens on the alarms of the pipeline. Permissions are the action's own. Without any, nobody learns when bounces are no longer acted on, which
   * is reported.
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

/** The actions that ask not to write to an address again. */
const MUST_NOT_WRITE = [FeedbackAction.SUPPRESS, FeedbackAction.MARK];

/** What AWS advises for a queue that calls a function: time for all the tries of a batch that is throttled. */
const VISIBILITY = Duration.minutes(6 * HANDLER_TIMEOUT.toMinutes());

/** Longer than dead letters are kept. */
const RETENTION_MIN = Duration.days(15);

/**
 * Acts on bounces and complaints by itself: addresses that bounce for good, or whose owners complain, go onto the suppression list of the account, and your own
 * code hears of each.
 *
 * SES publishes to a topic, a queue listens to it, and a function works the queue off. SNS and SQS deliver at least once, and each feedback is acted on once. What
 * cannot be handled is kept in a dead-letter queue, and does not hold up the rest. A pipeline serves streams of its own account and Region.
 *
 * @see https://docs.aws.amazon.com/ses/latest/dg/monitor-using-event-publishing.html
 *
 * @example
 * declare const receipts: MailStream;
 * declare const unsubscribe: lambda.Function;
 * declare const operators: sns.Topic;
 *
 * new FeedbackPipeline(this, 'Feedback', {
 *   streams: [receipts],
 *   onFeedback: unsubscribe,
 *   alarmAction: new cloudwatch_actions.SnsAction(operators),
 * });
 */
export class FeedbackPipeline extends FeedbackMetrics {
  public readonly pipelineName: string;

  /** Where SES publishes. An identity can publish its notifications here, too. */
  public readonly topic: sns.Topic;

  /** What waits for the function. */
  public readonly queue: sqs.Queue;

  /** Messages that were tried five times in vain. They are kept for 14 days. */
  public readonly deadLetterQueue: sqs.Queue;

  /** What happened to each address, until it expires. Its keys are `address` and `key`. */
  public readonly table: dynamodb.Table;

  /** The function that acts on feedback. */
  public readonly handlerFunction: lambda.Function;

  /** The alarms of the pipeline. */
  public readonly alarms: FeedbackAlarms;

  private readonly eventBus?: events.IEventBus;
  private readonly published: EmailSendingEvent[];
  private readonly streams: IConfigurationSet[] = [];

  public constructor(scope: Construct, id: string, props: FeedbackPipelineProps = {}) {
    super(scope, id);
    this.pipelineName = Names.uniqueResourceName(this, { maxLength: 100 });
    this.eventBus = props.eventBus;
    this.published = this.eventsOf(props);
    ({ topic: this.topic, queue: this.queue, deadLetterQueue: this.deadLetterQueue } = topicQueue(this, {
      description: 'Feedback on mail on its way from SES', encryptionKey: props.encryptionKey, visibilityTimeout: VISIBILITY,
    }));
    this.table = this.createTable(props);
    this.handlerFunction = this.createHandler(props);
    const undelivered = props.onFeedback && this.callBack(props.onFeedback);
    this.alarms = feedbackAlarms(this, { metrics: this, queue: this.queue, deadLetterQueue: this.deadLetterQueue, undelivered });
    if (props.alarmAction) Object.values(this.alarms).forEach((alarm?: cloudwatch.Alarm) => alarm?.addAlarmAction(props.alarmAction!));
    props.streams?.forEach(stream => this.addStream(stream));
    reportPipeline(this, { streams: this.streams, alarms: this.alarms, callback: props.onFeedback });
  }

  /**
   * Acts on the feedback of one more stream.
   *
   * @param stream a stream, or another configuration set, of the account and Region of the pipeline
   */
  public addStream(stream: IConfigurationSet): void {
    // two streams may have the same id in different places
    new ConfigurationSetEventDestination(this, `From${stream.node.id}${stream.node.addr.slice(-8)}`, {
      configurationSet: stream, destination: EventDestination.snsTopic(this.topic), events: this.published,
    });
    this.streams.push(stream);
  }

  /**
   * An EventBridge rule for feedback of this pipeline, and of no other. The detail of an event is one recipient: its address, what happened, the action and the
   * reason. The same may come twice, with the same `key`.
   *
   * @param id a name, unique in the pipeline
   * @param options actions and target
   */
  public onFeedback(id: string, options: OnFeedbackOptions = {}): events.Rule {
    const { actions = MUST_NOT_WRITE, crossStackScope, target, eventPattern, ...ruleProps } = options;
    const rule = new events.Rule(crossStackScope ?? this, id, { ...ruleProps, eventBus: this.eventBus });
    rule.addEventPattern(eventPattern);
    rule.addEventPattern({
      source: [FEEDBACK_EVENT.source],
      detailType: [FEEDBACK_EVENT.detailType],
      resources: [this.queue.queueArn],
      detail: { action: actions },
    });
    rule.addTarget(target);
    return rule;
  }

  /**
   * Allows to read what happened to an address.
   *
   * @param grantee who may
   */
  public grantReadHistory(grantee: iam.IGrantable): iam.Grant {
    return iam.Grant.addToPrincipal({ grantee, actions: ['dynamodb:GetItem', 'dynamodb:Query'], resourceArns: [this.table.tableArn] });
  }

  /**
   * Allows to see dead letters and to send them back to the queue, once what was wrong is cured.
   *
   * @param grantee who may
   */
  public grantRedrive(grantee: iam.IGrantable): iam.Grant {
    const redrive = iam.Grant.addToPrincipal({
      grantee,
      actions: [
        'sqs:StartMessageMoveTask', 'sqs:ListMessageMoveTasks', 'sqs:CancelMessageMoveTask', 'sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes',
      ],
      resourceArns: [this.deadLetterQueue.queueArn],
    });
    return redrive.combine(iam.Grant.addToPrincipal({ grantee, actions: ['sqs:SendMessage'], resourceArns: [this.queue.queueArn] }));
  }

  private eventsOf({ additionalEvents = [] }: FeedbackPipelineProps): EmailSendingEvent[] {
    const rewriting = additionalEvents.filter(event => REWRITES_MAIL.has(event));
    if (rewriting.length > 0) {
      fail('FeedbackPipeline.rewritesMail', `additionalEvents has ${rewriting.join(' and ')}, for which SES rewrites mail with a pixel or redirected links; a pipeline ` +
        'does not ask for that. Give the stream `engagement` and a destination for them', this);
    }
    return [...new Set([...EventTypes.FEEDBACK, EmailSendingEvent.DELIVERY_DELAY, ...additionalEvents])];
  }

  private createTable({ removalPolicy }: FeedbackPipelineProps): dynamodb.Table {
    const table = new dynamodb.Table(this, 'Table', {
      partitionKey: { name: FEEDBACK_TABLE.partitionKey, type: dynamodb.AttributeType.STRING },
      sortKey: { name: FEEDBACK_TABLE.sortKey, type: dynamodb.AttributeType.STRING },
      timeToLiveAttribute: FEEDBACK_TABLE.timeToLive,
      billingMode: dynamodb.BillingMode.PAY_PER_REQUEST,
      removalPolicy: removalPolicy ?? RemovalPolicy.DESTROY,
    });
    const reason = 'A backup would keep personal data for longer than it is wanted, and what has to last is on the suppression list of SES.';
    acknowledge(table, 'DDB3', ['AwsSolutions'], reason);
    acknowledge(table, 'DynamoDBPITREnabled', COMPLIANCE_PACKS, reason);
    acknowledge(table, 'DynamoDBInBackupPlan', ['HIPAA.Security', 'NIST.800.53.R5'], reason);
    return table;
  }

  private createHandler(props: FeedbackPipelineProps): lambda.Function {
    const retention = this.retentionOf(props);
    const transient = (props.transientBounces ?? TransientBounces.keep()).bind(this, retention);
    const defaultBus = Stack.of(this).formatArn({ service: 'events', resource: 'event-bus', resourceName: 'default', arnFormat: ArnFormat.SLASH_RESOURCE_NAME });
    const { handlerFunction } = new FeedbackHandler(this, 'Handler', {
      queue: this.queue,
      table: this.table,
      eventBusArn: this.eventBus?.eventBusArn ?? defaultBus,
      settings: {
        pipeline: this.pipelineName,
        tableName: this.table.tableName,
        eventBus: this.eventBus?.eventBusName ?? 'default',
        ambiguousComplaints: props.ambiguousComplaints ?? AmbiguousComplaints.SUPPRESS_ALL,
        transientBounces: transient && { count: transient.bounces, seconds: transient.within.toSeconds() },
        retentionSeconds: retention.toSeconds(),
      },
    });
    return handlerFunction;
  }

  private retentionOf({ retention = Duration.days(90) }: FeedbackPipelineProps): Duration {
    if (retention.toSeconds() < RETENTION_MIN.toSeconds()) {
      fail('FeedbackPipeline.retention', `retention is ${retention.toHumanString()}; it takes ${RETENTION_MIN.toHumanString()} or more, since dead letters come back ` +
        'for 14 days, and what is not remembered is done again', this);
    }
    return retention;
  }

  /** Returns the queue for what the function could not be called with. */
  private callBack(callback: lambda.IFunction): sqs.Queue {
    const undelivered = deadLetters(this, 'Undelivered');
    this.onFeedback('Callback', {
      description: 'Calls a function with each recipient to whom nobody must write again',
      target: new targets.LambdaFunction(callback, { deadLetterQueue: undelivered, event: events.RuleTargetInput.fromEventPath('$.detail') }),
    });
    return undelivered;
  }
}
