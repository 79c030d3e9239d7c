import { Refusal } from './fake-service';

interface Statement {
  readonly Effect: 'Allow';
  readonly Action: string;
  readonly Resource: string;
  readonly Condition?: Record<string, Record<string, string[]>>;
}

/** A policy document, as far as the fakes understand them. */
export interface Policy {
  readonly Statement: Statement[];
}

/** What is asked for: the action, on what, and the values of its condition keys. */
export interface Access {
  readonly action: string;
  readonly resource: string;
  readonly keys: Record<string, string[]>;
}

const OPERATORS: Record<string, (value: string, pattern: string) => boolean> = {
  'ForAllValues:StringEquals': (value, pattern) => value === pattern,
  'ForAllValues:StringLike': (value, pattern) => new RegExp(`^${pattern.split('*').map(literal).join('.*')}$`).test(value),
};

/** Reads a policy; refuses what the fakes could not heed. */
export function parsePolicy(text: string): Policy {
  const malformed = (why: string) => new Refusal(400, 'MalformedPolicyDocument', `the fake cannot heed this policy: ${why}`);
  let policy: Policy;
  try {
    policy = JSON.parse(text) as Policy;
  } catch {
    throw malformed('it is not JSON');
  }
  for (const statement of policy.Statement) {
    const strange = Object.keys(statement).find(key => !['Effect', 'Action', 'Resource', 'Condition'].includes(key))
      ?? Object.keys(statement.Condition ?? {}).find(operator => !(operator in OPERATORS));
    if (strange || statement.Effect !== 'Allow') throw malformed(strange ?? statement.Effect);
  }
  return policy;
}

/** Whether a policy allows something. Nothing is allowed that no statement allows. */
export function allows(policy: Policy, access: Access): boolean {
  return policy.Statement.some(statement =>
    statement.Action === access.action && statement.Resource === access.resource &&
    Object.entries(statement.Condition ?? {}).every(([operator, conditions]) =>
      Object.entries(conditions).every(([key, patterns]) =>
        (access.keys[key] ?? []).every(value => patterns.some(pattern => OPERATORS[operator](value, pattern))))));
}

function literal(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
