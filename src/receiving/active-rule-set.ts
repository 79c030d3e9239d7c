import { Aspects, CfnDeletionPolicy, CfnResource, CustomResource, Stack, Token } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import * as ses from 'aws-cdk-lib/aws-ses';
import { Construct } from 'constructs';
import {
  ACTIVE_RULE_SET_RESOURCE_TYPE, ActiveRuleSetDeletion, type ActiveRuleSetProperties, RULE_SET_BEFORE_RESOURCE_TYPE, RULE_SET_NAME_ATTRIBUTE,
  SHARED_RULE_SET_RESOURCE_TYPE, type SharedRuleSetProperties,
} from './active-rule-set-constants';
import { ActiveRuleSetFunction } from './active-rule-set-function';
import { acknowledgeWildcards } from '../private/acknowledged-rules';
import { customResourceHandler } from '../private/custom-resource-handler';
import { fail } from '../private/errors';
import { finding } from '../private/finding';
import { PerApp } from '../private/per-app';
import { onlyPlaceOf } from '../private/place';

/**
 * How a rule set is made the active one.
 */
export interface ActiveRuleSetOptions {
  /**
   * Whether the rule set may take the place of one that is active already and that this app did not activate, for instance that of Amazon WorkMail. Its rules
   * see no mail from then on. Without this the deployment fails, and changes nothing.
   *
   * @default false
   */
  readonly takeOver?: boolean;

  /**
   * What becomes of the active rule set when the construct is deleted. What was active before is what the first deployment found, and not what an update has
   * taken over from. When the first deployment is rolled back, that set becomes active again in any case.
   *
   * @default ActiveRuleSetDeletion.RESTORE_PREVIOUS
   */
  readonly onDelete?: ActiveRuleSetDeletion;
}

/**
 * A rule set to be made the active one.
 */
export interface ActiveRuleSetProps extends ActiveRuleSetOptions {
  /**
   * The rule set.
   */
  readonly ruleSet: ses.IReceiptRuleSet;
}

/** The active rule sets of an app. */
const activations = new PerApp((): ActiveRuleSet[] => []);

/**
 * Makes a receipt rule set the active one. SES has one active set in an account and Region, or none, and receives mail by its rules alone; CloudFormation has
 * no resource for it.
 *
 * A deployment that finds another set active fails and changes nothing, unless `takeOver` is given. The set is activated after all rules of its stack that
 * belong to it, and their permissions, exist. When the construct is deleted, the set that was active before becomes active again, if ours still is active;
 * what somebody else has activated meanwhile stays. A roll-back takes nothing over.
 *
 * CloudFormation looks only when something changes here: a set that somebody activates by hand stays active until then. To move the construct to another
 * stack, retain the rule set and deploy with `ActiveRuleSetDeletion.KEEP` first.
 *
 * @see https://docs.aws.amazon.com/ses/latest/dg/receiving-email-receipt-rules-console-walkthrough.html
 *
 * @example
 * const ruleSet = new ses.ReceiptRuleSet(this, 'Rules');
 * new ActiveRuleSet(this, 'Active', { ruleSet });
 */
export class ActiveRuleSet extends Construct {
  /**
   * Uses the rule set that is active already and that belongs to somebody else. Rules can be added to it; nothing else of it is changed. The first deployment,
   * and each that gives another name, fails when the set is not the active one, before any rule is made.
   *
   * A rule goes to the front of the set, or behind the one of ours that was added before it. To put the first one behind a rule of the owner, give it `after`.
   *
   * @param scope where the check goes
   * @param id the ID of the construct
   * @param ruleSetName the name of the active rule set, for instance `INBOUND_MAIL`
   */
  public static fromActiveRuleSetName(scope: Construct, id: string, ruleSetName: string): ses.IReceiptRuleSet {
    const place = new Construct(scope, id);
    const properties: SharedRuleSetProperties = { RuleSetName: ruleSetName };
    // another name makes another resource, since a check that is taken back must not fail
    const check = new CustomResource(place, Token.isUnresolved(ruleSetName) ? 'Check' : `Check-${ruleSetName}`, {
      resourceType: SHARED_RULE_SET_RESOURCE_TYPE,
      serviceToken: handlerFor(place, ['ses:DescribeActiveReceiptRuleSet']).functionArn,
      properties: { ...properties },
    });
    // whatever names the rule set waits for the check
    return ses.ReceiptRuleSet.fromReceiptRuleSetName(place, 'RuleSet', check.ref);
  }

  /** The rule set. */
  public readonly ruleSet: ses.IReceiptRuleSet;

  private readonly onDelete: ActiveRuleSetDeletion;

