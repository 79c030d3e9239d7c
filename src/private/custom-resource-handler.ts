import { Duration, Stack, Validations } from 'aws-cdk-lib';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { type HandlerClass, loggedFunction } from './logged-function';

/** Long enough for a bounded wait on new permissions and on Route 53, and far below CloudFormation's hour. */
const TIMEOUT = Duration.minutes(3);

/**
 * The one function of a stack behind all custom resources of a kind. It has the permissions that its users add, and to write its own log.
 */
export function customResourceHandler(scope: Construct, handler: HandlerClass): lambda.Function {
  const stack = Stack.of(scope);
  const id = `Postmaster${handler.name}`;
  const existing = stack.node.tryFindChild(id) as Handler | undefined;
  return (existing ?? new Handler(stack, id, handler)).handlerFunction;
}

class Handler extends Construct {
  public readonly handlerFunction: lambda.Function;

  public constructor(scope: Construct, id: string, handler: HandlerClass) {
    super(scope, id);
    this.handlerFunction = loggedFunction(this, handler, { timeout: TIMEOUT });
    acknowledgeRules(this);
  }
}

/** The rules of cdk-nag's packs that ask of every function what only one that serves requests needs, and why this one goes without. */
const REASONS: [rule: string, packs: string[], reason: string][] = [
  ['LambdaInsideVPC', ['HIPAA.Security', 'NIST.800.53.R5', 'PCI.DSS.321'], 'The function calls public AWS APIs for CloudFormation and reaches nothing in a VPC.'],
  ['LambdaDLQ', ['HIPAA.Security', 'NIST.800.53.R5', 'Serverless'], 'CloudFormation waits for the answer and shows a failure in the stack; a lost event has no later use.'],
  ['LambdaConcurrency', ['HIPAA.Security', 'NIST.800.53.R5'], 'Only CloudFormation invokes the function; a reservation would take concurrency from the account for nothing.'],
  ['LambdaTracing', ['Serverless'], 'A deployment calls the function once; its log and the stack events tell what a trace would.'],
  ['IAMNoInlinePolicy', ['HIPAA.Security', 'NIST.800.53.R5', 'PCI.DSS.321'], 'The policy belongs to this one role and is deleted with it.'],
  ['CloudWatchLogGroupEncrypted', ['HIPAA.Security', 'NIST.800.53.R5', 'PCI.DSS.321'],
    'The log holds names and error texts, no secrets; CloudWatch Logs encrypts it with a key of its own.'],
];

function acknowledgeRules(scope: Construct): void {
  for (const [rule, packs, reason] of REASONS) {
    Validations.of(scope).acknowledge(...packs.map(pack => ({ id: `${pack}-${rule}`, reason })));
  }
}
