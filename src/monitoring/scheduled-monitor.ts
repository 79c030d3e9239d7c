import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as events from 'aws-cdk-lib/aws-events';
import * as targets from 'aws-cdk-lib/aws-events-targets';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { acknowledge, COMPLIANCE_PACKS } from '../private/acknowledged-rules';

/** What a generated handler class looks like. */
type HandlerClass = new (scope: Construct, id: string, props?: lambda.FunctionOptions) => lambda.Function;

/** After how many runs that did not do their work a monitor counts as silent. */
const MISSED_RUNS = 3;

/** What a monitor is made of. */
interface ScheduledMonitorProps {
  readonly handler: HandlerClass;
  /** How often it runs, in whole minutes. */
  readonly interval: Duration;
  readonly timeout: Duration;
  /** All that it may do; undefined when it is granted apart. */
  readonly permission?: iam.PolicyStatement;
  /** What the schedule hands to it. */
  readonly input?: events.RuleTargetInput;
  /** What nobody sees while it is silent, for a sentence. */
  readonly watches: string;
}

/**
 * A function that a schedule runs, and the alarm that it does not. A rule does for that: a schedule of EventBridge Scheduler would take one more role.
 */
export class ScheduledMonitor extends Construct {
  public readonly handlerFunction: lambda.Function;

  /** The alarm that the function does not run, or fails. */
  public readonly silent: cloudwatch.Alarm;

  public constructor(scope: Construct, id: string, private readonly props: ScheduledMonitorProps) {
    super(scope, id);
    this.handlerFunction = this.createFunction();
    new events.Rule(this, 'Schedule', {
      description: `Looks at ${props.watches}.`,
      schedule: events.Schedule.rate(props.interval),
      targets: [new targets.LambdaFunction(this.handlerFunction, { event: props.input })],
    });
    this.silent = this.createAlarm(this.handlerFunction);
    REASONS.forEach(([rule, packs, reason]) => acknowledge(this, rule, packs, reason));
  }

  private createFunction(): lambda.Function {
    const logGroup = new logs.LogGroup(this, 'Log', { retention: logs.RetentionDays.THREE_MONTHS, removalPolicy: RemovalPolicy.DESTROY });
    const role = new iam.Role(this, 'Role', { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') });
    logGroup.grantWrite(role);
    if (this.props.permission) role.addToPolicy(this.props.permission);
    return new this.props.handler(this, 'Function', {
      architecture: lambda.Architecture.ARM_64,
      memorySize: 256,
      timeout: this.props.timeout,
      role,
      logGroup,
      loggingFormat: lambda.LoggingFormat.JSON,
    });
  }

  private createAlarm(handlerFunction: lambda.Function): cloudwatch.Alarm {
    const { interval, watches } = this.props;
    const period = Duration.minutes(MISSED_RUNS * interval.toMinutes());
    const done = new cloudwatch.MathExpression({
      label: 'Runs that did their work',
      expression: 'invocations - errors',
      usingMetrics: { invocations: handlerFunction.metricInvocations(), errors: handlerFunction.metricErrors() },
      period,
    });
    return done.createAlarm(this, 'Silent', {
      threshold: 1,
      comparisonOperator: cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD,
      evaluationPeriods: 1,
      // a function that does not run has no data; so it is, for some minutes, when it is made
      treatMissingData: cloudwatch.TreatMissingData.BREACHING,
      alarmDescription: `Nobody has looked at ${watches} for ${period.toMinutes()} minutes, so that what its other alarms say may be old: see whether the schedule is ` +
        `enabled, and why the function fails in its log ${handlerFunction.logGroup.logGroupName}`,
    });
  }
}

/** The rules of cdk-nag's packs that do not suit a function which only looks, and why. */
const REASONS: [rule: string, packs: readonly string[], reason: string][] = [
  ['LambdaInsideVPC', COMPLIANCE_PACKS, 'The function calls public AWS APIs, or asks public DNS, and reaches nothing in a VPC.'],
  ['LambdaDLQ', ['HIPAA.Security', 'NIST.800.53.R5', 'Serverless'], 'The next run does everything again, so an event that is lost has no later use.'],
  ['EventBusDLQ', ['Serverless'], 'The next event of the schedule says the same, and an alarm tells when none arrives.'],
  ['LambdaConcurrency', ['HIPAA.Security', 'NIST.800.53.R5'], 'Only the schedule invokes the function; a reservation would take concurrency from the account for nothing.'],
  ['LambdaTracing', ['Serverless'], 'The log of each run tells what a trace would.'],
  ['IAMNoInlinePolicy', COMPLIANCE_PACKS, 'The policy belongs to this one role and is deleted with it.'],
  ['CloudWatchLogGroupEncrypted', COMPLIANCE_PACKS,
    'The log holds states of what is watched, and public DNS records, no mail and no secrets; CloudWatch Logs encrypts it with a key of its own.'],
];
