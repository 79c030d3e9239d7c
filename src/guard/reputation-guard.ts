import { CfnOutput, Duration, Names, RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import * as sns from 'aws-cdk-lib/aws-sns';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { accountAlarms, type RateAlarms, streamAlarms } from './guard-alarms';
import { drillCommand, resumeCommand, statusCommand, verifyCommand } from './guard-commands';
import { ACCOUNT, type GuardSettings, PAUSED_METRIC } from './guard-constants';
import { GuardHandler } from './guard-handler';
import { GuardedRate, type ReputationGuardProps } from './guard-props';
import { ACCOUNT_LINES, AWS_LINES, checkThresholds, STREAM_LINES } from './guard-thresholds';
import { acknowledge, COMPLIANCE_PACKS } from '../private/acknowledged-rules';
import { alarmTopicAction } from '../private/alarm-topic';
import { fail, located } from '../private/errors';
import { finding } from '../private/finding';
import { METRIC_NAMESPACE } from '../private/metric-constants';
import { PerApp } from '../private/per-app';
import { differentPlaces } from '../private/place';
import type { MailStreamBase } from '../sending';

/** As many as the function's environment holds. */
const STREAMS_MAX = 40;

/** Who guards what: a stream, or an account and Region. */
const guarded = new PerApp(() => new Map<Construct | string, ReputationGuard>());

/**
 * Pauses a stream before AWS pauses the account, and tells people.
 *
 * For each stream and rate there is an alarm that warns and two that pause: on the rate by which AWS judges, and on what the last 15 minutes' mail did. The
 * guard pauses on ALARM of its own alarms only. It looks when an alarm wakes it and on a schedule, each time at everything, so a lost event does no harm.
 * A stream that is paused stays so until somebody resumes it, unless `autoResumeAfter` is given; mail that programs send meanwhile is refused.
 *
 * Each alarm costs its price a month, six to a stream. Deploying invokes nothing. Right after the first deployment the alarm that the guard does not look may
 * be raised for some minutes.
 *
 * @see https://docs.aws.amazon.com/ses/latest/dg/monitoring-sender-reputation-pausing.html
 *
 * @example
 * declare const receipts: MailStream;
 * declare const news: MailStream;
 * declare const operators: sns.Topic;
 * declare const onCall: iam.Role;
 *
 * const guard = new ReputationGuard(this, 'Guard', { streams: [receipts, news], account: {}, notify: operators });
 * guard.grantResume(onCall);
 */
export class ReputationGuard extends Construct {
  /** The name that the guard's alarms begin with, and by which its notices call it. */
  public readonly guardName: string;

  /** Through what people are told. */
  public readonly noticeTopic: sns.ITopic;

  /** The alarms that tell people, at the lower line. */
  public readonly warnings: cloudwatch.Alarm[];

  /** The alarms that pause. */
  public readonly pausingAlarms: cloudwatch.Alarm[];

  /** The alarms on the guard itself: that it fails, that it has given up on an event, that it does not look. */
  public readonly ownAlarms: cloudwatch.Alarm[];

  /** The function that looks, and takes commands. */
  public readonly handler: lambda.IFunction;

  /** Where events are kept that the guard could not work off. */
  public readonly deadLetterQueue: sqs.IQueue;

  /** What the guard has written down. Items whose `pk` begins with `audit/` tell what it did and when. */
  public readonly table: dynamodb.ITable;

  private readonly streams: MailStreamBase[];
  private readonly guardsAccount: boolean;

  public constructor(scope: Construct, id: string, props: ReputationGuardProps) {
    super(scope, id);
    this.streams = props.streams;
    this.guardsAccount = props.account !== undefined;
    this.guardName = Names.uniqueResourceName(this, { maxLength: 100, separator: '-' });
    this.checkAll(props);
    this.claimTargets();
    const alarms = this.createRateAlarms(props);
    this.warnings = alarms.map(({ warning }) => warning);
    this.pausingAlarms = alarms.flatMap(({ pausing }) => pausing);
    const masterKey = props.encryptionKey ?? this.createKey();
    const alarmTopic = new sns.Topic(this, 'Alarms', { masterKey, enforceSSL: true });
    this.noticeTopic = props.notify ?? new sns.Topic(this, 'Notices', { masterKey, enforceSSL: true, displayName: 'Mail guard' });
    this.table = this.createTable(props);
    const handler = new GuardHandler(this, 'Handler', { settings: this.settings(props), alarmTopic, interval: intervalOf(props) });
    this.handler = handler.handlerFunction;
    this.deadLetterQueue = handler.deadLetters;
    this.ownAlarms = handler.alarms;
    this.allow(handler);
    this.connect(alarmTopic);
    this.createOutputs();
  }

  /** All alarms, e.g. for a dashboard. */
  public get alarms(): cloudwatch.Alarm[] {
    return [...this.pausingAlarms, ...this.warnings, ...this.ownAlarms];
  }

  /**
   * Allows to give the guard commands: to ask for its status, to resume, to drill. AWS cannot tell these apart. With `grantPause` of a stream somebody can do
   * the same without the guard.
   *
   * @param grantee who may
   */
  public grantResume(grantee: iam.IGrantable): iam.Grant {
    return iam.Grant.addToPrincipal({ grantee, actions: ['lambda:InvokeFunction'], resourceArns: [this.handler.functionArn] });
  }

  /**
   * Allows to see what the guard sees and has written down, and to change nothing.
   *
   * @param grantee who may
   */
  public grantStatus(grantee: iam.IGrantable): iam.Grant {
    const grants = [
      iam.Grant.addToPrincipal({ grantee, actions: ['dynamodb:GetItem', 'dynamodb:Query'], resourceArns: [this.table.tableArn] }),
      iam.Grant.addToPrincipal({ grantee, actions: ['cloudwatch:DescribeAlarms', 'ses:GetAccount'], resourceArns: ['*'] }),
    ];
    if (this.streams.length > 0) grants.push(iam.Grant.addToPrincipal({ grantee, actions: ['ses:GetConfigurationSet'], resourceArns: this.setArns() }));
    return grants.reduce((all, grant) => all.combine(grant));
  }

  /**
   * How many streams the guard has paused, the account counting as one. Maximum over 5 minutes.
   *
   * @param options period, label and the like
   */
  public metricPausedTargets(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    const { name, dimension } = PAUSED_METRIC;
    const dimensionsMap = { [dimension]: this.guardName };
    return new cloudwatch.Metric({ namespace: METRIC_NAMESPACE, metricName: name, dimensionsMap, statistic: cloudwatch.Stats.MAXIMUM, ...options });
  }

  private checkAll(props: ReputationGuardProps): void {
    const { streams, account, rates, autoResumeAfter } = props;
    if (streams.length === 0 && account === undefined) {
      fail('ReputationGuard.nothing', 'there are neither streams nor `account`, so there is nothing to guard; give one of them', this);
    }
    if (streams.length > STREAMS_MAX) {
      fail('ReputationGuard.tooMany', `${streams.length} streams are given, and a guard has room for ${STREAMS_MAX}; share them among several guards`, this);
    }
    if (rates?.length === 0) fail('ReputationGuard.noRates', 'rates is empty, so nothing would ever be paused; leave it out to watch both', this);
    const minutes = intervalOf(props).toMinutes({ integral: false });
    if (!Number.isInteger(minutes) || minutes < 1 || minutes > 60) {
      fail('ReputationGuard.interval', `interval is ${intervalOf(props).toHumanString()}; the guard looks every 1 to 60 whole minutes`, this);
    }
    if (autoResumeAfter && autoResumeAfter.toMinutes() < 60) {
      fail('ReputationGuard.autoResumeAfter', `autoResumeAfter is ${autoResumeAfter.toHumanString()}; the alarms look back an hour, so give at least that`, this);
    }
    streams.forEach(stream => this.checkPlace(stream));
  }

  /** The guard would look for another Region's stream in its own. */
  private checkPlace(stream: MailStreamBase): void {
    const places = differentPlaces(this, stream.env);
    if (!places) return;
    fail('ReputationGuard.elsewhere', `the guard is in ${places.own} and the stream ${stream.node.path} in ${places.other}; ` +
      'a stream is paused where it is, so make a guard in a stack there', this);
  }

  /** Two guards would each resume what the other has paused, or tell people twice. */
  private claimTargets(): void {
    const owners = guarded.of(this);
    for (const stream of this.streams) {
      const other = owners.get(stream);
      if (other) fail('ReputationGuard.twice', `the stream ${stream.node.path} belongs to ${other.node.path} already; give it to one guard, once`, this);
      owners.set(stream, this);
    }
    if (!this.guardsAccount) return;
    const { environment } = Stack.of(this);
    const other = owners.get(environment);
    if (other) {
      finding(this, 'ReputationGuard.twoForAccount', `${other.node.path} guards the account too, unless it is deployed elsewhere; let one guard of an account and ` +
        'Region have `account`');
    }
    owners.set(environment, this);
  }

  private createRateAlarms(props: ReputationGuardProps): RateAlarms[] {
    const minimumVolume = props.minimumVolume ?? 100;
    return [...new Set(props.rates ?? [GuardedRate.BOUNCE, GuardedRate.COMPLAINT])].flatMap(rate => {
      const options = { guard: this.guardName, rate, minimumVolume };
      const prop = rate === GuardedRate.BOUNCE ? 'bounceRate' : 'complaintRate';
      const lines = { ...STREAM_LINES[rate], ...props.thresholds?.[prop] };
      located(this, () => checkThresholds(rate, prop, lines));
      if (lines.pause > AWS_LINES[rate].review) {
        finding(this, 'ReputationGuard.afterReview', `thresholds.${prop}.pause is ${lines.pause}: AWS reviews an account from ${AWS_LINES[rate].review} on, so ` +
          'the review may have begun before the stream is paused; give that, or less');
      }
      const alarms = this.streams.map(stream => located(this, () => streamAlarms(this.child(stream), stream, lines, options)));
      if (!props.account) return alarms;
      const accountLines = { ...ACCOUNT_LINES[rate], ...props.account.thresholds?.[prop] };
      located(this, () => checkThresholds(rate, `account.${prop}`, accountLines));
      return [...alarms, located(this, () => accountAlarms(this.child(), accountLines, options))];
    });
  }

  /** Where the alarms of a stream, or of the account, are. Addresses are the same however many streams there are, and in whatever order. */
  private child(stream?: MailStreamBase): Construct {
    const id = stream ? `Stream${stream.node.addr.slice(0, 8)}` : 'Account';
    return (this.node.tryFindChild(id) as Construct | undefined) ?? new Construct(this, id);
  }

  private createKey(): kms.Key {
    return new kms.Key(this, 'Key', { enableKeyRotation: true, description: `Topics of ${this.guardName}`, removalPolicy: RemovalPolicy.DESTROY });
  }

  private createTable({ removalPolicy }: ReputationGuardProps): dynamodb.Table {
    const table = new dynamodb.Table(this, 'Records', {
      partitionKey: { name: 'pk', type: dynamodb.AttributeType.STRING },
      sortKey: { name: 'sk', type: dynamodb.AttributeType.STRING },
      billingMode: dynamodb.BillingMode.PAY_PER_REQUEST,
      timeToLiveAttribute: 'expires',
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      removalPolicy: removalPolicy ?? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    });
    acknowledge(table, 'DynamoDBInBackupPlan', COMPLIANCE_PACKS, 'It has point-in-time recovery, and the guard works on without its records.');
    return table;
  }

  private settings(props: ReputationGuardProps): string {
    const settings: GuardSettings = {
      name: this.guardName,
      streams: this.streams.map(stream => stream.configurationSetName),
      rates: [...new Set(props.rates ?? [GuardedRate.BOUNCE, GuardedRate.COMPLAINT])],
      account: props.account && { patienceMinutes: (props.account.patience ?? Duration.hours(1)).toMinutes() },
      coolDownMinutes: props.autoResumeAfter?.toMinutes(),
      dryRun: props.dryRun ?? false,
      tableName: this.table.tableName,
      topicArn: this.noticeTopic.topicArn,
      auditDays: (props.auditRetention ?? Duration.days(365)).toDays(),
    };
    return Stack.of(this).toJsonString(settings);
  }

  /** Each action on exactly what it is for. The account is no resource of SES, and CloudWatch wants the right to describe all alarms to describe any. */
  private allow({ role }: GuardHandler): void {
    const allow = (actions: string[], resources: string[]) => role.addToPrincipalPolicy(new iam.PolicyStatement({ actions, resources }));
    allow(['cloudwatch:SetAlarmState'], this.pausingAlarms.map(alarm => alarm.alarmArn));
    if (this.streams.length > 0) allow(['ses:GetConfigurationSet', 'ses:PutConfigurationSetSendingOptions'], this.setArns());
    allow(['cloudwatch:DescribeAlarms', 'ses:GetAccount', ...this.guardsAccount ? ['ses:PutAccountSendingAttributes'] : []], ['*']);
    allow(['dynamodb:ConditionCheckItem', 'dynamodb:PutItem', 'dynamodb:Query', 'dynamodb:UpdateItem'], [this.table.tableArn]);
    this.noticeTopic.grantPublish(role);
    acknowledge(role, 'IAM5[Resource::*]', ['AwsSolutions'], 'SES has no resource for the account, and CloudWatch describes alarms to nobody who may not describe all.');
    acknowledge(role, 'IAM5[Action::kms:GenerateDataKey*]', ['AwsSolutions'], 'Publishing to an encrypted topic takes either form of the action, on its key only.');
  }

  /** Warnings, and alarms on the guard itself, go to people without passing through the guard, which may be what is out of order. */
  private connect(alarmTopic: sns.ITopic): void {
    const wake = alarmTopicAction(this, alarmTopic);
    const tell = alarmTopicAction(this, this.noticeTopic);
    this.pausingAlarms.forEach(alarm => alarm.addAlarmAction(wake));
    [...this.warnings, ...this.ownAlarms].forEach(alarm => alarm.addAlarmAction(tell));
  }

  private createOutputs(): void {
    const place = { region: Stack.of(this).region, functionName: this.handler.functionName };
    const target = this.streams[0]?.configurationSetName ?? ACCOUNT;
    const output = (id: string, description: string, value: string) => new CfnOutput(this, id, { description, value });
    output('StatusCommand', 'Says what the guard sees and has done', statusCommand(place));
    output('ResumeCommand', 'Resumes a stream that the guard has paused; put in its name', resumeCommand(place, target));
    output('VerifyCommand', 'Asks SES whether it sends', verifyCommand(place, target));
    output('DrillCommand', 'Tries the guard: pauses a stream for about 10 minutes', drillCommand(place, target));
  }

  private setArns(): string[] {
    return this.streams.map(stream => stream.configurationSetArn);
  }
}

function intervalOf({ interval }: ReputationGuardProps): Duration {
  return interval ?? Duration.minutes(5);
}
