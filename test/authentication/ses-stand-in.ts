import { randomUUID } from 'node:crypto';
import type { promises as dns } from 'node:dns';
import { dkimSign } from 'mailauth';
import { keyOfUser, standInKey, type DkimKey } from './dkim-key';
import type { MailIdentity } from './zone-of-template';
import type { ZoneRecord } from '../support/dns-server';

export interface SesStandInProps {
  readonly identity: MailIdentity;
  readonly region: string;
  /** With the user's own DKIM key: what the secret holds, which the template only refers to. */
  readonly dkimPrivateKey?: string;
}

/** A letter as it leaves SES: the signed message, and the envelope that the receiving server sees. */
export interface SentMail {
  readonly raw: string;
  readonly envelopeSender: string;
  readonly clientIp: string;
  readonly helo: string;
}

export interface Letter {
  readonly author: string;
  readonly recipient: string;
  readonly subject: string;
  readonly text: string;
}

const OWN_SELECTOR = 'stand-in';
/** Beside the keys 0 to 2 behind the tokens of Easy DKIM. */
const OWN_KEY = 3;
/** Addresses that nobody has (TEST-NET-1, RFC 5737): SES's own are its secret, and what matters is that they are in its SPF record. */
const RANGE = '192.0.2.0/24';
const CLIENT_IP = '192.0.2.25';
const TTL = 300;

/**
 * A stand-in for Amazon SES in one Region, as the world sees it: the records in its own zone, the look at the user's zone that verifies an
 * identity, and letters signed and enveloped the way SES does. It refuses to send where SES refuses.
 */
export class SesStandIn {
  /** The zone that belongs to SES. */
  public static readonly ZONE = 'amazonses.com';

  private readonly ownKey = standInKey(2048, OWN_KEY);
  private readonly userKey?: DkimKey;
  private envelopeDomain?: string;

  public constructor(private readonly props: SesStandInProps) {
    if (props.identity.dkim.kind === 'bringYourOwn') {
      if (props.dkimPrivateKey === undefined) throw new Error(`${props.identity.domain} signs with the user's key; give it as dkimPrivateKey`);
      this.userKey = keyOfUser(props.dkimPrivateKey);
    }
  }

  /** What SES publishes: keys behind the tokens of Easy DKIM, its own key, who may send for its own domain, and the host that takes bounces. */
  public get records(): ZoneRecord[] {
    const text = (name: string, content: string): ZoneRecord => ({ name, type: 'TXT', ttl: TTL, data: content.match(/.{1,255}/g)!.map(part => Buffer.from(part)) });
    const { dkim } = this.props.identity;
    return [
      ...(dkim.kind === 'easy' ? dkim.tokens : []).map(token => text(token.value, `p=${token.publicKey}`)),
      text(`${OWN_SELECTOR}._domainkey.${SesStandIn.ZONE}`, `p=${this.ownKey.publicKey}`),
      text(SesStandIn.ZONE, `v=spf1 ip4:${RANGE} -all`),
      ...(this.defaultMailFrom === SesStandIn.ZONE ? [] : [text(this.defaultMailFrom, `v=spf1 include:${SesStandIn.ZONE} -all`)]),
      { name: this.feedbackHost, type: 'A', ttl: TTL, data: '192.0.2.53' },
    ];
  }

  /**
   * What SES does before it sends: it looks for the DKIM records, which prove that the domain is the user's, and for the MX record of the
   * MAIL FROM domain. Throws when the identity would not be verified.
   */
  public async verify(resolver: dns.Resolver): Promise<void> {
    const { identity } = this.props;
    if (!await this.ownsDomain(resolver)) throw new Error(`SES does not verify ${identity.domain}: its DKIM records are not there`);
    const ready = identity.mailFromDomain !== undefined && await this.takesBounces(resolver, identity.mailFromDomain);
    if (identity.mailFromDomain && !ready && identity.rejectsOnMxFailure) {
      throw new Error(`SES refuses to send for ${identity.domain}: MailFromDomainNotVerified, ${identity.mailFromDomain} has no valid MX record`);
    }
    this.envelopeDomain = ready ? identity.mailFromDomain : this.defaultMailFrom;
  }

