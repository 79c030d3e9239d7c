import assert from 'node:assert/strict';
import { sameLines } from '../check';
import type { Scenario } from '../scenario';

const DOMAIN = 'example.com';
const FOREIGN = '_dmarc.example.com. TXT "v=DMARC1; p=reject"';

export const scenario: Scenario = {
  title: 'a record that exists already fails the deployment, which then takes back what it has done, although the default is to retain',
  async play({ report, aws, cdk }) {
    const { step } = report;
    const existing = { Name: `_dmarc.${DOMAIN}`, Type: 'TXT' as const, TTL: 300, ResourceRecords: [{ Value: '"v=DMARC1; p=reject"' }] };
    const zoneId = await aws.createZone(DOMAIN, [existing]);
    const context = { domainName: DOMAIN, hostedZoneId: zoneId };
    await step('cdk bootstrap', () => cdk.bootstrap());
    const output = await step('cdk deploy fails', () => cdk.deployFails({ context }));
    await step('it names the record', () => {
      assert.match(output, /Tried to create resource record set \[name='_dmarc\.example\.com\.', type='TXT'\] but it already exists/);
    });
    await step('neither the identity nor our other records exist, and the foreign record is as it was', async () => {
      assert.equal(await aws.identity(DOMAIN), undefined);
      sameLines(await aws.zoneRecords(zoneId), [FOREIGN], 'zone');
    });
  },
};