  public constructor(scope: Construct, id: string, props: ActiveRuleSetProps) {
    super(scope, id);
    this.ruleSet = props.ruleSet;
    this.onDelete = props.onDelete ?? ActiveRuleSetDeletion.RESTORE_PREVIOUS;
    this.claim();
    const handler = handlerFor(this, ['ses:DescribeActiveReceiptRuleSet', 'ses:SetActiveReceiptRuleSet']);
    handler.addToRolePolicy(new iam.PolicyStatement({ actions: ['cloudformation:DescribeStacks'], resources: [Stack.of(this).stackId] }));
    this.createActivation(handler, this.createLook(handler), props.takeOver ?? false);
    this.waitForRules();
    this.node.addValidation({ validate: () => this.checkDeletion() });
  }

  /** Two active sets in one place would take mail from each other, with each deployment the other way round. */
  private claim(): void {
    const others = activations.of(this);
    for (const other of others) {
      const where = `${other.node.path} makes ${other.ruleSet.node.path} the active rule set`;
      if (outermost(other) === outermost(this) || onlyPlaceOf(other) === onlyPlaceOf(this)) {
        fail('ActiveRuleSet.second', `${where} of the same account and Region already, where SES has one; add the rules to that set, or leave one of the two out`, this);
      }
      if (Stack.of(other).environment === Stack.of(this).environment) {
        finding(this, 'ActiveRuleSet.perhapsSecond', `${where} too, and SES has one in an account and Region. Give the stacks an \`env\`, or acknowledge when they are ` +
          'deployed to different places');
      }
    }
    others.push(this);
  }

  /** What was active before the first deployment. CloudFormation keeps it for as long as the resource exists. */
  private createLook(handler: lambda.IFunction): CustomResource {
    return only(new CustomResource(this, 'Before', { resourceType: RULE_SET_BEFORE_RESOURCE_TYPE, serviceToken: handler.functionArn }), 'PostmasterRuleSetBefore');
  }

  private createActivation(handler: lambda.IFunction, before: CustomResource, takeOver: boolean): void {
    const properties: ActiveRuleSetProperties = {
      RuleSetName: this.ruleSet.receiptRuleSetName,
      RuleSetBefore: before.getAttString(RULE_SET_NAME_ATTRIBUTE),
      TakeOver: String(takeOver),
      OnDelete: this.onDelete,
    };
    only(new CustomResource(this, 'Resource', {
      resourceType: ACTIVE_RULE_SET_RESOURCE_TYPE, serviceToken: handler.functionArn, properties: { ...properties },
    }), 'PostmasterActiveRuleSet');
  }

  /** A set that is active before its rules exist would refuse mail, or receive it by half of them. */
  private waitForRules(): void {
    const stack = Stack.of(this);
    const name = JSON.stringify(stack.resolve(this.ruleSet.receiptRuleSetName));
    Aspects.of(stack).add({
      visit: node => {
        if (!(node instanceof ses.CfnReceiptRule) || Stack.of(node) !== stack) return;
        if (JSON.stringify(stack.resolve(node.ruleSetName)) === name) this.node.addDependency(node);
      },
    });
  }

  private checkDeletion(): string[] {
    const resource = this.ruleSet.node.defaultChild;
    if (this.onDelete !== ActiveRuleSetDeletion.KEEP || !(resource instanceof CfnResource)) return [];
    const { deletionPolicy } = resource.cfnOptions;
    if (deletionPolicy !== CfnDeletionPolicy.RETAIN && deletionPolicy !== CfnDeletionPolicy.RETAIN_EXCEPT_ON_CREATE) {
      fail('ActiveRuleSet.kept', `onDelete is KEEP, and the rule set ${this.ruleSet.node.path} is deleted with its stack, which SES refuses while it is active; ` +
        'retain the rule set (RemovalPolicy.RETAIN), or let it be deactivated', this);
    }
    return [];
  }
}

/** There is one in a stack, so it has one name there wherever it stands in the tree: moved within the stack, it stays the same resource. */
function only(resource: CustomResource, logicalId: string): CustomResource {
  (resource.node.defaultChild as CfnResource).overrideLogicalId(logicalId);
  return resource;
}

function handlerFor(scope: Construct, actions: string[]): lambda.Function {
  const handler = customResourceHandler(scope, ActiveRuleSetFunction);
  handler.addToRolePolicy(new iam.PolicyStatement({ actions, resources: ['*'] }));
  acknowledgeWildcards(handler.role!, ['*'], 'SES has no resource for the active rule set.');
  return handler;
}

function outermost(scope: Construct): Stack {
  let stack = Stack.of(scope);
  while (stack.nestedStackParent) stack = stack.nestedStackParent;
  return stack;
}