  /** Sends a letter of a verified identity. */
  public async send(letter: Letter): Promise<SentMail> {
    const { identity, region } = this.props;
    const authorDomain = letter.author.split('@')[1];
    if (this.envelopeDomain === undefined) throw new Error(`SES refuses to send: Email address is not verified: ${letter.author}`);
    if (authorDomain !== identity.domain && !authorDomain.endsWith(`.${identity.domain}`)) {
      throw new Error(`SES refuses to send: Email address is not verified: ${letter.author}`);
    }
    const messageId = `${Date.now().toString(16).padStart(16, '0')}-${randomUUID()}-000000`;
    const message = compose(letter, { messageId: `${messageId}@${this.defaultMailFrom === SesStandIn.ZONE ? 'email' : region}.amazonses.com` });
    return {
      raw: `${await this.sign(message)}${message}`,
      // each letter has a return path of its own, so that a bounce names the letter
      envelopeSender: `${messageId}@${this.envelopeDomain}`,
      clientIp: CLIENT_IP,
      helo: `a1-25.smtp-out.${region}.amazonses.com`,
    };
  }

  /** The identity's signature, and below it the one that SES puts on all mail, which aligns with nobody's domain. */
  private async sign(message: string): Promise<string> {
    const { identity } = this.props;
    const signatures = [{ signingDomain: SesStandIn.ZONE, selector: OWN_SELECTOR, privateKey: this.ownKey.privateKeyPem }];
    if (identity.signs) signatures.unshift({ signingDomain: identity.domain, ...this.signingKey() });
    const signed = await dkimSign(message, { ...signatures[0], algorithm: 'rsa-sha256', canonicalization: 'relaxed/simple', signTime: new Date(), signatureData: signatures });
    if (signed.errors.length > 0) throw new Error(`the message could not be signed: ${JSON.stringify(signed.errors)}`);
    return signed.signatures;
  }

  private signingKey(): { selector: string; privateKey: string } {
    const { dkim } = this.props.identity;
    if (dkim.kind === 'easy') return { selector: dkim.tokens[0].token, privateKey: dkim.tokens[0].privateKeyPem };
    return { selector: dkim.selector, privateKey: this.userKey!.privateKeyPem };
  }

  private async ownsDomain(resolver: dns.Resolver): Promise<boolean> {
    const { domain, dkim } = this.props.identity;
    if (dkim.kind === 'easy') {
      const aliases = await Promise.all(dkim.tokens.map(token => found(resolver.resolveCname(token.name))));
      return dkim.tokens.every((token, index) => aliases[index]?.[0] === token.value);
    }
    const texts = await found(resolver.resolveTxt(`${dkim.selector}._domainkey.${domain}`)) ?? [];
    return texts.length === 1 && texts[0].join('').split(';').some(tag => tag.trim() === `p=${this.userKey!.publicKey}`);
  }

  /** Exactly one MX record, and it names SES's feedback host of the Region. */
  private async takesBounces(resolver: dns.Resolver, mailFromDomain: string): Promise<boolean> {
    const exchangers = await found(resolver.resolveMx(mailFromDomain)) ?? [];
    if (exchangers.length !== 1 || exchangers[0].exchange !== this.feedbackHost) return false;
    return await found(resolver.resolve4(exchangers[0].exchange)) !== undefined;
  }

  private get feedbackHost(): string {
    return `feedback-smtp.${this.props.region}.amazonses.com`;
  }

  private get defaultMailFrom(): string {
    return this.props.region === 'us-east-1' ? SesStandIn.ZONE : `${this.props.region}.${SesStandIn.ZONE}`;
  }
}

/** An answer, or undefined for the ways in which DNS says that there is none. A refusal of the question is nobody's answer and is thrown. */
async function found<T>(lookup: Promise<T>): Promise<T | undefined> {
  try {
    return await lookup;
  } catch (error) {
    if (['ENOTFOUND', 'ENODATA'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw error;
  }
}

/** An RFC 5322 message with the headers that SES sets, and lines as SMTP carries them. */
function compose(letter: Letter, { messageId }: { messageId: string }): string {
  if (/[^\x20-\x7e]/.test(letter.subject + letter.author + letter.recipient)) throw new Error('headers are ASCII here');
  const encoded = Buffer.from(letter.text).toString('base64').match(/.{1,76}/g) ?? [];
  return [
    `From: ${letter.author}`,
    `To: ${letter.recipient}`,
    `Subject: ${letter.subject}`,
    `Date: ${new Date().toUTCString().replace('GMT', '+0000')}`,
    `Message-ID: <${messageId}>`,
    'MIME-Version: 1.0',
    'Content-Type: text/plain; charset=UTF-8',
    'Content-Transfer-Encoding: base64',
    '',
    ...encoded,
    '',
  ].join('\r\n');
}
