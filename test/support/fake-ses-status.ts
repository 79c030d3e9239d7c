import type { IncomingMessage } from 'node:http';
import { FakeJsonService, type Json } from './fake-json-service';
import { Refusal } from './fake-service';

const IDENTITY = /^\/v2\/email\/identities\/([^/]+)$/;

/**
 * A fake of the calls of Amazon SES v2 that tell how an account and its identities are: GetAccount and GetEmailIdentity, in the REST-JSON protocol. It refuses
 * all others, and those with a body.
 */
export class FakeSesStatus extends FakeJsonService {
  /** The answer to GetAccount. */
  public account: Json = {};

  /** The answers to GetEmailIdentity, by the name of the identity. Times are seconds since 1970. */
  public readonly identities = new Map<string, Json>();

  public override reset(): void {
    super.reset();
    this.account = {};
    this.identities.clear();
  }

  /** A call is noted with the identity that it asks for. */
  protected operationOf({ method, url }: IncomingMessage): string | undefined {
    const [path] = url!.split('?');
    if (method !== 'GET') return undefined;
    if (path === '/v2/email/account') return 'GetAccount';
    const name = IDENTITY.exec(path)?.[1];
    return name && `GetEmailIdentity ${decodeURIComponent(name)}`;
  }

  protected override answer(...[request, body, note]: Parameters<FakeJsonService['answer']>) {
    return super.answer(request, body === '' ? '{}' : 'a GET has no body', note);
  }

  protected carryOut(operation: string): Json {
    if (operation === 'GetAccount') return this.account;
    const name = operation.replace('GetEmailIdentity ', '');
    const identity = this.identities.get(name);
    if (!identity) throw new Refusal(404, 'NotFoundException', `Email identity ${name} does not exist.`);
    return identity;
  }
}
