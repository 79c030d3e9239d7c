import type { ReceiptRule, ReceiptRuleAction } from './receipt-rule';

/** The kinds of actions, as notifications call them. */
export type RuleActionType = 'AddHeader' | 'Bounce' | 'Connect' | 'Lambda' | 'S3' | 'SNS' | 'Stop' | 'WorkMail';

const TYPES: readonly [keyof ReceiptRuleAction, RuleActionType][] = [
  ['AddHeaderAction', 'AddHeader'], ['BounceAction', 'Bounce'], ['ConnectAction', 'Connect'], ['LambdaAction', 'Lambda'], ['S3Action', 'S3'],
  ['SNSAction', 'SNS'], ['StopAction', 'Stop'], ['WorkmailAction', 'WorkMail'],
];

/**
 * The kind of an action. Undefined for one that is newer than this library.
 */
export function actionTypeOf(action: ReceiptRuleAction): RuleActionType | undefined {
  return TYPES.find(([member]) => action[member] !== undefined)?.[1];
}

/**
 * Whether SES waits for what a function says, and does it.
 */
export function isSynchronous(action: ReceiptRuleAction): boolean {
  return action.LambdaAction?.InvocationType === 'RequestResponse';
}

/**
 * The actions of a rule. A list that only the deployment knows may be an object, and counts as empty.
 */
export function actionsOf({ Actions }: ReceiptRule): readonly ReceiptRuleAction[] {
  return Array.isArray(Actions) ? Actions : [];
}

/**
 * The conditions of a rule that are known; undefined for a rule that is for everything. A condition that only the deployment knows may be an object.
 */
export function conditionsOf(rule: ReceiptRule): readonly string[] | undefined {
  const recipients = rule.Recipients as readonly unknown[] | undefined;
  if (recipients === undefined || (Array.isArray(recipients) && recipients.length === 0)) return undefined;
  return Array.isArray(recipients) ? recipients.filter((each): each is string => typeof each === 'string') : [];
}

/**
 * How texts call a rule: by its name, or by its place when only the deployment knows the name.
 */
export function nameOf(rule: ReceiptRule, position: number): string {
  return typeof (rule.Name as unknown) === 'string' ? rule.Name : `rule ${position + 1}`;
}
