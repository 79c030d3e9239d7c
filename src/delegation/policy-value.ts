/** A value of a policy as a template has it: a text, or what only the deployment knows, e.g. `{ Ref: 'AWS::AccountId' }`. */
export type PolicyValue = string | object;

/** Stands for what only the deployment knows. */
export const UNKNOWN = '<...>';

/** How long what only the deployment knows may become. */
const WIDTHS: Record<string, number> = { 'AWS::AccountId': 12, 'AWS::Partition': 10, 'AWS::Region': 14, 'AWS::StackName': 128 };

/** For all else: longer than the ARNs of nearly all users, roles and user pools. */
const WIDTH = 128;

/**
 * A value as a text, with `<...>` for what only the deployment knows.
 */
export function textOf(value: PolicyValue): string {
  return String(filled(value, () => UNKNOWN));
}

/**
 * How many bytes a part of a policy takes as JSON: at least, and at most as far as anybody can tell.
 */
export function bytesOf(json: unknown): { least: number; most: number } {
  const bytes = (unknown: (reference: string) => string) => Buffer.byteLength(JSON.stringify(filled(json, unknown)));
  return { least: bytes(() => ''), most: bytes(reference => 'x'.repeat(WIDTHS[reference] ?? WIDTH)) };
}

/** JSON with texts in place of functions of CloudFormation. */
function filled(json: unknown, unknown: (reference: string) => string): unknown {
  if (Array.isArray(json)) return json.map(item => filled(item, unknown));
  if (typeof json !== 'object' || json === null) return json;
  const [[name, argument] = ['', undefined], ...others] = Object.entries(json) as [string, unknown][];
  if (others.length === 0 && name === 'Fn::Join') {
    const [delimiter, parts] = argument as [string, unknown[]];
    return parts.map(part => filled(part, unknown)).join(delimiter);
  }
  if (others.length === 0 && (name === 'Ref' || name.startsWith('Fn::'))) return unknown(String(argument));
  return Object.fromEntries(Object.entries(json).map(([key, value]) => [key, filled(value, unknown)]));
}
