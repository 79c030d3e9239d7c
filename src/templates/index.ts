export { EmailTemplate, type EmailTemplateProps, type IEmailTemplate } from './email-template';
export { TemplateContent } from './template-content';
export { VerificationEmailTemplate, type VerificationEmailTemplateProps } from './verification-email-template';
