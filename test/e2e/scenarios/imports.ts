import assert from 'node:assert/strict';
import { S3 } from '@aws-sdk/client-s3';
import { until } from '../check';
import { Inbox } from '../inbox';
import type { Scenario } from '../scenario';
import { signedCall } from '../signed-call';

const STACK = 'Imports';

/** SES looks at a job every 30 seconds, which nobody makes quicker. */
const PATIENCE_SECONDS = 120;

interface Execution { readonly executionArn: string; readonly status: string }

export const scenario: Scenario = {
  title: 'an upload changes the suppression list, by deployed code and as SES may read it; a wrong one changes nothing; a backup can be taken back',
  async play({ report: { step }, emulator, aws, cdk }) {
    const s3 = new S3({ ...aws.config, forcePathStyle: true });
    const options = { app: 'npx tsx test/e2e/apps/imports.ts' };
    await step('cdk bootstrap', () => cdk.bootstrap());
    const { outputs: { [STACK]: made } } = await step('cdk deploy', () => cdk.deploy(options));
    const pager = new Inbox(aws, made.PagerIs);

    const upload = (Key: string, Body: string) => s3.putObject({ Bucket: made.BucketIs, Key, Body });
    const stored = async (Key: string) => (await s3.getObject({ Bucket: made.BucketIs, Key })).Body!.transformToString();
    const keys = async (Prefix: string) => ((await s3.listObjectsV2({ Bucket: made.BucketIs, Prefix })).Contents ?? []).map(({ Key }) => Key!);
    const states = async <T>(call: string, input: object): Promise<T> => {
      const headers = { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': `AWSStepFunctions.${call}` };
      const { status, body } = await signedCall(aws.config, { service: 'states', path: '/', headers, body: JSON.stringify(input) });
      assert.equal(status, 200, body);
      return JSON.parse(body) as T;
    };
    const runs = async (stateMachineArn: string) => (await states<{ executions: Execution[] }>('ListExecutions', { stateMachineArn })).executions;
    /** The run that an upload starts, when it has ended. */
    const ended = async (stateMachineArn: string, known: readonly Execution[]) => until('the run has ended', async () => {
      const found = (await runs(stateMachineArn)).find(({ executionArn }) => !known.some(one => one.executionArn === executionArn));
      return found && found.status !== 'RUNNING' && found;
    }, PATIENCE_SECONDS);
    const imported = async (key: string, body: string) => {
      const known = await runs(made.ImportIs);
      await upload(key, body);
      const { executionArn, status } = await ended(made.ImportIs, known);
      return { status, history: JSON.stringify(await states('GetExecutionHistory', { executionArn })) };
    };
    const suppressed = async () => {
      const { SuppressedDestinationSummaries: found = [] } = await aws.ses.listSuppressedDestinations({});
      return Object.fromEntries(found.map(({ EmailAddress, Reason }) => [EmailAddress!, Reason!]).sort());
    };
    const told = async () => (await pager.told()).map(({ subject }) => subject);

    await emulator.happens('account', { ProductionAccessEnabled: false });
    await step('in the sandbox an upload is refused, and says so', async () => {
      const { status, history } = await imported('suppress/early.csv', 'early@example.com,BOUNCE\n');
      assert.equal(status, 'FAILED');
      assert.match(history, /the account is in the SES sandbox/);
      assert.deepEqual(await suppressed(), {});
      assert.deepEqual(await told(), ['SES import: FAILED']);
    });
    await emulator.happens('account', { ProductionAccessEnabled: true });
    await step('a file with a wrong line changes nothing, and the report names the line', async () => {
      const { status } = await imported('suppress/wrong.csv', 'right@example.com,BOUNCE\nwrong@example.com,WHIM\n');
      assert.equal(status, 'FAILED');
      assert.deepEqual(await suppressed(), {});
      const problems = await Promise.all((await keys('reports/')).filter(key => key.endsWith('problems.json')).map(stored));
      assert.ok(problems.some(text => /"line": 2/.test(text)), problems.join('\n'));
    });
    await step('SES reads what was checked, with the key of the bucket, and the list has it', async () => {
      const { status, history } = await imported('suppress/july.csv', 'Ann@EXAMPLE.com,BOUNCE\nbob@example.com,COMPLAINT\nbob@example.com,COMPLAINT\ncy@example.com,BOUNCE\n');
      assert.equal(status, 'SUCCEEDED', history);
      assert.deepEqual(await suppressed(), { 'Ann@example.com': 'BOUNCE', 'bob@example.com': 'COMPLAINT', 'cy@example.com': 'BOUNCE' });
      assert.doesNotMatch(history, /bob@|cy@|ann@/i);
      assert.deepEqual((await told()).slice(-1), ['SES import: done']);
    });
    const copy = await step('a backup has the list, and a manifest', async () => {
      const known = await runs(made.BackupIs);
      await states('StartExecution', { stateMachineArn: made.BackupIs });
      assert.equal((await ended(made.BackupIs, known)).status, 'SUCCEEDED');
      const written = await keys('backups/');
      assert.equal((JSON.parse(await stored(written.find(key => key.endsWith('/manifest.json'))!)) as { rows: number }).rows, 3);
      return stored(written.find(key => key.endsWith('/0001.ndjson'))!);
    });
    const full = await suppressed();
    await step('the backup takes all of it off the list, and puts it back', async () => {
      assert.equal((await imported('unsuppress/copy.ndjson', copy)).status, 'SUCCEEDED');
      assert.deepEqual(await suppressed(), {});
      assert.equal((await imported('suppress/restored/copy.ndjson', copy)).status, 'SUCCEEDED');
      assert.deepEqual(await suppressed(), full);
    });
    await step('cdk destroy leaves the suppression list', async () => {
      const objects = (await keys('')).map(Key => ({ Key }));
      await s3.deleteObjects({ Bucket: made.BucketIs, Delete: { Objects: objects } });
      await cdk.destroy(options);
      assert.deepEqual(await suppressed(), full);
    });
  },
};
