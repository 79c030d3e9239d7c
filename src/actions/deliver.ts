import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import type * as sns from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import { bindBounce, BounceOptions } from './bounce-delivery';
import { bindBucket, BucketDeliveryOptions } from './bucket-delivery';
import { bindFunction, FunctionDeliveryOptions } from './function-delivery';
import { bindConnect, bindWorkMail } from './hand-over';
import { MailAction, MailActionConfig, MailRuleReference } from './mail-action';
import { openTopic } from './rule-topic';
import { bindTopic, TopicDeliveryOptions } from './topic-delivery';
import { located } from '../private/errors';
import { BounceReply } from '../receipt';
import { checkAddedHeader } from '../receipt/added-header';

/**
 * The menu of what a rule can do with mail. Each action brings the permissions that SES needs for it, for this rule; the rule is created after them.
 *
 * | for | take |
 * | --- | --- |
 * | keeping mail, of up to 40 MB | `toBucket`, and `notifyTopic` to work on it |
 * | mail of up to 150 KB, at once and whole | `toTopic` |
 * | deciding, or working on headers and verdicts | `toFunction` |
 * | refusing | `bounce`, better no rule for that recipient: then SES refuses while the sender is still connected |
 *
 * @see https://docs.aws.amazon.com/ses/latest/dg/receiving-email-action.html
 */
export class Deliver {
  /**
   * Puts the message, as it came, into a bucket: up to 40 MB, under the ID that SES gives it.
   *
   * When SES creates the rule it tries the bucket out with an object `AMAZON_SES_SETUP_NOTIFICATION`, which is no message.
   *
   * Refused: a bucket with a default retention of Object Lock, a bucket that is encrypted with the AWS-managed key.
   *
   * @param bucket the bucket
   * @param options prefix, keys, access, and who is told
   * @see https://docs.aws.amazon.com/ses/latest/dg/receiving-email-action-s3.html
   */
  public static toBucket(bucket: s3.IBucket, options: BucketDeliveryOptions = {}): MailAction {
    return new MenuAction((scope, rule) => bindBucket(scope, rule, bucket, options));
  }

  /**
   * Publishes the whole message to a topic: up to 150 KB, headers and attachments included. SES bounces what is larger, which `InboundMail` reports as a finding.
   *
   * Refused: a FIFO topic, a topic of another Region, a topic that is encrypted with the AWS-managed key.
   *
   * @param topic the topic
   * @param options encoding
   * @see https://docs.aws.amazon.com/ses/latest/dg/receiving-email-action-sns.html
   */
  public static toTopic(topic: sns.ITopic, options: TopicDeliveryOptions = {}): MailAction {
    return new MenuAction((scope, rule) => bindTopic(scope, rule, topic, options));
  }

  /**
   * Calls a function with the headers of the message and the verdicts about it. The content is in no event: put the message into a bucket first, and fetch it.
   *
   * Refused: a function of another Region, and one that SES waits for and that may run for more than 30 seconds.
   *
   * @param fn the function, an alias or a version
   * @param options whether SES waits for the answer
   * @see https://docs.aws.amazon.com/ses/latest/dg/receiving-email-action-lambda.html
   */
  public static toFunction(fn: lambda.IFunction, options: FunctionDeliveryOptions = {}): MailAction {
    return new MenuAction((scope, rule) => bindFunction(scope, rule, fn, options));
  }

  /**
   * Answers with a bounce. The message was accepted by then, so a bounce to a forged sender reaches somebody who has nothing to do with it: prefer to have no
   * rule for a recipient, for then SES refuses the message itself.
   *
   * @param reply what the bounce says
   * @param options who sends it
   * @see https://docs.aws.amazon.com/ses/latest/dg/receiving-email-action-bounce.html
   */
  public static bounce(reply: BounceReply, options: BounceOptions): MailAction {
    return new MenuAction((scope, rule) => bindBounce(scope, rule, reply, options));
  }

  /**
   * Adds a header to the message, for what comes behind it.
   *
   * @param name 1 to 50 letters, digits and `-`
   * @param value up to 2047 characters, without a line break
   * @see https://docs.aws.amazon.com/ses/latest/dg/receiving-email-action-add-header.html
   */
  public static addHeader(name: string, value: string): MailAction {
    return new MenuAction(scope => {
      located(scope, () => checkAddedHeader(name, value));
      return { action: { addHeaderAction: { headerName: name, headerValue: value } } };
    });
  }

  /**
   * Ends the rule set: no later rule is looked at. As the only action of a rule it throws mail away.
   *
   * @param notifyTopic a topic that is told
   * @see https://docs.aws.amazon.com/ses/latest/dg/receiving-email-action-stop.html
   */
  public static stop(notifyTopic?: sns.ITopic): MailAction {
    return new MenuAction((scope, rule) => ({
      action: { stopAction: { scope: 'RuleSet', topicArn: notifyTopic?.topicArn } },
      permissions: notifyTopic && openTopic(scope, notifyTopic, rule),
    }));
  }

  /**
   * Hands mail over to an Amazon WorkMail organization of the Region. WorkMail makes such rules itself, in a rule set of its own. AWS has announced the end of
   * WorkMail for March 2027.
   *
   * @param organizationArn e.g. `arn:aws:workmail:eu-west-1:111122223333:organization/m-68755160c4cb4e29a2b2f8fb58f359d7`
   * @param notifyTopic a topic that is told
   * @see https://docs.aws.amazon.com/ses/latest/dg/receiving-email-action-workmail.html
   */
  public static toWorkMail(organizationArn: string, notifyTopic?: sns.ITopic): MailAction {
    return new MenuAction((scope, rule) => bindWorkMail(scope, rule, organizationArn, notifyTopic));
  }

  /**
   * Starts an e-mail contact in an Amazon Connect instance of the Region, through a role that may do only that. SES bounces mail of more than 40 MB or 10
   * attachments.
   *
   * @param instanceArn e.g. `arn:aws:connect:eu-west-1:111122223333:instance/6f8c3a1e-0b1d-4c57-9a3e-2f4b5c6d7e8f`
   * @see https://docs.aws.amazon.com/ses/latest/APIReference/API_ConnectAction.html
   */
  public static toConnect(instanceArn: string): MailAction {
    return new MenuAction((scope, rule) => bindConnect(scope, rule, instanceArn));
  }

  private constructor() {}
}

type Binder = (scope: Construct, rule: MailRuleReference) => MailActionConfig;

class MenuAction extends MailAction {
  public constructor(private readonly binder: Binder) {
    super();
  }

  public bind(scope: Construct, rule: MailRuleReference): MailActionConfig {
    return this.binder(scope, rule);
  }
}
