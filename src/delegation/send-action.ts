/**
 * The SES actions that send mail.
 *
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonses.html
 */
export enum SendAction {
  /** `SendEmail` of API v2 and v1: simple messages, and templated ones of API v2. */
  SEND_EMAIL = 'ses:SendEmail',
  /** Raw MIME messages, and everything that comes in by SMTP. */
  SEND_RAW_EMAIL = 'ses:SendRawEmail',
  /** `SendTemplatedEmail` of API v1. */
  SEND_TEMPLATED_EMAIL = 'ses:SendTemplatedEmail',
  /** `SendBulkTemplatedEmail` of API v1. */
  SEND_BULK_TEMPLATED_EMAIL = 'ses:SendBulkTemplatedEmail',
  /** `SendBulkEmail` of API v2. */
  SEND_BULK_EMAIL = 'ses:SendBulkEmail',
}

/** The actions which SES authorizes on a template too, and refuses without one. */
export const NEEDS_TEMPLATE: ReadonlySet<SendAction> = new Set([
  SendAction.SEND_TEMPLATED_EMAIL, SendAction.SEND_BULK_TEMPLATED_EMAIL, SendAction.SEND_BULK_EMAIL,
]);

/** The actions for which SES fills in the addresses of the message as condition keys. */
export const HAS_ADDRESS_KEYS: ReadonlySet<SendAction> = new Set([
  SendAction.SEND_EMAIL, SendAction.SEND_RAW_EMAIL, SendAction.SEND_TEMPLATED_EMAIL, SendAction.SEND_BULK_TEMPLATED_EMAIL,
]);
