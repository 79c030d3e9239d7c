import { bulkFailureOf, sendFailureOf } from '../../src/sending/send-failure';

const error = (name: string, message = '', httpStatusCode = 400) => Object.assign(new Error(message), { name, $metadata: { httpStatusCode } });

test.each([
  // version 1 of the API
  ['Throttling', 'Maximum sending rate exceeded.', 'retry'],
  ['Throttling', 'Daily message quota exceeded.', 'stop'],
  ['ThrottlingException', 'Rate exceeded', 'retry'],
  ['AccountSendingPausedException', '', 'stop'],
  ['ConfigurationSetSendingPausedException', '', 'stop'],
  ['MessageRejected', 'Email address is not verified.', 'giveUp'],
  ['MailFromDomainNotVerifiedException', '', 'giveUp'],
  ['ConfigurationSetDoesNotExistException', '', 'giveUp'],
  ['TemplateDoesNotExistException', '', 'giveUp'],
  ['InvalidParameterValue', 'Missing final \'@domain\'', 'giveUp'],
  // version 2
  ['TooManyRequestsException', '', 'retry'],
  ['LimitExceededException', '', 'retry'],
  ['LimitExceededException', 'Daily message quota exceeded', 'stop'],
  ['SendingPausedException', '', 'stop'],
  ['AccountSuspendedException', '', 'stop'],
  ['NotFoundException', 'Template x does not exist', 'giveUp'],
  ['BadRequestException', '', 'giveUp'],
])('%s "%s" asks to %s', (name, message, action) => {
  expect(sendFailureOf(error(name, message))).toEqual({ action, reason: expect.stringMatching(/./) });
});

test.each([
  ['a server that fails', error('Whatever', '', 503), 'retry'],
  ['a server that is busy', error('Whatever', '', 429), 'retry'],
  ['a connection that breaks', Object.assign(new Error('socket'), { code: 'ECONNRESET' }), 'retry'],
  ['a time that is out', Object.assign(new Error(''), { name: 'TimeoutError' }), 'retry'],
  ['SMTP that throttles', new Error('454 Throttling failure: Maximum sending rate exceeded.'), 'retry'],
  ['SMTP whose quota is used up', new Error('454 Throttling failure: Daily message quota exceeded.'), 'stop'],
  ['SMTP that has a problem for now', new Error('451 Temporary service failure'), 'retry'],
  ['SMTP that rejects', new Error('554 Message rejected: Email address is not verified.'), 'giveUp'],
  ['what nobody knows', undefined, 'giveUp'],
])('%s asks to %3$s', (_, failure, action) => {
  expect(sendFailureOf(failure).action).toBe(action);
});

test.each([
  ['TRANSIENT_FAILURE', 'retry'], ['ACCOUNT_THROTTLED', 'retry'], ['TransientFailure', 'retry'], ['AccountThrottled', 'retry'],
  ['ACCOUNT_DAILY_QUOTA_EXCEEDED', 'stop'], ['ACCOUNT_SENDING_PAUSED', 'stop'], ['CONFIGURATION_SET_SENDING_PAUSED', 'stop'], ['ACCOUNT_SUSPENDED', 'stop'],
  ['MESSAGE_REJECTED', 'giveUp'], ['MAIL_FROM_DOMAIN_NOT_VERIFIED', 'giveUp'], ['CONFIGURATION_SET_NOT_FOUND', 'giveUp'], ['TEMPLATE_NOT_FOUND', 'giveUp'],
  ['INVALID_SENDING_POOL_NAME', 'giveUp'], ['INVALID_PARAMETER', 'giveUp'], ['FAILED', 'giveUp'], ['SOMETHING_NEW', 'giveUp'],
])('the status %s of a bulk call asks to %s', (status, action) => {
  expect(bulkFailureOf(status).action).toBe(action);
});

test('no reason repeats what an error says, which may have an address in it', () => {
  for (const name of ['MessageRejected', 'InvalidParameterValue', 'Other']) {
    expect(sendFailureOf(error(name, 'no such address: ann@example.com')).reason).not.toContain('ann');
  }
});
