import { CustomResource, Lazy, Names, RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { isSending } from './identity-actions';
import { IDENTITY_POLICY_RESOURCE_TYPE, type NamedPolicy } from './identity-policy-constants';
import { IdentityPolicyFunction } from './identity-policy-function';
import { checkDefaultSet, checkLength, reportStatement } from './policy-findings';
import { type MeasurableStatement, packStatements } from './policy-packing';
import { registerPolicy, type RegisteredPolicy } from './policy-registry';
import { actionsOf, checkStatement, renderStatement, type StatementJson } from './policy-statement';
import { elsewhere, ISesIdentity } from './ses-identity';
import { customResourceHandler } from '../private/custom-resource-handler';
import { fail, located } from '../private/errors';
import { permit } from '../private/handler-permission';
import { SES_LIMITS } from '../ses/limits';
import { checkName, SES_NAMES } from '../ses/names';

/**
 * Properties of a policy on an identity.
 */
export interface IdentityPolicyProps {
  /**
   * The identity: a domain or an address of the account and Region of the stack.
   */
  readonly identity: ISesIdentity;

  /**
   * What is allowed or denied. `Resource` is filled in. More: `addStatements`.
   *
   * @default - none yet
   */
  readonly statements?: iam.PolicyStatement[];

  /**
   * The name of the policy: 1 to 64 letters, digits, `-` and `_`, unique for the identity. When the statements do not fit into one policy, the others get `-2`, `-3`
   * and so on at the end. A change of name makes the new policy before the old one is deleted.
   *
   * @default - a name made from the place in the tree
   */
  readonly policyName?: string;

  /**
   * Whether to take actions of SES that its guide does not have in policies on identities, e.g. `ses:SendBulkEmail`. SES has the last word on deployment.
   *
   * @default false
   */
  readonly allowUnlistedActions?: boolean;

  /**
   * What becomes of the policy when it leaves the stack. With `RETAIN` those whom it lets in stay in.
   *
   * @default RemovalPolicy.DESTROY
   */
  readonly removalPolicy?: RemovalPolicy;
}

/**
 * A policy on an identity: who else may send from it, or change it. CloudFormation has no such resource; a function writes it. It never touches a policy that
 * it did not write, and its log keeps the text of each that it changes or deletes.
 *
 * For most uses `authorizeSender`, `authorizeOrganization` and `authorizeCognito` of the identity say it shorter.
 *
 * @see https://docs.aws.amazon.com/ses/latest/dg/identity-authorization-policies.html
 *
 * @example
 * declare const identity: IMailIdentity;
 *
 * new IdentityPolicy(this, 'NoDeletion', {
 *   identity,
 *   statements: [new iam.PolicyStatement({
 *     effect: iam.Effect.DENY,
 *     principals: [new iam.ArnPrincipal('arn:aws:iam::111122223333:role/operators')],
 *     actions: ['ses:DeleteEmailIdentity'],
 *   })],
 * });
 */
export class IdentityPolicy extends Construct {
  /** The name of the policy, without the number of a continuation. */
  public readonly policyName: string;

  private readonly identity: ISesIdentity;
  private readonly allowUnlistedActions: boolean;
  private readonly statements: iam.PolicyStatement[] = [];
  private readonly siblings: readonly RegisteredPolicy[];

  public constructor(scope: Construct, id: string, props: IdentityPolicyProps) {
    super(scope, id);
    this.identity = props.identity;
    this.allowUnlistedActions = props.allowUnlistedActions ?? false;
    this.policyName = this.nameOf(props);
    this.refuseElsewhere();
    this.siblings = registerPolicy(this.identity, this.entry());
    this.createResource(props);
    this.addStatements(...props.statements ?? []);
    this.node.addValidation({ validate: () => this.checkFinished() });
  }

  /**
   * Adds to what is allowed or denied.
   *
   * @param statements statements about this identity; their resource is filled in
   */
  public addStatements(...statements: iam.PolicyStatement[]): void {
    for (const statement of statements) {
      const json = this.resolved(statement);
      const { identityName } = this.identity;
      located(this, () => checkStatement(json, { identityName, allowUnlistedActions: this.allowUnlistedActions }));
      checkDefaultSet(this, this.identity, json);
      reportStatement(this, json);
      this.statements.push(statement);
    }
  }

  private nameOf({ policyName }: IdentityPolicyProps): string {
    if (policyName !== undefined) return located(this, () => checkName(SES_NAMES.identityPolicy, policyName));
    return Names.uniqueResourceName(this, { maxLength: 60, separator: '-' });
  }

  /** SES takes a policy from the owner of the identity only, and only in its Region. */
  private refuseElsewhere(): void {
    const places = elsewhere(this, this.identity);
    if (!places) return;
    fail('IdentityPolicy.elsewhere', `the policy is in ${places.own} and the identity "${this.identity.identityName}" in ${places.other}; only its owner can let others in, in ` +
      'its Region, so make the policy in a stack there', this);
  }

  private entry(): RegisteredPolicy {
    const [names, isDelegation] = [() => this.policies().map(({ Name }) => Name), () => this.letsSend()];
    return { path: this.node.path, get policyNames() { return names(); }, get isDelegation() { return isDelegation(); } };
  }

  private createResource(props: IdentityPolicyProps): void {
    const { identityArn } = this.identity;
    const handler = customResourceHandler(this, IdentityPolicyFunction);
    const permission = permit(handler, [{
      actions: ['ses:GetEmailIdentityPolicies', 'ses:CreateEmailIdentityPolicy', 'ses:UpdateEmailIdentityPolicy', 'ses:DeleteEmailIdentityPolicy'],
      resources: [identityArn],
    }]);
    const resource = new CustomResource(this, 'Resource', {
      resourceType: IDENTITY_POLICY_RESOURCE_TYPE,
      serviceToken: handler.functionArn,
      properties: {
        IdentityArn: identityArn,
        Owner: `cdk-postmaster-${Stack.of(this).stackName}-${this.node.addr.slice(-8)}`,
        Policies: Lazy.any({ produce: () => this.policies() }),
      },
      removalPolicy: props.removalPolicy ?? RemovalPolicy.DESTROY,
    });
    resource.node.addDependency(permission);
  }

  private checkFinished(): string[] {
    const { identityName } = this.identity;
    if (this.statements.length === 0) {
      fail('IdentityPolicy.noStatement', `the policy of "${identityName}" has no statement, and SES takes none that is empty; add one, or leave the policy out`, this);
    }
    this.packed().flat().forEach(({ resolved }) => checkLength(this, resolved));
    if (this.siblings[0].path === this.node.path) this.checkSiblings();
    return [];
  }

  /** All policies of the identity together. */
  private checkSiblings(): void {
    const names = this.siblings.flatMap(({ policyNames }) => policyNames);
    names.forEach(name => located(this, () => checkName(SES_NAMES.identityPolicy, name)));
    const twice = names.find((name, index) => names.indexOf(name) !== index);
    const places = this.siblings.map(({ path }) => path).join(', ');
    if (twice !== undefined) {
      fail('IdentityPolicy.sameName', `two policies of "${this.identity.identityName}" are named "${twice}" (${places}); a name is unique for an identity`, this);
    }
    const max = SES_LIMITS.policiesPerIdentity;
    if (names.length > max) {
      fail('IdentityPolicy.tooMany', `"${this.identity.identityName}" would have ${names.length} policies (${places}); SES takes ${max}, so let statements share a policy: ` +
        'addToResourcePolicy of the identity does', this);
    }
  }

  private policies(): NamedPolicy[] {
    return this.packed().map((statements, index) => ({
      Name: index === 0 ? this.policyName : `${this.policyName}-${index + 1}`,
      Statements: statements.map(({ rendered }) => rendered),
    }));
  }

  private packed(): MeasurableStatement[][] {
    const stack = Stack.of(this);
    return packStatements(this.statements.map(statement => {
      const rendered = renderStatement(statement.toStatementJson(), this.identity.identityArn);
      return { rendered, resolved: stack.resolve(rendered) };
    }));
  }

  private letsSend(): boolean {
    return this.statements.map(statement => this.resolved(statement)).some(statement => statement.Effect !== 'Deny' && actionsOf(statement).some(isSending));
  }

  private resolved(statement: iam.PolicyStatement): StatementJson {
    return Stack.of(this).resolve(statement.toStatementJson());
  }
}
