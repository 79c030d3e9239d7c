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
 */
export function acknowledgeWildcards(scope: IConstruct, arns: readonly string[], reason: string): void {
  const rules = arns.map(arn => `IAM5[Resource::${flat(Stack.of(scope).resolve(arn))}]`);
  rules.filter(rule => !hasSecondDelimiter(rule)).forEach(rule => acknowledge(scope, rule, ['AwsSolutions'], reason));
  record(scope, Object.fromEntries(rules.filter(hasSecondDelimiter).map(rule => [`annotation::AwsSolutions-${rule}`, reason])));
}

/** Of an ARN with `::` in it, such as that of `<AWS::Partition>` or of an imported bucket, aws-cdk-lib takes no acknowledgement, though it knows one when it looks for it. */
function hasSecondDelimiter(rule: string): boolean {
  return rule.split('::').length > 2;
}

/** Puts down what `acknowledge` puts down. */
function record(scope: IConstruct, reasons: Record<string, string>): void {
  if (Object.keys(reasons).length === 0) return;
  const key = Validations.ACKNOWLEDGED_RULES_METADATA_KEY;
  const known = scope.node.metadata.filter(({ type }) => type === key).at(-1)?.data as Record<string, string> | undefined;
  scope.node.addMetadata(key, { ...known, ...reasons });
}

function flat(value: unknown): string {
  if (typeof value === 'string') return value;
  const { 'Fn::Join': joined, 'Fn::GetAtt': attribute, Ref } = value as { 'Fn::Join'?: [string, unknown[]]; 'Fn::GetAtt'?: string[]; 'Ref'?: string };
  return joined ? joined[1].map(flat).join(joined[0]) : `<${attribute?.join('.') ?? Ref}>`;
}
