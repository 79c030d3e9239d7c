import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import { fail } from '../private/errors';

/** The longest time that CloudWatch looks back, by the length of a period. */
const LONGEST_SILENCE = Duration.days(7);
const LONGEST_IN_SHORT_PERIODS = Duration.days(1);
const SHORT_PERIOD = Duration.minutes(5);
const LONG_PERIOD = Duration.hours(1);

/**
 * An alarm when there is no mail for a time, without actions.
 *
 * @param scope the construct of the alarms
 * @param messages the messages that are watched, as a sum
 * @param silence 5 minutes to a day in steps of 5 minutes, or to 7 days in whole hours
 * @param alarmDescription what people are told
 */
export function silenceAlarm(scope: Construct, messages: cloudwatch.Metric, silence: Duration, alarmDescription: string): cloudwatch.Alarm {
  const period = silence.toSeconds() > LONGEST_IN_SHORT_PERIODS.toSeconds() ? LONG_PERIOD : SHORT_PERIOD;
  const periods = silence.toSeconds() / period.toSeconds();
  if (!Number.isInteger(periods) || periods < 1 || silence.toSeconds() > LONGEST_SILENCE.toSeconds()) {
    fail('MailSilence.length', `silence is ${silence.toHumanString()}; CloudWatch sees 5 minutes to a day in steps of 5 minutes, and up to 7 days in whole hours`, scope);
  }
  return messages.with({ period }).createAlarm(scope, 'Silence', {
    threshold: 1,
    comparisonOperator: cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD,
    evaluationPeriods: periods,
    // no mail is no data at all
    treatMissingData: cloudwatch.TreatMissingData.BREACHING,
    alarmDescription,
  });
}
