import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { IAM } from '@aws-sdk/client-iam';
import { SecretsManager } from '@aws-sdk/client-secrets-manager';
import { findLeaks } from '../leaks';
import type { Scenario } from '../scenario';

const PASSWORD = 'canary-BPx7dQ0mZt+4kWvUe1sJ9yRc';

export const scenario: Scenario = {
  title: 'secrets that get out are found, wherever and however they are written',
  plantsSecrets: true,
  async play({ report, aws, emulator, cdk }) {
    const { step } = report;
    const file = (name: string, text: string) => writeFileSync(join(cdk.home, name), text);
    const found = async () => (await findLeaks(emulator, cdk)).leaks;
    const secrets = new SecretsManager(aws.config);
    const { Name } = await secrets.createSecret({ Name: 'login', SecretString: JSON.stringify({ host: 'smtp.example.com.or.another', password: PASSWORD }) });

    await step('a secret that is kept is in no place, and its members that anybody may see are none', async () => {
      file('host.json', 'smtp.example.com.or.another');
      assert.deepEqual(await found(), []);
    });
    await step('a secret in a file', async () => {
      file('outputs.json', JSON.stringify({ Password: PASSWORD }));
      assert.deepEqual(await found(), ['a secret in file outputs.json']);
    });
    await step('a secret that has been deleted since, in base64', async () => {
      await secrets.deleteSecret({ SecretId: Name, ForceDeleteWithoutRecovery: true });
      file('outputs.json', `x${Buffer.from(`user:${PASSWORD}\n`).toString('base64')}`);
      assert.deepEqual(await found(), ['a secret in file outputs.json']);
      file('outputs.json', '');
    });
    await step('a part of a long key, wrapped as in a PEM text', async () => {
      const key = Buffer.from(Array.from({ length: 200 }, (_, n) => (n * 7919) % 251)).toString('base64');
      await secrets.createSecret({ Name: 'key', SecretString: JSON.stringify({ privateKey: key }) });
      file('key.json', JSON.stringify({ pem: key.slice(32, 112).replace(/(.{20})/g, '$1\n') }));
      assert.deepEqual(await found(), ['a secret in file key.json']);
      file('key.json', '');
    });
    await step('an access key in a template and in its output', async () => {
      const iam = new IAM(aws.config);
      await iam.createUser({ UserName: 'relay' });
      const { AccessKey } = await iam.createAccessKey({ UserName: 'relay' });
      const { status } = await aws.putStack('Leaky', {
        Resources: { Topic: { Type: 'AWS::SNS::Topic', Properties: { DisplayName: 'topic' } } },
        Outputs: { Key: { Value: AccessKey!.SecretAccessKey } },
      });
      assert.equal(status, 'CREATE_COMPLETE');
      assert.deepEqual(await found(), ['an access key in stack Leaky']);
    });
    await step('a secret in the log, the event and the answer of a function that makes a custom resource', async () => {
      const { status } = await aws.putStack('Chatty', chatty(PASSWORD));
      assert.equal(status, 'CREATE_COMPLETE');
      const places = (await found()).filter(leak => leak.startsWith('a secret'));
      assert.deepEqual(places, ['answer of a custom resource', 'function event', 'log line', 'stack Chatty'].map(place => `a secret in ${place}`));
    });
  },
};

/** A function that says all that it hears. */
function chatty(password: string) {
  const code = `const https = require('https');
    exports.handler = event => new Promise((resolve, reject) => {
      console.log(JSON.stringify(event.ResourceProperties));
      const body = JSON.stringify({ ...event, Status: 'SUCCESS', PhysicalResourceId: 'x', Data: { Password: event.ResourceProperties.Password } });
      https.request(event.ResponseURL, { method: 'PUT', rejectUnauthorized: false }, resolve).on('error', reject).end(body);
    });`;
  const trust = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: 'lambda.amazonaws.com' } }] };
  return {
    Resources: {
      Role: { Type: 'AWS::IAM::Role', Properties: { AssumeRolePolicyDocument: trust } },
      Function: {
        Type: 'AWS::Lambda::Function',
        Properties: { Runtime: 'nodejs22.x', Handler: 'index.handler', Role: { 'Fn::GetAtt': ['Role', 'Arn'] }, Code: { ZipFile: code } },
      },
      Made: { Type: 'Custom::Chatty', Properties: { ServiceToken: { 'Fn::GetAtt': ['Function', 'Arn'] }, Password: password } },
    },
  };
}
