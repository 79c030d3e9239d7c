import { Duration, Stack } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as events from 'aws-cdk-lib/aws-events';
import * as targets from 'aws-cdk-lib/aws-events-targets';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { BACKUP_VARIABLE, BACKUPS_PREFIX, type BackupSettings } from './import-constants';
import { grantObjects, objectArns } from './list-grant';
import { takePrefix } from './list-prefix';
import { SuppressionBackupFunction } from './suppression-backup-function';
import { functionStep, WatchedMachine } from './watched-machine';
import { acknowledge, acknowledgeWildcards } from '../private/acknowledged-rules';
import { acknowledgeClosedBucket, checkWholeDays, closedBucket } from '../private/closed-bucket';
import { fail } from '../private/errors';
import { mailFunction } from '../private/mail-function';
import { alarmActionsFor, AlarmRecipients } from '../reputation/alarm-recipients';

/**
 * Properties of a backup of the suppression list.
 */
export interface SuppressionListBackupProps extends AlarmRecipients {
  /**
   * How often the list is copied, in whole days: 1 to 6.
   *
   * @default Duration.days(1)
   */
  readonly interval?: Duration;

  /**
   * A bucket for backups, of any Region. How long they are kept is then for its lifecycle rules to say.
   *
   * @default - a bucket of its own, closed to the public, TLS only, which is kept when the stack is deleted
   */
  readonly bucket?: s3.IBucket;

  /**
   * Below which prefix backups are. It ends with a slash, and overlaps with no prefix of an import.
   *
   * @default 'backups/'
   */
  readonly prefix?: string;

  /**
   * How long backups are kept in the bucket of its own, in whole days. SES empties the list 90 days after it was paused, and by then somebody should have noticed.
   *
   * @default Duration.days(180)
   */
  readonly retention?: Duration;

  /**
   * The key of the bucket of its own.
   *
   * @default - keys of S3
   */
  readonly encryptionKey?: kms.IKey;
}

const INTERVAL = Duration.days(1);
const RETENTION = Duration.days(180);

/** An alarm looks back for seven days at most, and has to see an interval and a day. */
const INTERVAL_DAYS_MAX = 6;

/**
 * Copies the suppression list of the account into a bucket, each day. When an account is paused for 90 days, SES deletes the list; a backup also brings it to another Region.
 *
 * A backup is a folder with files of 100,000 addresses at most and, last, `manifest.json`: without that it is not whole. Its files are what `SuppressionListImport` reads; to
 * restore, copy them below the prefix of an import. The alarm `missing` is raised until the first backup is there, which can be started by hand.
 *
 * @see https://docs.aws.amazon.com/ses/latest/dg/sending-email-suppression-list.html
 *
 * @example
 * declare const operators: sns.Topic;
 *
 * new SuppressionListBackup(this, 'SuppressionBackup', { topic: operators });
 */
export class SuppressionListBackup extends Construct {
  /** Where backups are. */
  public readonly bucket: s3.IBucket;

  /** What copies the list. */
  public readonly handlerFunction: lambda.Function;

  /** Its executions are the backups. Start one to have a backup now. */
  public readonly stateMachine: sfn.StateMachine;

  /** The alarm that a backup failed. */
  public readonly failed: cloudwatch.Alarm;

  /** The alarm that there was no whole backup for an interval and a day. */
  public readonly missing: cloudwatch.Alarm;

  private readonly prefix: string;
  private readonly days: number;

  public constructor(scope: Construct, id: string, props: SuppressionListBackupProps) {
    super(scope, id);
    this.days = this.daysOf(props.interval ?? INTERVAL);
    const actions = alarmActionsFor(this, props);
    this.bucket = this.bucketOf(props);
    this.prefix = takePrefix(this, this.bucket, props.prefix ?? BACKUPS_PREFIX);
    this.handlerFunction = this.createFunction();
    const machine = this.createMachine();
    [this.stateMachine, this.failed] = [machine.stateMachine, machine.failed];
    this.schedule();
    this.missing = this.missingAlarm();
    this.alarms.forEach(alarm => alarm.addAlarmAction(...actions));
  }

  /** All alarms. */
  public get alarms(): cloudwatch.Alarm[] {
    return [this.failed, this.missing];
  }

  /**
   * Whole backups.
   *
   * @param options of the metric; the sum of 5 minutes if nothing else is said
   */
  public metricSucceeded(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.stateMachine.metricSucceeded(options);
  }

  /**
   * Backups that failed.
   *
   * @param options of the metric; the sum of 5 minutes if nothing else is said
   */
  public metricFailed(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.stateMachine.metricFailed(options);
  }

  /**
   * Allows to read backups, as whoever restores one has to.
   *
   * @param grantee who may
   */
  public grantRead(grantee: iam.IGrantable): iam.Grant {
    return grantObjects(this.bucket, grantee, 's3:GetObject', [this.prefix]);
  }

