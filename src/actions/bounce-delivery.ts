import { CfnResource, Stack } from 'aws-cdk-lib';
import type * as sns from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import type { MailActionConfig, MailRuleReference } from './mail-action';
import { openTopic } from './rule-topic';
import type { IMailIdentity } from '../identity';
import { coversSender } from '../identity/covers-sender';
import { fail, located } from '../private/errors';
import { finding } from '../private/finding';
import type { BounceReply } from '../receipt';
import { normalizeAddress } from '../records/mail-address';

/**
 * Who sends a bounce.
 */
export interface BounceOptions {
  /**
   * The verified identity that the bounce is sent from: a domain, or an address.
   */
  readonly identity: IMailIdentity;

  /**
   * The address that the bounce is from, at the domain of the identity or below it.
   *
   * @default - `mailer-daemon@` the domain; the address itself, if the identity is one
   */
  readonly sender?: string;

  /**
   * A topic that is told of each bounce.
   *
   * @default - nobody is told
   */
  readonly notifyTopic?: sns.ITopic;
}

const LOCAL_PART = 'mailer-daemon';

/**
 * Answers mail with a bounce.
 */
export function bindBounce(scope: Construct, rule: MailRuleReference, reply: BounceReply, options: BounceOptions): MailActionConfig {
  const { identity, notifyTopic } = options;
  const sender = bounceSenderOf(scope, options);
  reportUnverified(scope, identity, sender);
  const { smtpReplyCode, statusCode, message } = reply;
  return {
    action: { bounceAction: { smtpReplyCode, statusCode, message, sender, topicArn: notifyTopic?.topicArn } },
    permissions: [identity, ...notifyTopic ? openTopic(scope, notifyTopic, rule) : []],
  };
}

/**
 * The address that a bounce is from. Refuses one that the identity does not cover.
 */
export function bounceSenderOf(scope: Construct, { identity, sender }: Pick<BounceOptions, 'identity' | 'sender'>): string {
  const name = identity.identityName;
  if (sender === undefined) return name.includes('@') ? name : `${LOCAL_PART}@${name}`;
  const address = located(scope, () => normalizeAddress(sender));
  if (!coversSender(identity, address)) {
    fail('MailAction.bounceSender', `the bounce is sent from "${address}", which the identity "${name}" does not cover, and SES sends from verified addresses only; give an ` +
      'address of that identity, or the identity of that address', scope);
  }
  return address;
}

/** DNS takes minutes at least, and a rule is created in seconds. */
function reportUnverified(scope: Construct, identity: IMailIdentity, sender: string): void {
  const resource = identity.node.defaultChild;
  if (!CfnResource.isCfnResource(resource) || resource.stack !== Stack.of(scope)) return;
  finding(scope, 'MailAction.unverifiedSender', `the rule bounces mail from ${sender}, in the same stack that creates the identity ${identity.node.path}, and SES refuses ` +
    'such a rule until the identity is verified, so the first deployment may fail; deploy the identity in a stack of its own first, or acknowledge this once it is verified');
}
