/*
 * A stream whose bounces and complaints are acted on. Mailing lists hear of it in two ways: a function is called, and a queue gets what a rule matches. An
 * address that bounces for now three times in a day is suppressed.
 */
import { App, CfnOutput, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import { Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { EmailSendingEvent } from 'aws-cdk-lib/aws-ses';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { SqsSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { FeedbackAction, FeedbackPipeline, MailStream, TransientBounces } from '../../../src';

const app = new App();
const stack = new Stack(app, 'Feedback');
const removalPolicy = RemovalPolicy.DESTROY;

const receipts = new MailStream(stack, 'Receipts', { configurationSetName: 'receipts', removalPolicy });
const log = new LogGroup(stack, 'UnsubscribeLog', { removalPolicy });
const unsubscribe = new LambdaFunction(stack, 'Unsubscribe', {
  runtime: Runtime.NODEJS_22_X,
  handler: 'index.handler',
  code: Code.fromInline('exports.handler = async ({ key }) => console.log(`unsubscribe ${key}`);'),
  logGroup: log,
  deadLetterQueueEnabled: true,
});
const operators = new Topic(stack, 'Operators');
const pager = new Queue(stack, 'Pager', { removalPolicy });
operators.addSubscription(new SqsSubscription(pager));

const pipeline = new FeedbackPipeline(stack, 'Pipeline', {
  streams: [receipts],
  additionalEvents: [EmailSendingEvent.DELIVERY, EmailSendingEvent.SUBSCRIPTION],
  transientBounces: TransientBounces.suppressAfter(3, Duration.days(1)),
  onFeedback: unsubscribe,
  alarmAction: new SnsAction(operators),
});
const lists = new Queue(stack, 'Lists', { removalPolicy });
pipeline.onFeedback('ContentAlerts', { actions: [FeedbackAction.CONTENT_ALERT], target: new SqsQueue(lists) });

const outputs = {
  Topic: pipeline.topic.topicArn,
  Queue: pipeline.queue.queueUrl,
  DeadLetters: pipeline.deadLetterQueue.queueUrl,
  DeadLettersName: pipeline.deadLetterQueue.queueName,
  Table: pipeline.table.tableName,
  Log: pipeline.handlerFunction.logGroup.logGroupName,
  UnsubscribeLog: log.logGroupName,
  Lists: lists.queueUrl,
  Pager: pager.queueUrl,
};
for (const [name, value] of Object.entries(outputs)) new CfnOutput(stack, `${name}Is`, { value });
