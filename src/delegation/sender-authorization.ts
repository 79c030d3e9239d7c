import { Stack, Token } from 'aws-cdk-lib';
import type * as cognito from 'aws-cdk-lib/aws-cognito';
import * as iam from 'aws-cdk-lib/aws-iam';
import type { IConstruct } from 'constructs';
import { SendAction } from './send-action';
import { renderConditions, type SendConditions } from './send-conditions';
import { fail } from '../private/errors';

/**
 * How somebody hands mail over to SES.
 */
export enum SendInterface {
  /** Calls of the API. */
  API = 'API',

  /** SMTP, for which SES asks for `ses:SendRawEmail`. */
  SMTP = 'SMTP',
}

/**
 * What others may send from an identity.
 */
export interface DelegatedSendOptions extends SendConditions {
  /**
   * The actions to allow.
   *
   * @default - SEND_EMAIL and SEND_RAW_EMAIL; for SMTP SEND_RAW_EMAIL
   */
  readonly actions?: SendAction[];

  /**
   * How they hand mail over. With `SMTP`, `actions` without SEND_RAW_EMAIL is refused.
   *
   * @default SendInterface.API
   */
  readonly sendInterface?: SendInterface;
}

/**
 * Who may send from an identity, and what.
 */
export interface AuthorizeSenderOptions extends DelegatedSendOptions {
  /**
   * Who may send: accounts, users, roles, services. A user or a role is finer than its whole account.
   */
  readonly principals: iam.IPrincipal[];

  /**
   * The resources on whose behalf services may send, with `*` as wildcard. Of the principals only services have such a source.
   *
   * @default - all of the account of the stack
   */
  readonly sourceArns?: string[];
}

/** The form of the ID of an organization. */
const ORGANIZATION_ID = /^o-[a-z0-9]{10,32}$/;

/**
 * The statements that let principals send. Services get one of their own, since only they act on behalf of somebody else.
 */
export function senderStatements(scope: IConstruct, options: AuthorizeSenderOptions): iam.PolicyStatement[] {
  const { principals, sourceArns } = options;
  if (principals.length === 0) fail('Authorization.noPrincipal', 'principals is an empty list; say who may send', scope);
  const mixed = principals.find(principal => kindsOf(principal).length > 1);
  if (mixed) fail('Authorization.composite', `the principal ${mixed} is of several kinds (${kindsOf(mixed).join(', ')}), which need different conditions; give each for itself`, scope);
  const services = principals.filter(principal => kindsOf(principal).includes('Service'));
  if (sourceArns && services.length === 0) {
    fail('Authorization.sourceArns', 'sourceArns is given, but no principal is a service, and only services act on behalf of others; leave it out', scope);
  }
  const others = principals.filter(principal => !services.includes(principal));
  return [
    ...others.length > 0 ? [sendStatement(scope, others, options)] : [],
    ...services.length > 0 ? [sendStatement(scope, services, options, sourceConditions(scope, sourceArns))] : [],
  ];
}

/**
 * The statement that lets all accounts of an organization send.
 */
export function organizationStatement(scope: IConstruct, organizationId: string, options: DelegatedSendOptions): iam.PolicyStatement {
  if (!Token.isUnresolved(organizationId) && !ORGANIZATION_ID.test(organizationId)) {
    fail('Authorization.organization', `"${organizationId}" is not the ID of an organization; the form is "o-a1b2c3d4e5"`, scope);
  }
  return sendStatement(scope, [new iam.StarPrincipal()], options, { StringEquals: { 'aws:PrincipalOrgID': organizationId } });
}

/**
 * The statement that lets Amazon Cognito write to the users of a pool.
 */
export function cognitoStatement(scope: IConstruct, userPool: cognito.IUserPool, options: DelegatedSendOptions): iam.PolicyStatement {
  return sendStatement(scope, [new iam.ServicePrincipal('cognito-idp.amazonaws.com')], options, {
    StringEquals: { 'aws:SourceAccount': userPool.env.account, 'aws:SourceArn': userPool.userPoolArn },
  });
}

type Conditions = Record<string, Record<string, unknown>>;

function sendStatement(scope: IConstruct, principals: iam.IPrincipal[], options: DelegatedSendOptions, own: Conditions = {}): iam.PolicyStatement {
  const conditions: Conditions = renderConditions(options);
  for (const [operator, values] of Object.entries(own)) conditions[operator] = { ...conditions[operator], ...values };
  return new iam.PolicyStatement({ principals, actions: actionsFor(scope, options), conditions });
}

function actionsFor(scope: IConstruct, { actions, sendInterface }: DelegatedSendOptions): SendAction[] {
  const bySmtp = sendInterface === SendInterface.SMTP;
  if (bySmtp && actions?.includes(SendAction.SEND_RAW_EMAIL) === false) {
    fail('Authorization.smtp', `actions has ${actions.join(', ')}; by SMTP, SES asks for ${SendAction.SEND_RAW_EMAIL}, so add it or leave actions out`, scope);
  }
  return actions ?? (bySmtp ? [SendAction.SEND_RAW_EMAIL] : [SendAction.SEND_EMAIL, SendAction.SEND_RAW_EMAIL]);
}

function sourceConditions(scope: IConstruct, sourceArns: string[] | undefined): Conditions {
  return { StringEquals: { 'aws:SourceAccount': Stack.of(scope).account }, ...sourceArns ? { ArnLike: { 'aws:SourceArn': sourceArns } } : {} };
}

function kindsOf(principal: iam.IPrincipal): string[] {
  return Object.keys(principal.policyFragment.principalJson);
}
