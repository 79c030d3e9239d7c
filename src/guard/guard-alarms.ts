import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import { ACCOUNT, alarmName, type Rate, type Tier } from './guard-constants';
import { AWS_LINES, type RateThresholds, type StreamRateThresholds } from './guard-thresholds';
import { SesMetrics } from '../reputation/ses-metrics';
import type { MailStreamBase } from '../sending';

/** What the alarms of one target and rate are made of. */
export interface AlarmOptions {
  readonly guard: string;
  readonly rate: Rate;
  /** The messages in an hour, or in a burst, below which nothing is paused. */
  readonly minimumVolume: number;
}

/** The alarms of one target and rate. */
export interface RateAlarms {
  readonly warning: cloudwatch.Alarm;
  /** Those that pause. */
  readonly pausing: cloudwatch.Alarm[];
}

const HOUR = Duration.hours(1);
const BURST = Duration.minutes(15);

/**
 * The alarms of a stream. While there is too little mail to judge by, the rate counts as zero: a stream that is paused sends nothing, and its alarm calms down
 * by itself within an hour or two. That resumes nothing.
 */
export function streamAlarms(scope: Construct, stream: MailStreamBase, lines: Required<StreamRateThresholds>, options: AlarmOptions): RateAlarms {
  const { rate, minimumVolume } = options;
  const span = { minimumVolume, period: BURST };
  const { ofAws, burst, whole } = rate === 'bounce' ?
    { ofAws: stream.metricBounceRate(), burst: stream.metricLocalBounceRate(span), whole: stream.metricSend() } :
    { ofAws: stream.metricComplaintRate(), burst: stream.metricLocalComplaintRate(span), whole: stream.metricDelivery() };
  const judged = new cloudwatch.MathExpression({
    label: `${RATE_NAMES[rate]} of ${stream.configurationSetName}`,
    expression: `IF(FILL(whole, 0) >= ${minimumVolume}, rate, 0)`,
    usingMetrics: { whole, rate: ofAws },
    period: HOUR,
  });
  const name = stream.configurationSetName;
  const make = maker(scope, options, name, `the stream ${name}`);
  return {
    warning: make('warn', ofAws, lines.warn, cloudwatch.TreatMissingData.IGNORE),
    pausing: [
      make('pause', judged, lines.pause, cloudwatch.TreatMissingData.IGNORE),
      make('burst', burst, lines.burst, cloudwatch.TreatMissingData.NOT_BREACHING),
    ],
  };
}

/**
 * The alarms of the account. AWS judges by what was sent over a long time, so the rate stays high long after its cause is paused; the account is paused only
 * while what was sent in the last hour is bad as well.
 */
export function accountAlarms(scope: Construct, lines: Required<RateThresholds>, options: AlarmOptions): RateAlarms {
  const { rate, minimumVolume } = options;
  const span = { minimumVolume, period: HOUR };
  const { ofAws, lately } = rate === 'bounce' ?
    { ofAws: SesMetrics.metricBounceRate(), lately: SesMetrics.metricLocalBounceRate(span) } :
    { ofAws: SesMetrics.metricComplaintRate(), lately: SesMetrics.metricLocalComplaintRate(span) };
  const judged = new cloudwatch.MathExpression({
    label: `${RATE_NAMES[rate]} of the account`,
    expression: `IF(lately >= ${AWS_LINES[rate].review}, rate, 0)`,
    usingMetrics: { lately, rate: ofAws },
    period: HOUR,
  });
  const make = maker(scope, options, ACCOUNT, 'the account');
  return {
    warning: make('warn', ofAws, lines.warn, cloudwatch.TreatMissingData.IGNORE),
    pausing: [make('pause', judged, lines.pause, cloudwatch.TreatMissingData.IGNORE)],
  };
}

const RATE_NAMES: Record<Rate, string> = { bounce: 'Bounce rate', complaint: 'Complaint rate' };

const CONSEQUENCES: Record<Tier, string> = {
  warn: 'Nothing is paused yet: find out why now.',
  pause: 'The guard pauses its mail.',
  burst: 'So it was within 15 minutes. The guard pauses its mail.',
};

function maker(scope: Construct, { guard, rate }: AlarmOptions, target: string, words: string) {
  return (tier: Tier, metric: cloudwatch.IMetric, threshold: number, treatMissingData: cloudwatch.TreatMissingData) => {
    return new cloudwatch.Alarm(scope, `${rate}-${tier}`, {
      alarmName: alarmName(guard, target, rate, tier),
      alarmDescription: `The ${RATE_NAMES[rate].toLowerCase()} of ${words} is too high. ${CONSEQUENCES[tier]} What to do: docs/reputation.md of cdk-postmaster.`,
      metric,
      threshold,
      comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      evaluationPeriods: 1,
      treatMissingData,
    });
  };
}
