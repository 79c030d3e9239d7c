import type { IConstruct } from 'constructs';
import { type ISesIdentity, keyOfIdentity } from '../delegation/ses-identity';
import { PerApp } from '../private/per-app';
import type { NotificationType } from '../ses/notification-type';

/** What an app says of the notifications of an identity. */
export interface KnownNotifications {
  readonly scope: IConstruct;
  /** The ARNs of the topics. */
  readonly topics: Partial<Record<NotificationType, string>>;
  /** Whether SES forwards feedback beside; undefined when that is up to the identity. */
  readonly forwarding?: boolean;
}

interface Entry {
  known?: KnownNotifications;
  readonly listeners: ((notifications: KnownNotifications) => void)[];
}

const entries = new PerApp(() => new Map<string, Entry>());

/** What identities say of forwarding themselves. */
const asked = new WeakMap<IConstruct, boolean>();

/** Enters what an identity says of forwarding. */
export function rememberForwarding(identity: IConstruct, forwarding: boolean | undefined): void {
  if (forwarding !== undefined) asked.set(identity, forwarding);
}

/** What an identity says of forwarding. */
export function forwardingAskedOf(identity: IConstruct): boolean | undefined {
  return asked.get(identity);
}

/** Enters the notifications of an identity. */
export function enterNotifications(identity: ISesIdentity, notifications: KnownNotifications): void {
  const entry = entryOf(identity);
  entry.known = notifications;
  entry.listeners.forEach(listener => listener(notifications));
}

/** The notifications of an identity, by any handle of it in the app. */
export function notificationsOf(identity: ISesIdentity): KnownNotifications | undefined {
  return entryOf(identity).known;
}

/** Calls back with the notifications of an identity, now or when they are made. */
export function whenNotified(identity: ISesIdentity, listener: (notifications: KnownNotifications) => void): void {
  const { known, listeners } = entryOf(identity);
  listeners.push(listener);
  if (known) listener(known);
}

function entryOf(identity: ISesIdentity): Entry {
  const all = entries.of(identity);
  const key = keyOfIdentity(identity);
  const entry = all.get(key) ?? { listeners: [] };
  all.set(key, entry);
  return entry;
}
