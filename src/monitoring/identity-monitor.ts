import { Duration, Lazy, Stack, Token } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as events from 'aws-cdk-lib/aws-events';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { identityAlarms, notificationsAlarm } from './identity-alarms';
import { IdentityFigure } from './identity-figure';
import { IdentityMonitorFunction } from './identity-monitor-function';
import { type ExpectedNotifications, IDENTITY_DIMENSION } from './monitor-constants';
import { ScheduledMonitor } from './scheduled-monitor';
import { bytesOf } from '../delegation/policy-value';
import { elsewhere } from '../delegation/ses-identity';
import { IMailIdentity } from '../identity';
import { type KnownNotifications, whenNotified } from '../identity/notified-identities';
import { acknowledge } from '../private/acknowledged-rules';
import { fail } from '../private/errors';
import { METRIC_NAMESPACE } from '../private/metric-constants';
import { alarmActionsFor, AlarmRecipients } from '../reputation/alarm-recipients';

/**
 * Properties of a monitor of identities.
 */
export interface IdentityMonitorProps extends AlarmRecipients {
  /**
   * The domains and addresses to watch, 1 to 25, of the account and Region of the monitor. More take a second monitor.
   */
  readonly identities: IMailIdentity[];
}

/** How many identities with the longest names a rule has room for, and how many SES is asked for in half a minute. */
const IDENTITIES_MAX = 25;

/** What EventBridge hands to a function at most. */
const INPUT_MAX = 8192;

const INTERVAL = Duration.minutes(15);

/**
 * Watches that identities stay verified and that their mail authenticates: what SES says of verification, DKIM and MAIL FROM, and whether public DNS still
 * has the records. SES revokes what it does not find for 72 hours, and tells nobody but the account's own mailbox; this tells within the hour.
 *
 * A function looks every 15 minutes. For each run and identity its log has a line with what SES says, since when it fails, when SES gives up, and which
 * records are missing.
 *
 * It also sees whether `FeedbackNotifications` of an identity are as they were made: SES takes topics off to which it cannot publish.
 *
 * Costs four metrics and five alarms a domain, one metric and two alarms an address, and one of each for notifications.
 *
 * @see https://docs.aws.amazon.com/ses/latest/dg/managing-identities.html
 *
 * @example
 * declare const domain: VerifiedDomain;
 * declare const operators: sns.Topic;
 *
 * new IdentityMonitor(this, 'Identities', { identities: [domain], topic: operators });
 */
export class IdentityMonitor extends Construct {
  /** The alarm that the monitor itself does not run, or fails. Right after the first deployment it may be raised for some minutes. */
  public readonly silent: cloudwatch.Alarm;

  /** The alarms on the identities. */
  public readonly identityAlarms: cloudwatch.Alarm[];

  private readonly identities: IMailIdentity[];
  private readonly monitor: ScheduledMonitor;
  private readonly notifications: Record<string, ExpectedNotifications> = {};

  public constructor(scope: Construct, id: string, props: IdentityMonitorProps) {
    super(scope, id);
    this.identities = props.identities;
    this.checkIdentities();
    const actions = alarmActionsFor(this, props);
    this.monitor = this.createMonitor();
    this.silent = this.monitor.silent;
    this.identityAlarms = this.identities.flatMap(identity => this.createAlarms(identity));
    this.alarms.forEach(alarm => alarm.addAlarmAction(...actions));
    this.identities.forEach(identity => whenNotified(identity, known => this.watchNotifications(identity, known).addAlarmAction(...actions)));
    this.node.addValidation({ validate: () => this.checkRoom() });
  }

  /** All alarms. */
  public get alarms(): cloudwatch.Alarm[] {
    return [...this.identityAlarms, this.silent];
  }

