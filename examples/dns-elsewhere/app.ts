/* A domain whose DNS is not at Route 53: the records are stack outputs, and `npx postmaster dns` prints them in four formats. */
import { App, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Dmarc, Dns, VerifiedDomain } from '../../src';

const stack = new Stack(new App(), 'DnsElsewhere');

new VerifiedDomain(stack, 'Mail', {
  dns: Dns.elsewhere('example.com'),
  dmarc: Dmarc.none({ reportTo: ['dmarc@example.com'] }),
  removalPolicy: RemovalPolicy.DESTROY, // an example leaves nothing behind; the default keeps the domain
});
