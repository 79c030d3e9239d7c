import { createCipheriv, randomBytes } from 'node:crypto';
import { DecryptCommand, KMSClient } from '@aws-sdk/client-kms';
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { decryptMail, isEncryptedMail } from '../../src/inbox/encrypted-mail';
import { fetchMail, mailObjectKey, type MailStore } from '../../src/inbox/fetch-mail';
import { parseReceivedMail } from '../../src/inbox/parse-received-mail';
import { SAMPLE_MESSAGE, sampleReceiptEvent, sampleReceivedMail } from '../../src/inbox/sample-received-mail';
import { PostmasterError } from '../../src/private/errors';
import { encryptedObject, type EncryptedObject } from '../support/encrypted-object';
import { FakeBucket } from '../support/fake-bucket';
import { FakeKms } from '../support/fake-kms';
import { Refusal } from '../support/fake-service';

const KEY = 'arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab';
const OTHER_KEY = KEY.replace('1234abcd', 'abcd1234');
const BUCKET = 'mail-111122223333';
const MESSAGE = Buffer.from(SAMPLE_MESSAGE, 'utf8');

const kms = new FakeKms([KEY, OTHER_KEY]);
const bucket = new FakeBucket(BUCKET);
const credentials = { accessKeyId: 'a', secretAccessKey: 'b' };
let s3: S3Client;
let kmsClient: KMSClient;
/** Written as a user writes it. */
let store: MailStore;

beforeAll(async () => {
  await Promise.all([kms.start(), bucket.start()]);
  s3 = new S3Client({ region: 'eu-west-1', endpoint: bucket.endpoint, forcePathStyle: true, credentials, maxAttempts: 1 });
  kmsClient = new KMSClient({ region: 'eu-west-1', endpoint: kms.endpoint, credentials, maxAttempts: 1 });
  store = { getObject: input => s3.send(new GetObjectCommand(input)), decrypt: input => kmsClient.send(new DecryptCommand(input)) };
});
afterAll(() => Promise.all([kms.stop(), bucket.stop()]));
beforeEach(() => { kms.reset(); bucket.reset(); });

const [STORED] = parseReceivedMail(sampleReceivedMail('S3'));
const [TOLD] = parseReceivedMail(sampleReceiptEvent());
const ID = STORED.mail.messageId;

/** The sentence of a refusal, with its code. */
async function refusal(result: Promise<unknown>): Promise<string> {
  const error = await result.then(() => undefined, (thrown: unknown) => thrown);
  if (!(error instanceof PostmasterError)) throw error ?? new Error('it was taken');
  return error.message;
}

test.each([['', 'id'], ['mail', 'mail/id'], ['mail/', 'mail/id'], ['a/b/', 'a/b/id']])('behind the prefix "%s", a message is stored as %s', (prefix, key) => {
  expect(mailObjectKey('id', prefix)).toBe(key);
});

describe('a message', () => {
  test('is fetched from where its notification says', async () => {
    bucket.put(`support/${ID}`, MESSAGE);
    expect(await fetchMail(STORED, store)).toEqual(MESSAGE);
    expect([bucket.calls, kms.calls]).toEqual([['GetObject'], []]);
  });

  test('is fetched from where the caller says, when a function is told of it', async () => {
    bucket.put(`inbox/${ID}`, MESSAGE);
    expect(await fetchMail(TOLD, { ...store, bucketName: BUCKET, prefix: 'inbox' })).toEqual(MESSAGE);
  });

  test('is not looked for when nobody says where', async () => {
    expect(await refusal(fetchMail(TOLD, store))).toBe(`the notification of message ${ID} is about an action of type Lambda, which does not tell where SES stored it; ` +
      'give "bucketName" [FetchMail.bucket]');
  });

  test('that is not there is an error of S3', async () => {
    await expect(fetchMail(STORED, store)).rejects.toMatchObject({ name: 'NoSuchKey' });
  });

  test('without a body is refused', async () => {
    expect(await refusal(fetchMail(STORED, { getObject: () => Promise.resolve({}) }))).toBe(`S3 gave no body for message ${ID} [FetchMail.empty]`);
  });

  test('that SES encrypted is decrypted', async () => {
    const { body, metadata } = encryptedObject(kms, KEY, MESSAGE, ID);
    bucket.put(`support/${ID}`, body, metadata);
    expect(await fetchMail(STORED, store)).toEqual(MESSAGE);
    expect(await fetchMail(STORED, { ...store, keyId: KEY })).toEqual(MESSAGE);
    expect(kms.calls).toEqual(['Decrypt', 'Decrypt']);
  });

  test('that SES encrypted needs KMS', async () => {
    const { body, metadata } = encryptedObject(kms, KEY, MESSAGE, ID);
    bucket.put(`support/${ID}`, body, metadata);
    expect(await refusal(fetchMail(STORED, { getObject: store.getObject }))).toBe(
      `message ${ID} is encrypted with a KMS key; give "decrypt", which asks KMS [FetchMail.encrypted]`);
  });

  test('that is not encrypted is refused where all should be', async () => {
    bucket.put(`support/${ID}`, MESSAGE);
    expect(await refusal(fetchMail(STORED, { ...store, keyId: KEY }))).toBe(
      `message ${ID} is not encrypted; all that SES stores there should be, with ${KEY} [FetchMail.notEncrypted]`);
  });

  test('of 40 MB is decrypted', async () => {
    const large = randomBytes(40 * 1024 * 1024);
    const { body, metadata } = encryptedObject(kms, KEY, large, ID);
    bucket.put(`support/${ID}`, body, metadata);
    expect((await fetchMail(STORED, store)).equals(large)).toBe(true);
  });
});

