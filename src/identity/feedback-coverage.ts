import { Stack } from 'aws-cdk-lib';
import * as ses from 'aws-cdk-lib/aws-ses';
import type { Construct } from 'constructs';
import { notificationsOf } from './notified-identities';
import { isDelegated } from '../delegation/policy-registry';
import type { ISesIdentity } from '../delegation/ses-identity';
import { finding } from '../private/finding';
import { PerApp } from '../private/per-app';
import { FEEDBACK_EVENTS } from '../ses/event-type';

/** The four kinds of event destinations. */
export type DestinationKind = 'sns' | 'eventBridge' | 'firehose' | 'cloudWatch';

/** What is known of an event destination when the tree is complete. */
export interface KnownDestination {
  readonly kind: DestinationKind;
  readonly name?: string;
  readonly enabled: boolean;
  readonly events: string[];
  /** The names of the dimensions of counters. */
  readonly dimensions: string[];
}

/** Hands over the record of an event; counters tell that there was one, not whose. */
export const CARRY_RECORDS: readonly DestinationKind[] = ['sns', 'eventBridge', 'firehose'];

/** Tells somebody at once, as forwarded mail does; a delivery stream only stores. */
const NOTIFY: readonly DestinationKind[] = ['sns', 'eventBridge'];

/** Destinations which are made elsewhere than below their configuration set. */
const entered = new PerApp(() => new Map<string, Set<ses.CfnConfigurationSetEventDestination>>());

/**
 * Enters a destination of a configuration set, so that the identities which use the set know of it.
 */
export function enterDestination(set: ses.IConfigurationSet, destination: ses.CfnConfigurationSetEventDestination): void {
  const bySet = entered.of(set);
  bySet.set(set.node.path, (bySet.get(set.node.path) ?? new Set()).add(destination));
}

/**
 * The destinations of a configuration set that this app knows of, whoever made them.
 */
export function destinationsOf(set: ses.IConfigurationSet): KnownDestination[] {
  const below = set.node.findAll().filter(child => child instanceof ses.CfnConfigurationSetEventDestination);
  return [...new Set([...below, ...entered.of(set).get(set.node.path) ?? []])].map(known);
}

function known(resource: ses.CfnConfigurationSetEventDestination): KnownDestination {
  const destination = Stack.of(resource).resolve(resource.eventDestination) as ses.CfnConfigurationSetEventDestination.EventDestinationProperty;
  const dimensions = destination.cloudWatchDestination as ses.CfnConfigurationSetEventDestination.CloudWatchDestinationProperty | undefined;
  return {
    kind: destination.snsDestination ? 'sns' : destination.eventBridgeDestination ? 'eventBridge' : destination.kinesisFirehoseDestination ? 'firehose' : 'cloudWatch',
    name: destination.name,
    enabled: destination.enabled !== false,
    events: destination.matchingEventTypes,
    dimensions: (dimensions?.dimensionConfigurations as { dimensionName: string }[] | undefined ?? []).map(({ dimensionName }) => dimensionName),
  };
}

/** The events of a configuration set that reach destinations of some kinds. */
export function publishedEvents(set: ses.IConfigurationSet, kinds: readonly DestinationKind[]): ReadonlySet<string> {
  return new Set(destinationsOf(set).filter(({ enabled, kind }) => enabled && kinds.includes(kind)).flatMap(({ events }) => events));
}

/** Whether bounces as well as complaints reach destinations of some kinds, maybe different ones, or topics of the identity. */
function publishesFeedback(
  set: ses.IConfigurationSet | undefined, kinds: readonly DestinationKind[], byTopic: ReadonlySet<string> = new Set(),
): boolean {
  const events = set ? publishedEvents(set, kinds) : new Set();
  return FEEDBACK_EVENTS.every(event => events.has(event) || byTopic.has(event));
}

/** The events of which SES notifies topics of an identity. */
function notifiedEvents(identity: ISesIdentity): ReadonlySet<string> {
  return new Set(Object.keys(notificationsOf(identity)?.topics ?? {}).map(type => type.toLowerCase()));
}

/** Whether the app makes the set, so that it knows all about it. */
function isOwn(set: ses.IConfigurationSet): boolean {
  return set.node.defaultChild instanceof ses.CfnConfigurationSet;
}

/**
 * Whether SES shall forward bounces and complaints by mail: as said, or, when nothing is said, not if the default configuration set tells somebody already.
 * Asked when the tree is complete. Undefined leaves it to SES, which forwards.
 */
