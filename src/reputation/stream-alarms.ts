import type { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import { alarmActionsFor, AlarmRecipients } from './alarm-recipients';
import { DeliveryDelays } from './delivery-delays';
import { silenceAlarm } from './mail-silence';
import type { MailSurge } from './mail-surge';
import { fail } from '../private/errors';
import { differentPlaces } from '../private/place';
import type { MailStreamBase } from '../sending';

/**
 * Properties of the alarms of a stream.
 */
export interface StreamAlarmsProps extends AlarmRecipients {
  /**
   * The stream to watch, of the account and Region of the alarms. An imported one has to publish counters.
   */
  readonly stream: MailStreamBase;

  /**
   * Whether there is an alarm on messages that were not sent since their template could not be rendered. One is enough.
   *
   * @default true
   */
  readonly renderingFailures?: boolean;

  /**
   * Whether there is an alarm on messages that SES rejected for a virus. One is enough.
   *
   * @default true
   */
  readonly rejects?: boolean;

  /**
   * How many delays are worth an alarm.
   *
   * @default DeliveryDelays.atLeast(0.1)
   */
  readonly deliveryDelays?: DeliveryDelays;

  /**
   * How long the stream may send nothing before there is an alarm: 5 minutes to a day in steps of 5 minutes, or to 7 days in whole hours.
   *
   * CloudWatch looks somewhat further back than this, so that the alarm comes a little later. Before the first message it is raised at once.
   *
   * @default - no alarm
   */
  readonly silence?: Duration;

  /**
   * How much mail at once is worth an alarm.
   *
   * @default - no alarm
   */
  readonly surge?: MailSurge;
}

/**
 * Alarms that tell people what goes wrong with a stream, beside bounces and complaints: templates that cannot be rendered, viruses, delays, silence and
 * surges. They change nothing.
 *
 * A counter appears in CloudWatch with its first event, so alarms take missing data as nothing having happened. `MailboxSimulator` has addresses to try with.
 *
 * @see https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-cloudwatch.html
 *
 * @example
 * declare const receipts: MailStream;
 * declare const operators: sns.Topic;
 *
 * new StreamAlarms(this, 'ReceiptAlarms', {
 *   stream: receipts,
 *   topic: operators,
 *   silence: Duration.hours(6),
 *   surge: MailSurge.above(5000),
 * });
 */
export class StreamAlarms extends Construct {
  /** The alarm on messages whose template could not be rendered, unless switched off. */
  public readonly renderingFailures?: cloudwatch.Alarm;

  /** The alarm on messages rejected for a virus, unless switched off. */
  public readonly rejects?: cloudwatch.Alarm;

  /** The alarm on delays, unless unwatched. */
  public readonly deliveryDelays?: cloudwatch.Alarm;

  /** The alarm on silence, if asked for. */
  public readonly silence?: cloudwatch.Alarm;

  /** The alarm on a surge, if asked for. */
  public readonly surge?: cloudwatch.Alarm;

  private readonly stream: MailStreamBase;

  public constructor(scope: Construct, id: string, props: StreamAlarmsProps) {
    super(scope, id);
    this.stream = props.stream;
    this.checkEnvironment();
    const actions = alarmActionsFor(this, props);
    this.renderingFailures = props.renderingFailures === false ? undefined : this.renderingFailuresAlarm();
    this.rejects = props.rejects === false ? undefined : this.rejectsAlarm();
    this.deliveryDelays = (props.deliveryDelays ?? DeliveryDelays.atLeast(0.1)).bind(this, this.stream);
    this.silence = props.silence && this.silenceAlarm(props.silence);
    this.surge = props.surge && this.surgeAlarm(props.surge);
    this.alarms.forEach(alarm => alarm.addAlarmAction(...actions));
  }

  /** All alarms that there are. */
  public get alarms(): cloudwatch.Alarm[] {
    return [this.renderingFailures, this.rejects, this.deliveryDelays, this.silence, this.surge].filter(alarm => alarm !== undefined);
  }

  /** An alarm of another Region or account would wait for ever for data. */
  private checkEnvironment(): void {
    const places = differentPlaces(this, this.stream.env);
    if (!places) return;
    fail('StreamAlarms.elsewhere', `the alarms are in ${places.own} and the stream ${this.stream.node.path} in ${places.other}; ` +
      'CloudWatch has the metrics of a stream where the stream is, so make the alarms in a stack there', this);
  }

  private renderingFailuresAlarm(): cloudwatch.Alarm {
    return this.anyOf('RenderingFailures', this.stream.metricRenderingFailure(), 'SES accepted mail for the stream ' +
      `${this.stream.configurationSetName} and dropped it, since its data do not fit its template: see in the rendering failure events what is missing, ` +
      'and send it again.');
  }

  private rejectsAlarm(): cloudwatch.Alarm {
    return this.anyOf('Rejects', this.stream.metricReject(), `SES found a virus in mail of the stream ${this.stream.configurationSetName} and did not send it: ` +
      'find the program that attached it, and the place it came from.');
  }

  private anyOf(id: string, metric: cloudwatch.Metric, alarmDescription: string): cloudwatch.Alarm {
    return metric.createAlarm(this, id, {
      threshold: 0,
      comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
      evaluationPeriods: 1,
      treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
      alarmDescription,
    });
  }

  private silenceAlarm(silence: Duration): cloudwatch.Alarm {
    return silenceAlarm(this, this.stream.metricSend(), silence, `The stream ${this.stream.configurationSetName} has sent nothing for ${silence.toHumanString()}: see ` +
      'whether the stream or the account is paused, and whether the programs that send are alive.');
  }

  private surgeAlarm(surge: MailSurge): cloudwatch.Alarm {
    return surge.bind(this, this.stream.metricSend(), `The stream ${this.stream.configurationSetName} sends more mail than expected: unless that is meant, pause it, and ` +
      'look for a leaked credential or an unguarded form.');
  }
}
