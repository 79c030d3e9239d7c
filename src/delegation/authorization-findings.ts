import { Token } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { mixedCasePatterns, type SendConditions } from './send-conditions';
import { finding } from '../private/finding';
import { hasToken } from '../private/tokens';
import { isWithin } from '../records/domain-name';

/**
 * Reports limits to sending that nobody can keep to.
 */
export function reportAuthorization(scope: IConstruct, identityName: string, conditions: SendConditions): void {
  const patterns = mixedCasePatterns(conditions);
  if (patterns.length > 0) {
    finding(scope, 'Authorization.mixedCase', `the conditions have ${patterns.join(', ')}: SES compares letter by letter, so an address in lower case will not match; ` +
      'write patterns as the sender writes addresses');
  }
  const outside = (conditions.fromAddresses ?? []).filter(pattern => isOutside(pattern, identityName));
  if (outside.length > 0) {
    finding(scope, 'Authorization.outsideIdentity', `fromAddresses has ${outside.join(', ')}, which is no address of "${identityName}", so nothing can be sent from it here`);
  }
  const { notAfter } = conditions;
  if (notAfter && notAfter.getTime() < Date.now()) {
    finding(scope, 'Authorization.expired', `notAfter is ${notAfter.toISOString()}, which has passed; take the authorization out`);
  }
}

/** Whether no address that matches a pattern lies within the domain, or the domain of the address, of an identity. */
function isOutside(pattern: string, identityName: string): boolean {
  const domain = pattern.slice(pattern.lastIndexOf('@') + 1).toLowerCase();
  if (Token.isUnresolved(identityName) || hasToken(pattern) || /[*?]/.test(domain)) return false;
  return !isWithin(domain, identityName.slice(identityName.lastIndexOf('@') + 1).toLowerCase());
}
