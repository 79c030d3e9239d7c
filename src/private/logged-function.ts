import { type Duration, RemovalPolicy } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';

/** What a generated handler class looks like; projen writes one for each `x.lambda.ts`. */
export type HandlerClass = new (scope: Construct, id: string, props?: lambda.FunctionOptions) => lambda.Function;

/** What a function with a log of its own is made for. */
export interface LoggedFunctionOptions {
  readonly timeout: Duration;
  /**
   * In MiB.
   *
   * @default 256
   */
  readonly memorySize?: number;
  /**
   * What the function reads when it starts.
   *
   * @default - nothing
   */
  readonly environment?: Record<string, string>;
  /**
   * How long its log is kept.
   *
   * @default - three months
   */
  readonly logRetention?: logs.RetentionDays;
  /**
   * What becomes of its log when it leaves the stack.
   *
   * @default RemovalPolicy.DESTROY
   */
  readonly logRemovalPolicy?: RemovalPolicy;
  /** Where events go with which Lambda could not call it. */
  readonly deadLetterQueue?: sqs.IQueue;
}

/**
 * A function with a role and a log of its own. It may write its log, and what its user adds.
 */
export function loggedFunction(scope: Construct, handler: HandlerClass, options: LoggedFunctionOptions): lambda.Function {
  const { timeout, memorySize = 256, environment, deadLetterQueue, logRetention = logs.RetentionDays.THREE_MONTHS } = options;
  const logGroup = new logs.LogGroup(scope, 'Log', { retention: logRetention, removalPolicy: options.logRemovalPolicy ?? RemovalPolicy.DESTROY });
  const role = new iam.Role(scope, 'Role', { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') });
  logGroup.grantWrite(role);
  return new handler(scope, 'Function', {
    architecture: lambda.Architecture.ARM_64,
    memorySize,
    timeout,
    role,
    logGroup,
    loggingFormat: lambda.LoggingFormat.JSON,
    environment,
    deadLetterQueue,
  });
}
