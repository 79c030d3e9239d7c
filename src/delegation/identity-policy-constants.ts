/** The CloudFormation type under which the policies of an identity appear in a stack. */
export const IDENTITY_POLICY_RESOURCE_TYPE = 'Custom::PostmasterIdentityPolicy';

/** What the template tells the handler. CloudFormation hands everything over as text. */
export interface IdentityPolicyProperties {
  readonly IdentityArn: string;
  /** What the policies are marked with, so that they are never taken for somebody else's. */
  readonly Owner: string;
  readonly Policies: NamedPolicy[];
}

/** The statements of one policy. */
export interface NamedPolicy {
  readonly Name: string;
  readonly Statements: object[];
}
