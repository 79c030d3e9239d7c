import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { EmailSendingEvent } from 'aws-cdk-lib/aws-ses';
import { eventCounter, localBounceRate, localComplaintRate, localRejectRate, reputationRate } from '../events/ses-metric';
import type { LocalRateOptions } from '../sending';

/**
 * The metrics of the account in one Region, which SES publishes by itself and without dimensions: all mail is in them, whatever configuration set it uses.
 * Those of a single configuration set are metrics of its stream.
 *
 * A metric appears in CloudWatch with its first event. Until then an alarm on it has no data, and a graph is empty; mail to the addresses of
 * `MailboxSimulator` makes it appear. SES has no call that returns opens and clicks in total: these metrics are where they are counted.
 *
 * @see https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-cloudwatch.html
 *
 * @example
 * declare const dashboard: cloudwatch.Dashboard;
 *
 * dashboard.addWidgets(new cloudwatch.GraphWidget({
 *   left: [SesMetrics.metricSend(), SesMetrics.metricDelivery()], right: [SesMetrics.metricBounceRate(), SesMetrics.metricComplaintRate()],
 * }));
 */
export class SesMetrics {
  /**
   * Messages that SES accepted. Sum over 5 minutes.
   *
   * @param options period, label, Region and the like
   */
  public static metricSend(options: cloudwatch.MetricOptions = {}): cloudwatch.Metric {
    return eventCounter(EmailSendingEvent.SEND, options);
  }

  /**
   * Messages that the recipient's server accepted. Sum over 5 minutes.
   *
   * @param options period, label, Region and the like
   */
  public static metricDelivery(options: cloudwatch.MetricOptions = {}): cloudwatch.Metric {
    return eventCounter(EmailSendingEvent.DELIVERY, options);
  }

  /**
   * Messages that bounced for good, or that SES stopped to retry. Sum over 5 minutes.
   *
   * @param options period, label, Region and the like
   */
  public static metricBounce(options: cloudwatch.MetricOptions = {}): cloudwatch.Metric {
    return eventCounter(EmailSendingEvent.BOUNCE, options);
  }

  /**
   * Messages that recipients marked as spam. Sum over 5 minutes.
   *
   * @param options period, label, Region and the like
   */
  public static metricComplaint(options: cloudwatch.MetricOptions = {}): cloudwatch.Metric {
    return eventCounter(EmailSendingEvent.COMPLAINT, options);
  }

  /**
   * Messages that SES rejected for a virus. Sum over 5 minutes.
   *
   * @param options period, label, Region and the like
   */
  public static metricReject(options: cloudwatch.MetricOptions = {}): cloudwatch.Metric {
    return eventCounter(EmailSendingEvent.REJECT, options);
  }

  /**
   * Messages that were not sent since their template could not be rendered. Sum over 5 minutes.
   *
   * @param options period, label, Region and the like
   */
  public static metricRenderingFailure(options: cloudwatch.MetricOptions = {}): cloudwatch.Metric {
    return eventCounter(EmailSendingEvent.RENDERING_FAILURE, options);
  }

  /**
   * Messages that SES keeps trying to deliver. Sum over 5 minutes. AWS documents the event, but not the name of its metric: see that
   * `aws cloudwatch list-metrics --namespace AWS/SES` lists `DeliveryDelay` before you rely on it.
   *
   * @param options period, label, Region and the like
   */
  public static metricDeliveryDelay(options: cloudwatch.MetricOptions = {}): cloudwatch.Metric {
    return eventCounter(EmailSendingEvent.DELIVERY_DELAY, options);
  }

  /**
   * Changes of subscriptions by list management. Sum over 5 minutes. AWS documents the event, but not the name of its metric: see that
   * `aws cloudwatch list-metrics --namespace AWS/SES` lists `Subscription` before you rely on it.
   *
   * @param options period, label, Region and the like
   */
  public static metricSubscription(options: cloudwatch.MetricOptions = {}): cloudwatch.Metric {
    return eventCounter(EmailSendingEvent.SUBSCRIPTION, options);
  }

  /**
   * Opens, each one counted, up to 60 days after the message. Sum over 5 minutes. Mail programs that fetch images by themselves inflate it.
   *
   * @param options period, label, Region and the like
   */
  public static metricOpen(options: cloudwatch.MetricOptions = {}): cloudwatch.Metric {
    return eventCounter(EmailSendingEvent.OPEN, options);
  }

  /**
   * Clicks, each one counted, up to 60 days after the message. Sum over 5 minutes.
   *
   * @param options period, label, Region and the like
   */
  public static metricClick(options: cloudwatch.MetricOptions = {}): cloudwatch.Metric {
    return eventCounter(EmailSendingEvent.CLICK, options);
  }

  /**
   * The bounce rate of the account by which AWS judges, as a fraction: 0.05 is 5 %. Average over an hour.
   *
   * Only bounces for good count, to addresses that you have not verified, over a volume that AWS chooses.
   *
   * @param options period, label, Region and the like
   */
  public static metricBounceRate(options: cloudwatch.MetricOptions = {}): cloudwatch.Metric {
    return reputationRate('Bounce', options);
  }

  /**
   * The complaint rate of the account by which AWS judges, as a fraction: 0.001 is 0.1 %. Average over an hour.
   *
   * Complaints which providers report in total only, or which reach AWS directly, are not in it.
   *
   * @param options period, label, Region and the like
   */
  public static metricComplaintRate(options: cloudwatch.MetricOptions = {}): cloudwatch.Metric {
    return reputationRate('Complaint', options);
  }

  /**
   * Bounces among the messages of a period, as a fraction: quicker than `metricBounceRate`, and zero below a minimum volume.
   *
   * @param options volume and period
   */
  public static metricLocalBounceRate(options: LocalRateOptions = {}): cloudwatch.MathExpression {
    return localBounceRate(SesMetrics, options);
  }

  /**
   * Complaints among the messages delivered in a period, as a fraction: quicker than `metricComplaintRate`, and zero below a minimum volume.
   *
   * @param options volume and period
   */
  public static metricLocalComplaintRate(options: LocalRateOptions = {}): cloudwatch.MathExpression {
    return localComplaintRate(SesMetrics, options);
  }

  /**
   * Messages rejected for a virus among those of a period, as a fraction; zero below a minimum volume.
   *
   * @param options volume and period
   */
  public static metricLocalRejectRate(options: LocalRateOptions = {}): cloudwatch.MathExpression {
    return localRejectRate(SesMetrics, options);
  }

  private constructor() {}
}
