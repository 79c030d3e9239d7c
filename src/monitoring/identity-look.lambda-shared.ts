/*
 * Looks at identities one after the other: what SES says of each, and what public DNS does. SES takes a call a second, which is shared with deployments.
 */
import type { SESClient } from '@aws-sdk/client-ses';
import { GetEmailIdentityCommand, NotFoundException, type SESv2Client } from '@aws-sdk/client-sesv2';
import { IdentityFigure } from './identity-figure';
import { GONE, type IdentityState, stateOf } from './identity-state.lambda-shared';
import { type ExpectedNotifications, IDENTITY_DIMENSION, type IdentityMonitorEvent } from './monitor-constants';
import { lostNotifications } from './notification-drift.lambda-shared';
import { missingRecords, type Resolver } from '../identity/identity-records.lambda-shared';
import { publishMetrics } from '../private/embedded-metrics.lambda-shared';
import { SES_LIMITS } from '../ses/limits';

const PAUSE_MS = 1000 / SES_LIMITS.apiCallsPerSecond;

/** Whom to ask. */
export interface Sources {
  readonly ses: SESv2Client;
  /** The first version of the API, which alone knows notifications. */
  readonly sesV1: SESClient;
  readonly resolver: Resolver;
}

/**
 * The handler for its sources. One identity that cannot be read does not keep it from the others, but the run has failed then.
 */
export function identityMonitor(sources: Sources): (event: IdentityMonitorEvent) => Promise<void> {
  return async ({ identities, notifications = {} }) => {
    const failures: string[] = [];
    for (const [index, name] of identities.entries()) {
      if (index > 0) await new Promise(resolve => setTimeout(resolve, PAUSE_MS));
      try {
        const { metrics, details } = await look(sources, name, notifications[name]);
        publishMetrics({ [IDENTITY_DIMENSION]: name }, [{ metrics }], details);
      } catch (error) {
        failures.push(`${name}: ${(error as Error).message}`);
      }
    }
    if (failures.length > 0) throw new Error(`${failures.length} of ${identities.length} identities could not be read: ${failures.join('; ')}`);
  };
}

async function look({ ses, sesV1, resolver }: Sources, name: string, expected?: ExpectedNotifications): Promise<IdentityState> {
  const identity = await ses.send(new GetEmailIdentityCommand({ EmailIdentity: name })).catch((error: unknown) => {
    if (error instanceof NotFoundException) return undefined;
    throw error;
  });
  if (!identity) return GONE;
  const { metrics, details } = stateOf(identity, Date.now());
  const missing = await missingRecords(name, identity, resolver);
  const lost = expected && await lostNotifications(sesV1, name, expected);
  return {
    metrics: {
      ...metrics,
      ...missing ? { [IdentityFigure.MISSING_RECORDS]: [missing.length, 'Count'] as const } : {},
      ...lost ? { [IdentityFigure.LOST_NOTIFICATIONS]: [lost.length, 'Count'] as const } : {},
    },
    details: { ...details, missing, lost },
  };
}
