/*
 * What the checks look for, as pure functions over the properties of a CloudFormation resource. Each returns the findings, none when all is well.
 */

/** The properties of a resource as they stand in a template, intrinsic functions included. */
export type Properties = Record<string, unknown>;

/** AWS-managed policies that allow everything SES can do. */
const FULL_ACCESS_POLICIES = /:policy\/AmazonSESFullAccess$/;

/** The actions that send mail, as IAM patterns name them. */
const SENDING = /^ses:(\*|Send.*)$/i;

interface Statement {
  Effect?: string;
  Action?: string | string[];
  Resource?: unknown;
}

/**
 * Statements that allow all of SES, or sending from any identity of the account.
 */
export function broadSending(properties: Properties): string[] {
  const wide = allowed([properties.PolicyDocument, ...inlineDocuments(properties)]).flatMap(({ Action, Resource }) => (asList(Action) as string[])
    .filter(action => action.toLowerCase() === 'ses:*' || (SENDING.test(action) && asList(Resource).includes('*')))
    .map(action => `Action::${action}`));
  const managed = asList(properties.ManagedPolicyArns).map(arn => JSON.stringify(arn)).filter(arn => FULL_ACCESS_POLICIES.test(arn.replace(/["\]}]+$/, '')));
  return [...new Set([...wide, ...managed.map(() => 'Policy::AmazonSESFullAccess')])];
}

/**
 * A policy by which a user may send, directly or as one of a group. A user has keys that last.
 */
export function sendingUser(properties: Properties, type: string): boolean {
  const users = [properties.Users, properties.Groups].flatMap(asList);
  const documents = type === 'AWS::IAM::User' || type === 'AWS::IAM::Group' ? inlineDocuments(properties) : users.length > 0 ? [properties.PolicyDocument] : [];
  return allowed(documents).some(({ Action }) => (asList(Action) as string[]).some(action => SENDING.test(action)));
}

/**
 * A domain or address whose mail is not signed.
 */
export function unsignedIdentity(properties: Properties): boolean {
  return (properties.DkimAttributes as Properties | undefined)?.SigningEnabled === false;
}

/**
 * An identity whose mail is in no configuration set unless each call names one: its events are lost for callers that forget.
 */
export function noDefaultConfigurationSet(properties: Properties): boolean {
  return (properties.ConfigurationSetAttributes as Properties | undefined)?.ConfigurationSetName === undefined;
}

/**
 * A configuration set whose mail may travel in plain text, by choice or since nobody chose. A parameter of the template may be either.
 */
export function optionalTls(properties: Properties): boolean {
  const policy = (properties.DeliveryOptions as Properties | undefined)?.TlsPolicy;
  return policy === undefined || (typeof policy === 'string' && policy.toUpperCase() !== 'REQUIRE');
}

/**
 * A configuration set without the rates by which AWS judges it.
 */
export function unpublishedReputation(properties: Properties): boolean {
  const enabled = (properties.ReputationOptions as Properties | undefined)?.ReputationMetricsEnabled;
  return enabled === undefined || enabled === false;
}

/**
 * A private DKIM key which stands in the template.
 */
export function exposedDkimKey(properties: Properties): boolean {
  const key = (properties.DkimSigningAttributes as Properties | undefined)?.DomainSigningPrivateKey;
  return key !== undefined && !JSON.stringify(key).includes('{{resolve:secretsmanager:');
}

/** The policies that stand in a role, a user or a group itself. */
function inlineDocuments(properties: Properties): unknown[] {
  return asList(properties.Policies).map(policy => (policy as Properties).PolicyDocument);
}

function allowed(documents: unknown[]): Statement[] {
  return documents.flatMap(document => asList((document as Properties | undefined)?.Statement) as Statement[]).filter(({ Effect }) => Effect === 'Allow');
}

function asList(value: unknown): unknown[] {
  return value === undefined ? [] : Array.isArray(value) ? value : [value];
}
