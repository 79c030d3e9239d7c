import type { MailEvent } from './event-record';
import { type SampleChanges, withChanges } from '../private/sample-changes';

export type { SampleChanges };

/** A type of event of which there is a sample. */
export type SampleEventType = Exclude<MailEvent['eventType'], 'Unknown'>;

/** A type of notification that the topics of an identity get. */
export type SampleNotificationType = 'Bounce' | 'Complaint' | 'Delivery';

/** A bounce for which the other side sent no delivery status notification: `sampleEvent('Bounce', WITHOUT_DSN)`. */
export const WITHOUT_DSN: SampleChanges = { bounce: { reportingMTA: undefined, bouncedRecipients: [{ emailAddress: 'jane.doe@example.net' }] } };

/** A complaint to which the provider attached no report: `sampleEvent('Complaint', WITHOUT_REPORT)`. */
export const WITHOUT_REPORT: SampleChanges = { complaint: { userAgent: undefined, complaintFeedbackType: undefined, arrivalDate: undefined } };

/**
 * The record of an event, for tests of functions that get them: what SES publishes to SNS, EventBridge and Firehose, before `parseMailEvents` evens it out.
 *
 * @param type the type of the event
 * @param changes what differs, e.g. `{ bounce: { bounceType: 'Transient' } }`
 */
export function sampleEvent(type: SampleEventType, changes: SampleChanges = {}): Record<string, unknown> {
  return withChanges({ eventType: type, ...PARTICULARS[type]() }, changes);
}

/**
 * A notification, for tests of functions that listen to the topics of an identity. It has no tags, and here no headers, which an identity adds if asked to.
 *
 * @param type the type of the notification
 * @param changes what differs, e.g. `{ mail: { messageId: 'another' } }`
 */
export function sampleNotification(type: SampleNotificationType, changes: SampleChanges = {}): Record<string, unknown> {
  const { mail: _, ...particulars } = PARTICULARS[type]();
  const mail = { ...message(), sourceIp: '192.0.2.10', callerIdentity: 'shop' };
  const remote = type === 'Complaint' ? {} : { [type.toLowerCase()]: { remoteMtaIp: '198.51.100.25' } };
  return withChanges(withChanges({ notificationType: type, mail, ...particulars }, remote), changes);
}

