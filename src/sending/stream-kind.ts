/**
 * What a stream is for; it chooses the defaults.
 */
export enum StreamKind {
  /**
   * Mail that somebody waits for: receipts, passwords, alerts. It is not rewritten to see opens and clicks, and goes out at once: SES does not hold it
   * back to protect shared addresses.
   */
  TRANSACTIONAL = 'TRANSACTIONAL',

  /**
   * Mail that people asked for and can unsubscribe from. Opens and clicks may be published, and the engagement metrics and optimized delivery of Virtual
   * Deliverability Manager are on.
   *
   * Large mailbox providers want `List-Unsubscribe` and `List-Unsubscribe-Post` headers on each message; `listUnsubscribeHeaders` of `cdk-postmaster/runtime`
   * makes them, and SES writes them by itself for mail with list management.
   */
  MARKETING = 'MARKETING',
}
