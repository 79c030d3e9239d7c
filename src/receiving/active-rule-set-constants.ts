/** The CloudFormation types of the resources that look at the active rule set, and of the one that sets it. */
export const ACTIVE_RULE_SET_RESOURCE_TYPE = 'Custom::PostmasterActiveRuleSet';
export const RULE_SET_BEFORE_RESOURCE_TYPE = 'Custom::PostmasterRuleSetBefore';
export const SHARED_RULE_SET_RESOURCE_TYPE = 'Custom::PostmasterSharedRuleSet';

/** What templates read of the set that was active before. */
export const RULE_SET_NAME_ATTRIBUTE = 'RuleSetName';

/** Stands for no rule set. No set can have this name. */
export const NO_RULE_SET = '(none)';

/**
 * What becomes of the active rule set when the construct is deleted, while the set is still the active one. A set that somebody else has activated meanwhile is
 * never touched.
 */
export enum ActiveRuleSetDeletion {
  /**
   * The rule set that was active before becomes active again: the one that this one took over from, or none. When it no longer exists, none is.
   */
  RESTORE_PREVIOUS = 'RestorePrevious',

  /**
   * No rule set is active, and SES refuses all mail to the account in this Region.
   */
  DEACTIVATE = 'Deactivate',

  /**
   * The rule set stays active. For a set that outlives the stack: SES does not delete the active one.
   */
  KEEP = 'Keep',
}

/** What the template tells of the rule set to activate. CloudFormation hands everything over as text. */
export interface ActiveRuleSetProperties {
  readonly RuleSetName: string;
  /** What was active before this resource was made, or NO_RULE_SET. */
  readonly RuleSetBefore: string;
  readonly TakeOver: string;
  readonly OnDelete: string;
}

/** What the template tells of a rule set that somebody else activates. */
export interface SharedRuleSetProperties {
  readonly RuleSetName: string;
}
