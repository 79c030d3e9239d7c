import type { Construct } from 'constructs';
import { located } from '../private/errors';
import { finding } from '../private/finding';
import { PerApp } from '../private/per-app';
import { onlyPlaceOf } from '../private/place';
import { checkRules } from '../receipt/rule-limits';

interface Claim {
  readonly ruleSetName: string;
  readonly ruleName: string;
  readonly scope: Construct;
}

/** The rules of an app, by account and Region. */
const claims = new PerApp(() => new Map<string, Claim[]>());

/**
 * Claims a place in a set, and a name, for a rule. The name is unique in the set; in CloudWatch it is all that tells one rule from another, whatever their sets.
 */
export function claimRuleName(scope: Construct, ruleSetName: string, ruleName: string): void {
  const ofApp = claims.of(scope);
  const place = onlyPlaceOf(scope);
  const others = ofApp.get(place) ?? [];
  const inSet = others.filter(other => other.ruleSetName === ruleSetName);
  located(scope, () => checkRules([...inSet.map(other => ({ Name: other.ruleName })), { Name: ruleName }]));
  const rival = others.find(other => other.ruleName === ruleName);
  if (rival) {
    finding(scope, 'MailRule.sharedName', `the rule ${rival.scope.node.path} of another rule set has the name "${ruleName}", too, and CloudWatch counts the mail of ` +
      'both as one; take another name, or leave it out');
  }
  ofApp.set(place, [...others, { ruleSetName, ruleName, scope }]);
}
