import { Duration, type Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { SmtpCredentials, SmtpPort, SmtpRotation, VerifiedDomain } from '../../../../src';

/** What a part is made for. */
export interface SmtpPart {
  /** The domain that is sent from. */
  readonly domainName: string;

  /** The Region through which mail is sent, where it is not that of the stack. */
  readonly region?: string;

  /** The port that programs are told; changes with it, so that a deployment can change something. */
  readonly port?: number;
}

/**
 * A login for programs that only speak SMTP, and the role of one of them. All of it goes with the stack.
 */
export function addSmtp(stack: Stack, { domainName, region, port = 587 }: SmtpPart): SmtpCredentials {
  const credentials = new SmtpCredentials(stack, 'Relay', {
    identities: [VerifiedDomain.fromDomainName(stack, 'RelayDomain', domainName)],
    fromAddresses: [`*@${domainName}`],
    region,
    port: SmtpPort.of(port),
    rotation: SmtpRotation.every(Duration.days(30)),
  });
  credentials.grantRead(new iam.Role(stack, 'Program', { assumedBy: new iam.ServicePrincipal('ec2.amazonaws.com') }));
  return credentials;
}
