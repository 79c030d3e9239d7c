import type { IncomingMessage } from 'node:http';
import { checkMembers, FakeJsonService, type Json } from './fake-json-service';
import { Refusal } from './fake-service';
import { type DkimKey, keyOfUser } from '../authentication/dkim-key';

const PATH = /^\/v2\/email\/identities\/([^/]+)(\/dkim\/signing)?$/;

/** A key as SES has it. */
interface FakeSigningKey extends DkimKey {
  readonly selector: string;
}

/**
 * A fake of Amazon SES v2 as far as it signs with keys of its users: GetEmailIdentity and PutEmailIdentityDkimSigningAttributes for domains. It signs with a key
 * from the moment when it is told, and looks whether the record is there whenever somebody asks.
 */
export class FakeSesDkim extends FakeJsonService {
  /** The keys that sign, by domain; none where it is one of SES's own. */
  public readonly keys = new Map<string, FakeSigningKey>();

  /** What SES says of a selector, whatever DNS has. */
  public readonly states = new Map<string, string>();

  private readonly domains: string[];

  /** Whom the request at hand is about. */
  private asked = '';

  public constructor(...domains: string[]) {
    super();
    this.domains = domains;
  }

  /** The key with which the first domain signs. */
  public get key(): FakeSigningKey | undefined {
    return this.keys.get(this.domains[0]);
  }

  /** Whether public DNS has a record. */
  public isPublic: (name: string, text: string) => boolean = () => true;

  public override reset(): void {
    super.reset();
    this.keys.clear();
    this.isPublic = () => true;
    this.states.clear();
  }

  protected operationOf({ method, url }: IncomingMessage): string | undefined {
    const [, name, signing] = PATH.exec(url!.split('?')[0]) ?? [];
    if (name === undefined || !this.domains.includes(decodeURIComponent(name))) return undefined;
    this.asked = decodeURIComponent(name);
    return { 'GET': 'GetEmailIdentity', 'PUT/dkim/signing': 'PutEmailIdentityDkimSigningAttributes' }[`${method}${signing ?? ''}`];
  }

  protected override answer(...[request, body, note]: Parameters<FakeJsonService['answer']>) {
    return super.answer(request, body === '' ? '{}' : body, note);
  }

  protected carryOut(operation: string, input: Json): Json {
    this.accesses.push({ action: `ses:${operation}`, resource: `arn:aws:ses:eu-west-1:111122223333:identity/${this.asked}`, keys: {} });
    if (operation === 'GetEmailIdentity') return { IdentityType: 'DOMAIN', DkimAttributes: this.dkim() };
    checkMembers(operation, input, ['SigningAttributesOrigin', 'SigningAttributes']);
    if (input.SigningAttributesOrigin !== 'EXTERNAL') throw bad('the fake knows keys of users only');
    checkMembers('SigningAttributes', input.SigningAttributes, ['DomainSigningSelector', 'DomainSigningPrivateKey']);
    const { DomainSigningSelector: selector, DomainSigningPrivateKey: privateKey } = input.SigningAttributes as Record<string, string>;
    if (!/^[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?$/.test(selector)) throw bad('DomainSigningSelector is invalid.');
    this.keys.set(this.asked, { ...keyOfUser(privateKey), selector });
    return { DkimStatus: 'PENDING', DkimTokens: [selector] };
  }

  private dkim(): Json {
    const key = this.keys.get(this.asked);
    if (!key) return { SigningEnabled: true, Status: 'PENDING', Tokens: ['one', 'two', 'three'], SigningAttributesOrigin: 'AWS_SES' };
    const { selector, publicKey } = key;
    const found = this.isPublic(`${selector}._domainkey.${this.asked}`, `p=${publicKey}`) ? 'SUCCESS' : 'PENDING';
    return { SigningEnabled: true, Status: this.states.get(selector) ?? found, Tokens: [selector], SigningAttributesOrigin: 'EXTERNAL' };
  }
}

function bad(message: string): Refusal {
  return new Refusal(400, 'BadRequestException', message);
}
