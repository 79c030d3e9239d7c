import { ArnFormat, CustomResource, RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as sns from 'aws-cdk-lib/aws-sns';
import { Construct, type IDependable } from 'constructs';
import { FEEDBACK_NOTIFICATIONS_RESOURCE_TYPE, type FeedbackNotificationsProperties } from './feedback-notifications-constants';
import { FeedbackNotificationsFunction } from './feedback-notifications-function';
import { elsewhere } from '../delegation/ses-identity';
import type { IMailIdentity } from '../identity';
import { forwards, reportDuplicates } from '../identity/feedback-coverage';
import { openNotificationTopic } from '../identity/notification-topic';
import { enterNotifications, forwardingAskedOf, notificationsOf } from '../identity/notified-identities';
import { acknowledge } from '../private/acknowledged-rules';
import { customResourceHandler } from '../private/custom-resource-handler';
import { fail } from '../private/errors';
import { permit } from '../private/handler-permission';
import { NOTIFICATION_TYPES, type NotificationType } from '../ses/notification-type';

/**
 * A topic that SES notifies.
 */
export interface NotificationTopicOptions {
  /**
   * The topic: a standard topic in the Region of the identity, maybe of another account. One that is encrypted with the AWS-managed key is refused.
   */
  readonly topic: sns.ITopic;

  /**
   * Whether notifications have the headers of the message.
   *
   * @default false
   */
  readonly includeHeaders?: boolean;
}

/**
 * How the notifications of an identity are set.
 */
export interface FeedbackNotificationsOptions {
  /**
   * Whether SES forwards bounces and complaints by mail, too. Off takes topics for both of them.
   *
   * @default - as the identity says; when it says nothing, off with topics for both bounces and complaints, and otherwise on
   */
  readonly feedbackForwarding?: boolean;

  /**
   * Whether to take over from topics that somebody else has set on the identity, e.g. in the console. They are not set again later; the log of the function tells what
   * they were. Without this, the deployment fails and touches nothing.
   *
   * @default false
   */
  readonly replaceExisting?: boolean;

  /**
   * Any text. When it changes, the next deployment sets again what SES has taken off by itself.
   *
   * @default - none
   */
  readonly revision?: string;

  /**
   * What becomes of the settings when they leave the stack. `DESTROY` takes the topics off, and SES forwards again; `RETAIN` leaves all as it is.
   *
   * @default RemovalPolicy.DESTROY
   */
  readonly removalPolicy?: RemovalPolicy;
}

/**
 * Properties of the notifications of an identity. At least one type needs a topic.
 */
export interface FeedbackNotificationsProps extends FeedbackNotificationsOptions {
  /**
   * The domain or address, of the account and Region of the stack. Notifications of a domain are about all its addresses, except those that are identities of their own.
   */
  readonly identity: IMailIdentity;

  /**
   * The topic for bounces.
   *
   * @default - none
   */
  readonly bounces?: NotificationTopicOptions;

  /**
   * The topic for complaints.
   *
   * @default - none
   */
  readonly complaints?: NotificationTopicOptions;

  /**
   * The topic for deliveries: a message for each recipient who got one.
   *
   * @default - none
   */
  readonly deliveries?: NotificationTopicOptions;
}

/**
 * Topics that SES notifies of bounces, complaints and deliveries of an identity, whatever configuration set mail goes through. CloudFormation has no such resource; a
 * function sets them. It never touches a topic that somebody else has set.
 *
 * Event destinations of a stream know more events and are simpler; notifications catch mail that names no configuration set, and can go to the topic of another account
 * that sends from the identity.
 *
 * SES tries a topic out when it is set. When it cannot publish to one later, since the topic or a permission is gone, it takes it off by itself and forwards by mail;
 * an `IdentityMonitor` of the identity notices, and a new `revision` sets it again.
 *
 * @see https://docs.aws.amazon.com/ses/latest/dg/monitor-sending-activity-using-notifications-sns.html
 *
 * @example
 * declare const domain: VerifiedDomain;
 * declare const topic: sns.Topic;
 *
 * new FeedbackNotifications(this, 'Feedback', { identity: domain, bounces: { topic }, complaints: { topic } });
 */
export class FeedbackNotifications extends Construct {
  public constructor(scope: Construct, id: string, props: FeedbackNotificationsProps) {
    super(scope, id);
    const topics = topicsOf(props);
    this.checkAll(props, topics);
    const forwarding = this.forwardingOf(props);
    const { identity } = props;
    enterNotifications(identity, { scope: this, topics: mapTypes(topics, ({ topic }) => topic.topicArn), forwarding });
    this.createResource(props, topics, forwarding);
    this.node.addValidation({ validate: () => this.checkFinished(identity, forwarding) });
  }

  private checkAll({ identity, bounces, complaints, feedbackForwarding }: FeedbackNotificationsProps, topics: Topics): void {
    const { identityName } = identity;
    if (Object.keys(topics).length === 0) {
      fail('FeedbackNotifications.noTopic', `no topic is given for "${identityName}"; give bounces, complaints or deliveries one, or leave the construct out`, this);
    }
    const places = elsewhere(this, identity);
    if (places) {
      fail('FeedbackNotifications.elsewhere', `the notifications are in ${places.own} and the identity "${identityName}" in ${places.other}; only the owner of an identity sets its ` +
        'topics, in its Region. As a sender of another account, give the owner a topic (DelegatedIdentity.allowNotificationsTo)', this);
    }
    const other = notificationsOf(identity);
    if (other) {
      fail('FeedbackNotifications.twice', `"${identityName}" has notifications already (${other.scope.node.path}), and SES has one topic for each type; give all topics there`, this);
    }
    if (feedbackForwarding === false && !(bounces && complaints)) {
      fail('FeedbackNotifications.forwardingNeeded', 'feedbackForwarding is false, and bounces or complaints have no topic, so nobody would hear of them; give both a topic, or ' +
        'leave feedbackForwarding out', this);
    }
  }

  /** Undefined when it is not ours to say. */
  private forwardingOf({ identity, bounces, complaints, feedbackForwarding: given }: FeedbackNotificationsProps): boolean | undefined {
    const asked = forwardingAskedOf(identity);
    if (given !== undefined && asked !== undefined && given !== asked) {
      fail('FeedbackNotifications.forwardingTwice', `feedbackForwarding is ${given} here and ${asked} at ${identity.node.path}; say it in one place`, this);
    }
    return bounces && complaints ? given ?? asked ?? false : given;
  }

  private createResource(props: FeedbackNotificationsProps, topics: Topics, forwarding?: boolean): void {
    const { identity } = props;
    const properties: FeedbackNotificationsProperties = {
      IdentityArn: identity.identityArn,
      Topics: mapTypes(topics, ({ topic, includeHeaders }) => ({ TopicArn: topic.topicArn, IncludeHeaders: String(includeHeaders ?? false) })),
      ...forwarding === undefined ? {} : { Forwarding: String(forwarding) },
      ReplaceExisting: String(props.replaceExisting ?? false),
      Revision: props.revision,
    };
    const handler = this.handler();
    const permission = permit(handler, [{ actions: ['ses:GetEmailIdentity', 'ses:PutEmailIdentityFeedbackAttributes'], resources: [identity.identityArn] }]);
    const resource = new CustomResource(this, 'Resource', {
      resourceType: FEEDBACK_NOTIFICATIONS_RESOURCE_TYPE,
      serviceToken: handler.functionArn,
      properties: { ...properties },
      removalPolicy: props.removalPolicy ?? RemovalPolicy.DESTROY,
    });
    resource.node.addDependency(permission, ...this.openTopics(identity, topics));
  }

  /** What the first version of the API has, IAM cannot limit to an identity. */
  private handler() {
    const handler = customResourceHandler(this, FeedbackNotificationsFunction);
    handler.addToRolePolicy(new iam.PolicyStatement({
      actions: ['ses:GetIdentityNotificationAttributes', 'ses:SetIdentityNotificationTopic', 'ses:SetIdentityHeadersInNotificationsEnabled'], resources: ['*'],
    }));
    acknowledge(handler.node.scope!, 'IAM5[Resource::*]', ['AwsSolutions'], 'These actions of the first version of the SES API have no resource: IAM allows them for all ' +
      'identities or for none.');
    return handler;
  }

  /** A topic for several types is opened once. */
  private openTopics(identity: IMailIdentity, topics: Topics): IDependable[] {
    const stack = Stack.of(this);
    const arn = stack.formatArn({ service: 'ses', resource: 'identity', resourceName: identity.identityName, arnFormat: ArnFormat.SLASH_RESOURCE_NAME });
    const unique = new Set(Object.values(topics).map(({ topic }) => topic));
    return [...unique].flatMap(topic => openNotificationTopic(this, topic, { account: stack.account, arn }));
  }

  private checkFinished(identity: IMailIdentity, forwarding: boolean | undefined): string[] {
    const { defaultConfigurationSet: defaultSet } = identity;
    const asked = forwardingAskedOf(identity);
    reportDuplicates(this, identity, { forwarding: forwarding ?? forwards(asked, defaultSet) ?? true, defaultSet });
    return [];
  }
}

type Topics = Partial<Record<NotificationType, NotificationTopicOptions>>;

function topicsOf({ bounces, complaints, deliveries }: FeedbackNotificationsProps): Topics {
  return { ...bounces && { Bounce: bounces }, ...complaints && { Complaint: complaints }, ...deliveries && { Delivery: deliveries } };
}

function mapTypes<T>(topics: Topics, map: (options: NotificationTopicOptions) => T): Partial<Record<NotificationType, T>> {
  return Object.fromEntries(NOTIFICATION_TYPES.filter(type => topics[type]).map(type => [type, map(topics[type]!)]));
}
