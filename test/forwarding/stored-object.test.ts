import { S3Client } from '@aws-sdk/client-s3';
import { getObject, signedHeaders } from '../../src/forwarding/stored-object.lambda-shared';
import { FakeBucket } from '../support/fake-bucket';

interface Signer {
  sign(request: object, options: { signingDate: Date }): Promise<{ headers: Record<string, string> }>;
}

const bucket = new FakeBucket('mail');
beforeAll(() => bucket.start());
afterAll(() => bucket.stop());

function fetchKey(Key: string) {
  const store = { region: 'eu-west-1', bucketUrl: `${bucket.endpoint}/mail`, credentials: { accessKeyId: 'AKIA', secretAccessKey: 's' } };
  return getObject({ Bucket: 'mail', Key }, store, AbortSignal.timeout(5_000));
}

test.each([
  ['a role of Lambda', { accessKeyId: 'ASIAFAKE', secretAccessKey: 'secret/with+signs', sessionToken: 'token/with+signs==' }, 'eu-west-1', 'https://mail.s3.eu-west-1.amazonaws.com/forwarding/1'],
  ['a key without a session', { accessKeyId: 'AKIAFAKE', secretAccessKey: 'secret' }, 'us-east-1', 'http://127.0.0.1:4566/mail/a%20b%2Bc%21/1'],
])('a request is signed as the SDK signs it: %s', async (_, credentials, region, address) => {
  const { config } = new S3Client({ region, credentials });
  const makeSigner = config.signer as unknown as (scheme: object) => Promise<Signer>;
  const signer = await makeSigner({ name: 'sigv4', signingName: 's3', signingRegion: region, properties: {} });
  const url = new URL(address);
  const now = new Date('2026-11-26T16:10:54.123Z');
  const request = { method: 'GET', protocol: url.protocol, hostname: url.hostname, path: url.pathname, query: {}, headers: { host: url.host } };
  const { host, ...headers } = (await signer.sign(request, { signingDate: now })).headers;
  expect(host).toBe(url.host);
  expect(signedHeaders(url, { region, credentials }, now)).toEqual(headers);
});

test('an object comes with its bytes and its metadata', async () => {
  bucket.put('a b/ü+!', Buffer.from([0, 255, 13, 10]), { 'x-amz-iv': 'x' });
  const { Body, Metadata } = await fetchKey('a b/ü+!');
  expect(Buffer.from(await Body!.transformToByteArray())).toEqual(Buffer.from([0, 255, 13, 10]));
  expect(Metadata).toEqual({ 'x-amz-iv': 'x' });
});

test('an error says what S3 says, in the form of the SDK', async () => {
  await expect(fetchKey('nowhere')).rejects.toMatchObject({ name: 'NoSuchKey', message: 'S3 answered 404', $metadata: { httpStatusCode: 404 } });
});
