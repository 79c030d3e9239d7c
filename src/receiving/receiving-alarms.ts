import { type Duration, Stack } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import type { InboundMail } from './inbound-mail';
import { fail } from '../private/errors';
import { differentPlaces } from '../private/place';
import { alarmActionsFor, AlarmRecipients } from '../reputation/alarm-recipients';
import { silenceAlarm } from '../reputation/mail-silence';
import type { MailSurge } from '../reputation/mail-surge';

/**
 * Properties of the alarms on received mail.
 */
export interface ReceivingAlarmsProps extends AlarmRecipients {
  /**
   * What is watched, of the account and Region of the alarms.
   */
  readonly inbox: InboundMail;

  /**
   * How long nothing may come in before there is an alarm: 5 minutes to a day in steps of 5 minutes, or to 7 days in whole hours. Before the first message it is
   * raised at once.
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

const CURE = 'Look first at what SES needs in order to act: the policies of the bucket, the topic, the key and the function, and whether they still exist. A cure is ' +
  'for mail that comes in from then on; mail that SES tries again goes by the rules of the time at which it came.';

/**
 * Alarms that tell people when mail is received and not worked on.
 *
 * `failure` and `expired` tell of what SES could not do; `functionErrors` of functions that fail by themselves, of which SES knows nothing when it does not wait for
 * them. Missing data count as nothing having happened.
 *
 * @see https://docs.aws.amazon.com/ses/latest/dg/receiving-email-metrics.html
 *
 * @example
 * declare const inbox: InboundMail;
 * declare const operators: sns.Topic;
 *
 * new ReceivingAlarms(this, 'InboxAlarms', { inbox, topic: operators, surge: MailSurge.above(1000) });
 */
export class ReceivingAlarms extends Construct {
  /** The alarm on actions that failed and that SES tries again. */
  public readonly failure: cloudwatch.Alarm;

  /** The alarm on mail that is lost. */
  public readonly expired: cloudwatch.Alarm;

  /** The alarm on silence, if asked for. */
  public readonly silence?: cloudwatch.Alarm;

  /** The alarm on a surge, if asked for. */
  public readonly surge?: cloudwatch.Alarm;

  private readonly inbox: InboundMail;
  private readonly actions: cloudwatch.IAlarmAction[];
  private readonly ofFunctions = new Map<lambda.IFunction, cloudwatch.Alarm>();

  public constructor(scope: Construct, id: string, props: ReceivingAlarmsProps) {
    super(scope, id);
    this.inbox = props.inbox;
    this.checkPlace();
    this.actions = alarmActionsFor(this, props);
    this.failure = this.failureAlarm();
    this.expired = this.expiredAlarm();
    this.silence = props.silence && this.silenceAlarm(props.silence);
    this.surge = props.surge && this.surgeAlarm(props.surge);
    this.alarms.forEach(alarm => alarm.addAlarmAction(...this.actions));
    this.inbox._eachFunction(fn => this.watch(fn));
  }

  /** The alarms on the functions that rules call, of the rules that there are by now. */
  public get functionErrors(): cloudwatch.Alarm[] {
    return [...this.ofFunctions.values()];
  }

  /** All alarms that there are by now. */
  public get alarms(): cloudwatch.Alarm[] {
    return [this.failure, this.expired, this.silence, this.surge, ...this.functionErrors].filter(alarm => alarm !== undefined);
  }

  private checkPlace(): void {
    const places = differentPlaces(this, Stack.of(this.inbox));
    if (!places) return;
    fail('ReceivingAlarms.elsewhere', `the alarms are in ${places.own} and ${this.inbox.node.path} in ${places.other}; CloudWatch has the metrics of received mail where it is ` +
      'received, so make the alarms in a stack there', this);
  }

  private failureAlarm(): cloudwatch.Alarm {
    return this.anyOf('Failure', this.inbox.metricPublishFailure(), 'SES received mail and could not do what the rules of ' +
      `${this.inbox.ruleSetName} say. It tries again for 36 hours, and then the mail is lost. ${CURE}`);
  }

  private expiredAlarm(): cloudwatch.Alarm {
    return this.anyOf('Expired', this.inbox.metricPublishExpired(), 'SES received mail and gave it up: it is lost, and its senders believe that it arrived. Rule set ' +
      `${this.inbox.ruleSetName}. ${CURE}`);
  }

  private silenceAlarm(silence: Duration): cloudwatch.Alarm {
    return silenceAlarm(this, this.inbox.metricReceived(), silence, `No mail has come in for ${silence.toHumanString()}: see whether the MX records lead to SES in this ` +
      `Region, whether the rule set ${this.inbox.ruleSetName} is the active one, and whether IP filters keep senders out.`);
  }

  private surgeAlarm(surge: MailSurge): cloudwatch.Alarm {
    return surge.bind(this, this.inbox.metricReceived(), `More mail comes in than expected, by the rules of ${this.inbox.ruleSetName}: see who sends it. A flood of bounces ` +
      'means that somebody sends in your name; IP filters refuse mail before it costs anything.');
  }

  /** A function that is called by several rules has one alarm. */
  private watch(fn: lambda.IFunction): void {
    if (this.ofFunctions.has(fn)) return;
    const alarm = this.anyOf(`Errors${fn.node.id}${fn.node.addr.slice(-8)}`, fn.metricErrors(), `The function ${fn.functionName} failed for mail that came in: its log says ` +
      'why. Lambda tries an asynchronous call twice more, and then hands it to the onFailure destination or the dead-letter queue, if there is one.');
    alarm.addAlarmAction(...this.actions);
    this.ofFunctions.set(fn, alarm);
  }

  private anyOf(id: string, metric: cloudwatch.Metric, alarmDescription: string): cloudwatch.Alarm {
    return metric.createAlarm(this, id, {
      threshold: 1,
      comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      evaluationPeriods: 1,
      treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
      alarmDescription,
    });
  }
}
