/* A domain whose zone belongs to another account, with a role there that may write the records. */
import { App, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Dmarc, Dns, VerifiedDomain } from '../../src';

const stack = new Stack(new App(), 'DnsInAnotherAccount');

new VerifiedDomain(stack, 'Mail', {
  dns: Dns.route53InAccount({
    hostedZoneId: 'Z0123456789ABCDEFGHIJ',
    zoneName: 'example.com',
    roleArn: `arn:${stack.partition}:iam::111122223333:role/mail-dns`,
  }),
  dmarc: Dmarc.none({ reportTo: ['dmarc@example.com'] }),
  removalPolicy: RemovalPolicy.DESTROY, // an example leaves nothing behind; the default keeps the domain
});
