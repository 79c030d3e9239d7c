import { fail } from '../private/errors';
import { hasToken } from '../private/tokens';
import { SES_LIMITS } from '../ses/limits';

/** The headers that SES itself writes, or that say where a message comes from. */
const RESERVED = /^(?:x-ses-.*|authentication-results|received(?:-spf)?|return-path|dkim-signature)$/i;

/**
 * Refuses a header that SES does not add to a message.
 */
export function checkAddedHeader(name: string, value: string): void {
  if (!hasToken(name) && !(/^[A-Za-z0-9-]+$/.test(name) && name.length <= SES_LIMITS.addedHeaderName)) {
    fail('AddedHeader.name', `header name ${JSON.stringify(name)} is not accepted by SES; it takes 1 to ${SES_LIMITS.addedHeaderName} letters, digits and "-"`);
  }
  if (/[\r\n]/.test(value)) fail('AddedHeader.lineBreak', `header "${name}" has a line break in its value, where another header could begin; leave it out`);
  if (value === '') fail('AddedHeader.empty', `header "${name}" has no value; give one`);
  if (!hasToken(value) && value.length > SES_LIMITS.addedHeaderValue) {
    fail('AddedHeader.tooLong', `header "${name}" has a value of ${value.length} characters; SES takes up to ${SES_LIMITS.addedHeaderValue}`);
  }
}

/**
 * Whether a header tells readers something that only SES, or the servers on the way, should say.
 */
export function isReservedHeader(name: string): boolean {
  return RESERVED.test(name);
}
