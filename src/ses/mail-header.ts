import { isObject, isText } from '../private/json-value';

/** One header. */
export interface MailHeader {
  readonly name: string;
  readonly value: string;
}

/** The headers in a list as SES writes it; the list itself when there is nothing else in it. */
export function mailHeaders(value: unknown): MailHeader[] | undefined {
  if (!Array.isArray(value)) return undefined;
  return value.every(isHeader) ? value : value.filter(isHeader);
}

function isHeader(value: unknown): value is MailHeader {
  return isObject(value) && isText(value.name) && isText(value.value);
}
