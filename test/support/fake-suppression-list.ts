import type { IncomingMessage } from 'node:http';
import { checkMembers, FakeJsonService, type Json } from './fake-json-service';
import { Refusal } from './fake-service';

/**
 * A fake of the suppression list of SES: PutSuppressedDestination of the API version 2, and nothing else.
 */
export class FakeSuppressionList extends FakeJsonService {
  /** The addresses as they were put, with their reason. */
  public readonly addresses = new Map<string, string>();

  /** Each call that was carried out, in order. */
  public readonly puts: string[] = [];

  /** What happens after an address was put. */
  public afterPut: () => void = () => {};

  public override reset(): void {
    super.reset();
    this.addresses.clear();
    this.puts.length = 0;
    this.afterPut = () => {};
  }

  protected operationOf(request: IncomingMessage): string | undefined {
    return request.method === 'PUT' && request.url === '/v2/email/suppression/addresses' ? 'PutSuppressedDestination' : undefined;
  }

  protected carryOut(_operation: string, input: Json): Json {
    checkMembers('PutSuppressedDestination', input, ['EmailAddress', 'Reason'], ['TenantName']);
    const { EmailAddress: address, Reason: reason } = input as { EmailAddress: string; Reason: string };
    if (!['BOUNCE', 'COMPLAINT'].includes(reason)) throw new Refusal(400, 'BadRequestException', `Invalid suppression reason ${reason}`);
    if (!/^[^\s@<>]+@[^\s@<>]+\.[^\s@<>.]+$/.test(address)) throw new Refusal(400, 'BadRequestException', `Invalid email address <${address}>.`);
    this.addresses.set(address, reason);
    this.puts.push(address);
    this.afterPut();
    return {};
  }
}
