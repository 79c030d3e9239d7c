import { Stack } from 'aws-cdk-lib';
import type * as sns from 'aws-cdk-lib/aws-sns';
import type { Construct, IDependable } from 'constructs';
import { fail } from '../private/errors';
import { finding } from '../private/finding';
import { otherRegion } from '../private/other-region';
import { allowKey, allowPublish } from '../private/ses-access';
import type { SesSource } from '../private/ses-source';
import { isFifo, isUnheard, statementJson, usesManagedKey } from '../private/topic';

/**
 * Lets SES publish notifications about an identity to a topic, and about nothing else.
 *
 * @param scope who wants it
 * @param topic the topic, maybe of another account
 * @param source the identity
 * @returns what has to be there before SES is told of the topic
 */
export function openNotificationTopic(scope: Construct, topic: sns.ITopic, source: SesSource): IDependable[] {
  refuseUnusable(scope, topic);
  reportUnheard(scope, topic);
  const published = allowPublish(topic, source);
  if (published.missing) {
    finding(scope, 'NotificationTopic.foreignTopic', `the policy of the topic ${topic.node.path} is not part of this app, and SES refuses a topic that it may not publish ` +
      `to; its owner has to add the statement ${statementJson(scope, published.missing)}`);
  }
  return [...published.dependencies, ...openKey(scope, topic, source)];
}

function openKey(scope: Construct, topic: sns.ITopic, source: SesSource): IDependable[] {
  const key = topic.masterKey;
  if (!key) return [];
  const { dependencies, missing } = allowKey(key, source, true);
  if (missing) {
    finding(scope, 'NotificationTopic.foreignKey', `the policy of the key ${key.node.path} is not part of this app, and SES refuses a topic whose key it may not use; ` +
      `its owner has to add the statement ${statementJson(scope, missing)}`);
  }
  return dependencies;
}

function refuseUnusable(scope: Construct, topic: sns.ITopic): void {
  const { path } = topic.node;
  if (isFifo(topic)) fail('NotificationTopic.fifo', `the topic ${path} is a FIFO topic, and SES publishes to standard topics only; give a standard topic`, scope);
  const other = otherRegion(scope, topic.topicArn, topic.env);
  if (other) {
    fail('NotificationTopic.otherRegion', `the topic ${path} is in ${other} and the identity in ${Stack.of(scope).region}; SES publishes within its own Region only, so give a ` +
      'topic there', scope);
  }
  if (usesManagedKey(topic)) {
    fail('NotificationTopic.managedKey', `the topic ${path} is encrypted with an AWS-managed key, whose policy nobody can change, so SES may not use it; encrypt the topic with ` +
      'a key of your own (masterKey: new kms.Key(...))', scope);
  }
}

/** Subscriptions may be made later. */
function reportUnheard(scope: Construct, topic: sns.ITopic): void {
  scope.node.addValidation({
    validate: () => {
      if (isUnheard(topic)) {
        finding(scope, 'NotificationTopic.unheard', `nothing in this app subscribes to the topic ${topic.node.path}, so its notifications may reach nobody; add a ` +
          'subscription (one by e-mail starts when the recipient confirms it)');
      }
      return [];
    },
  });
}
