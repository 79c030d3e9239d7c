/* The fakes refuse what the services refuse, so that the tests which use them prove something. */
import { IAM } from '@aws-sdk/client-iam';
import { SecretsManager } from '@aws-sdk/client-secrets-manager';
import { createTransport } from 'nodemailer';
import { FakeIam } from './fake-iam';
import { FakeSecretsManager } from './fake-secrets-manager';
import { FakeSesSmtp, isPasswordOf } from './fake-ses-smtp';

const fakeIam = new FakeIam();
const fakeSecrets = new FakeSecretsManager();
const smtp = new FakeSesSmtp(fakeIam, 'eu-west-1');
const services = [fakeIam, fakeSecrets, smtp];
let [iam, secrets]: [IAM, SecretsManager] = [undefined!, undefined!];

beforeAll(async () => {
  await Promise.all(services.map(service => service.start()));
  const options = { region: 'eu-west-1', credentials: { accessKeyId: 'x', secretAccessKey: 'y' }, maxAttempts: 1 };
  iam = new IAM({ ...options, endpoint: fakeIam.endpoint });
  secrets = new SecretsManager({ ...options, endpoint: fakeSecrets.endpoint });
});
afterAll(async () => { await Promise.all(services.map(service => service.stop())); });
beforeEach(() => {
  services.forEach(service => service.reset());
  fakeIam.addUser('relay');
  fakeSecrets.addSecret('secret');
});

const UserName = 'relay';
const SecretId = 'secret';

describe('IAM', () => {
  const cases: [string, () => Promise<unknown>, string, string][] = [
    ['a third key', async () => { for (let key = 0; key < 3; key++) await iam.createAccessKey({ UserName }); }, 'LimitExceededException', 'AccessKeysPerUser: 2'],
    ['to delete a user with a key', async () => { await iam.createAccessKey({ UserName }); await iam.deleteUser({ UserName }); }, 'DeleteConflictException', 'delete access keys first'],
    ['a user that is not there', () => iam.listAccessKeys({ UserName: 'nobody' }), 'NoSuchEntityException', 'nobody cannot be found'],
    ['a key that is not there', () => iam.deleteAccessKey({ UserName, AccessKeyId: 'AKIAIOSFODNN7EXAMPLE' }), 'NoSuchEntityException', 'cannot be found'],
    ['a name with a slash', () => iam.listAccessKeys({ UserName: 'a/b' }), 'ValidationError', 'userName'],
    ['a short ID', () => iam.deleteAccessKey({ UserName, AccessKeyId: 'AKIA' }), 'ValidationError', 'accessKeyId'],
    ['no name, which would be about the caller', () => iam.listAccessKeys({}), 'AccessDenied', 'the caller'],
    ['an operation that it does not have', () => iam.listUsers({}), 'InvalidAction', 'ListUsers'],
  ];
  test.each(cases)('refuses %s', async (_, act, name, message) => {
    await expect(act()).rejects.toMatchObject({ name, message: expect.stringContaining(message) });
  });

  test('shows a secret access key once', async () => {
    const { AccessKey: key } = await iam.createAccessKey({ UserName });
    expect(key?.SecretAccessKey).toMatch(/^[A-Za-z0-9/+]{40}$/);
    expect(JSON.stringify(await iam.listAccessKeys({ UserName }))).not.toContain(key!.SecretAccessKey!);
  });

  test('tells other services of a new key after a while', async () => {
    fakeIam.propagationMs = 60_000;
    const { AccessKey: key } = await iam.createAccessKey({ UserName });
    expect(fakeIam.secretOf(key!.AccessKeyId!)).toBeUndefined();
    fakeIam.propagationMs = 0;
    expect(fakeIam.secretOf(key!.AccessKeyId!)).toBe(key!.SecretAccessKey);
  });
});

