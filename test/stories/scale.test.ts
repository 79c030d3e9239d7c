import { statSync } from 'node:fs';
import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { HostedZone } from 'aws-cdk-lib/aws-route53';
import { CloudAssembly } from 'aws-cdk-lib/cx-api';
import { Dmarc, Dns, VerifiedDomain } from '../../src';

/** What CloudFormation accepts in one template. */
const RESOURCES_MAX = 500;
const TEMPLATE_BYTES_MAX = 1024 * 1024;

test('240 domains fit into one stack', () => {
  const app = new App();
  const stack = new Stack(app, 'Stack');
  for (let index = 0; index < 240; index++) {
    const zoneName = `customer-${index}.example.com`;
    const zone = HostedZone.fromHostedZoneAttributes(stack, `Zone${index}`, { hostedZoneId: `Z${index}`, zoneName });
    new VerifiedDomain(stack, `Mail${index}`, { dns: Dns.route53(zone), dmarc: Dmarc.none({ reportTo: [`dmarc@${zoneName}`] }) });
  }
  const assembly: CloudAssembly = app.synth();
  const { template, templateFile } = assembly.getStackByName('Stack');
  expect(Object.keys(template.Resources)).toHaveLength(480);
  expect(Object.keys(template.Resources).length).toBeLessThanOrEqual(RESOURCES_MAX);
  expect(statSync(join(assembly.directory, templateFile)).size).toBeLessThan(TEMPLATE_BYTES_MAX);
});
