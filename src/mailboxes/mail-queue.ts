import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import type * as sns from 'aws-cdk-lib/aws-sns';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { grantReadMail } from './grant-read-mail';
import { Deliver, MailAction } from '../actions';
import { topicQueue } from '../private/topic-queue';

/**
 * Properties of a queue for mail.
 */
export interface MailQueueProps {
  /**
   * The bucket that keeps the mail.
   */
  readonly bucket: s3.IBucket;

  /**
   * Where in the bucket.
   *
   * @default - at the top
   */
  readonly prefix?: string;

  /**
   * The key with which SES encrypts each message before it gets to S3.
   *
   * @default - SES does not encrypt
   */
  readonly messageKey?: kms.IKey;

  /**
   * The key of the topic between SES and the queue. Its policy lets SES use it for the rules that deliver here.
   *
   * @default - a key of the queue, which is rotated every year
   */
  readonly encryptionKey?: kms.IKey;

  /**
   * How long whoever takes a message has to work on it, before somebody else gets it. For a function: six times its timeout.
   *
   * @default Duration.minutes(6)
   */
  readonly visibilityTimeout?: Duration;

  /**
   * What happens when mail could not be worked on. Permissions are the action's own.
   *
   * @default - nothing; `deadLettersAlarm` is there
   */
  readonly alarmAction?: cloudwatch.IAlarmAction;
}

/**
 * Mail that is worked on one message after the other: the bucket keeps it, a queue says that it is there. What was tried five times in vain is in a dead-letter
 * queue for 14 days, and raises an alarm.
 *
 * A message of the queue is the notification of SES as JSON: headers, verdicts, and where the mail is; `parseReceivedMail` of `cdk-postmaster/runtime` reads it.
 * The first one is of a test that SES makes when it creates a rule. The same mail may be told of twice.
 *
 * @example
 * declare const inbox: InboundMail;
 * declare const bucket: MailBucket;
 * declare const worker: lambda.Function;
 *
 * const tickets = new MailQueue(this, 'Tickets', { bucket, prefix: 'tickets/' });
 * inbox.addRule('Support', { recipients: [Recipient.address('support@example.com')], actions: [tickets.delivery] });
 * tickets.grantWork(worker);
 */
export class MailQueue extends Construct {
  /** What a rule does in order to deliver here. It can be given to several rules. */
  public readonly delivery: MailAction;

  /** Where SES tells of mail. */
  public readonly topic: sns.Topic;

  /** What waits to be worked on. */
  public readonly queue: sqs.Queue;

  /** What was tried five times in vain. */
  public readonly deadLetterQueue: sqs.Queue;

  /** The alarm on dead letters. */
  public readonly deadLettersAlarm: cloudwatch.Alarm;

  private readonly props: MailQueueProps;

  public constructor(scope: Construct, id: string, props: MailQueueProps) {
    super(scope, id);
    this.props = props;
    const { encryptionKey, visibilityTimeout = Duration.minutes(6) } = props;
    ({ topic: this.topic, queue: this.queue, deadLetterQueue: this.deadLetterQueue } = topicQueue(this, {
      description: 'Notifications of mail on their way from SES', encryptionKey, visibilityTimeout,
    }));
    this.delivery = Deliver.toBucket(props.bucket, { prefix: props.prefix, key: props.messageKey, notifyTopic: this.topic });
    this.deadLettersAlarm = this.createAlarm();
  }

  /**
   * Allows to work on mail: to take it from the queue, and to fetch and decrypt it.
   *
   * @param grantee who works on it
   */
  public grantWork(grantee: iam.IGrantable): iam.Grant {
    const { bucket, prefix, messageKey: key } = this.props;
    return this.queue.grantConsumeMessages(grantee).combine(grantReadMail(bucket, grantee, { prefix, key }));
  }

  private createAlarm(): cloudwatch.Alarm {
    const alarm = this.deadLetterQueue.metricApproximateNumberOfMessagesVisible({ statistic: cloudwatch.Stats.MAXIMUM }).createAlarm(this, 'DeadLettersAlarm', {
      threshold: 1,
      comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      evaluationPeriods: 1,
      treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
      alarmDescription: `Mail could not be worked on: the notifications are in the queue ${this.deadLetterQueue.queueName}, and the mail is in its bucket. See why the worker ` +
        'fails; once that is cured, send them back to the queue they came from.',
    });
    if (this.props.alarmAction) alarm.addAlarmAction(this.props.alarmAction);
    return alarm;
  }
}
