import assert from 'node:assert/strict';
import { IAM } from '@aws-sdk/client-iam';
import { SecretsManager } from '@aws-sdk/client-secrets-manager';
import { readSmtpSettings } from '../../../src/runtime';
import type { Aws } from '../aws';
import type { Scenario } from '../scenario';

/** What there is of SMTP credentials in the account. */
class Credentials {
  private readonly iam: IAM;
  private readonly secretsManager: SecretsManager;

  public constructor(private readonly aws: Aws) {
    this.iam = new IAM(aws.config);
    this.secretsManager = new SecretsManager(aws.config);
  }

  public async idOf(type: RegExp): Promise<string> {
    const ids = await this.aws.physicalIds('Smtp');
    return String(Object.entries(ids).find(([logicalId]) => type.test(logicalId))?.[1]);
  }

  public async keys(userName: string) {
    return (await this.iam.listAccessKeys({ UserName: userName })).AccessKeyMetadata!.map(key => key.AccessKeyId);
  }

  public async users() {
    return (await this.iam.listUsers({})).Users!.map(user => user.UserName);
  }

  public async settings(secretId: string) {
    return readSmtpSettings((await this.secretsManager.getSecretValue({ SecretId: secretId })).SecretString!);
  }

  public async describe(secretId: string) {
    return this.secretsManager.describeSecret({ SecretId: secretId });
  }

  public async secrets() {
    return (await this.secretsManager.listSecrets({})).SecretList!.map(secret => secret.Name);
  }
}

export const scenario: Scenario = {
  title: 'SMTP credentials: a user, its key and the settings in a secret, changed in place, and gone without a trace',
  async play({ report, aws, cdk }) {
    const { step } = report;
    const credentials = new Credentials(aws);
    const options = (context: Record<string, string> = {}) => ({ app: 'npx tsx test/e2e/apps/smtp.ts', context });

    await step('cdk bootstrap', () => cdk.bootstrap());
    const users = await credentials.users();
    await step('cdk deploy', () => cdk.deploy(options()));
    const [user, secret] = [await credentials.idOf(/^RelayUser/), await credentials.idOf(/^RelaySecret/)];
    const first = await step('the secret has settings of the one key of the user', async () => {
      const settings = await credentials.settings(secret);
      assert.deepEqual(await credentials.keys(user), [settings.username]);
      assert.match(settings.password, /^B[A-Za-z0-9+/]{43}$/);
      assert.deepEqual({ ...settings, username: '', password: '' }, {
        username: '', password: '', host: 'email-smtp.us-east-1.amazonaws.com', port: 587, region: 'us-east-1', iamUser: user,
      });
      return settings;
    });
    await step('rotation is configured, by a function that Secrets Manager may call', async () => {
      const { RotationEnabled, RotationLambdaARN, RotationRules } = await credentials.describe(secret);
      assert.deepEqual([RotationEnabled, RotationRules?.ScheduleExpression], [true, 'rate(30 days)']);
      assert.match(RotationLambdaARN!, /PostmasterSmtpRotation/);
    });
    await step('cdk deploy for another Region and port', () => cdk.deploy(options({ port: '465', region: 'eu-west-1' })));
    await step('the settings have a key for it, and the one before is valid for programs that still use it', async () => {
      const settings = await credentials.settings(secret);
      assert.deepEqual([settings.region, settings.host, settings.port], ['eu-west-1', 'email-smtp.eu-west-1.amazonaws.com', 465]);
      assert.deepEqual((await credentials.keys(user)).sort(), [first.username, settings.username].sort());
    });
    await step('cdk destroy', () => cdk.destroy(options()));
    await step('nothing is left', async () => {
      assert.deepEqual(await credentials.users(), users);
      assert.deepEqual(await credentials.secrets(), []);
    });
  },
};
