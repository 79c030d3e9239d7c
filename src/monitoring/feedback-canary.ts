import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as events from 'aws-cdk-lib/aws-events';
import { Construct } from 'constructs';
import { FeedbackCanaryFunction } from './feedback-canary-function';
import type { FeedbackCanaryEvent } from './monitor-constants';
import { ScheduledMonitor } from './scheduled-monitor';
import { SendAction } from '../delegation';
import { bareAddress } from '../events/normalize-event';
import type { IMailIdentity } from '../identity';
import { fail, located } from '../private/errors';
import { FeedbackPipeline } from '../recipients';
import { checkSender } from '../records/mail-address';
import { alarmActionsFor, AlarmRecipients } from '../reputation/alarm-recipients';
import { MailStreamBase } from '../sending';

/**
 * Properties of a canary.
 */
export interface FeedbackCanaryProps extends AlarmRecipients {
  /**
   * The pipeline that is to hear of what is sent.
   */
  readonly pipeline: FeedbackPipeline;

  /**
   * The stream through which it is sent, one of the pipeline's.
   */
  readonly stream: MailStreamBase;

  /**
   * The domain or address that it is sent from, which has to be verified.
   */
  readonly identity: IMailIdentity;

  /**
   * The From address, e.g. `canary@example.com`. Nobody answers to it.
   */
  readonly sender: string;

  /**
   * How often it is sent: whole minutes from 15 minutes to 8 hours.
   *
   * @default Duration.hours(1)
   */
  readonly interval?: Duration;
}

const MINUTES = { min: 15, max: 8 * 60 };

/** After how many messages that nobody heard of there is an alarm. CloudWatch looks back a day at most. */
const MISSED = 3;

/**
 * Shows that bounces and complaints are heard of, before they are missed: sends to the mailbox simulator on a schedule, and raises an alarm when the pipeline has
 * heard of no bounce, or of no complaint, for three intervals. Nothing is suppressed, and AWS counts none of it in its rates.
 *
 * Each run is two messages, which are billed. Costs three alarms. A metric appears with its first value, so right after the first deployment the alarms are raised
 * until the first messages came through.
 *
 * @see https://docs.aws.amazon.com/ses/latest/dg/send-an-email-from-console.html
 *
 * @example
 * declare const pipeline: FeedbackPipeline;
 * declare const receipts: MailStream;
 * declare const domain: VerifiedDomain;
 * declare const operators: sns.Topic;
 *
 * new FeedbackCanary(this, 'Canary', { pipeline, stream: receipts, identity: domain, sender: 'canary@example.com', topic: operators });
 */
export class FeedbackCanary extends Construct {
  /** The alarm that no bounce is heard of. */
  public readonly bounces: cloudwatch.Alarm;

  /** The alarm that no complaint is heard of. */
  public readonly complaints: cloudwatch.Alarm;

  /** The alarm that the canary does not send, or fails to. */
  public readonly silent: cloudwatch.Alarm;

  private readonly interval: Duration;

  public constructor(scope: Construct, id: string, props: FeedbackCanaryProps) {
    super(scope, id);
    this.interval = props.interval ?? Duration.hours(1);
    this.checkInterval();
    this.checkStream(props);
    const actions = alarmActionsFor(this, props);
    const { pipeline } = props;
    this.silent = this.createMonitor(props).silent;
    this.bounces = this.missing('Bounces', pipeline.metricSimulatorBounces({ period: this.patience }), 'bounce');
    this.complaints = this.missing('Complaints', pipeline.metricSimulatorComplaints({ period: this.patience }), 'complaint');
    this.alarms.forEach(alarm => alarm.addAlarmAction(...actions));
  }

  /** All alarms. */
  public get alarms(): cloudwatch.Alarm[] {
    return [this.bounces, this.complaints, this.silent];
  }

  private get patience(): Duration {
    return Duration.minutes(MISSED * this.interval.toMinutes());
  }

  private checkInterval(): void {
    const minutes = this.interval.toMinutes({ integral: false });
    if (Number.isInteger(minutes) && minutes >= MINUTES.min && minutes <= MINUTES.max) return;
    fail('FeedbackCanary.interval', `interval is ${this.interval.toHumanString()}; it takes whole minutes from 15 minutes to 8 hours, since an alarm looks back over ` +
      'three of them, and over a day at most', this);
  }

  private checkStream({ pipeline, stream }: FeedbackCanaryProps): void {
    if (pipeline.streams.includes(stream)) return;
    fail('FeedbackCanary.otherStream', `the pipeline ${pipeline.node.path} does not act on the stream ${stream.node.path}, so it would hear of nothing; add the stream to ` +
      'the pipeline first', this);
  }

  private createMonitor({ stream, identity, sender }: FeedbackCanaryProps): ScheduledMonitor {
    located(this, () => checkSender(sender));
    const event: FeedbackCanaryEvent = { configurationSet: stream.configurationSetName, sender };
    const monitor = new ScheduledMonitor(this, 'Monitor', {
      handler: FeedbackCanaryFunction,
      interval: this.interval,
      timeout: Duration.minutes(1),
      input: events.RuleTargetInput.fromObject(event),
      watches: 'whether feedback comes through',
    });
    stream.grantSend(monitor.handlerFunction, identity, {
      actions: [SendAction.SEND_EMAIL], fromAddresses: [bareAddress(sender)], recipients: ['*@simulator.amazonses.com'],
    });
    return monitor;
  }

  private missing(id: string, metric: cloudwatch.Metric, what: string): cloudwatch.Alarm {
    return metric.createAlarm(this, id, {
      threshold: 1,
      comparisonOperator: cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD,
      evaluationPeriods: 1,
      // nothing heard is no data
      treatMissingData: cloudwatch.TreatMissingData.BREACHING,
      alarmDescription: `No ${what} of the mailbox simulator was heard of for ${this.patience.toHumanString()}, so those of people may be missed as well. Unless the canary ` +
        'is silent itself: see whether the stream is paused, whether its event destination is enabled, and what the pipeline has among its dead letters.',
    });
  }
}
