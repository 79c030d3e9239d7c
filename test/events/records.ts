import type { EventTypeName } from '../../src/ses/event-type';

/*
 * A record of each type of event as SES publishes it to SNS, EventBridge and Firehose, with the peculiarities that records have:
 * opens and clicks lack `sourceArn`, a rendering failure and a delay lack the headers, a complaint lacks its sub-type, `headersTruncated` is a boolean
 * although it is documented as a string, and tags are lists by name.
 */

const AUTO_TAGS = {
  'ses:caller-identity': ['shop'],
  'ses:configuration-set': ['transactional'],
  'ses:from-domain': ['example.com'],
  'ses:source-ip': ['192.0.2.10'],
};

const OWN_TAGS = { campaign: ['summer'], genre: ['books'] };

const HEADERS = {
  headersTruncated: false,
  headers: [
    { name: 'From', value: 'Example Shop <orders@example.com>' },
    { name: 'To', value: 'Jane Doe <jane.doe@example.net>' },
    { name: 'Subject', value: 'Jane, your order is on its way' },
    { name: 'MIME-Version', value: '1.0' },
  ],
  commonHeaders: {
    from: ['Example Shop <orders@example.com>'],
    to: ['Jane Doe <jane.doe@example.net>'],
    messageId: '0100018f3c2d4e5f-1a2b3c4d-5e6f-4a7b-8c9d-0e1f2a3b4c5d-000000',
    subject: 'Jane, your order is on its way',
  },
};

const MAIL = {
  timestamp: '2026-07-10T08:15:30.000Z',
  messageId: '0100018f3c2d4e5f-1a2b3c4d-5e6f-4a7b-8c9d-0e1f2a3b4c5d-000000',
  source: 'Example Shop <orders@example.com>',
  sourceArn: 'arn:aws:ses:eu-west-1:111122223333:identity/orders@example.com',
  sendingAccountId: '111122223333',
  destination: ['jane.doe@example.net'],
};

const { sourceArn: _, ...MAIL_WITHOUT_ARN } = MAIL;

/** By the name that CloudFormation gives the event. */
export const EVENT_RECORDS: Record<EventTypeName, { eventType: string; mail: object } & Record<string, object | string>> = {
  send: {
    eventType: 'Send',
    mail: { ...MAIL, ...HEADERS, tags: { ...AUTO_TAGS, ...OWN_TAGS } },
    send: {},
  },
  renderingFailure: {
    eventType: 'Rendering Failure',
    mail: { ...MAIL, tags: { 'ses:configuration-set': ['transactional'] } },
    failure: {
      templateName: 'order-sent',
      errorMessage: 'Attribute \'firstName\' is not present in the rendering data.',
    },
  },
  reject: {
    eventType: 'Reject',
    mail: { ...MAIL, ...HEADERS, tags: { ...AUTO_TAGS, ...OWN_TAGS } },
    reject: { reason: 'Bad content' },
  },
  delivery: {
    eventType: 'Delivery',
    mail: { ...MAIL, ...HEADERS, tags: { ...AUTO_TAGS, 'ses:outgoing-ip': ['198.51.100.7'], ...OWN_TAGS } },
    delivery: {
      timestamp: '2026-07-10T08:15:42.117Z',
      processingTimeMillis: 12117,
      recipients: ['jane.doe@example.net'],
      smtpResponse: '250 2.6.0 <jane.doe@example.net> Message received',
      reportingMTA: 'a7-10.smtp-out.eu-west-1.amazonses.com',
    },
  },
  bounce: {
    eventType: 'Bounce',
    mail: { ...MAIL, ...HEADERS, tags: { ...AUTO_TAGS, ...OWN_TAGS } },
    bounce: {
      bounceType: 'Permanent',
      bounceSubType: 'General',
      bouncedRecipients: [{
        emailAddress: 'jane.doe@example.net',
        action: 'failed',
        status: '5.1.1',
        diagnosticCode: 'smtp; 550 5.1.1 <Jane.Doe@example.net>: user unknown',
      }],
      timestamp: '2026-07-10T08:15:43.000Z',
      feedbackId: '0100018f3c2d9a8b-2b3c4d5e-6f7a-4b8c-9d0e-1f2a3b4c5d6e-000000',
      reportingMTA: 'dsn; mta.example.net',
    },
  },
  complaint: {
    eventType: 'Complaint',
    mail: { ...MAIL, ...HEADERS, tags: { ...AUTO_TAGS, ...OWN_TAGS } },
    complaint: {
      complainedRecipients: [{ emailAddress: 'jane.doe@example.net' }],
      timestamp: '2026-07-11T19:02:00.000Z',
      feedbackId: '0100018f4711aa0b-3c4d5e6f-7a8b-4c9d-0e1f-2a3b4c5d6e7f-000000',
      userAgent: 'Example Feedback Loop/1.0',
      complaintFeedbackType: 'abuse',
      arrivalDate: '2026-07-11T19:01:58.000Z',
    },
  },
  deliveryDelay: {
    eventType: 'DeliveryDelay',
    mail: { ...MAIL, tags: { 'ses:configuration-set': ['transactional'] } },
    deliveryDelay: {
      timestamp: '2026-07-10T08:20:31.004Z',
      delayType: 'TransientCommunicationFailure',
      expirationTime: '2026-07-10T22:15:30.000Z',
      delayedRecipients: [{
        emailAddress: 'jane.doe@example.net',
        status: '4.4.1',
        diagnosticCode: 'smtp; 421 4.4.1 Unable to connect to remote host',
      }],
    },
  },
  subscription: {
    eventType: 'Subscription',
    mail: { ...MAIL, ...HEADERS, tags: { ...AUTO_TAGS, 'ses:operation': ['SendEmail'], ...OWN_TAGS } },
    subscription: {
      contactList: 'customers',
      timestamp: '2026-07-12T06:30:00.000Z',
      source: 'UnsubscribeHeader',
      newTopicPreferences: {
        unsubscribeAll: true,
        topicSubscriptionStatus: [{ topicName: 'offers', subscriptionStatus: 'OptOut' }],
      },
      oldTopicPreferences: {
        unsubscribeAll: false,
        topicSubscriptionStatus: [{ topicName: 'offers', subscriptionStatus: 'OptIn' }],
      },
    },
  },
  open: {
    eventType: 'Open',
    mail: { ...MAIL_WITHOUT_ARN, ...HEADERS, tags: { ...AUTO_TAGS, ...OWN_TAGS } },
    open: {
      ipAddress: '203.0.113.25',
      timestamp: '2026-07-10T09:00:11.412Z',
      userAgent: 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
    },
  },
  click: {
    eventType: 'Click',
    mail: { ...MAIL_WITHOUT_ARN, ...HEADERS, tags: { ...AUTO_TAGS, ...OWN_TAGS } },
    click: {
      ipAddress: '203.0.113.25',
      timestamp: '2026-07-10T09:01:02.733Z',
      userAgent: 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
      link: 'https://shop.example.com/orders/track?recipient=jane.doe%40example.net&token=8d2f#parcel',
      linkTags: { position: ['footer'] },
    },
  },
};