  private daysOf(interval: Duration): number {
    const days = interval.toDays({ integral: false });
    if (Number.isInteger(days) && days >= 1 && days <= INTERVAL_DAYS_MAX) return days;
    fail('SuppressionListBackup.interval', `interval is ${interval.toHumanString()}; give 1 to ${INTERVAL_DAYS_MAX} whole days, as an alarm that a backup is missing looks back for a ` +
      'week at most', this);
  }

  private bucketOf({ bucket, encryptionKey, retention }: SuppressionListBackupProps): s3.IBucket {
    if (bucket) {
      if (encryptionKey || retention) {
        fail('SuppressionListBackup.foreignBucket', 'encryptionKey and retention are for a bucket of its own, and `bucket` is given; set them there, or leave `bucket` out', this);
      }
      return bucket;
    }
    checkWholeDays(this, 'SuppressionListBackup.retention', 'retention', retention);
    const own = new s3.Bucket(this, 'Bucket', closedBucket('Bucket', [{ expiration: retention ?? RETENTION }], { encryptionKey }));
    acknowledgeClosedBucket(own, { encryptionKey }, {
      noLogs: 'CloudTrail can record who reads backups; `bucket` takes one that writes access logs.',
      noReplication: 'The bucket has copies already; `bucket` takes one of another Region, or one that replicates.',
      noVersions: 'Each backup is a folder of its own, whose files are written once.',
    });
    return own;
  }

  private createFunction(): lambda.Function {
    const { bucket, prefix } = this;
    const { region } = bucket.env;
    const settings: BackupSettings = {
      bucketName: bucket.bucketName,
      bucketUrl: `https://${bucket.bucketRegionalDomainName}`,
      bucketRegion: region === Stack.of(this).region ? undefined : region,
      prefix,
    };
    const handlerFunction = mailFunction(this, SuppressionBackupFunction, {
      timeout: Duration.minutes(15),
      memorySize: 512,
      environment: { [BACKUP_VARIABLE]: Stack.of(this).toJsonString(settings) },
      failures: 'A state machine calls the function and waits for its answer; alarms tell when a backup fails or is missing.',
      concurrency: 'A backup calls one at a time, and there is one in an interval.',
      logged: 'The log has counts, no addresses; CloudWatch Logs encrypts it with a key of its own.',
    });
    handlerFunction.addToRolePolicy(new iam.PolicyStatement({ actions: ['ses:ListSuppressedDestinations'], resources: ['*'] }));
    grantObjects(bucket, handlerFunction, 's3:GetObject', [prefix]);
    grantObjects(bucket, handlerFunction, 's3:PutObject', [prefix]);
    acknowledgeWildcards(handlerFunction.role!, ['*'], 'The call is about the account, and AWS has no resource for it.');
    acknowledgeWildcards(handlerFunction.role!, objectArns(bucket, [prefix]), 'The wildcard stands for the files of backups, below one prefix of one bucket.');
    return handlerFunction;
  }

  private createMachine(): WatchedMachine {
    const copy = functionStep(this, 'Copy', this.handlerFunction, { execution: sfn.JsonPath.executionName, startedAt: sfn.JsonPath.executionStartTime });
    copy.next(new sfn.Choice(this, 'Whole').when(sfn.Condition.booleanEquals('$.done', true), new sfn.Succeed(this, 'BackedUp')).otherwise(copy));
    return new WatchedMachine(this, 'Machine', {
      first: copy,
      timeout: Duration.hours(12),
      handlerFunction: this.handlerFunction,
      onFailure: `The suppression list was not backed up: the log of the function, ${this.handlerFunction.logGroup.logGroupName}, says why. The next backup is tried by itself.`,
    });
  }

  private schedule(): void {
    const rule = new events.Rule(this, 'Schedule', {
      description: 'Backs the suppression list up.',
      schedule: events.Schedule.rate(Duration.days(this.days)),
      targets: [new targets.SfnStateMachine(this.stateMachine, { input: events.RuleTargetInput.fromObject({}) })],
    });
    acknowledge(rule, 'EventBusDLQ', ['Serverless'], 'The next event of the schedule says the same, and an alarm tells when a backup is missing.');
  }

  private missingAlarm(): cloudwatch.Alarm {
    return this.metricSucceeded({ statistic: cloudwatch.Stats.SUM, period: Duration.days(1) }).createAlarm(this, 'Missing', {
      threshold: 1,
      comparisonOperator: cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD,
      evaluationPeriods: this.days + 1,
      // without an execution there is no data
      treatMissingData: cloudwatch.TreatMissingData.BREACHING,
      alarmDescription: `There is no whole backup of the suppression list of the last ${this.days + 1} days: see whether the schedule is enabled, and why executions of the state ` +
        'machine fail. Right after the first deployment there is none yet: start one.',
    });
  }
}
