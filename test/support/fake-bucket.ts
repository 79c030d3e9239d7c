import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What a fake bucket keeps. */
export interface FakeObject {
  readonly body: Buffer;
  /** Without `x-amz-meta-`. */
  readonly metadata?: Record<string, string>;
}

/**
 * A fake of one bucket of Amazon S3, addressed by path. It gives objects to whoever signs, and refuses everything else. Whether a signature is right is a
 * question for the tests of what signs.
 */
export class FakeBucket {
  public readonly objects = new Map<string, FakeObject>();

  /** The keys that were asked for, in order. */
  public readonly gets: string[] = [];

  /** The codes that the next requests are refused with. */
  public readonly refusals: string[] = [];

  private readonly server = createServer((request, response) => this.respond(request, response));

  public constructor(private readonly name: string) {}

  public get endpoint(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  public async start(): Promise<void> {
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
  }

  public async stop(): Promise<void> {
    this.server.close();
    this.server.closeAllConnections();
    if (this.server.listening) await once(this.server, 'close');
  }

  public reset(): void {
    this.objects.clear();
    this.gets.length = this.refusals.length = 0;
  }

  private respond({ method, url, headers }: IncomingMessage, response: ServerResponse): void {
    const refuse = (status: number, code: string) => response.writeHead(status, { 'content-type': 'application/xml' }).end(`<?xml version="1.0"?><Error><Code>${code}</Code></Error>`);
    const [, bucket, ...path] = url!.split('/');
    const key = decodeURIComponent(path.join('/'));
    this.gets.push(key);
    const refusal = this.refusals.shift();
    if (refusal) return void refuse(refusal === 'SlowDown' ? 503 : 403, refusal);
    const signature = /^AWS4-HMAC-SHA256 Credential=\w+\/\d{8}\/[a-z0-9-]+\/s3\/aws4_request, SignedHeaders=host;x-amz-content-sha256;x-amz-date[a-z0-9;-]*, Signature=[0-9a-f]{64}$/;
    if (method !== 'GET') return void refuse(405, 'MethodNotAllowed');
    if (!signature.test(headers.authorization ?? '') || !headers['x-amz-date'] || !headers['x-amz-content-sha256']) return void refuse(403, 'AccessDenied');
    if (bucket !== this.name) return void refuse(404, 'NoSuchBucket');
    const object = this.objects.get(key);
    if (!object) return void refuse(404, 'NoSuchKey');
    const metadata = Object.fromEntries(Object.entries(object.metadata ?? {}).map(([name, value]) => [`x-amz-meta-${name}`, value]));
    response.writeHead(200, { ...metadata, 'content-type': 'binary/octet-stream' }).end(object.body);
  }
}
