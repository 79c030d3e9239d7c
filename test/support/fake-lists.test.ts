/* The fakes of SES's imports and of S3 refuse what the services refuse. */
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import {
  CreateImportJobCommand, type CreateImportJobCommandInput, DataFormat, GetAccountCommand, GetContactListCommand, GetImportJobCommand,
  ListContactsCommand, ListImportJobsCommand, ListSuppressedDestinationsCommand, SESv2Client,
} from '@aws-sdk/client-sesv2';
import { FakeBucket } from './fake-bucket';
import { FakeSesImports } from './fake-ses-imports';

const bucket = new FakeBucket('lists');
const fake = new FakeSesImports(bucket, 'lists');
const credentials = { accessKeyId: 'AKIAFAKE', secretAccessKey: 'fake' };
let ses: SESv2Client;
let s3: S3Client;

beforeAll(async () => {
  await Promise.all([bucket.start(), fake.start()]);
  ses = new SESv2Client({ endpoint: fake.endpoint, region: 'eu-west-1', credentials, maxAttempts: 1 });
  s3 = new S3Client({
    endpoint: bucket.endpoint, region: 'eu-west-1', credentials, forcePathStyle: true, maxAttempts: 1, requestChecksumCalculation: 'WHEN_REQUIRED', responseChecksumValidation: 'WHEN_REQUIRED',
  });
});
afterAll(() => Promise.all([bucket.stop(), fake.stop()]));
beforeEach(() => {
  bucket.reset();
  fake.reset();
  fake.looks = 0;
});

const PUT: CreateImportJobCommandInput['ImportDestination'] = { SuppressionListDestination: { SuppressionListImportAction: 'PUT' } };
const DELETE: CreateImportJobCommandInput['ImportDestination'] = { SuppressionListDestination: { SuppressionListImportAction: 'DELETE' } };
const CONTACTS: CreateImportJobCommandInput['ImportDestination'] = { ContactListDestination: { ContactListName: 'Readers', ContactListImportAction: 'PUT' } };
const source = (key = 'a', format: DataFormat = DataFormat.JSON) => ({ S3Url: `s3://lists/${key}`, DataFormat: format });
const start = (ImportDestination = PUT, ImportDataSource = source()) => ses.send(new CreateImportJobCommand({ ImportDestination, ImportDataSource }));

async function ended(...given: Parameters<typeof start>) {
  const { JobId } = await start(...given);
  return ses.send(new GetImportJobCommand({ JobId }));
}

const rows = (count: number) => Buffer.from(Array.from({ length: count }, (_, number) => `{"emailAddress":"p${number}@example.com","reason":"BOUNCE"}\n`).join(''));

describe('a job is refused', () => {
  test('in the sandbox', async () => {
    fake.productionAccess = false;
    expect((await ses.send(new GetAccountCommand({}))).ProductionAccessEnabled).toBe(false);
    await expect(start()).rejects.toThrow('Your account is in the sandbox.');
  });

  test.each<[string, CreateImportJobCommandInput]>([
    ['without a destination', { ImportDestination: {}, ImportDataSource: source() }],
    ['with two', { ImportDestination: { ...PUT, ...CONTACTS }, ImportDataSource: source() }],
    ['that neither puts nor deletes', { ImportDestination: { SuppressionListDestination: { SuppressionListImportAction: 'ADD' as 'PUT' } }, ImportDataSource: source() }],
    ['for a contact list that there is not', { ImportDestination: CONTACTS, ImportDataSource: source() }],
    ['of what is not in S3', { ImportDestination: PUT, ImportDataSource: { S3Url: 'https://lists/a', DataFormat: DataFormat.JSON } }],
    ['of CSV, which the fake does not read', { ImportDestination: PUT, ImportDataSource: source('a', DataFormat.CSV) }],
  ])('%s', async (_, input) => {
    await expect(ses.send(new CreateImportJobCommand(input))).rejects.toMatchObject({ $metadata: { httpStatusCode: expect.any(Number) } });
    expect(fake.jobs.size).toBe(0);
  });
});

