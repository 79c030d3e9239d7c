import type { IncomingMessage } from 'node:http';
import { checkMembers, FakeJsonService, type Json } from './fake-json-service';
import { Refusal } from './fake-service';

const OPERATIONS: [name: string, method: string, path: RegExp][] = [
  ['GetAccount', 'GET', /^\/v2\/email\/account$/],
  ['PutAccountSendingAttributes', 'PUT', /^\/v2\/email\/account\/sending$/],
  ['GetConfigurationSet', 'GET', /^\/v2\/email\/configuration-sets\/([^/]+)$/],
  ['PutConfigurationSetSendingOptions', 'PUT', /^\/v2\/email\/configuration-sets\/([^/]+)\/sending$/],
];

interface FakeSet {
  sending: boolean;
  /** In seconds, as SES tells it. */
  freshStart?: number;
}

/**
 * A fake of the calls of Amazon SES v2 that pause and resume mail, in the REST-JSON protocol. As with SES, sending that is enabled again gives the rates of a
 * configuration set a fresh start, and what AWS has paused cannot be enabled. It refuses all other calls.
 */
export class FakeSending extends FakeJsonService {
  public readonly sets = new Map<string, FakeSet>();
  public readonly account = { sending: true, enforcement: 'HEALTHY' };

  private path = '';

  public override reset(): void {
    super.reset();
    this.sets.clear();
    Object.assign(this.account, { sending: true, enforcement: 'HEALTHY' });
  }

  protected operationOf({ method, url }: IncomingMessage): string | undefined {
    [this.path] = url!.split('?');
    return OPERATIONS.find(([, verb, path]) => verb === method && path.test(this.path))?.[0];
  }

  /** A GET has no body. */
  protected override answer(...[request, body, note]: Parameters<FakeJsonService['answer']>) {
    return super.answer(request, request.method === 'GET' && body === '' ? '{}' : body, note);
  }

  protected carryOut(operation: string, input: Json): Json {
    if (operation.startsWith('Put')) {
      checkMembers(operation, input, ['SendingEnabled']);
      if (typeof input.SendingEnabled !== 'boolean') throw new Refusal(400, 'BadRequestException', 'SendingEnabled is no boolean');
    }
    switch (operation) {
      case 'GetAccount': return { SendingEnabled: this.account.sending, EnforcementStatus: this.account.enforcement, ProductionAccessEnabled: true };
      case 'PutAccountSendingAttributes': return this.switchAccount(input.SendingEnabled as boolean);
      case 'GetConfigurationSet': return this.describe();
      default: return this.switchSet(input.SendingEnabled as boolean);
    }
  }

  private describe(): Json {
    const { sending, freshStart } = this.set();
    return {
      ConfigurationSetName: this.setName(),
      SendingOptions: { SendingEnabled: sending },
      ReputationOptions: { ReputationMetricsEnabled: true, ...freshStart === undefined ? {} : { LastFreshStart: freshStart } },
    };
  }

  private switchSet(sending: boolean): Json {
    const set = this.set();
    if (sending && !set.sending) set.freshStart = Date.now() / 1000;
    set.sending = sending;
    return {};
  }

  private switchAccount(sending: boolean): Json {
    if (sending && this.account.enforcement === 'SHUTDOWN') throw new Refusal(400, 'BadRequestException', 'Your account has been suspended.');
    this.account.sending = sending;
    return {};
  }

  private set(): FakeSet {
    const set = this.sets.get(this.setName());
    if (!set) throw new Refusal(404, 'NotFoundException', `Configuration set <${this.setName()}> does not exist.`);
    return set;
  }

  private setName(): string {
    return decodeURIComponent(this.path.split('/')[4]);
  }
}
