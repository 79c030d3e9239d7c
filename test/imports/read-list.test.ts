import fc from 'fast-check';
import { contactRows } from '../../src/imports/contact-row';
import type { RowReader } from '../../src/imports/list-row';
import { readList } from '../../src/imports/read-list.lambda-shared';
import { SUPPRESS, UNSUPPRESS } from '../../src/imports/suppression-row';

interface Limits {
  readonly rowsPerPart?: number;
  readonly bytesPerPart?: number;
  readonly rowsMax?: number;
}

/** Reads a text that comes in pieces. */
async function read(reader: RowReader, text: string, { rowsPerPart = 1_000, ...limits }: Limits = {}, pieces = 7) {
  const parts: string[] = [];
  async function* source() {
    const characters = [...text];
    for (let at = 0; at < characters.length; at += pieces) yield characters.slice(at, at + pieces).join('');
  }
  const list = await readList(source(), { reader, rowsPerPart, write: async (part, lines) => void (parts[part] = lines), ...limits });
  const rows = parts.flatMap(part => part.trimEnd().split('\n')).map(line => JSON.parse(line) as Record<string, unknown>);
  return { ...list, texts: parts, rows };
}

const problems = async (reader: RowReader, text: string, limits?: Limits) => (await read(reader, text, limits)).problems.map(({ line, problem }) => `${line}: ${problem}`);

const word = fc.stringMatching(/^[a-z0-9]{1,8}$/);
const address = fc.tuple(fc.stringMatching(/^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]{1,10}$/), word, word).map(([local, domain, top]) => `${local}@${domain}.${top}`);
const suppressedRow = fc.record({ emailAddress: address, reason: fc.constantFrom('BOUNCE', 'COMPLAINT') });
const rowsOf = <T extends { emailAddress: string }>(row: fc.Arbitrary<T>) =>
  fc.uniqueArray(row, { minLength: 1, maxLength: 30, selector: ({ emailAddress }) => emailAddress });
const lineEnd = fc.constantFrom('\n', '\r\n');

test('rows of CSV and of JSON are the same rows, however they come in pieces', async () => {
  await fc.assert(fc.asyncProperty(rowsOf(suppressedRow), lineEnd, fc.integer({ min: 1, max: 50 }), async (rows, end, pieces) => {
    const csv = await read(SUPPRESS, rows.map(({ emailAddress, reason }) => `${emailAddress},${reason}`).join(end), {}, pieces);
    const json = await read(SUPPRESS, rows.map(row => JSON.stringify(row)).join(end), {}, pieces);
    expect([csv.problems, csv.rows, json.problems, json.rows]).toEqual([[], rows, [], rows]);
  }), { numRuns: 50 });
});

test('parts have no more rows and bytes than is said, and together all rows in order', async () => {
  const [rowMax, byteMax] = [fc.integer({ min: 1, max: 9 }), fc.integer({ min: 80, max: 400 })];
  await fc.assert(fc.asyncProperty(rowsOf(suppressedRow), rowMax, byteMax, async (rows, rowsPerPart, bytesPerPart) => {
    const { parts, texts, rows: found } = await read(SUPPRESS, rows.map(row => JSON.stringify(row)).join('\n'), { rowsPerPart, bytesPerPart });
    expect(found).toEqual(rows);
    expect(texts.map(text => text.trimEnd().split('\n').length)).toEqual(parts);
    texts.forEach((text, part) => expect(parts[part] <= rowsPerPart && Buffer.byteLength(text) <= bytesPerPart).toBe(true));
  }), { numRuns: 50 });
});

test('a row that comes again is dropped, and one that says something else is reported', async () => {
  await fc.assert(fc.asyncProperty(rowsOf(suppressedRow), fc.integer({ min: 1, max: 3 }), async (rows, times) => {
    const again = Array.from({ length: times }, () => rows).flat();
    const { duplicates, rows: found, problemCount } = await read(SUPPRESS, again.map(row => JSON.stringify(row)).join('\n'));
    expect([duplicates, found, problemCount]).toEqual([rows.length * (times - 1), rows, 0]);
  }), { numRuns: 20 });
  expect(await problems(SUPPRESS, 'a@x.org,BOUNCE\na@X.org,COMPLAINT')).toEqual(['2: says something else of an address than a line above']);
});

