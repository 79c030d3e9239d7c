import { type Duration, RemovalPolicy } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';

/** What a generated handler class looks like; projen writes one for each `x.lambda.ts`. */
export type HandlerClass = new (scope: Construct, id: string, props?: lambda.FunctionOptions) => lambda.Function;

interface LoggedFunctionOptions {
  readonly timeout: Duration;
  /**
   * What the function reads when it starts.
   *
   * @default - nothing
   */
  readonly environment?: Record<string, string>;
}

/**
 * A function that makes a few calls, with a role and a log of its own. It may write its log, and what its user adds.
 */
export function loggedFunction(scope: Construct, handler: HandlerClass, options: LoggedFunctionOptions): lambda.Function {
  const logGroup = new logs.LogGroup(scope, 'Log', { retention: logs.RetentionDays.THREE_MONTHS, removalPolicy: RemovalPolicy.DESTROY });
  const role = new iam.Role(scope, 'Role', { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') });
  logGroup.grantWrite(role);
  return new handler(scope, 'Function', {
    architecture: lambda.Architecture.ARM_64,
    memorySize: 256,
    role,
    logGroup,
    loggingFormat: lambda.LoggingFormat.JSON,
    ...options,
  });
}
