/*
 * The record of an event as a table: one column for each part of it, typed as Hive (and so Glue and Athena) writes types.
 *
 * Where the documentation of SES and its records disagree, the column takes both:
 * - `mail.headersTruncated` is said to be a string and comes as a boolean: a string column holds "true" and "false" either way.
 * - `mail.tags` and `click.linkTags` are said to be lists and come as objects of lists, whose keys (`ses:configuration-set`) could not be fields of a struct.
 * - `deliveryDelay.delayedRecipients` is said to be one object and comes as a list.
 * - `send` is always an empty object. A struct needs a field, a map does not.
 *
 * Instants stay texts (ISO 8601, UTC): a timestamp column would turn every form that it does not know into null.
 */

/** A column of the table. */
export interface EventColumn {
  /** Its name, in lower case as Glue keeps names. */
  readonly name: string;

  /** Its Hive type. */
  readonly type: string;
}

/** The column by which the objects in S3 are divided: the day (UTC) on which Firehose received the oldest record of an object. */
export const DAY_COLUMN: EventColumn = { name: 'dt', type: 'string' };

const TEXT = 'string';
const TEXTS = array(TEXT);
const TEXTS_BY_NAME = map(TEXTS);

const TOPIC_PREFERENCES = struct({
  unsubscribeAll: 'boolean',
  topicSubscriptionStatus: array(struct({ topicName: TEXT, subscriptionStatus: TEXT })),
  topicDefaultSubscriptionStatus: array(struct({ topicName: TEXT, subscriptionStatus: TEXT })),
});

/**
 * The columns of the table of events.
 *
 * @see https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-firehose-contents.html
 */
export const EVENT_COLUMNS: readonly EventColumn[] = columns({
  eventType: TEXT,
  mail: struct({
    timestamp: TEXT,
    messageId: TEXT,
    source: TEXT,
    sourceArn: TEXT,
    sendingAccountId: TEXT,
    destination: TEXTS,
    headersTruncated: TEXT,
    headers: array(struct({ name: TEXT, value: TEXT })),
    commonHeaders: struct({ from: TEXTS, to: TEXTS, date: TEXT, messageId: TEXT, subject: TEXT }),
    tags: TEXTS_BY_NAME,
  }),
  send: map(TEXT),
  failure: struct({ templateName: TEXT, errorMessage: TEXT }),
  reject: struct({ reason: TEXT }),
  delivery: struct({ timestamp: TEXT, processingTimeMillis: 'bigint', recipients: TEXTS, smtpResponse: TEXT, reportingMTA: TEXT }),
  bounce: struct({
    bounceType: TEXT,
    bounceSubType: TEXT,
    bouncedRecipients: array(struct({ emailAddress: TEXT, action: TEXT, status: TEXT, diagnosticCode: TEXT })),
    timestamp: TEXT,
    feedbackId: TEXT,
    reportingMTA: TEXT,
  }),
  complaint: struct({
    complainedRecipients: array(struct({ emailAddress: TEXT })),
    timestamp: TEXT,
    feedbackId: TEXT,
    complaintSubType: TEXT,
    userAgent: TEXT,
    complaintFeedbackType: TEXT,
    arrivalDate: TEXT,
  }),
  deliveryDelay: struct({
    delayType: TEXT,
    delayedRecipients: array(struct({ emailAddress: TEXT, status: TEXT, diagnosticCode: TEXT })),
    expirationTime: TEXT,
    reportingMTA: TEXT,
    timestamp: TEXT,
  }),
  subscription: struct({
    contactList: TEXT,
    timestamp: TEXT,
    source: TEXT,
    newTopicPreferences: TOPIC_PREFERENCES,
    oldTopicPreferences: TOPIC_PREFERENCES,
  }),
  open: struct({ ipAddress: TEXT, timestamp: TEXT, userAgent: TEXT }),
  click: struct({ ipAddress: TEXT, timestamp: TEXT, userAgent: TEXT, link: TEXT, linkTags: TEXTS_BY_NAME }),
});

function columns(types: Record<string, string>): EventColumn[] {
  return Object.entries(types).map(([name, type]) => ({ name: name.toLowerCase(), type }));
}

/** The fields have lower-case names, too: the reader of the table finds the record's own spelling whatever its case. */
function struct(fields: Record<string, string>): string {
  return `struct<${Object.entries(fields).map(([name, type]) => `${name.toLowerCase()}:${type}`).join(',')}>`;
}

function array(of: string): string {
  return `array<${of}>`;
}

function map(of: string): string {
  return `map<${TEXT},${of}>`;
}
