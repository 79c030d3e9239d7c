import type { Construct } from 'constructs';
import { fail } from '../private/errors';
import { finding } from '../private/finding';
import { PerApp } from '../private/per-app';
import { onlyPlaceOf } from '../private/place';

interface Claim {
  readonly ruleSetName: string;
  readonly scope: Construct;
}

/** Who has which rule name, by account and Region. */
const claims = new PerApp(() => new Map<string, Claim[]>());

/**
 * Claims the name of a rule. It is unique in its set; in CloudWatch it is all that tells one rule from another, whatever their sets.
 */
export function claimRuleName(scope: Construct, ruleSetName: string, ruleName: string): void {
  const key = `${onlyPlaceOf(scope)} ${ruleName}`;
  const others = claims.of(scope).get(key) ?? [];
  const rival = others.find(other => other.ruleSetName === ruleSetName);
  if (rival) {
    fail('MailRule.sameName', `the rule ${rival.scope.node.path} of the same rule set has the name "${ruleName}" already; take another, or leave it out`, scope);
  }
  if (others.length > 0) {
    finding(scope, 'MailRule.sharedName', `the rule ${others[0].scope.node.path} of another rule set has the name "${ruleName}", too, and CloudWatch counts the mail of ` +
      'both as one; take another name, or leave it out');
  }
  claims.of(scope).set(key, [...others, { ruleSetName, scope }]);
}
