import { App, Stack, Validations } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { PublicHostedZone } from 'aws-cdk-lib/aws-route53';
import { ConfigurationSet, ConfigurationSetTlsPolicy } from 'aws-cdk-lib/aws-ses';
import { Dmarc, Dns, VerifiedAddress, VerifiedDomain } from '../../src';
import { NAG_PACKS } from '../support/nag-packs';

/** Everything that the library makes, and nothing else but what it needs. */
function app(): App {
  const root = new App();
  const stack = new Stack(root, 'Stack');
  const set = new ConfigurationSet(stack, 'Set', { tlsPolicy: ConfigurationSetTlsPolicy.REQUIRE, reputationMetrics: true });
  const options = { defaultConfigurationSet: set, dmarc: Dmarc.none({ reportTo: ['dmarc@example.com'] }) };
  const zone = PublicHostedZone.fromHostedZoneAttributes(stack, 'Zone', { hostedZoneId: 'Z1', zoneName: 'example.com' });
  const domain = new VerifiedDomain(stack, 'Mail', { ...options, dns: Dns.route53(zone) });
  new VerifiedDomain(stack, 'Elsewhere', { ...options, dns: Dns.elsewhere('example.net') });
  new VerifiedDomain(stack, 'InAccount', {
    ...options, dns: Dns.route53InAccount({ hostedZoneId: 'Z2', zoneName: 'example.org', roleArn: 'arn:aws:iam::111122223333:role/dns' }),
  });
  new VerifiedAddress(stack, 'Address', { address: 'orders@example.com', domain });
  // the grantee is the user's; the inline policy that aws-cdk-lib puts grants into is what three packs would have otherwise
  const sender = new iam.Role(stack, 'Sender', { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') });
  domain.grantSend(sender);
  Validations.of(sender).acknowledge(...['HIPAA.Security', 'NIST.800.53.R5', 'PCI.DSS.321'].map(pack => ({ id: `${pack}-IAMNoInlinePolicy`, reason: 'test' })));
  return root;
}

test.each(NAG_PACKS)('%s finds nothing in what the library makes that is not acknowledged with a reason', (_, Pack) => {
  const root = app();
  const { violations } = new Pack(root).validateScope(root);
  const own = violations.flatMap(({ ruleName, violatingResources }) => violatingResources.map(resource => ({ ruleName, ...resource })));
  expect(own).toEqual([]);
});
