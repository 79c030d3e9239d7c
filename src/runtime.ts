/*
 * The door for users' own functions (`cdk-postmaster/runtime`): what sends mail and reads feedback. It loads neither the CDK nor an SDK.
 */
export {
  type DelegatedArns, delegatedHeaderProblems, delegatedHeaders, type DelegatedRawParametersV1, delegatedRegion, delegatedSendEmail,
  delegatedSendEmailV1, type DelegatedSendParameters, type DelegatedSendParametersV1, delegatedSendRawEmailV1,
} from './delegation/delegated-sending';
export { type Blocklisting, blocklistOf } from './events/blocklist';
export type * from './events/event-record';
export { type Feedback, feedbackOf, type FeedbackOptions } from './events/feedback';
export { type AmbiguousComplaints, type FeedbackAction, type FeedbackDecision } from './events/feedback-decision';
export { parseMailEvents } from './events/parse-events';
export { sampleEvent, type SampleChanges, type SampleEventType, sampleNotification, type SampleNotificationType, WITHOUT_DSN, WITHOUT_REPORT } from './events/sample-events';
export { Disposition } from './inbox/disposition';
export { type DecryptInput, type DecryptKey, decryptMail, type DecryptMailOptions, isEncryptedMail, type ObjectMetadata } from './inbox/encrypted-mail';
export { fetchMail, type GetObjectInput, type GetObjectOutput, mailObjectKey, type MailStore } from './inbox/fetch-mail';
export { type AuthenticationResult, type AuthenticationResults, parseAuthenticationResults } from './inbox/authentication-results';
export { parseReceivedMail } from './inbox/parse-received-mail';
export { rawHeaders } from './inbox/raw-headers';
export { receivedContent } from './inbox/received-content';
export type * from './inbox/received-mail';
export { SAMPLE_MESSAGE, type SampleReceivedType, sampleReceiptEvent, sampleReceivedMail } from './inbox/sample-received-mail';
export { trustedVerdicts, type TrustedVerdicts, type TrustedVerdictsOptions } from './inbox/trusted-verdicts';
export { type IpFilter, type IpFilterPolicy } from './receipt/ip-filter';
export { type ReceiptRule, type ReceiptRuleAction } from './receipt/receipt-rule';
export { receiveMail } from './receipt/receive-mail';
export { type ActionTrace, type IncomingMail, type Reception, type Refusal, type RuleTrace } from './receipt/reception';
export { type RuleActionType } from './receipt/rule-action';
export { templateRules } from './receipt/template-rules';
export { forwardedFeedbackRecipient, type FormattedMail, type RawMail, type SentMail, type SmtpMail } from './identity/forwarded-feedback';
export { checkListUnsubscribe, listUnsubscribeHeaders, type ListUnsubscribeOptions } from './sending/list-unsubscribe';
export { type ListManagement, type MessageOptions, sendParameters, type SendParameters, sesHeaders } from './sending/mail-headers';
export { type SendFailure, sendFailure, type SendFailureKind } from './sending/send-failure';
export { type StreamEnvironment, streamFromEnvironment } from './sending/stream-environment';
export { contentProblems, linkTags, type MessageContent, NO_TRACK, OPEN_TRACKER } from './sending/tracked-content';
export { smtpPassword } from './smtp/smtp-password';
export { readSmtpSettings, type SmtpSettings, smtpSettings, type SmtpSettingsOptions } from './smtp/smtp-settings';
export { MailboxSimulator } from './ses/mailbox-simulator';
export { AUTO_TAGS, AutoTag } from './ses/message-tags';
export { bulkCalls, bulkOutcome, type BulkOutcome, type UnsentEntry } from './sending/bulk-send';
export { escapeHtml } from './templates/escape-html';
export { SmtpPort } from './ses/smtp-port';
