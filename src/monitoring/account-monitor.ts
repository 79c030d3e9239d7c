import { Duration, Token } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { AccountMonitorFunction } from './account-monitor-function';
import { ACCOUNT_METRICS } from './monitor-constants';
import { ScheduledMonitor } from './scheduled-monitor';
import { acknowledgeWildcards } from '../private/acknowledged-rules';
import { fail } from '../private/errors';
import { METRIC_NAMESPACE } from '../private/metric-constants';
import { PerApp } from '../private/per-app';
import { onlyPlaceOf } from '../private/place';
import { alarmActionsFor, AlarmRecipients } from '../reputation/alarm-recipients';

/**
 * Properties of a monitor of the account.
 */
export interface AccountMonitorProps extends AlarmRecipients {
  /**
   * The share of the 24-hour quota at which there is an alarm, in percent: 1 to 100. AWS takes up to a day to raise a quota.
   *
   * @default 80
   */
  readonly quotaPercent?: number;
}

const INTERVAL = Duration.minutes(5);
const QUOTA_PERCENT = 80;

/** The monitors of an app, by the account and Region, or the stack, that each is for. */
const monitors = new PerApp(() => new Map<string, Construct>());

/**
 * Watches how AWS treats the account in one Region: how much of the 24-hour quota is used, whether sending is enabled, whether AWS reviews the account
 * or has paused it, and whether it is out of the sandbox. SES tells this by a call only, so a function asks every 5 minutes and publishes metrics.
 *
 * One an account and Region. Costs four metrics and four alarms.
 *
 * @see https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_GetAccount.html
 *
 * @example
 * declare const operators: sns.Topic;
 *
 * new AccountMonitor(this, 'Account', { topic: operators });
 */
export class AccountMonitor extends Construct {
  /** The alarm on the 24-hour quota. */
  public readonly quota: cloudwatch.Alarm;

  /** The alarm that sending is not enabled. It tells of the end too. */
  public readonly sendingDisabled: cloudwatch.Alarm;

  /** The alarm that AWS reviews the account or has paused it. It tells of the end too. */
  public readonly enforcement: cloudwatch.Alarm;

  /** The alarm that the monitor itself does not run, or fails. Right after the first deployment it may be raised for some minutes. */
  public readonly silent: cloudwatch.Alarm;

  public constructor(scope: Construct, id: string, props: AccountMonitorProps) {
    super(scope, id);
    this.claimAccount();
    const actions = alarmActionsFor(this, props);
    this.silent = this.createMonitor().silent;
    this.quota = this.quotaAlarm(props.quotaPercent ?? QUOTA_PERCENT);
    this.sendingDisabled = this.sendingAlarm();
    this.enforcement = this.enforcementAlarm();
    this.alarms.forEach(alarm => alarm.addAlarmAction(...actions));
    [this.sendingDisabled, this.enforcement].forEach(alarm => alarm.addOkAction(...actions));
  }

  /** All alarms. */
  public get alarms(): cloudwatch.Alarm[] {
    return [this.quota, this.sendingDisabled, this.enforcement, this.silent];
  }

  /**
   * How much of the 24-hour quota is used, in percent: 0 to 100. An account without a quota has no data. Maximum over 5 minutes.
   *
   * @param options period, label and the like
   */
  public metricQuotaUsed(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(ACCOUNT_METRICS.quotaUsed, cloudwatch.Stats.MAXIMUM, options);
  }

  /**
   * Whether the account may send: 1, or 0 when somebody has paused it. Minimum over 5 minutes.
   *
   * @param options period, label and the like
   */
  public metricSendingEnabled(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(ACCOUNT_METRICS.sendingEnabled, cloudwatch.Stats.MINIMUM, options);
  }

  /**
   * What AWS thinks of the account: 0 nothing to complain of, 1 under review, 2 paused. Maximum over 5 minutes.
   *
   * @param options period, label and the like
   */
  public metricEnforcementStatus(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(ACCOUNT_METRICS.enforcementStatus, cloudwatch.Stats.MAXIMUM, options);
  }

  /**
   * Whether the account is out of the sandbox: 1, or 0 while it reaches verified addresses only. Minimum over 5 minutes.
   *
   * @param options period, label and the like
   */
  public metricProductionAccess(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(ACCOUNT_METRICS.productionAccess, cloudwatch.Stats.MINIMUM, options);
  }

  /** Two would tell people of everything twice. Stacks whose account and Region are not known may be deployed apart. */
  private claimAccount(): void {
    const claimed = monitors.of(this);
    const place = onlyPlaceOf(this);
    const other = claimed.get(place);
    if (other) fail('AccountMonitor.twice', `${other.node.path} watches the same account and Region already; one is enough, so leave this one out`, this);
    claimed.set(place, this);
  }

  private createMonitor(): ScheduledMonitor {
    const monitor = new ScheduledMonitor(this, 'Monitor', {
      handler: AccountMonitorFunction,
      interval: INTERVAL,
      timeout: Duration.minutes(1),
      permission: new iam.PolicyStatement({ actions: ['ses:GetAccount'], resources: ['*'] }),
      watches: 'the SES account',
    });
    acknowledgeWildcards(monitor, ['*'], 'GetAccount reads, and AWS has no resource for it.');
    return monitor;
  }

  private quotaAlarm(percent: number): cloudwatch.Alarm {
    if (!Token.isUnresolved(percent) && !(percent >= 1 && percent <= 100)) {
      fail('AccountMonitor.quotaPercent', `quotaPercent is ${percent}; it is a percentage of the 24-hour quota, from 1 to 100: four fifths are 80`, this);
    }
    return this.metricQuotaUsed().createAlarm(this, 'Quota', {
      threshold: percent,
      comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      evaluationPeriods: 1,
      // an account without a quota has no data
      treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
      alarmDescription: 'The account soon reaches its 24-hour quota, which counts recipients, and SES then refuses all mail: stop what can wait, look for a leaked ' +
        'credential if nobody sends so much, and ask for more in Service Quotas.',
    });
  }

  private sendingAlarm(): cloudwatch.Alarm {
    return this.metricSendingEnabled().createAlarm(this, 'SendingDisabled', {
      threshold: 1,
      comparisonOperator: cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD,
      evaluationPeriods: 1,
      treatMissingData: cloudwatch.TreatMissingData.IGNORE,
      alarmDescription: 'Sending is paused for the whole account, and SES refuses all mail: see whether a guard has done so, or somebody by hand (CloudTrail knows ' +
        'PutAccountSendingAttributes), or AWS, which opens a support case.',
    });
  }

  private enforcementAlarm(): cloudwatch.Alarm {
    return this.metricEnforcementStatus().createAlarm(this, 'Enforcement', {
      threshold: 1,
      comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      evaluationPeriods: 1,
      treatMissingData: cloudwatch.TreatMissingData.IGNORE,
      alarmDescription: 'AWS reviews the account (1) or has paused its sending (2): read its support case in the Support Center, cure the cause first, then answer ' +
        'there what has been changed.',
    });
  }

  private metric(metricName: string, statistic: string, options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return new cloudwatch.Metric({ namespace: METRIC_NAMESPACE, metricName, statistic, period: INTERVAL, ...options }).attachTo(this);
  }
}
