/*
 * Two guarded streams and the account. People are told through a queue; the shift on call may give the guard commands, and nothing else. Context: patience,
 * the minutes for which SES tries to deliver a newsletter.
 */
import { App, CfnOutput, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { AccountRootPrincipal, Role } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { SqsSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { EventDestination, MailStream, ReputationGuard, StreamKind } from '../../../src';

const app = new App();
const stack = new Stack(app, 'Guard');
const removalPolicy = RemovalPolicy.DESTROY;

const receipts = new MailStream(stack, 'Receipts', { configurationSetName: 'receipts', feedback: EventDestination.eventBus(), removalPolicy });
const news = new MailStream(stack, 'News', {
  kind: StreamKind.MARKETING,
  configurationSetName: 'news',
  feedback: EventDestination.eventBus(),
  maxDeliveryDuration: Duration.minutes(Number(app.node.getContext('patience'))),
  removalPolicy,
});

const key = new Key(stack, 'Key', { removalPolicy });
const guard = new ReputationGuard(stack, 'Guard', { streams: [receipts, news], account: {}, encryptionKey: key });
const pager = new Queue(stack, 'Pager', { removalPolicy });
guard.noticeTopic.addSubscription(new SqsSubscription(pager));
const onCall = new Role(stack, 'OnCall', { assumedBy: new AccountRootPrincipal() });
guard.grantResume(onCall);

const outputs = {
  Name: guard.guardName,
  Function: guard.handler.functionName,
  Log: (guard.handler as LambdaFunction).logGroup.logGroupName,
  Key: key.keyId,
  Table: guard.table.tableName,
  DeadLetters: guard.deadLetterQueue.queueUrl,
  Pager: pager.queueUrl,
  OnCall: onCall.roleArn,
};
for (const [name, value] of Object.entries(outputs)) new CfnOutput(stack, `${name}Is`, { value });
