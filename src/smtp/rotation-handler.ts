import { Duration, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { SmtpRotationFunction } from './smtp-rotation-function';
import { acknowledge, COMPLIANCE_PACKS } from '../private/acknowledged-rules';
import { loggedFunction } from '../private/logged-function';

/** Longer than a step waits for SES to know a new key. */
const TIMEOUT = Duration.minutes(5);

/**
 * The one function of a stack that rotates SMTP credentials. It has the permissions that its users add, and to write its own log.
 */
export class RotationHandler extends Construct {
  public static of(scope: Construct): RotationHandler {
    const stack = Stack.of(scope);
    const id = 'PostmasterSmtpRotation';
    return stack.node.tryFindChild(id) as RotationHandler | undefined ?? new RotationHandler(stack, id);
  }

  public readonly handlerFunction: lambda.Function;

  private constructor(scope: Construct, id: string) {
    super(scope, id);
    this.handlerFunction = loggedFunction(this, SmtpRotationFunction, { timeout: TIMEOUT });
    // Secrets Manager tells Lambda its account, and not which secret it comes for
    this.handlerFunction.addPermission('Rotate', { principal: new iam.ServicePrincipal('secretsmanager.amazonaws.com'), sourceAccount: Stack.of(this).account });
    REASONS.forEach(([rule, packs, reason]) => acknowledge(this, rule, packs, reason));
  }
}

/** The rules of cdk-nag's packs that do not suit a function which Secrets Manager calls, and why. */
const REASONS: [rule: string, packs: readonly string[], reason: string][] = [
  ['LambdaInsideVPC', COMPLIANCE_PACKS, 'The function calls public AWS APIs and the public SMTP host of SES, and reaches nothing in a VPC.'],
  ['LambdaDLQ', ['HIPAA.Security', 'NIST.800.53.R5', 'Serverless'], 'Secrets Manager waits for the answer and tries again; a lost event has no later use.'],
  ['LambdaConcurrency', ['HIPAA.Security', 'NIST.800.53.R5'], 'Only Secrets Manager invokes the function; a reservation would take concurrency from the account for nothing.'],
  ['LambdaTracing', ['Serverless'], 'A rotation calls the function four times in months; its log tells what a trace would.'],
  ['IAMNoInlinePolicy', COMPLIANCE_PACKS, 'The policy belongs to this one role and is deleted with it.'],
  ['CloudWatchLogGroupEncrypted', COMPLIANCE_PACKS, 'The log holds IDs of access keys and error texts, no secrets; CloudWatch Logs encrypts it with a key of its own.'],
];
