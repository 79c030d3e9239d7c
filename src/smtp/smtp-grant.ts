import { CfnResource, Stack, Token } from 'aws-cdk-lib';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type { IConfigurationSet } from 'aws-cdk-lib/aws-ses';
import type { Construct } from 'constructs';
import { SendAction, type SendConditions } from '../delegation';
import { type IMailIdentity, MailIdentity } from '../identity';
import { ImportedIdentity } from '../identity/mail-identity';
import { fail } from '../private/errors';

/** What somebody who logs in by SMTP may send. */
export interface SmtpGrant {
  readonly grantee: iam.IGrantable;
  readonly region: string;
  readonly identities: IMailIdentity[];
  readonly stream?: IConfigurationSet;
  readonly limits: SendConditions;
}

/**
 * Allows to send by SMTP, for which SES asks IAM about one action only, from identities of a Region, which may be another than that of the stack.
 */
export function allowSending(scope: Construct, { grantee, region, identities, stream, limits }: SmtpGrant): void {
  if (identities.length === 0) fail('SmtpCredentials.noIdentity', 'identities is an empty list, so nothing could be sent; give the domains and addresses to send from', scope);
  for (const identity of identities) {
    identityIn(scope, identity, region).grantSend(grantee, {
      ...limits,
      actions: [SendAction.SEND_RAW_EMAIL],
      configurationSets: stream && [stream],
      defaultConfigurationSet: stream === undefined,
    });
  }
}

/**
 * Refuses conditions that mail by SMTP can never meet.
 */
export function checkLimits(scope: Construct, { apiVersion, userAgents }: SendConditions): void {
  if (apiVersion === '1') fail('SmtpCredentials.apiVersion', 'apiVersion is "1"; mail by SMTP counts as version 2, so nothing could be sent; leave it out', scope);
  if (userAgents) fail('SmtpCredentials.userAgents', 'userAgents is given; SMTP has no user agent, so nothing could be sent; leave it out', scope);
}

function identityIn(scope: Construct, identity: IMailIdentity, region: string): IMailIdentity {
  const known = regionOf(identity);
  if (known !== undefined && known !== region && !Token.isUnresolved(known) && !Token.isUnresolved(region)) {
    fail('SmtpCredentials.otherRegion', `the credentials are for ${region} and the identity ${identity.node.path} is in ${known}; SES knows identities and SMTP ` +
      `passwords by Region, so make credentials for ${known}, or verify the identity in ${region}`, scope);
  }
  if (region === Stack.of(scope).region || !Token.isUnresolved(identity.identityArn)) return identity;
  // a reference to a resource of another Region would need that resource's stack; the name does not
  return new ImportedIdentity(
    scope, `Identity${identity.node.addr.slice(-8)}`, { name: identity.identityName, region }, identity instanceof MailIdentity ? identity.defaultConfigurationSet : undefined,
  );
}

/** The Region of an identity that is made in this app, or imported by its ARN. One that is imported by its name may be in any. */
function regionOf(identity: IMailIdentity): string | undefined {
  if (!Token.isUnresolved(identity.identityArn)) return identity.identityArn.split(':')[3];
  return CfnResource.isCfnResource(identity.node.defaultChild) ? Stack.of(identity).region : undefined;
}
