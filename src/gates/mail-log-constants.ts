/** What the construct tells the function, as JSON in the environment variable MAIL_LOG. */
export interface MailLogSettings {
  /** The name of the rule. */
  readonly rule: string;
  readonly redactPersonalData: boolean;
}

/** The environment variable that holds the settings. */
export const MAIL_LOG_VARIABLE = 'MAIL_LOG';
