export { InboundMail } from './inbound-mail';
export { type InboundMailProps } from './inbound-mail-props';
export { IpFilters, type IpFiltersProps } from './ip-filters';
export { MailRule, type MailRuleProps } from './mail-rule';
export { type ReceivingDomainOptions } from './mx-records';
export { ReceiptMetrics } from './receipt-metrics';
export { ReceivingAlarms, type ReceivingAlarmsProps } from './receiving-alarms';
export { RoleAddresses } from './role-addresses';
