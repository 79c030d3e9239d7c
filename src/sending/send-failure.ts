/**
 * What to do when SES does not take a message.
 *
 * - retry: try again, with growing and jittered pauses of up to some minutes
 * - stop: keep this message and all others; trying again in seconds does not help, and burns what retries there are
 * - giveUp: the message itself, or what it refers to, is wrong
 */
export type SendFailureAction = 'retry' | 'stop' | 'giveUp';

/** Why SES did not take a message, and what to do. */
export interface SendFailure {
  readonly action: SendFailureAction;
  /** A sentence without personal data. */
  readonly reason: string;
}

type Row = readonly [pattern: RegExp, action: SendFailureAction, reason: string];

/**
 * Names of errors, of both versions of the API, and of the statuses in the answer of a bulk call, without blanks, `_` and the ending `Exception`.
 * The first row that fits counts.
 */
const BY_NAME: readonly Row[] = [
  [/^(?:accountsendingpaused|sendingpaused|configurationsetsendingpaused)$/, 'stop', 'sending is paused, for the account or this configuration set, until somebody resumes it'],
  [/^accountsuspended$/, 'stop', 'AWS has suspended sending; its support case says why'],
  [/^(?:accountdailyquotaexceeded|dailyquotaexceeded)$/, 'stop', 'the 24-hour quota is used up'],
  [/^(?:throttling|throttled|accountthrottled|toomanyrequests|requestlimitexceeded|slowdown|provisionedthroughputexceeded)$/, 'retry', 'too many calls or recipients a second'],
  [/^limitexceeded$/, 'retry', 'a limit of SES is reached'],
  [/^(?:transientfailure|serviceunavailable|internalfailure|internalserver(?:error)?|internalservice|timeouterror|aborterror|requesttimeout)$/, 'retry', 'SES, or the way to it, has a problem'],
  [/^messagerejected$/, 'giveUp', 'SES rejects the message: an address is not verified, or the content is not taken'],
  [/^mailfromdomainnotverified$/, 'giveUp', 'the MX record of the MAIL FROM domain is missing, and the identity says to reject mail then'],
  [/^(?:configurationsetdoesnotexist|configurationsetnotfound)$/, 'giveUp', 'there is no such configuration set'],
  [/^(?:templatedoesnotexist|templatenotfound)$/, 'giveUp', 'there is no such template'],
];

/** Messages tell more than names, which SES uses for several things. */
const BY_MESSAGE: readonly Row[] = [
  [/daily (?:message|sending) quota exceeded/i, 'stop', 'the 24-hour quota is used up'],
  [/maximum sending rate exceeded/i, 'retry', 'too many recipients a second'],
  [/sending (?:is )?paused/i, 'stop', 'sending is paused, for the account or this configuration set, until somebody resumes it'],
];

const NETWORK = /^(?:ECONN|EPIPE|ENOTFOUND|EAI_AGAIN|ETIMEDOUT)/;

/** An error of the SDK, whichever version, or of the network. */
interface SdkError {
  readonly name?: string;
  readonly code?: string;
  readonly Code?: string;
  readonly message?: string;
  readonly $metadata?: { readonly httpStatusCode?: number };
}

/**
 * Says what to do about an error of `SendEmail` or another sending call, of the API in either version, or by SMTP (`454 Throttling failure: ...`).
 *
 * @param error what the SDK or the SMTP client has thrown
 */
export function sendFailureOf(error: unknown): SendFailure {
  const { name = '', code = '', Code = '', message = '', $metadata } = (error ?? {}) as SdkError;
  const status = $metadata?.httpStatusCode ?? 0;
  const found = find(BY_MESSAGE, message) ?? [name, Code, code].map(word => find(BY_NAME, plain(word))).find(row => row !== undefined);
  if (found) return found;
  if (NETWORK.test(code) || status >= 500 || status === 429 || /^4\d\d[ -]/.test(message)) return { action: 'retry', reason: 'SES, or the way to it, has a problem' };
  return { action: 'giveUp', reason: `SES does not take the message (${name || code || 'unknown error'})` };
}

/**
 * Says what to do about an entry of a bulk call that was not sent.
 *
 * @param status what the answer says of the entry, e.g. `TRANSIENT_FAILURE`
 */
export function bulkFailureOf(status: string): SendFailure {
  return find(BY_NAME, plain(status)) ?? { action: 'giveUp', reason: `SES does not send to the recipient (${status})` };
}

function find(rows: readonly Row[], text: string): SendFailure | undefined {
  const row = rows.find(([pattern]) => pattern.test(text));
  return row && { action: row[1], reason: row[2] };
}

function plain(name: string): string {
  return name.replace(/[\s_]+/g, '').replace(/Exception$/, '').toLowerCase();
}
