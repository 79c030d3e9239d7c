import { ArnFormat, type IResolvable, Lazy, RemovalPolicy, Stack, Token } from 'aws-cdk-lib';
import * as ses from 'aws-cdk-lib/aws-ses';
import type { Construct } from 'constructs';
import { reportVanishingDefaultSet } from './default-set';
import { checkFeedback, forwards } from './feedback-coverage';
import type { MailFromConfig } from './mail-from';
import { notificationsOf, rememberForwarding } from './notified-identities';
import type { ISesIdentity } from '../delegation';
import { fail } from '../private/errors';

/** What a domain and an address have in common as CloudFormation resources. */
interface IdentityProps {
  readonly name: string;
  readonly signing?: boolean;
  readonly signingAttributes?: ses.CfnEmailIdentity.DkimSigningAttributesProperty;
  readonly mailFrom?: MailFromConfig;
  readonly defaultConfigurationSet?: ses.IConfigurationSet;
  readonly feedbackForwarding?: boolean;
  readonly grantedSets: ReadonlySet<ses.IConfigurationSet>;
  readonly removalPolicy?: RemovalPolicy;
}

/**
 * Creates the SES identity as the default child of a construct. The L1 rather than aws-cdk-lib's L2: that one publishes records of its own
 * where it knows a zone, adds a construct to each of thousands of domains, and has nothing that we use.
 */
export function createIdentity(scope: Construct & ISesIdentity, id: string, props: IdentityProps): ses.CfnEmailIdentity {
  const { mailFrom, defaultConfigurationSet } = props;
  const removalPolicy = removalPolicyOf(props);
  const identity = new ses.CfnEmailIdentity(scope, id, {
    emailIdentity: props.name,
    dkimAttributes: props.signing === undefined ? undefined : { signingEnabled: props.signing },
    dkimSigningAttributes: props.signingAttributes,
    mailFromAttributes: mailFrom && { mailFromDomain: mailFrom.domainName, behaviorOnMxFailure: mailFrom.onMxFailure },
    configurationSetAttributes: defaultConfigurationSet && { configurationSetName: defaultConfigurationSet.configurationSetName },
    feedbackAttributes: feedbackAttributes(scope, props),
  });
  identity.applyRemovalPolicy(removalPolicy);
  scope.node.defaultChild = identity;
  if (defaultConfigurationSet) reportVanishingDefaultSet(scope, defaultConfigurationSet, removalPolicy);
  rememberForwarding(scope, props.feedbackForwarding);
  checkFeedbackLater(scope, props);
  return identity;
}

/** Event destinations, grants, policies and topics may come after the identity. */
function checkFeedbackLater(scope: Construct & ISesIdentity, props: IdentityProps): void {
  const { feedbackForwarding: forwarding, defaultConfigurationSet: defaultSet, grantedSets: otherSets } = props;
  if (forwarding !== undefined) scope.node.addValidation({ validate: () => checkFeedback(scope, { forwarding, defaultSet, otherSets }) });
}

/**
 * Whether SES forwards feedback. The answer waits for event destinations and for topics, which may be added later: topics for both bounces and complaints come with an
 * owner of this setting, and then the identity says nothing, so that no deployment sets it back.
 */
function feedbackAttributes(scope: ISesIdentity, { feedbackForwarding, defaultConfigurationSet }: IdentityProps): IResolvable | undefined {
  if (feedbackForwarding === undefined && !defaultConfigurationSet) return undefined;
  return Lazy.any({
    produce: () => {
      if (notificationsOf(scope)?.forwarding !== undefined) return undefined;
      const emailForwardingEnabled = forwards(feedbackForwarding, defaultConfigurationSet);
      return emailForwardingEnabled === undefined ? undefined : { emailForwardingEnabled };
    },
  });
}

/**
 * What becomes of an identity and of its records: they stay, unless the deployment that makes them fails, so that it can be repeated.
 */
export function removalPolicyOf(props: { removalPolicy?: RemovalPolicy }): RemovalPolicy {
  return props.removalPolicy ?? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE;
}

/**
 * The domain or address in the ARN of an identity. It may be another account's, which has to authorize the sending, but not another Region's.
 */
export function nameOfArn(scope: Construct, arn: string): { name: string; arn: string } {
  const stack = Stack.of(scope);
  const { service, resource, resourceName, region } = stack.splitArn(arn, ArnFormat.SLASH_RESOURCE_NAME);
  if (Token.isUnresolved(arn)) return { name: resourceName!, arn };
  if (service !== 'ses' || resource !== 'identity' || !resourceName) {
    fail('MailIdentity.arn', `"${arn}" is not the ARN of an SES identity; the form is "arn:aws:ses:eu-west-1:111122223333:identity/example.com"`, scope);
  }
  if (!Token.isUnresolved(stack.region) && region !== stack.region) {
    fail('MailIdentity.otherRegion', `the identity "${arn}" is in ${region} and the stack in ${stack.region}; an identity sends from its own Region only`, scope);
  }
  return { name: resourceName, arn };
}
