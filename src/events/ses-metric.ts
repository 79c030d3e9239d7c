import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type { EmailSendingEvent } from 'aws-cdk-lib/aws-ses';
import { fail } from '../private/errors';
import { EVENT_TYPES } from '../ses/event-type';

/*
 * Metrics as SES publishes them, without the question of whose they are: the account's have no dimensions, a configuration set's have those of its
 * CloudWatch destination.
 */

const NAMESPACE = 'AWS/SES';
const PERIOD = Duration.minutes(5);

/** How often something happened to mail. */
export function eventCounter(event: EmailSendingEvent, options: cloudwatch.MetricOptions): cloudwatch.Metric {
  return sesMetric(EVENT_TYPES[event].metric, { statistic: cloudwatch.Stats.SUM, ...options });
}

/** A rate by which AWS judges, as a fraction: 0.05 is 5 %. A sum of rates means nothing, so the statistic is the average. */
export function reputationRate(kind: 'Bounce' | 'Complaint', options: cloudwatch.MetricOptions): cloudwatch.Metric {
  return sesMetric(`Reputation.${kind}Rate`, { statistic: cloudwatch.Stats.AVERAGE, period: Duration.hours(1), ...options });
}

export function sesMetric(metricName: string, options: cloudwatch.MetricOptions): cloudwatch.Metric {
  return new cloudwatch.Metric({ namespace: NAMESPACE, metricName, period: PERIOD, ...options });
}

/** Who counts mail: a stream, or the account. */
interface Counters {
  metricSend(): cloudwatch.IMetric;
  metricDelivery(): cloudwatch.IMetric;
  metricBounce(): cloudwatch.IMetric;
  metricComplaint(): cloudwatch.IMetric;
  metricReject(): cloudwatch.IMetric;
  metricDeliveryDelay(): cloudwatch.IMetric;
}

/** Over how much mail, and how long, a rate is computed. */
interface LocalRateSpan {
  readonly minimumVolume?: number;
  readonly period?: Duration;
}

export function localBounceRate(counters: Counters, span: LocalRateSpan): cloudwatch.MathExpression {
  return localRate({ label: 'Bounces / sends', part: counters.metricBounce(), whole: counters.metricSend(), ...span });
}

/** Only a message that was delivered can be complained about. */
export function localComplaintRate(counters: Counters, span: LocalRateSpan): cloudwatch.MathExpression {
  return localRate({ label: 'Complaints / deliveries', part: counters.metricComplaint(), whole: counters.metricDelivery(), ...span });
}

export function localRejectRate(counters: Counters, span: LocalRateSpan): cloudwatch.MathExpression {
  return localRate({ label: 'Rejects / sends', part: counters.metricReject(), whole: counters.metricSend(), ...span });
}

export function localDelayRate(counters: Counters, span: LocalRateSpan): cloudwatch.MathExpression {
  return localRate({ label: 'Delivery delays / sends', part: counters.metricDeliveryDelay(), whole: counters.metricSend(), ...span });
}

/** The messages below which a rate says nothing. */
const MINIMUM_VOLUME = 100;

/** What a rate is made of. */
interface LocalRate extends LocalRateSpan {
  readonly label: string;
  /** What is counted, and the id that it has in the expression. */
  readonly part: cloudwatch.IMetric;
  readonly whole: cloudwatch.IMetric;
}

/**
 * A rate over one period, from counters: quicker than the rates by which AWS judges, and not the same. It is zero below a minimum volume, so that one bounce
 * among three messages raises no alarm, and never divides by zero.
 */
function localRate({ label, part, whole, minimumVolume = MINIMUM_VOLUME, period }: LocalRate): cloudwatch.MathExpression {
  if (!Number.isInteger(minimumVolume) || minimumVolume < 1) {
    fail('SesMetrics.minimumVolume', `minimumVolume is ${minimumVolume}; it is a number of messages in a period, a whole number from 1 on`);
  }
  return new cloudwatch.MathExpression({
    label,
    expression: `IF(FILL(whole, 0) >= ${minimumVolume}, FILL(part, 0) / whole, 0)`,
    usingMetrics: { part, whole },
    period: period ?? Duration.hours(1),
  });
}
