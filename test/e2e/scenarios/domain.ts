import assert from 'node:assert/strict';
import { sameLines } from '../check';
import { comparable, recordsByTheBook, stackNameOf } from '../mail-domain';
import type { Scenario } from '../scenario';

const DOMAIN = 'example.com';
const FOREIGN = 'www.example.com. A 192.0.2.1';

export const scenario: Scenario = {
  title: 'a domain in Route 53 is published, verified, changed in place, and gone without a trace',
  // its DKIM keys live under dkim.eu-south-1.amazonses.com: a suffix that is taken for granted would show
  region: 'eu-south-1',
  async play({ report, aws, cdk }) {
    const { step } = report;
    const zoneId = await aws.createZone(DOMAIN, [{ Name: 'www.example.com', Type: 'A', TTL: 60, ResourceRecords: [{ Value: '192.0.2.1' }] }]);
    const context = { domainName: DOMAIN, hostedZoneId: zoneId, removalPolicy: 'destroy' };
    await step('cdk bootstrap', () => cdk.bootstrap());

    await step('cdk deploy', () => cdk.deploy({ context }));
    const first = await aws.zoneRecords(zoneId);
    const resources = await aws.physicalIds(stackNameOf(DOMAIN));
    await step('the zone holds the records by the book, the foreign one, and nothing else', async () => {
      sameLines(comparable(first), [...await recordsByTheBook(aws, { domain: DOMAIN }), FOREIGN], 'zone');
    });
    await step('SES finds the records: identity, DKIM and MAIL FROM are verified', async () => {
      const identity = await aws.identity(DOMAIN);
      assert.equal(identity?.VerifiedForSendingStatus, true);
      assert.deepEqual([identity?.DkimAttributes?.SigningEnabled, identity?.DkimAttributes?.Status], [true, 'SUCCESS']);
      assert.equal(identity?.MailFromAttributes?.MailFromDomain, `bounce.${DOMAIN}`);
      assert.equal(identity?.MailFromAttributes?.MailFromDomainStatus, 'SUCCESS');
    });

    const stricter = { ...context, dmarc: 'quarantine', reportTo: 'dmarc@example.com' };
    await step('cdk deploy with a stricter DMARC policy', () => cdk.deploy({ context: stricter }));
    await step('only the DMARC record has changed, and no resource was replaced', async () => {
      const second = await aws.zoneRecords(zoneId);
      const others = (lines: string[]) => lines.filter(line => !line.startsWith('_dmarc.'));
      sameLines(others(second), others(first), 'zone without DMARC');
      const expected = await recordsByTheBook(aws, { domain: DOMAIN, dmarc: 'quarantine', reportTo: 'dmarc@example.com' });
      sameLines(comparable(second), [...expected, FOREIGN], 'zone');
      assert.deepEqual(await aws.physicalIds(stackNameOf(DOMAIN)), resources);
    });

    await step('cdk destroy', () => cdk.destroy({ context: stricter }));
    await step('the foreign record is left; the identity, our records and the stack are gone', async () => {
      sameLines(await aws.zoneRecords(zoneId), [FOREIGN], 'zone');
      assert.equal(await aws.identity(DOMAIN), undefined);
      assert.equal(await aws.stackStatus(stackNameOf(DOMAIN)), undefined);
    });
  },
};
