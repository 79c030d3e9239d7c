/* The fakes of the account and of stored mail refuse what the services refuse, so that the tests with them prove something. */
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import {
  GetDedicatedIpCommand, GetEmailIdentityCommand, PutAccountDedicatedIpWarmupAttributesCommand, PutAccountDetailsCommand,
  type PutAccountDetailsCommandInput, PutAccountSuppressionAttributesCommand, PutDedicatedIpInPoolCommand, SESv2Client,
} from '@aws-sdk/client-sesv2';
import { FakeBucket } from './fake-bucket';
import { FakeSesAccount } from './fake-ses-account';

const [account, bucket] = [new FakeSesAccount(), new FakeBucket('mail')];
const services = [account, bucket];
const client = { region: 'eu-west-1', credentials: { accessKeyId: 'x', secretAccessKey: 'y' }, maxAttempts: 1 };
const ses = () => new SESv2Client({ ...client, endpoint: account.endpoint });
const s3 = () => new S3Client({ ...client, endpoint: bucket.endpoint, forcePathStyle: true });

beforeAll(async () => { await Promise.all(services.map(service => service.start())); });
afterAll(async () => { await Promise.all(services.map(service => service.stop())); });
beforeEach(() => services.forEach(service => service.reset()));

const details = (changes: object = {}) => ses().send(new PutAccountDetailsCommand({
  MailType: 'TRANSACTIONAL', WebsiteURL: 'https://example.com', ...changes,
} as PutAccountDetailsCommandInput));
const move = (Ip: string, DestinationPoolName: string) => ses().send(new PutDedicatedIpInPoolCommand({ Ip, DestinationPoolName }));

test.each<[string, () => Promise<unknown>, string]>([
  ['an operation that it does not know', () => ses().send(new GetEmailIdentityCommand({ EmailIdentity: 'example.com' })), 'UnknownOperationException'],
  ['a reason that does not exist', () => ses().send(new PutAccountSuppressionAttributesCommand({ SuppressedReasons: ['OTHER' as never] })), 'BadRequestException'],
  ['a request for a kind of mail that does not exist', () => details({ MailType: 'PROMOTIONAL' }), 'BadRequestException'],
  ['a request in a language that AWS does not write', () => details({ ContactLanguage: 'JP' }), 'BadRequestException'],
  ['a request without a website', () => details({ WebsiteURL: undefined }), 'ValidationException'],
  ['an address that the account does not have', () => ses().send(new GetDedicatedIpCommand({ Ip: '192.0.2.9' })), 'NotFoundException'],
  ['a move of such an address', () => move('192.0.2.9', 'ses-default-dedicated-pool'), 'NotFoundException'],
])('the account refuses %s', async (_, call, name) => {
  await expect(call()).rejects.toMatchObject({ name });
});

test('the account refuses a second request while the first is under review, and a pool that does not exist', async () => {
  await details();
  await expect(details()).rejects.toMatchObject({ name: 'ConflictException' });
  account.ips.set('192.0.2.1', 'ses-default-dedicated-pool');
  await expect(move('192.0.2.1', 'none')).rejects.toMatchObject({ name: 'NotFoundException' });
});

test('the account takes what is right', async () => {
  await ses().send(new PutAccountSuppressionAttributesCommand({ SuppressedReasons: ['BOUNCE'] }));
  await ses().send(new PutAccountDedicatedIpWarmupAttributesCommand({ AutoWarmupEnabled: false }));
  expect([account.suppressedReasons, account.autoWarmup]).toEqual([['BOUNCE'], false]);
});

test('the bucket refuses a key that it does not have, and another bucket', async () => {
  bucket.put('key', Buffer.from('mail'));
  await expect(s3().send(new GetObjectCommand({ Bucket: 'mail', Key: 'other' }))).rejects.toMatchObject({ name: 'NoSuchKey' });
  await expect(s3().send(new GetObjectCommand({ Bucket: 'others', Key: 'key' }))).rejects.toThrow();
  await expect(s3().send(new PutObjectCommand({ Bucket: 'others', Key: 'key', Body: 'x' }))).rejects.toThrow();
  expect(await (await s3().send(new GetObjectCommand({ Bucket: 'mail', Key: 'key' }))).Body!.transformToString()).toBe('mail');
});
