import { ArnFormat, Stack, Token } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import type { MailRuleReference } from './mail-action';
import type { SesSource } from '../private/ses-source';

/**
 * How narrowly a policy says on whose behalf SES may act.
 */
export enum SourceArnScope {
  /** All rules of the account. What SES writes to try a new rule out is certain to pass. */
  ACCOUNT = 'ACCOUNT',
  /** The rules of one rule set. */
  RULE_SET = 'RULE_SET',
  /** One rule. AWS documents this form; there are reports of rules that could not be created with it. */
  RULE = 'RULE',
}

/**
 * A rule, or more than it, as policies name the source for which SES acts.
 *
 * @param scope the construct of the action
 * @param rule the rule that the action belongs to
 * @param holder the construct that carries the policy
 * @param width how much more than the rule
 */
export function sourceOf(scope: IConstruct, rule: MailRuleReference, holder: IConstruct, width: SourceArnScope = SourceArnScope.RULE): SesSource {
  const { account } = Stack.of(scope);
  if (width === SourceArnScope.ACCOUNT) return { account };
  // another stack, on which that of the rule depends, could refer to a name that is not known beforehand only in a circle
  const ruleSet = Token.isUnresolved(rule.ruleSetName) && Stack.of(holder) !== Stack.of(scope) ? '*' : rule.ruleSetName;
  return { account, arn: ruleArnOf(scope, ruleSet, width === SourceArnScope.RULE ? rule.ruleName : '*') };
}

/**
 * The ARN of a rule of the account and Region of a construct.
 */
export function ruleArnOf(scope: IConstruct, ruleSetName: string, ruleName: string): string {
  return Stack.of(scope).formatArn({
    service: 'ses', resource: 'receipt-rule-set', resourceName: `${ruleSetName}:receipt-rule/${ruleName}`, arnFormat: ArnFormat.SLASH_RESOURCE_NAME,
  });
}
