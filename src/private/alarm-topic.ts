import { ArnFormat, Stack } from 'aws-cdk-lib';
import * as cloudwatch_actions from 'aws-cdk-lib/aws-cloudwatch-actions';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as sns from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import { fail } from './errors';
import { finding } from './finding';
import { isFifo, isInOtherRegion, statementJson, usesManagedKey } from './topic';

/**
 * Tells of alarms through a topic. What CloudWatch may not publish is lost without a word, except in the history of the alarm; so it is allowed here, and
 * refused or reported where it cannot be.
 */
export function alarmTopicAction(scope: Construct, topic: sns.ITopic): cloudwatch_actions.SnsAction {
  refuseUnusable(scope, topic);
  allowPublish(scope, topic);
  allowEncryption(scope, topic);
  return new cloudwatch_actions.SnsAction(topic);
}

function refuseUnusable(scope: Construct, topic: sns.ITopic): void {
  if (isFifo(topic)) {
    fail('AlarmTopic.fifo', `the topic ${topic.node.path} is a FIFO topic, and alarms are told through standard topics only; give a standard topic`, scope);
  }
  if (isInOtherRegion(scope, topic)) {
    fail('AlarmTopic.otherRegion', `the topic ${topic.node.path} is in ${topic.env.region} and the alarms in ${Stack.of(scope).region}; ` +
      'CloudWatch publishes to topics of its own Region only', scope);
  }
  if (usesManagedKey(topic)) {
    fail('AlarmTopic.managedKey', `the topic ${topic.node.path} is encrypted with an AWS-managed key, whose policy nobody can change, so CloudWatch may not ` +
      'use it; encrypt the topic with a key of your own (masterKey: new kms.Key(...))', scope);
  }
}

/** The policy that SNS gives a topic lets its account's alarms in, but the first statement that anybody adds replaces it. */
function allowPublish(scope: Construct, topic: sns.ITopic): void {
  const statement = new iam.PolicyStatement({ principals: [alarmsOf(scope)], actions: ['sns:Publish'], resources: [topic.topicArn] });
  if (topic.addToResourcePolicy(statement).statementAdded) return;
  finding(scope, 'AlarmTopic.foreignTopic', `the policy of the topic ${topic.node.path} is not part of this app, so nobody may be told of the alarms; ` +
    `unless it has the policy that SNS gave it, and is in this account, its owner has to add the statement ${statementJson(scope, statement)}`);
}

function allowEncryption(scope: Construct, topic: sns.ITopic): void {
  const key = topic.masterKey;
  if (!key) return;
  // a key policy names its own key as *
  const statement = new iam.PolicyStatement({ principals: [alarmsOf(scope)], actions: ['kms:GenerateDataKey*', 'kms:Decrypt'], resources: ['*'] });
  if (key.addToResourcePolicy(statement, true).statementAdded) return;
  finding(scope, 'AlarmTopic.foreignKey', `the policy of the key ${key.node.path} is not part of this app, and CloudWatch tells nobody through a topic whose ` +
    `key it may not use; its owner has to add the statement ${statementJson(scope, statement)}`);
}

/**
 * CloudWatch on behalf of the alarms of the account and Region. A policy that named each alarm would grow with them, and refer in a circle from another stack.
 */
function alarmsOf(scope: Construct): iam.ServicePrincipal {
  const stack = Stack.of(scope);
  const alarms = stack.formatArn({ service: 'cloudwatch', resource: 'alarm', resourceName: '*', arnFormat: ArnFormat.COLON_RESOURCE_NAME });
  return new iam.ServicePrincipal('cloudwatch.amazonaws.com', {
    conditions: { StringEquals: { 'aws:SourceAccount': stack.account }, ArnLike: { 'aws:SourceArn': alarms } },
  });
}
