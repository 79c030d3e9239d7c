import { Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { acknowledge, COMPLIANCE_PACKS } from './acknowledged-rules';
import { SES, sesFor, type SesSource } from './ses-source';

/**
 * A role that SES assumes on behalf of one source. Its policy is part of the role, so that whatever comes after the role finds it allowed to act.
 *
 * @param scope where the role goes, as `Role`
 * @param source on whose behalf SES acts
 * @param policyName what the policy is for
 * @param statements what SES may do
 */
export function sesRole(scope: Construct, source: SesSource, policyName: string, statements: iam.PolicyStatement[]): iam.Role {
  const role = new iam.Role(scope, 'Role', { assumedBy: sesFor(source), inlinePolicies: { [policyName]: new iam.PolicyDocument({ statements }) } });
  acknowledge(role, 'IAMNoInlinePolicy', COMPLIANCE_PACKS, 'The policy belongs to this one role, and SES checks it in the moment in which the role exists.');
  return role;
}

/**
 * Whether a role is known not to let SES assume it. What a role of this app trusts is known; an imported one has to be right.
 */
export function distrustsSes(role: iam.IRole): boolean {
  const trust = role instanceof iam.Role ? role.assumeRolePolicy : undefined;
  return trust !== undefined && !JSON.stringify(Stack.of(role).resolve(trust.toJSON())).includes(SES);
}
