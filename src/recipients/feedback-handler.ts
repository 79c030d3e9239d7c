import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import type * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import * as logs from 'aws-cdk-lib/aws-logs';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { FEEDBACK_EVENT, FEEDBACK_VARIABLE, type FeedbackSettings } from './feedback-constants';
import { FeedbackFunction } from './feedback-function';
import { acknowledge, acknowledgeWildcards, COMPLIANCE_PACKS } from '../private/acknowledged-rules';

/** Enough for a batch when SES takes a call a second. */
export const HANDLER_TIMEOUT = Duration.minutes(1);

/** As many messages as SQS hands out at once. */
const BATCH_SIZE = 10;

/** The fewest that can be asked for. More would only wait for SES, which takes about one such call a second. */
const CONCURRENCY = 2;

/** What the function is made for. */
export interface FeedbackHandlerProps {
  readonly queue: sqs.IQueue;
  readonly table: dynamodb.ITable;
  readonly eventBusArn: string;
  readonly settings: FeedbackSettings;
}

/**
 * The function that acts on feedback, with what it may do.
 */
export class FeedbackHandler extends Construct {
  public readonly handlerFunction: lambda.Function;

  private readonly role: iam.Role;

  public constructor(scope: Construct, id: string, props: FeedbackHandlerProps) {
    super(scope, id);
    this.role = new iam.Role(this, 'Role', { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') });
    this.allow(props);
    this.handlerFunction = this.createFunction(props.settings);
    this.handlerFunction.addEventSource(new SqsEventSource(props.queue, {
      batchSize: BATCH_SIZE, maxConcurrency: CONCURRENCY, reportBatchItemFailures: true,
    }));
    this.acknowledgeRules();
  }

  private allow({ table, eventBusArn }: FeedbackHandlerProps): void {
    const statements: iam.PolicyStatementProps[] = [
      // of the account's list there is no ARN
      { actions: ['ses:PutSuppressedDestination'], resources: ['*'] },
      { actions: ['dynamodb:PutItem', 'dynamodb:Query'], resources: [table.tableArn] },
      { actions: ['events:PutEvents'], resources: [eventBusArn], conditions: { StringEquals: { 'events:source': FEEDBACK_EVENT.source } } },
    ];
    statements.forEach(statement => this.role.addToPolicy(new iam.PolicyStatement(statement)));
  }

  private createFunction(settings: FeedbackSettings): lambda.Function {
    const logGroup = new logs.LogGroup(this, 'Log', { retention: logs.RetentionDays.THREE_MONTHS, removalPolicy: RemovalPolicy.DESTROY });
    logGroup.grantWrite(this.role);
    return new FeedbackFunction(this, 'Function', {
      architecture: lambda.Architecture.ARM_64,
      memorySize: 256,
      timeout: HANDLER_TIMEOUT,
      role: this.role,
      logGroup,
      loggingFormat: lambda.LoggingFormat.JSON,
      environment: { [FEEDBACK_VARIABLE]: JSON.stringify(settings) },
    });
  }

  private acknowledgeRules(): void {
    acknowledge(this, 'LambdaInsideVPC', COMPLIANCE_PACKS, 'The function calls public AWS APIs and reaches nothing in a VPC.');
    const reason = 'The function is called by its queue, which has a dead-letter queue with an alarm.';
    acknowledge(this, 'LambdaDLQ', ['HIPAA.Security', 'NIST.800.53.R5', 'Serverless'], reason);
    acknowledge(this, 'LambdaEventSourceMappingDestination', ['Serverless'], reason);
    acknowledge(this, 'LambdaConcurrency', ['HIPAA.Security', 'NIST.800.53.R5'],
      'The queue calls two at a time; a reservation would fail in an account that has little concurrency.');
    acknowledge(this, 'LambdaTracing', ['Serverless'], 'A line of the log tells of each recipient what was done, and the metrics how it goes.');
    acknowledge(this, 'IAMNoInlinePolicy', COMPLIANCE_PACKS, 'The policy belongs to this one role and is deleted with it.');
    acknowledgeWildcards(this, ['*'], 'The suppression list of an account has no ARN, so its one action is allowed on all resources.');
    acknowledge(this, 'CloudWatchLogGroupEncrypted', COMPLIANCE_PACKS, 'The log has no addresses; CloudWatch Logs encrypts it with a key of its own.');
  }
}
