import type * as ses from 'aws-cdk-lib/aws-ses';
import type * as sns from 'aws-cdk-lib/aws-sns';
import type { Construct, IDependable } from 'constructs';
import type { EventDestinationConfig } from './event-destination';
import { refuseOtherRegion } from './same-region';
import { sourceOf } from './source-conditions';
import { fail } from '../private/errors';
import { finding } from '../private/finding';
import { allowKey, allowPublish } from '../private/ses-access';
import { isFifo, isUnheard, statementJson, usesManagedKey } from '../private/topic';

/**
 * Publishes to an SNS topic.
 */
export function bindTopic(scope: Construct, configurationSet: ses.IConfigurationSet, topic: sns.ITopic): EventDestinationConfig {
  refuseFifo(scope, topic);
  refuseOtherRegion(scope, `the topic ${topic.node.path}`, topic.topicArn, topic.env);
  reportUnheard(scope, topic);
  return {
    snsDestination: { topicArn: topic.topicArn },
    permissions: [...openTopic(scope, topic, configurationSet), ...openKey(scope, topic, configurationSet)],
  };
}

function refuseFifo(scope: Construct, topic: sns.ITopic): void {
  if (isFifo(topic)) {
    fail('EventDestination.fifoTopic', `the topic ${topic.node.path} is a FIFO topic, and SES publishes to standard topics only; ` +
      'give a standard topic (an SQS queue behind it can still be worked off one message at a time)', scope);
  }
}

function openTopic(scope: Construct, topic: sns.ITopic, set: ses.IConfigurationSet): IDependable[] {
  const { dependencies, missing } = allowPublish(topic, sourceOf(topic, set));
  if (missing) {
    finding(scope, 'EventDestination.foreignTopic', `the policy of the topic ${topic.node.path} is not part of this app, and SES refuses a destination that it ` +
      `may not publish to; its owner has to add the statement ${statementJson(scope, missing)}`);
  }
  return dependencies;
}

function openKey(scope: Construct, topic: sns.ITopic, set: ses.IConfigurationSet): IDependable[] {
  const key = topic.masterKey;
  if (usesManagedKey(topic)) {
    fail('EventDestination.managedKey', `the topic ${topic.node.path} is encrypted with an AWS-managed key, whose policy nobody can change, so SES may not ` +
      'use it; encrypt the topic with a key of your own (masterKey: new kms.Key(...))', scope);
  }
  if (!key) return [];
  const { dependencies, missing } = allowKey(key, sourceOf(key, set), true);
  if (missing) {
    finding(scope, 'EventDestination.foreignKey', `the policy of the key ${key.node.path} is not part of this app, and SES refuses a topic whose key it may ` +
      `not use; its owner has to add the statement ${statementJson(scope, missing)}`);
  }
  return dependencies;
}

/** Subscriptions may be made later than the destination. */
function reportUnheard(scope: Construct, topic: sns.ITopic): void {
  scope.node.addValidation({
    validate: () => {
      if (isUnheard(topic)) {
        finding(scope, 'EventDestination.unheardTopic', `nothing in this app subscribes to the topic ${topic.node.path}, so its events may reach nobody; ` +
          'add a subscription (one by e-mail starts when the recipient confirms it)');
      }
      return [];
    },
  });
}
