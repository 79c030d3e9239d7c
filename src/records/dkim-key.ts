import type { KeyObject } from 'node:crypto';
import { DnsRecord, DnsRecordOptions, withPurpose } from './dns-record';
import { normalizeDomain } from './domain-name';
import { modulusLength, privateKeyInOneLine, readPublicKey } from './rsa-key';
import { parseTagList } from './tag-list';
import { fail } from '../private/errors';
import { hasToken } from '../private/tokens';

const SELECTOR_MAX = 63;

/**
 * The public key of a DKIM signature, which receivers read in DNS: for mail that SES signs with your own key (BYODKIM), or that you sign yourself.
 *
 * @see https://docs.aws.amazon.com/ses/latest/dg/send-email-authentication-dkim-bring-your-own.html
 */
export class DkimKey {
  /**
   * A public key as a tool has written it.
   *
   * @param pemOrBase64 PEM (`BEGIN PUBLIC KEY` or `BEGIN RSA PUBLIC KEY`), or its base64 in one line; RSA, 1024 to 2048 bits
   */
  public static fromPublicKey(pemOrBase64: string): DkimKey {
    return new DkimKey(readPublicKey(pemOrBase64));
  }

  /**
   * Reads the text of a DKIM record. Only the key is kept.
   *
   * @param text e.g. `v=DKIM1; k=rsa; p=...`
   */
  public static parse(text: string): DkimKey {
    // neither reads a tag list nor shows it, in case a private key was passed by mistake
    if (text.includes('PRIVATE KEY')) return DkimKey.fromPublicKey(text);
    const tags = parseTagList(text, 'DKIM record', false);
    const version = tags.get('v') ?? 'DKIM1';
    if (version !== 'DKIM1' || (tags.has('v') && [...tags.keys()][0] !== 'v')) {
      fail('DkimKey.version', `the DKIM record has v=${version}${version === 'DKIM1' ? ', but not as its first tag' : ''}; ` +
        'v is DKIM1 and stands first, or is left out');
    }
    const algorithm = tags.get('k') ?? 'rsa';
    if (algorithm !== 'rsa') fail('DkimKey.algorithm', `the DKIM record has k=${algorithm}; SES signs with RSA only, so k is rsa or left out`);
    const hashes = tags.get('h') ?? 'sha256';
    if (!hashes.split(/\s*:\s*/).includes('sha256')) {
      fail('DkimKey.hash', `the DKIM record has h=${hashes}; SES signs with sha256, so h has it or is left out`);
    }
    const key = tags.get('p') ?? fail('DkimKey.noKey', 'the DKIM record has no p, which holds the public key');
    if (key === '') fail('DkimKey.revoked', 'the DKIM record has an empty p: the key is revoked, and whatever it signs fails');
    return DkimKey.fromPublicKey(key);
  }

  /**
   * A private key in the form that SES wants: base64 without `BEGIN` and `END` and in one line. Store the result in a secret; never write it
   * into a template.
   *
   * @param pem PEM (PKCS #1 or PKCS #8), or base64 in one line; RSA, 1024 to 2048 bits
   */
  public static oneLinePrivateKey(pem: string): string {
    return privateKeyInOneLine(pem);
  }

  /** The size of the key in bits. */
  public readonly bits: number;

  private readonly base64: string;

  private constructor(key: KeyObject) {
    this.bits = modulusLength(key);
    this.base64 = key.export({ type: 'spki', format: 'der' }).toString('base64');
  }

  /**
   * The text of the record: `p=` and the key in one line.
   */
  public render(): string {
    return `p=${this.base64}`;
  }

  /**
   * The TXT record at `<selector>._domainkey.<domain>`.
   *
   * @param selector which of the domain's keys this is, e.g. `ses2026`
   * @param domain the domain that signs (`d=`)
   * @param options TTL and purpose
   */
  public record(selector: string, domain: string, options: DnsRecordOptions = {}): DnsRecord {
    checkSelector(selector);
    const name = normalizeDomain(domain, 'DKIM domain');
    const purpose = `DKIM: the public key "${selector}", with which receivers verify mail that ${name} has signed`;
    return DnsRecord.txt(`${selector}._domainkey.${name}`, [this.render()], withPurpose(options, purpose));
  }
}

/**
 * Refuses a selector that SES does not take.
 */
export function checkSelector(selector: string): void {
  if (hasToken(selector)) return;
  // not quoted: what is that long may be a key
  if (selector.length > SELECTOR_MAX && !selector.includes('._domainkey')) {
    fail('DkimKey.selectorTooLong', `the DKIM selector has ${selector.length} characters; a DNS label, and so a selector, may have ${SELECTOR_MAX}`);
  }
  const [label, suffix] = selector.split('._domainkey', 2);
  if (suffix !== undefined) {
    fail('DkimKey.selectorSuffix', `the DKIM selector is "${selector}"; give "${label}" alone, since "._domainkey" and the domain are added`);
  }
  if (!/^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/i.test(selector)) {
    fail('DkimKey.selector', `the DKIM selector is "${selector}" (${selector.length} characters); ` +
      `SES takes 1 to ${SELECTOR_MAX} letters, digits and hyphens, with no dot, and no hyphen at either end`);
  }
}