test('contacts survive the way through CSV, whatever their attributes are', async () => {
  const topics = ['Sports', 'Cycling'];
  const attributes = fc.dictionary(word, fc.oneof(fc.string({ unit: 'binary' }), fc.integer(), fc.boolean()), { maxKeys: 3 });
  const contact = fc.record({ emailAddress: address, unsubscribeAll: fc.boolean(), attributes, statuses: fc.tuple(...topics.map(() => fc.constantFrom('OPT_IN', 'OPT_OUT', ''))) });
  await fc.assert(fc.asyncProperty(rowsOf(contact), async contacts => {
    const quoted = (text: string) => `"${text.replace(/"/g, '""')}"`;
    const lines = contacts.map(({ emailAddress, unsubscribeAll, attributes: given, statuses }) => [emailAddress, unsubscribeAll, quoted(JSON.stringify(given)), ...statuses].join(','));
    const { rows, problems: wrong } = await read(contactRows(topics), ['emailAddress,unsubscribeAll,attributesData,topicPreferences.Sports,topicPreferences.Cycling', ...lines].join('\n'));
    expect(wrong).toEqual([]);
    const found = rows.map(row => ({ ...row, attributesData: JSON.parse(row.attributesData as string) as object }));
    expect(found).toEqual(contacts.map(({ emailAddress, unsubscribeAll, attributes: given, statuses }) => {
      const topicPreferences = topics.map((topicName, at) => ({ topicName, subscriptionStatus: statuses[at] })).filter(({ subscriptionStatus }) => subscriptionStatus !== '');
      return { emailAddress, unsubscribeAll, attributesData: given, ...topicPreferences.length > 0 ? { topicPreferences } : {} };
    }));
  }), { numRuns: 50 });
});

test('no problem repeats an address', async () => {
  const line = fc.oneof(address, fc.string({ unit: 'binary' }), address.map(given => `{"emailAddress":"${given}"`), address.map(given => `"${given}`), suppressedRow.map(row => JSON.stringify({ ...row, more: 1 })));
  await fc.assert(fc.asyncProperty(fc.array(line, { maxLength: 10 }), async lines => {
    for (const reader of [SUPPRESS, UNSUPPRESS, contactRows(['Sports'])]) {
      expect((await problems(reader, lines.join('\n'))).filter(problem => problem.includes('@') && !problem.includes('local-part@domain'))).toEqual([]);
    }
  }), { numRuns: 50 });
});

