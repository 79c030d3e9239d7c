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
 * A fake of S3 with one bucket, addressed by path: GetObject of what the test has put there.
 */
export class FakeBucket extends FakeService {
  private readonly objects = new Map<string, Stored>();

  public constructor(private readonly name: string) {
    super();
  }

  public put(key: string, body: Buffer, metadata: Record<string, string> = {}): void {
    this.objects.set(key, { body, metadata });
  }

  public override reset(): void {
    super.reset();
    this.objects.clear();
  }

  protected answer(request: IncomingMessage, _body: string, note: (operation: string) => void): FakeAnswer {
    try {
      return this.find(request, note);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      const body = `<Error>${element('Code', error.code)}${element('Message', error.message)}<RequestId>1</RequestId></Error>`;
      return { status: error.status, body };
    }
  }

  private find(request: IncomingMessage, note: (operation: string) => void): FakeAnswer {
    const { pathname, searchParams } = new URL(request.url!, this.endpoint);
    // the SDK names the operation; a request without a query is the same
    const operation = request.method === 'GET' && [...searchParams.keys()].every(name => name === 'x-id') ? searchParams.get('x-id') ?? 'GetObject' : undefined;
    note(operation ?? `${request.method} ${request.url}`);
    if (!SIGNATURE.test(request.headers.authorization ?? '')) throw new Refusal(403, 'AccessDenied', 'Access Denied');
    if (operation !== 'GetObject') throw new Refusal(405, 'MethodNotAllowed', 'the fake only gives objects');
    const [, bucket, key] = /^\/([^/]*)\/(.*)$/.exec(pathname) ?? [];
    if (bucket !== this.name) throw new Refusal(404, 'NoSuchBucket', 'The specified bucket does not exist');
    const stored = this.objects.get(decodeURIComponent(key));
    if (!stored) throw new Refusal(404, 'NoSuchKey', 'The specified key does not exist.');
    const headers = Object.fromEntries(Object.entries(stored.metadata).map(([name, value]) => [`x-amz-meta-${name}`, value]));
    return { status: 200, body: stored.body, headers: { 'content-type': 'application/octet-stream', 'content-length': String(stored.body.length), ...headers } };
  }
}
