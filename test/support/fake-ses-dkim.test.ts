/* The fake of signing with keys of users refuses what SES refuses, so that the tests with it prove something. */
import { generateKeyPairSync } from 'node:crypto';
import {
  GetAccountCommand, GetEmailIdentityCommand, PutEmailIdentityDkimSigningAttributesCommand,
  type PutEmailIdentityDkimSigningAttributesCommandInput, SESv2Client,
} from '@aws-sdk/client-sesv2';
import { FakeSesDkim } from './fake-ses-dkim';

const fake = new FakeSesDkim('example.com');
const ses = () => new SESv2Client({ region: 'eu-west-1', credentials: { accessKeyId: 'x', secretAccessKey: 'y' }, maxAttempts: 1, endpoint: fake.endpoint });
const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const DomainSigningPrivateKey = privateKey.export({ type: 'pkcs1', format: 'der' }).toString('base64');

beforeAll(() => fake.start());
afterAll(() => fake.stop());
beforeEach(() => fake.reset());

const put = (changes: object = {}) => ses().send(new PutEmailIdentityDkimSigningAttributesCommand({
  EmailIdentity: 'example.com', SigningAttributesOrigin: 'EXTERNAL', SigningAttributes: { DomainSigningSelector: 'one', DomainSigningPrivateKey }, ...changes,
} as PutEmailIdentityDkimSigningAttributesCommandInput));

test.each<[string, () => Promise<unknown>]>([
  ['an operation that it does not know', () => ses().send(new GetAccountCommand({}))],
  ['another domain', () => ses().send(new GetEmailIdentityCommand({ EmailIdentity: 'example.org' }))],
  ['a selector with a dot', () => put({ SigningAttributes: { DomainSigningSelector: 'a.b', DomainSigningPrivateKey } })],
  ['a key that is none', () => put({ SigningAttributes: { DomainSigningSelector: 'one', DomainSigningPrivateKey: 'bm8ga2V5' } })],
  ['half a key', () => put({ SigningAttributes: { DomainSigningSelector: 'one' } })],
  ['a key of SES itself', () => put({ SigningAttributesOrigin: 'AWS_SES' })],
])('%s is refused', async (_, call) => {
  await expect(call()).rejects.toThrow();
  expect(fake.key).toBeUndefined();
});

test('a key signs from the moment when SES is told, and is verified once its record is public', async () => {
  fake.isPublic = () => false;
  await put();
  expect(fake.key?.selector).toBe('one');
  const status = async () => (await ses().send(new GetEmailIdentityCommand({ EmailIdentity: 'example.com' }))).DkimAttributes?.Status;
  expect(await status()).toBe('PENDING');
  fake.isPublic = () => true;
  expect(await status()).toBe('SUCCESS');
});
