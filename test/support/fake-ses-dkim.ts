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
 * A fake of Amazon SES v2 as far as it signs with keys of its users: GetEmailIdentity and PutEmailIdentityDkimSigningAttributes for one domain. It signs with a key
 * from the moment when it is told, and looks whether the record is there whenever somebody asks.
 */
export class FakeSesDkim extends FakeJsonService {
  /** The key that signs; undefined while it is one of SES's own. */
  public key?: FakeSigningKey;

  /** What SES says of a selector, whatever DNS has. */
  public readonly states = new Map<string, string>();

  public constructor(private readonly domain: string) {
    super();
  }

  /** Whether public DNS has a record. */
  public isPublic: (name: string, text: string) => boolean = () => true;

  public override reset(): void {
    super.reset();
    this.key = undefined;
    this.isPublic = () => true;
    this.states.clear();
  }

  protected operationOf({ method, url }: IncomingMessage): string | undefined {
    const [, name, signing] = PATH.exec(url!.split('?')[0]) ?? [];
    if (name === undefined || decodeURIComponent(name) !== this.domain) return undefined;
    return { 'GET': 'GetEmailIdentity', 'PUT/dkim/signing': 'PutEmailIdentityDkimSigningAttributes' }[`${method}${signing ?? ''}`];
  }

  protected override answer(...[request, body, note]: Parameters<FakeJsonService['answer']>) {
    return super.answer(request, body === '' ? '{}' : body, note);
  }

  protected carryOut(operation: string, input: Json): Json {
    this.accesses.push({ action: `ses:${operation}`, resource: `arn:aws:ses:eu-west-1:111122223333:identity/${this.domain}`, keys: {} });
    if (operation === 'GetEmailIdentity') return { IdentityType: 'DOMAIN', DkimAttributes: this.dkim() };
    checkMembers(operation, input, ['SigningAttributesOrigin', 'SigningAttributes']);
    if (input.SigningAttributesOrigin !== 'EXTERNAL') throw bad('the fake knows keys of users only');
    checkMembers('SigningAttributes', input.SigningAttributes, ['DomainSigningSelector', 'DomainSigningPrivateKey']);
    const { DomainSigningSelector: selector, DomainSigningPrivateKey: privateKey } = input.SigningAttributes as Record<string, string>;
    if (!/^[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?$/.test(selector)) throw bad('DomainSigningSelector is invalid.');
    this.key = { ...keyOfUser(privateKey), selector };
    return { DkimStatus: 'PENDING', DkimTokens: [selector] };
  }

  private dkim(): Json {
    if (!this.key) return { SigningEnabled: true, Status: 'PENDING', Tokens: ['one', 'two', 'three'], SigningAttributesOrigin: 'AWS_SES' };
    const { selector, publicKey } = this.key;
    const found = this.isPublic(`${selector}._domainkey.${this.domain}`, `p=${publicKey}`) ? 'SUCCESS' : 'PENDING';
    return { SigningEnabled: true, Status: this.states.get(selector) ?? found, Tokens: [selector], SigningAttributesOrigin: 'EXTERNAL' };
  }
}

function bad(message: string): Refusal {
  return new Refusal(400, 'BadRequestException', message);
}
