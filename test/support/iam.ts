/*
 * What IAM would say to a call, asked of @cloud-copilot/iam-simulate: it evaluates policies with AWS's own tables of actions, resource types and condition keys,
 * and refuses requests that AWS could not make.
 */
import { runSimulation } from '@cloud-copilot/iam-simulate';
import type { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';

const ACCOUNT = '111122223333';
const PARTITION = 'aws';

interface Call {
  readonly action: string;
  /** All that AWS authorizes the call on; it needs to be allowed on each. */
  readonly resources: string[];
  readonly context?: Record<string, string | string[]>;
}

/** Whether the policies in a stack let their role make a call. References stand for the names that the resources are given, or else for their logical IDs. */
export async function isAllowed(stack: Stack, { action, resources, context = {} }: Call): Promise<boolean> {
  const template = Template.fromStack(stack).toJSON();
  const policies = Object.entries<{ Type: string; Properties: { PolicyDocument: object } }>(template.Resources).filter(([, { Type }]) => /^AWS::IAM::(Managed)?Policy$/.test(Type))
    .map(([name, { Properties }]) => ({ name, policy: withoutReferences(Properties.PolicyDocument, template.Resources) }));
  const answers = await Promise.all(resources.map(async resource => {
    const result = await runSimulation({
      request: { principal: `arn:aws:iam::${ACCOUNT}:role/sender`, action, resource: { resource, accountId: ACCOUNT }, contextVariables: context },
      identityPolicies: policies,
      serviceControlPolicies: [],
      resourceControlPolicies: [],
    }, {});
    if (result.resultType === 'error') throw new Error(JSON.stringify(result.errors));
    return result.overallResult === 'Allowed';
  }));
  return answers.every(Boolean);
}

type Resources = Record<string, { Properties?: Record<string, unknown> }>;

function withoutReferences(value: unknown, resources: Resources): unknown {
  if (Array.isArray(value)) return value.map(item => withoutReferences(item, resources));
  if (typeof value !== 'object' || value === null) return value;
  const { Ref: reference, 'Fn::Join': join, 'Fn::GetAtt': attribute } = value as { 'Ref'?: string; 'Fn::Join'?: [string, unknown[]]; 'Fn::GetAtt'?: string[] };
  if (attribute) return `arn:${PARTITION}:fake:::${attribute.join('/')}`;
  if (join) return join[1].map(part => withoutReferences(part, resources)).join(join[0]);
  if (reference === 'AWS::Partition') return PARTITION;
  if (reference) return resources[reference]?.Properties?.Name ?? resources[reference]?.Properties?.EmailIdentity ?? reference;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withoutReferences(item, resources)]));
}
