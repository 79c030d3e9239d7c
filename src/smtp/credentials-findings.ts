import { Token } from 'aws-cdk-lib';
import type { IConfigurationSet } from 'aws-cdk-lib/aws-ses';
import type { Construct } from 'constructs';
import { type IMailIdentity, MailIdentity } from '../identity';
import { finding } from '../private/finding';
import { SesRegion } from '../ses/region';
import { SmtpPort } from '../ses/smtp-port';

/** What there is to say of SMTP credentials. */
interface ReportedCredentials {
  readonly region: SesRegion;
  readonly port: SmtpPort;
  readonly identities: IMailIdentity[];
  readonly stream?: IConfigurationSet;
  readonly fromAddresses?: string[];
  /** Asked when the tree is complete. */
  readonly isWatched: () => boolean;
}

/**
 * Reports what deploys, and may surprise.
 */
export function reportCredentials(scope: Construct, credentials: ReportedCredentials): void {
  const { region, port, identities, stream, fromAddresses } = credentials;
  if (!region.supportsSmtp) {
    finding(scope, 'SmtpCredentials.regionWithoutSmtp', `SES is not known to take mail by SMTP in ${region.name}: it has the API there only; take another Region, or ` +
      `acknowledge when ${region.smtpEndpoint} can be reached`);
  }
  if (port === SmtpPort.STARTTLS_25) {
    finding(scope, 'SmtpCredentials.port25', 'port 25 is blocked or throttled by clouds and providers, EC2 and Lambda among them; take 587 or 465');
  }
  const domains = identities.filter(({ identityName }) => Token.isUnresolved(identityName) || !identityName.includes('@'));
  if (!fromAddresses && domains.length > 0) {
    finding(scope, 'SmtpCredentials.anySender', `whoever has the password can send from every address of ${domains.map(({ node }) => node.path).join(', ')}; say in ` +
      'fromAddresses which are needed');
  }
  reportHeader(scope, identities, stream);
  scope.node.addValidation({ validate: () => { reportUnwatched(scope, credentials.isWatched()); return []; } });
}

/** What a program does not name, SES sends through the default set of the identity. */
function reportHeader(scope: Construct, identities: IMailIdentity[], stream?: IConfigurationSet): void {
  if (!stream) return;
  const others = identities.filter(identity => !(identity instanceof MailIdentity && identity.defaultConfigurationSet === stream));
  if (others.length === 0) return;
  finding(scope, 'SmtpCredentials.headerNeeded', `only mail through ${stream.node.path} is allowed, which is not known to be the default set of ` +
    `${others.map(({ node }) => node.path).join(', ')}; programs have to name it in the header X-SES-CONFIGURATION-SET, or leave the stream out to send through the ` +
    'default set');
}

function reportUnwatched(scope: Construct, isWatched: boolean): void {
  if (isWatched) return;
  finding(scope, 'SmtpCredentials.unwatched', 'nobody learns when the credentials are no longer rotated; give them to an SmtpKeyMonitor');
}
