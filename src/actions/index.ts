export { MailAction, type MailActionConfig, type MailRuleReference } from './mail-action';
export { type MailRuleOptions } from './mail-rule-options';
