import { getObject } from '../../src/forwarding/stored-object.lambda-shared';
import { FakeBucket } from '../support/fake-bucket';

const bucket = new FakeBucket('mail');
beforeAll(() => bucket.start());
afterAll(() => bucket.stop());

function fetchKey(Key: string) {
  const store = { region: 'eu-west-1', bucketUrl: `${bucket.endpoint}/mail`, credentials: { accessKeyId: 'AKIA', secretAccessKey: 's' } };
  return getObject({ Bucket: 'mail', Key }, store, AbortSignal.timeout(5_000));
}

test('an object comes with its bytes and its metadata', async () => {
  bucket.put('a b/ü+!', Buffer.from([0, 255, 13, 10]), { 'x-amz-iv': 'x' });
  const { Body, Metadata } = await fetchKey('a b/ü+!');
  expect(Buffer.from(await Body!.transformToByteArray())).toEqual(Buffer.from([0, 255, 13, 10]));
  expect(Metadata).toEqual({ 'x-amz-iv': 'x' });
});
