import { Duration, Stack } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as events from 'aws-cdk-lib/aws-events';
import * as targets from 'aws-cdk-lib/aws-events-targets';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import * as s3 from 'aws-cdk-lib/aws-s3';
import type * as sns from 'aws-cdk-lib/aws-sns';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import * as tasks from 'aws-cdk-lib/aws-stepfunctions-tasks';
import { Construct } from 'constructs';
import { ImportBucket } from './import-bucket';
import { IMPORT_VARIABLE, type ImportSettings, type ImportStep, JOBS_PREFIX, type ListAction, REPORTS_PREFIX } from './import-constants';
import { ImportFunction } from './import-function';
import { failManagedKey, openForImports } from './list-access';
import { grantObjects, objectArns } from './list-grant';
import { takePrefix } from './list-prefix';
import { functionStep, WatchedMachine } from './watched-machine';
import { acknowledgeWildcards } from '../private/acknowledged-rules';
import { fail } from '../private/errors';
import { mailFunction } from '../private/mail-function';
import { usesManagedBucketKey } from '../private/managed-bucket-key';
import { differentPlaces } from '../private/place';
import { deadLetters } from '../private/topic-queue';
import { alarmActionsFor, type AlarmRecipients } from '../reputation/alarm-recipients';

/** What an import of one kind of list is made of. */
interface ListImportOptions extends AlarmRecipients {
  readonly bucket: s3.IBucket;
  readonly prefixes: Record<string, ListAction>;
  readonly contactListName?: string;
  readonly statements: iam.PolicyStatement[];
  /** What is imported, for a sentence. */
  readonly list: string;
}

/** Longer than SES takes for a million rows. */
const TIMEOUT = Duration.hours(12);
const LOOK_EVERY = Duration.seconds(30);

/** Its memory has the addresses of one file. */
const MEMORY_MIB = 2048;

/**
 * What imports share: an upload starts a run, which checks the whole file, has SES import it in jobs, one after another, and says what came of it.
 *
 * @internal
 */
export abstract class ListImport extends Construct {
  /** What does the steps, one a call. */
  public readonly handlerFunction: lambda.Function;

  /** Its executions are the runs of the import. */
  public readonly stateMachine: sfn.StateMachine;

  /** Uploads for which no run could be started. They are kept for 14 days. */
  public readonly deadLetterQueue: sqs.Queue;

  /** The alarm that a run failed: its list was refused, SES refused some of its rows, or a step could not be done. */
  public readonly failed: cloudwatch.Alarm;

  /** The alarm on uploads for which no run could be started. */
  public readonly notStarted: cloudwatch.Alarm;

  /** Where lists are uploaded, and reports are. */
  public readonly bucket: s3.IBucket;

  protected constructor(scope: Construct, id: string, options: ListImportOptions) {
    super(scope, id);
    this.bucket = options.bucket;
    const actions = alarmActionsFor(this, options);
    const prefixes = Object.keys(options.prefixes).map(prefix => takePrefix(this, options.bucket, prefix));
    this.useBucket();
    this.handlerFunction = this.createFunction(options, prefixes);
    const machine = this.createMachine(options);
    [this.stateMachine, this.failed] = [machine.stateMachine, machine.failed];
    options.topic?.masterKey?.grant(this.stateMachine, 'kms:GenerateDataKey', 'kms:Decrypt');
    this.deadLetterQueue = deadLetters(this, 'DeadLetters');
    this.startOnUpload(prefixes, options.list);
    this.notStarted = this.deadLettersAlarm(options.list);
    this.alarms.forEach(alarm => alarm.addAlarmAction(...actions));
  }

  /** All alarms. */
  public get alarms(): cloudwatch.Alarm[] {
    return [this.failed, this.notStarted];
  }

  /**
   * Runs that imported a whole list.
   *
   * @param options of the metric; the sum of 5 minutes if nothing else is said
   */
  public metricSucceeded(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.stateMachine.metricSucceeded(options);
  }

  /**
   * Runs that failed, or had rows which SES did not take.
   *
   * @param options of the metric; the sum of 5 minutes if nothing else is said
   */
  public metricFailed(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.stateMachine.metricFailed(options);
  }

  /**
   * Allows to read reports: what was wrong with which line, and the records that SES did not take, with their addresses.
   *
   * @param grantee who may
   */
  public grantReadReports(grantee: iam.IGrantable): iam.Grant {
    return grantObjects(this.bucket, grantee, 's3:GetObject', [REPORTS_PREFIX]);
  }

  /** Another bucket than our own is opened for SES here, and has to be one that SES can read. */
  private useBucket(): void {
    const { bucket } = this;
    const places = differentPlaces(this, { account: Stack.of(this).account, region: bucket.env.region });
    if (places) {
      fail('ImportBucket.otherRegion', `the bucket ${bucket.node.path} is in ${bucket.env.region} and the import in ${Stack.of(this).region}; SES imports from buckets of its own ` +
        'Region only, so give one there', this);
    }
    if (bucket instanceof ImportBucket) return;
    if (usesManagedBucketKey(bucket)) failManagedKey(this, bucket);
    openForImports(this, bucket, JOBS_PREFIX);
    if (bucket.node.defaultChild instanceof s3.CfnBucket) bucket.enableEventBridgeNotification();
  }

