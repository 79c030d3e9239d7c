import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as events from 'aws-cdk-lib/aws-events';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { KEY_AGE, type KeyAgeEvent } from './smtp-constants';
import { SmtpCredentials } from './smtp-credentials';
import { SmtpKeyAgeFunction } from './smtp-key-age-function';
import { ScheduledMonitor } from '../monitoring/scheduled-monitor';
import { fail } from '../private/errors';
import { METRIC_NAMESPACE } from '../private/metric-constants';
import { alarmActionsFor, AlarmRecipients } from '../reputation/alarm-recipients';

/**
 * Properties of a monitor of SMTP credentials.
 */
export interface SmtpKeyMonitorProps extends AlarmRecipients {
  /**
   * The credentials to watch, at least one, of the stack's account and Region.
   */
  readonly credentials: SmtpCredentials[];

  /**
   * The age at which there is an alarm.
   *
   * @default - two days more than the time from one rotation to the next; 90 days for credentials that are rotated by hand
   */
  readonly maxAge?: Duration;
}

/** Three runs a day. */
const INTERVAL = Duration.hours(8);

/** Secrets Manager rotates within the day that is due, and tries again when it fails. */
const GRACE = Duration.days(2);

const BY_HAND_MAX = Duration.days(90);

/**
 * Watches how long ago SMTP credentials were rotated. When a rotation fails nothing breaks, so nobody would notice.
 *
 * A function looks every 8 hours. Costs one metric and one alarm for each of the credentials, and one alarm.
 *
 * @see https://docs.aws.amazon.com/secretsmanager/latest/userguide/troubleshoot_rotation.html
 *
 * @example
 * declare const credentials: SmtpCredentials;
 * declare const operators: sns.Topic;
 *
 * new SmtpKeyMonitor(this, 'SmtpKeys', { credentials: [credentials], topic: operators });
 */
export class SmtpKeyMonitor extends Construct {
  /** The alarms on credentials that are too old. */
  public readonly ageAlarms: cloudwatch.Alarm[];

  /** The alarm on the monitor itself, which does not run or fails. Right after the first deployment it may be raised for some hours. */
  public readonly silent: cloudwatch.Alarm;

  public constructor(scope: Construct, id: string, props: SmtpKeyMonitorProps) {
    super(scope, id);
    if (props.credentials.length === 0) fail('SmtpKeyMonitor.none', 'credentials is an empty list, so there is nothing to watch', this);
    const actions = alarmActionsFor(this, props);
    this.silent = this.createMonitor(props.credentials).silent;
    this.ageAlarms = props.credentials.map(credentials => this.ageAlarm(credentials, props.maxAge));
    this.alarms.forEach(alarm => alarm.addAlarmAction(...actions));
    props.credentials.forEach(credentials => credentials._watch());
  }

  /** All alarms. */
  public get alarms(): cloudwatch.Alarm[] {
    return [...this.ageAlarms, this.silent];
  }

  /**
   * For how many days credentials have been in use since they were rotated, or made. Maximum over a day.
   *
   * @param credentials some of the credentials that are watched
   * @param options period, label and the like
   */
  public metricKeyAge(credentials: SmtpCredentials, options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return new cloudwatch.Metric({
      namespace: METRIC_NAMESPACE,
      metricName: KEY_AGE.metricName,
      dimensionsMap: { [KEY_AGE.dimension]: credentials.user.userName },
      statistic: cloudwatch.Stats.MAXIMUM,
      period: Duration.days(1),
      ...options,
    }).attachTo(this);
  }

  private createMonitor(credentials: SmtpCredentials[]): ScheduledMonitor {
    const event: KeyAgeEvent = { credentials: credentials.map(({ secret, user }) => ({ secretId: secret.secretArn, userName: user.userName })) };
    return new ScheduledMonitor(this, 'Monitor', {
      handler: SmtpKeyAgeFunction,
      interval: INTERVAL,
      timeout: Duration.minutes(1),
      permission: new iam.PolicyStatement({ actions: ['secretsmanager:DescribeSecret'], resources: credentials.map(({ secret }) => secret.secretArn) }),
      input: events.RuleTargetInput.fromObject(event),
      watches: 'the age of SMTP credentials',
    });
  }

  private ageAlarm(credentials: SmtpCredentials, maxAge?: Duration): cloudwatch.Alarm {
    const { interval } = credentials.rotation;
    const age = maxAge ?? interval?.plus(GRACE) ?? BY_HAND_MAX;
    return this.metricKeyAge(credentials).createAlarm(this, `Age${credentials.node.id}${credentials.node.addr.slice(-8)}`, {
      threshold: age.toDays({ integral: false }),
      comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      evaluationPeriods: 1,
      // while the monitor is silent nothing is known, and another alarm says so
      treatMissingData: cloudwatch.TreatMissingData.IGNORE,
      alarmDescription: `The SMTP credentials ${credentials.node.path} were not rotated for ${age.toHumanString()}. They stay valid. ` + (interval
        ? 'The log of the rotation function says why; then start it again (aws secretsmanager rotate-secret).'
        : 'Rotate them (aws secretsmanager rotate-secret) and tell the programs the new password; the one before stays valid until the next rotation.'),
    });
  }
}
