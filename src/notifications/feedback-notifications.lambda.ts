/*
 * Sets the topics that SES notifies of an identity.
 *
 * Create: refuses when another topic is there for one of the types, and then touches nothing, unless it is told to replace it; takes back what it did when it fails
 * on the way.
 * Update: changes what differs; fails when somebody has changed since what it is to change.
 * Delete: forwards feedback again, and takes off the topics that are still ours.
 *
 * The order is the same in all of them, so that at no time nobody hears of bounces: topics are set, then forwarding changes, then topics are taken off.
 */
import type { FeedbackNotificationsProperties } from './feedback-notifications-constants';
import { IdentityNotifications } from './identity-notifications.lambda-shared';
import type { NotificationSettings } from './notification-settings.lambda-shared';
import { customResource, log, type ResourceKind } from '../private/custom-resource.lambda-shared';
import { Refusals } from '../private/refusals.lambda-shared';
import { NOTIFICATION_TYPES, type NotificationType } from '../ses/notification-type';

/** What was refused for a foreign topic. */
const refusals = new Refusals<FeedbackNotificationsProperties>();

const kind: ResourceKind<FeedbackNotificationsProperties> = {
  physicalId: (properties, event) => `${nameOf(properties)}/${event.StackId.split('/')[1]}/${event.LogicalResourceId}`,

  create: async (properties, signal) => {
    const identity = new IdentityNotifications(nameOf(properties), signal);
    const before = await existing(identity);
    refuseForeign(identity, foreignTypes(before, NOTHING, properties), before, properties);
    try {
      await bring(identity, before, NOTHING, properties);
    } catch (error) {
      await putBack(identity, before, properties);
      throw error;
    }
  },

  update: async (properties, old, signal) => {
    const identity = new IdentityNotifications(nameOf(properties), signal);
    const before = await existing(identity);
    const had = nameOf(old) === nameOf(properties) ? old : NOTHING;
    const takesBack = refusals.takesBack(properties, old);
    const foreign = foreignTypes(before, had, properties);
    try {
      if (!takesBack) refuseForeign(identity, foreign, before, properties);
    } catch (error) {
      refusals.add(properties, old);
      throw error;
    }
    await bring(identity, before, had, properties, takesBack ? foreign : []);
  },

  delete: async (properties, signal) => {
    const identity = new IdentityNotifications(nameOf(properties), signal);
    const before = await identity.read();
    if (before) await bring(identity, before, properties, NOTHING);
  },
};

export const handler = customResource(kind);

type Wanted = Pick<FeedbackNotificationsProperties, 'Topics' | 'Forwarding'>;

const NOTHING: Wanted = { Topics: {} };

function nameOf({ IdentityArn }: FeedbackNotificationsProperties): string {
  return IdentityArn.slice(IdentityArn.indexOf('/') + 1);
}

async function existing(identity: IdentityNotifications): Promise<NotificationSettings> {
  const settings = await identity.read();
  if (!settings) throw new Error(`SES has no identity ${identity.identity} in this Region; create it first`);
  return settings;
}

/** The types that shall get a topic, and have one that somebody else has set. */
function foreignTypes(before: NotificationSettings, had: Wanted, wanted: Wanted): NotificationType[] {
  return NOTIFICATION_TYPES.filter(type => {
    const [now, ours, next] = [before.topics[type], had.Topics[type]?.TopicArn, wanted.Topics[type]?.TopicArn];
    return next !== undefined && next !== ours && now !== undefined && now !== ours && now !== next;
  });
}

function refuseForeign(
  { identity }: IdentityNotifications, types: NotificationType[], { topics }: NotificationSettings, properties: FeedbackNotificationsProperties,
): void {
  if (types.length === 0) return;
  const found = types.map(type => `${type} notifications to ${topics[type]}`).join(', ');
  if (properties.ReplaceExisting === 'true') return log('replacing what somebody else has set', { identity, topicsBefore: topics });
  throw new Error(`SES publishes for ${identity}: ${found}, which this stack did not set; nothing was changed. Take them off the identity, or pass replaceExisting.`);
}

/** Brings an identity from what we had to what is wanted now. */
async function bring(
  identity: IdentityNotifications, before: NotificationSettings, had: Wanted, wanted: Wanted, spared: NotificationType[] = [],
): Promise<void> {
  for (const type of NOTIFICATION_TYPES.filter(one => wanted.Topics[one])) {
    const isForeign = spared.includes(type) || isChangedSince(type, before, had, wanted);
    if (isForeign) log('left alone, set by somebody else', { identity: identity.identity, type, topic: before.topics[type] });
    else await setTopic(identity, type, before, wanted);
  }
  await settleForwarding(identity, before, had, wanted);
  for (const type of NOTIFICATION_TYPES.filter(one => had.Topics[one] && !wanted.Topics[one])) {
    if (before.topics[type] !== had.Topics[type]!.TopicArn) continue;
    if (before.headers[type]) await identity.setHeaders(type, false);
    await identity.setTopic(type, undefined);
    log('topic taken off', { identity: identity.identity, type });
  }
}

/** Whether somebody has set another topic in place of one that stays as it was. A topic that is gone was taken off by SES: it is set again. */
function isChangedSince(type: NotificationType, { topics }: NotificationSettings, had: Wanted, wanted: Wanted): boolean {
  const [now, ours, next] = [topics[type], had.Topics[type]?.TopicArn, wanted.Topics[type]!.TopicArn];
  return ours === next && now !== undefined && now !== ours;
}

async function setTopic(identity: IdentityNotifications, type: NotificationType, before: NotificationSettings, wanted: Wanted): Promise<void> {
  const { TopicArn, IncludeHeaders } = wanted.Topics[type]!;
  if (before.topics[type] !== TopicArn) {
    await identity.setTopic(type, TopicArn);
    log('topic set', { identity: identity.identity, type, topic: TopicArn, topicBefore: before.topics[type] });
  }
  if (String(before.headers[type]) !== IncludeHeaders) await identity.setHeaders(type, IncludeHeaders === 'true');
}

/**
 * Switches forwarding as wanted. When it is no longer ours to say, it goes on again, unless the identity has a default configuration set: then that may report
 * feedback, and the identity itself say that forwarding is off. Off is never wrong, as SES forwards what nobody else hears of.
 */
async function settleForwarding(identity: IdentityNotifications, before: NotificationSettings, had: Wanted, wanted: Wanted): Promise<void> {
  const isReleased = wanted.Forwarding === undefined && had.Forwarding === 'false';
  const next = isReleased || wanted.Forwarding === 'true';
  if ((wanted.Forwarding === undefined && !isReleased) || next === before.forwarding) return;
  if (isReleased && await identity.defaultSet() !== undefined) {
    log('forwarding left off, since the identity has a default configuration set', { identity: identity.identity });
    return;
  }
  await identity.setForwarding(next);
  log('forwarding', { identity: identity.identity, enabled: next });
}

/** Takes back what was done, as far as it was. */
async function putBack(identity: IdentityNotifications, before: NotificationSettings, wanted: FeedbackNotificationsProperties): Promise<void> {
  const now = await existing(identity);
  if (now.forwarding !== before.forwarding) await identity.setForwarding(before.forwarding);
  for (const type of NOTIFICATION_TYPES.filter(one => wanted.Topics[one] && now.topics[one] !== before.topics[one])) {
    if (now.headers[type] !== before.headers[type]) await identity.setHeaders(type, before.headers[type]!);
    await identity.setTopic(type, before.topics[type]);
  }
}