  private createFunction({ contactListName, prefixes, statements }: ListImportOptions, uploads: string[]): lambda.Function {
    const { bucket } = this;
    const settings: ImportSettings = { bucketName: bucket.bucketName, bucketUrl: `https://${bucket.bucketRegionalDomainName}`, prefixes, contactListName };
    const handlerFunction = mailFunction(this, ImportFunction, {
      timeout: Duration.minutes(15),
      memorySize: MEMORY_MIB,
      environment: { [IMPORT_VARIABLE]: Stack.of(this).toJsonString(settings) },
      failures: 'A state machine calls the function and waits for its answer; an alarm tells when a run fails.',
      concurrency: 'A run calls one at a time, and there are as many runs as somebody uploads lists.',
      logged: 'The log has ids of runs and jobs, and counts, no addresses; CloudWatch Logs encrypts it with a key of its own.',
    });
    const jobs = Stack.of(this).formatArn({ service: 'ses', resource: 'import-job', resourceName: '*' });
    [
      new iam.PolicyStatement({ actions: ['ses:GetAccount', 'ses:CreateImportJob', 'ses:ListImportJobs'], resources: ['*'] }),
      new iam.PolicyStatement({ actions: ['ses:GetImportJob'], resources: [jobs] }),
      ...statements,
    ].forEach(statement => handlerFunction.addToRolePolicy(statement));
    grantObjects(bucket, handlerFunction, 's3:GetObject', [...uploads, REPORTS_PREFIX]);
    grantObjects(bucket, handlerFunction, 's3:PutObject', [JOBS_PREFIX, REPORTS_PREFIX]);
    acknowledgeWildcards(handlerFunction.role!, ['*'], 'These calls are about the account, and AWS has no resources for them.');
    acknowledgeWildcards(handlerFunction.role!, [jobs, ...objectArns(bucket, [...uploads, JOBS_PREFIX, REPORTS_PREFIX])],
      'The wildcards stand for jobs, to which SES gives ids, and for files below a few prefixes of one bucket.');
    return handlerFunction;
  }

  private createMachine({ topic, list }: ListImportOptions): WatchedMachine {
    const step = (id: string, name: ImportStep['step']) => functionStep(this, id, this.handlerFunction, {
      step: name,
      execution: sfn.JsonPath.executionName,
      startedAt: sfn.JsonPath.executionStartTime,
      retries: sfn.JsonPath.numberAt('$$.State.RetryCount'),
      state: sfn.JsonPath.entirePayload,
    });
    const [read, start, look, report] = [step('Read', 'read'), step('Start', 'start'), step('Look', 'look'), step('Report', 'report')];
    [read, start, look].forEach(task => task.addCatch(report, { resultPath: '$.error' }));
    const wait = new sfn.Wait(this, 'Wait', { time: sfn.WaitTime.duration(LOOK_EVERY) });
    const next = new sfn.Choice(this, 'Next')
      .when(sfn.Condition.stringEquals('$.next', 'start'), start)
      .when(sfn.Condition.stringEquals('$.next', 'wait'), wait)
      .when(sfn.Condition.stringEquals('$.next', 'skip'), new sfn.Succeed(this, 'NothingToDo'))
      .otherwise(report);
    read.next(next);
    start.next(wait).next(look).next(next);
    (topic ? report.next(this.tell(topic)) : report).next(this.verdict());
    return new WatchedMachine(this, 'Machine', {
      first: read,
      timeout: TIMEOUT,
      handlerFunction: this.handlerFunction,
      onFailure: `A list was not imported into ${list}, or not all of it: the failed execution of the state machine names the report below ${REPORTS_PREFIX} in the bucket ` +
        `${this.bucket.bucketName}. Correct what it lists, and upload the file again: what SES has taken is not harmed by that.`,
    });
  }

  private tell(topic: sns.ITopic): tasks.SnsPublish {
    const publish = new tasks.SnsPublish(this, 'Tell', {
      topic,
      subject: sfn.JsonPath.stringAt('$.subject'),
      message: sfn.TaskInput.fromJsonPathAt('$.message'),
      resultPath: sfn.JsonPath.DISCARD,
    });
    publish.addRetry({ errors: [sfn.Errors.ALL], maxAttempts: 3 });
    return publish;
  }

  private verdict(): sfn.Choice {
    return new sfn.Choice(this, 'Verdict')
      .when(sfn.Condition.booleanEquals('$.ok', true), new sfn.Succeed(this, 'Imported'))
      .otherwise(new sfn.Fail(this, 'NotImported', { error: 'NotImported', causePath: '$.message' }));
  }

  /** S3 tells EventBridge of each upload at least once; the function knows an upload again. */
  private startOnUpload(prefixes: string[], list: string): void {
    const ofObject = (name: string) => events.EventField.fromPath(`$.detail.object.${name}`);
    new events.Rule(this, 'Uploads', {
      description: `Imports uploads into ${list}.`,
      eventPattern: {
        source: ['aws.s3'],
        detailType: ['Object Created'],
        detail: { bucket: { name: [this.bucket.bucketName] }, object: { key: prefixes.map(prefix => ({ prefix })) } },
      },
      targets: [new targets.SfnStateMachine(this.stateMachine, {
        input: events.RuleTargetInput.fromObject({ key: ofObject('key'), sequencer: ofObject('sequencer'), etag: ofObject('etag') }),
        deadLetterQueue: this.deadLetterQueue,
      })],
    });
  }

  private deadLettersAlarm(list: string): cloudwatch.Alarm {
    return this.deadLetterQueue.metricApproximateNumberOfMessagesVisible({ statistic: cloudwatch.Stats.MAXIMUM }).createAlarm(this, 'NotStarted', {
      threshold: 1,
      comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      evaluationPeriods: 1,
      treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
      alarmDescription: `Somebody uploaded a list for ${list}, and no run could be started: the event is in the queue ${this.deadLetterQueue.queueName}. Upload the file again ` +
        'once the reason is cured, and purge the queue.',
    });
  }
}
