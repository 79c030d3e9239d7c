import { Duration, Resource } from 'aws-cdk-lib';
import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { EmailSendingEvent } from 'aws-cdk-lib/aws-ses';
import { eventCounter, localBounceRate, localComplaintRate, localRejectRate, reputationRate } from '../events/ses-metric';
import { located } from '../private/errors';
import { AutoTag } from '../ses/message-tags';

/**
 * How a rate is computed from counters.
 */
export interface LocalRateOptions {
  /**
   * The number of messages in a period below which the rate is taken as zero, so that one bounce among three messages raises no alarm.
   *
   * @default 100
   */
  readonly minimumVolume?: number;

  /**
   * The period over which messages are counted.
   *
   * @default Duration.hours(1)
   */
  readonly period?: Duration;
}

/**
 * The metrics of one configuration set. Counters have the dimension `ses:configuration-set`, which a CloudWatch event destination publishes; a metric appears
 * with its first event.
 */
export abstract class StreamMetrics extends Resource {
  /** The name of the configuration set. */
  public abstract readonly configurationSetName: string;

  /** See to it that an event is counted, or say why it cannot be. */
  protected abstract count(event: EmailSendingEvent): void;

  /** See to it that SES publishes the rates by which it judges the set, or say why it does not. */
  protected abstract rate(): void;

  /**
   * Messages that SES accepted. Sum over 5 minutes.
   *
   * @param options period, label and the like
   */
  public metricSend(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.counter(EmailSendingEvent.SEND, options);
  }

  /**
   * Messages that the recipient's server accepted. Sum over 5 minutes.
   *
   * @param options period, label and the like
   */
  public metricDelivery(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.counter(EmailSendingEvent.DELIVERY, options);
  }

  /**
   * Messages that bounced for good, or that SES stopped to retry. Sum over 5 minutes.
   *
   * @param options period, label and the like
   */
  public metricBounce(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.counter(EmailSendingEvent.BOUNCE, options);
  }

  /**
   * Messages that recipients marked as spam. Sum over 5 minutes.
   *
   * @param options period, label and the like
   */
  public metricComplaint(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.counter(EmailSendingEvent.COMPLAINT, options);
  }

  /**
   * Messages that SES rejected for a virus. Sum over 5 minutes.
   *
   * @param options period, label and the like
   */
  public metricReject(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.counter(EmailSendingEvent.REJECT, options);
  }

  /**
   * Messages that were not sent since their template could not be rendered. Sum over 5 minutes.
   *
   * @param options period, label and the like
   */
  public metricRenderingFailure(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.counter(EmailSendingEvent.RENDERING_FAILURE, options);
  }

  /**
   * Messages that SES keeps trying to deliver. Sum over 5 minutes. AWS documents the event, but not the name of its metric.
   *
   * @param options period, label and the like
   */
  public metricDeliveryDelay(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.counter(EmailSendingEvent.DELIVERY_DELAY, options);
  }

  /**
   * Changes of subscriptions by list management. Sum over 5 minutes. AWS documents the event, but not the name of its metric.
   *
   * @param options period, label and the like
   */
  public metricSubscription(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.counter(EmailSendingEvent.SUBSCRIPTION, options);
  }

  /**
   * Opens, each one counted. Sum over 5 minutes. Mail programs that fetch images by themselves inflate it. Refused unless the stream tracks engagement.
   *
   * @param options period, label and the like
   */
  public metricOpen(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.counter(EmailSendingEvent.OPEN, options);
  }

  /**
   * Clicks, each one counted. Sum over 5 minutes. Refused unless the stream tracks engagement.
   *
   * @param options period, label and the like
   */
  public metricClick(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.counter(EmailSendingEvent.CLICK, options);
  }

  /**
   * The bounce rate of the set by which AWS judges, as a fraction: 0.05 is 5 %. Average over an hour.
   *
   * @param options period, label and the like
   */
  public metricBounceRate(options: cloudwatch.MetricOptions = {}): cloudwatch.Metric {
    this.rate();
    return reputationRate('Bounce', this.ofThisSet(options));
  }

  /**
   * The complaint rate of the set by which AWS judges, as a fraction: 0.001 is 0.1 %. Average over an hour.
   *
   * @param options period, label and the like
   */
  public metricComplaintRate(options: cloudwatch.MetricOptions = {}): cloudwatch.Metric {
    this.rate();
    return reputationRate('Complaint', this.ofThisSet(options));
  }

  /**
   * Bounces among the messages of a period, as a fraction: quicker than `metricBounceRate`, and zero below a minimum volume.
   *
   * @param options volume and period
   */
  public metricLocalBounceRate(options: LocalRateOptions = {}): cloudwatch.MathExpression {
    return located(this, () => localBounceRate(this, options));
  }

  /**
   * Complaints among the messages delivered in a period, as a fraction: quicker than `metricComplaintRate`, and zero below a minimum volume.
   *
   * @param options volume and period
   */
  public metricLocalComplaintRate(options: LocalRateOptions = {}): cloudwatch.MathExpression {
    return located(this, () => localComplaintRate(this, options));
  }

  /**
   * Messages rejected for a virus among those of a period, as a fraction; zero below a minimum volume.
   *
   * @param options volume and period
   */
  public metricLocalRejectRate(options: LocalRateOptions = {}): cloudwatch.MathExpression {
    return located(this, () => localRejectRate(this, options));
  }

  private counter(event: EmailSendingEvent, options: cloudwatch.MetricOptions = {}): cloudwatch.Metric {
    this.count(event);
    return eventCounter(event, this.ofThisSet(options));
  }

  private ofThisSet(options: cloudwatch.MetricOptions): cloudwatch.MetricOptions {
    return { dimensionsMap: { [AutoTag.CONFIGURATION_SET]: this.configurationSetName }, ...options };
  }
}
