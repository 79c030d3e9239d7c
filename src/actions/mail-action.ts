import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type * as ses from 'aws-cdk-lib/aws-ses';
import type { Construct, IDependable } from 'constructs';

/**
 * The rule that an action belongs to. Its names are known at synth, so that a policy can name the rule without a circle.
 */
export interface MailRuleReference {
  /** The name of the rule set. */
  readonly ruleSetName: string;

  /** The name of the rule. */
  readonly ruleName: string;

  /** The ARN of the rule: what SES gives as source when it acts for the rule. */
  readonly ruleArn: string;
}

/**
 * What CloudFormation is told about an action of a rule.
 */
export interface MailActionConfig {
  /** The action, exactly one of the kinds that SES has. */
  readonly action: ses.CfnReceiptRule.ActionProperty;

  /**
   * The permissions. SES tries them out when the rule is created, and refuses the rule when they are not there yet.
   *
   * @default - none are needed
   */
  readonly permissions?: IDependable[];

  /**
   * The function that the action calls, for alarms on its failures.
   *
   * @default - none
   */
  readonly invokes?: lambda.IFunction;
}

/**
 * One thing that a rule does with mail. `Deliver` has the menu; extend this class for an action of your own.
 *
 * @see https://docs.aws.amazon.com/ses/latest/dg/receiving-email-action.html
 */
export abstract class MailAction {
  /**
   * Grants SES what it needs and says how the action is written.
   *
   * @param scope where constructs of the action go
   * @param rule the rule that the action belongs to
   */
  public abstract bind(scope: Construct, rule: MailRuleReference): MailActionConfig;
}