describe('Secrets Manager', () => {
  const token = (digit: number) => `0000000${digit}-0000-0000-0000-000000000000`;
  const put = (SecretString: string, digit = 1, VersionStages?: string[]) =>
    secrets.putSecretValue({ SecretId, SecretString, ClientRequestToken: token(digit), VersionStages });
  const move = (input: { MoveToVersionId?: string; RemoveFromVersionId?: string }, VersionStage = 'AWSCURRENT') =>
    secrets.updateSecretVersionStage({ SecretId, VersionStage, ...input });

  const cases: [string, () => Promise<unknown>, string, string][] = [
    ['a secret that is not there', () => secrets.describeSecret({ SecretId: 'gone' }), 'ResourceNotFoundException', 'can\'t find the specified secret'],
    ['to show an empty secret', () => secrets.getSecretValue({ SecretId }), 'ResourceNotFoundException', 'AWSCURRENT'],
    ['another value for a version', async () => { await put('one'); await put('two'); }, 'ResourceExistsException', 'already in use'],
    ['a short token', () => secrets.putSecretValue({ SecretId, SecretString: 'x', ClientRequestToken: 'short' }), 'InvalidParameterException', '32-64'],
    ['to move a label without saying from where', async () => { await put('one'); await put('two', 2); await move({ MoveToVersionId: token(1) }); },
      'InvalidParameterException', `currently attached to version ${token(2)}`],
    ['to move a label from where it is not', async () => { await put('one'); await move({ RemoveFromVersionId: token(1), MoveToVersionId: token(1) }, 'AWSPENDING'); },
      'InvalidParameterException', 'not attached'],
    ['to move a label to nowhere', async () => { await put('one'); await move({ RemoveFromVersionId: token(1), MoveToVersionId: token(9) }); }, 'ResourceNotFoundException', 'version'],
    ['a secret without a current version', async () => { await put('one'); await move({ RemoveFromVersionId: token(1) }); }, 'InvalidRequestException', 'current version'],
    ['an operation that it does not have', () => secrets.listSecrets({}), 'UnknownOperationException', 'unknown operation'],
    ['a member that it does not have', () => secrets.putSecretValue({ SecretId, SecretString: 'x', SecretBinary: new Uint8Array(1) }), 'ValidationException', 'SecretBinary'],
  ];
  test.each(cases)('refuses %s', async (_, act, name, message) => {
    await expect(act()).rejects.toMatchObject({ name, message: expect.stringContaining(message) });
  });

  test('moves the label of the version before with that of the current one, and forgets versions without a label', async () => {
    await put('one', 1);
    await put('two', 2);
    await put('three', 3);
    expect(['AWSCURRENT', 'AWSPREVIOUS'].map(stage => fakeSecrets.valueOf(SecretId, stage))).toEqual(['three', 'two']);
    expect(fakeSecrets.versionsOf(SecretId)).toBe(2);
    await move({ MoveToVersionId: token(2), RemoveFromVersionId: token(3) });
    expect(['AWSCURRENT', 'AWSPREVIOUS'].map(stage => fakeSecrets.valueOf(SecretId, stage))).toEqual(['two', 'three']);
  });

  test('begins a rotation with an empty version, and does not believe a function that only says it is done', async () => {
    await put('one');
    await expect(fakeSecrets.rotate(SecretId, async ({ ClientRequestToken }) => {
      await expect(secrets.getSecretValue({ SecretId, VersionId: ClientRequestToken, VersionStage: 'AWSPENDING' })).rejects.toThrow('can\'t find');
    })).rejects.toThrow('is not the current one');
  });
});

describe('SES by SMTP', () => {
  const tryLogin = (user: string, pass: string) => {
    const transport = createTransport({ host: smtp.host, port: smtp.wrapperPort, secure: true, tls: { ca: smtp.ca }, auth: { user, pass } });
    return transport.verify().finally(() => { transport.close(); });
  };

  test.each([['a user that is not there', 'AKIAIOSFODNN7EXAMPLE', 'B'], ['no password', 'relay', ' ']])('refuses %s', async (_, user, password) => {
    await expect(tryLogin(user, password)).rejects.toThrow('535 Authentication Credentials Invalid');
  });

  test.each(['', 'BMW5RDrXmmVs0lV7GpI4oLkHXpZ4stDsk6q91z1g38Pl', 'AMW5RDrXmmVs0lV7GpI4oLkHXpZ4stDsk6q91z1g38Pk', 'BMW5RDrXmmVs0lV7GpI4oLkHXpZ4stDsk6q91z1g38Pk='])(
    'takes no other password than the one of the test vector: %j', password => {
      const secretAccessKey = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY';
      expect(isPasswordOf(secretAccessKey, 'eu-west-1', 'BMW5RDrXmmVs0lV7GpI4oLkHXpZ4stDsk6q91z1g38Pk')).toBe(true);
      expect(isPasswordOf(secretAccessKey, 'eu-west-1', password)).toBe(false);
    });
});
