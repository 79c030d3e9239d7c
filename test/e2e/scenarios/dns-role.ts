import assert from 'node:assert/strict';
import { Aws } from '../aws';
import { sameLines } from '../check';
import { ACCOUNT, DNS_ACCOUNT } from '../emulator';
import { comparable, recordsByTheBook } from '../mail-domain';
import type { Scenario } from '../scenario';

const DOMAIN = 'example.com';
const FOREIGN = 'www.example.com. A 192.0.2.1';

export const scenario: Scenario = {
  title: 'the zone of another account: a handler, deployed as its users deploy it, writes the records through a role',
  region: 'eu-west-1',
  async play({ report, emulator, region, aws, cdk }) {
    const { step } = report;
    const dns = new Aws(emulator, region, DNS_ACCOUNT);
    const www = { Name: 'www.example.com', Type: 'A' as const, TTL: 60, ResourceRecords: [{ Value: '192.0.2.1' }] };
    const zoneId = await dns.createZone(DOMAIN, [www]);
    const { outputs } = await step('the owner of the zone makes a role for our account', async () => {
      const result = await dns.putStack('dns-role', roleTemplate(zoneId));
      assert.equal(result.status, 'CREATE_COMPLETE', result.reasons);
      return result;
    });
    const context = { domainName: DOMAIN, hostedZoneId: zoneId, dnsRoleArn: outputs.RoleArn, removalPolicy: 'destroy' };
    await step('cdk bootstrap', () => cdk.bootstrap());

    await step('cdk deploy', () => cdk.deploy({ context }));
    const first = await dns.zoneRecords(zoneId);
    await step('the zone holds the records by the book, the foreign one, and nothing else', async () => {
      sameLines(comparable(first), [...await recordsByTheBook(aws, { domain: DOMAIN }), FOREIGN], 'zone');
    });

    const dmarc = await dns.record(zoneId, `_dmarc.${DOMAIN}`, 'TXT');

    const stricter = { ...context, dmarc: 'reject', reportTo: 'dmarc@example.com' };
    await step('cdk deploy with a stricter DMARC policy', () => cdk.deploy({ context: stricter }));
    await step('only the DMARC record has changed', async () => {
      const expected = await recordsByTheBook(aws, { domain: DOMAIN, dmarc: 'reject', reportTo: 'dmarc@example.com' });
      sameLines(comparable(await dns.zoneRecords(zoneId)), [...expected, FOREIGN], 'zone');
    });

    await step('cdk destroy', () => cdk.destroy({ context: stricter }));
    await step('the foreign record is left; our records and the identity are gone', async () => {
      sameLines(await dns.zoneRecords(zoneId), [FOREIGN], 'zone');
      assert.equal(await aws.identity(DOMAIN), undefined);
    });

    // exactly what we would write: it is not ours to delete later, all the same
    await dns.addRecords(zoneId, [dmarc]);
    const output = await step('cdk deploy beside a foreign DMARC record fails', () => cdk.deployFails({ context }));
    await step('it names the record', () => assert.match(output, /TXT _dmarc\.example\.com/));
    await step('the roll-back has left the zone as it was, and no identity', async () => {
      sameLines(await dns.zoneRecords(zoneId), [FOREIGN, ...first.filter(line => line.startsWith('_dmarc.'))], 'zone');
      assert.equal(await aws.identity(DOMAIN), undefined);
    });
  },
};

function roleTemplate(zoneId: string) {
  return {
    Resources: {
      Role: {
        Type: 'AWS::IAM::Role',
        Properties: {
          RoleName: 'mail-dns',
          AssumeRolePolicyDocument: {
            Version: '2012-10-17',
            Statement: [{ Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` }, Action: 'sts:AssumeRole' }],
          },
          Policies: [{
            PolicyName: 'zone',
            PolicyDocument: {
              Version: '2012-10-17',
              Statement: [{
                Effect: 'Allow',
                Action: ['route53:ChangeResourceRecordSets', 'route53:ListResourceRecordSets'],
                Resource: `arn:aws:route53:::hostedzone/${zoneId}`,
              }],
            },
          }],
        },
      },
    },
    Outputs: { RoleArn: { Value: { 'Fn::GetAtt': ['Role', 'Arn'] } } },
  };
}
