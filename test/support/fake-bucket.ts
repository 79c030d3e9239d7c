import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { element, type FakeAnswer, FakeService, Refusal } from './fake-service';

/** An object in a bucket. */
interface Stored {
  readonly body: Buffer;
  readonly metadata: Record<string, string>;
}

/** Whether a signature is right is a question for the tests of what signs. */
const SIGNATURE = /^AWS4-HMAC-SHA256 Credential=\w+\/\d{8}\/[a-z0-9-]+\/s3\/aws4_request, SignedHeaders=[a-z0-9;-]*host;[a-z0-9;-]*, Signature=[0-9a-f]{64}$/;

/**
 * A fake of S3 with one bucket, addressed by path: GetObject and PutObject, of which each may be tied to what is there (If-Match, If-None-Match).
 */
export class FakeBucket extends FakeService {
  private readonly objects = new Map<string, Stored>();

  public constructor(private readonly name: string) {
    super();
  }

  /** Puts an object, and returns its entity tag. */
  public put(key: string, body: Buffer, metadata: Record<string, string> = {}): string {
    this.objects.set(key, { body, metadata });
    return etagOf(body);
  }

  /** The text of an object, if it is there. */
  public text(key: string): string | undefined {
    return this.objects.get(key)?.body.toString('utf8');
  }

  /** What there is, in order. */
  public get keys(): string[] {
    return [...this.objects.keys()].sort();
  }

  public delete(key: string): void {
    this.objects.delete(key);
  }

  public override reset(): void {
    super.reset();
    this.objects.clear();
  }

  protected answer(request: IncomingMessage, body: string, note: (operation: string) => void): FakeAnswer {
    try {
      return this.carryOut(request, body, note);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      const answer = `<Error>${element('Code', error.code)}${element('Message', error.message)}<RequestId>1</RequestId></Error>`;
      return { status: error.status, body: answer };
    }
  }

  private carryOut(request: IncomingMessage, body: string, note: (operation: string) => void): FakeAnswer {
    const { pathname, searchParams } = new URL(request.url!, this.endpoint);
    // the SDK names the operation; a request without a query is the same
    const plain = [...searchParams.keys()].every(name => name === 'x-id');
    const operation = plain && OPERATIONS[request.method!] ? searchParams.get('x-id') ?? OPERATIONS[request.method!] : undefined;
    note(operation ?? `${request.method} ${request.url}`);
    if (!SIGNATURE.test(request.headers.authorization ?? '')) throw new Refusal(403, 'AccessDenied', 'Access Denied');
    if (operation !== OPERATIONS[request.method!]) throw new Refusal(405, 'MethodNotAllowed', 'the fake only gives and takes objects');
    const [, bucket, key] = /^\/([^/]*)\/(.*)$/.exec(pathname) ?? [];
    if (bucket !== this.name) throw new Refusal(404, 'NoSuchBucket', 'The specified bucket does not exist');
    if (operation === 'PutObject') return this.take(decodeURIComponent(key), Buffer.from(body), request);
    return this.give(decodeURIComponent(key), request.headers['if-match']);
  }

  private take(key: string, body: Buffer, { headers }: IncomingMessage): FakeAnswer {
    if (headers['x-amz-content-sha256'] !== createHash('sha256').update(body).digest('hex')) {
      throw new Refusal(400, 'XAmzContentSHA256Mismatch', 'The provided \'x-amz-content-sha256\' header does not match what was computed.');
    }
    const condition = headers['if-none-match'];
    if (condition !== undefined && condition !== '*') throw new Refusal(501, 'NotImplemented', 'If-None-Match takes * only');
    if (condition === '*' && this.objects.has(key)) throw new Refusal(412, 'PreconditionFailed', 'At least one of the pre-conditions you specified did not hold');
    return { status: 200, body: '', headers: { etag: `"${this.put(key, body)}"` } };
  }

  private give(key: string, condition: string | undefined): FakeAnswer {
    const stored = this.objects.get(key);
    if (!stored) throw new Refusal(404, 'NoSuchKey', 'The specified key does not exist.');
    const etag = `"${etagOf(stored.body)}"`;
    if (condition !== undefined && condition !== etag) throw new Refusal(412, 'PreconditionFailed', 'At least one of the pre-conditions you specified did not hold');
    const headers = Object.fromEntries(Object.entries(stored.metadata).map(([name, value]) => [`x-amz-meta-${name}`, value]));
    return { status: 200, body: stored.body, headers: { etag, 'content-type': 'application/octet-stream', 'content-length': String(stored.body.length), ...headers } };
  }
}

/** The operations, by the method that asks for them. */
const OPERATIONS: Record<string, string> = { GET: 'GetObject', PUT: 'PutObject' };

function etagOf(body: Buffer): string {
  return createHash('md5').update(body).digest('hex');
}
