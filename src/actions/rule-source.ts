import { ArnFormat, Stack } from 'aws-cdk-lib';
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
 */
export function sourceOf(scope: IConstruct, rule: MailRuleReference, width: SourceArnScope = SourceArnScope.RULE): SesSource {
  const { account } = Stack.of(scope);
  switch (width) {
    case SourceArnScope.ACCOUNT: return { account };
    case SourceArnScope.RULE_SET: return { account, arn: ruleArnOf(scope, rule.ruleSetName, '*') };
    case SourceArnScope.RULE: return { account, arn: rule.ruleArn };
  }
}

/**
 * The ARN of a rule of the account and Region of a construct.
 */
export function ruleArnOf(scope: IConstruct, ruleSetName: string, ruleName: string): string {
  return Stack.of(scope).formatArn({
    service: 'ses', resource: 'receipt-rule-set', resourceName: `${ruleSetName}:receipt-rule/${ruleName}`, arnFormat: ArnFormat.SLASH_RESOURCE_NAME,
  });
}
