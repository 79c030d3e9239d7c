import type * as cognito from 'aws-cdk-lib/aws-cognito';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as ses from 'aws-cdk-lib/aws-ses';
import { Construct, Dependable } from 'constructs';
import { reportAuthorization } from './authorization-findings';
import { IdentityActions } from './identity-actions';
import { IdentityPolicy } from './identity-policy';
import { AuthorizeSenderOptions, cognitoStatement, DelegatedSendOptions, organizationStatement, senderStatements } from './sender-authorization';
import { ISesIdentity } from './ses-identity';
import { fail, located } from '../private/errors';

/**
 * Whom a statement of `authorizeManagement` or `denyManagement` is about, and what.
 */
export interface ManagementOptions {
  /**
   * Who: users, roles and the like of the account of the identity.
   */
  readonly principals: iam.IPrincipal[];

  /**
   * The actions: some of `IdentityActions`.
   */
  readonly actions: string[];
}

/**
 * An identity whose owner can let others use it.
 */
export interface IDelegatingIdentity extends ISesIdentity {
  /**
   * Lets others send from this identity, of this account or of another: writes a policy on the identity (sending authorization).
   *
   * They send in their own account and on its quota, in the Region of the identity, and name the ARN of the identity with each message. Their own account has to
   * allow it to them, too: `DelegatedIdentity` does. Bounces and complaints count against them.
   *
   * @param options who, and what
   * @see https://docs.aws.amazon.com/ses/latest/dg/sending-authorization.html
   */
  authorizeSender(options: AuthorizeSenderOptions): iam.AddToResourcePolicyResult;

  /**
   * Lets all accounts of an AWS organization send from this identity.
   *
   * @param organizationId the ID of the organization, e.g. `o-a1b2c3d4e5`
   * @param options what they may send
   */
  authorizeOrganization(organizationId: string, options?: DelegatedSendOptions): iam.AddToResourcePolicyResult;

  /**
   * Lets Amazon Cognito write to the users of a pool from this identity.
   *
   * @param userPool the pool
   * @param options what Cognito may send
   */
  authorizeCognito(userPool: cognito.IUserPool, options?: DelegatedSendOptions): iam.AddToResourcePolicyResult;

  /**
   * Lets others of the account look at this identity or change it, beside what their own policies allow.
   *
   * @param options who, and what
   */
  authorizeManagement(options: ManagementOptions): iam.AddToResourcePolicyResult;

  /**
   * Denies to look at this identity or to change it, whatever other policies allow.
   *
   * @param options who, and what
   */
  denyManagement(options: ManagementOptions): iam.AddToResourcePolicyResult;

  /**
   * Adds a statement to the policy on the identity. Its resource is filled in. What SES would refuse is refused, and so is what would let in everybody.
   *
   * @param statement who may do what, on which conditions
   */
  addToResourcePolicy(statement: iam.PolicyStatement): iam.AddToResourcePolicyResult;

  /**
   * Allows to look at the settings and the policies of the identity.
   *
   * @param grantee who may, of the same account
   */
  grantRead(grantee: iam.IGrantable): iam.Grant;

  /**
   * Allows to change the settings of the identity; not to delete it, nor to let others in.
   *
   * @param grantee who may, of the same account
   */
  grantManage(grantee: iam.IGrantable): iam.Grant;

  /**
   * Allows to read how mail of the identity fares.
   *
   * @param grantee who may, of the same account
   */
  grantReadMetrics(grantee: iam.IGrantable): iam.Grant;
}

/**
 * What identities share that let others use them.
 */
export abstract class DelegatingIdentity extends Construct implements IDelegatingIdentity {
  /**
   * The domain or the address.
   */
  public abstract readonly identityName: string;

  /**
   * The ARN of the identity.
   */
  public abstract readonly identityArn: string;

  /**
   * The configuration set of mail which names none.
   */
  public abstract readonly defaultConfigurationSet?: ses.IConfigurationSet;

  private policy?: IdentityPolicy;

  public constructor(scope: Construct, id: string) {
    super(scope, id);
    // whoever waits for the identity does not wait for its policy, which may name whoever waits
    const children = () => this.node.children.filter(child => child !== this.policy);
    Dependable.implement(this, { get dependencyRoots() { return children(); } });
  }