test.each<[string, RowReader, string, string[]]>([
  ['a header line in a list of addresses', SUPPRESS, 'emailAddress,reason\na@x.org,BOUNCE', [
    '1: has no address that SES takes: give local-part@domain in ASCII, without a display name, and an internationalized domain as xn--',
  ]],
  ['a line without a reason', SUPPRESS, 'a@x.org', ['1: has 1 cells; a row is address,BOUNCE or address,COMPLAINT, and there is no header line']],
  ['another reason, of a line to take off too', UNSUPPRESS, 'a@x.org\nb@x.org,SPAM', ['2: has no reason that SES takes: BOUNCE or COMPLAINT']],
  ['a member that SES does not know', SUPPRESS, '{"emailAddress":"a@x.org","reason":"BOUNCE","note":"x"}', ['1: has other members than emailAddress, reason']],
  ['a JSON list', SUPPRESS, '{"emailAddress":"a@x.org","reason":"BOUNCE"}\n[1]\n{"emailAddress":"b@x.org","reason":"BOUNCE"},', [
    '2: is no JSON object', '3: is no JSON object; each line has one, without a comma behind it',
  ]],
  ['a row without an address', SUPPRESS, '{"reason":"BOUNCE"}', ['1: has no address']],
  ['a quote that does not end', SUPPRESS, 'a@x.org,BOUNCE\n"b@x.org,BOUNCE\nc@x.org,BOUNCE\n', [
    '3: is in a quote that does not end, or in a row that is too long; what is behind it was not read',
  ]],
  ['contacts without a header line', contactRows([]), 'a@x.org,false\n', ['1: is no header line: the first line names the columns, and one is emailAddress']],
  ['a column that comes twice', contactRows([]), 'emailAddress,emailAddress\n', ['1: names a column twice']],
  ['a topic that the list does not have', contactRows(['Sports']), 'emailAddress,topicPreferences.Chess\n', [
    '1: names a column that there is not, number 2; the contact list takes emailAddress, unsubscribeAll, attributesData, topicPreferences.Sports',
  ]],
  ['attributes with a bare comma', contactRows([]), 'emailAddress,attributesData\na@x.org,{"a":1,2}\n', [
    '2: has 3 cells, and the header line 2; attributesData with a comma has to be in quotes, its own quotes doubled',
  ]],
  ['attributes with a bare comma before a quote', contactRows([]), 'emailAddress,attributesData\na@x.org,{"a":1,"b":2}\n', [
    '2: has something behind a quote: a cell with a comma in it has to be in quotes, its own quotes doubled; what is behind it was not read',
  ]],
  ['attributes that are no object', contactRows([]), 'emailAddress,attributesData\na@x.org,[1]\nb@x.org,{a\n', [
    '2: has attributesData that is no text with a JSON object in it', '3: has attributesData that is no text with a JSON object in it',
  ]],
  ['attributes that are an object', contactRows([]), '{"emailAddress":"a@x.org","attributesData":{"a":1}}', ['1: has attributesData that is no text with a JSON object in it']],
  ['no yes and no no', contactRows([]), 'emailAddress,unsubscribeAll\na@x.org,yes\n', ['2: says neither true nor false in unsubscribeAll']],
  ['no yes and no no in JSON', contactRows([]), '{"emailAddress":"a@x.org","unsubscribeAll":"true"}', ['1: says neither true nor false in unsubscribeAll']],
  ['another status', contactRows(['Sports']), 'emailAddress,topicPreferences.Sports\na@x.org,IN\n', ['2: has a status of a topic that is not OPT_IN or OPT_OUT']],
  ['preferences that are no list', contactRows(['Sports']), '{"emailAddress":"a@x.org","topicPreferences":{}}', ['1: has topicPreferences that are no list']],
  ['two preferences on one topic', contactRows(['Sports']),
    '{"emailAddress":"a@x.org","topicPreferences":[{"topicName":"Sports","subscriptionStatus":"OPT_IN"},{"topicName":"Sports","subscriptionStatus":"OPT_OUT"}]}',
    ['1: has two preferences on one topic']],
  ['a topic in JSON that the list does not have', contactRows([]), '{"emailAddress":"a@x.org","topicPreferences":[{"topicName":"Chess","subscriptionStatus":"OPT_IN"}]}',
    ['1: names a topic that the contact list does not have; it has none']],
])('says what is wrong with which line: %s', async (_, reader, text, expected) => {
  expect(await problems(reader, text)).toEqual(expected);
});

test('more addresses than are compared at a time are refused', async () => {
  expect(await problems(UNSUPPRESS, 'a@x.org\nb@x.org\nc@x.org\nd@x.org', { rowsMax: 2 })).toEqual(['3: is too much: the file has more than 2 different addresses; cut it into several files']);
});

test('a row of JSON that is longer than any is refused', async () => {
  expect(await problems(SUPPRESS, `{"emailAddress":"${'a'.repeat(70_000)}`)).toEqual(['1: has more than 65536 characters']);
});

test('a hundred problems are listed, and all are counted', async () => {
  const list = await read(UNSUPPRESS, 'x\n'.repeat(250));
  expect([list.problems.length, list.problemCount, list.texts]).toEqual([100, 250, []]);
});
