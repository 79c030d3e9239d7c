import { EmailEncoding } from 'aws-cdk-lib/aws-ses-actions';
import type * as sns from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import type { MailActionConfig, MailRuleReference } from './mail-action';
import { openTopic } from './rule-topic';

/**
 * How mail is published.
 */
export interface TopicDeliveryOptions {
  /**
   * How the message is written into the notification. UTF-8 is easier to read, and loses what is not UTF-8.
   *
   * @default EmailEncoding.BASE64
   */
  readonly encoding?: EmailEncoding;
}

/**
 * Publishes mail as a whole.
 */
export function bindTopic(scope: Construct, rule: MailRuleReference, topic: sns.ITopic, { encoding }: TopicDeliveryOptions): MailActionConfig {
  return {
    action: { snsAction: { topicArn: topic.topicArn, encoding: encoding ?? EmailEncoding.BASE64 } },
    permissions: openTopic(scope, topic, rule),
  };
}
