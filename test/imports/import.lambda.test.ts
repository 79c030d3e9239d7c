/* The steps of an import as they are deployed, with the real SDK and over the real wire, against fakes of SES and S3; the state machine is played. */
import type { ImportOutcome, ImportState, ImportStep } from '../../src/imports/import-constants';
import { handler } from '../../src/imports/import.lambda';
import { FakeBucket } from '../support/fake-bucket';
import { Refusal } from '../support/fake-service';
import { FakeSesImports } from '../support/fake-ses-imports';
import { hurry } from '../support/hurry';

const bucket = new FakeBucket('lists');
const ses = new FakeSesImports(bucket, 'lists');
const CONTEXT = { getRemainingTimeInMillis: () => 900_000 };
let logged: jest.SpyInstance;
/** All that Step Functions has seen. */
let seen: string[];

beforeAll(async () => {
  await Promise.all([bucket.start(), ses.start()]);
  Object.assign(process.env, {
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: 'AKIAFAKE',
    AWS_SECRET_ACCESS_KEY: 'fake',
    AWS_ENDPOINT_URL_SESV2: ses.endpoint,
    AWS_ENDPOINT_URL_S3: bucket.endpoint,
    IMPORT: JSON.stringify({
      bucketName: 'lists',
      bucketUrl: 'https://lists.example',
      contactListName: 'Readers',
      prefixes: { 'suppress/': 'suppress', 'unsuppress/': 'unsuppress', 'contacts/': 'contacts' },
    }),
  });
});
afterAll(() => Promise.all([bucket.stop(), ses.stop()]));

beforeEach(() => {
  bucket.reset();
  ses.reset();
  seen = [];
  logged = jest.spyOn(console, 'log').mockImplementation(() => {});
});
afterEach(() => jest.restoreAllMocks());

let uploads = 0;

function upload(key: string, text: string | Buffer): ImportState {
  return { key, etag: bucket.put(key, Buffer.from(text)), sequencer: String(++uploads) };
}

async function step<T = ImportState>(name: ImportStep['step'], state: ImportState, more: Partial<ImportStep> = {}): Promise<T> {
  const given: ImportStep = { step: name, execution: 'first', startedAt: new Date().toISOString(), retries: 0, state, ...more };
  const answer = JSON.parse(JSON.stringify(await handler(given, CONTEXT))) as T;
  seen.push(JSON.stringify(answer));
  return answer;
}

/** What the state machine does. */
async function play(state: ImportState, execution = 'first'): Promise<ImportOutcome & { state: ImportState }> {
  let at = await step('read', state, { execution });
  while (at.next !== 'report') {
    if (at.next === 'skip') return { ok: true, subject: 'nothing to do', message: '', state: at };
    at = await step(at.next === 'start' ? 'start' : 'look', at, { execution });
  }
  return { ...await step<ImportOutcome>('report', at, { execution }), state: at };
}

const reportOf = ({ run }: ImportState) => JSON.parse(bucket.text(`reports/${run}/report.json`)!) as Record<string, any>;
const problemsOf = ({ run }: ImportState) => JSON.parse(bucket.text(`reports/${run}/problems.json`)!) as Record<string, any>;
const created = () => ses.calls.filter(call => call === 'CreateImportJob');

