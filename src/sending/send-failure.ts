import { isTransientError } from '../private/transient-error';

/**
 * Why SES has not taken a message.
 *
 * - rate: too many recipients a second
 * - quota: too many recipients in 24 hours
 * - busy: throttled for another reason, out of order, or not reached
 * - paused: sending is paused, of the configuration set or the account
 * - identity: the sender is not verified, or, in the sandbox, a recipient
 * - mailFrom: the MX record of the MAIL FROM domain is missing
 * - configurationSet: there is no such set
 * - permission: the caller may not send so, or its credentials are wrong
 * - message: something else in the message
 * - unknown: none of these
 */
export type SendFailureKind =
  'rate' | 'quota' | 'busy' | 'paused' | 'identity' | 'mailFrom' | 'configurationSet' | 'permission' | 'message' | 'unknown';

/** What to do about a message that SES has not taken. It was not queued, and is not billed. */
export interface SendFailure {
  readonly kind: SendFailureKind;

  /** After how many seconds the same message may be sent again; undefined when that alone does not help. */
  readonly retryAfterSeconds?: number;

  /** A sentence for the log. */
  readonly remedy: string;
}

/** The longest that SES asks a throttled sender to wait. */
const WAIT_MAX_SECONDS = 600;

interface Row {
  readonly kind: SendFailureKind;
  /** In the name of an error, its message, or the reply of the SMTP server. */
  readonly says: RegExp;
  readonly remedy: string;
}

/** The first that fits. What AWS throttles is told by the text: names differ between the versions of the API. */
const ROWS: readonly Row[] = [
  { kind: 'quota', says: /daily message quota exceeded/i, remedy: 'Stop all sending, and keep what is to be sent: the quota counts the last 24 hours. Ask for more in Service Quotas.' },
  { kind: 'permission', says: /maximum sigv2 smtp sending rate/i, remedy: 'Make new SMTP credentials: these are of 2019 or before.' },
  { kind: 'rate', says: /maximum sending rate exceeded/i, remedy: 'Send more slowly; the rate counts recipients.' },
  { kind: 'paused', says: /pausedexception|sending (?:is |has been )?paused|account is paused|accountsuspended/i, remedy: 'Keep the message until sending is resumed; who has paused it knows why.' },
  { kind: 'mailFrom', says: /mail ?from ?domain ?(?:is )?not ?verified/i, remedy: 'Publish the MX record of the MAIL FROM domain.' },
  { kind: 'identity', says: /email address (?:is )?not verified/i, remedy: 'Verify the identities that the message names, in this Region; in the sandbox the recipient has to be verified, too.' },
  { kind: 'configurationSet', says: /configuration ?set.*do(?:es)? ?not ?exist/i, remedy: 'Name a configuration set of this account and Region.' },
  {
    kind: 'permission',
    says: /accessdenied|not authorized to perform|^535 |signaturedoesnotmatch|invalidclienttokenid|unrecognizedclient|expiredtoken/i,
    remedy: 'See which permission or credential is meant; SMTP passwords belong to one Region.',
  },
  { kind: 'message', says: /messagerejected|badrequest|invalidparameter|validationerror|non-ascii characters|^5\d\d /i, remedy: 'Correct the message; sent as it is, it is refused again.' },
];

const BUSY: Omit<Row, 'says'> = { kind: 'busy', remedy: 'Send it again in a while; if it stays so, see the AWS Health Dashboard.' };
const UNKNOWN: Omit<Row, 'says'> = { kind: 'unknown', remedy: 'See what the error says.' };

/**
 * What to do about a message that SES has not taken.
 *
 * @param error what the SDK has thrown (of either version of the API), what an SMTP library has thrown, or the reply of the SMTP server
 * @param attempt how often it was tried, from 1 on: pauses grow, with jitter, up to 10 minutes
 */
export function sendFailure(error: unknown, attempt: number = 1): SendFailure {
  const text = textOf(error);
  const { kind, remedy } = ROWS.find(({ says }) => says.test(text)) ?? (isBusy(error, text) ? BUSY : UNKNOWN);
  return { kind, remedy, ...retryOf(kind, attempt) };
}

function retryOf(kind: SendFailureKind, attempt: number): Pick<SendFailure, 'retryAfterSeconds'> {
  if (kind === 'quota') return { retryAfterSeconds: WAIT_MAX_SECONDS };
  if (kind !== 'rate' && kind !== 'busy') return {};
  return { retryAfterSeconds: Math.min(2 ** (attempt - 1), WAIT_MAX_SECONDS) * (0.5 + Math.random() / 2) };
}

/** The reply first, so that its code stands at the beginning. */
function textOf(error: unknown): string {
  if (typeof error !== 'object' || error === null) return String(error);
  const { name, message, response } = error as { name?: unknown; message?: unknown; response?: unknown };
  return [response, name, message].filter(part => typeof part === 'string').join(' ');
}

function isBusy(error: unknown, text: string): boolean {
  return /^4\d\d |throttl|serviceunavailable/i.test(text) || (typeof error === 'object' && error !== null && isTransientError(error));
}
