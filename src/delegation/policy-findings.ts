import { Stack } from 'aws-cdk-lib';
import { CfnEmailIdentity } from 'aws-cdk-lib/aws-ses';
import type { Construct } from 'constructs';
import { isSending } from './identity-actions';
import { unlistedKeys } from './policy-condition';
import { STATEMENTS_MAX_BYTES } from './policy-packing';
import { actionsOf, foreignManagers, foreignSenders, idleConditions, type StatementJson } from './policy-statement';
import { bytesOf } from './policy-value';
import type { ISesIdentity } from './ses-identity';
import { acknowledge } from '../private/acknowledged-rules';
import { fail } from '../private/errors';
import { finding } from '../private/finding';
import { SES_LIMITS } from '../ses/limits';

/**
 * Reports what a statement says in vain, or more than its author may know.
 */
export function reportStatement(scope: Construct, statement: StatementJson): void {
  const unlisted = unlistedKeys(statement.Condition ?? {});
  if (unlisted.length > 0) {
    finding(scope, 'IdentityPolicy.unlistedCondition', `the SES guide does not have ${unlisted.join(', ')} in policies on identities, and a condition on a key that SES ` +
      'does not fill in never holds; acknowledge this once you have seen it work');
  }
  const managers = foreignManagers(statement, Stack.of(scope).account);
  if (managers.length > 0) {
    finding(scope, 'IdentityPolicy.foreignManager', `${managers.join(', ')} may do more than send (${actionsOf(statement).filter(one => !isSending(one)).join(', ')}), ` +
      'which SES means for the account of the identity; let them assume a role there');
  }
  const idle = idleConditions(statement);
  if (idle.length > 0) {
    finding(scope, 'IdentityPolicy.idleCondition', `the statement has a condition on ${idle.join(', ')} and an action that sends no mail, for which it never holds; ` +
      'give such actions a statement of their own');
  }
}

/**
 * Refuses to let other accounts send from an identity with a default configuration set, which SES looks for in their account. Where there is none, the rule of
 * `MailChecks` that asks for one is acknowledged.
 */
export function checkDefaultSet(scope: Construct, identity: ISesIdentity, statement: StatementJson): void {
  const set = identity.defaultConfigurationSet;
  const senders = foreignSenders(statement, Stack.of(scope).account);
  if (senders.length === 0) return;
  if (!set) {
    acknowledge(identity, 'DefaultConfigurationSet', ['CdkPostmaster'], 'Other accounts send from the identity, and SES would look for a default configuration set there.');
    return;
  }
  const message = `the identity "${identity.identityName}" has the default configuration set ${set.node.path}, and SES does not let an identity with one be used by ` +
    `other accounts (${senders.join(', ')})`;
  if (identity.node.defaultChild instanceof CfnEmailIdentity) {
    fail('IdentityPolicy.defaultSet', `${message}; leave defaultConfigurationSet out and name the set when sending, or verify a sub-domain for others`, scope);
  }
  finding(scope, 'IdentityPolicy.importedDefaultSet', `${message}; take the default configuration set off the identity`);
}

/**
 * Refuses a statement that has no room in a policy, however its principals are shared.
 */
export function checkLength(scope: Construct, statement: StatementJson): void {
  const { least, most } = bytesOf(statement);
  if (most <= STATEMENTS_MAX_BYTES) return;
  const max = `of the ${SES_LIMITS.identityPolicyBytes} bytes of a policy on an identity some ${STATEMENTS_MAX_BYTES} are for statements`;
  if (least > STATEMENTS_MAX_BYTES) {
    fail('IdentityPolicy.tooLong', `a statement takes ${least} bytes with a single principal; ${max}, so share its actions or conditions among several statements`, scope);
  }
  finding(scope, 'IdentityPolicy.maybeTooLong', `a statement takes ${least} bytes beside what only the deployment knows; ${max}, so SES may refuse it. Share its actions ` +
    'or conditions among several statements');
}
