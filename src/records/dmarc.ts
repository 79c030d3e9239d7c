import { DmarcAlignment, DmarcFailureOption, DmarcOptions, DmarcPolicy } from './dmarc-options';
import { readDmarcTags } from './dmarc-tags';
import { DnsRecord, DnsRecordOptions, withPurpose } from './dns-record';
import { normalizeDomain } from './domain-name';
import { hasSameOwner, isAligned } from './organizational-domain';
import { domainOfMailto, mailtoUri } from './report-uri';
import { renderTagList } from './tag-list';
import { fail } from '../private/errors';

/** The report interval is a number of 32 bits. */
const REPORT_INTERVAL_MAX = 4294967295;

/**
 * A DMARC record: what receivers shall do with mail that claims to be from a domain, but for which neither SPF nor DKIM vouches.
 *
 * @see https://docs.aws.amazon.com/ses/latest/dg/send-email-authentication-dmarc.html
 */
export class Dmarc {
  /**
   * Watch: receivers deliver what fails, and report it. The first stage for a domain that already sends mail.
   *
   * @param options reports and details
   */
  public static none(options: DmarcOptions = {}): Dmarc {
    return new Dmarc(DmarcPolicy.NONE, options);
  }

  /**
   * Receivers put what fails into the spam folder. The stage when most legitimate mail is known to pass.
   *
   * @param options reports and details
   */
  public static quarantine(options: DmarcOptions = {}): Dmarc {
    return new Dmarc(DmarcPolicy.QUARANTINE, options);
  }

  /**
   * Receivers refuse what fails. The goal; also the right start for a new domain.
   *
   * @param options reports and details
   */
  public static reject(options: DmarcOptions = {}): Dmarc {
    return new Dmarc(DmarcPolicy.REJECT, options);
  }

  /**
   * Reads the text of a DMARC record. Tags that the library does not know are left out, as receivers do; a tag that it knows has to be well-formed.
   *
   * @param text e.g. `v=DMARC1; p=none; rua=mailto:dmarc@example.com`
   */
  public static parse(text: string): Dmarc {
    const { policy, reportInterval, ...options } = readDmarcTags(text);
    return new Dmarc(policy, options, reportInterval);
  }

  /**
   * Whether a domain that SPF or DKIM has authenticated vouches for the domain in the From header. A domain that only the deployment knows counts
   * as aligned.
   *
   * @param fromDomain the domain of the From header
   * @param authenticatedDomain the MAIL FROM domain, or the one that signed (`d=`)
   * @param alignment how alike they have to be
   */
  public static isAligned(fromDomain: string, authenticatedDomain: string, alignment: DmarcAlignment = DmarcAlignment.RELAXED): boolean {
    return isAligned(fromDomain, authenticatedDomain, alignment === DmarcAlignment.STRICT);
  }

  /** What receivers shall do with mail that fails. */
  public readonly policy: DmarcPolicy;

  /** Who gets aggregate reports, as `mailto:` URIs. */
  public readonly reportTo: string[];

  /** Who gets failure reports, as `mailto:` URIs. */
  public readonly failureReportTo: string[];

  /** The policy for sub-domains; undefined when it is that of the domain. */
  public readonly subdomainPolicy?: DmarcPolicy;

  /** The policy for sub-domains that do not exist; undefined when it is that for sub-domains. */
  public readonly nonexistentSubdomainPolicy?: DmarcPolicy;

  /** To how much of the mail that fails the policy applies; undefined when it was not said, which means 100. */
  public readonly percentage?: number;

  /** Whether the policy is only tried out. */
  public readonly testing: boolean;

  /** How DKIM has to align; undefined when it was not said, which means relaxed. */
  public readonly dkimAlignment?: DmarcAlignment;

  /** How SPF has to align; undefined when it was not said, which means relaxed. */
  public readonly spfAlignment?: DmarcAlignment;

  /** When a receiver writes a failure report; empty when it was not said. */
  public readonly failureOptions: DmarcFailureOption[];

  /** How much time an aggregate report covers, in seconds; undefined when it was not said, which means a day. */
  public readonly reportIntervalSeconds?: number;

  /** Whether others register domains below; undefined when it was not said. */
  public readonly publicSuffix?: boolean;

