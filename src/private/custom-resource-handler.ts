import { Duration, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';

/** What a generated handler class looks like; projen writes one for each `x.lambda.ts`. */
type HandlerClass = new (scope: Construct, id: string, props?: lambda.FunctionOptions) => lambda.Function;

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
    const logGroup = new logs.LogGroup(this, 'Log', { retention: logs.RetentionDays.THREE_MONTHS, removalPolicy: RemovalPolicy.DESTROY });
    const role = new iam.Role(this, 'Role', { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') });
    logGroup.grantWrite(role);
    this.handlerFunction = new handler(this, 'Function', {
      architecture: lambda.Architecture.ARM_64,
      memorySize: 256,
      timeout: TIMEOUT,
      role,
      logGroup,
      loggingFormat: lambda.LoggingFormat.JSON,
    });
    this.acknowledge();
  }

  /** Why a function that only CloudFormation calls, a few times a year, differs from one that serves requests. */
  private acknowledge(): void {
    const reasons: Record<string, string> = {
      LambdaInsideVPC: 'The function calls public AWS APIs on behalf of CloudFormation; it reaches nothing in a VPC.',
      LambdaDLQ: 'CloudFormation waits for the answer and reports a failure in the stack; a lost event has no later use.',
      LambdaConcurrency: 'Only CloudFormation invokes the function; a reservation would take concurrency from the account for nothing.',
      LambdaDLQAlarm: 'There is no dead-letter queue to watch: failures are stack events.',
      IAMNoInlinePolicy: 'The policy belongs to this one role and is deleted with it.',
      CloudWatchLogGroupEncrypted: 'The log holds record names and error texts, no secrets; CloudWatch Logs encrypts it with a key of its own.',
    };
    for (const pack of ['NIST.800.53.R5', 'HIPAA.Security', 'PCI.DSS.321']) {
      for (const [rule, reason] of Object.entries(reasons)) Validations.of(this).acknowledge({ id: `${pack}-${rule}`, reason });
    }
    for (const rule of ['LambdaDLQ', 'LambdaTracing', 'LambdaLatestVersion', 'LambdaDefaultMemorySize', 'LambdaDefaultTimeout']) {
      Validations.of(this).acknowledge({ id: `Serverless-${rule}`, reason: 'Only CloudFormation invokes the function and reports what fails in the stack.' });
    }
  }
}
