import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { SecretsManager } from '@aws-sdk/client-secrets-manager';
import { DkimKey } from '../../../src';
import { sameLines } from '../check';
import type { Scenario } from '../scenario';

const DOMAIN = 'example.com';

export const scenario: Scenario = {
  title: 'a switch from Easy DKIM to a key of one\'s own fails and changes nothing, unless the unsigned time is accepted',
  async play({ report, aws, cdk }) {
    const { step } = report;
    const zoneId = await aws.createZone(DOMAIN);
    const { publicKey, privateKey } = generateKeyPairSync('rsa', {
      modulusLength: 2048, publicKeyEncoding: { type: 'spki', format: 'der' }, privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    });
    await new SecretsManager(aws.config).createSecret({ Name: 'mail/dkim', SecretString: DkimKey.oneLinePrivateKey(privateKey) });
    const options = (dkim: string) => ({ app: 'npx tsx test/e2e/apps/dkim-switch.ts', context: { dkim, publicKey: publicKey.toString('base64'), hostedZoneId: zoneId } });
    const origin = async () => (await aws.identity(DOMAIN))?.DkimAttributes?.SigningAttributesOrigin;

    await step('cdk bootstrap', () => cdk.bootstrap());
    await step('cdk deploy with Easy DKIM', () => cdk.deploy(options('easy')));
    const before = await aws.zoneRecords(zoneId);
    const output = await step('cdk deploy with a key of one\'s own fails', () => cdk.deployFails(options('own')));
    await step('it says that the identity exists already', () => assert.match(output, /example\.com[^\n]*already exist/i));
    await step('the identity signs as before, with the records as before', async () => {
      assert.equal(await origin(), 'AWS_SES');
      sameLines(await aws.zoneRecords(zoneId), before, 'zone');
    });
    await step('cdk deploy with the unsigned time accepted', () => cdk.deploy(options('own-in-place')));
    await step('the same identity signs with the key, whose record has taken the place of the three', async () => {
      assert.equal(await origin(), 'EXTERNAL');
      const dkim = (await aws.zoneRecords(zoneId)).filter(line => line.includes('_domainkey'));
      assert.equal(dkim.length, 1);
      assert.match(dkim[0], /^own\._domainkey\.example\.com\. TXT "p=/);
    });
    await step('cdk destroy', () => cdk.destroy(options('own-in-place')));
    await step('nothing is left', async () => {
      assert.equal(await aws.identity(DOMAIN), undefined);
      sameLines(await aws.zoneRecords(zoneId), [], 'zone');
    });
  },
};