  private constructor(policy: DmarcPolicy, options: DmarcOptions, reportIntervalSeconds?: number) {
    this.policy = policy;
    this.reportTo = mailboxes(options.reportTo, 'reportTo');
    this.failureReportTo = mailboxes(options.failureReportTo, 'failureReportTo');
    this.subdomainPolicy = options.subdomainPolicy;
    this.nonexistentSubdomainPolicy = options.nonexistentSubdomainPolicy;
    this.percentage = options.percentage;
    this.testing = options.testing ?? false;
    this.dkimAlignment = options.dkimAlignment;
    this.spfAlignment = options.spfAlignment;
    this.failureOptions = distinct(options.failureOptions, 'failureOptions', 'one option');
    this.reportIntervalSeconds = reportIntervalSeconds ?? options.reportInterval?.toSeconds({ integral: false });
    this.publicSuffix = options.publicSuffix;
    checkWhole('Dmarc.percentage', 'percentage', this.percentage, 0, 100);
    checkWhole('Dmarc.reportInterval', 'reportInterval in seconds', this.reportIntervalSeconds, 1, REPORT_INTERVAL_MAX);
  }

  /**
   * Whether receivers keep all mail that fails out of the inbox, for sub-domains too: the condition for BIMI.
   */
  public get isEnforcing(): boolean {
    return this.policy !== DmarcPolicy.NONE && this.subdomainPolicy !== DmarcPolicy.NONE && (this.percentage ?? 100) === 100 && !this.testing;
  }

  /**
   * The text of the record, with the tags that were set.
   */
  public render(): string {
    return renderTagList({
      v: 'DMARC1',
      p: this.policy,
      sp: this.subdomainPolicy,
      np: this.nonexistentSubdomainPolicy,
      pct: this.percentage?.toString(),
      t: this.testing ? 'y' : undefined,
      adkim: this.dkimAlignment,
      aspf: this.spfAlignment,
      rua: this.reportTo.join(',') || undefined,
      ruf: this.failureReportTo.join(',') || undefined,
      fo: this.failureOptions.join(':') || undefined,
      ri: this.reportIntervalSeconds?.toString(),
      psd: this.publicSuffix === undefined ? undefined : this.publicSuffix ? 'y' : 'n',
    });
  }

  /**
   * The TXT record at `_dmarc.<domain>`.
   *
   * @param domain the domain of the From header
   * @param options TTL and purpose
   */
  public record(domain: string, options: DnsRecordOptions = {}): DnsRecord {
    const name = normalizeDomain(domain, 'DMARC domain');
    const deeds = { none: 'deliver', quarantine: 'put into spam', reject: 'refuse' };
    const purpose = `DMARC: receivers shall ${deeds[this.policy]} mail that fails to prove it is from ${name}`;
    return DnsRecord.txt(`_dmarc.${name}`, [this.render()], withPurpose(options, purpose));
  }

  /**
   * The records with which other domains consent to take the reports on a domain. They belong into the zones of those domains; without them,
   * receivers send no reports there.
   *
   * @param domain the domain on which they report
   */
  public reportAuthorizationRecords(domain: string): DnsRecord[] {
    const name = normalizeDomain(domain, 'DMARC domain');
    const reporters = new Set([...this.reportTo, ...this.failureReportTo].map(domainOfMailto));
    const strangers = [...reporters].filter(reporter => !hasSameOwner(reporter, name));
    return strangers.map(stranger => DnsRecord.txt(`${name}._report._dmarc.${stranger}`, ['v=DMARC1'], {
      purpose: `DMARC: ${stranger} consents to take the reports on ${name}`,
    }));
  }
}

function mailboxes(given: string[] | undefined, option: string): string[] {
  return distinct(given?.map(mailbox => mailtoUri(mailbox, `DMARC ${option}`)), option, 'one address');
}

function distinct<T>(given: T[] | undefined, option: string, example: string): T[] {
  if (given?.length === 0) fail('Dmarc.empty', `DMARC ${option} is empty; leave it out, or give at least ${example}`);
  return [...new Set(given)];
}

function checkWhole(code: string, what: string, value: number | undefined, min: number, max: number): void {
  if (value === undefined || (Number.isInteger(value) && value >= min && value <= max)) return;
  fail(code, `DMARC ${what} is ${value}; it is a whole number from ${min} to ${max}`);
}
