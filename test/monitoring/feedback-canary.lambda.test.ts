/* The handler as it is deployed, with the real SDK and over the real wire, against a fake of SES. */
import { handler } from '../../src/monitoring/feedback-canary.lambda';
import { MailboxSimulator } from '../../src/ses/mailbox-simulator';
import { FakeOutbox } from '../support/fake-outbox';
import { Refusal } from '../support/fake-service';
import { hurry } from '../support/hurry';

const ses = new FakeOutbox();
const EVENT = { configurationSet: 'receipts', sender: 'canary@example.com' };

beforeAll(async () => {
  await ses.start();
  Object.assign(process.env, { AWS_REGION: 'eu-west-1', AWS_ACCESS_KEY_ID: 'AKIAFAKE', AWS_SECRET_ACCESS_KEY: 'fake', AWS_ENDPOINT_URL_SESV2: ses.endpoint });
});
afterAll(async () => ses.stop());

beforeEach(() => {
  ses.reset();
  ses.verified.add('canary@example.com');
  ses.sets.add('receipts');
  jest.spyOn(console, 'log').mockImplementation();
});
afterEach(() => jest.restoreAllMocks());

test('a bounce and a complaint are provoked, by a message each, through the stream', async () => {
  await handler(EVENT);
  expect(ses.messages).toEqual(['bounce', 'complaint'].map(mailbox => ({
    configurationSet: 'receipts', sender: 'canary@example.com', recipients: [expect.stringMatching(new RegExp(`^${mailbox}\\+canary-\\w+@simulator\\.`))], subject: 'Canary',
  })));
  expect(ses.messages.flatMap(({ recipients }) => recipients).every(recipient => MailboxSimulator.isSimulator(recipient))).toBe(true);
});

test('each run has recipients of its own', async () => {
  const now = Date.now();
  jest.spyOn(Date, 'now').mockReturnValueOnce(now).mockReturnValueOnce(now + 1);
  await handler(EVENT);
  await handler(EVENT);
  expect(new Set(ses.messages.flatMap(({ recipients }) => recipients)).size).toBe(4);
});

test('a call that SES throttles is repeated', async () => {
  hurry();
  ses.refuseNext(3, new Refusal(429, 'TooManyRequestsException', 'Maximum sending rate exceeded.'));
  await handler(EVENT);
  expect(ses.messages).toHaveLength(2);
});

test.each([
  ['a stream that is gone', () => ses.sets.clear(), 'Configuration set <receipts> does not exist.'],
  ['a sender that is not verified', () => ses.verified.clear(), 'Email address is not verified.'],
  ['a stream that is paused', () => ses.refuseNext(1, new Refusal(400, 'SendingPausedException', 'Email sending is paused.')), 'Email sending is paused.'],
])('%s fails the run', async (_, arrange, message) => {
  arrange();
  await expect(handler(EVENT)).rejects.toThrow(message);
});
