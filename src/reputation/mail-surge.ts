import { Duration, Token } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import { fail } from '../private/errors';

/**
 * How much mail at once is worth an alarm: a leaked credential, a form that robots fill, or a flood of spam shows in the number of messages first.
 */
export abstract class MailSurge {
  /**
   * An alarm when there are more messages in a period than there ever should be.
   *
   * @param messages the most that is expected, 0 or more
   * @param period over which messages are counted; an hour unless given
   */
  public static above(messages: number, period: Duration = Duration.hours(1)): MailSurge {
    return new Ceiling(messages, period);
  }

  /**
   * An alarm when there are more messages in an hour than CloudWatch has learnt to expect of that hour. It learns from up to two weeks, so a few large mailings
   * surprise it each time. Billed as three alarms.
   *
   * @param standardDeviations how far above the expected number, more than 0; 3 unless given
   * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Anomaly_Detection.html
   */
  public static unusual(standardDeviations: number = 3): MailSurge {
    return new Anomaly(standardDeviations);
  }

  /**
   * Makes the alarm, without actions.
   *
   * @param scope the construct of the alarms
   * @param messages the messages that are watched, as a sum
   * @param alarmDescription what people are told
   */
  public abstract bind(scope: Construct, messages: cloudwatch.Metric, alarmDescription: string): cloudwatch.Alarm;
}

const ID = 'Surge';

class Ceiling extends MailSurge {
  public constructor(private readonly messages: number, private readonly period: Duration) {
    super();
  }

  public bind(scope: Construct, messages: cloudwatch.Metric, alarmDescription: string): cloudwatch.Alarm {
    if (!Token.isUnresolved(this.messages) && !(Number.isInteger(this.messages) && this.messages >= 0)) {
      fail('MailSurge.messages', `the alarm on a surge is at ${this.messages}; it is a number of messages in a period, a whole number from 0 on`, scope);
    }
    return new cloudwatch.Alarm(scope, ID, {
      ...COMMON,
      alarmDescription,
      metric: messages.with({ period: this.period }),
      threshold: this.messages,
      comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
    });
  }
}

class Anomaly extends MailSurge {
  public constructor(private readonly standardDeviations: number) {
    super();
  }

  public bind(scope: Construct, messages: cloudwatch.Metric, alarmDescription: string): cloudwatch.Alarm {
    if (!Token.isUnresolved(this.standardDeviations) && !(this.standardDeviations > 0)) {
      fail('MailSurge.standardDeviations', `the alarm on a surge is ${this.standardDeviations} standard deviations above what is expected; give more than 0, ` +
        'e.g. 3', scope);
    }
    return new cloudwatch.AnomalyDetectionAlarm(scope, ID, {
      ...COMMON,
      alarmDescription,
      metric: messages.with({ period: Duration.hours(1) }),
      stdDevs: this.standardDeviations,
      comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_UPPER_THRESHOLD,
    });
  }
}

const COMMON = { evaluationPeriods: 1, treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING };
