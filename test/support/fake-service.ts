import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Access } from './session-policy';

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

/** How a call breaks without an answer of the service: its connection is reset, or something before the service fails. It was carried out before that, or was not. */
export interface Breakage {
  readonly how: 'reset' | '500';
  readonly when: 'before' | 'after';
}

class Broken extends Error {
  public constructor(public readonly how: Breakage['how']) {
    super(how);
  }
}

/**
 * A fake of an AWS service: plain HTTP on loopback, the wire format of the real one. Its subclasses say what it does.
 */
export abstract class FakeService {
  /** What was asked for, in order, by the name of the operation. */
  public readonly calls: string[] = [];

  /** What IAM was asked, by the fakes that tell, for tests which hold it against the policies of a template. */
  public readonly accesses: Access[] = [];

  private readonly faults: { refusal: Refusal; operation?: string }[] = [];
  private readonly server = this.createServer((request, response) => {
    void this.respond(request).then(
      ({ status, body, headers }) => response.writeHead(status, { 'content-type': 'text/xml', ...headers }).end(body),
      () => request.socket.destroy(),
    );
  });

  /** Awaited before each answer. */
  public hold: () => Promise<void> = async () => {};

  /** Asked at each call whether it breaks. */
  public breaks: () => Breakage | undefined = () => undefined;

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
    this.calls.length = this.faults.length = this.accesses.length = 0;
    this.hold = async () => {};
    this.breaks = () => undefined;
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
      let breakage: Breakage | undefined;
      const answer = this.answer(request, Buffer.concat(chunks).toString('utf8'), operation => {
        this.calls.push(operation);
        breakage = this.breaks();
        if (breakage?.when === 'before') throw new Broken(breakage.how);
        const due = this.faults.findIndex(fault => (fault.operation ?? operation) === operation);
        if (due >= 0) throw this.faults.splice(due, 1)[0].refusal;
      });
      if (breakage) throw new Broken(breakage.how);
      return answer;
    } catch (error) {
      if (error instanceof Broken) return brokenAnswer(error);
      const { status, code, message } = error instanceof Refusal ? error : new Refusal(500, 'InternalFailure', String(error));
      const body = `<ErrorResponse><Error><Type>Sender</Type>${element('Code', code)}${element('Message', message)}</Error><RequestId>1</RequestId></ErrorResponse>`;
      return { status, body };
    }
  }
}

/** No service has written it, so it is in no protocol. */
function brokenAnswer(error: Broken): FakeAnswer {
  if (error.how === 'reset') throw error;
  return { status: 500, body: '' };
}

/** One XML element with a text. */
export function element(name: string, text: string): string {
  return `<${name}>${text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;')}</${name}>`;
}
