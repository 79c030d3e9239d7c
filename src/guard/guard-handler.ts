import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as events from 'aws-cdk-lib/aws-events';
import * as targets from 'aws-cdk-lib/aws-events-targets';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import type * as sns from 'aws-cdk-lib/aws-sns';
import * as subscriptions from 'aws-cdk-lib/aws-sns-subscriptions';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { GUARD_VARIABLE } from './guard-constants';
import { GuardFunction } from './guard-function';
import { acknowledge, COMPLIANCE_PACKS } from '../private/acknowledged-rules';

/** Below the time that a run holds the guard, so that none outlives its hold. */
const TIMEOUT = Duration.minutes(2);

/** After how many looks that do not come the guard counts as blind. */
const MISSED_LOOKS = 3;

/** What the function is made for. */
export interface GuardHandlerProps {
  /** The settings, as JSON. */
  readonly settings: string;
  /** Through which alarms wake it. */
  readonly alarmTopic: sns.ITopic;
  readonly interval: Duration;
}

/**
 * The guard's function with all that wakes it, and with the alarms on itself.
 */
export class GuardHandler extends Construct {
  public readonly handlerFunction: lambda.Function;
  public readonly deadLetters: sqs.Queue;
  public readonly role: iam.Role;
  /** Alarms on the guard itself: it fails, it gave up on an event, it does not run. */
  public readonly alarms: cloudwatch.Alarm[];

  public constructor(scope: Construct, id: string, props: GuardHandlerProps) {
    super(scope, id);
    this.deadLetters = new sqs.Queue(this, 'DeadLetters', { encryption: sqs.QueueEncryption.SQS_MANAGED, enforceSSL: true, retentionPeriod: Duration.days(14) });
    this.role = new iam.Role(this, 'Role', { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') });
    this.handlerFunction = this.createFunction(props.settings);
    props.alarmTopic.addSubscription(new subscriptions.LambdaSubscription(this.handlerFunction, { deadLetterQueue: this.deadLetters }));
    new events.Rule(this, 'Schedule', {
      description: 'Lets the guard look at alarms and sending, whether an alarm has told or not.',
      schedule: events.Schedule.rate(props.interval),
      targets: [new targets.LambdaFunction(this.handlerFunction, { deadLetterQueue: this.deadLetters })],
    });
    this.alarms = this.createAlarms(props.interval);
    REASONS.forEach(([rule, packs, reason]) => acknowledge(this, rule, packs, reason));
  }

  private createFunction(settings: string): lambda.Function {
    const logGroup = new logs.LogGroup(this, 'Log', { retention: logs.RetentionDays.ONE_YEAR, removalPolicy: RemovalPolicy.DESTROY });
    logGroup.grantWrite(this.role);
    return new GuardFunction(this, 'Function', {
      architecture: lambda.Architecture.ARM_64,
      memorySize: 256,
      timeout: TIMEOUT,
      role: this.role,
      logGroup,
      loggingFormat: lambda.LoggingFormat.JSON,
      environment: { [GUARD_VARIABLE]: settings },
      deadLetterQueue: this.deadLetters,
      retryAttempts: 2,
    });
  }

  private createAlarms(interval: Duration): cloudwatch.Alarm[] {
    const { handlerFunction, deadLetters } = this;
    const common = { evaluationPeriods: 1, threshold: 1 };
    const atLeast = { ...common, comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD };
    return [
      handlerFunction.metricErrors().createAlarm(this, 'Errors', {
        ...atLeast,
        treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
        alarmDescription: `The guard fails, so nothing may be paused. Its log says why: ${handlerFunction.logGroup.logGroupName}`,
      }),
      deadLetters.metricApproximateNumberOfMessagesVisible({ statistic: cloudwatch.Stats.MAXIMUM }).createAlarm(this, 'GaveUp', {
        ...atLeast,
        treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
        alarmDescription: `The guard gave up on an event. The next look sees the same alarms; once the guard works, purge the queue ${deadLetters.queueName}`,
      }),
      handlerFunction.metricInvocations({ period: Duration.minutes(MISSED_LOOKS * interval.toMinutes()) }).createAlarm(this, 'Blind', {
        ...common,
        comparisonOperator: cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD,
        // a function that does not run has no data; so it is, for some minutes, when it is made
        treatMissingData: cloudwatch.TreatMissingData.BREACHING,
        alarmDescription: `The guard has not looked for ${MISSED_LOOKS * interval.toMinutes()} minutes: its schedule or its function is switched off. Nothing is paused.`,
      }),
    ];
  }
}

/** The rules of cdk-nag's packs that do not suit the guard, and why. */
const REASONS: [rule: string, packs: readonly string[], reason: string][] = [
  ['LambdaInsideVPC', COMPLIANCE_PACKS, 'The function calls public AWS APIs and reaches nothing in a VPC.'],
  ['LambdaConcurrency', ['HIPAA.Security', 'NIST.800.53.R5'],
    'Runs exclude one another by a conditional write; a reservation would fail in an account that has little concurrency.'],
  ['LambdaAsyncFailureDestination', ['Serverless'], 'A dead-letter queue takes the events that the function gives up on.'],
  ['SQSRedrivePolicy', ['Serverless'], 'The queue is where events end that nobody could work off.'],
  ['LambdaTracing', ['Serverless'], 'Its log and its audit records tell what a trace would.'],
  ['IAMNoInlinePolicy', COMPLIANCE_PACKS, 'The policy belongs to this one role and is deleted with it.'],
  ['CloudWatchLogGroupEncrypted', COMPLIANCE_PACKS,
    'The log holds names of alarms and of configuration sets, no addresses; CloudWatch Logs encrypts it with a key of its own.'],
];
