import { EVENT_RECORDS } from './records';
import { EVENT_COLUMNS } from '../../src/events/event-archive-table';
import { redactRecord } from '../../src/events/redaction';
import { EVENT_TYPES } from '../../src/ses/event-type';

type Fields = Map<string, string>;

/** The fields of a struct, read from its Hive type: the commas outside of further brackets divide them. */
function fieldsOf(struct: string): Fields {
  const fields: Fields = new Map();
  let depth = 0;
  let start = 0;
  const inner = struct.slice('struct<'.length, -1);
  [...inner, ','].forEach((character, index) => {
    depth += character === '<' ? 1 : character === '>' ? -1 : 0;
    if (character !== ',' || depth > 0) return;
    const [, name, type] = /^([a-z]+):(.+)$/.exec(inner.slice(start, index))!;
    fields.set(name, type);
    start = index + 1;
  });
  return fields;
}

/** Where a value of a record does not fit a type. */
function misfits(value: unknown, type: string, path: string): string[] {
  const fault = [`${path} is ${JSON.stringify(value)}, the table has ${type}`];
  if (value === null) return [];
  if (type === 'string') return ['string', 'boolean', 'number'].includes(typeof value) ? [] : fault;
  if (type === 'bigint') return Number.isInteger(value) ? [] : fault;
  if (type === 'boolean') return typeof value === 'boolean' ? [] : fault;
  if (type.startsWith('array<')) {
    return Array.isArray(value) ? value.flatMap((item, index) => misfits(item, type.slice('array<'.length, -1), `${path}[${index}]`)) : fault;
  }
  if (typeof value !== 'object' || Array.isArray(value)) return fault;
  const entries: [string, unknown][] = Object.entries(value);
  if (type.startsWith('map<string,')) return entries.flatMap(([key, item]) => misfits(item, type.slice('map<string,'.length, -1), `${path}['${key}']`));
  if (!type.startsWith('struct<')) return fault;
  return inColumns(entries, fieldsOf(type), `${path}.`);
}

function inColumns(entries: [string, unknown][], types: Fields, path = ''): string[] {
  return entries.flatMap(([name, value]) => {
    const type = types.get(name.toLowerCase());
    return type ? misfits(value, type, path + name) : [`${path}${name} has no place in the table`];
  });
}

const COLUMNS: Fields = new Map(EVENT_COLUMNS.map(({ name, type }) => [name, type]));

describe.each(Object.entries(EVENT_RECORDS))('the record of %s', (_, record) => {
  test('has a place in the table for every field, with a type that takes it', () => {
    expect(inColumns(Object.entries(record), COLUMNS)).toEqual([]);
  });

  test('has one without personal data, too', () => {
    expect(inColumns(Object.entries(redactRecord(record) as object), COLUMNS)).toEqual([]);
  });
});

/** What SES documents and the records above do not have. */
test.each<[string, object]>([
  ['headersTruncated as the text that is documented', { mail: { headersTruncated: 'false' } }],
  ['the date among the common headers', { mail: { commonHeaders: { date: 'Fri, 10 Jul 2026 08:15:30 +0000' } } }],
  ['the sub-type of a complaint', { complaint: { complaintSubType: 'OnAccountSuppressionList' } }],
  ['a sub-type that is null', { complaint: { complaintSubType: null } }],
  ['who reports a delay', { deliveryDelay: { reportingMTA: '198.51.100.7' } }],
  ['defaults of topics', {
    subscription: { newTopicPreferences: { unsubscribeAll: false, topicDefaultSubscriptionStatus: [{ topicName: 'offers', subscriptionStatus: 'OptIn' }] } },
  }],
])('%s has a place in the table', (_, part) => {
  expect(inColumns(Object.entries(part), COLUMNS)).toEqual([]);
});

test('there is a column for what each type of event carries, and no other beside the type and the message', () => {
  const payloads = Object.values(EVENT_TYPES).map(({ payload }) => payload.toLowerCase());
  expect([...COLUMNS.keys()].sort()).toEqual(['eventtype', 'mail', ...payloads].sort());
});

test('the check of the fit finds what does not', () => {
  expect(inColumns(Object.entries({
    mail: { messageId: ['one'], colour: 'red', tags: { campaign: 'summer' } }, delivery: { processingTimeMillis: '12' }, parcel: {},
  }), COLUMNS)).toEqual([
    'mail.messageId is ["one"], the table has string',
    'mail.colour has no place in the table',
    'mail.tags[\'campaign\'] is "summer", the table has array<string>',
    'delivery.processingTimeMillis is "12", the table has bigint',
    'parcel has no place in the table',
  ]);
});

test('names of columns and fields are in lower case, as Glue keeps them', () => {
  expect(EVENT_COLUMNS.filter(({ name, type }) => name + type !== (name + type).toLowerCase())).toEqual([]);
});
