/*
 * Asks SES how the account stands, and publishes the answer as metrics. SES has the answer as a call only.
 */
import { GetAccountCommand, type GetAccountCommandOutput, SESv2Client } from '@aws-sdk/client-sesv2';
import { ACCOUNT_METRICS } from './monitor-constants';
import { type MetricValue, publishMetrics } from '../private/embedded-metrics.lambda-shared';
import { PATIENT } from '../private/patience.lambda-shared';

/** What AWS says of an account, as a number. A word that is not listed is worth a look. */
const ENFORCEMENT: Record<string, number> = { HEALTHY: 0, PROBATION: 1, SHUTDOWN: 2 };
const UNKNOWN = 1;

const ses = new SESv2Client(PATIENT);

export async function handler(): Promise<void> {
  const account = await ses.send(new GetAccountCommand({}));
  const { SendQuota, EnforcementStatus, PricingAttributes } = account;
  publishMetrics({}, [{ metrics: metricsOf(account) }], { quota: SendQuota, enforcement: EnforcementStatus, pricing: PricingAttributes });
}

function metricsOf({ SendQuota, SendingEnabled, EnforcementStatus, ProductionAccessEnabled }: GetAccountCommandOutput): Record<string, MetricValue> {
  const { Max24HourSend: quota = 0, SentLast24Hours: sent = 0 } = SendQuota ?? {};
  return {
    // -1 means that there is no limit, so nothing of it is used
    ...quota > 0 ? { [ACCOUNT_METRICS.quotaUsed]: [100 * sent / quota, 'Percent'] as const } : {},
    [ACCOUNT_METRICS.sendingEnabled]: [Number(SendingEnabled === true), 'None'],
    [ACCOUNT_METRICS.enforcementStatus]: [ENFORCEMENT[EnforcementStatus ?? ''] ?? UNKNOWN, 'None'],
    [ACCOUNT_METRICS.productionAccess]: [Number(ProductionAccessEnabled === true), 'None'],
  };
}
