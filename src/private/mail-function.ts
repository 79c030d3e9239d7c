import { RemovalPolicy } from 'aws-cdk-lib';
import type { Duration } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { acknowledge, COMPLIANCE_PACKS } from './acknowledged-rules';

/** What a generated handler class looks like; projen writes one for each `x.lambda.ts`. */
type HandlerClass = new (scope: Construct, id: string, props?: lambda.FunctionOptions) => lambda.Function;

/** The most that Lambda takes for all variables of a function together is 4096 bytes; their names and what Lambda adds need some. */
export const SETTINGS_BYTES_MAX = 3_900;

/** What a function is made for. */
interface MailFunctionOptions {
  readonly timeout: Duration;
  /** In MiB. */
  readonly memorySize: number;
  readonly environment: Record<string, string>;
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
  /** Without such a queue: who comes to know that it fails, for a sentence. */
  readonly failures?: string;
  /** Why nothing limits how many of it run, for a sentence. */
  readonly concurrency: string;
  /** What stands in the log, for a sentence. */
  readonly logged: string;
}

/**
 * A function that works on mail, with a role and a log of its own. It may write its log, and what its user adds.
 */
export function mailFunction(scope: Construct, handler: HandlerClass, options: MailFunctionOptions): lambda.Function {
  const logGroup = new logs.LogGroup(scope, 'Log', { retention: options.logRetention ?? logs.RetentionDays.THREE_MONTHS, removalPolicy: options.logRemovalPolicy ?? RemovalPolicy.DESTROY });
  const role = new iam.Role(scope, 'Role', { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') });
  logGroup.grantWrite(role);
  acknowledge(scope, 'LambdaInsideVPC', COMPLIANCE_PACKS, 'The function calls public AWS APIs at most, and reaches nothing in a VPC.');
  if (options.failures) acknowledge(scope, 'LambdaDLQ', ['HIPAA.Security', 'NIST.800.53.R5', 'Serverless'], options.failures);
  if (options.deadLetterQueue) {
    acknowledge(scope, 'LambdaAsyncFailureDestination', ['Serverless'], 'A dead-letter queue takes the events that the function gives up on.');
  }
  acknowledge(scope, 'LambdaConcurrency', ['HIPAA.Security', 'NIST.800.53.R5'], options.concurrency);
  acknowledge(scope, 'LambdaTracing', ['Serverless'], 'A line of the log tells of each message what was done, and a trace would tell no more.');
  acknowledge(scope, 'IAMNoInlinePolicy', COMPLIANCE_PACKS, 'The policy belongs to this one role and is deleted with it.');
  acknowledge(scope, 'CloudWatchLogGroupEncrypted', COMPLIANCE_PACKS, options.logged);
  return new handler(scope, 'Function', {
    architecture: lambda.Architecture.ARM_64,
    memorySize: options.memorySize,
    timeout: options.timeout,
    role,
    logGroup,
    loggingFormat: lambda.LoggingFormat.JSON,
    environment: options.environment,
    deadLetterQueue: options.deadLetterQueue,
  });
}
