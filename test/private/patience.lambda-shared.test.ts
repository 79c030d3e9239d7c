import { Patience } from '../../src/private/patience.lambda-shared';
import { hurry } from '../support/hurry';

beforeEach(() => { hurry(); });
afterEach(() => { jest.restoreAllMocks(); });

const patience = () => new Patience({ getRemainingTimeInMillis: () => 60_000 });
const failure = (name: string, details: object = {}) => Object.assign(new Error(name), { name, ...details });

/** How often a call is made which fails with an error, up to the fourth time. */
async function attemptsOf(error: Error): Promise<number> {
  let attempts = 0;
  await patience().call(async () => { if (++attempts < 4) throw error; }).catch(() => {});
  return attempts;
}

test.each([
  ['version 1 of SES', failure('Throttling')],
  ['the guide', failure('ThrottlingException')],
  ['version 2 of SES', failure('TooManyRequestsException', { $metadata: { httpStatusCode: 429 } })],
  ['the quotas of SES', failure('LimitExceededException')],
  ['DynamoDB', failure('ProvisionedThroughputExceededException')],
  ['a service in trouble', failure('ServiceUnavailable', { $metadata: { httpStatusCode: 503 } })],
  ['a network in trouble', failure('Error', { code: 'ECONNRESET' })],
])('a call is made again that is throttled in the words of %s', async (_, error) => {
  expect(await attemptsOf(error)).toBe(4);
});

test.each([failure('AccessDenied', { $metadata: { httpStatusCode: 403 } }), failure('MessageRejected'), failure('ValidationException', { $metadata: { httpStatusCode: 400 } })])(
  'a call is not made again that is refused for good: %s', async error => {
    expect(await attemptsOf(error)).toBe(1);
  });
