/**
 * What the identity monitor publishes of an identity. A state is 0 when all is well, 1 while SES has yet to find what it looks for, 2 when SES no longer
 * finds it and goes on looking for 72 hours, and 3 when SES has given up.
 */
export enum IdentityFigure {
  /** The state of the verification, without which SES refuses mail. */
  VERIFICATION = 'VerificationState',

  /** The state of DKIM of a domain. 3 as well when signing is switched off. */
  DKIM = 'DkimState',

  /** The state of the MAIL FROM domain, if there is one. */
  MAIL_FROM = 'MailFromState',

  /** How many of the records for DKIM, MAIL FROM, SPF and DMARC public DNS does not have. */
  MISSING_RECORDS = 'MissingRecords',

  /** The hours until SES gives a domain up whose records it no longer finds. Only there while that is so. */
  HOURS_LEFT = 'HoursLeft',

  /** How many settings of `FeedbackNotifications` are no longer as they were made. Only there for an identity that has them. */
  LOST_NOTIFICATIONS = 'LostNotifications',
}
