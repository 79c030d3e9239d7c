export { InboundMail } from './inbound-mail';
export { type InboundMailProps } from './inbound-mail-props';
export { MailRule, type MailRuleProps } from './mail-rule';
export { type ReceivingDomainOptions } from './mx-records';
export { ReceiptMetrics } from './receipt-metrics';