describe('a list is imported', () => {
  test('CSV of addresses to suppress, of which each is one row in JSON', async () => {
    const { ok, subject, message, state } = await play(upload('suppress/july.csv', 'ann@Example.com,BOUNCE\r\nbob@example.com,COMPLAINT\r\nann@example.com,BOUNCE\r\n'));
    expect(Object.fromEntries(ses.suppressed)).toEqual({ 'ann@example.com': 'BOUNCE', 'bob@example.com': 'COMPLAINT' });
    expect([...ses.jobs.values()].map(({ destination, source }) => ({ destination, source }))).toEqual([{
      destination: { SuppressionListDestination: { SuppressionListImportAction: 'PUT' } }, source: { S3Url: `s3://lists/jobs/${state.run}/0001.ndjson`, DataFormat: 'JSON' },
    }]);
    expect(bucket.text(`jobs/${state.run}/0001.ndjson`)).toBe('{"emailAddress":"ann@example.com","reason":"BOUNCE"}\n{"emailAddress":"bob@example.com","reason":"COMPLAINT"}\n');
    expect({ ok, subject }).toEqual({ ok: true, subject: 'SES import: done' });
    expect(message).toBe(`Readers, file suppress/july.csv:\n2 rows in 1 jobs, 2 processed, 0 failed.\nReport: s3://lists/reports/${state.run}/report.json`);
    expect(reportOf(state)).toEqual({
      run: state.run,
      file: 'suppress/july.csv',
      ok: true,
      rows: 2,
      duplicates: 1,
      jobsPlanned: 1,
      jobs: [{ jobId: 'job-1', rows: 2, status: 'COMPLETED', processed: 2, failed: 0 }],
    });
  });

  test('addresses to take off, as they were put or alone', async () => {
    ['ann@example.com', 'bob@example.com', 'eve@example.com'].forEach(address => ses.suppressed.set(address, 'BOUNCE'));
    expect(await play(upload('unsuppress/a.csv', 'ann@example.com,BOUNCE\nbob@example.com\n'))).toMatchObject({ ok: true });
    expect([...ses.suppressed.keys()]).toEqual(['eve@example.com']);
  });

  test('contacts, with attributes as the samples of AWS have them', async () => {
    ses.contactList = { name: 'Readers', topics: ['Sports', 'Cycling'] };
    const csv = [
      'emailAddress,unsubscribeAll,attributesData,topicPreferences.Sports,topicPreferences.Cycling',
      'ann@example.com,false,{"Name": "John"},OPT_IN,OPT_OUT',
      'bob@example.com,,"{""Name"":""Bob, Jr."",""Age"":3}",,OPT_IN',
      '',
    ].join('\n');
    expect(await play(upload('contacts/a.csv', csv))).toMatchObject({ ok: true });
    expect(Object.fromEntries(ses.contacts)).toEqual({
      'ann@example.com': {
        unsubscribeAll: false,
        attributesData: '{"Name": "John"}',
        topicPreferences: [{ topicName: 'Sports', subscriptionStatus: 'OPT_IN' }, { topicName: 'Cycling', subscriptionStatus: 'OPT_OUT' }],
      },
      'bob@example.com': { attributesData: '{"Name":"Bob, Jr.","Age":3}', topicPreferences: [{ topicName: 'Cycling', subscriptionStatus: 'OPT_IN' }] },
    });
    expect([...ses.jobs.values()][0].destination).toEqual({ ContactListDestination: { ContactListName: 'Readers', ContactListImportAction: 'PUT' } });
  });

  test('in as many jobs as SES needs, one after another: 100,001 rows are two', async () => {
    const csv = Array.from({ length: 100_001 }, (_, number) => `p${number}@example.com,BOUNCE\n`).join('');
    const { ok, state } = await play(upload('suppress/big.csv', csv));
    expect({ ok, parts: state.parts, size: ses.suppressed.size }).toEqual({ ok: true, parts: [100_000, 1], size: 100_001 });
    expect(ses.calls).toEqual(['GetAccount', 'CreateImportJob', 'GetImportJob job-1', 'GetImportJob job-1', 'CreateImportJob', 'GetImportJob job-2', 'GetImportJob job-2']);
  }, 30_000);

  test('10,001 rows to take off are two', async () => {
    const csv = Array.from({ length: 10_001 }, (_, number) => `p${number}@example.com\n`).join('');
    expect((await play(upload('unsuppress/big.csv', csv))).state.parts).toEqual([10_000, 1]);
  }, 30_000);

  test('no address is in the log, in the state of the machine or in the message', async () => {
    ses.refused.add('bob@example.com');
    ses.suppressed.set('bob@example.com', 'BOUNCE');
    await play(upload('suppress/a.csv', 'ann@example.com,BOUNCE\nbob@example.com,BOUNCE\n'));
    await play(upload('suppress/b.csv', 'ann@example.com,NO\n{"ann@example.com\n"ann@example.com'));
    await play(upload('suppress/c.json', '{"emailAddress":"ann@example.com" "reason"}\n'));
    expect(seen.length).toBeGreaterThan(6);
    expect([...seen, ...logged.mock.calls.flat().map(String)].filter(line => line.includes('example.com'))).toEqual([]);
  });
});

