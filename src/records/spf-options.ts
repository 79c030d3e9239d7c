/**
 * What a receiver shall think of mail from servers that an SPF record does not list.
 */
export enum SpfAll {
  /** It is probably not from the domain: accept it, but look closely. */
  SOFT_FAIL = '~all',
  /** It is not from the domain. Forwarded mail fails too, and some receivers refuse it before they look at DKIM. */
  FAIL = '-all',
}

/**
 * What may send with a domain beside Amazon SES.
 */
export interface SpfOptions {
  /**
   * Domains whose own SPF records list further servers, e.g. `_spf.google.com`.
   *
   * @default - none
   */
  readonly includes?: string[];

  /**
   * IPv4 addresses or networks, e.g. `192.0.2.0/24`.
   *
   * @default - none
   */
  readonly ip4?: string[];

  /**
   * IPv6 addresses or networks, e.g. `2001:db8::/32`.
   *
   * @default - none
   */
  readonly ip6?: string[];

  /**
   * Other terms as they stand in the record, e.g. `a:mail.example.com` or `exists:%{i}._spf.example.com`.
   *
   * @default - none
   */
  readonly mechanisms?: string[];

  /**
   * What a receiver shall think of mail from all other servers.
   *
   * @default SpfAll.SOFT_FAIL
   */
  readonly all?: SpfAll;
}
