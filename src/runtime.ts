/*
 * The door for users' own functions (`cdk-postmaster/runtime`): what sends mail and reads feedback. It loads neither the CDK nor an SDK.
 */
export type * from './events/event-record';
export { type Feedback, feedbackOf, type FeedbackOptions } from './events/feedback';
export { type AmbiguousComplaints, type FeedbackAction, type FeedbackDecision } from './events/feedback-decision';
export { parseMailEvents } from './events/parse-events';
export { sampleEvent, type SampleChanges, type SampleEventType, sampleNotification, type SampleNotificationType, WITHOUT_DSN, WITHOUT_REPORT } from './events/sample-events';
export { forwardedFeedbackRecipient, type FormattedMail, type RawMail, type SentMail, type SmtpMail } from './identity/forwarded-feedback';
export { checkListUnsubscribe, listUnsubscribeHeaders, type ListUnsubscribeOptions } from './sending/list-unsubscribe';
export { type ListManagement, type MessageOptions, sendParameters, type SendParameters, sesHeaders } from './sending/mail-headers';
export { type StreamEnvironment, streamFromEnvironment } from './sending/stream-environment';
export { contentProblems, linkTags, type MessageContent, NO_TRACK, OPEN_TRACKER } from './sending/tracked-content';
export { smtpPassword } from './smtp/smtp-password';
export { readSmtpSettings, type SmtpSettings, smtpSettings, type SmtpSettingsOptions } from './smtp/smtp-settings';
export { MailboxSimulator } from './ses/mailbox-simulator';
export { AUTO_TAGS, AutoTag } from './ses/message-tags';
export { SmtpPort } from './ses/smtp-port';
