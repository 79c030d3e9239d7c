import { Stack, Validations } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/** The packs of cdk-nag that have most rules in common. */
export const COMPLIANCE_PACKS: readonly string[] = ['HIPAA.Security', 'NIST.800.53.R5', 'PCI.DSS.321'];

/**
 * Says why a resource goes without what a rule of cdk-nag asks for.
 *
 * @param scope the resource
 * @param rule the name of the rule without its pack
 * @param packs the packs that have the rule
 * @param reason why it does not suit
 */
export function acknowledge(scope: IConstruct, rule: string, packs: readonly string[], reason: string): void {
  Validations.of(scope).acknowledge(...packs.map(pack => ({ id: `${pack}-${rule}`, reason })));
}

/**
 * Says why a policy has an ARN with a wildcard. Each such ARN is a finding of its own (`IAM5[Resource::...]`), in which a reference stands as `<Bucket.Arn>`.
 * What is imported has an ARN with `:::`, of which aws-cdk-lib takes no acknowledgement, whoever makes it.
 */
export function acknowledgeWildcards(scope: IConstruct, arns: readonly string[], reason: string): void {
  arns.map(arn => flat(Stack.of(scope).resolve(arn))).filter(arn => !arn.includes('::'))
    .forEach(arn => acknowledge(scope, `IAM5[Resource::${arn}]`, ['AwsSolutions'], reason));
}

function flat(value: unknown): string {
  if (typeof value === 'string') return value;
  const { 'Fn::Join': joined, 'Fn::GetAtt': attribute, Ref } = value as { 'Fn::Join'?: [string, unknown[]]; 'Fn::GetAtt'?: string[]; 'Ref'?: string };
  return joined ? joined[1].map(flat).join(joined[0]) : `<${attribute?.join('.') ?? Ref}>`;
}
