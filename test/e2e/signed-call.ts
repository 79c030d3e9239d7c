import { createHash, createHmac } from 'node:crypto';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import type { AwsConfig } from './aws';

export interface Call {
  readonly service: string;
  readonly path: string;
  readonly headers?: Record<string, string>;
  readonly body: string;
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** One POST to a service of which the project has no SDK client, signed as the SDK would (Signature Version 4). */
export async function signedCall(config: AwsConfig, { service, path, headers, body }: Call): Promise<Answer> {
  const { accessKeyId, secretAccessKey, sessionToken } = config.credentials;
  const url = new URL(path, config.endpoint);
  const at = new Date().toISOString().replace(/[-:]|\.\d+/g, '');
  const signed: Record<string, string> = {
    ...headers, 'host': url.host, 'x-amz-date': at, ...sessionToken ? { 'x-amz-security-token': sessionToken } : {},
  };
  const names = Object.keys(signed).sort();
  const lines = names.map(name => `${name}:${signed[name]}\n`).join('');
  const canonical = ['POST', url.pathname, '', lines, names.join(';'), sha256(body)].join('\n');
  const scope = [at.slice(0, 8), config.region, service, 'aws4_request'];
  const key = scope.reduce<string | Buffer>((secret, part) => createHmac('sha256', secret).update(part).digest(), `AWS4${secretAccessKey}`);
  const signature = createHmac('sha256', key).update(['AWS4-HMAC-SHA256', at, scope.join('/'), sha256(canonical)].join('\n')).digest('hex');
  const authorization = `AWS4-HMAC-SHA256 Credential=${accessKeyId}/${scope.join('/')}, SignedHeaders=${names.join(';')}, Signature=${signature}`;
  const call = request(url, { method: 'POST', headers: { ...signed, authorization }, ca: config.requestHandler.httpsAgent.ca });
  call.end(body);
  const [response] = await once(call, 'response') as [IncomingMessage];
  const answer = (await response.setEncoding('utf8').toArray()).join('');
  return { status: response.statusCode!, headers: response.headers, body: answer };
}

function sha256(text: string) {
  return createHash('sha256').update(text).digest('hex');
}
