/*
 * What EventBridge would make of an event: whether a rule matches it, and what its target is handed. Of patterns it knows exact values only, and refuses others.
 */
import type { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';

type Json = string | number | boolean | null | Json[] | { [key: string]: Json };
interface JsonObject { [key: string]: Json }

/** A rule as the template has it, and a topic as its target. */
export interface RuleProperties {
  readonly EventPattern: JsonObject;
  readonly Targets: { readonly InputTransformer: { readonly InputPathsMap: Record<string, string>; readonly InputTemplate: string } }[];
}

/** Whether an event has one of the values of each field of a pattern. Of a list in the event one element is enough. */
export function matches(pattern: JsonObject, event: JsonObject): boolean {
  return Object.entries(pattern).every(([field, wanted]) => {
    const found = event[field];
    if (!Array.isArray(wanted)) {
      if (typeof wanted !== 'object' || wanted === null) throw new Error(`EventBridge refuses "${field}": the values of a pattern are lists`);
      return typeof found === 'object' && found !== null && !Array.isArray(found) && matches(wanted, found);
    }
    if (wanted.some(value => typeof value === 'object')) throw new Error(`the value of "${field}" is no plain one`);
    return (Array.isArray(found) ? found : [found]).some(value => wanted.includes(value));
  });
}

/** What the target of a rule is handed for an event. A path that leads nowhere leaves its place empty. */
export function transformed({ Targets: [{ InputTransformer: { InputPathsMap, InputTemplate } }] }: RuleProperties, event: JsonObject): string {
  const text = JSON.parse(InputTemplate) as string;
  return text.replace(/<([^>]+)>/g, (_, name: string) => String(at(event, InputPathsMap[name]) ?? ''));
}

function at(event: Json, path: string): Json | undefined {
  const steps = path.replace(/^\$\./, '').split(/[.[\]]+/).filter(step => step !== '');
  return steps.reduce<Json | undefined>((value, step) => (value as JsonObject | undefined)?.[step], event);
}

/** The one rule of a stack, with the partition put in. */
export function ruleIn(stack: Stack): RuleProperties {
  const rules = Object.values(Template.fromStack(stack).findResources('AWS::Events::Rule'));
  if (rules.length !== 1) throw new Error(`the stack has ${rules.length} rules`);
  return joined(rules[0].Properties as Json) as unknown as RuleProperties;
}

function joined(value: Json): Json {
  if (Array.isArray(value)) return value.map(joined);
  if (typeof value !== 'object' || value === null) return value;
  const { 'Fn::Join': join, Ref: reference } = value as { 'Fn::Join'?: [string, Json[]]; 'Ref'?: string };
  if (join) return join[1].map(joined).join(join[0]);
  return reference === 'AWS::Partition' ? 'aws' : Object.fromEntries(Object.entries(value).map(([key, item]) => [key, joined(item)]));
}
