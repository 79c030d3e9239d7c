import type { NotificationType } from '../ses/notification-type';

/** What the account monitor publishes, without dimensions: an account has one of each in a Region. */
export const ACCOUNT_METRICS = {
  quotaUsed: 'QuotaUsed',
  sendingEnabled: 'SendingEnabled',
  enforcementStatus: 'EnforcementStatus',
  productionAccess: 'ProductionAccess',
} as const;

/** The dimension of what the identity monitor publishes. */
export const IDENTITY_DIMENSION = 'Identity';

/** How bad a state of an identity is, as a number that an alarm can compare. */
export const STATE_LEVEL = { success: 0, pending: 1, failing: 2, failed: 3 } as const;

/** How long SES looks for records that are not there, before it gives up. */
export const SES_GIVES_UP_HOURS = 72;

/** What the schedule hands to the canary: how it sends. */
export interface FeedbackCanaryEvent {
  readonly configurationSet: string;
  readonly sender: string;
}

/** What the schedule hands to the identity monitor. */
export interface IdentityMonitorEvent {
  /** The domains and addresses to look at. */
  readonly identities: string[];
  /** How the notifications of some of them were made. */
  readonly notifications?: Readonly<Record<string, ExpectedNotifications>>;
}

/** How the notifications of an identity were made. */
export interface ExpectedNotifications {
  /** The ARNs of the topics. */
  readonly topics: Partial<Record<NotificationType, string>>;
  /** Left out when another one says it. */
  readonly forwarding?: boolean;
}
