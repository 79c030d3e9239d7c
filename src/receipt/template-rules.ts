import type { ReceiptRule } from './receipt-rule';
import { isObject, isText, type JsonObject } from '../private/json-value';

const RULE = 'AWS::SES::ReceiptRule';

/** A rule in a template. */
interface Declared {
  readonly id: string;
  readonly set: string;
  /** The rule that it stands behind; without one, it goes to the front. */
  readonly after?: string;
  readonly rule: ReceiptRule;
}

/**
 * The receipt rules in a CloudFormation template, in the order that SES gets them in. Names that the template only refers to become the ids of the resources that
 * they refer to, also those of functions.
 *
 * @param template the template
 * @param ruleSet the name of the rule set, or the id of its resource; for a template with several
 */
export function templateRules(template: unknown, ruleSet?: string): ReceiptRule[] {
  const resources = isObject(template) && isObject(template.Resources) ? Object.entries(template.Resources) : [];
  const declared = resources.flatMap(([id, resource]) => isObject(resource) && resource.Type === RULE ? read(id, resource.Properties) : [])
    .filter(({ set }) => ruleSet === undefined || set === ruleSet);
  const ordered: Declared[] = [];
  const place = (rule: Declared) => {
    if (ordered.includes(rule)) return;
    ordered.push(rule);
    declared.filter(({ after }) => after === rule.id || after === rule.rule.Name).forEach(place);
  };
  declared.filter(({ after }) => after === undefined || !declared.some(({ id, rule }) => id === after || rule.Name === after)).forEach(place);
  return ordered.map(({ rule }) => rule);
}

function read(id: string, properties: unknown): Declared[] {
  if (!isObject(properties) || !isObject(properties.Rule)) return [];
  const { RuleSetName, After, Rule } = properties;
  const actions = Array.isArray(Rule.Actions) ? Rule.Actions.filter(isObject).map(readAction) : undefined;
  const rule = { ...Rule, Name: idOf(Rule.Name) ?? id, ...actions ? { Actions: actions } : {} } as ReceiptRule;
  return [{ id, set: idOf(RuleSetName) ?? '', after: idOf(After), rule }];
}

function readAction(action: JsonObject): JsonObject {
  const { LambdaAction } = action;
  if (!isObject(LambdaAction)) return action;
  return { ...action, LambdaAction: { ...LambdaAction, FunctionArn: idOf(LambdaAction.FunctionArn) ?? JSON.stringify(LambdaAction.FunctionArn) } };
}

/** A text, or the resource that a value is taken from. */
function idOf(value: unknown): string | undefined {
  if (isText(value)) return value;
  if (!isObject(value)) return undefined;
  if (isText(value.Ref)) return value.Ref;
  const attribute = value['Fn::GetAtt'];
  return Array.isArray(attribute) && isText(attribute[0]) ? attribute[0] : undefined;
}