describe('an encrypted message', () => {
  const decrypt = (object: EncryptedObject, options: { keyId?: string; messageId?: string } = { messageId: ID }) =>
    decryptMail(object.body, object.metadata, { decrypt: store.decrypt!, ...options });

  const flip = (bytes: Buffer, index: number) => {
    const copy = Buffer.from(bytes);
    copy.writeUInt8(255 - copy.readUInt8(index), index);
    return copy;
  };
  const withMeta = (name: string, change: (value: string) => string | undefined) => ({ body, metadata }: EncryptedObject): EncryptedObject => {
    const value = change(metadata[name]);
    const { [name]: _, ...rest } = metadata;
    return { body, metadata: value === undefined ? rest : { ...rest, [name]: value } };
  };
  const base64 = (change: (bytes: Buffer) => Buffer) => (value: string) => change(Buffer.from(value, 'base64')).toString('base64');

  test.each<[string, (object: EncryptedObject) => EncryptedObject]>([
    ['as SES writes it', object => object],
    ['with the names that HTTP has', ({ body, metadata }) => ({ body, metadata: Object.fromEntries(Object.entries(metadata).map(([name, value]) => [`X-Amz-Meta-${name}`, value])) })],
    ['without its lengths', ({ body, metadata: { 'x-amz-tag-len': _, 'x-amz-unencrypted-content-length': __, ...metadata } }) => ({ body, metadata })],
    ['whose context is in another order', withMeta('x-amz-matdesc', text => JSON.stringify(Object.fromEntries(Object.entries(JSON.parse(text) as object).reverse())))],
  ])('%s is read', async (_, change) => {
    const object = change(encryptedObject(kms, KEY, MESSAGE, ID));
    expect(isEncryptedMail(object.metadata)).toBe(true);
    expect(await decrypt(object)).toEqual(MESSAGE);
  });

  test('of newer clients, whose context has the cipher, is read', async () => {
    const context = { 'aws:x-amz-cek-alg': 'AES/GCM/NoPadding', 'aws:ses:message-id': ID };
    const { plaintext, wrapped } = kms.generateDataKey(KEY, context);
    const iv = randomBytes(12);
    const aes = createCipheriv('aes-256-gcm', plaintext, iv);
    const metadata = {
      'x-amz-wrap-alg': 'kms+context',
      'x-amz-matdesc': JSON.stringify(context),
      'x-amz-key-v2': wrapped.toString('base64'),
      'x-amz-cek-alg': 'AES/GCM/NoPadding',
      'x-amz-iv': iv.toString('base64'),
    };
    const object = { body: Buffer.concat([aes.update(MESSAGE), aes.final(), aes.getAuthTag()]), metadata };
    expect(await decrypt(object)).toEqual(MESSAGE);
    const exchanged = withMeta('x-amz-matdesc', text => text.replace('GCM/NoPadding', 'CBC/PKCS5Padding'))(object);
    expect(await refusal(decrypt(exchanged))).toContain('its key was made for another cipher');
  });

  test.each<[string, (object: EncryptedObject) => EncryptedObject, string]>([
    ['whose first byte was changed', ({ body, metadata }) => ({ body: flip(body, 0), metadata }), 'the tag at its end does not fit'],
    ['whose tag was changed', ({ body, metadata }) => ({ body: flip(body, body.length - 1), metadata }), 'the tag at its end does not fit'],
    ['which was cut', ({ body, metadata }) => ({ body: body.subarray(0, -1), metadata }), 'the tag at its end does not fit'],
    ['of which little is left', ({ body, metadata }) => ({ body: body.subarray(0, 15), metadata }), 'it is shorter than the tag at its end'],
    ['whose initial vector was changed', withMeta('x-amz-iv', base64(bytes => flip(bytes, 0))), 'the tag at its end does not fit'],
    ['whose initial vector was cut', withMeta('x-amz-iv', base64(bytes => bytes.subarray(1))), 'its "x-amz-iv" has 11 bytes in place of 12'],
    ['whose initial vector is missing', withMeta('x-amz-iv', () => undefined), 'its "x-amz-iv" has 0 bytes in place of 12'],
    ['whose context was changed', withMeta('x-amz-matdesc', text => text.replace('"store"', '"other"')), 'KMS does not know its key, or not for this message'],
    ['whose context is missing', withMeta('x-amz-matdesc', () => undefined), `it does not say that it is ${ID}`],
    ['whose context is of another message', withMeta('x-amz-matdesc', text => text.replace(ID, 'another')), `it is another message than ${ID}`],
    ['whose context is no object', withMeta('x-amz-matdesc', () => '["a"]'), 'its "x-amz-matdesc" is no object of texts'],
    ['whose context has more than texts', withMeta('x-amz-matdesc', text => text.replace('"store"', '1')), 'its "x-amz-matdesc" is no object of texts'],
    ['whose context is no JSON', withMeta('x-amz-matdesc', () => '{'), 'its "x-amz-matdesc" is no object of texts'],
    ['whose key was changed', withMeta('x-amz-key-v2', base64(bytes => flip(bytes, 9))), 'KMS does not know its key, or not for this message'],
    ['whose key is empty', withMeta('x-amz-key-v2', () => ''), 'its "x-amz-key-v2" has 0 bytes'],
    ['whose length was changed', withMeta('x-amz-unencrypted-content-length', () => '1'), `the message has ${MESSAGE.length} bytes, and its metadata say 1`],
  ])('%s is refused', async (_, change, reason) => {
    expect(await refusal(decrypt(change(encryptedObject(kms, KEY, MESSAGE, ID))))).toBe(
      `the stored message cannot be decrypted: ${reason}. It was changed since SES encrypted it, or belongs elsewhere [EncryptedMail.changed]`);
  });

  test('that was put in the place of another is refused', async () => {
    expect(await refusal(decrypt(encryptedObject(kms, KEY, MESSAGE, 'another')))).toContain(`it is another message than ${ID}`);
  });

  test('with another key is refused, when the key is known', async () => {
    expect(await refusal(decrypt(encryptedObject(kms, OTHER_KEY, MESSAGE, ID), { keyId: KEY }))).toContain('KMS does not know its key');
  });

  test('whose key is too short is refused', async () => {
    const { metadata, body } = encryptedObject(kms, KEY, MESSAGE, ID);
    const { wrapped } = kms.generateDataKey(KEY, JSON.parse(metadata['x-amz-matdesc']) as Record<string, string>, randomBytes(16));
    expect(await refusal(decrypt({ body, metadata: { ...metadata, 'x-amz-key-v2': wrapped.toString('base64') } }))).toContain('its key has 16 bytes in place of 32');
    expect(await refusal(decryptMail(body, metadata, { decrypt: () => Promise.resolve({}) }))).toContain('its key has 0 bytes in place of 32');
  });

  test('may be asked for again when KMS has no time', async () => {
    kms.refuseNext(1, new Refusal(400, 'ThrottlingException', 'Rate exceeded'));
    await expect(decrypt(encryptedObject(kms, KEY, MESSAGE, ID))).rejects.toMatchObject({ name: 'ThrottlingException' });
  });

  test.each<[string, (object: EncryptedObject) => EncryptedObject, string]>([
    ['the first version', withMeta('x-amz-key-v2', () => undefined), 'has no "x-amz-key-v2"'],
    ['the first version, with its key', ({ body }) => ({ body, metadata: { 'x-amz-key': 'a2V5', 'x-amz-iv': 'aXY=' } }), 'has "x-amz-key", which is of another version of the format'],
    ['the third version', ({ body }) => ({ body, metadata: { 'x-amz-3': 'a2V5', 'x-amz-c': '115' } }), 'has "x-amz-3", which is of another version of the format'],
    ['a cipher without a tag', withMeta('x-amz-cek-alg', () => 'AES/CBC/PKCS5Padding'),
      'was encrypted with AES/CBC/PKCS5Padding; only AES/GCM/NoPadding, which SES uses, tells when something was changed'],
    ['no cipher, which means one without a tag', withMeta('x-amz-cek-alg', () => undefined),
      'was encrypted with AES/CBC/PKCS5Padding; only AES/GCM/NoPadding, which SES uses, tells when something was changed'],
    ['a key that KMS has nothing to do with', withMeta('x-amz-wrap-alg', () => 'AESWrap'), 'has a key that is wrapped by AESWrap; SES has KMS do that'],
    ['a short tag', withMeta('x-amz-tag-len', () => '96'), 'has a tag of 96 bits; it should have 128'],
  ])('in another format is refused: %s', async (_, change, reason) => {
    const object = change(encryptedObject(kms, KEY, MESSAGE, ID));
    expect(isEncryptedMail(object.metadata)).toBe(true);
    expect(await refusal(decrypt(object))).toBe(`the stored message ${reason} [EncryptedMail.format]`);
  });
});
