/**
 * The ten events of a message's life, by the name that CloudFormation (and aws-cdk-lib's `EmailSendingEvent`) gives them, with the spellings
 * that other parts of AWS use for the same thing.
 *
 * @see https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-contents.html
 * @see https://docs.aws.amazon.com/ses/latest/dg/monitoring-eventbridge.html
 */
export const EVENT_TYPES = {
  send: { api: 'SEND', record: 'Send', payload: 'send', metric: 'Send', detailType: 'Email Sent' },
  renderingFailure: {
    api: 'RENDERING_FAILURE', record: 'Rendering Failure', payload: 'failure', metric: 'RenderingFailure', detailType: 'Email Rendering Failed',
  },
  reject: { api: 'REJECT', record: 'Reject', payload: 'reject', metric: 'Reject', detailType: 'Email Rejected' },
  delivery: { api: 'DELIVERY', record: 'Delivery', payload: 'delivery', metric: 'Delivery', detailType: 'Email Delivered' },
  bounce: { api: 'BOUNCE', record: 'Bounce', payload: 'bounce', metric: 'Bounce', detailType: 'Email Bounced' },
  complaint: { api: 'COMPLAINT', record: 'Complaint', payload: 'complaint', metric: 'Complaint', detailType: 'Email Complaint Received' },
  deliveryDelay: { api: 'DELIVERY_DELAY', record: 'DeliveryDelay', payload: 'deliveryDelay', metric: 'DeliveryDelay', detailType: 'Email Delivery Delayed' },
  subscription: { api: 'SUBSCRIPTION', record: 'Subscription', payload: 'subscription', metric: 'Subscription', detailType: 'Email Subscribed' },
  open: { api: 'OPEN', record: 'Open', payload: 'open', metric: 'Open', detailType: 'Email Opened' },
  click: { api: 'CLICK', record: 'Click', payload: 'click', metric: 'Click', detailType: 'Email Clicked' },
} as const;

/** An event as CloudFormation names it. */
export type EventTypeName = keyof typeof EVENT_TYPES;

/** Publishing one of these is what makes SES rewrite mail: a pixel for opens, redirecting links for clicks. */
export const REWRITES_MAIL: ReadonlySet<string> = new Set<EventTypeName>(['open', 'click']);

/** Without both, nobody learns of addresses that must not be written to again. */
export const FEEDBACK_EVENTS: readonly EventTypeName[] = ['bounce', 'complaint'];
