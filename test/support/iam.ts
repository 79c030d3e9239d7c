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
  /** The logical ID of the role that calls, or how it begins. Left out: the stack has one that matters. */
  readonly role?: string;
  /** What references stand for, by how the logical ID begins. */
  readonly references?: Record<string, string>;
}

/** Whether the policies in a stack let their role make a call. References stand for the names that the resources are given, or else for their logical IDs. */
export async function isAllowed(stack: Stack, { action, resources, context = {}, role = '', references = {} }: Call): Promise<boolean> {
  const template = Template.fromStack(stack).toJSON();
  const policies = Object.entries<PolicyResource>(template.Resources)
    .filter(([, { Type, Properties }]) => /^AWS::IAM::(Managed)?Policy$/.test(Type) && (role === '' || Properties.Roles?.some(({ Ref }) => Ref.startsWith(role))))
    .map(([name, { Properties }]) => ({ name, policy: withoutReferences(Properties.PolicyDocument, named(template.Resources, references)) }));
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

interface PolicyResource { Type: string; Properties: { PolicyDocument: object; Roles?: { Ref: string }[] } }

/** The resources with the names that references to them stand for. */
function named(resources: Resources, references: Record<string, string>): Resources {
  return Object.fromEntries(Object.entries(resources).map(([id, resource]) => {
    const [, name] = Object.entries(references).find(([prefix]) => id.startsWith(prefix)) ?? [];
    return [id, name === undefined ? resource : { Properties: { Name: name } }];
  }));
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
