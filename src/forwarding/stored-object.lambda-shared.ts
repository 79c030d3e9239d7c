/*
 * An object of S3, fetched with one signed request (Signature Version 4). The client of the SDK would be a quarter of the function, for this one call.
 *
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html
 */
import { createHash, createHmac } from 'node:crypto';
import type { GetObjectInput, GetObjectOutput } from '../inbox/fetch-mail';

/** What a request is signed with, as the SDK gives it. */
export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** A bucket, and who asks. */
export interface ObjectStore {
  readonly credentials: Credentials;
  readonly region: string;
  /** The address of the bucket. */
  readonly bucketUrl: string;
}

const METADATA = 'x-amz-meta-';

/** A request without a body says so, and S3 needs nothing else to check it. */
const EMPTY_HASH = createHash('sha256').digest('hex');

/**
 * Fetches an object with its metadata. An error carries the code of S3 as its name, and the HTTP status as errors of the SDK do.
 */
export async function getObject({ Key }: GetObjectInput, store: ObjectStore, signal: AbortSignal): Promise<GetObjectOutput> {
  const url = new URL(`${store.bucketUrl}/${Key.split('/').map(encode).join('/')}`);
  const response = await fetch(url, { headers: signedHeaders(url, store, new Date()), signal });
  if (response.status !== 200) throw failure(response.status, await response.text());
  const body = new Uint8Array(await response.arrayBuffer());
  const metadata = [...response.headers].filter(([name]) => name.startsWith(METADATA)).map(([name, value]) => [name.slice(METADATA.length), value]);
  return { Body: { transformToByteArray: () => Promise.resolve(body) }, Metadata: Object.fromEntries(metadata) as Record<string, string> };
}

/**
 * The headers of a signed GET request to S3.
 *
 * @param url the object; its path is encoded
 * @param now the time of the signature
 */
export function signedHeaders(url: URL, { region, credentials }: Pick<ObjectStore, 'region' | 'credentials'>, now: Date): Record<string, string> {
  const { accessKeyId, secretAccessKey, sessionToken } = credentials;
  const time = now.toISOString().replace(/[-:]|\.\d+/g, '');
  const scope = `${time.slice(0, 8)}/${region}/s3/aws4_request`;
  const headers: Record<string, string> = {
    'x-amz-content-sha256': EMPTY_HASH,
    'x-amz-date': time,
    ...sessionToken === undefined ? {} : { 'x-amz-security-token': sessionToken },
  };
  const signed = Object.entries({ host: url.host, ...headers });
  const names = signed.map(([name]) => name).join(';');
  const request = ['GET', url.pathname, '', ...signed.map(([name, value]) => `${name}:${value}`), '', names, EMPTY_HASH].join('\n');
  const key = scope.split('/').reduce<string | Buffer>((secret, part) => hmac(secret, part), `AWS4${secretAccessKey}`);
  const signature = hmac(key, ['AWS4-HMAC-SHA256', time, scope, createHash('sha256').update(request).digest('hex')].join('\n')).toString('hex');
  return { ...headers, authorization: `AWS4-HMAC-SHA256 Credential=${accessKeyId}/${scope}, SignedHeaders=${names}, Signature=${signature}` };
}

function encode(segment: string): string {
  return encodeURIComponent(segment).replace(/[!'()*]/g, character => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

function failure(status: number, body: string): Error {
  const [, code = 'S3Error'] = /<Code>(\w+)<\/Code>/.exec(body) ?? [];
  return Object.assign(new Error(`S3 answered ${status}`), { name: code, $metadata: { httpStatusCode: status } });
}
