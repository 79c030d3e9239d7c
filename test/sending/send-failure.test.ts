import { type SendFailureKind, sendFailure } from '../../src/sending/send-failure';

/** An error as the SDK throws it. */
const thrown = (name: string, message: string, httpStatusCode = 400) => Object.assign(new Error(message), { name, $metadata: { httpStatusCode } });
/** An error as SMTP libraries throw it. */
const replied = (response: string) => Object.assign(new Error(`Message failed: ${response}`), { code: 'EMESSAGE', response, responseCode: Number(response.slice(0, 3)) });

const AGAIN: SendFailureKind[] = ['rate', 'quota', 'busy'];

test.each<[kind: SendFailureKind, what: string, error: unknown]>([
  ['quota', 'v2', thrown('TooManyRequestsException', 'Daily message quota exceeded.', 429)],
  ['quota', 'v2, in another word', thrown('LimitExceededException', 'Daily message quota exceeded.')],
  ['quota', 'v1', thrown('Throttling', 'Daily message quota exceeded.')],
  ['quota', 'the guide', thrown('ThrottlingException', 'Daily message quota exceeded')],
  ['quota', 'SMTP', '454 Throttling failure: Daily message quota exceeded'],
  ['rate', 'v2', thrown('TooManyRequestsException', 'Maximum sending rate exceeded.', 429)],
  ['rate', 'v1', thrown('Throttling', 'Maximum sending rate exceeded.')],
  ['rate', 'SMTP', replied('454 Throttling failure: Maximum sending rate exceeded')],
  ['permission', 'old SMTP credentials', '454 Throttling failure: Maximum SigV2 SMTP sending rate exceeded'],
  ['busy', 'throttled, and no word of why', thrown('ThrottlingException', 'Rate exceeded')],
  ['busy', 'SES out of order', thrown('InternalFailure', 'try again', 500)],
  ['busy', 'not reached', Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' })],
  ['busy', 'no answer', Object.assign(new Error('The operation was aborted'), { name: 'TimeoutError' })],
  ['busy', 'SMTP out of order', '421 Too many concurrent SMTP connections'],
  ['paused', 'a set, v2', thrown('SendingPausedException', 'Email sending is disabled for your configuration set.')],
  ['paused', 'a set, v1', thrown('ConfigurationSetSendingPausedException', 'Email sending has been disabled')],
  ['paused', 'the account, v1', thrown('AccountSendingPausedException', 'Email sending has been disabled for your entire SES account.')],
  ['paused', 'the account, by AWS', thrown('AccountSuspendedException', 'Your account has been suspended.')],
  ['identity', 'v1', thrown('MessageRejected', 'Email address is not verified. The following identities failed the check in region EU-WEST-1: a@example.com')],
  ['identity', 'SMTP', replied('554 Message rejected: Email address is not verified.')],
  ['mailFrom', 'v2', thrown('MailFromDomainNotVerifiedException', 'Mail FROM domain is not verified')],
  ['configurationSet', 'v1', thrown('ConfigurationSetDoesNotExist', 'Configuration set <news> does not exist.')],
  ['configurationSet', 'v2', thrown('NotFoundException', 'Configuration set <news> does not exist.', 404)],
  ['permission', 'IAM', thrown('AccessDeniedException', 'User: x is not authorized to perform: ses:SendEmail', 403)],
  ['permission', 'SMTP', replied('535 Authentication Credentials Invalid')],
  ['message', 'v2', thrown('BadRequestException', 'Missing final \'@domain\'')],
  ['message', 'an address', thrown('InvalidParameterValue', 'There are non-ASCII characters in the email address')],
  ['message', 'SMTP', replied('554 Transaction failed: Empty address')],
  ['unknown', 'anything', new TypeError('x is not a function')],
  ['unknown', 'nothing', undefined],
])('%s: %s', (kind, _, error) => {
  const failure = sendFailure(error);
  expect(failure).toMatchObject({ kind, remedy: expect.stringMatching(/^[A-Z].*\.$/) });
  expect(failure.retryAfterSeconds !== undefined).toBe(AGAIN.includes(kind));
});

test('who sends too quickly waits longer each time, never all at the same moment, and never longer than 10 minutes', () => {
  const waits = (attempt: number) => Array.from({ length: 200 }, () => sendFailure('454 Maximum sending rate exceeded', attempt).retryAfterSeconds!);
  for (const [attempt, longest] of [[1, 1], [4, 8], [10, 512], [11, 600], [1000, 600]]) {
    const all = waits(attempt);
    expect(Math.min(...all)).toBeGreaterThanOrEqual(longest / 2);
    expect(Math.max(...all)).toBeLessThanOrEqual(longest);
    expect(new Set(all).size).toBeGreaterThan(100);
  }
});

test('who has used up the quota of the day does not ask every second', () => {
  expect([1, 20].map(attempt => sendFailure(thrown('Throttling', 'Daily message quota exceeded.'), attempt).retryAfterSeconds)).toEqual([600, 600]);
});
