export { MailboxSimulator } from './mailbox-simulator';
export { AutoTag } from './message-tags';
export { SesRegion, type SesRegionOverrides } from './region';
export { SmtpPort } from './smtp-port';
export { EnforcementRates } from './thresholds';
