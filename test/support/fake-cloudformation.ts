import type { IncomingMessage, RequestListener, Server } from 'node:http';
import { createServer, globalAgent } from 'node:https';
import type { CloudFormationCustomResourceEvent, CloudFormationCustomResourceResponse, Context } from 'aws-lambda';
import { type FakeAnswer, FakeService, Refusal } from './fake-service';
import { FAKE_SECRET } from './fake-sts';
import { selfSignedCertificate } from './self-signed-certificate';

/** The longest answer that CloudFormation takes from a custom resource. */
const ANSWER_MAX = 4096;

export const STACK_ID = 'arn:aws:cloudformation:eu-west-1:111122223333:stack/mail/5d1f3a30-0000-11ef-9f8e-0a1b2c3d4e5f';
const LOGICAL_ID = 'MailRecords';

const CERTIFICATE = selfSignedCertificate();

export type Handler = (event: CloudFormationCustomResourceEvent, context: Pick<Context, 'getRemainingTimeInMillis'>) => Promise<void>;

/** What a request is about, beside its type. */
export interface CustomResourceRequest {
  readonly properties: object;
  readonly old?: object;
  readonly physicalId?: string;
  /** Of a function which serves several types. */
  readonly resourceType?: string;
  /** Of a request that is delivered again: its ID. */
  readonly requestId?: string;
  readonly remainingMs?: number;
}

/**
 * A fake of the CloudFormation that invokes a custom resource: over HTTPS it takes one answer a request, as the presigned URL does.
 */
export class FakeCloudFormation extends FakeService {
  /** The answers as they came, in order. */
  public readonly bodies: string[] = [];

  private requests = 0;

  public override async start(): Promise<void> {
    await super.start();
    globalAgent.options.ca = CERTIFICATE.cert;
  }

  public override async stop(): Promise<void> {
    delete globalAgent.options.ca;
    await super.stop();
  }

  public override get endpoint(): string {
    return super.endpoint.replace('http:', 'https:');
  }

  public override reset(): void {
    super.reset();
    this.bodies.length = 0;
  }

  /** Sends a request to a handler and returns the answer, once CloudFormation would accept it. */
  public async request(handler: Handler, type: 'Create' | 'Update' | 'Delete', request: CustomResourceRequest): Promise<CloudFormationCustomResourceResponse> {
    const requestId = request.requestId ?? `request-${++this.requests}`;
    const event = {
      RequestType: type,
      ResponseURL: `${this.endpoint}/response?X-Amz-Signature=${FAKE_SECRET}`,
      StackId: STACK_ID,
      RequestId: requestId,
      LogicalResourceId: LOGICAL_ID,
      ResourceType: request.resourceType ?? 'Custom::Fake',
      ServiceToken: 'arn:aws:lambda:eu-west-1:111122223333:function:handler',
      ResourceProperties: { ...request.properties },
      ...type === 'Create' ? {} : { PhysicalResourceId: request.physicalId },
      ...type === 'Update' ? { OldResourceProperties: { ...request.old } } : {},
    } as unknown as CloudFormationCustomResourceEvent;
    const before = this.bodies.length;
    await handler(event, { getRemainingTimeInMillis: () => request.remainingMs ?? 180_000 });
    if (this.bodies.length !== before + 1) throw new Error(`the handler answered ${this.bodies.length - before} times`);
    return this.checked(requestId, this.bodies[before]);
  }

  private checked(requestId: string, body: string): CloudFormationCustomResourceResponse {
    const answer = JSON.parse(body) as CloudFormationCustomResourceResponse;
    if (Buffer.byteLength(body) > ANSWER_MAX) throw new Error('Response object is too long.');
    if (!answer.PhysicalResourceId || Buffer.byteLength(answer.PhysicalResourceId) > 1024) throw new Error('Invalid PhysicalResourceId');
    if (answer.Status === 'FAILED' && !answer.Reason) throw new Error('Reason is required with FAILED');
    if (answer.RequestId !== requestId || answer.StackId !== STACK_ID || answer.LogicalResourceId !== LOGICAL_ID) throw new Error(`an answer to something else: ${body}`);
    return answer;
  }

  protected override createServer(listener: RequestListener): Server {
    return createServer(CERTIFICATE, listener) as unknown as Server;
  }

  protected answer(request: IncomingMessage, body: string, note: (operation: string) => void): FakeAnswer {
    note(`${request.method}`);
    // the URL is presigned without a content type; one that is sent breaks the signature
    if (request.headers['content-type']) throw new Refusal(403, 'SignatureDoesNotMatch', 'The request signature we calculated does not match');
    if (request.headers['content-length'] !== String(Buffer.byteLength(body))) throw new Refusal(411, 'MissingContentLength', 'You must provide the Content-Length HTTP header.');
    this.bodies.push(body);
    return { status: 200, body: '' };
  }
}
