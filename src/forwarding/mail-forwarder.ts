import { Duration, Names, Stack, Token } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import type { IConfigurationSet } from 'aws-cdk-lib/aws-ses';
import type * as sns from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { FORWARD_METRICS, FORWARD_VARIABLE } from './forward-constants';
import { ForwardFunction } from './forward-function';
import { ForwardRoute, routeTable, settingsText } from './forward-route';
import { reportForwarder } from './forwarder-findings';
import { RETURN_PATH_TAG_LENGTH } from './return-path';
import type { MailAction, MailRuleOptions } from '../actions';
import type { IMailIdentity } from '../identity';
import { coversSender } from '../identity/covers-sender';
import { MailQueue } from '../mailboxes';
import { acknowledgeWildcards } from '../private/acknowledged-rules';
import { alarmTopicAction } from '../private/alarm-topic';
import { fail, located } from '../private/errors';
import { mailFunction } from '../private/mail-function';
import { hasToken } from '../private/tokens';
import type { Recipient } from '../receipt';
import { normalizeKeyPrefix } from '../receipt/action-target';
import { normalizeAddress } from '../records/mail-address';

/**
 * What forwarded mail has in common.
 */
export interface MailForwarderOptions {
  /**
   * Who gets the mail of whom.
   */
  readonly routes: ForwardRoute[];

  /**
   * The address that mail is sent by: one of the identity, which nobody uses otherwise. Some mail programs show mail from an address of their own owner as sent by
   * the owner. Up to 40 characters before the @, since bounces go to tags of it.
   *
   * @default - `forwarder@` the domain of the identity; the address itself, if the identity is one
   */
  readonly sender?: string;

  /**
   * What the name of the sender says of the way that mail took: `Ann via support`.
   *
   * @default - what is before the @ of the address that the mail was sent to
   */
  readonly via?: string;

  /**
   * The configuration set for mail that is sent on: best one of its own, a `MailStream`. Mail that the destination takes for spam bounces, and that counts.
   *
   * @default - the default configuration set of the identity
   */
  readonly configurationSet?: IConfigurationSet;

  /**
   * Whether spam is sent on, too, and mail that fails the DMARC policy of its domain. It would pass as genuine then, since it is sent by you. Mail with a virus
   * is never sent on.
   *
   * @default false
   */
  readonly forwardSuspicious?: boolean;

  /**
   * Where in the bucket mail is kept.
   *
   * @default 'forwarding/'
   */
  readonly prefix?: string;

  /**
   * The key with which SES encrypts each message before it gets to S3.
   *
   * @default - SES does not encrypt
   */
  readonly messageKey?: kms.IKey;

  /**
   * The key of the topic between SES and the queue.
   *
   * @default - a key of the forwarder, which is rotated every year
   */
  readonly encryptionKey?: kms.IKey;

  /**
   * Through what people are told of mail that could not be sent on: a standard topic of the Region. Its policy, and that of its key, let CloudWatch publish; a
   * topic that is encrypted with the AWS-managed key is refused, since CloudWatch may not use it. When nobody is told at all, that is reported.
   *
   * @default - no topic
   */
  readonly notify?: sns.ITopic;

  /**
   * What else happens then. Permissions are the action's own.
   *
   * @default - nothing
   */
  readonly alarmAction?: cloudwatch.IAlarmAction;
}

/**
 * Properties of a forwarder.
 */
export interface MailForwarderProps extends MailForwarderOptions {
  /**
   * The verified identity that mail is sent with.
   */
  readonly identity: IMailIdentity;

  /**
   * The bucket that keeps the mail. It stays there, also when it was sent on.
   */
  readonly bucket: s3.IBucket;
}

/** Enough to fetch 40 MB and to send them. */
const TIMEOUT = Duration.minutes(2);

/** What AWS advises for a queue that calls a function. */
const VISIBILITY = Duration.minutes(12);

/** How many messages are worked on at once: SES sends few a second for a new account. */
const CONCURRENCY = 5;

const LOCAL_PART = 'forwarder';
const LOCAL_PART_MAX = 64 - RETURN_PATH_TAG_LENGTH;

