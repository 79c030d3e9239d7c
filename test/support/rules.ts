import type { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { ReceiptRuleSet } from 'aws-cdk-lib/aws-ses';
import { type MailAction, MailRule, type MailRuleOptions } from '../../src';

/** A rule with some actions, in a set that is called `inbound`. */
export function ruleIn(stack: Stack, actions: MailAction[], options: Partial<MailRuleOptions> = {}, id = 'Support'): MailRule {
  const ruleSet = stack.node.tryFindChild('Set') as ReceiptRuleSet | undefined ?? new ReceiptRuleSet(stack, 'Set', { receiptRuleSetName: 'inbound' });
  return new MailRule(stack, id, { ruleSet, ruleName: id.toLowerCase(), actions, ...options });
}

/** What CloudFormation is told of a rule. */
export interface RuleInTemplate {
  readonly DependsOn?: string[];
  readonly Properties: { readonly RuleSetName: unknown; readonly After?: unknown; readonly Rule: Record<string, any> };
}

/** The rules of a stack, by their logical IDs. */
export function rulesOf(stack: Stack): Record<string, RuleInTemplate> {
  return Template.fromStack(stack).findResources('AWS::SES::ReceiptRule') as Record<string, RuleInTemplate>;
}

/** The rule of a stack that has one. */
export function onlyRule(stack: Stack): RuleInTemplate {
  const [rule, ...others] = Object.values(rulesOf(stack));
  if (others.length > 0) throw new Error('the stack has more than one rule');
  return rule;
}

/** The ARN of a rule of `ruleIn`, as templates have it. */
export function ruleArn(name = 'support', ruleSet = 'inbound') {
  return { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, `:ses:eu-west-1:111122223333:receipt-rule-set/${ruleSet}:receipt-rule/${name}`]] };
}