  /**
   * Lets others send from this identity, of this account or of another: writes a policy on the identity (sending authorization).
   *
   * They send in their own account and on its quota, in the Region of the identity, and name the ARN of the identity with each message. Their own account has to
   * allow it to them, too: `DelegatedIdentity` does. Bounces and complaints count against them.
   *
   * @param options who, and what
   * @see https://docs.aws.amazon.com/ses/latest/dg/sending-authorization.html
   */
  public authorizeSender(options: AuthorizeSenderOptions): iam.AddToResourcePolicyResult {
    return this.authorize(options, located(this, () => senderStatements(this, options)));
  }

  /**
   * Lets all accounts of an AWS organization send from this identity.
   *
   * @param organizationId the ID of the organization, e.g. `o-a1b2c3d4e5`
   * @param options what they may send
   */
  public authorizeOrganization(organizationId: string, options: DelegatedSendOptions = {}): iam.AddToResourcePolicyResult {
    return this.authorize(options, [located(this, () => organizationStatement(this, organizationId, options))]);
  }

  /**
   * Lets Amazon Cognito write to the users of a pool from this identity.
   *
   * @param userPool the pool
   * @param options what Cognito may send
   */
  public authorizeCognito(userPool: cognito.IUserPool, options: DelegatedSendOptions = {}): iam.AddToResourcePolicyResult {
    return this.authorize(options, [located(this, () => cognitoStatement(this, userPool, options))]);
  }

  /**
   * Lets others of the account look at this identity or change it, beside what their own policies allow.
   *
   * @param options who, and what
   */
  public authorizeManagement(options: ManagementOptions): iam.AddToResourcePolicyResult {
    return this.addToResourcePolicy(new iam.PolicyStatement({ ...this.checkManagement(options) }));
  }

  /**
   * Denies to look at this identity or to change it, whatever other policies allow.
   *
   * @param options who, and what
   */
  public denyManagement(options: ManagementOptions): iam.AddToResourcePolicyResult {
    return this.addToResourcePolicy(new iam.PolicyStatement({ effect: iam.Effect.DENY, ...this.checkManagement(options) }));
  }

  /**
   * Adds a statement to the policy on the identity. Its resource is filled in. What SES would refuse is refused, and so is what would let in everybody.
   *
   * @param statement who may do what, on which conditions
   */
  public addToResourcePolicy(statement: iam.PolicyStatement): iam.AddToResourcePolicyResult {
    this.policy ??= new IdentityPolicy(this, 'Policy', { identity: this });
    this.policy.addStatements(statement);
    return { statementAdded: true, policyDependable: this.policy };
  }

  /**
   * Allows to look at the settings and the policies of the identity.
   *
   * @param grantee who may, of the same account
   */
  public grantRead(grantee: iam.IGrantable): iam.Grant {
    return this.grantActions(grantee, IdentityActions.READ);
  }

  /**
   * Allows to change the settings of the identity; not to delete it, nor to let others in.
   *
   * @param grantee who may, of the same account
   */
  public grantManage(grantee: iam.IGrantable): iam.Grant {
    return this.grantActions(grantee, [...IdentityActions.READ, ...IdentityActions.SETTINGS]);
  }

  /**
   * Allows to read how mail of the identity fares.
   *
   * @param grantee who may, of the same account
   */
  public grantReadMetrics(grantee: iam.IGrantable): iam.Grant {
    return this.grantActions(grantee, IdentityActions.METRICS);
  }

  private authorize(options: DelegatedSendOptions, statements: iam.PolicyStatement[]): iam.AddToResourcePolicyResult {
    reportAuthorization(this, this.identityName, options);
    return statements.map(statement => this.addToResourcePolicy(statement)).at(-1)!;
  }

  private checkManagement({ principals, actions }: ManagementOptions): ManagementOptions {
    const foreign = actions.find(action => !IdentityActions.ALL.includes(action));
    if (foreign) fail('Authorization.management', `the action "${foreign}" is none of IdentityActions.ALL; sending is allowed by authorizeSender`, this);
    return { principals, actions };
  }

  private grantActions(grantee: iam.IGrantable, actions: string[]): iam.Grant {
    return iam.Grant.addToPrincipal({ grantee, actions, resourceArns: [this.identityArn] });
  }
}
