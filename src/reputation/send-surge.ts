import { Duration, Token } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import { fail } from '../private/errors';
import type { MailStreamBase } from '../sending';

/**
 * How much mail at once is worth an alarm: a leaked credential or a form that robots fill shows in the number of messages first.
 */
export abstract class SendSurge {
  /**
   * An alarm when more messages are sent in a period than the stream ever should.
   *
   * @param messages the most that is expected, 0 or more
   * @param period over which messages are counted; an hour unless given
   */
  public static above(messages: number, period: Duration = Duration.hours(1)): SendSurge {
    return new Ceiling(messages, period);
  }

  /**
   * An alarm when more messages are sent in an hour than CloudWatch has learnt to expect of that hour. It learns from up to two weeks, so a stream with few
   * and large mailings surprises it each time. Billed as three alarms.
   *
   * @param standardDeviations how far above the expected number, more than 0; 3 unless given
   * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Anomaly_Detection.html
   */
  public static unusual(standardDeviations: number = 3): SendSurge {
    return new Anomaly(standardDeviations);
  }

  /**
   * Makes the alarm, without actions.
   *
   * @param scope the construct of the alarms
   * @param stream the stream that is watched
   */
  public abstract bind(scope: Construct, stream: MailStreamBase): cloudwatch.Alarm;
}

const ID = 'Surge';

class Ceiling extends SendSurge {
  public constructor(private readonly messages: number, private readonly period: Duration) {
    super();
  }

  public bind(scope: Construct, stream: MailStreamBase): cloudwatch.Alarm {
    if (!Token.isUnresolved(this.messages) && !(Number.isInteger(this.messages) && this.messages >= 0)) {
      fail('SendSurge.messages', `the alarm on a surge is at ${this.messages}; it is a number of messages in a period, a whole number from 0 on`, scope);
    }
    return new cloudwatch.Alarm(scope, ID, {
      ...commonProps(stream),
      metric: stream.metricSend({ period: this.period }),
      threshold: this.messages,
      comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
    });
  }
}

class Anomaly extends SendSurge {
  public constructor(private readonly standardDeviations: number) {
    super();
  }

  public bind(scope: Construct, stream: MailStreamBase): cloudwatch.Alarm {
    if (!Token.isUnresolved(this.standardDeviations) && !(this.standardDeviations > 0)) {
      fail('SendSurge.standardDeviations', `the alarm on a surge is ${this.standardDeviations} standard deviations above what is expected; give more than 0, ` +
        'e.g. 3', scope);
    }
    return new cloudwatch.AnomalyDetectionAlarm(scope, ID, {
      ...commonProps(stream),
      metric: stream.metricSend({ period: Duration.hours(1) }),
      stdDevs: this.standardDeviations,
      comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_UPPER_THRESHOLD,
    });
  }
}

function commonProps(stream: MailStreamBase) {
  return {
    evaluationPeriods: 1,
    treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
    alarmDescription: `The stream ${stream.configurationSetName} sends more mail than expected: unless that is meant, pause it, and look for a leaked ` +
      'credential or an unguarded form.',
  };
}
