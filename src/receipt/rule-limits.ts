import type { ReceiptRule, ReceiptRuleAction } from './receipt-rule';
import { duplicates } from './recipient-condition';
import { fail } from '../private/errors';
import { SES_LIMITS } from '../ses/limits';

/**
 * Refuses conditions that SES does not take, or that say two things at once. Undefined means everything; an empty list could mean everything or nothing.
 *
 * @param conditions the conditions, in the form that the library uses
 */
export function checkRecipients(conditions: readonly string[] | undefined): void {
  if (conditions === undefined) return;
  if (conditions.length === 0) {
    fail('ReceiptRule.noRecipients', 'the list of recipients is empty, and SES would take that for everything at every verified domain; leave it out when that is meant');
  }
  if (conditions.length > SES_LIMITS.recipientsPerRule) {
    fail('ReceiptRule.tooManyRecipients', `the rule has ${conditions.length} recipients; SES takes up to ${SES_LIMITS.recipientsPerRule}. ` +
      'Divide them among several rules with the same actions, or give a domain');
  }
  const [twice] = duplicates(conditions);
  if (twice !== undefined) fail('ReceiptRule.recipientTwice', `the rule has the recipient "${twice}" twice; leave one out`);
}

/**
 * Refuses a list of actions that SES does not take, or that has some which never run.
 */
export function checkActions(actions: readonly ReceiptRuleAction[]): void {
  if (actions.length === 0) {
    fail('ReceiptRule.noActions', 'the rule has no action, so that SES would accept mail and drop it without a word; when that is meant, let the rule stop: its only action is then a Stop');
  }
  if (actions.length > SES_LIMITS.actionsPerRule) {
    fail('ReceiptRule.tooManyActions', `the rule has ${actions.length} actions; SES takes up to ${SES_LIMITS.actionsPerRule}. Put the rest into a rule behind it with the same recipients`);
  }
  const behind = actionsBehindStop(actions);
  if (behind > 0) fail('ReceiptRule.actionsBehindStop', `${behind} of the ${actions.length} actions stand behind one that stops the rule set, and never run; put the Stop last`);
}

/**
 * How many actions never run, since they stand behind a Stop.
 */
export function actionsBehindStop(actions: readonly ReceiptRuleAction[]): number {
  const stop = actions.findIndex(action => action.StopAction);
  return stop < 0 ? 0 : actions.length - stop - 1;
}

/**
 * Refuses a rule set that SES does not take.
 */
export function checkRules(rules: readonly Pick<ReceiptRule, 'Name'>[]): void {
  if (rules.length > SES_LIMITS.rulesPerRuleSet) {
    fail('ReceiptRuleSet.tooManyRules', `the rule set has ${rules.length} rules; SES takes up to ${SES_LIMITS.rulesPerRuleSet}. Rules with the same actions can share up to ` +
      `${SES_LIMITS.recipientsPerRule} recipients`);
  }
  const names = rules.map(rule => rule.Name);
  const twice = names.find((name, index) => typeof name === 'string' && names.indexOf(name) < index);
  if (twice !== undefined) fail('ReceiptRuleSet.nameTwice', `two rules of the rule set are called "${twice}"; SES tells them apart by their names`);
}
