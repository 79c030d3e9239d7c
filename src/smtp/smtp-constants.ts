/** The CloudFormation type under which the access key and the password of SMTP credentials appear in a stack. */
export const SMTP_CREDENTIALS_RESOURCE_TYPE = 'Custom::PostmasterSmtpCredentials';

/** What the template tells the handler. CloudFormation hands everything over as text. */
export interface SmtpCredentialsProperties {
  readonly UserName: string;
  readonly SecretId: string;
  readonly Region: string;
  readonly Host: string;
  readonly Port: string;
}

/** The metric of how long ago credentials were made or rotated, and what it is about. */
export const KEY_AGE = { metricName: 'SmtpKeyAge', dimension: 'SmtpUser' } as const;

/** What the schedule hands to the function that looks how old credentials are. */
export interface KeyAgeEvent {
  readonly credentials: { readonly secretId: string; readonly userName: string }[];
}
