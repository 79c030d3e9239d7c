import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import { sesMetric } from '../events/ses-metric';

/**
 * The metrics of a rule set or of a rule. They appear when mail is received for the first time.
 *
 * @see https://docs.aws.amazon.com/ses/latest/dg/receiving-email-metrics.html
 */
export abstract class ReceiptMetrics extends Construct {
  /** The dimension by which CloudWatch knows the rule set or the rule. */
  protected abstract readonly metricDimensions: Record<string, string>;

  /**
   * Messages for which there was a rule, or to which the rule applied. Sum over 5 minutes.
   *
   * @param options period, label and the like
   */
  public metricReceived(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.counter('Received', options);
  }

  /**
   * Messages for which all that the rules say was done. Sum over 5 minutes.
   *
   * @param options period, label and the like
   */
  public metricPublishSuccess(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.counter('PublishSuccess', options);
  }

  /**
   * Messages for which an action failed, each time that it is tried: most are tried again, for 36 hours. Sum over 5 minutes.
   *
   * @param options period, label and the like
   */
  public metricPublishFailure(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.counter('PublishFailure', options);
  }

  /**
   * Messages that SES has given up: they are lost. Sum over 5 minutes.
   *
   * @param options period, label and the like
   */
  public metricPublishExpired(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.counter('PublishExpired', options);
  }

  private counter(name: string, options: cloudwatch.MetricOptions = {}): cloudwatch.Metric {
    return sesMetric(name, { statistic: cloudwatch.Stats.SUM, dimensionsMap: this.metricDimensions, ...options });
  }
}
