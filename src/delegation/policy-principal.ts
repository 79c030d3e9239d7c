import { type PolicyValue, textOf, UNKNOWN } from './policy-value';
import { fail } from '../private/errors';

/** Whom a statement is about. */
export interface PolicyPrincipal {
  readonly kind: string;
  /** With `<...>` for what only the deployment knows. */
  readonly name: string;
}

/** The member `Principal` of a statement. */
export type PrincipalJson = string | Record<string, PolicyValue | PolicyValue[]>;

const EVERYBODY = '*';
const ACCOUNT_ID = /^\d{12}$/;
const IAM_ARN = /^arn:[^:]+:iam::(\d{12}|<\.\.\.>):(?:root|(?:user|role)\/[^*?]+)$/;
const SERVICE = /^[a-z0-9-]+(?:\.[a-z0-9-]+)*\.amazonaws\.com(?:\.cn)?$/;

/**
 * The principals of a statement.
 */
export function principalsOf(principal: PrincipalJson | undefined): PolicyPrincipal[] {
  if (principal === undefined) return [];
  if (typeof principal === 'string') return [{ kind: 'AWS', name: principal }];
  return Object.entries(principal).flatMap(([kind, names]) => [names].flat().map(name => ({ kind, name: textOf(name) })));
}

export const isEverybody = ({ kind, name }: PolicyPrincipal): boolean => kind === 'AWS' && name === EVERYBODY;
export const isService = ({ kind }: PolicyPrincipal): boolean => kind === 'Service';

/** The account of a principal, as far as it is known. */
export function accountOf({ kind, name }: PolicyPrincipal): string | undefined {
  if (kind !== 'AWS') return undefined;
  const account = ACCOUNT_ID.test(name) ? name : IAM_ARN.exec(name)?.[1];
  return account === UNKNOWN ? undefined : account;
}

/**
 * Refuses whom SES does not know as a principal.
 */
export function checkPrincipal(principal: PolicyPrincipal): void {
  const { kind, name } = principal;
  if (name.startsWith(UNKNOWN) || isEverybody(principal)) return;
  if (kind === 'AWS' && (ACCOUNT_ID.test(name) || IAM_ARN.test(name))) return;
  if (kind === 'Service' && SERVICE.test(name)) return;
  fail('IdentityPolicy.principal', `the principal ${kind} "${name}" is not accepted; SES takes an account ID of 12 digits, the ARN of a user, a role or an account ` +
    '("arn:aws:iam::111122223333:user/name", without wildcards), or a service such as "cognito-idp.amazonaws.com"');
}
