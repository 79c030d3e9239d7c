/* A domain and the SMTP credentials of a program: port and Region (here or elsewhere) as context values. */
import { App, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { PublicHostedZone } from 'aws-cdk-lib/aws-route53';
import { Dns, SmtpCredentials, SmtpPort, SmtpRotation, VerifiedDomain } from '../../../src';

const app = new App();
const stack = new Stack(app, 'Smtp');
const region: string | undefined = app.node.tryGetContext('region');

const domain = new VerifiedDomain(stack, 'Mail', {
  dns: Dns.route53(PublicHostedZone.fromPublicHostedZoneAttributes(stack, 'Zone', { hostedZoneId: app.node.getContext('hostedZoneId'), zoneName: 'example.com' })),
  removalPolicy: RemovalPolicy.DESTROY,
});
const credentials = new SmtpCredentials(stack, 'Relay', {
  identities: [region ? VerifiedDomain.fromDomainName(stack, 'Elsewhere', 'example.com') : domain],
  fromAddresses: ['*@example.com'],
  region,
  port: SmtpPort.of(Number(app.node.tryGetContext('port') ?? 587)),
  rotation: SmtpRotation.every(Duration.days(30)),
});
credentials.grantRead(new iam.Role(stack, 'Program', { assumedBy: new iam.ServicePrincipal('ec2.amazonaws.com') }));
