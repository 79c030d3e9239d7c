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
  contactList: { what: 'contact list name', pattern: /^[A-Za-z0-9_-]{1,64}$/, form: '1 to 64 letters, digits, "-" and "_"' },
  dedicatedIpPool: { what: 'dedicated IP pool name', pattern: /^[a-z0-9_-]{1,64}$/, form: '1 to 64 lower-case letters, digits, "-" and "_"' },
  eventDestination: { what: 'event destination name', pattern: /^[A-Za-z0-9_-]{1,64}$/, form: '1 to 64 letters, digits, "-" and "_"' },
  identityPolicy: { what: 'identity policy name', pattern: /^[A-Za-z0-9_-]{1,64}$/, form: '1 to 64 letters, digits, "-" and "_"' },
  receiptFilter: {
    what: 'IP filter name',
    pattern: /^[A-Za-z0-9](?:[A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?$/,
    form: '1 to 63 letters, digits, "-", "_" and ".", with a letter or digit at both ends',
  },
  receiptRule: {
    what: 'receipt rule name',
    pattern: /^[A-Za-z0-9](?:[A-Za-z0-9_.-]{0,62}[A-Za-z0-9])?$/,
    form: '1 to 64 letters, digits, "-", "_" and ".", with a letter or digit at both ends',
  },
  receiptRuleSet: {
    what: 'receipt rule set name',
    pattern: /^[A-Za-z0-9](?:[A-Za-z0-9_.-]{0,62}[A-Za-z0-9])?$/,
    form: '1 to 64 letters, digits, "-", "_" and ".", with a letter or digit at both ends',
  },
  template: { what: 'template name', pattern: /^[A-Za-z0-9_-]{1,64}$/, form: '1 to 64 letters, digits, "-" and "_"' },
  topic: { what: 'topic name', pattern: /^[A-Za-z0-9_-]{1,64}$/, form: '1 to 64 letters, digits, "-" and "_"' },
} satisfies Record<string, NameRule>;

/** The pools that SES makes and names itself: mail can be sent through them, but nobody can create or change them. */
export const SES_POOLS = { shared: 'ses-shared-pool', defaultDedicated: 'ses-default-dedicated-pool' } as const;

/**
 * Refuses a name that SES would refuse. A token passes: only the deployment knows it.
 */
export function checkName(rule: NameRule, name: string): string {
  if (!hasToken(name) && !rule.pattern.test(name)) {
    fail('SesName.form', `${rule.what} "${name}" is not accepted by SES; it takes ${rule.form}`);
  }
  return name;
}
