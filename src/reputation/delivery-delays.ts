import { Token } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import { localDelayRate } from '../events/ses-metric';
import { fail, located } from '../private/errors';
import type { LocalRateOptions, MailStreamBase } from '../sending';

/**
 * How many delays of mail are worth an alarm. Some are ordinary: a server is busy or a mailbox full, and SES tries again.
 *
 * AWS documents the event, but not the name of its metric: see that `aws cloudwatch list-metrics --namespace AWS/SES` lists `DeliveryDelay` before you rely
 * on the alarm.
 */
export abstract class DeliveryDelays {
  /**
   * An alarm when delays reach a share of what is sent, but none below a minimum volume. A message that is delayed again counts again.
   *
   * @param fraction delays in relation to sends, more than 0 and less than 1: 0.1 is 10 %
   * @param options volume and period
   */
  public static atLeast(fraction: number, options: LocalRateOptions = {}): DeliveryDelays {
    return new WatchedDelays(fraction, options);
  }

  /**
   * No alarm.
   */
  public static unwatched(): DeliveryDelays {
    return new UnwatchedDelays();
  }

  /**
   * Makes the alarm, without actions; undefined when there is none.
   *
   * @param scope the construct of the alarms
   * @param stream the stream that is watched
   */
  public abstract bind(scope: Construct, stream: MailStreamBase): cloudwatch.Alarm | undefined;
}

class WatchedDelays extends DeliveryDelays {
  public constructor(private readonly fraction: number, private readonly options: LocalRateOptions) {
    super();
  }

  public bind(scope: Construct, stream: MailStreamBase): cloudwatch.Alarm {
    if (!Token.isUnresolved(this.fraction) && !(this.fraction > 0 && this.fraction < 1)) {
      fail('DeliveryDelays.fraction', `the alarm on delays is at ${this.fraction}; it is a fraction of what is sent, more than 0 and less than 1: 10 % is 0.1`, scope);
    }
    return new cloudwatch.Alarm(scope, 'DeliveryDelays', {
      metric: located(scope, () => localDelayRate(stream, this.options)),
      threshold: this.fraction,
      comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      evaluationPeriods: 1,
      treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
      alarmDescription: `Much mail of the stream ${stream.configurationSetName} is delayed: see in its delivery delay events which servers put it off and why, ` +
        'and send less to them until they take it again.',
    });
  }
}

class UnwatchedDelays extends DeliveryDelays {
  public bind(): undefined {
    return undefined;
  }
}
