import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { acknowledge, COMPLIANCE_PACKS } from './acknowledged-rules';
import { type HandlerClass, loggedFunction, type LoggedFunctionOptions } from './logged-function';

/** The most that Lambda takes for all variables of a function together is 4096 bytes; their names and what Lambda adds need some. */
export const SETTINGS_BYTES_MAX = 3_900;

/** What a function is made for, and why it goes without what rules of cdk-nag ask for. */
interface MailFunctionOptions extends LoggedFunctionOptions {
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
  acknowledge(scope, 'LambdaInsideVPC', COMPLIANCE_PACKS, 'The function calls public AWS APIs at most, and reaches nothing in a VPC.');
  if (options.failures) acknowledge(scope, 'LambdaDLQ', ['HIPAA.Security', 'NIST.800.53.R5', 'Serverless'], options.failures);
  if (options.deadLetterQueue) {
    acknowledge(scope, 'LambdaAsyncFailureDestination', ['Serverless'], 'A dead-letter queue takes the events that the function gives up on.');
  }
  acknowledge(scope, 'LambdaConcurrency', ['HIPAA.Security', 'NIST.800.53.R5'], options.concurrency);
  acknowledge(scope, 'LambdaTracing', ['Serverless'], 'A line of the log tells of each message what was done, and a trace would tell no more.');
  acknowledge(scope, 'IAMNoInlinePolicy', COMPLIANCE_PACKS, 'The policy belongs to this one role and is deleted with it.');
  acknowledge(scope, 'CloudWatchLogGroupEncrypted', COMPLIANCE_PACKS, options.logged);
  return loggedFunction(scope, handler, options);
}
