import { EVENT_COLUMNS } from '../../src/events/event-archive-table';
import { eventQueries } from '../../src/events/event-queries';
import { EVENT_TYPES } from '../../src/ses/event-type';

const TABLE = '"mail"."events"';
const QUERIES = eventQueries(TABLE);
const named = (id: string) => QUERIES.find(query => query.id === id)!.sql;

/** Text without the literals of a query, in which anything may stand. */
const withoutLiterals = (sql: string) => sql.replace(/--.*/g, '').replace(/'[^']*'/g, '\'\'');

describe.each(QUERIES.map(query => [query.id, query.sql] as const))('%s', (_, sql) => {
  test('reads the table, and the last seven days of it alone', () => {
    expect(sql).toContain(`FROM ${TABLE}\n`);
    expect(sql).toContain('dt >= date_format(current_date - interval \'7\' day, \'%Y-%m-%d\')');
  });

  test('names fields that the table has', () => {
    const paths = [...withoutLiterals(sql).matchAll(/\b([a-z]+)\.("?[a-z]+"?)(?:\.([a-z]+))?/g)].filter(([, column]) => column !== 'recipient');
    expect(paths.length).toBeGreaterThan(0);
    for (const [path, column, field, inner] of paths) {
      const type = EVENT_COLUMNS.find(({ name }) => name === column)?.type ?? '';
      const has = (name: string) => new RegExp(`[<,]${name.replace(/"/g, '')}:`).test(type);
      expect([path, has(field) && (inner === undefined || has(inner))]).toEqual([path, true]);
    }
  });

  test('takes lists of recipients apart by the fields that they have, and reads no other', () => {
    const join = /UNNEST\(([a-z]+)\.([a-z]+)\) AS recipient \(([^)]*)\)/.exec(sql);
    const read = [...withoutLiterals(sql).matchAll(/\brecipient\.([a-z]+)/g)].map(([, field]) => field);
    const [, column, list, fields] = join ?? ['', '', '', ''];
    const type = EVENT_COLUMNS.find(({ name }) => name === column)?.type ?? '';
    const has = new RegExp(`[<,]${list}:array<struct<([^>]*)>>`).exec(type)?.[1].split(',').map(field => field.split(':')[0]) ?? [''];
    expect(fields.split(', ')).toEqual(has);
    expect(read.filter(field => !has.includes(field))).toEqual([]);
  });

  test('takes a tag so that a message without it does not make the query fail', () => {
    expect(withoutLiterals(sql)).not.toMatch(/\[/);
  });
});

test('there is a query for each of the ten types of events', () => {
  const types = Object.values(EVENT_TYPES).map(({ record }) => record);
  const asked = QUERIES.slice(0, types.length).map(({ sql }) => /eventtype = '([^']*)'/.exec(sql)?.[1]);
  expect(asked.sort()).toEqual([...types].sort());
});

test('the queries beside those ask for domains, campaigns, reasons and one message', () => {
  expect(QUERIES.slice(10).map(({ id }) => id)).toEqual(['BouncingDomains', 'ComplaintsByCampaign', 'DelaysByType', 'MessageTimeline']);
  expect(named('BouncingDomains')).toContain('GROUP BY 1\nORDER BY bounces DESC');
  expect(named('ComplaintsByCampaign')).toContain('element_at(element_at(mail.tags, \'campaign\'), 1) AS campaign');
  expect(named('DelaysByType')).toContain('deliverydelay.delaytype');
  expect(named('MessageTimeline')).toContain('WHERE mail.messageid = ?\n');
});

test('an event has its own time where it has one, and that of its message otherwise', () => {
  expect(named('Bounces')).toContain('bounce."timestamp" AS happened');
  expect(named('DeliveryDelays')).toContain('deliverydelay."timestamp" AS happened');
  expect(named('RenderingFailures')).toContain('mail."timestamp" AS happened');
  expect(named('MessageTimeline')).toMatch(/coalesce\(bounce."timestamp", .*, mail."timestamp"\) AS happened/);
});

test('names and descriptions are as long as Athena takes them, and names differ', () => {
  expect(QUERIES.filter(({ name, description }) => name.length > 128 || description.length > 1024)).toEqual([]);
  expect(new Set(QUERIES.map(({ name }) => name)).size).toBe(QUERIES.length);
});
