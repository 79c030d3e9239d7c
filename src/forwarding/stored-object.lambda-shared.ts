import type { GetObjectInput, GetObjectOutput } from '../inbox/fetch-mail';
import { type ObjectStore, requestObject } from '../private/s3-request.lambda-shared';

const METADATA = 'x-amz-meta-';

/**
 * Fetches an object with its metadata.
 */
export async function getObject({ Key }: GetObjectInput, store: ObjectStore, signal: AbortSignal): Promise<GetObjectOutput> {
  const response = await requestObject(Key, { method: 'GET' }, store, signal);
  const body = new Uint8Array(await response.arrayBuffer());
  const metadata = [...response.headers].filter(([name]) => name.startsWith(METADATA)).map(([name, value]) => [name.slice(METADATA.length), value]);
  return { Body: { transformToByteArray: () => Promise.resolve(body) }, Metadata: Object.fromEntries(metadata) as Record<string, string> };
}