describe('a job fails', () => {
  test('when SES may not read its file, or there is none', async () => {
    expect(await ended()).toMatchObject({ JobStatus: 'FAILED', FailureInfo: { ErrorMessage: 'Access denied to the S3 object.' } });
    bucket.put('a', rows(1));
    fake.unreadable = /./;
    expect(await ended()).toMatchObject({ JobStatus: 'FAILED' });
  });

  test('with more rows than SES takes: 100,000 to put, 10,000 to delete', async () => {
    bucket.put('a', rows(100_001));
    bucket.put('b', rows(10_001));
    expect(await ended()).toMatchObject({ JobStatus: 'FAILED', FailureInfo: { ErrorMessage: 'The file has more than 100000 records.' } });
    expect(await ended(DELETE, source('b'))).toMatchObject({ JobStatus: 'FAILED', FailureInfo: { ErrorMessage: 'The file has more than 10000 records.' } });
    expect(fake.suppressed.size).toBe(0);
  });

  test('in part, and the rows that failed are behind a signed address', async () => {
    fake.contactList = { name: 'Readers', topics: ['Sports'] };
    const bad = [
      '{"emailAddress":"nobody"}', '{"emailAddress":"a@example.com","attributesData":"[1]"}', '{"emailAddress":"a@example.com","attributesData":{"a":1}}',
      '{"emailAddress":"a@example.com","topicPreferences":[{"topicName":"Chess","subscriptionStatus":"OPT_IN"}]}',
      '{"emailAddress":"a@example.com","topicPreferences":[{"topicName":"Sports","subscriptionStatus":"IN"}]}',
    ];
    bucket.put('a', Buffer.from([...bad, '{"emailAddress":"a@example.com"}'].join('\n')));
    const { JobStatus, ProcessedRecordsCount, FailedRecordsCount, FailureInfo } = await ended(CONTACTS);
    expect({ JobStatus, ProcessedRecordsCount, FailedRecordsCount }).toEqual({ JobStatus: 'COMPLETED', ProcessedRecordsCount: 6, FailedRecordsCount: 5 });
    expect(await (await fetch(FailureInfo!.FailedRecordsS3Url!)).text()).toBe(bad.map(line => `${line}\n`).join(''));
    expect((await fetch(FailureInfo!.FailedRecordsS3Url!.split('?')[0])).status).toBe(403);
  });
});

test('a list of jobs tells nothing of their files, and comes in pages', async () => {
  await Promise.all([start(), start(), start()]);
  const { ImportJobs, NextToken } = await ses.send(new ListImportJobsCommand({}));
  expect(ImportJobs!.map(job => Object.keys(job).sort())).toEqual(Array.from({ length: 2 }, () => ['CreatedTimestamp', 'ImportDestination', 'JobId', 'JobStatus']));
  expect((await ses.send(new ListImportJobsCommand({ NextToken }))).ImportJobs).toHaveLength(1);
  expect((await ses.send(new ListImportJobsCommand({ ImportDestinationType: 'CONTACT_LIST' }))).ImportJobs).toEqual([]);
});

test('the suppression list comes in pages of 1000 at most, for as long as the token is good', async () => {
  const list = (more: object) => ses.send(new ListSuppressedDestinationsCommand(more));
  await expect(list({ PageSize: 1001 })).rejects.toThrow('PageSize 1001');
  await expect(list({ NextToken: 'old' })).rejects.toThrow('invalid or expired token');
});

test('what is not there is not found, and no other call is known', async () => {
  await expect(ses.send(new GetImportJobCommand({ JobId: 'job-9' }))).rejects.toMatchObject({ name: 'NotFoundException' });
  await expect(ses.send(new GetContactListCommand({ ContactListName: 'Readers' }))).rejects.toMatchObject({ name: 'NotFoundException' });
  await expect(ses.send(new ListContactsCommand({ ContactListName: 'Readers' }))).rejects.toMatchObject({ name: 'UnknownOperationException' });
});

describe('of the bucket', () => {
  const put = (more: object = {}) => s3.send(new PutObjectCommand({ Bucket: 'lists', Key: 'a', Body: 'text', ...more }));

  test('an object is put once where that is asked for', async () => {
    await put({ IfNoneMatch: '*' });
    await expect(put({ IfNoneMatch: '*' })).rejects.toMatchObject({ name: 'PreconditionFailed' });
    await expect(put({ IfNoneMatch: '"1"' })).rejects.toMatchObject({ name: 'NotImplemented' });
  });

  test('an object is given as it was, or not', async () => {
    const { ETag } = await put();
    await s3.send(new GetObjectCommand({ Bucket: 'lists', Key: 'a', IfMatch: ETag }));
    await put({ Body: 'other' });
    await expect(s3.send(new GetObjectCommand({ Bucket: 'lists', Key: 'a', IfMatch: ETag }))).rejects.toMatchObject({ name: 'PreconditionFailed' });
  });

  test('a body that is not what was signed is refused', async () => {
    const headers = { 'authorization': `AWS4-HMAC-SHA256 Credential=AKIAFAKE/20261126/eu-west-1/s3/aws4_request, SignedHeaders=host;x-amz-date, Signature=${'0'.repeat(64)}`, 'x-amz-content-sha256': 'other' };
    const answer = await fetch(`${bucket.endpoint}/lists/a`, { method: 'PUT', body: 'text', headers });
    expect([answer.status, await answer.text()]).toEqual([400, expect.stringContaining('XAmzContentSHA256Mismatch')]);
  });
});
