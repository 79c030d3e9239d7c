import { Stack, Token } from 'aws-cdk-lib';
import type * as iam from 'aws-cdk-lib/aws-iam';
import * as sns from 'aws-cdk-lib/aws-sns';
import type { IConstruct } from 'constructs';
import { refersTo } from './references';

/*
 * What an AWS service that publishes to a topic has to know of it.
 */

export function isFifo(topic: sns.ITopic): boolean {
  return topic.fifo || topic.topicArn.endsWith('.fifo');
}

/** Whether a topic is known to be in another Region than a construct. */
export function isInOtherRegion(scope: IConstruct, topic: sns.ITopic): boolean {
  const { region } = Stack.of(scope);
  return !Token.isUnresolved(region) && !Token.isUnresolved(topic.env.region) && topic.env.region !== region;
}

/** Whether a topic is encrypted with the key that AWS keeps for SNS, whose policy lets no other service use it. */
export function usesManagedKey(topic: sns.ITopic): boolean {
  const resource = topic.node.defaultChild;
  const given = [topic.masterKey?.keyId, topic.masterKey?.keyArn, resource instanceof sns.CfnTopic ? resource.kmsMasterKeyId : undefined];
  return given.some(id => typeof id === 'string' && id.includes('alias/aws/'));
}

/** Whether nothing in the app listens to a topic of the app. To be asked when the tree is complete. */
export function isUnheard(topic: sns.ITopic): boolean {
  const resource = topic.node.defaultChild;
  if (!(resource instanceof sns.CfnTopic)) return false;
  return !topic.node.root.node.findAll().some(child => child instanceof sns.CfnSubscription && refersTo(child.topicArn, resource));
}

/** A statement as the owner of a policy can paste it. */
export function statementJson(scope: IConstruct, statement: iam.PolicyStatement): string {
  return JSON.stringify(Stack.of(scope).resolve(statement.toStatementJson()));
}
