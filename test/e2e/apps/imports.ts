/* Imports into the suppression list and backups of it, and people who are told. All of it goes with the stack. */
import { App, CfnOutput, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { SqsSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { ImportBucket, SuppressionListBackup, SuppressionListImport } from '../../../src';

const stack = new Stack(new App(), 'Imports');
const removalPolicy = RemovalPolicy.DESTROY;

const operators = new Topic(stack, 'Operators');
const pager = new Queue(stack, 'Pager', { removalPolicy });
operators.addSubscription(new SqsSubscription(pager));

const encryptionKey = new Key(stack, 'Key', { enableKeyRotation: true, pendingWindow: Duration.days(7), removalPolicy });
const bucket = new ImportBucket(stack, 'Bucket', { encryptionKey, removalPolicy });
const suppressions = new SuppressionListImport(stack, 'Suppressions', { bucket, topic: operators });
const backup = new SuppressionListBackup(stack, 'Backup', { topic: operators, bucket });

const outputs = {
  Bucket: bucket.bucketName,
  Pager: pager.queueUrl,
  Import: suppressions.stateMachine.stateMachineArn,
  Backup: backup.stateMachine.stateMachineArn,
};
for (const [name, value] of Object.entries(outputs)) new CfnOutput(stack, `${name}Is`, { value });
