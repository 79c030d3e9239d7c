import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** An answer of a fake: a status and a body. */
export interface FakeAnswer {
  readonly status: number;
  readonly body: string | Buffer;
  readonly headers?: Record<string, string>;
}

/** A refusal, in the form that the query and the REST-XML services of AWS share. */
export class Refusal extends Error {
  public constructor(public readonly status: number, public readonly code: string, message: string) {
    super(message);
  }
}

/**
 * A fake of an AWS service: plain HTTP on loopback, the wire format of the real one. Its subclasses say what it does.
 */
export abstract class FakeService {
  /** What was asked for, in order, by the name of the operation. */
  public readonly calls: string[] = [];

  private readonly faults: { refusal: Refusal; operation?: string }[] = [];
  private readonly server = this.createServer((request, response) => {
    void this.respond(request).then(({ status, body, headers }) => response.writeHead(status, { 'content-type': 'text/xml', ...headers }).end(body));
  });

  /** Awaited before each answer. */
  public hold: () => Promise<void> = async () => {};

  public get endpoint(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  public async start(): Promise<void> {
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
  }

  /** Closes everything, also connections that a client keeps alive. */
  public async stop(): Promise<void> {
    this.server.close();
    this.server.closeAllConnections();
    if (this.server.listening) await once(this.server, 'close');
  }

  /** Refuses the next calls, of one operation or of any. */
  public refuseNext(times: number, refusal: Refusal, operation?: string): void {
    for (let time = 0; time < times; time++) this.faults.push({ refusal, operation });
  }

  /** Carries out all calls from now on. */
  public heal(): void {
    this.faults.length = 0;
  }

  public reset(): void {
    this.calls.length = this.faults.length = 0;
    this.hold = async () => {};
  }

  protected createServer(listener: RequestListener): Server {
    return createServer(listener);
  }

  /** Answers a request, or throws a refusal. `note` enters it under the name of its operation. */
  protected abstract answer(request: IncomingMessage, body: string, note: (operation: string) => void): FakeAnswer;

  private async respond(request: IncomingMessage): Promise<FakeAnswer> {
    try {
      const chunks: Buffer[] = [];
      for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
      await this.hold();
      return this.answer(request, Buffer.concat(chunks).toString('utf8'), operation => {
        this.calls.push(operation);
        const due = this.faults.findIndex(fault => (fault.operation ?? operation) === operation);
        if (due >= 0) throw this.faults.splice(due, 1)[0].refusal;
      });
    } catch (error) {
      const { status, code, message } = error instanceof Refusal ? error : new Refusal(500, 'InternalFailure', String(error));
      const body = `<ErrorResponse><Error><Type>Sender</Type>${element('Code', code)}${element('Message', message)}</Error><RequestId>1</RequestId></ErrorResponse>`;
      return { status, body };
    }
  }
}

/** One XML element with a text. */
export function element(name: string, text: string): string {
  return `<${name}>${text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;')}</${name}>`;
}
