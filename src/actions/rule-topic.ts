import { Stack } from 'aws-cdk-lib';
import type * as sns from 'aws-cdk-lib/aws-sns';
import type { Construct, IDependable } from 'constructs';
import type { MailRuleReference } from './mail-action';
import { sourceOf } from './rule-source';
import { fail } from '../private/errors';
import { finding } from '../private/finding';
import { otherRegion } from '../private/other-region';
import { allowKey, allowPublish } from '../private/ses-access';
import { isFifo, statementJson, usesManagedKey } from '../private/topic';

/**
 * Lets SES publish to a topic for one rule.
 *
 * The statement is there for topics of the same account, too: the first policy that a topic is given, and be it to insist on TLS, ends what it allowed by
 * itself.
 *
 * @returns what the rule has to wait for
 */
export function openTopic(scope: Construct, topic: sns.ITopic, rule: MailRuleReference): IDependable[] {
  refuseUnusable(scope, topic);
  const published = allowPublish(topic, sourceOf(scope, rule, topic));
  if (published.missing) {
    finding(scope, 'MailAction.foreignTopic', `the policy of the topic ${topic.node.path} is not part of this app, and SES refuses a rule with a topic that it may ` +
      `not publish to; its owner has to add the statement ${statementJson(scope, published.missing)}`);
  }
  const key = topic.masterKey;
  if (!key) return published.dependencies;
  const encrypted = allowKey(key, sourceOf(scope, rule, key), true);
  if (encrypted.missing) {
    finding(scope, 'MailAction.foreignTopicKey', `the policy of the key ${key.node.path} is not part of this app, and SES refuses a rule with a topic whose key it ` +
      `may not use; its owner has to add the statement ${statementJson(scope, encrypted.missing)}`);
  }
  return [...published.dependencies, ...encrypted.dependencies];
}

/**
 * Refuses a topic that SES cannot publish to, whatever it is allowed.
 */
export function refuseUnusable(scope: Construct, topic: sns.ITopic): void {
  if (isFifo(topic)) {
    fail('MailAction.fifoTopic', `the topic ${topic.node.path} is a FIFO topic, and SES publishes to standard topics only; give a standard topic`, scope);
  }
  const other = otherRegion(scope, topic.topicArn, topic.env);
  if (other) {
    fail('MailAction.topicRegion', `the topic ${topic.node.path} is in ${other} and the rule in ${Stack.of(scope).region}; SES publishes within its own Region ` +
      'only, so give a topic there', scope);
  }
  if (usesManagedKey(topic)) {
    fail('MailAction.managedTopicKey', `the topic ${topic.node.path} is encrypted with an AWS-managed key, whose policy nobody can change, so SES may not use it; ` +
      'encrypt the topic with a key of your own (masterKey: new kms.Key(...))', scope);
  }
}