describe('nothing is imported', () => {
  test('of a list with bad lines: the report has them, and repeats no address', async () => {
    const { ok, message, state } = await play(upload('suppress/a.csv', 'ann@example.com,BOUNCE\nAnn <ann@example.com>,BOUNCE\n\nbob@example.com,SPAM\nann@example.com,COMPLAINT\neve@example.com\n'));
    expect({ ok, jobs: ses.jobs.size, parts: bucket.keys.filter(key => key.startsWith('jobs/')) }).toEqual({ ok: false, jobs: 0, parts: [] });
    expect(message).toContain('4 lines are wrong, so nothing was imported; correct them and upload the file again');
    expect(problemsOf(state)).toEqual({
      file: 'suppress/a.csv',
      refusal: '4 lines are wrong, so nothing was imported; correct them and upload the file again',
      problemCount: 4,
      problems: [
        { line: 2, problem: 'has no address that SES takes: give local-part@domain in ASCII, without a display name, and an internationalized domain as xn--' },
        { line: 4, problem: 'has no reason that SES takes: BOUNCE or COMPLAINT' },
        { line: 5, problem: 'says something else of an address than a line above' },
        { line: 6, problem: 'has 1 cells; a row is address,BOUNCE or address,COMPLAINT, and there is no header line' },
      ],
    });
  });

  test('in the sandbox', async () => {
    ses.productionAccess = false;
    const { ok, message } = await play(upload('suppress/a.csv', 'ann@example.com,BOUNCE\n'));
    expect({ ok, calls: ses.calls }).toEqual({ ok: false, calls: ['GetAccount'] });
    expect(message).toContain('the account is in the SES sandbox, where SES imports nothing; ask for production access, then upload the file again');
  });

  test.each<[string, string | Buffer, string]>([
    ['a file without rows', '\n \n', 'the file has no rows'],
    ['an empty file', '', 'the file has no rows'],
    ['a file in another encoding', Buffer.from([0x61, 0xfc, 0x40, 0x62, 0x2e, 0x64, 0x65, 0x2c]), 'the file is not UTF-8; save it as such and upload it again'],
  ])('of %s', async (_, text, sentence) => {
    const { ok, state } = await play(upload('suppress/a.csv', text));
    expect({ ok, refusal: state.refusal, jobs: ses.jobs.size }).toEqual({ ok: false, refusal: sentence, jobs: 0 });
  });

  test('into a contact list that does not exist', async () => {
    expect((await play(upload('contacts/a.csv', 'emailAddress\nann@example.com\n'))).state.refusal).toBe('the contact list Readers does not exist; make it, then upload the file again');
  });

  test('of contacts with a topic that the list does not have', async () => {
    ses.contactList = { name: 'Readers', topics: ['Sports'] };
    const { state } = await play(upload('contacts/a.csv', 'emailAddress,topicPreferences.Chess\nann@example.com,OPT_IN\n'));
    expect(problemsOf(state).problems).toEqual([
      { line: 1, problem: 'names a column that there is not, number 2; the contact list takes emailAddress, unsubscribeAll, attributesData, topicPreferences.Sports' },
    ]);
    expect(created()).toEqual([]);
  });

  test('of a file that was deleted, or overwritten, before it was read', async () => {
    const deleted = upload('suppress/a.csv', 'ann@example.com,BOUNCE\n');
    bucket.delete('suppress/a.csv');
    expect((await play(deleted)).state.refusal).toBe('the file was deleted before it was read');
    const first = upload('suppress/b.csv', 'ann@example.com,BOUNCE\n');
    const second = upload('suppress/b.csv', 'bob@example.com,BOUNCE\n');
    expect((await play(first)).state.refusal).toBe('the file was overwritten before it was read; the newer one is imported by a run of its own');
    expect(await play(second)).toMatchObject({ ok: true });
    expect([...ses.suppressed.keys()]).toEqual(['bob@example.com']);
  });

  test('of what stands for a folder', async () => {
    expect((await play(upload('suppress/2026/', ''))).subject).toBe('nothing to do');
    expect([ses.calls, bucket.keys]).toEqual([[], ['suppress/2026/']]);
  });
});

