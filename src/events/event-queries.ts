import { type EventTypeName, EVENT_TYPES } from '../ses/event-type';

/** A query that is kept beside the table, for people to start from. */
export interface EventQuery {
  /** What it is called in the template. */
  readonly id: string;

  /** What people see in the list of saved queries. */
  readonly name: string;

  /** What it answers. */
  readonly description: string;

  /** The query. */
  readonly sql: string;
}

/** The days are texts like 2026-07-10, so this is a comparison of texts, and Athena reads the objects of these days alone. */
const LAST_DAYS = 'dt >= date_format(current_date - interval \'7\' day, \'%Y-%m-%d\') -- the last 7 days (UTC); each day more is more to read and to pay';

/** A line for each recipient of an event, where there is a list of them. The names are the fields of the struct, in its order. */
const BOUNCED = 'CROSS JOIN UNNEST(bounce.bouncedrecipients) AS recipient (emailaddress, action, status, diagnosticcode)';
const COMPLAINED = 'CROSS JOIN UNNEST(complaint.complainedrecipients) AS recipient (emailaddress)';
const DELAYED = 'CROSS JOIN UNNEST(deliverydelay.delayedrecipients) AS recipient (emailaddress, status, diagnosticcode)';

const CAMPAIGN = firstTag('campaign', 'campaign');

/** The events that have an instant of their own. The others happen when the message is sent. */
const TIMED: readonly EventTypeName[] = ['bounce', 'complaint', 'delivery', 'deliveryDelay', 'subscription', 'open', 'click'];

/**
 * The queries over a table of events.
 *
 * @param table how a query names the table, e.g. `"mail"."events"`
 */
export function eventQueries(table: string): EventQuery[] {
  return [...recentEvents(table), ...summaries(table), messageTimeline(table)];
}

/** The latest events of each type, with what there is to know of them. */
function recentEvents(table: string): EventQuery[] {
  const recent = (event: EventTypeName, columns: string[], join?: string): string => select({
    columns: [`${instantOf(event)} AS happened`, 'mail.messageid', ...columns, CAMPAIGN, firstTag('ses:configuration-set', 'configuration_set')],
    table,
    join,
    where: is(event),
    end: 'ORDER BY happened DESC\nLIMIT 1000',
  });
  return [
    {
      id: 'Sends',
      name: 'SES: sends',
      description: 'Messages that SES accepted.',
      sql: recent('send', ['mail.source', 'mail.destination', 'mail.commonheaders.subject']),
    },
    {
      id: 'RenderingFailures',
      name: 'SES: rendering failures',
      description: 'Templates that could not be filled in, and what was missing.',
      sql: recent('renderingFailure', ['failure.templatename', 'failure.errormessage', 'mail.destination']),
    },
    {
      id: 'Rejects',
      name: 'SES: rejects',
      description: 'Messages that SES did not send because of a virus.',
      sql: recent('reject', ['reject.reason', 'mail.source', 'mail.destination']),
    },
    {
      id: 'Deliveries',
      name: 'SES: deliveries',
      description: 'Messages that the server of the recipient took, how long it took and what it said.',
      sql: recent('delivery', ['delivery.recipients', 'delivery.processingtimemillis', 'delivery.smtpresponse', 'delivery.reportingmta']),
    },
    {
      id: 'Bounces',
      name: 'SES: bounces',
      description: 'Recipients that bounced, with the reason that their server gave.',
      sql: recent('bounce', ['bounce.bouncetype', 'bounce.bouncesubtype', 'recipient.emailaddress', 'recipient.status', 'recipient.diagnosticcode'], BOUNCED),
    },
    {
      id: 'Complaints',
      name: 'SES: complaints',
      description: 'Recipients who may have complained. Most mailbox providers hide who did; then all recipients of the message at the provider are named.',
      sql: recent('complaint', ['recipient.emailaddress', 'complaint.complaintfeedbacktype', 'complaint.complaintsubtype', 'mail.commonheaders.subject'], COMPLAINED),
    },
    {
      id: 'DeliveryDelays',
      name: 'SES: delivery delays',
      description: 'Messages that SES keeps trying to deliver, and until when.',
      sql: recent('deliveryDelay', ['deliverydelay.delaytype', 'recipient.emailaddress', 'recipient.diagnosticcode', 'deliverydelay.expirationtime'], DELAYED),
    },
    {
      id: 'Subscriptions',
      name: 'SES: subscriptions',
      description: 'Changes that recipients made to their subscriptions.',
      sql: recent('subscription', [
        'subscription.contactlist', 'subscription.source', 'mail.destination', 'subscription.newtopicpreferences', 'subscription.oldtopicpreferences',
      ]),
    },
    {
      id: 'Opens',
      name: 'SES: opens',
      description: 'Opened messages. Programs that load pictures on behalf of recipients count, too.',
      sql: recent('open', ['mail.destination', 'open.useragent', 'open.ipaddress']),
    },
    {
      id: 'Clicks',
      name: 'SES: clicks',
      description: 'Followed links.',
      sql: recent('click', ['click.link', 'click.linktags', 'mail.destination', 'click.useragent', 'click.ipaddress']),
    },
  ];
}

