/* Reads values of JSON that others wrote, and takes from them what is of use. */

/** An object of JSON. */
export type JsonObject = Record<string, unknown>;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isText(value: unknown): value is string {
  return typeof value === 'string';
}

/** A text that says something, or what to take instead. */
export function text(value: unknown, instead = ''): string {
  return typeof value === 'string' && value !== '' ? value : instead;
}

/** A text that says something, if there is one. */
export function textIfAny(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** The texts in a list; the list itself when there is nothing else in it. */
export function texts(value: unknown): string[] {
  const list = listOf(value);
  return list.every(isText) ? list : list.filter(isText);
}

/** What is documented as one thing and comes as a list, or the other way round. */
export function listOf(value: unknown): unknown[] {
  if (Array.isArray(value)) return value;
  return value === undefined || value === null ? [] : [value];
}

/** Whether something is so, also when the answer comes as a text. */
export function isTrue(value: unknown): boolean {
  return value === true || value === 'true';
}
