/**
 * Where AWS acts on a sender, as fractions of mail sent: it reviews an account at the first line and may pause it at the second.
 *
 * @see https://docs.aws.amazon.com/ses/latest/dg/faqs-enforcement.html
 */
export const ENFORCEMENT = {
  bounceRate: { healthy: 0.02, review: 0.05, pause: 0.1 },
  complaintRate: { review: 0.001, pause: 0.005 },
} as const;
