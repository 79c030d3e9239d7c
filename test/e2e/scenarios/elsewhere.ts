import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sameLines } from '../check';
import { comparable, recordsByTheBook, stackNameOf } from '../mail-domain';
import type { Scenario } from '../scenario';

const DOMAIN = 'example.com';
const ZONE_FILE_LINE = /^(?<name>\S+\.) (?<ttl>\d+) IN (?<type>[A-Z]+) (?<data>\S.*)$/;

export const scenario: Scenario = {
  title: 'a domain whose DNS is elsewhere: the records are outputs and a manifest, in the form of a zone file',
  async play({ report, aws, cdk }) {
    const { step } = report;
    const context = { domainName: DOMAIN, removalPolicy: 'destroy' };
    await step('cdk bootstrap', () => cdk.bootstrap());
    const { outputs, assembly } = await step('cdk deploy', () => cdk.deploy({ context }));

    const lines = Object.values(outputs[stackNameOf(DOMAIN)] ?? {}).filter(value => value.includes(' IN '));
    await step('the outputs are the records by the book', async () => {
      const records = lines.map(line => {
        const groups = ZONE_FILE_LINE.exec(line)?.groups;
        assert.ok(groups, `not a line of a zone file: ${line}`);
        return `${groups.name} ${groups.type} ${groups.data}`;
      });
      sameLines(comparable(records), await recordsByTheBook(aws, { domain: DOMAIN }), 'outputs');
    });
    await step('the cloud assembly has a manifest of the records', () => {
      const manifests = readdirSync(assembly).filter(file => file.endsWith('.dns.json'));
      assert.equal(manifests.length, 1, `manifests: ${manifests.join(', ')}`);
      const { domain, records } = JSON.parse(readFileSync(join(assembly, manifests[0]), 'utf8')) as { domain: string; records: unknown[] };
      assert.deepEqual([domain, records.length], [DOMAIN, lines.length]);
    });
    await step('a person enters them in a DNS of their own, and SES finds them', async () => {
      const zoneId = await aws.createZone(DOMAIN);
      await aws.addRecords(zoneId, lines.map(line => {
        const { name, ttl, type, data } = ZONE_FILE_LINE.exec(line)!.groups!;
        return { Name: name, Type: type as 'TXT', TTL: Number(ttl), ResourceRecords: [{ Value: data }] };
      }));
      const identity = await aws.identity(DOMAIN);
      assert.equal(identity?.VerifiedForSendingStatus, true);
      assert.equal(identity?.MailFromAttributes?.MailFromDomainStatus, 'SUCCESS');
    });
    await step('cdk destroy', () => cdk.destroy({ context }));
    await step('the identity is gone', async () => assert.equal(await aws.identity(DOMAIN), undefined));
  },
};