describe('once', () => {
  test('though S3 tells of an upload twice', async () => {
    const uploaded = upload('suppress/a.csv', 'ann@example.com,BOUNCE\n');
    const both = await Promise.all([play(uploaded, 'first'), play(uploaded, 'second')]);
    expect(both.map(({ state }) => state.next).sort()).toEqual(['report', 'skip']);
    expect(ses.jobs.size).toBe(1);
  });

  test('though the answer of SES is lost: the job is found by its file', async () => {
    const read = await step('read', upload('suppress/a.csv', 'ann@example.com,BOUNCE\n'));
    await play(upload('suppress/other.csv', 'eve@example.com,BOUNCE\n'));
    ses.lostAnswers = 1;
    await expect(step('start', read)).rejects.toThrow('the answer is lost');
    expect(created()).toHaveLength(2);
    expect((await step('start', read, { retries: 1 })).jobs).toEqual([{ jobId: 'job-2', rows: 1 }]);
    expect(created()).toHaveLength(2);
  });

  test('and is tried again when SES has made no job', async () => {
    const read = await step('read', upload('suppress/a.csv', 'ann@example.com,BOUNCE\n'));
    ses.refuseNext(1, new Refusal(429, 'TooManyRequestsException', 'Too many requests'), 'CreateImportJob');
    await expect(step('start', read)).rejects.toThrow('Too many requests');
    expect((await step('start', read, { retries: 1 })).jobs).toEqual([{ jobId: 'job-1', rows: 1 }]);
  });

  test('though the file is read again after a step that failed half-way', async () => {
    const uploaded = upload('suppress/a.csv', 'ann@example.com,BOUNCE\n');
    ses.refuseNext(1, new Refusal(403, 'AccessDeniedException', 'not authorized'), 'GetAccount');
    await expect(step('read', uploaded)).rejects.toThrow('not authorized');
    expect(await step('read', uploaded, { retries: 1 })).toMatchObject({ next: 'start', parts: [1] });
  });
});

describe('a run fails', () => {
  test('when SES does not take some rows: they are put where the report is', async () => {
    ses.refused.add('bob@example.com');
    const { ok, subject, message, state } = await play(upload('suppress/a.csv', 'ann@example.com,BOUNCE\nbob@example.com,BOUNCE\n'));
    expect({ ok, subject }).toEqual({ ok: false, subject: 'SES import: FAILED' });
    expect(message).toContain('2 rows in 1 jobs, 2 processed, 1 failed.');
    const failedRecords = `reports/${state.run}/failed-records-0001`;
    expect(reportOf(state).jobs).toEqual([{ jobId: 'job-1', rows: 2, status: 'COMPLETED', processed: 2, failed: 1, failedRecords }]);
    expect(bucket.text(failedRecords)).toBe('{"emailAddress":"bob@example.com","reason":"BOUNCE"}\n');
  });

  test('when SES may not read the bucket, and goes on with no other part', async () => {
    ses.unreadable = /^jobs\//;
    const csv = Array.from({ length: 10_001 }, (_, number) => `p${number}@example.com\n`).join('');
    const { ok, state } = await play(upload('unsuppress/a.csv', csv));
    expect({ ok, jobs: ses.jobs.size }).toEqual({ ok: false, jobs: 1 });
    expect(reportOf(state)).toMatchObject({ jobsPlanned: 2, jobs: [{ status: 'FAILED', error: 'Access denied to the S3 object.' }] });
  });

  test('when somebody cancels a job', async () => {
    ses.fate = { JobStatus: 'CANCELLED' };
    expect(await play(upload('suppress/a.csv', 'ann@example.com,BOUNCE\n'))).toMatchObject({ ok: false });
  });

  test('when a step fails for good, and the report says which error it was', async () => {
    const state = { ...upload('suppress/a.csv', 'ann@example.com,BOUNCE\n'), error: { Error: 'Lambda.Unknown', Cause: '...' } };
    const { ok, message } = await step<ImportOutcome>('report', state);
    expect(ok).toBe(false);
    expect(message).toContain('0 rows in 0 jobs, 0 processed, 0 failed; a step failed: Lambda.Unknown.');
  });
});

test('what SES or S3 throttles is asked again', async () => {
  hurry();
  ses.refuseNext(3, new Refusal(429, 'TooManyRequestsException', 'Too many requests'), 'GetAccount');
  bucket.refuseNext(3, new Refusal(503, 'SlowDown', 'Please reduce your request rate.'));
  expect(await play(upload('suppress/a.csv', 'ann@example.com,BOUNCE\n'))).toMatchObject({ ok: true });
});
