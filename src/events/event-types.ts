import { EmailSendingEvent } from 'aws-cdk-lib/aws-ses';

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

  private constructor() {}
}
