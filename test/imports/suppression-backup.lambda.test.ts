/* The backup as it is deployed, with the real SDK and over the real wire, against fakes of SES and S3. What it writes is restored by the import. */
import type { ImportOutcome, ImportState } from '../../src/imports/import-constants';
import { handler as importStep } from '../../src/imports/import.lambda';
import { handler } from '../../src/imports/suppression-backup.lambda';
import { FakeBucket } from '../support/fake-bucket';
import { Refusal } from '../support/fake-service';
import { FakeSesImports } from '../support/fake-ses-imports';
import { hurry } from '../support/hurry';

const bucket = new FakeBucket('lists');
const ses = new FakeSesImports(bucket, 'lists');
const STEP = { execution: 'c5f3-12345678', startedAt: '2026-11-26T20:00:00.123Z' };
const FOLDER = 'backups/2026-11-26T20-00-00Z-12345678/';
const CONTEXT = { getRemainingTimeInMillis: () => 900_000 };
/** Only so much time that one page is read. */
const SHORT = { getRemainingTimeInMillis: () => 120_000 };
let logged: jest.SpyInstance;

beforeAll(async () => {
  await Promise.all([bucket.start(), ses.start()]);
  const settings = { bucketName: 'lists', bucketUrl: 'https://lists.example' };
  Object.assign(process.env, {
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: 'AKIAFAKE',
    AWS_SECRET_ACCESS_KEY: 'fake',
    AWS_ENDPOINT_URL_SESV2: ses.endpoint,
    AWS_ENDPOINT_URL_S3: bucket.endpoint,
    BACKUP: JSON.stringify({ ...settings, prefix: 'backups/' }),
    IMPORT: JSON.stringify({ ...settings, prefixes: { 'suppress/': 'suppress' } }),
  });
});
afterAll(() => Promise.all([bucket.stop(), ses.stop()]));

beforeEach(() => {
  bucket.reset();
  ses.reset();
  logged = jest.spyOn(console, 'log').mockImplementation(() => {});
});
afterEach(() => jest.restoreAllMocks());

function suppress(count: number): void {
  for (let number = 0; number < count; number++) ses.suppressed.set(`p${number}@example.com`, number % 2 === 0 ? 'BOUNCE' : 'COMPLAINT');
}

const manifest = () => JSON.parse(bucket.text(`${FOLDER}manifest.json`) ?? '{}') as { startedAt: string; rows: number; parts: { key: string; rows: number }[] };

/** Uploads a file of a backup for an import, and plays its state machine. */
async function restore(key: string): Promise<ImportOutcome> {
  const upload = `suppress/${key.replace(/\W/g, '-')}`;
  const common = { execution: 'restore', startedAt: new Date().toISOString(), retries: 0 };
  let state: ImportState = { key: upload, etag: bucket.put(upload, Buffer.from(bucket.text(key)!)), sequencer: '1' };
  for (let step: 'read' | 'start' | 'look' | 'report' = 'read'; step !== 'report'; step = state.next === 'wait' ? 'look' : state.next as 'start' | 'report') {
    state = await importStep({ ...common, step, state }, CONTEXT) as ImportState;
  }
  return importStep({ ...common, step: 'report', state }, CONTEXT) as Promise<ImportOutcome>;
}

test('the list is copied page by page, and the manifest comes last', async () => {
  suppress(2_500);
  expect(await handler(STEP, CONTEXT)).toEqual({ done: true, rows: 2_500 });
  expect(ses.calls).toEqual(Array.from({ length: 3 }, () => 'ListSuppressedDestinations'));
  expect(manifest()).toMatchObject({ startedAt: STEP.startedAt, rows: 2_500, parts: [{ key: `${FOLDER}0001.ndjson`, rows: 2_500 }] });
  expect(bucket.text(`${FOLDER}0001.ndjson`)!.split('\n').slice(0, 2)).toEqual([
    '{"emailAddress":"p0@example.com","reason":"BOUNCE"}', '{"emailAddress":"p1@example.com","reason":"COMPLAINT"}',
  ]);
});

test('an empty list has a backup without files', async () => {
  expect(await handler(STEP, CONTEXT)).toEqual({ done: true, rows: 0 });
  expect(manifest()).toMatchObject({ rows: 0, parts: [] });
});

test('what a backup has written, an import puts back: 100,001 addresses in two files', async () => {
  suppress(100_001);
  const before = new Map(ses.suppressed);
  await handler(STEP, CONTEXT);
  expect(manifest().parts.map(({ rows }) => rows)).toEqual([100_000, 1]);
  ses.suppressed.clear();
  for (const { key } of manifest().parts) expect(await restore(key)).toMatchObject({ ok: true });
  expect(ses.suppressed).toEqual(before);
}, 60_000);

test('when its time is over it goes on in the next call, where it stopped', async () => {
  suppress(2_500);
  expect(await handler(STEP, SHORT)).toEqual({ done: false, rows: 1_000 });
  expect(manifest()).toEqual({});
  expect(await handler(STEP, SHORT)).toEqual({ done: false, rows: 2_000 });
  expect(await handler(STEP, SHORT)).toEqual({ done: true, rows: 2_500 });
  expect(ses.calls).toHaveLength(3);
  const copied = manifest().parts.flatMap(({ key }) => bucket.text(key)!.trim().split('\n')).map(line => (JSON.parse(line) as { emailAddress: string }).emailAddress);
  expect(copied).toEqual([...ses.suppressed.keys()]);
});

test('a step that is tried again writes the same files again', async () => {
  suppress(10);
  bucket.refuseNext(1, new Refusal(403, 'AccessDenied', 'Access Denied'), 'PutObject');
  await expect(handler(STEP, CONTEXT)).rejects.toThrow('S3 answered 403');
  ses.refuseNext(1, new Refusal(400, 'InvalidNextTokenException', 'expired'));
  await expect(handler(STEP, CONTEXT)).rejects.toThrow('expired');
  expect(manifest()).toEqual({});
  expect(await handler(STEP, CONTEXT)).toEqual({ done: true, rows: 10 });
});

test('what SES throttles is asked again', async () => {
  hurry();
  suppress(10);
  ses.refuseNext(4, new Refusal(429, 'TooManyRequestsException', 'Too many requests'));
  expect(await handler(STEP, CONTEXT)).toEqual({ done: true, rows: 10 });
});

test('the log and the state of the machine have no address', async () => {
  suppress(10);
  const answer = await handler(STEP, CONTEXT);
  expect(JSON.stringify([answer, logged.mock.calls])).not.toContain('example.com');
  expect(logged).toHaveBeenCalledTimes(1);
});
