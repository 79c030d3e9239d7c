/**
 * Where AWS acts on a sender, as fractions of mail sent: it reviews an account at the first line and may pause it at the second.
 *
 * @see https://docs.aws.amazon.com/ses/latest/dg/faqs-enforcement.html
 */
export const ENFORCEMENT = {
  bounceRate: { healthy: 0.02, review: 0.05, pause: 0.1 },
  complaintRate: { review: 0.001, pause: 0.005 },
} as const;

/**
 * The rates of an account at which AWS acts, as fractions: 0.05 is 5 %. For alarms of your own; a `ReputationGuard` knows them.
 *
 * @see https://docs.aws.amazon.com/ses/latest/dg/faqs-enforcement.html
 */
export class EnforcementRates {
  /** The bounce rate below which all is well: 0.02. */
  public static readonly BOUNCE_HEALTHY = ENFORCEMENT.bounceRate.healthy;

  /** The bounce rate from which on AWS reviews an account: 0.05. */
  public static readonly BOUNCE_REVIEW = ENFORCEMENT.bounceRate.review;

  /** The bounce rate from which on AWS may pause an account: 0.1. */
  public static readonly BOUNCE_PAUSE = ENFORCEMENT.bounceRate.pause;

  /** The complaint rate from which on AWS reviews an account, and below which all is well: 0.001. */
  public static readonly COMPLAINT_REVIEW = ENFORCEMENT.complaintRate.review;

  /** The complaint rate from which on AWS may pause an account: 0.005. */
  public static readonly COMPLAINT_PAUSE = ENFORCEMENT.complaintRate.pause;

  private constructor() {}
}
