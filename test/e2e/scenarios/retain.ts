import assert from 'node:assert/strict';
import { sameLines } from '../check';
import { comparable, recordsByTheBook } from '../mail-domain';
import type { Scenario } from '../scenario';

const DOMAIN = 'mail.example.com';

export const scenario: Scenario = {
  title: 'by default a domain outlives its stack, and a second stack neither takes it over nor harms it',
  async play({ report, aws, cdk }) {
    const { step } = report;
    // the zone is a parent of the domain
    const zoneId = await aws.createZone('example.com');
    const context = { domainName: DOMAIN, hostedZoneId: zoneId, hostedZoneName: 'example.com' };
    await step('cdk bootstrap', () => cdk.bootstrap());
    await step('cdk deploy', () => cdk.deploy({ context }));
    const records = await aws.zoneRecords(zoneId);
    await step('the parent zone holds the records by the book', async () => {
      sameLines(comparable(records), await recordsByTheBook(aws, { domain: DOMAIN }), 'zone');
    });

    const unharmed = async () => {
      sameLines(await aws.zoneRecords(zoneId), records, 'zone');
      assert.equal((await aws.identity(DOMAIN))?.VerifiedForSendingStatus, true);
    };
    await step('cdk destroy', () => cdk.destroy({ context }));
    await step('the identity and its records are still there', unharmed);

    const output = await step('cdk deploy again fails', () => cdk.deployFails({ context }));
    await step('it says what exists already', () => {
      assert.match(output, /AWS::SES::EmailIdentity.*mail\.example\.com.*already exists|already exists.*mail\.example\.com/s);
    });
    await step('the roll-back has left the identity and its records as they were', unharmed);
  },
};
