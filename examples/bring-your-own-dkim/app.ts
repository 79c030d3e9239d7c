/*
 * A DKIM key of your own. The private key is in Secrets Manager, as one line of base64:
 *
 *   openssl genrsa 2048 | openssl pkcs8 -topk8 -nocrypt -outform DER | base64 -w0 > key.txt
 *   aws secretsmanager create-secret --name mail/dkim --secret-string file://key.txt && shred -u key.txt
 */
import { App, RemovalPolicy, SecretValue, Stack } from 'aws-cdk-lib';
import { HostedZone } from 'aws-cdk-lib/aws-route53';
import { Dkim, Dmarc, Dns, VerifiedDomain } from '../../src';

const PUBLIC_KEY = `-----BEGIN PUBLIC KEY-----
MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAzDgWcE/idfpdSEUukcyf
/kiv9LI8TyQJ8LIMD2csp6X3yOn+p6L8kSLnBPDa3mT0SMNHwOCZTXU2shknb4DO
zEEWabKy1n3p0r2I2nz+oNpMedbYMM1U/rVNcbNUxaTFM2CbXpOlimBXTMjHlWO9
okJ1Qd7nUSBQHykkDZf9N08ZCJgtYBqDEVgmlRx1Am0iANkx7kaqhyz8bn3wGvaY
kiPGf3/S1yhGVM79ABYLZTBRSUz/wnUxpfdJ6X+lm1pAZK+6tfGH+vVD+YXQoRpK
F6EP8c0ioH6bdMgqaWjbsmThFLommj5sar2qJTIQXDcQrpWiys09Xp7obsNKLPne
mQIDAQAB
-----END PUBLIC KEY-----`;

const stack = new Stack(new App(), 'BringYourOwnDkim');
const zone = HostedZone.fromHostedZoneAttributes(stack, 'Zone', { hostedZoneId: 'Z0123456789ABCDEFGHIJ', zoneName: 'example.com' });

new VerifiedDomain(stack, 'Mail', {
  dns: Dns.route53(zone),
  dkim: Dkim.bringYourOwn({
    selector: '2026a',
    privateKey: SecretValue.secretsManager('mail/dkim', { versionStage: 'AWSCURRENT' }),
    publicKey: PUBLIC_KEY,
  }),
  dmarc: Dmarc.none({ reportTo: ['dmarc@example.com'] }),
  removalPolicy: RemovalPolicy.DESTROY, // an example leaves nothing behind; the default keeps the domain
});
