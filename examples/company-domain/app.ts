/* A sub-domain for newsletters in the zone of its parent: enforcing DMARC, a logo, TLS reports, and a function that may send. */
import { App, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { PublicHostedZone } from 'aws-cdk-lib/aws-route53';
import { Bimi, Dmarc, Dns, EventDestination, MailFrom, MailStream, StreamKind, TlsRpt, VerifiedDomain } from '../../src';

const stack = new Stack(new App(), 'CompanyDomain');
const zone = new PublicHostedZone(stack, 'Zone', { zoneName: 'example.com' });

const news = new VerifiedDomain(stack, 'News', {
  dns: Dns.route53(zone),
  domain: 'news.example.com',
  mailFrom: MailFrom.subdomain('return'),
  dmarc: Dmarc.quarantine({ reportTo: ['dmarc@example.com'] }),
  bimi: Bimi.logo('https://example.com/logo.svg', { certificate: 'https://example.com/vmc.pem' }),
  additionalRecords: [TlsRpt.reportTo(['tls-reports@example.com']).record('news.example.com')],
  defaultConfigurationSet: new MailStream(stack, 'Newsletter', { kind: StreamKind.MARKETING, feedback: EventDestination.eventBus() }),
  ttl: Duration.hours(1),
  removalPolicy: RemovalPolicy.DESTROY, // an example leaves nothing behind; the default keeps the domain
});

const sender = new iam.Role(stack, 'Sender', { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') });
news.grantSend(sender, { fromAddresses: ['*@news.example.com'] });
