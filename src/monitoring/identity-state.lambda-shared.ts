/*
 * What SES's answer about an identity means, as numbers that alarms can compare.
 */
import type { GetEmailIdentityCommandOutput } from '@aws-sdk/client-sesv2';
import { IdentityFigure } from './identity-figure';
import { SES_GIVES_UP_HOURS, STATE_LEVEL } from './monitor-constants';
import type { MetricValue } from '../private/embedded-metrics.lambda-shared';

const HOUR = 3_600_000;

/** The states of SES as numbers. One that is not listed has not come to an end. */
const LEVELS: Record<string, number> = {
  SUCCESS: STATE_LEVEL.success, TEMPORARY_FAILURE: STATE_LEVEL.failing, FAILED: STATE_LEVEL.failed,
};

/** What is known of an identity: metrics, and what a person wants to read beside them. */
export interface IdentityState {
  readonly metrics: Record<string, MetricValue>;
  readonly details: object;
}

/** SES does not know the identity, so it refuses mail from it. */
export const GONE: IdentityState = {
  metrics: { [IdentityFigure.VERIFICATION]: [STATE_LEVEL.failed, 'None'] },
  details: { verification: 'no such identity' },
};

/**
 * What SES says of an identity. An address has no DKIM key of its own, and only who has a MAIL FROM domain has a state of it.
 *
 * @param identity the answer of SES
 * @param now the time, in milliseconds
 */
export function stateOf(identity: GetEmailIdentityCommandOutput, now: number): IdentityState {
  const { VerificationStatus: verification, VerificationInfo: info, DkimAttributes: dkim, MailFromAttributes: mailFrom } = identity;
  const givesUp = verification === 'TEMPORARY_FAILURE' && info?.LastSuccessTimestamp
    ? info.LastSuccessTimestamp.getTime() + SES_GIVES_UP_HOURS * HOUR : undefined;
  return {
    metrics: {
      [IdentityFigure.VERIFICATION]: [levelOf(verification), 'None'],
      ...identity.IdentityType === 'DOMAIN' ? { [IdentityFigure.DKIM]: [dkim?.SigningEnabled ? levelOf(dkim.Status) : STATE_LEVEL.failed, 'None'] as const } : {},
      ...mailFrom?.MailFromDomain ? { [IdentityFigure.MAIL_FROM]: [levelOf(mailFrom.MailFromDomainStatus), 'None'] as const } : {},
      ...givesUp ? { [IdentityFigure.HOURS_LEFT]: [Math.max(0, (givesUp - now) / HOUR), 'None'] as const } : {},
    },
    details: {
      verification,
      reason: verification === 'SUCCESS' ? undefined : info?.ErrorType,
      lastSuccess: info?.LastSuccessTimestamp,
      givesUp: givesUp && new Date(givesUp),
      dkim: dkim && { signs: dkim.SigningEnabled, status: dkim.Status, keys: dkim.SigningAttributesOrigin },
      mailFrom: mailFrom?.MailFromDomain ? { domain: mailFrom.MailFromDomain, status: mailFrom.MailFromDomainStatus } : undefined,
    },
  };
}

function levelOf(status: string | undefined): number {
  return LEVELS[status ?? ''] ?? STATE_LEVEL.pending;
}
