import { DnsRecord, DnsRecordOptions, withPurpose } from './dns-record';
import { normalizeDomain } from './domain-name';
import { mailtoOrHttpsUri, splitUris } from './report-uri';
import { parseVersionedTagList, renderTagList } from './tag-list';
import { fail } from '../private/errors';

/**
 * A TLS-RPT record: where senders report that they could not deliver mail to a domain over TLS (RFC 8460). The companion of MTA-STS.
 *
 * @see https://www.rfc-editor.org/rfc/rfc8460
 */
export class TlsRpt {
  /**
   * Asks for a daily report.
   *
   * @param uris addresses, `mailto:` URIs or `https:` URLs that take a POST
   */
  public static reportTo(uris: string[]): TlsRpt {
    return new TlsRpt(uris);
  }

  /**
   * Reads the text of a TLS-RPT record.
   *
   * @param text e.g. `v=TLSRPTv1; rua=mailto:tls@example.com`
   */
  public static parse(text: string): TlsRpt {
    const uris = parseVersionedTagList(text, 'TLSRPTv1', 'TLS-RPT record').get('rua');
    if (uris === undefined) fail('TlsRpt.noReport', `the TLS-RPT record "${text}" has no rua; add where reports go, e.g. rua=mailto:tls@example.com`);
    return new TlsRpt(splitUris(uris, 'rua of the TLS-RPT record'));
  }

  /** Where reports go, as `mailto:` and `https:` URIs. */
  public readonly reportUris: string[];

  private constructor(uris: string[]) {
    if (uris.length === 0) fail('TlsRpt.empty', 'TLS-RPT reportTo is empty; give at least one address or https: URL');
    this.reportUris = [...new Set(uris.map(uri => mailtoOrHttpsUri(uri, 'TLS-RPT reportTo')))];
  }

  /**
   * The text of the record.
   */
  public render(): string {
    return renderTagList({ v: 'TLSRPTv1', rua: this.reportUris.join(',') });
  }

  /**
   * The TXT record at `_smtp._tls.<domain>`.
   *
   * @param domain the domain that receives mail
   * @param options TTL and purpose
   */
  public record(domain: string, options: DnsRecordOptions = {}): DnsRecord {
    const name = normalizeDomain(domain, 'TLS-RPT domain');
    const purpose = `TLS-RPT: where senders report trouble with TLS on the way to ${name}`;
    return DnsRecord.txt(`_smtp._tls.${name}`, [this.render()], withPurpose(options, purpose));
  }
}
