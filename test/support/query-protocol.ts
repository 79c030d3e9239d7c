import { element, Refusal } from './fake-service';

/*
 * The query protocol of AWS: a form goes in, XML comes out. A shape says what an operation takes:
 *
 * - `TEXT`, `BOOLEAN`, `TIME`, or a pattern that the text must have;
 * - a list of words, one of which it must be;
 * - `listOf(shape)`;
 * - a structure: its members by name, those that must be there with a `!` behind the name.
 */

export const TEXT = 'text';
export const BOOLEAN = 'boolean';
export const TIME = 'time';
export const listOf = (item: Shape): Shape => ({ item });

export type Structure = { readonly [member: string]: Shape };
export type Shape = typeof TEXT | typeof BOOLEAN | typeof TIME | RegExp | readonly string[] | { readonly item: Shape } | Structure;

/** What a form holds: texts by their path, as it is written in the form. */
type Form = Map<string, string>;

/** Reads the input of an operation. What it does not take is refused, which the SDK of AWS would not send in the first place. */
export function readInput<T>(form: URLSearchParams, shape: Structure): T {
  const given: Form = new Map([...form].filter(([name]) => !['Action', 'Version'].includes(name)));
  const violations: string[] = [];
  const input = readStructure(given, '', '', shape, violations);
  const [unknown] = given.keys();
  if (unknown !== undefined) throw new Refusal(400, 'MalformedInput', `Unexpected member ${unknown}`);
  if (violations.length > 0) {
    const errors = violations.length === 1 ? '1 validation error' : `${violations.length} validation errors`;
    throw new Refusal(400, 'ValidationError', `${errors} detected: ${violations.join('; ')}`);
  }
  return input as T;
}

/** What an operation answers. Nothing stands for what is undefined. */
export function renderOutput(operation: string, namespace: string, output: object): string {
  return `<${operation}Response xmlns="${namespace}"><${operation}Result>${render(output)}</${operation}Result>` +
    `<ResponseMetadata>${element('RequestId', '1')}</ResponseMetadata></${operation}Response>`;
}

/** Takes from the form what belongs to a structure. `key` is the path in the form, `path` the one in the words of a refusal. */
function readStructure(form: Form, key: string, path: string, shape: Structure, violations: string[]): Record<string, unknown> {
  const members = Object.entries(shape).map(([name, member]) => {
    const [plain, required] = [name.replace('!', ''), name.endsWith('!')];
    const value = read(form, join(key, plain), join(path, plain[0].toLowerCase() + plain.slice(1)), member, violations);
    if (required && value === undefined) violations.push(violation(join(path, plain[0].toLowerCase() + plain.slice(1)), 'not be null'));
    return [plain, value];
  });
  return Object.fromEntries(members.filter(([, value]) => value !== undefined));
}

function read(form: Form, key: string, path: string, shape: Shape, violations: string[]): unknown {
  if (typeof shape === 'object' && !Array.isArray(shape) && !(shape instanceof RegExp)) {
    if ('item' in shape) return readList(form, key, path, shape.item as Shape, violations);
    if (![...form.keys()].some(name => name.startsWith(`${key}.`))) return undefined;
    return readStructure(form, key, path, shape as Structure, violations);
  }
  const text = form.get(key);
  if (text === undefined) return undefined;
  form.delete(key);
  return readText(text, path, shape as Exclude<Shape, Structure>, violations);
}

function readList(form: Form, key: string, path: string, item: Shape, violations: string[]): unknown[] | undefined {
  // an empty list is an empty text
  if (form.get(key) === '') {
    form.delete(key);
    return [];
  }
  const items: unknown[] = [];
  for (let index = 1; ; index++) {
    const value = read(form, `${key}.member.${index}`, `${path}.${index}.member`, item, violations);
    if (value === undefined) return items.length > 0 ? items : undefined;
    items.push(value);
  }
}

function readText(text: string, path: string, shape: Exclude<Shape, Structure>, violations: string[]): unknown {
  if (shape === BOOLEAN) {
    if (!['true', 'false'].includes(text)) throw new Refusal(400, 'MalformedInput', `${path} is no boolean: ${text}`);
    return text === 'true';
  }
  if (shape === TIME) {
    if (Number.isNaN(Date.parse(text))) throw new Refusal(400, 'MalformedInput', `${path} is no time: ${text}`);
    return new Date(text);
  }
  if (shape instanceof RegExp && text === '') violations.push(violation(path, 'have length greater than or equal to 1'));
  if (shape instanceof RegExp && !shape.test(text)) violations.push(violation(path, `satisfy regular expression pattern: ${shape.source}`));
  if (Array.isArray(shape) && !shape.includes(text)) violations.push(violation(path, `satisfy enum value set: [${shape.join(', ')}]`));
  return text;
}

function violation(path: string, constraint: string): string {
  return `Value at '${path}' failed to satisfy constraint: Member must ${constraint}`;
}

function join(path: string, name: string): string {
  return path ? `${path}.${name}` : name;
}

function render(value: unknown): string {
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.map(item => `<member>${render(item)}</member>`).join('');
  if (typeof value !== 'object' || value === null) return element('x', String(value)).slice(3, -4);
  return Object.entries(value).filter(([, member]) => member !== undefined).map(([name, member]) => `<${name}>${render(member)}</${name}>`).join('');
}
