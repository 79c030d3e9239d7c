import { Token } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import { alarmActionsFor, AlarmRecipients } from './alarm-recipients';
import { SndsFigure, SndsMetrics } from './snds-metrics';
import { fail, located } from '../private/errors';

/**
 * Properties of the alarms on Outlook's figures.
 */
export interface SndsAlarmsProps extends AlarmRecipients {
  /**
   * The dedicated addresses, e.g. `192.0.2.1`. `aws sesv2 get-dedicated-ips` lists those of the account.
   */
  readonly ips: string[];

  /**
   * The name of the dimension that holds the address. AWS documents none; once an address of yours has enough mail to Outlook,
   * `aws cloudwatch list-metrics --namespace AWS/SES --metric-name SNDS.SpamRate` shows it.
   */
  readonly dimensionName: string;
}

/** An alarm on a figure of each address. */
interface SndsAlarm {
  readonly id: string;
  readonly figure: SndsFigure;
  readonly threshold: number;
  readonly what: string;
}

const ALARMS: readonly SndsAlarm[] = [
  { id: 'SpamRate', figure: SndsFigure.SPAM_RATE, threshold: 0.5, what: 'takes 10 % of the mail or more for spam (0.5), or 90 % (1)' },
  { id: 'ComplaintRate', figure: SndsFigure.COMPLAINT_RATE, threshold: 0.05, what: 'counts complaints about 5 % of the mail or more' },
  { id: 'TrapHits', figure: SndsFigure.TRAP_HITS, threshold: 1, what: 'got mail at addresses that nobody uses, except to catch spam' },
];

/** Figures come once a day, and may come a day or two late. */
const DAYS = 3;

/**
 * Alarms when Outlook thinks badly of dedicated addresses: from its Smart Network Data Services (SNDS), once a day. Days without figures, of which there
 * are many, raise none. An alarm stays for three days. Costs three alarms an address.
 *
 * @see https://docs.aws.amazon.com/ses/latest/dg/snds-metrics-dedicated-ips.html
 *
 * @example
 * declare const operators: sns.Topic;
 *
 * new SndsAlarms(this, 'Outlook', { ips: ['192.0.2.1', '192.0.2.2'], dimensionName: 'IP', topic: operators });
 */
export class SndsAlarms extends Construct {
  /** The alarms, three an address. */
  public readonly alarms: cloudwatch.Alarm[];

  public constructor(scope: Construct, id: string, props: SndsAlarmsProps) {
    super(scope, id);
    this.checkIps(props.ips);
    const actions = alarmActionsFor(this, props);
    this.alarms = props.ips.flatMap((ip, index) => this.createAlarms(ip, index, props.dimensionName));
    this.alarms.forEach(alarm => alarm.addAlarmAction(...actions));
  }

  private checkIps(ips: string[]): void {
    if (ips.length === 0) fail('SndsAlarms.noIps', 'ips is an empty list; give the dedicated addresses that `aws sesv2 get-dedicated-ips` lists', this);
    const twice = ips.find((ip, index) => ips.indexOf(ip) !== index);
    if (twice !== undefined) fail('SndsAlarms.twice', `the address "${twice}" is given twice; give each one once`, this);
  }

  private createAlarms(ip: string, index: number, dimensionName: string): cloudwatch.Alarm[] {
    const figures = located(this, () => SndsMetrics.forIp(ip, { dimensionName }));
    const place = new Construct(this, Token.isUnresolved(ip) ? `Ip${index}` : ip);
    return ALARMS.map(({ id, figure, threshold, what }) => figures.metric(figure).createAlarm(place, id, {
      threshold,
      comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      evaluationPeriods: DAYS,
      datapointsToAlarm: 1,
      treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
      alarmDescription: `Outlook ${what} from the dedicated address ${ip}. See whether other providers complain too: then it is the list or the content. If it is ` +
        'Outlook alone, ask Outlook; AWS cannot change its opinion.',
    }));
  }
}
