export { AccountMonitor, type AccountMonitorProps } from './account-monitor';
export { AdvisorFinding } from './advisor-finding';
export { AdvisorNotices, type AdvisorNoticesProps, AdvisorStatus } from './advisor-notices';
export { FeedbackCanary, type FeedbackCanaryProps } from './feedback-canary';
export { HealthNotices, type HealthNoticesProps } from './health-notices';
export { IdentityFigure } from './identity-figure';
export { IdentityMonitor, type IdentityMonitorProps } from './identity-monitor';
export { MailDashboard, type MailDashboardProps } from './mail-dashboard';
export { SendingStatusNotices, type SendingStatusNoticesProps } from './sending-status-notices';
