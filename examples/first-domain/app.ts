/* The smallest stack: a hosted zone becomes a domain that mail can be sent from. */
import { App, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { HostedZone } from 'aws-cdk-lib/aws-route53';
import { Dmarc, Dns, VerifiedDomain } from '../../src';

const stack = new Stack(new App(), 'FirstDomain');
const zone = HostedZone.fromHostedZoneAttributes(stack, 'Zone', { hostedZoneId: 'Z0123456789ABCDEFGHIJ', zoneName: 'example.com' });

new VerifiedDomain(stack, 'Mail', {
  dns: Dns.route53(zone),
  dmarc: Dmarc.none({ reportTo: ['dmarc@example.com'] }),
  removalPolicy: RemovalPolicy.DESTROY, // an example leaves nothing behind; the default keeps the domain
});
