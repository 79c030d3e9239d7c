export { MailboxSimulator } from './mailbox-simulator';
export { AutoTag } from './message-tags';
export { SesRegion, type SesRegionOverrides } from './region';
export { EnforcementRates } from './thresholds';
