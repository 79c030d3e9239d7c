/*
 * Publishes how long ago SMTP credentials were rotated, or made when they never were. Secrets Manager has the answer as a call only, and publishes no metric
 * of rotations that fail.
 */
import { DescribeSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { KEY_AGE, type KeyAgeEvent } from './smtp-constants';
import { publishMetrics } from '../private/embedded-metrics.lambda-shared';
import { PATIENT } from '../private/patience.lambda-shared';

const DAY_MS = 86_400_000;

const secretsManager = new SecretsManagerClient(PATIENT);

export async function handler({ credentials }: KeyAgeEvent): Promise<void> {
  const looks = await Promise.allSettled(credentials.map(async ({ secretId, userName }) => {
    const { LastRotatedDate, CreatedDate } = await secretsManager.send(new DescribeSecretCommand({ SecretId: secretId }));
    const since = LastRotatedDate ?? CreatedDate!;
    const days = (Date.now() - since.getTime()) / DAY_MS;
    publishMetrics({ [KEY_AGE.dimension]: userName }, [{ metrics: { [KEY_AGE.metricName]: [days, 'None'] } }], { since: since.toISOString() });
  }));
  const failed = looks.flatMap((look, index) => look.status === 'rejected' ? [`${credentials[index].userName}: ${(look.reason as Error).message}`] : []);
  if (failed.length > 0) throw new Error(`no answer about ${failed.join('; ')}`);
}
