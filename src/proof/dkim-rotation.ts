import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as events from 'aws-cdk-lib/aws-events';
import * as targets from 'aws-cdk-lib/aws-events-targets';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { DKIM_KEY_AGE, DKIM_KEY_DIMENSION, ROTATION_ENV, type RotationSettings } from './dkim-key-constants';
import { DkimRotationFunction } from './dkim-rotation-function';
import { allowSigning } from './dkim-signing-grant';
import { acknowledge, COMPLIANCE_PACKS } from '../private/acknowledged-rules';
import { loggedFunction } from '../private/logged-function';
import { METRIC_NAMESPACE } from '../private/metric-constants';

const INTERVAL = Duration.minutes(30);

/** How long a rotation may take before the alarm on the age of the key is raised: it is tried a few times. */
const GRACE_DAYS = 7;

interface DkimRotationProps {
  readonly secret: secretsmanager.ISecret;
  readonly identityArn: string;
  readonly settings: RotationSettings;
}

/**
 * The function that rotates a key, its schedule, and the alarms that it fails or is late.
 */
export class DkimRotation extends Construct {
  public readonly alarms: cloudwatch.Alarm[];
  public readonly schedule: events.Rule;

  public constructor(scope: Construct, id: string, private readonly props: DkimRotationProps) {
    super(scope, id);
    const rotation = this.createFunction();
    this.schedule = new events.Rule(this, 'Schedule', {
      description: 'Takes the next step of the rotation of a DKIM key.',
      schedule: events.Schedule.rate(INTERVAL),
      targets: [new targets.LambdaFunction(rotation)],
    });
    this.alarms = [this.failed(rotation), this.late(rotation)];
    REASONS.forEach(([rule, packs, reason]) => acknowledge(this, rule, packs, reason));
  }

  /** The age of the key in days. */
  public metricAge(options: cloudwatch.MetricOptions = {}): cloudwatch.Metric {
    return new cloudwatch.Metric({
      namespace: METRIC_NAMESPACE,
      metricName: DKIM_KEY_AGE,
      dimensionsMap: { [DKIM_KEY_DIMENSION]: this.props.settings.Identity },
      statistic: cloudwatch.Stats.MAXIMUM,
      period: Duration.hours(6),
      ...options,
    }).attachTo(this);
  }

  private createFunction(): lambda.Function {
    const environment = { [ROTATION_ENV]: JSON.stringify(this.props.settings) };
    const rotation = loggedFunction(this, DkimRotationFunction, { timeout: Duration.minutes(3), environment });
    allowSigning(rotation, this.props);
    return rotation;
  }

  private failed(rotation: lambda.Function): cloudwatch.Alarm {
    return rotation.metricErrors({ period: Duration.hours(1) }).createAlarm(this, 'Failed', {
      threshold: 1,
      comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      evaluationPeriods: 1,
      treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
      alarmDescription: `The DKIM key of ${this.props.settings.Identity} could not be rotated. Mail is signed with the key before, and authenticates. ` +
        `The log says why: ${rotation.logGroup.logGroupName}`,
    });
  }

  private late(rotation: lambda.Function): cloudwatch.Alarm {
    const days = this.props.settings.EveryDays + GRACE_DAYS;
    return this.metricAge().createAlarm(this, 'Late', {
      threshold: days,
      comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
      evaluationPeriods: 1,
      // a function that does not run tells no age
      treatMissingData: cloudwatch.TreatMissingData.BREACHING,
      alarmDescription: `The DKIM key of ${this.props.settings.Identity} is older than ${days} days, or the function that rotates it has not run for hours. Mail authenticates all ` +
        `the same; see its log ${rotation.logGroup.logGroupName}`,
    });
  }
}

/** The rules of cdk-nag's packs that do not suit a function which a schedule runs, and why. */
const REASONS: [rule: string, packs: readonly string[], reason: string][] = [
  ['LambdaInsideVPC', COMPLIANCE_PACKS, 'The function calls public AWS APIs and asks public DNS, and reaches nothing in a VPC.'],
  ['LambdaDLQ', ['HIPAA.Security', 'NIST.800.53.R5', 'Serverless'], 'The next run goes on where this one was, so an event that is lost has no later use.'],
  ['EventBusDLQ', ['Serverless'], 'The next event of the schedule says the same, and an alarm tells when none arrives.'],
  ['LambdaConcurrency', ['HIPAA.Security', 'NIST.800.53.R5'], 'Only the schedule invokes the function; a reservation would take concurrency from the account for nothing.'],
  ['LambdaTracing', ['Serverless'], 'The log of each run tells what a trace would.'],
  ['IAMNoInlinePolicy', COMPLIANCE_PACKS, 'The policy belongs to this one role and is deleted with it.'],
  ['CloudWatchLogGroupEncrypted', COMPLIANCE_PACKS, 'The log holds selectors and states, no keys; CloudWatch Logs encrypts it with a key of its own.'],
];
