import type { IncomingMessage } from 'node:http';
import { checkMembers, FakeJsonService, type Json } from './fake-json-service';
import { Refusal } from './fake-service';

const IP = /^\/v2\/email\/dedicated-ips\/([^/]+)(\/pool)?$/;

/**
 * A fake of the calls of Amazon SES v2 about the account and its dedicated IP addresses, in the REST-JSON protocol. It refuses all others.
 */
export class FakeSesAccount extends FakeJsonService {
  public suppressedReasons: string[] = [];
  public autoWarmup = true;
  public productionAccess = false;
  /** What people at AWS say of the request, once there is one. */
  public review?: { Status: string; CaseId?: string };
  /** The last request. */
  public details?: Json;
  /** The pool of each address. */
  public readonly ips = new Map<string, string>();
  public readonly pools = new Set(['ses-default-dedicated-pool']);
  /** After a write, so many looks still show what was there before. */
  public lag = 0;

  private shown?: Json;
  private stale = 0;

  public override reset(): void {
    super.reset();
    Object.assign(this, { suppressedReasons: ['BOUNCE', 'COMPLAINT'], autoWarmup: true, productionAccess: false, review: undefined, details: undefined, lag: 0, stale: 0 });
    this.ips.clear();
    [...this.pools].slice(1).forEach(pool => this.pools.delete(pool));
  }

  protected operationOf({ method, url }: IncomingMessage): string | undefined {
    const [path] = url!.split('?');
    const [, ip, pool] = IP.exec(path) ?? [];
    if (ip) return `${method}${pool ?? ''}` === 'GET' ? `GetDedicatedIp ${ip}` : `${method}${pool}` === 'PUT/pool' ? `PutDedicatedIpInPool ${ip}` : undefined;
    const operations: Record<string, string> = {
      'GET /v2/email/account': 'GetAccount',
      'PUT /v2/email/account/suppression': 'PutAccountSuppressionAttributes',
      'PUT /v2/email/account/dedicated-ips/warmup': 'PutAccountDedicatedIpWarmupAttributes',
      'POST /v2/email/account/details': 'PutAccountDetails',
    };
    return operations[`${method} ${path}`];
  }

  protected override answer(...[request, body, note]: Parameters<FakeJsonService['answer']>) {
    return super.answer(request, body === '' ? '{}' : body, note);
  }

  protected carryOut(operation: string, input: Json): Json {
    const [name, ip] = operation.split(' ');
    if (name === 'GetAccount') return this.stale-- > 0 ? this.shown! : this.account();
    if (name === 'GetDedicatedIp') return { DedicatedIp: { Ip: ip, WarmupStatus: 'DONE', WarmupPercentage: 100, PoolName: this.poolOf(ip) } };
    [this.shown, this.stale] = [this.account(), this.lag];
    if (name === 'PutDedicatedIpInPool') {this.move(ip, input);} else if (name === 'PutAccountDetails') {this.request(input);} else if (name === 'PutAccountSuppressionAttributes') {this.suppress(input);} else {
      checkMembers(name, input, [], ['AutoWarmupEnabled']);
      this.autoWarmup = input.AutoWarmupEnabled === true;
    }
    return {};
  }

  private account(): Json {
    return {
      DedicatedIpAutoWarmupEnabled: this.autoWarmup,
      ProductionAccessEnabled: this.productionAccess,
      SendingEnabled: true,
      EnforcementStatus: 'HEALTHY',
      SuppressionAttributes: { SuppressedReasons: this.suppressedReasons },
      ...this.review ? { Details: { ...this.details, ReviewDetails: this.review } } : {},
    };
  }

  private suppress(input: Json): void {
    checkMembers('PutAccountSuppressionAttributes', input, [], ['SuppressedReasons']);
    const reasons = (input.SuppressedReasons ?? []) as string[];
    const wrong = reasons.find(reason => !['BOUNCE', 'COMPLAINT'].includes(reason));
    if (wrong !== undefined) throw new Refusal(400, 'BadRequestException', `${wrong} is no reason`);
    this.suppressedReasons = reasons;
  }

  private request(input: Json): void {
    const optional = ['ContactLanguage', 'UseCaseDescription', 'AdditionalContactEmailAddresses', 'ProductionAccessEnabled'];
    checkMembers('PutAccountDetails', input, ['MailType', 'WebsiteURL'], optional);
    if (!['MARKETING', 'TRANSACTIONAL'].includes(input.MailType as string)) throw new Refusal(400, 'BadRequestException', 'MailType');
    if (!['EN', 'JA', undefined].includes(input.ContactLanguage as string)) throw new Refusal(400, 'BadRequestException', 'ContactLanguage');
    if (this.review?.Status === 'PENDING') throw new Refusal(409, 'ConflictException', 'There is already an ongoing account details update under review.');
    this.details = input;
    this.review = { Status: 'PENDING', CaseId: '1' };
  }

  private move(ip: string, input: Json): void {
    checkMembers('PutDedicatedIpInPool', input, ['DestinationPoolName']);
    this.poolOf(ip);
    const pool = input.DestinationPoolName as string;
    if (!this.pools.has(pool)) throw new Refusal(404, 'NotFoundException', `The dedicated IP pool ${pool} does not exist.`);
    this.ips.set(ip, pool);
  }

  private poolOf(ip: string): string {
    const pool = this.ips.get(ip);
    if (pool === undefined) throw new Refusal(404, 'NotFoundException', `The dedicated IP ${ip} does not exist.`);
    return pool;
  }
}
