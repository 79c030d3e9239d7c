import { handler } from '../../src/smtp/smtp-key-age.lambda';
import { FakeSecretsManager } from '../support/fake-secrets-manager';
import { captureMetrics } from '../support/metric-log';

const DAY_MS = 86_400_000;

const secretsManager = new FakeSecretsManager();
beforeAll(async () => {
  await secretsManager.start();
  Object.assign(process.env, {
    AWS_REGION: 'eu-west-1', AWS_ACCESS_KEY_ID: 'AKIAFAKE', AWS_SECRET_ACCESS_KEY: 'key-of-the-function', AWS_ENDPOINT_URL_SECRETS_MANAGER: secretsManager.endpoint,
  });
});
afterAll(() => secretsManager.stop());
beforeEach(() => {
  secretsManager.reset();
  secretsManager.addSecret('one');
  secretsManager.addSecret('two');
});
afterEach(() => { jest.restoreAllMocks(); });

const ONE = { secretId: 'one', userName: 'relay' };
const TWO = { secretId: 'two', userName: 'printer' };

test('the age counts from the last rotation, or else from the day on which the secret was made, in days', async () => {
  const now = Date.now();
  secretsManager.backdate('one', { createdAt: now - 400 * DAY_MS, rotatedAt: now - 12.5 * DAY_MS });
  secretsManager.backdate('two', { createdAt: now - 91 * DAY_MS });
  const metrics = captureMetrics();
  await handler({ credentials: [ONE, TWO] });
  const found = metrics().map(({ namespace, dimensions, values }) => ({ namespace, dimensions, age: Number(Number(values.SmtpKeyAge).toFixed(2)) }));
  expect(found.sort((one, other) => one.age - other.age)).toEqual([
    { namespace: 'CdkPostmaster', dimensions: { SmtpUser: 'relay' }, age: 12.5 },
    { namespace: 'CdkPostmaster', dimensions: { SmtpUser: 'printer' }, age: 91 },
  ]);
});

test('credentials of which nothing can be learnt fail the run, and the others are told all the same', async () => {
  const metrics = captureMetrics();
  await expect(handler({ credentials: [{ secretId: 'gone', userName: 'lost' }, TWO] })).rejects.toThrow(
    'no answer about lost: Secrets Manager can\'t find the specified secret.');
  expect(metrics().map(({ dimensions }) => dimensions)).toEqual([{ SmtpUser: 'printer' }]);
});
