import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Provider } from 'aws-cdk-lib/custom-resources';
import { Construct } from 'constructs';
import { VERIFICATION_INTERVAL_SECONDS } from './verification-constants';
import { VerificationFunction } from './verification-function';
import { acknowledge, acknowledgeWildcards, COMPLIANCE_PACKS } from '../private/acknowledged-rules';

/** As long as CloudFormation waits for a custom resource. */
export const LONGEST_WAIT = Duration.hours(1);

const ID = 'PostmasterVerification';

/**
 * What all waits of a stack share: the function that looks, and the framework of aws-cdk-lib which calls it every so often.
 */
export class VerificationProvider extends Construct {
  /** The one of a stack. */
  public static of(scope: Construct): VerificationProvider {
    const stack = Stack.of(scope);
    return stack.node.tryFindChild(ID) as VerificationProvider | undefined ?? new VerificationProvider(stack, ID);
  }

  public readonly serviceToken: string;
  private readonly role: iam.Role;

  private constructor(scope: Construct, id: string) {
    super(scope, id);
    const logGroup = new logs.LogGroup(this, 'Log', { retention: logs.RetentionDays.THREE_MONTHS, removalPolicy: RemovalPolicy.DESTROY });
    this.role = this.createRole('Role', logGroup);
    const handler = this.createHandler(logGroup);
    this.serviceToken = this.createFramework(handler, logGroup).serviceToken;
    REASONS.forEach(([rule, packs, reason]) => acknowledge(this, rule, packs, reason));
  }

  /** Lets the function look at an identity. */
  public allow(identityArn: string): void {
    this.role.addToPolicy(new iam.PolicyStatement({ actions: ['ses:GetEmailIdentity'], resources: [identityArn] }));
  }

  /** A role that may write a log. The framework's own would have a policy that AWS manages. */
  private createRole(id: string, logGroup: logs.ILogGroup): iam.Role {
    const role = new iam.Role(this, id, { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') });
    logGroup.grantWrite(role);
    return role;
  }

  private createHandler(logGroup: logs.ILogGroup): lambda.Function {
    return new VerificationFunction(this, 'Function', {
      architecture: lambda.Architecture.ARM_64,
      memorySize: 256,
      timeout: Duration.minutes(2),
      role: this.role,
      logGroup,
      loggingFormat: lambda.LoggingFormat.JSON,
    });
  }

  private createFramework(handler: lambda.Function, logGroup: logs.ILogGroup): Provider {
    const provider = new Provider(this, 'Provider', {
      onEventHandler: handler,
      isCompleteHandler: handler,
      queryInterval: Duration.seconds(VERIFICATION_INTERVAL_SECONDS),
      totalTimeout: LONGEST_WAIT,
      logGroup,
      frameworkOnEventRole: this.createRole('BeginRole', logGroup),
      frameworkCompleteAndTimeoutRole: this.createRole('LookRole', logGroup),
    });
    const functions = [handler, ...provider.node.findAll().filter((child): child is lambda.Function => child instanceof lambda.Function)];
    acknowledgeWildcards(this, functions.map(({ functionArn }) => `${functionArn}:*`), 'grantInvoke of aws-cdk-lib names the versions of the function too.');
    return provider;
  }
}

/** The rules of cdk-nag's packs that do not suit a wait, and why. Most are about the functions and the state machine of aws-cdk-lib's provider framework. */
const REASONS: [rule: string, packs: readonly string[], reason: string][] = [
  ['LambdaInsideVPC', COMPLIANCE_PACKS, 'The functions call public AWS APIs and public DNS for CloudFormation and reach nothing in a VPC.'],
  ['LambdaDLQ', ['HIPAA.Security', 'NIST.800.53.R5', 'Serverless'], 'CloudFormation waits for the answer and shows a failure in the stack; a lost event has no later use.'],
  ['LambdaConcurrency', ['HIPAA.Security', 'NIST.800.53.R5'], 'Only CloudFormation and the wait invoke the functions; a reservation would take concurrency from the account for nothing.'],
  ['LambdaTracing', ['Serverless'], 'The log and the stack events tell what a trace would.'],
  ['LambdaDefaultMemorySize', ['Serverless'], 'The functions of the provider framework pass an event on, for which the least memory does.'],
  ['LambdaDefaultTimeout', ['Serverless'], 'The provider framework gives its functions as long as the function of a custom resource may take.'],
  ['IAMNoInlinePolicy', COMPLIANCE_PACKS, 'The policies belong to these roles and are deleted with them.'],
  ['CloudWatchLogGroupEncrypted', COMPLIANCE_PACKS, 'The log holds names of domains, states and error texts, no secrets; CloudWatch Logs encrypts it with a key of its own.'],
  ['L1', ['AwsSolutions'], 'The runtime of the provider framework is the one for which aws-cdk-lib has written it.'],
  ['LambdaLatestVersion', ['Serverless'], 'The runtime of the provider framework is the one for which aws-cdk-lib has written it.'],
  ['SF1', ['AwsSolutions'], 'Each step of the wait is an invocation with a log of its own, and the history of the execution is kept for 90 days.'],
  ['SF2', ['AwsSolutions'], 'The wait is one step, repeated; there is nothing to trace.'],
  ['StepFunctionStateMachineXray', ['Serverless'], 'The wait is one step, repeated; there is nothing to trace.'],
  ['StepFunctionStateMachineAllLogsToCloudWatch', ['Serverless', 'NIST.800.53.R5'], 'Each step of the wait is an invocation with a log of its own.'],
];
