import assert from 'node:assert/strict';
import { S3 } from '@aws-sdk/client-s3';
import type { CreateImportJobCommandInput } from '@aws-sdk/client-sesv2';
import { ACCOUNT } from './emulator';
import type { Stage } from './scenario';

const BUCKET = 'import-stand-in';

/** What the stand-in for import jobs refuses, and what its jobs fail for: part of the scenario `stand-ins`. */
export async function importJobs({ report: { step }, aws, aws: { ses }, emulator }: Stage) {
  const s3 = new S3({ ...aws.config, forcePathStyle: true });
  const create = (SuppressionListImportAction: 'PUT' | 'DELETE', key: string, more: Partial<CreateImportJobCommandInput> = {}) => ses.createImportJob({
    ImportDestination: { SuppressionListDestination: { SuppressionListImportAction } },
    ImportDataSource: { S3Url: `s3://${BUCKET}/${key}`, DataFormat: 'JSON' },
    ...more,
  });
  const outcome = async (action: 'PUT' | 'DELETE', key: string, rows: object[]) => {
    await s3.putObject({ Bucket: BUCKET, Key: key, Body: rows.map(row => JSON.stringify(row)).join('\n') });
    const { JobId } = await create(action, key);
    for (;;) {
      const { JobStatus, FailedRecordsCount, FailureInfo } = await ses.getImportJob({ JobId });
      if (JobStatus !== 'PROCESSING') return [JobStatus, FailedRecordsCount, FailureInfo?.ErrorMessage];
    }
  };
  const addresses = (count: number) => Array.from({ length: count }, (_, n) => ({ emailAddress: `a${n}@example.com` }));
  await s3.createBucket({ Bucket: BUCKET });

  await step('import job: one that may not read its file fails, also with a policy for another account', async () => {
    const failed = ['FAILED', 0, `Could not read s3://${BUCKET}/jobs/1.ndjson.`];
    assert.deepEqual(await outcome('DELETE', 'jobs/1.ndjson', addresses(1)), failed);
    await s3.putBucketPolicy({ Bucket: BUCKET, Policy: policy('222222222222') });
    assert.deepEqual(await outcome('DELETE', 'jobs/1.ndjson', addresses(1)), failed);
  });
  await s3.putBucketPolicy({ Bucket: BUCKET, Policy: policy(ACCOUNT) });
  await step('import job: more rows than SES takes fail', async () => {
    assert.deepEqual(await outcome('DELETE', 'jobs/2.ndjson', addresses(10_001)), ['FAILED', 0, '10001 records; up to 10000 are imported.']);
  });
  await step('import job: rows that SES does not take are counted', async () => {
    const rows = [{ emailAddress: 'a@example.com', reason: 'BOUNCE' }, { emailAddress: 'b@example.com', reason: 'WHIM' }, { emailAddress: 'nobody', reason: 'BOUNCE' }];
    assert.deepEqual(await outcome('PUT', 'jobs/3.ndjson', rows), ['COMPLETED', 2, undefined]);
    assert.deepEqual(await outcome('DELETE', 'jobs/4.ndjson', [{ emailAddress: 'a@example.com' }]), ['COMPLETED', 0, undefined]);
  });
  const bad = { name: 'BadRequestException' };
  const source = (given: object) => ({ ImportDataSource: { S3Url: `s3://${BUCKET}/jobs/1.ndjson`, DataFormat: 'JSON' as const, ...given } });
  await step('import job: refused: a file that is not in S3, another action, none in the sandbox', async () => {
    await assert.rejects(create('PUT', '', source({ S3Url: 'https://example.com/list.ndjson' })), bad);
    await assert.rejects(create('REPLACE' as 'PUT', 'jobs/1.ndjson'), bad);
    await emulator.happens('account', { ProductionAccessEnabled: false });
    await assert.rejects(create('PUT', 'jobs/1.ndjson'), bad);
    await emulator.happens('account', { ProductionAccessEnabled: true });
  });
  await step('import job: refused: one that does not exist', () => assert.rejects(ses.getImportJob({ JobId: 'none' }), { name: 'NotFoundException' }));
}

/** Lets SES read for an account. */
function policy(account: string) {
  return JSON.stringify({
    Version: '2012-10-17',
    Statement: [{
      Effect: 'Allow',
      Principal: { Service: 'ses.amazonaws.com' },
      Action: 's3:GetObject',
      Resource: `arn:aws:s3:::${BUCKET}/jobs/*`,
      Condition: { StringEquals: { 'aws:Referer': account } },
    }],
  });
}