const MESSAGE_ID = '0100018f3c2d4e5f-1a2b3c4d-5e6f-4a7b-8c9d-0e1f2a3b4c5d-000000';
const RECIPIENT = 'jane.doe@example.net';
const BROWSER = { ipAddress: '203.0.113.25', userAgent: 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0' };

/** Made anew each time, since users may change what they got. Records of some types lack the ARN, the headers or tags, as those of SES do. */
const PARTICULARS: Record<SampleEventType, () => Record<string, unknown>> = {
  'Send': () => ({ mail: withHeaders(message(), TAGS), send: {} }),
  'Rendering Failure': () => ({
    mail: { ...message(), tags: SET_TAG },
    failure: { templateName: 'order-sent', errorMessage: 'Attribute \'firstName\' is not present in the rendering data.' },
  }),
  'Reject': () => ({ mail: withHeaders(message(), TAGS), reject: { reason: 'Bad content' } }),
  'Delivery': () => ({
    mail: withHeaders(message(), { ...TAGS, 'ses:outgoing-ip': ['198.51.100.7'] }),
    delivery: {
      timestamp: '2026-07-10T08:15:42.117Z',
      processingTimeMillis: 12117,
      recipients: [RECIPIENT],
      smtpResponse: '250 2.6.0 Message received',
      reportingMTA: 'a7-10.smtp-out.eu-west-1.amazonses.com',
    },
  }),
  'Bounce': () => ({
    mail: withHeaders(message(), AUTO_TAGS),
    bounce: {
      bounceType: 'Permanent',
      bounceSubType: 'General',
      bouncedRecipients: [{ emailAddress: RECIPIENT, action: 'failed', status: '5.1.1', diagnosticCode: 'smtp; 550 5.1.1 user unknown' }],
      timestamp: '2026-07-10T08:15:43.000Z',
      feedbackId: '0100018f3c2d9a8b-2b3c4d5e-6f7a-4b8c-9d0e-1f2a3b4c5d6e-000000',
      reportingMTA: 'dns; mta.example.net',
    },
  }),
  'Complaint': () => ({
    mail: withHeaders(message(), AUTO_TAGS),
    complaint: {
      complainedRecipients: [{ emailAddress: RECIPIENT }],
      timestamp: '2026-07-11T19:02:00.000Z',
      feedbackId: '0100018f4711aa0b-3c4d5e6f-7a8b-4c9d-0e1f-2a3b4c5d6e7f-000000',
      userAgent: 'Example Feedback Loop/1.0',
      complaintFeedbackType: 'abuse',
      arrivalDate: '2026-07-11T19:01:58.000Z',
    },
  }),
  'DeliveryDelay': () => ({
    mail: { ...message(), tags: SET_TAG },
    deliveryDelay: {
      timestamp: '2026-07-10T08:20:31.004Z',
      delayType: 'TransientCommunicationFailure',
      expirationTime: '2026-07-10T22:15:30.000Z',
      delayedRecipients: [{ emailAddress: RECIPIENT, status: '4.4.1', diagnosticCode: 'smtp; 421 4.4.1 Unable to connect to remote host' }],
    },
  }),
  'Subscription': () => ({
    mail: withHeaders(message(), { ...TAGS, 'ses:operation': ['SendEmail'] }),
    subscription: {
      contactList: 'customers',
      timestamp: '2026-07-12T06:30:00.000Z',
      source: 'UnsubscribeHeader',
      newTopicPreferences: { unsubscribeAll: true, topicSubscriptionStatus: [{ topicName: 'offers', subscriptionStatus: 'OptOut' }] },
      oldTopicPreferences: { unsubscribeAll: false, topicSubscriptionStatus: [{ topicName: 'offers', subscriptionStatus: 'OptIn' }] },
    },
  }),
  'Open': () => ({ mail: { ...withHeaders(message(), TAGS), sourceArn: undefined }, open: { ...BROWSER, timestamp: '2026-07-10T09:00:11.412Z' } }),
  'Click': () => ({
    mail: { ...withHeaders(message(), TAGS), sourceArn: undefined },
    click: { ...BROWSER, timestamp: '2026-07-10T09:01:02.733Z', link: 'https://shop.example.com/orders/track', linkTags: { position: ['footer'] } },
  }),
};

const SET_TAG = { 'ses:configuration-set': ['transactional'] };
const AUTO_TAGS = { ...SET_TAG, 'ses:caller-identity': ['shop'], 'ses:from-domain': ['example.com'], 'ses:source-ip': ['192.0.2.10'] };
const TAGS = { ...AUTO_TAGS, campaign: ['summer'], genre: ['books'] };

function message(): Record<string, unknown> {
  return {
    timestamp: '2026-07-10T08:15:30.000Z',
    messageId: MESSAGE_ID,
    source: 'Example Shop <orders@example.com>',
    sourceArn: 'arn:aws:ses:eu-west-1:111122223333:identity/orders@example.com',
    sendingAccountId: '111122223333',
    destination: [RECIPIENT],
  };
}

function withHeaders(mail: Record<string, unknown>, tags: object): Record<string, unknown> {
  const [sender, recipient, subject] = ['Example Shop <orders@example.com>', `Jane Doe <${RECIPIENT}>`, 'Your order is on its way'];
  return {
    ...mail,
    headersTruncated: false,
    headers: [
      { name: 'From', value: sender }, { name: 'To', value: recipient }, { name: 'Subject', value: subject },
      { name: 'Message-ID', value: '<order-4711@example.com>' }, { name: 'MIME-Version', value: '1.0' },
    ],
    commonHeaders: { from: [sender], to: [recipient], messageId: MESSAGE_ID, subject },
    tags,
  };
}