/** What many events say together. */
function summaries(table: string): EventQuery[] {
  return [
    {
      id: 'BouncingDomains',
      name: 'SES: top bouncing domains',
      description: 'The recipient domains with most bounces, and how many of those are permanent.',
      sql: select({
        columns: [
          'lower(regexp_extract(recipient.emailaddress, \'@([^@<>]+)>?$\', 1)) AS domain',
          'count(*) AS bounces',
          'count_if(bounce.bouncetype = \'Permanent\') AS permanent',
          'count(DISTINCT mail.messageid) AS messages',
        ],
        table,
        join: BOUNCED,
        where: is('bounce'),
        end: 'GROUP BY 1\nORDER BY bounces DESC\nLIMIT 100',
      }),
    },
    {
      id: 'ComplaintsByCampaign',
      name: 'SES: complaints by campaign',
      description: 'Complaints for each value of the message tag "campaign", and what share of its deliveries they are.',
      sql: select({
        columns: [
          CAMPAIGN,
          `count_if(${is('complaint')}) AS complaints`,
          `count_if(${is('delivery')}) AS deliveries`,
          `round(1e2 * count_if(${is('complaint')}) / nullif(count_if(${is('delivery')}), 0), 3) AS complaint_percent`,
        ],
        table,
        where: `(${is('complaint')} OR ${is('delivery')})`,
        end: 'GROUP BY 1\nORDER BY complaints DESC\nLIMIT 100',
      }),
    },
    {
      id: 'DelaysByType',
      name: 'SES: delays by type',
      description: 'Why deliveries are delayed. SES writes some types in more than one way, so they are in lower case here.',
      sql: select({
        columns: ['lower(replace(deliverydelay.delaytype, \' \')) AS delay_type', 'count(*) AS delays', 'count(DISTINCT mail.messageid) AS messages'],
        table,
        where: is('deliveryDelay'),
        end: 'GROUP BY 1\nORDER BY delays DESC',
      }),
    },
  ];
}

function messageTimeline(table: string): EventQuery {
  return {
    id: 'MessageTimeline',
    name: 'SES: time line of a message',
    description: 'All that happened to one message. The parameter is its ID as SES returned it, in single quotation marks.',
    sql: select({
      columns: [
        `coalesce(${[...TIMED, 'send' as const].map(instantOf).join(', ')}) AS happened`,
        'eventtype',
        'coalesce(bounce.bouncesubtype, complaint.complaintfeedbacktype, deliverydelay.delaytype, delivery.smtpresponse, reject.reason, failure.errormessage, ' +
          'click.link, subscription.source) AS detail',
        'mail.destination',
      ],
      table,
      where: 'mail.messageid = ?',
      end: 'ORDER BY happened',
    }),
  };
}

interface Clauses {
  readonly columns: string[];
  readonly table: string;
  readonly join?: string;
  readonly where: string;
  readonly end: string;
}

function select({ columns, table, join, where, end }: Clauses): string {
  return [`SELECT\n  ${columns.join(',\n  ')}`, `FROM ${table}`, ...join ? [join] : [], `WHERE ${where}`, `  AND ${LAST_DAYS}`, end].join('\n');
}

function is(event: EventTypeName): string {
  return `eventtype = '${EVENT_TYPES[event].record}'`;
}

/** When an event happened. The field has the name of a type of SQL, hence the quotation marks. */
function instantOf(event: EventTypeName): string {
  return `${TIMED.includes(event) ? EVENT_TYPES[event].payload.toLowerCase() : 'mail'}."timestamp"`;
}

/** The first value of a message tag, or null: a subscript would fail for a message without the tag. */
function firstTag(tag: string, alias: string): string {
  return `element_at(element_at(mail.tags, '${tag}'), 1) AS ${alias}`;
}
