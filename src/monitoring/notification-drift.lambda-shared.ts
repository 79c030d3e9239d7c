import type { SESClient } from '@aws-sdk/client-ses';
import type { ExpectedNotifications } from './monitor-constants';
import { readNotifications } from '../notifications/notification-settings.lambda-shared';
import type { NotificationType } from '../ses/notification-type';

/** A setting that is not as it was made. */
export interface LostSetting {
  readonly setting: string;
  readonly found: string;
}

/**
 * What of the notifications of an identity is no longer as it was made. SES takes topics off to which it cannot publish, and then forwards by mail.
 *
 * @param ses a client of the first version of the API
 * @param identity the domain or address
 * @param expected how its notifications were made
 */
export async function lostNotifications(ses: SESClient, identity: string, expected: ExpectedNotifications): Promise<LostSetting[]> {
  const { topics = {}, forwarding = true } = await readNotifications(ses, identity) ?? {};
  const lost = (Object.entries(expected.topics) as [NotificationType, string][]).filter(([type, topic]) => topics[type] !== topic)
    .map(([type]) => ({ setting: `topic for ${type} notifications`, found: topics[type] ?? 'none' }));
  return expected.forwarding === undefined || expected.forwarding === forwarding ? lost : [...lost, { setting: 'forwarding by mail', found: forwarding ? 'on' : 'off' }];
}
