import type { Duration } from 'aws-cdk-lib';

/**
 * What a receiver shall do with mail that claims a domain and fails authentication.
 */
export enum DmarcPolicy {
  /** Deliver it all the same. Only useful together with reports. */
  NONE = 'none',
  /** Treat it as suspicious: mostly, put it into the spam folder. */
  QUARANTINE = 'quarantine',
  /** Refuse it. */
  REJECT = 'reject',
}

/**
 * How alike the domain in the From header and the one that SPF or DKIM authenticated have to be.
 */
export enum DmarcAlignment {
  /** They belong to the same organizational domain, e.g. `news.example.com` and `bounce.example.com`. */
  RELAXED = 'r',
  /** They are equal. */
  STRICT = 's',
}

/**
 * When a receiver writes a failure report.
 */
export enum DmarcFailureOption {
  /** If neither SPF nor DKIM passes and aligns. */
  ALL_FAIL = '0',
  /** If one of SPF and DKIM does not pass and align. */
  ANY_FAILS = '1',
  /** If a DKIM signature does not verify, aligned or not. */
  DKIM_FAILS = 'd',
  /** If SPF does not pass, aligned or not. */
  SPF_FAILS = 's',
}

/**
 * What a DMARC record says beside its policy.
 */
export interface DmarcOptions {
  /**
   * Who gets the daily aggregate reports (`rua`): addresses or `mailto:` URIs, with the largest size if need be (`mailto:dmarc@example.com!10m`).
   *
   * @default - no reports
   */
  readonly reportTo?: string[];

  /**
   * Who gets a report on each message that failed (`ruf`). Few receivers send them, since they disclose mail.
   *
   * @default - no reports
   */
  readonly failureReportTo?: string[];

  /**
   * The policy for sub-domains without a record of their own (`sp`).
   *
   * @default - the policy of the domain
   */
  readonly subdomainPolicy?: DmarcPolicy;

  /**
   * The policy for sub-domains that do not exist (`np`, RFC 9989).
   *
   * @default - the policy for sub-domains
   */
  readonly nonexistentSubdomainPolicy?: DmarcPolicy;

  /**
   * To how much of the mail that fails the policy applies, in whole percent from 0 to 100 (`pct`). RFC 9989 has dropped it for `testing`; many
   * receivers still honor it.
   *
   * @default - 100
   */
  readonly percentage?: number;

  /**
   * Whether the policy is only tried out: receivers report, but apply the next milder policy (`t=y`, RFC 9989).
   *
   * @default false
   */
  readonly testing?: boolean;

  /**
   * How alike the domains of From header and DKIM signature have to be (`adkim`).
   *
   * @default - relaxed
   */
  readonly dkimAlignment?: DmarcAlignment;

  /**
   * How alike the domains of From header and envelope sender have to be (`aspf`). With a MAIL FROM domain of SES, strict never passes.
   *
   * @default - relaxed
   */
  readonly spfAlignment?: DmarcAlignment;

  /**
   * When a receiver writes a failure report (`fo`).
   *
   * @default - if neither SPF nor DKIM passes and aligns
   */
  readonly failureOptions?: DmarcFailureOption[];

  /**
   * How much time an aggregate report covers (`ri`), in whole seconds. Receivers that honor it do so within limits; RFC 9989 has dropped it.
   *
   * @default - a day
   */
  readonly reportInterval?: Duration;

  /**
   * Whether others register their domains below this one (`psd=y`), or it is certainly an organization's own (`psd=n`, RFC 9989).
   *
   * @default - not said
   */
  readonly publicSuffix?: boolean;
}
