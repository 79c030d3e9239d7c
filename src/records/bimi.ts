import { DnsRecord, DnsRecordOptions, withPurpose } from './dns-record';
import { normalizeDomain, normalizeRecordName } from './domain-name';
import { checkHttpsUrl } from './https-url';
import { parseVersionedTagList, renderTagList } from './tag-list';
import { fail } from '../private/errors';

/** The one selector that mailbox providers look up without being told. */
const DEFAULT_SELECTOR = 'default';

/**
 * What a BIMI record says beside the logo.
 */
export interface BimiOptions {
  /**
   * The `https:` URL of the certificate that vouches for the logo (VMC or CMC), a `.pem` file. Gmail and Apple Mail show no logo without one.
   *
   * @default - no certificate
   */
  readonly certificate?: string;

  /**
   * The selector of the record. With any other than `default`, each message needs a `BIMI-Selector` header.
   *
   * @default - default
   */
  readonly selector?: string;
}

/**
 * A BIMI record: the logo that mail programs show beside authenticated mail from a domain. It needs a DMARC policy that enforces.
 *
 * @see https://docs.aws.amazon.com/ses/latest/dg/send-email-authentication-bimi.html
 */
export class Bimi {
  /**
   * Shows a logo.
   *
   * @param url the `https:` URL of the logo, an `.svg` file in the profile SVG Portable/Secure
   * @param options certificate and selector
   */
  public static logo(url: string, options: BimiOptions = {}): Bimi {
    return new Bimi(checkHttpsUrl(url, 'the BIMI logo', '.svg'), options.certificate, options.selector);
  }

  /**
   * States that the domain takes no part in BIMI, so that no logo of the organizational domain is shown for it.
   */
  public static declined(): Bimi {
    return new Bimi('');
  }

  /**
   * Reads the text of a BIMI record.
   *
   * @param text e.g. `v=BIMI1; l=https://www.example.com/logo.svg`
   * @param selector the selector under which the record stands, which its text does not tell
   */
  public static parse(text: string, selector: string = DEFAULT_SELECTOR): Bimi {
    const tags = parseVersionedTagList(text, 'BIMI1', 'BIMI record');
    const logo = tags.get('l');
    const certificate = tags.get('a') || undefined;
    if (logo === undefined || (logo === '' && certificate !== undefined)) {
      fail('Bimi.noLogo', `the BIMI record "${text}" has no logo; add l= with its https: URL, or leave both l= and a= empty to decline`);
    }
    return logo === '' ? new Bimi('', undefined, selector) : Bimi.logo(logo, { certificate, selector });
  }

  /** The URL of the logo; empty when the domain takes no part in BIMI. */
  public readonly logoUrl: string;

  /** The URL of the certificate; undefined when there is none. */
  public readonly certificate?: string;

  /** The selector of the record. */
  public readonly selector: string;

  private constructor(logoUrl: string, certificate?: string, selector: string = DEFAULT_SELECTOR) {
    this.logoUrl = logoUrl;
    this.certificate = certificate === undefined ? undefined : checkHttpsUrl(certificate, 'the BIMI certificate', '.pem');
    this.selector = normalizeRecordName(selector, 'BIMI selector');
  }

  /**
   * Whether a certificate vouches for the logo.
   */
  public get hasCertificate(): boolean {
    return this.certificate !== undefined;
  }

  /**
   * The text of the record.
   */
  public render(): string {
    return renderTagList({ v: 'BIMI1', l: this.logoUrl, a: this.logoUrl === '' ? '' : this.certificate });
  }

  /**
   * The TXT record at `default._bimi.<domain>`.
   *
   * @param domain the domain of the From header
   * @param options TTL and purpose
   */
  public record(domain: string, options: DnsRecordOptions = {}): DnsRecord {
    const name = normalizeDomain(domain, 'BIMI domain');
    const what = this.logoUrl === '' ? 'mail programs show no logo' : 'the logo that mail programs show';
    return DnsRecord.txt(`${this.selector}._bimi.${name}`, [this.render()], withPurpose(options, `BIMI: ${what} beside mail from ${name}`));
  }
}
