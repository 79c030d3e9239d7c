import { fail } from '../private/errors';
import { hasToken } from '../private/tokens';

interface NameRule {
  readonly what: string;
  readonly pattern: RegExp;
  readonly form: string;
}

/** The names that SES accepts, each with the words that say so. */
export const SES_NAMES = {
  configurationSet: { what: 'configuration set name', pattern: /^[A-Za-z0-9_-]{1,64}$/, form: '1 to 64 letters, digits, "-" and "_"' },
  template: { what: 'template name', pattern: /^[A-Za-z0-9_-]{1,64}$/, form: '1 to 64 letters, digits, "-" and "_"' },
} satisfies Record<string, NameRule>;

/**
 * Refuses a name that SES would refuse. A token passes: only the deployment knows it.
 */
export function checkName(rule: NameRule, name: string): string {
  if (!hasToken(name) && !rule.pattern.test(name)) {
    fail('SesName.form', `${rule.what} "${name}" is not accepted by SES; it takes ${rule.form}`);
  }
  return name;
}
