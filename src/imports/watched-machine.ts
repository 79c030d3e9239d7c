import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import * as tasks from 'aws-cdk-lib/aws-stepfunctions-tasks';
import { Construct } from 'constructs';
import { acknowledge, acknowledgeWildcards, COMPLIANCE_PACKS } from '../private/acknowledged-rules';

interface WatchedMachineProps {
  readonly first: sfn.IChainable & sfn.State;
  readonly timeout: Duration;
  /** What the steps are done by. */
  readonly handlerFunction: lambda.Function;
  /** What a failure means and what to do, for the alarm. */
  readonly onFailure: string;
}

/** How often a step is tried before it has failed: for five minutes or so. */
const RETRY: sfn.RetryProps = {
  errors: [sfn.Errors.ALL], interval: Duration.seconds(5), backoffRate: 2, maxAttempts: 6, jitterStrategy: sfn.JitterType.FULL,
};

/**
 * A step that a function does.
 */
export function functionStep(scope: Construct, id: string, handlerFunction: lambda.Function, payload: Record<string, unknown>): tasks.LambdaInvoke {
  const step = new tasks.LambdaInvoke(scope, id, {
    lambdaFunction: handlerFunction,
    payload: sfn.TaskInput.fromObject(payload),
    payloadResponseOnly: true,
    retryOnServiceExceptions: false,
  });
  step.addRetry(RETRY);
  return step;
}

/**
 * A state machine that logs its steps, though not what they work on, and the alarm that an execution of it did not succeed.
 */
export class WatchedMachine extends Construct {
  public readonly stateMachine: sfn.StateMachine;
  public readonly failed: cloudwatch.Alarm;

  public constructor(scope: Construct, id: string, { first, timeout, handlerFunction, onFailure }: WatchedMachineProps) {
    super(scope, id);
    this.stateMachine = new sfn.StateMachine(this, 'Resource', {
      definitionBody: sfn.DefinitionBody.fromChainable(first),
      timeout,
      tracingEnabled: true,
      logs: {
        destination: new logs.LogGroup(this, 'Log', { retention: logs.RetentionDays.THREE_MONTHS, removalPolicy: RemovalPolicy.DESTROY }),
        level: sfn.LogLevel.ALL,
        includeExecutionData: false,
      },
    });
    this.failed = this.createAlarm(onFailure);
    acknowledge(this, 'IAMNoInlinePolicy', COMPLIANCE_PACKS, 'The policies belong to roles of this one state machine and are deleted with them.');
    acknowledge(this, 'CloudWatchLogGroupEncrypted', COMPLIANCE_PACKS, 'The log has steps and their times, no data; CloudWatch Logs encrypts it with a key of its own.');
    acknowledgeWildcards(this, ['*'], 'Delivery of logs and traces has no resources in IAM.');
    acknowledgeWildcards(this, [`${handlerFunction.functionArn}:*`], 'The wildcard stands for versions of one function.');
  }

  private createAlarm(onFailure: string): cloudwatch.Alarm {
    const period = Duration.minutes(5);
    const sum = { statistic: cloudwatch.Stats.SUM };
    const unsuccessful = new cloudwatch.MathExpression({
      label: 'Executions that did not succeed',
      expression: 'FILL(failed, 0) + FILL(timedOut, 0) + FILL(aborted, 0)',
      usingMetrics: {
        failed: this.stateMachine.metricFailed(sum), timedOut: this.stateMachine.metricTimedOut(sum), aborted: this.stateMachine.metricAborted(sum),
      },
      period,
    });
    return unsuccessful.createAlarm(this, 'Failed', {
      threshold: 1,
      comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      evaluationPeriods: 1,
      treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
      alarmDescription: onFailure,
    });
  }
}
