/*
 * Looks at identities one after the other: what SES says of each, and what public DNS does. SES takes a call a second, which is shared with deployments.
 */
import { GetEmailIdentityCommand, NotFoundException, type SESv2Client } from '@aws-sdk/client-sesv2';
import { IdentityFigure } from './identity-figure';
import { missingRecords, type Resolver } from './identity-records.lambda-shared';
import { GONE, type IdentityState, stateOf } from './identity-state.lambda-shared';
import { IDENTITY_DIMENSION, type IdentityMonitorEvent } from './monitor-constants';
import { publishMetrics } from '../private/embedded-metrics.lambda-shared';
import { SES_LIMITS } from '../ses/limits';

const PAUSE_MS = 1000 / SES_LIMITS.apiCallsPerSecond;

/**
 * The handler for a client and a resolver. One identity that cannot be read does not keep it from the others, but the run has failed then.
 */
export function identityMonitor(ses: SESv2Client, resolver: Resolver): (event: IdentityMonitorEvent) => Promise<void> {
  return async ({ identities }) => {
    const failures: string[] = [];
    for (const [index, name] of identities.entries()) {
      if (index > 0) await new Promise(resolve => setTimeout(resolve, PAUSE_MS));
      try {
        const { metrics, details } = await look(ses, resolver, name);
        publishMetrics({ [IDENTITY_DIMENSION]: name }, [{ metrics }], details);
      } catch (error) {
        failures.push(`${name}: ${(error as Error).message}`);
      }
    }
    if (failures.length > 0) throw new Error(`${failures.length} of ${identities.length} identities could not be read: ${failures.join('; ')}`);
  };
}

async function look(ses: SESv2Client, resolver: Resolver, name: string): Promise<IdentityState> {
  const identity = await ses.send(new GetEmailIdentityCommand({ EmailIdentity: name })).catch((error: unknown) => {
    if (error instanceof NotFoundException) return undefined;
    throw error;
  });
  if (!identity) return GONE;
  const { metrics, details } = stateOf(identity, Date.now());
  const missing = await missingRecords(name, identity, resolver);
  if (!missing) return { metrics, details };
  return { metrics: { ...metrics, [IdentityFigure.MISSING_RECORDS]: [missing.length, 'Count'] }, details: { ...details, missing } };
}
