import type * as ses from 'aws-cdk-lib/aws-ses';
import type { MailAction } from './mail-action';
import type { Recipient } from '../receipt';

/**
 * What a receipt rule is made of. `Gate` has ready rules that stop mail.
 */
export interface MailRuleOptions {
  /**
   * What the rule does, in this order: 1 to 10.
   */
  readonly actions: MailAction[];

  /**
   * The envelope recipients that the rule is for: up to 100 conditions. An empty list is refused.
   *
   * @default - every recipient at every verified domain of the account and Region
   */
  readonly recipients?: Recipient[];

  /**
   * Whether SES looks for spam and viruses. Without it the verdicts say `DISABLED`.
   *
   * @default true
   */
  readonly scan?: boolean;

  /**
   * Whether SES refuses mail that does not come over TLS.
   *
   * @default TlsPolicy.OPTIONAL
   */
  readonly tlsPolicy?: ses.TlsPolicy;

  /**
   * Whether the rule is in force.
   *
   * @default true
   */
  readonly enabled?: boolean;

  /**
   * The name of the rule: up to 64 letters, digits, `_`, `-` and `.`, with a letter or digit at both ends. CloudWatch counts by it, whatever the rule set.
   *
   * @default - made from the place in the tree
   */
  readonly ruleName?: string;
}
