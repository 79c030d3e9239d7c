import { createHash } from 'node:crypto';
import { S3Client } from '@aws-sdk/client-s3';
import { type ObjectRequest, requestObject, signedHeaders } from '../../src/private/s3-request.lambda-shared';
import { FakeBucket } from '../support/fake-bucket';

interface Signer {
  sign(request: object, options: { signingDate: Date }): Promise<{ headers: Record<string, string> }>;
}

const bucket = new FakeBucket('lists');
beforeAll(() => bucket.start());
afterAll(() => bucket.stop());
beforeEach(() => bucket.reset());

const CREDENTIALS = { accessKeyId: 'AKIAFAKE', secretAccessKey: 'secret' };
const ROLE = { accessKeyId: 'ASIAFAKE', secretAccessKey: 'secret/with+signs', sessionToken: 'token/with+signs==' };

function ask(key: string, request: ObjectRequest): Promise<Response> {
  return requestObject(key, request, { region: 'eu-west-1', bucketUrl: `${bucket.endpoint}/lists`, credentials: CREDENTIALS }, AbortSignal.timeout(5_000));
}

test.each<[string, typeof ROLE | typeof CREDENTIALS, string, string, ObjectRequest]>([
  ['a role of Lambda', ROLE, 'eu-west-1', 'https://mail.s3.eu-west-1.amazonaws.com/forwarding/1', { method: 'GET' }],
  ['a key without a session', CREDENTIALS, 'us-east-1', 'http://127.0.0.1:4566/mail/a%20b%2Bc%21/1', { method: 'GET' }],
  ['an object that is to be as it was', ROLE, 'eu-west-1', 'https://lists.s3.eu-west-1.amazonaws.com/a', { method: 'GET', headers: { 'if-match': '"1"' } }],
  ['an object that is put once', ROLE, 'eu-west-1', 'https://lists.s3.eu-west-1.amazonaws.com/a', { method: 'PUT', body: 'ü\n', headers: { 'if-none-match': '*' } }],
])('a request is signed as the SDK signs it: %s', async (_, credentials, region, address, asked) => {
  const { config } = new S3Client({ region, credentials });
  const makeSigner = config.signer as unknown as (scheme: object) => Promise<Signer>;
  const signer = await makeSigner({ name: 'sigv4', signingName: 's3', signingRegion: region, properties: {} });
  const url = new URL(address);
  const now = new Date('2026-11-26T16:10:54.123Z');
  const bodyHash = createHash('sha256').update(asked.body ?? '').digest('hex');
  const request = {
    method: asked.method,
    protocol: url.protocol,
    hostname: url.hostname,
    path: url.pathname,
    query: {},
    body: asked.body,
    headers: { 'host': url.host, 'x-amz-content-sha256': bodyHash, ...asked.headers },
  };
  const { host, ...headers } = (await signer.sign(request, { signingDate: now })).headers;
  expect(host).toBe(url.host);
  expect(signedHeaders(url, asked, { region, credentials }, now)).toEqual(headers);
});

test('an object that is put is there, whatever its name and its text', async () => {
  await ask('a b/ü+!', { method: 'PUT', body: 'ü\n' });
  expect(bucket.text('a b/ü+!')).toBe('ü\n');
  expect(await (await ask('a b/ü+!', { method: 'GET' })).text()).toBe('ü\n');
});

test('an error says what S3 says, in the form of the SDK', async () => {
  await expect(ask('nowhere', { method: 'GET' })).rejects.toMatchObject({ name: 'NoSuchKey', message: 'S3 answered 404', $metadata: { httpStatusCode: 404 } });
  await ask('a', { method: 'PUT', body: '1' });
  await expect(ask('a', { method: 'PUT', body: '2', headers: { 'if-none-match': '*' } })).rejects.toMatchObject({ name: 'PreconditionFailed' });
  await expect(ask('a', { method: 'GET', headers: { 'if-match': '"2"' } })).rejects.toMatchObject({ name: 'PreconditionFailed' });
});
