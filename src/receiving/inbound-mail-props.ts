import type { RemovalPolicy } from 'aws-cdk-lib';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import type * as ses from 'aws-cdk-lib/aws-ses';
import { ActiveRuleSetOptions } from './active-rule-set';
import { ReceivingDomainOptions } from './mx-records';
import { MailForwarderOptions } from '../forwarding';
import type { IMailIdentity } from '../identity';
import type { SesRegion } from '../ses';

/**
 * Properties of a place that receives mail.
 */
export interface InboundMailProps extends ReceivingDomainOptions {
  /**
   * The domain that receives, verified or being verified: a `VerifiedDomain`, or an imported one. Its subdomains can receive, too. More of them:
   * `InboundMail.addDomain`.
   */
  readonly domain: IMailIdentity;

  /**
   * A rule set that exists already, of the account and Region of the stack. Its own rules are not touched. `ActiveRuleSet.fromActiveRuleSetName` gives one that
   * somebody else has activated.
   *
   * @default - a new rule set
   */
  readonly ruleSet?: ses.IReceiptRuleSet;

  /**
   * The name of a rule in `ruleSet` after which the rules of this app are asked. Refused without `ruleSet`.
   *
   * @default - they are asked first
   */
  readonly after?: string;

  /**
   * The name of the new rule set: 1 to 64 letters, digits, `_`, `-` and `.`. Refused with `ruleSet`, which has one.
   *
   * @default - made from the place in the tree
   */
  readonly ruleSetName?: string;

  /**
   * Whether the rule set is made the active one. SES has one in an account and Region, and goes by no other.
   *
   * @default - true for a new rule set, false for one that exists already
   */
  readonly activate?: boolean;

  /**
   * How the rule set is made the active one. Refused when it is not.
   *
   * @default - it takes the place of no other, and gives the place up when it is deleted; when the rule set is retained, it stays active
   */
  readonly activation?: ActiveRuleSetOptions;

  /**
   * What SES can do in the Region, for one that is newer than this library: `SesRegion.of('eu-south-1', { receiving: true })`.
   *
   * @default - what the library knows of the Region of the stack
   */
  readonly region?: SesRegion;

  /**
   * What becomes of the rule set, the rules and the MX records when they leave the stack.
   *
   * @default RemovalPolicy.DESTROY
   */
  readonly removalPolicy?: RemovalPolicy;
}

/**
 * Who gets the mail of whom, and how.
 */
export interface ForwardOptions extends MailForwarderOptions {
  /**
   * The verified identity that mail is sent with.
   *
   * @default - the first domain of the inbox
   */
  readonly identity?: IMailIdentity;

  /**
   * The bucket that keeps the mail. It stays there, also when it was sent on.
   *
   * @default - a `MailBucket` of its own, in which mail stays until somebody deletes it
   */
  readonly bucket?: s3.IBucket;
}