/**
 * Sends received mail on to mailboxes elsewhere: `sales@example.com` to people at their own providers.
 *
 * SES sends only for verified identities. So the mail is sent by an address of yours in the name of its author ("Ann via sales"), and answers go to the author.
 * Everything else of the message stays as it is, byte for byte; docs/gates.md has the headers that change, and why. Mail that SES does not send as it is
 * comes as an attachment. Spam and forged mail stay in the bucket; mail that goes in a circle ends there.
 *
 * The bucket keeps all mail. A queue lets what fails be tried again; what was tried five times in vain is in a dead-letter queue, with an alarm. SQS delivers at
 * least once, so rarely a copy comes twice.
 *
 * @see https://docs.aws.amazon.com/ses/latest/dg/receiving-email-action-s3.html
 *
 * @example
 * declare const inbox: InboundMail;
 * declare const domain: VerifiedDomain;
 * declare const bucket: MailBucket;
 *
 * const forwarder = new MailForwarder(this, 'Forwarder', {
 *   identity: domain,
 *   bucket,
 *   routes: [
 *     { recipient: Recipient.address('sales@example.com'), destinations: ['ann@example.org', 'bob@example.net'] },
 *     { recipient: Recipient.domain('example.com'), destinations: ['ann@example.org'] },
 *   ],
 * });
 * inbox.addRule('Forwarded', forwarder.rule());
 */
export class MailForwarder extends Construct {
  /** What a rule does in order to have mail sent on. */
  public readonly delivery: MailAction;

  /** The address that mail is sent by. */
  public readonly sender: string;

  /** Whose mail is sent on. */
  public readonly recipients: Recipient[];

  /** The bucket and the queue of the forwarder. */
  public readonly mailQueue: MailQueue;

  /** The function that sends. */
  public readonly handlerFunction: lambda.Function;

  private readonly forwarderName: string;

  public constructor(scope: Construct, id: string, props: MailForwarderProps) {
    super(scope, id);
    this.forwarderName = Names.uniqueResourceName(this, { maxLength: 100 });
    this.sender = this.senderOf(props);
    this.recipients = props.routes.map(({ recipient }) => recipient);
    const prefix = located(this, () => normalizeKeyPrefix(props.prefix ?? 'forwarding/'));
    this.mailQueue = new MailQueue(this, 'Mail', { ...props, prefix, visibilityTimeout: VISIBILITY });
    this.delivery = this.mailQueue.delivery;
    this.handlerFunction = this.createFunction(props);
    this.allow(props, prefix);
    this.handlerFunction.addEventSource(new SqsEventSource(this.mailQueue.queue, { batchSize: 1, maxConcurrency: CONCURRENCY, reportBatchItemFailures: true }));
    if (props.notify) this.mailQueue.deadLettersAlarm.addAlarmAction(alarmTopicAction(this, props.notify));
    reportForwarder(this, props, this.mailQueue.deadLettersAlarm);
  }

  /**
   * A rule for all recipients of the forwarder. Give it after a gate for spam, and before rules for the same recipients only if these shall see the mail, too.
   */
  public rule(): MailRuleOptions {
    return { recipients: this.recipients, actions: [this.delivery] };
  }

  /**
   * Allows to see dead letters and to send them back to the queue, once what was wrong is cured.
   *
   * @param grantee who may
   */
  public grantRedrive(grantee: iam.IGrantable): iam.Grant {
    const { queue, deadLetterQueue } = this.mailQueue;
    const actions = [
      'sqs:StartMessageMoveTask', 'sqs:ListMessageMoveTasks', 'sqs:CancelMessageMoveTask', 'sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes',
    ];
    const redrive = iam.Grant.addToPrincipal({ grantee, actions, resourceArns: [deadLetterQueue.queueArn] });
    return redrive.combine(iam.Grant.addToPrincipal({ grantee, actions: ['sqs:SendMessage'], resourceArns: [queue.queueArn] }));
  }

  /**
   * Copies that were sent.
   *
   * @param props of the metric; the sum of 5 minutes if nothing else is said
   */
  public metricForwarded(props?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(FORWARD_METRICS.forwarded, props);
  }

