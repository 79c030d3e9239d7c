/**
 * What SES finds out about mail that it receives. SES itself never acts on it.
 *
 * @see https://docs.aws.amazon.com/ses/latest/dg/receiving-email-notifications-contents.html
 */
export enum Verdict {
  /** Whether the content looks like spam. Needs a rule that scans. */
  SPAM = 'spam',
  /** Whether there is malware in it. Needs a rule that scans. */
  VIRUS = 'virus',
  /** Whether the server was allowed to send for the domain of the envelope. Fails for honest mail that somebody has forwarded. */
  SPF = 'spf',
  /** Whether a signature of the domain in From is there and right. Fails for honest mail that a mailing list has changed. */
  DKIM = 'dkim',
  /** Whether SPF or DKIM vouches for the domain in From, and that domain has a policy. The best of the three. */
  DMARC = 'dmarc',
}

/**
 * How a verdict comes out.
 */
export enum VerdictStatus {
  /** All is well. */
  PASS = 'PASS',
  /** It is spam, has a virus, or is not from whom it says. */
  FAIL = 'FAIL',
  /**
   * SES is not sure. SPF: the domain does not commit itself. DKIM: no signature of the domain. DMARC: authenticated, but the domain has no policy, or the
   * policy `none`.
   */
  GRAY = 'GRAY',
  /** SES could not find out: DNS failed, a signature or the message is not well-formed. */
  PROCESSING_FAILED = 'PROCESSING_FAILED',
  /** The rule does not scan, so nobody has looked. */
  DISABLED = 'DISABLED',
}