export function forwards(asked: boolean | undefined, defaultSet?: ses.IConfigurationSet): boolean | undefined {
  if (asked !== undefined || !defaultSet) return asked;
  return publishesFeedback(defaultSet, NOTIFY) ? false : undefined;
}

/** How an identity hears of bounces and complaints. */
interface Channels {
  readonly forwarding: boolean;
  readonly defaultSet?: ses.IConfigurationSet;
  /** The sets that somebody may name when sending from the identity. */
  readonly otherSets: ReadonlySet<ses.IConfigurationSet>;
}

const FALLBACK = 'SES then mails them to the Return-Path or the sender of each message, although forwarding is off';

/**
 * Looks at the complete tree: an identity with forwarding off must hear of its bounces and complaints in another way. An identity which hears of them in
 * none is an error.
 *
 * @see https://docs.aws.amazon.com/ses/latest/dg/monitor-sending-activity-using-notifications.html
 */
export function checkFeedback(scope: Construct & ISesIdentity, { forwarding, defaultSet, otherSets }: Channels): string[] {
  const byTopic = notifiedEvents(scope);
  if (forwarding) {
    // of topics tells who makes them
    if (defaultSet && byTopic.size === 0) reportDuplicates(scope, scope, { forwarding, defaultSet });
    return [];
  }
  if (isDelegated(scope) && byTopic.size === 0) {
    finding(scope, 'MailIdentity.delegatedUnheard', 'feedbackForwarding is false, and others may send from the identity through configuration sets of their own, so nobody here ' +
      'learns when their mail brings the name of the domain into disrepute; keep forwarding on, or notify topics (FeedbackNotifications)');
  }
  if (publishesFeedback(undefined, [], byTopic)) return [];
  if (defaultSet) {
    if (isOwn(defaultSet) && !publishesFeedback(defaultSet, CARRY_RECORDS, byTopic)) {
      finding(scope, 'MailIdentity.feedbackNotCovered', `feedbackForwarding is false, and the default configuration set ${defaultSet.node.path} does not publish both ` +
        `BOUNCE and COMPLAINT to a topic, the event bus or a delivery stream; ${FALLBACK}. Add a destination for both, or leave feedbackForwarding out`);
    }
    return [];
  }
  if ([...otherSets].some(set => !isOwn(set) || publishesFeedback(set, CARRY_RECORDS, byTopic))) {
    finding(scope, 'MailIdentity.feedbackNeedsSet', 'feedbackForwarding is false, and bounces and complaints are published only for mail that names its configuration ' +
      `set; for any other mail ${FALLBACK}. Make that set the defaultConfigurationSet`);
    return [];
  }
  return [`feedbackForwarding is false and no configuration set reports bounces and complaints, so nobody would learn of them; ${FALLBACK}. Keep forwarding on, or ` +
    `give a defaultConfigurationSet with an event destination for both (at ${scope.node.path}) [MailIdentity.noFeedback]`];
}

/** The ways in which an identity may hear of the same. */
interface Ways {
  readonly forwarding: boolean;
  readonly defaultSet?: ses.IConfigurationSet;
}

/**
 * Reports an identity that hears of the same bounces or complaints in several ways. To be asked when the tree is complete.
 *
 * @param scope where it is reported
 * @param identity the identity
 * @param ways the ways beside topics of the identity
 */
export function reportDuplicates(scope: Construct, identity: ISesIdentity, { forwarding, defaultSet }: Ways): void {
  const topics = notificationsOf(identity);
  const ways = [
    ...forwarding ? [{ words: 'SES forwards bounces and complaints by mail', events: new Set<string>(FEEDBACK_EVENTS) }] : [],
    ...topics ? [{ words: `SES notifies the topics of ${topics.scope.node.path}`, events: notifiedEvents(identity) }] : [],
    ...defaultSet ? [{ words: `the default configuration set ${defaultSet.node.path} publishes them too`, events: publishedEvents(defaultSet, NOTIFY) }] : [],
  ];
  const twice = FEEDBACK_EVENTS.filter(event => ways.filter(({ events }) => events.has(event)).length > 1);
  if (twice.length === 0) return;
  const said = ways.filter(({ events }) => twice.some(event => events.has(event)));
  finding(scope, 'MailIdentity.duplicateFeedback', `${said.map(({ words }) => words).join(', and ')}, so each is reported ${said.length > 2 ? 'three times' : 'twice'}; ` +
    'leave feedbackForwarding out, or set it to false, and publish in one way only');
}
