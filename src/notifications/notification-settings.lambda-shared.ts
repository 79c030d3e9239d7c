import { GetIdentityNotificationAttributesCommand, type SESClient } from '@aws-sdk/client-ses';
import { NOTIFICATION_TYPES, type NotificationType } from '../ses/notification-type';

/** What SES says of the notifications of one identity. Only the first version of its API knows. */
export interface NotificationSettings {
  readonly topics: Partial<Record<NotificationType, string>>;
  /** Whether notifications have the headers of the message. */
  readonly headers: Partial<Record<NotificationType, boolean>>;
  readonly forwarding: boolean;
}

/**
 * Asks SES. Undefined when it does not know the identity.
 */
export async function readNotifications(ses: SESClient, identity: string, abortSignal?: AbortSignal): Promise<NotificationSettings | undefined> {
  const { NotificationAttributes: all } = await ses.send(new GetIdentityNotificationAttributesCommand({ Identities: [identity] }), { abortSignal });
  const found = all?.[identity];
  return found && {
    topics: Object.fromEntries(NOTIFICATION_TYPES.map(type => [type, found[`${type}Topic`]]).filter(([, topic]) => topic)),
    headers: Object.fromEntries(NOTIFICATION_TYPES.map(type => [type, found[`HeadersIn${type}NotificationsEnabled`] ?? false])),
    forwarding: found.ForwardingEnabled ?? true,
  };
}
