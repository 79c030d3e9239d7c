import type { NotificationType } from '../ses/notification-type';

/** The CloudFormation type under which the notifications of an identity appear in a stack. */
export const FEEDBACK_NOTIFICATIONS_RESOURCE_TYPE = 'Custom::PostmasterFeedbackNotifications';

/** What the template tells the handler. CloudFormation hands everything over as text. */
export interface FeedbackNotificationsProperties {
  readonly IdentityArn: string;
  readonly Topics: Partial<Record<NotificationType, TopicProperties>>;
  /** `true` or `false`; left out when it is not ours to say. */
  readonly Forwarding?: string;
  /** `true` or `false`. */
  readonly ReplaceExisting: string;
  /** Means nothing, but makes CloudFormation call. */
  readonly Revision?: string;
}

/** The topic of one type of notifications. */
export interface TopicProperties {
  readonly TopicArn: string;
  /** `true` or `false`. */
  readonly IncludeHeaders: string;
}
