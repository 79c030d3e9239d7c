import { ArnFormat, Duration, Names, RemovalPolicy, Stack } from 'aws-cdk-lib';
import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as events from 'aws-cdk-lib/aws-events';
import * as targets from 'aws-cdk-lib/aws-events-targets';
import * as iam from 'aws-cdk-lib/aws-iam';
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
import { FeedbackPipelineProps, OnFeedbackOptions } from './feedback-pipeline-props';
import { reportPipeline } from './pipeline-findings';
import { TransientBounces } from './transient-bounces';
import { ConfigurationSetEventDestination, EventDestination, EventTypes } from '../events';
import type { IMailIdentity } from '../identity';
import { FeedbackNotifications, FeedbackNotificationsOptions } from '../notifications';
import { acknowledge, COMPLIANCE_PACKS } from '../private/acknowledged-rules';
import { alarmTopicAction } from '../private/alarm-topic';
import { fail } from '../private/errors';
import { differentPlaces } from '../private/place';
import { deadLetters, topicQueue } from '../private/topic-queue';
import { REWRITES_MAIL } from '../ses/event-type';

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
 *   notify: operators,
 * });
 */
export class FeedbackPipeline extends FeedbackMetrics {
  public readonly pipelineName: string;

  /** Where SES publishes. */
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
  private readonly served: IConfigurationSet[] = [];
  private readonly identities: IMailIdentity[] = [];

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
    this.connectAlarms(props);
    props.streams?.forEach(stream => this.addStream(stream));
    reportPipeline(this, { streams: this.served, identities: this.identities, alarms: this.alarms, callback: props.onFeedback });
  }

  /** All alarms that there are, e.g. for a dashboard. */
  public get allAlarms(): cloudwatch.Alarm[] {
    return Object.values(this.alarms).filter((alarm?: cloudwatch.Alarm) => alarm !== undefined);
  }

  /** The streams on whose feedback it acts. */
  public get streams(): IConfigurationSet[] {
    return [...this.served];
  }

  /**
   * Acts on the feedback of one more stream.
   *
   * @param stream a stream, or another configuration set, of the account and Region of the pipeline
   */
  public addStream(stream: IConfigurationSet): void {
    this.checkStream(stream);
    // two streams may have the same id in different places
    new ConfigurationSetEventDestination(this, `From${stream.node.id}${stream.node.addr.slice(-8)}`, {
      configurationSet: stream, destination: EventDestination.snsTopic(this.topic), events: this.published,
    });
    this.served.push(stream);
  }

  /**
   * Acts on the notifications of an identity, too: on the feedback of mail that goes through none of the streams. Feedback that comes both ways is acted on once.
   *
   * @param identity a domain or an address, of the account and Region of the pipeline
   * @param options what becomes of forwarding, and of topics that the identity has already
   */
  public addIdentity(identity: IMailIdentity, options: FeedbackNotificationsOptions = {}): FeedbackNotifications {
    this.identities.push(identity);
    const target = { topic: this.topic };
    return new FeedbackNotifications(this, `Of${identity.node.id}${identity.node.addr.slice(-8)}`, {
      identity,
      bounces: target,
      complaints: target,
      deliveries: this.published.includes(EmailSendingEvent.DELIVERY) ? target : undefined,
      ...options,
    });
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

  private checkStream(stream: IConfigurationSet): void {
    if (this.served.includes(stream)) fail('FeedbackPipeline.twice', `${stream.node.path} is given twice, and everything would come twice; give each stream once`, this);
    const places = differentPlaces(this, stream.env);
    if (!places) return;
    fail('FeedbackPipeline.elsewhere', `the pipeline is in ${places.own} and the stream ${stream.node.path} in ${places.other}; each Region has a suppression list of ` +
      'its own, so make a pipeline in a stack there', this);
  }

  private connectAlarms({ notify, alarmAction }: FeedbackPipelineProps): void {
    const actions = [...notify ? [alarmTopicAction(this, notify)] : [], ...alarmAction ? [alarmAction] : []];
    if (actions.length > 0) this.allAlarms.forEach(alarm => alarm.addAlarmAction(...actions));
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
