import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import { FEEDBACK_METRICS as M, OTHER } from './feedback-constants';
import { isKnownBlocklist } from '../events/blocklist';
import { isFeedbackWord } from '../events/feedback-decision';
import { fail } from '../private/errors';
import { METRIC_NAMESPACE } from '../private/metric-constants';

/**
 * Which bounces are counted.
 */
export interface BounceMetricOptions extends cloudwatch.MetricOptions {
  /**
   * Only bounces of a type: `Permanent`, `Transient` or `Undetermined`.
   *
   * @default - all
   */
  readonly bounceType?: string;

  /**
   * Only bounces of a sub-type, e.g. `MailboxFull`, or `Other` for those that are newer than this library. With `bounceType` only.
   *
   * @default - all of the type
   */
  readonly bounceSubType?: string;
}

/**
 * Which complaints are counted.
 */
export interface ComplaintMetricOptions extends cloudwatch.MetricOptions {
  /**
   * Only complaints of a type: `abuse`, `auth-failure`, `fraud`, `not-spam`, `other`, `virus`, or `Other` for any that is not in this list.
   *
   * @default - all
   */
  readonly feedbackType?: string;
}

/**
 * Which delays are counted.
 */
export interface DeliveryDelayMetricOptions extends cloudwatch.MetricOptions {
  /**
   * Only delays of a type, e.g. `SpamDetected`, or `Other` for those that are newer than this library.
   *
   * @default - all
   */
  readonly delayType?: string;
}

/**
 * Which refusals are counted.
 */
export interface BlocklistMetricOptions extends cloudwatch.MetricOptions {
  /**
   * Only those because of a list: `Abusix`, `Barracuda`, `SORBS`, `SpamCop`, `Spamhaus`, `SURBL`, `UCEPROTECT`, `URIBL`, or `Other` for any that is not among
   * these.
   *
   * @default - all
   */
  readonly list?: string;
}

/**
 * The metrics of a pipeline. Each is counted by recipient and once, however often the news came; mail to the mailbox simulator is counted too, unless a metric
 * says otherwise. A metric appears with its first value.
 */
export abstract class FeedbackMetrics extends Construct {
  /** The value of the dimension `FeedbackPipeline`. */
  public abstract readonly pipelineName: string;

  /**
   * Recipients that bounced. Sum over 5 minutes.
   *
   * @param options which ones, period and the like
   */
  public metricBounces(options: BounceMetricOptions = {}): cloudwatch.Metric {
    const { bounceType, bounceSubType, ...rest } = options;
    if (bounceSubType !== undefined && bounceType === undefined) {
      fail('FeedbackMetrics.subTypeAlone', `bounces are counted by the sub-type ${bounceSubType} within a type; give bounceType, too`, this);
    }
    return this.metric(M.bounces, rest, { [M.type]: bounceType, [M.subType]: bounceSubType });
  }

  /**
   * Bounces by which AWS judges the account: for good, without those of addresses on your own suppression list, and without the mailbox simulator.
   * Sum over 5 minutes.
   *
   * @param options period and the like
   */
  public metricHardBounces(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(M.hardBounces, options);
  }

  /**
   * Recipients who have complained, or may have. Sum over 5 minutes.
   *
   * @param options which ones, period and the like
   */
  public metricComplaints(options: ComplaintMetricOptions = {}): cloudwatch.Metric {
    const { feedbackType, ...rest } = options;
    return this.metric(M.complaints, rest, { [M.type]: feedbackType });
  }

  /**
   * Complaints about fraud, viruses and forged mail. Sum over 5 minutes.
   *
   * @param options period and the like
   */
  public metricSecurityReports(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(M.securityReports, options);
  }

  /**
   * Recipients that have to wait, each time that SES says so. Sum over 5 minutes.
   *
   * @param options which ones, period and the like
   */
  public metricDeliveryDelays(options: DeliveryDelayMetricOptions = {}): cloudwatch.Metric {
    const { delayType, ...rest } = options;
    return this.metric(M.deliveryDelays, rest, { [M.type]: delayType });
  }

  /**
   * Bounces and delays because a list on the Internet has the sending IP address, or a domain in the message. Sum over 5 minutes.
   *
   * @param options which ones, period and the like
   */
  public metricBlocklistRefusals(options: BlocklistMetricOptions = {}): cloudwatch.Metric {
    const { list, ...rest } = options;
    return this.metric(M.blocklistRefusals, rest, { [M.list]: list });
  }

  /**
   * The time from when SES accepted a message until it was delivered, in milliseconds. Average over 5 minutes. The pipeline needs deliveries for it
   * (`additionalEvents`).
   *
   * @param options period, statistic and the like
   */
  public metricDeliveryLatency(options: cloudwatch.MetricOptions = {}): cloudwatch.Metric {
    return this.metric(M.deliveryLatency, { statistic: cloudwatch.Stats.AVERAGE, ...options });
  }

  /**
   * Bounces of addresses of the mailbox simulator. They are among `metricBounces`, too. Sum over 5 minutes.
   *
   * @param options period and the like
   */
  public metricSimulatorBounces(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(M.simulatorBounces, options);
  }

  /**
   * Complaints of the mailbox simulator. They are among `metricComplaints`, too. Sum over 5 minutes.
   *
   * @param options period and the like
   */
  public metricSimulatorComplaints(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(M.simulatorComplaints, options);
  }

  /**
   * Addresses put on the suppression list of the account. Sum over 5 minutes.
   *
   * @param options period and the like
   */
  public metricSuppressed(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(M.suppressed, options);
  }

  /**
   * Recipients who did not get a message because of the message: too large, rejected content, a template that does not fit its data. Sum over 5 minutes.
   *
   * @param options period and the like
   */
  public metricContentAlerts(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(M.contentAlerts, options);
  }

  /**
   * Feedback at which somebody has to look. Sum over 5 minutes.
   *
   * @param options period and the like
   */
  public metricOperatorAlerts(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(M.operatorAlerts, options);
  }

  /**
   * News that came again. Sum over 5 minutes.
   *
   * @param options period and the like
   */
  public metricDuplicates(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(M.duplicates, options);
  }

  /**
   * Messages that are no events of SES, each time that they are tried. Sum over 5 minutes.
   *
   * @param options period and the like
   */
  public metricUnreadableMessages(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(M.unreadable, options);
  }

  private metric(metricName: string, options: cloudwatch.MetricOptions = {}, words: Record<string, string | undefined> = {}): cloudwatch.Metric {
    const given = Object.entries(words).filter((entry): entry is [string, string] => entry[1] !== undefined);
    for (const [, word] of given) this.checkWord(metricName, word);
    return new cloudwatch.Metric({
      namespace: METRIC_NAMESPACE,
      metricName,
      dimensionsMap: { [M.pipeline]: this.pipelineName, ...Object.fromEntries(given) },
      statistic: cloudwatch.Stats.SUM,
      period: Duration.minutes(5),
      ...options,
    });
  }

  private checkWord(metricName: string, word: string): void {
    if (word === OTHER || (metricName === M.blocklistRefusals ? isKnownBlocklist(word) : isFeedbackWord(word))) return;
    fail('FeedbackMetrics.unknownType', `"${word}" is nothing by which ${metricName} are counted apart; write it as in the documentation of this metric, or ` +
      `"${OTHER}" for what this library does not know`, this);
  }
}
