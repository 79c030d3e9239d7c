/*
 * One signed request to S3 (Signature Version 4). The client of the SDK would be a quarter of a function that makes a few such calls.
 *
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html
 */
import { createHash, createHmac } from 'node:crypto';

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

/** What is asked for an object. */
export interface ObjectRequest {
  readonly method: 'GET' | 'PUT';
  /** More headers, in lower case. They are signed. */
  readonly headers?: Record<string, string>;
  /** What is put. */
  readonly body?: string;
}

/**
 * Asks S3 for an object, or puts one. An error carries the code of S3 as its name, and the HTTP status as errors of the SDK do.
 */
export async function requestObject(key: string, request: ObjectRequest, store: ObjectStore, signal: AbortSignal): Promise<Response> {
  const url = new URL(`${store.bucketUrl}/${key.split('/').map(encode).join('/')}`);
  const response = await fetch(url, { method: request.method, body: request.body, headers: signedHeaders(url, request, store, new Date()), signal });
  if (response.status !== 200) throw failure(response.status, await response.text());
  return response;
}

/**
 * The headers of a signed request to S3.
 *
 * @param url the object; its path is encoded
 * @param request what is asked
 * @param now the time of the signature
 */
export function signedHeaders(
  url: URL, { method, headers: more = {}, body = '' }: ObjectRequest, { region, credentials }: Pick<ObjectStore, 'region' | 'credentials'>, now: Date,
): Record<string, string> {
  const { accessKeyId, secretAccessKey, sessionToken } = credentials;
  const time = now.toISOString().replace(/[-:]|\.\d+/g, '');
  const scope = `${time.slice(0, 8)}/${region}/s3/aws4_request`;
  const bodyHash = sha256(body);
  const headers: Record<string, string> = {
    ...more,
    'x-amz-content-sha256': bodyHash,
    'x-amz-date': time,
    ...sessionToken === undefined ? {} : { 'x-amz-security-token': sessionToken },
  };
  const signed = Object.entries({ host: url.host, ...headers }).sort(([one], [other]) => one < other ? -1 : 1);
  const names = signed.map(([name]) => name).join(';');
  const request = [method, url.pathname, '', ...signed.map(([name, value]) => `${name}:${value}`), '', names, bodyHash].join('\n');
  const key = scope.split('/').reduce<string | Buffer>((secret, part) => hmac(secret, part), `AWS4${secretAccessKey}`);
  const signature = hmac(key, ['AWS4-HMAC-SHA256', time, scope, sha256(request)].join('\n')).toString('hex');
  return { ...headers, authorization: `AWS4-HMAC-SHA256 Credential=${accessKeyId}/${scope}, SignedHeaders=${names}, Signature=${signature}` };
}

/**
 * The address of a bucket: its own, or below a local stand-in of AWS, which has all its buckets below one address.
 */
export function bucketUrlOf(bucketName: string, bucketUrl: string): string {
  const { AWS_ENDPOINT_URL_S3, AWS_ENDPOINT_URL } = process.env;
  const endpoint = AWS_ENDPOINT_URL_S3 ?? AWS_ENDPOINT_URL;
  return endpoint === undefined ? bucketUrl : `${endpoint}/${bucketName}`;
}

function encode(segment: string): string {
  return encodeURIComponent(segment).replace(/[!'()*]/g, character => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

function failure(status: number, body: string): Error {
  const [, code = 'S3Error'] = /<Code>(\w+)<\/Code>/.exec(body) ?? [];
  return Object.assign(new Error(`S3 answered ${status}`), { name: code, $metadata: { httpStatusCode: status } });
}
