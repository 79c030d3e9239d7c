import { ArnFormat, Stack, Token } from 'aws-cdk-lib';
import * as events from 'aws-cdk-lib/aws-events';
import * as targets from 'aws-cdk-lib/aws-events-targets';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as sns from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import { acknowledge, COMPLIANCE_PACKS } from '../private/acknowledged-rules';
import { fail } from '../private/errors';
import { isFifo, isInOtherRegion } from '../private/topic';

/** Which events people are told of, and in which words. */
interface Notice {
  readonly description: string;
  readonly eventPattern: events.EventPattern;
  /** One line, in which `events.EventField` stands for what the event says. */
  readonly text: string;
}

/**
 * A rule of the default event bus, where AWS services publish, that tells people through a topic.
 *
 * EventBridge publishes by a role. In the policy of a topic it can be held to no condition, so that anybody's rules could publish there.
 *
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html
 */
export function noticeRule(scope: Construct, topic: sns.ITopic, { description, eventPattern, text }: Notice): events.Rule {
  refuseUnusable(scope, topic);
  const role = publisherRole(scope);
  const rule = new events.Rule(scope, 'Rule', {
    description,
    eventPattern,
    targets: [new targets.SnsTopic(topic, { message: events.RuleTargetInput.fromText(text), role })],
  });
  acknowledge(rule, 'EventBusDLQ', ['Serverless'], 'EventBridge tries for a day; a notice in a queue would reach nobody.');
  return rule;
}

function refuseUnusable(scope: Construct, topic: sns.ITopic): void {
  if (isFifo(topic)) {
    fail('NoticeTopic.fifo', `the topic ${topic.node.path} is a FIFO topic, and EventBridge publishes to standard topics only; give a standard topic`, scope);
  }
  if (isInOtherRegion(scope, topic)) {
    fail('NoticeTopic.otherRegion', `the topic ${topic.node.path} is in ${topic.env.region} and the rule in ${Stack.of(scope).region}; EventBridge publishes to ` +
      'topics of its own Region only', scope);
  }
  const { account } = topic.env;
  const own = Stack.of(scope).account;
  if (!Token.isUnresolved(account) && !Token.isUnresolved(own) && account !== own) {
    fail('NoticeTopic.otherAccount', `the topic ${topic.node.path} is in account ${account} and the rule in ${own}; give a topic of the rule's account, to which ` +
      'queues and functions of the other one can subscribe', scope);
  }
}

/** A role that rules of this account and Region can use, and nobody else. The rule refers to it, so it cannot name the rule. */
function publisherRole(scope: Construct): iam.Role {
  const stack = Stack.of(scope);
  const rules = stack.formatArn({ service: 'events', resource: 'rule', resourceName: '*', arnFormat: ArnFormat.SLASH_RESOURCE_NAME });
  const role = new iam.Role(scope, 'Role', {
    description: 'Lets EventBridge tell people through a topic',
    assumedBy: new iam.ServicePrincipal('events.amazonaws.com', {
      conditions: { StringEquals: { 'aws:SourceAccount': stack.account }, ArnLike: { 'aws:SourceArn': rules } },
    }),
  });
  acknowledge(role, 'IAMNoInlinePolicy', COMPLIANCE_PACKS, 'The policy belongs to this one role and is deleted with it.');
  acknowledge(role, 'IAM5[Action::kms:GenerateDataKey*]', ['AwsSolutions'], 'The action and its variants, on the one key of the topic.');
  return role;
}
