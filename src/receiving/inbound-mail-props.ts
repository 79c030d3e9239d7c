import type { RemovalPolicy } from 'aws-cdk-lib';
import type * as ses from 'aws-cdk-lib/aws-ses';
import { ReceivingDomainOptions } from './mx-records';
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
   * A rule set that exists already, of the account and Region of the stack. Its own rules are not touched.
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