  /**
   * Mail that was not sent on: spam, viruses, forged mail, loops. The log says which.
   *
   * @param props of the metric; the sum of 5 minutes if nothing else is said
   */
  public metricNotForwarded(props?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(FORWARD_METRICS.notForwarded, props);
  }

  /**
   * Bounces and complaints about forwarded mail which came back by email. Where events are published, they come there.
   *
   * @param props of the metric; the sum of 5 minutes if nothing else is said
   */
  public metricReturned(props?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(FORWARD_METRICS.returned, props);
  }

  private metric(metricName: string, props?: cloudwatch.MetricOptions): cloudwatch.Metric {
    const { namespace, forwarder } = FORWARD_METRICS;
    return new cloudwatch.Metric({ namespace, metricName, dimensionsMap: { [forwarder]: this.forwarderName }, statistic: cloudwatch.Stats.SUM, ...props }).attachTo(this);
  }

  private senderOf({ identity, sender }: MailForwarderProps): string {
    const name = identity.identityName;
    const address = located(this, () => normalizeAddress(sender ?? (name.includes('@') ? name : `${LOCAL_PART}@${name}`)));
    if (!coversSender(identity, address)) {
      fail('MailForwarder.sender', `mail is sent by "${address}", which the identity "${name}" does not cover, and SES sends from verified addresses only; give an address ` +
        'of that identity, or the identity of that address', this);
    }
    const length = address.lastIndexOf('@');
    if (length > LOCAL_PART_MAX && !hasToken(address)) {
      fail('MailForwarder.senderTooLong', `the sender "${address}" has ${length} characters before the @; it may have ${LOCAL_PART_MAX}, since bounces go to tags of it, and 64 are the most`, this);
    }
    return address;
  }

  private createFunction({ bucket, messageKey, configurationSet, via, routes, forwardSuspicious = false }: MailForwarderProps): lambda.Function {
    if (!Token.isUnresolved(bucket.bucketName) && bucket.bucketName.includes('.')) {
      fail('MailForwarder.bucketName', `the bucket "${bucket.bucketName}" has a dot in its name, for which S3 has no certificate; take one without`, this);
    }
    const settings = located(this, () => settingsText({
      forwarder: this.forwarderName,
      routes: routeTable(routes),
      sender: this.sender,
      via,
      configurationSet: configurationSet?.configurationSetName,
      forwardSuspicious,
      queueUrl: this.mailQueue.queue.queueUrl,
      bucketName: bucket.bucketName,
      bucketUrl: `https://${bucket.bucketRegionalDomainName}`,
      bucketRegion: bucket.env.region === Stack.of(this).region ? undefined : bucket.env.region,
      messageKeyArn: messageKey?.keyArn,
    }));
    return mailFunction(this, ForwardFunction, {
      timeout: TIMEOUT,
      memorySize: 1024,
      environment: { [FORWARD_VARIABLE]: settings },
      failures: 'The function is called by its queue, which has a dead-letter queue with an alarm.',
      concurrency: `The queue calls ${CONCURRENCY} at a time; a reservation would fail in an account that has little concurrency.`,
      logged: 'The log has ids of messages and what was done, no addresses; CloudWatch Logs encrypts it with a key of its own.',
    });
  }

  private allow({ identity, configurationSet, bucket }: MailForwarderProps, prefix = ''): void {
    const { handlerFunction, mailQueue, sender } = this;
    mailQueue.grantWork(handlerFunction);
    iam.Grant.addToPrincipal({ grantee: handlerFunction, actions: ['sqs:SendMessage'], resourceArns: [mailQueue.queue.queueArn] });
    identity.grantSend(handlerFunction, {
      fromAddresses: [sender], configurationSets: configurationSet && [configurationSet], defaultConfigurationSet: configurationSet === undefined,
    });
    acknowledgeWildcards(handlerFunction.role!, [bucket.arnForObjects(`${prefix}*`)], 'The wildcard stands for the mail of this forwarder, whose names SES makes up.');
  }
}
