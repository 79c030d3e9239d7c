export { ActiveRuleSet, type ActiveRuleSetOptions, type ActiveRuleSetProps } from './active-rule-set';
export { ActiveRuleSetDeletion } from './active-rule-set-constants';