  /**
   * A figure of an identity. Maximum over 15 minutes.
   *
   * @param identity one of the identities
   * @param figure the figure
   * @param options period, label and the like
   */
  public metric(identity: IMailIdentity, figure: IdentityFigure, options: cloudwatch.MetricOptions = {}): cloudwatch.Metric {
    if (!this.identities.includes(identity)) {
      fail('IdentityMonitor.unwatched', `${identity.node.path} is not among the identities of the monitor, so there is no such metric; add it there`, this);
    }
    return new cloudwatch.Metric({
      namespace: METRIC_NAMESPACE,
      metricName: figure,
      dimensionsMap: { [IDENTITY_DIMENSION]: identity.identityName },
      statistic: cloudwatch.Stats.MAXIMUM,
      period: INTERVAL,
      ...options,
    }).attachTo(this);
  }

  private checkIdentities(): void {
    const { identities } = this;
    if (identities.length < 1 || identities.length > IDENTITIES_MAX) {
      fail('IdentityMonitor.count', `${identities.length} identities are given; a monitor watches 1 to ${IDENTITIES_MAX}, so share them among several monitors`, this);
    }
    const names = identities.map(({ identityName }) => identityName);
    const twice = names.find((name, index) => names.indexOf(name) !== index);
    if (twice !== undefined) fail('IdentityMonitor.twice', `"${twice}" is given twice; give each identity once`, this);
    identities.forEach(identity => this.checkPlace(identity));
  }

  /** SES tells of an identity only its own account, in its own Region. */
  private checkPlace(identity: IMailIdentity): void {
    const places = elsewhere(this, identity);
    if (!places) return;
    fail('IdentityMonitor.elsewhere', `the monitor is in ${places.own} and the identity ${identity.node.path} in ${places.other}; SES tells only the owner of an identity ` +
      'how it is, and only in its Region, so make a monitor in a stack there', this);
  }

  private createMonitor(): ScheduledMonitor {
    return new ScheduledMonitor(this, 'Monitor', {
      handler: IdentityMonitorFunction,
      interval: INTERVAL,
      timeout: Duration.minutes(5),
      permission: new iam.PolicyStatement({ actions: ['ses:GetEmailIdentity'], resources: this.identities.map(({ identityArn }) => identityArn) }),
      input: events.RuleTargetInput.fromObject(this.event()),
      watches: 'the mail domains and addresses',
    });
  }

  private event() {
    const notifications = Lazy.any({ produce: () => Object.keys(this.notifications).length > 0 ? this.notifications : undefined });
    return { identities: this.identities.map(({ identityName }) => identityName), notifications };
  }

  private checkRoom(): string[] {
    const { most } = bytesOf(Stack.of(this).resolve(this.event()));
    if (most <= INPUT_MAX) return [];
    return fail('IdentityMonitor.noRoom', `the identities and the topics of their notifications take ${most} bytes, and EventBridge hands ${INPUT_MAX} to a function; share the ` +
      'identities among several monitors', this);
  }

  private createAlarms(identity: IMailIdentity): cloudwatch.Alarm[] {
    return identityAlarms(new Construct(this, placeIdOf(identity)), identity, (figure, options) => this.metric(identity, figure, options));
  }

  /** Notifications may be made after the monitor. */
  private watchNotifications(identity: IMailIdentity, { topics, forwarding }: KnownNotifications): cloudwatch.Alarm {
    this.notifications[identity.identityName] = { topics, forwarding };
    const { handlerFunction } = this.monitor;
    handlerFunction.addToRolePolicy(new iam.PolicyStatement({ actions: ['ses:GetIdentityNotificationAttributes'], resources: ['*'] }));
    acknowledge(handlerFunction.role!, 'IAM5[Resource::*]', ['AwsSolutions'], 'This action of the first version of the SES API has no resource: IAM allows it for all identities or for none.');
    const place = this.node.findChild(placeIdOf(identity)) as Construct;
    const alarm = notificationsAlarm(place, identity, (figure, options) => this.metric(identity, figure, options));
    this.identityAlarms.push(alarm);
    return alarm;
  }
}

/** Alarms are named after the place in the tree, so that a person reads there which identity it is. */
function placeIdOf({ identityName, node }: IMailIdentity): string {
  return Token.isUnresolved(identityName) ? `Identity${node.addr.slice(0, 8)}` : identityName;
}
