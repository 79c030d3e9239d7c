import { Names, type RemovalPolicy, Stack } from 'aws-cdk-lib';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import * as ses from 'aws-cdk-lib/aws-ses';
import { Construct } from 'constructs';
import { ReceiptMetrics } from './receipt-metrics';
import { claimRuleName } from './rule-names';
import type { MailActionConfig, MailRuleOptions, MailRuleReference } from '../actions';
import { ruleArnOf } from '../actions/rule-source';
import { located } from '../private/errors';
import { finishedProperties } from '../private/finished-properties';
import { Recipient } from '../receipt';
import type { ReceiptRule } from '../receipt/receipt-rule';
import { checkActions, checkRecipients } from '../receipt/rule-limits';
import { checkName, SES_NAMES } from '../ses/names';

/**
 * Properties of a rule.
 */
export interface MailRuleProps extends MailRuleOptions {
  /**
   * The rule set that the rule belongs to.
   */
  readonly ruleSet: ses.IReceiptRuleSet;

  /**
   * The name of the rule after which this one is asked.
   *
   * @default - it is asked first
   */
  readonly after?: string;

  /**
   * What becomes of the rule when it leaves the stack.
   *
   * @default RemovalPolicy.DESTROY
   */
  readonly removalPolicy?: RemovalPolicy;
}

/**
 * A receipt rule: whom mail is for, and what is done with it. It is created after the permissions that its actions need, and deleted before them.
 *
 * `InboundMail.addRule` makes one and keeps the order.
 *
 * @see https://docs.aws.amazon.com/ses/latest/APIReference/API_ReceiptRule.html
 */
export class MailRule extends ReceiptMetrics {
  /** The name of the rule. */
  public readonly ruleName: string;

  /** The name of the rule set. */
  public readonly ruleSetName: string;

  /** The ARN of the rule. */
  public readonly ruleArn: string;

  /** Whom the rule is for; none means everybody. */
  public readonly recipients: Recipient[];

  /** The functions that the rule calls. */
  public readonly functions: lambda.IFunction[];

  protected readonly metricDimensions: Record<string, string>;

  public constructor(scope: Construct, id: string, props: MailRuleProps) {
    super(scope, id);
    this.ruleName = this.nameOf(props);
    this.ruleSetName = nameOfRuleSet(props.ruleSet);
    this.ruleArn = ruleArnOf(this, this.ruleSetName, this.ruleName);
    this.recipients = this.recipientsOf(props);
    this.metricDimensions = { RuleName: this.ruleName };
    claimRuleName(this, this.ruleSetName, this.ruleName);
    const actions = this.bindActions(props);
    this.functions = actions.flatMap(({ invokes }) => invokes ? [invokes] : []);
    this.createResource(props, actions);
  }

  /** The name as the template has it, so that whoever uses it comes after the rule. */
  public get ruleRef(): string {
    return (this.node.defaultChild as ses.CfnReceiptRule).ref;
  }

  private nameOf({ ruleName }: MailRuleProps): string {
    if (ruleName === undefined) return Names.uniqueResourceName(this, { maxLength: 64, separator: '-' });
    return located(this, () => checkName(SES_NAMES.receiptRule, ruleName));
  }

  private recipientsOf({ recipients }: MailRuleProps): Recipient[] {
    located(this, () => checkRecipients(recipients?.map(({ condition }) => condition)));
    return recipients ?? [];
  }

  private bindActions({ actions }: MailRuleProps): MailActionConfig[] {
    const rule: MailRuleReference = { ruleSetName: this.ruleSetName, ruleName: this.ruleName, ruleArn: this.ruleArn };
    return actions.map((action, index) => action.bind(new Construct(this, `Action${index + 1}`), rule));
  }

  private createResource(props: MailRuleProps, actions: MailActionConfig[]): void {
    const resource = new ses.CfnReceiptRule(this, 'Resource', {
      ruleSetName: props.ruleSet.receiptRuleSetName,
      after: props.after,
      rule: {
        name: this.ruleName,
        // CloudFormation's own defaults are a rule that is switched off and looks for neither spam nor viruses
        enabled: props.enabled ?? true,
        scanEnabled: props.scan ?? true,
        tlsPolicy: props.tlsPolicy ?? ses.TlsPolicy.OPTIONAL,
        recipients: props.recipients?.map(({ condition }) => condition),
        actions: actions.map(({ action }) => action),
      },
    });
    resource.node.addDependency(...actions.flatMap(({ permissions }) => permissions ?? []));
    if (props.removalPolicy) resource.applyRemovalPolicy(props.removalPolicy);
    located(this, () => checkActions(finishedRule(resource).Actions ?? []));
  }
}

/**
 * A rule as the template will have it.
 */
export function finishedRule(resource: ses.CfnReceiptRule): ReceiptRule {
  return finishedProperties<{ Rule: ReceiptRule }>(resource).Rule;
}

/**
 * The name of a rule set, as it was given if it was: then policies in other stacks can name it without depending on it.
 */
export function nameOfRuleSet(ruleSet: ses.IReceiptRuleSet): string {
  const resource = ruleSet.node.defaultChild;
  const given = resource instanceof ses.CfnReceiptRuleSet ? Stack.of(resource).resolve(resource.ruleSetName) as unknown : undefined;
  return typeof given === 'string' ? given : ruleSet.receiptRuleSetName;
}
