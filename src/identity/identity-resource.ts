import { ArnFormat, type RemovalPolicy, Stack, Token } from 'aws-cdk-lib';
import * as ses from 'aws-cdk-lib/aws-ses';
import type { Construct } from 'constructs';
import { reportVanishingDefaultSet } from './default-set';
import type { MailFromConfig } from './mail-from';
import { fail } from '../private/errors';

/** What a domain and an address have in common as CloudFormation resources. */
interface IdentityProps {
  readonly name: string;
  readonly signing?: boolean;
  readonly signingAttributes?: ses.CfnEmailIdentity.DkimSigningAttributesProperty;
  readonly mailFrom?: MailFromConfig;
  readonly defaultConfigurationSet?: ses.IConfigurationSet;
  readonly feedbackForwarding?: boolean;
  readonly removalPolicy: RemovalPolicy;
}

/**
 * Creates the SES identity as the default child of a construct. The L1 rather than aws-cdk-lib's L2: that one publishes records of its own
 * where it knows a zone, adds a construct to each of thousands of domains, and has nothing that we use.
 */
export function createIdentity(scope: Construct, id: string, props: IdentityProps): ses.CfnEmailIdentity {
  const { mailFrom, defaultConfigurationSet } = props;
  const identity = new ses.CfnEmailIdentity(scope, id, {
    emailIdentity: props.name,
    dkimAttributes: props.signing === undefined ? undefined : { signingEnabled: props.signing },
    dkimSigningAttributes: props.signingAttributes,
    mailFromAttributes: mailFrom && { mailFromDomain: mailFrom.domainName, behaviorOnMxFailure: mailFrom.onMxFailure },
    configurationSetAttributes: defaultConfigurationSet && { configurationSetName: defaultConfigurationSet.configurationSetName },
    feedbackAttributes: props.feedbackForwarding === undefined ? undefined : { emailForwardingEnabled: props.feedbackForwarding },
  });
  identity.applyRemovalPolicy(props.removalPolicy);
  scope.node.defaultChild = identity;
  if (defaultConfigurationSet) reportVanishingDefaultSet(scope, defaultConfigurationSet, props.removalPolicy);
  return identity;
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
