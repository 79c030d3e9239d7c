import { Duration, Names, Stack, Token } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { Construct } from 'constructs';
import { FORWARD_METRICS, FORWARD_VARIABLE } from './forward-constants';
import { ForwardFunction } from './forward-function';
import { routeTable, settingsText } from './forward-route';
import { reportForwarder } from './forwarder-findings';
import type { MailForwarderProps } from './mail-forwarder-props';
import { RETURN_PATH_TAG_LENGTH } from './return-path';
import type { MailAction, MailRuleOptions } from '../actions';
import { coversSender } from '../identity/covers-sender';
import { MailQueue } from '../mailboxes';
import { acknowledge, acknowledgeWildcards } from '../private/acknowledged-rules';
import { alarmTopicAction } from '../private/alarm-topic';
import { fail, located } from '../private/errors';
import { mailFunction } from '../private/mail-function';
import { METRIC_NAMESPACE } from '../private/metric-constants';
import { hasToken } from '../private/tokens';
import type { Recipient } from '../receipt';
import { normalizeKeyPrefix } from '../receipt/action-target';
import { normalizeAddress } from '../records/mail-address';

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
    this.workOff();
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
    const dimensionsMap = { [FORWARD_METRICS.forwarder]: this.forwarderName };
    const metric = new cloudwatch.Metric({ namespace: METRIC_NAMESPACE, metricName, dimensionsMap, statistic: cloudwatch.Stats.SUM, ...props });
    return metric.attachTo(this);
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

  private workOff(): void {
    const { handlerFunction, mailQueue } = this;
    handlerFunction.addEventSource(new SqsEventSource(mailQueue.queue, { batchSize: 1, maxConcurrency: CONCURRENCY, reportBatchItemFailures: true }));
    acknowledge(handlerFunction, 'LambdaEventSourceMappingDestination', ['Serverless'], 'The queue has a dead-letter queue of its own; a destination is for streams.');
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
