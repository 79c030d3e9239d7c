import type { ReceiptRule } from './receipt-rule';
import { covers, overlap } from './recipient-condition';
import { actionsOf, conditionsOf, isSynchronous, nameOf } from './rule-action';
import { isTrue } from '../private/json-value';

/** A rule in its rule set. */
export interface PlacedRule {
  readonly rule: ReceiptRule;
  /** How texts call it. */
  readonly name: string;
  /** How many rules stand before it. */
  readonly position: number;
  /** The conditions that are known; undefined when the rule is for everything. */
  readonly conditions: readonly string[] | undefined;
  /** Whether there are conditions that only the deployment knows. */
  readonly hasUnknown: boolean;
}

/**
 * The rules that are in force, with their places.
 */
export function placedRules(rules: readonly ReceiptRule[]): PlacedRule[] {
  const placed = rules.map((rule, position) => {
    const conditions = conditionsOf(rule);
    const hasUnknown = conditions !== undefined && conditions.length !== rule.Recipients?.length;
    return { rule, position, name: nameOf(rule, position), conditions, hasUnknown };
  });
  return placed.filter(({ rule }) => isTrue(rule.Enabled));
}

/**
 * Whether a rule stops everything whenever it runs. A function that SES waits for may have said otherwise before the Stop.
 */
export function alwaysStops({ rule }: PlacedRule): boolean {
  const actions = actionsOf(rule);
  const stop = actions.findIndex(action => action.StopAction);
  return stop >= 0 && !actions.slice(0, stop).some(isSynchronous);
}

/**
 * The conditions of a rule that never count, since a rule before it has stopped everything by then.
 */
export function deadConditions(rule: PlacedRule, before: PlacedRule): readonly string[] {
  if (!alwaysStops(before) || (before.rule.TlsPolicy === 'Require' && rule.rule.TlsPolicy !== 'Require')) return [];
  return (rule.conditions ?? []).filter(condition => before.conditions?.some(wide => covers(wide, condition)));
}

/**
 * Whether some mail is for both rules, as far as their conditions are known.
 */
export function sharesMail(one: PlacedRule, other: PlacedRule): boolean {
  const [conditions, others] = [one.conditions, other.conditions];
  return conditions === undefined || others === undefined || conditions.some(condition => others.some(another => overlap(condition, another)));
}

/**
 * Whether some mail may be for both rules.
 */
export function mayShareMail(one: PlacedRule, other: PlacedRule): boolean {
  return one.hasUnknown || other.hasUnknown || sharesMail(one, other);
}
