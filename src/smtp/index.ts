export { MailEndpoint, type MailEndpointProps } from './mail-endpoint';
export { SesApiEndpoint, type SesApiEndpointProps } from './ses-api-endpoint';
export { SmtpCredentials, type SmtpCredentialsProps } from './smtp-credentials';
export { SmtpEndpoint, type SmtpEndpointProps } from './smtp-endpoint';
export { SmtpKeyMonitor, type SmtpKeyMonitorProps } from './smtp-key-monitor';
export { SmtpRotation } from './smtp-rotation';
