import { isTransientError } from '../../src/private/transient-error';

const failure = (name: string, details: object = {}) => Object.assign(new Error(name), { name, ...details });

test.each([
  ['version 1 of SES', failure('Throttling')],
  ['the guide', failure('ThrottlingException')],
  ['version 2 of SES', failure('TooManyRequestsException', { $metadata: { httpStatusCode: 429 } })],
  ['the quotas of SES', failure('LimitExceededException')],
  ['DynamoDB', failure('ProvisionedThroughputExceededException')],
  ['a service in trouble', failure('ServiceUnavailable', { $metadata: { httpStatusCode: 503 } })],
  ['a network in trouble', failure('Error', { code: 'ECONNRESET' })],
])('a call may succeed in a while which fails in the words of %s', (_, error) => {
  expect(isTransientError(error)).toBe(true);
});

test.each([failure('AccessDenied', { $metadata: { httpStatusCode: 403 } }), failure('MessageRejected'), failure('ValidationException', { $metadata: { httpStatusCode: 400 } })])(
  'a call that is refused for good stays refused: %s', error => {
    expect(isTransientError(error)).toBe(false);
  });
