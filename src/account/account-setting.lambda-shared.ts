/*
 * The settings of an account as values that can be compared, written and put back. SES tells them by calls that have little in common.
 */
import {
  GetAccountCommand, GetDedicatedIpCommand, NotFoundException, PutAccountDedicatedIpWarmupAttributesCommand, PutAccountSuppressionAttributesCommand,
  PutDedicatedIpInPoolCommand, type SESv2Client, type SuppressionListReason,
} from '@aws-sdk/client-sesv2';
import { ACCOUNT_SETTINGS, OFF, ON } from './account-constants';
import { SES_POOLS } from '../ses/names';

/** A setting that has one value. */
export interface AccountSetting {
  /** The value; undefined where there is nothing that could have one. */
  read(signal: AbortSignal): Promise<string | undefined>;
  write(value: string, signal: AbortSignal): Promise<void>;
}

/** The setting of a name. */
export function accountSetting(name: string, ses: SESv2Client): AccountSetting {
  if (name === ACCOUNT_SETTINGS.suppression) return suppression(ses);
  if (name === ACCOUNT_SETTINGS.autoWarmup) return autoWarmup(ses);
  return dedicatedIp(ses, name.slice(ACCOUNT_SETTINGS.dedicatedIp.length));
}

function suppression(ses: SESv2Client): AccountSetting {
  return {
    read: async abortSignal => {
      const { SuppressionAttributes } = await ses.send(new GetAccountCommand({}), { abortSignal });
      const reasons = SuppressionAttributes?.SuppressedReasons ?? [];
      return reasons.length === 0 ? OFF : [...reasons].sort().join(',');
    },
    write: async (value, abortSignal) => {
      const SuppressedReasons = value === OFF ? [] : value.split(',') as SuppressionListReason[];
      await ses.send(new PutAccountSuppressionAttributesCommand({ SuppressedReasons }), { abortSignal });
    },
  };
}

function autoWarmup(ses: SESv2Client): AccountSetting {
  return {
    read: async abortSignal => (await ses.send(new GetAccountCommand({}), { abortSignal })).DedicatedIpAutoWarmupEnabled === false ? OFF : ON,
    write: async (value, abortSignal) => {
      await ses.send(new PutAccountDedicatedIpWarmupAttributesCommand({ AutoWarmupEnabled: value === ON }), { abortSignal });
    },
  };
}

/** An address that no pool has is in the default one. */
function dedicatedIp(ses: SESv2Client, Ip: string): AccountSetting {
  return {
    read: async abortSignal => {
      try {
        return (await ses.send(new GetDedicatedIpCommand({ Ip }), { abortSignal })).DedicatedIp?.PoolName ?? SES_POOLS.defaultDedicated;
      } catch (error) {
        if (error instanceof NotFoundException) return undefined;
        throw error;
      }
    },
    write: async (DestinationPoolName, abortSignal) => {
      await ses.send(new PutDedicatedIpInPoolCommand({ Ip, DestinationPoolName }), { abortSignal });
    },
  };
}
