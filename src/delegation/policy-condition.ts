import { type PolicyValue, textOf } from './policy-value';
import { fail } from '../private/errors';

/** The member `Condition` of a statement: values by operator and key. */
export type ConditionsJson = Record<string, Record<string, PolicyValue | PolicyValue[]>>;

/** The keys that SES fills in for calls that send mail. */
const SENDING_KEYS = ['ses:FeedbackAddress', 'ses:FromAddress', 'ses:FromDisplayName', 'ses:Recipients'];

/** The keys of all services: those that the SES guide lists, and those that its examples use beside them. */
const GLOBAL_KEYS = [
  'aws:CurrentTime', 'aws:EpochTime', 'aws:SecureTransport', 'aws:SourceIp', 'aws:SourceVpc', 'aws:SourceVpce', 'aws:UserAgent', 'aws:VpcSourceIp',
  'aws:PrincipalOrgID', 'aws:SourceAccount', 'aws:SourceArn',
];

const KNOWN = new Map([...SENDING_KEYS, ...GLOBAL_KEYS].map(key => [key.toLowerCase(), key]));

/** Tell who calls. */
const CALLER_KEYS = ['aws:PrincipalOrgID', 'aws:PrincipalOrgPaths', 'aws:PrincipalAccount', 'aws:PrincipalArn', 'aws:SourceAccount', 'aws:SourceArn'];

/** Tell on whose behalf a service calls. */
const SOURCE_KEYS = ['aws:SourceAccount', 'aws:SourceArn'];

/** Hold only when the key is there and has one of the values. */
const POSITIVE = /^(?:ForAnyValue:)?(?:StringEquals|StringEqualsIgnoreCase|StringLike|ArnEquals|ArnLike)$/;

/** A value that says which account or organization is meant, or will say so. */
const NAMES_OWNER = /\d{12}|o-[a-z0-9]{10,32}|<\.\.\.>/;

/**
 * Conditions with their keys as SES takes them: it refuses `AWS:SourceAccount` in place of `aws:SourceAccount`.
 */
export function canonicalConditions(conditions: ConditionsJson): ConditionsJson {
  return Object.fromEntries(Object.entries(conditions).map(([operator, values]) =>
    [operator, Object.fromEntries(Object.entries(values).map(([key, value]) => [canonicalKey(key), value]))]));
}

function canonicalKey(key: string): string {
  const known = KNOWN.get(key.toLowerCase());
  if (known) return known;
  if (/^aws:/i.test(key)) return key.replace(/^aws/i, 'aws');
  return fail('IdentityPolicy.condition', `the condition key "${key}" is not known to SES in identity policies; it has ${SENDING_KEYS.join(', ')}, and keys of all ` +
    `services such as ${GLOBAL_KEYS.slice(0, 3).join(', ')}`);
}

/** The keys of all services that the SES guide does not mention. */
export function unlistedKeys(conditions: ConditionsJson): string[] {
  return keysOf(canonicalConditions(conditions)).filter(key => !KNOWN.has(key.toLowerCase()));
}

/** The keys that only calls which send mail have. */
export function sendingKeys(conditions: ConditionsJson): string[] {
  return keysOf(canonicalConditions(conditions)).filter(key => SENDING_KEYS.includes(key));
}

/** Whether only callers of named accounts or organizations are meant. */
export function namesCaller(conditions: ConditionsJson): boolean {
  return isLimitedBy(conditions, CALLER_KEYS);
}

/** Whether a service may only act on behalf of named accounts. */
export function namesSource(conditions: ConditionsJson): boolean {
  return isLimitedBy(conditions, SOURCE_KEYS);
}

function isLimitedBy(conditions: ConditionsJson, keys: string[]): boolean {
  const positive = Object.entries(canonicalConditions(conditions)).filter(([operator]) => POSITIVE.test(operator))
    .flatMap(([, values]) => Object.entries(values));
  return positive.some(([key, value]) => keys.includes(key) && [value].flat().every(one => NAMES_OWNER.test(textOf(one))));
}

function keysOf(conditions: ConditionsJson): string[] {
  return [...new Set(Object.values(conditions).flatMap(values => Object.keys(values)))];
}
