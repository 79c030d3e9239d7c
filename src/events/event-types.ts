import { EmailSendingEvent } from 'aws-cdk-lib/aws-ses';
import * as sns from 'aws-cdk-lib/aws-sns';
import { fail } from '../private/errors';
import { EVENT_TYPES } from '../ses/event-type';

/**
 * Events that are usually published together.
 *
 * `OPEN` and `CLICK` are in none but `ENGAGEMENT` and `ALL`: publishing them makes SES rewrite mail, with a pixel that tells of opens and links
 * which lead through a redirect.
 *
 * @see https://docs.aws.amazon.com/ses/latest/dg/monitor-using-event-publishing.html
 */
export class EventTypes {
  /** What has to be acted on: bounces, complaints, mail that SES rejected for a virus, templates that could not be rendered. */
  public static readonly FEEDBACK: EmailSendingEvent[] = [
    EmailSendingEvent.BOUNCE, EmailSendingEvent.COMPLAINT, EmailSendingEvent.REJECT, EmailSendingEvent.RENDERING_FAILURE,
  ];

  /** All that happens to mail on its way: feedback, and sends, deliveries and delays. The default of an event destination. */
  public static readonly DELIVERABILITY: EmailSendingEvent[] = [
    EmailSendingEvent.SEND, EmailSendingEvent.DELIVERY, EmailSendingEvent.DELIVERY_DELAY, ...EventTypes.FEEDBACK,
  ];

  /** What recipients do: opens and clicks. SES rewrites mail to see them. */
  public static readonly ENGAGEMENT: EmailSendingEvent[] = [EmailSendingEvent.OPEN, EmailSendingEvent.CLICK];

  /** All ten, opens and clicks included. */
  public static readonly ALL: EmailSendingEvent[] = [...EventTypes.DELIVERABILITY, EmailSendingEvent.SUBSCRIPTION, ...EventTypes.ENGAGEMENT];

  /**
   * The filter policy of a subscription that is to get some events only, of those that SES publishes to a topic. It is for the body of the message:
   * `filterPolicyWithMessageBody`. Notifications of an identity name their type in another field, and do not pass.
   *
   * @param events the events that pass, one or more
   *
   * @example
   * declare const topic: sns.Topic;
   * declare const fn: lambda.Function;
   *
   * topic.addSubscription(new sns_subscriptions.LambdaSubscription(fn, { filterPolicyWithMessageBody: EventTypes.filterPolicy(EventTypes.FEEDBACK) }));
   */
  public static filterPolicy(events: EmailSendingEvent[]): { [field: string]: sns.FilterOrPolicy } {
    if (events.length === 0) fail('EventTypes.noEvents', 'events is an empty list, so nothing would pass; name the events that are to');
    const allowlist = [...new Set(events)].map(event => EVENT_TYPES[event].record);
    return { eventType: sns.FilterOrPolicy.filter(sns.SubscriptionFilter.stringFilter({ allowlist })) };
  }

  private constructor() {}
}
