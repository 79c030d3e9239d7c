/*
 * The steps of an import, one a call: reads what was uploaded and writes the parts of which SES makes a job each; starts a job; looks how it stands; reports.
 * What is returned goes through Step Functions and its log, so no address is in it.
 */
import { createHash } from 'node:crypto';
import {
  CreateImportJobCommand, DataFormat, GetAccountCommand, GetContactListCommand, GetImportJobCommand, type GetImportJobCommandOutput,
  type ImportDestination, ImportDestinationType, NotFoundException, paginateListImportJobs, SESv2Client,
} from '@aws-sdk/client-sesv2';
import type { Context } from 'aws-lambda';
import { contactRows } from './contact-row';
import {
  FILE_BYTES_MAX, IMPORT_VARIABLE, type ImportOutcome, type ImportSettings, type ImportState, type ImportStep, type Job, JOBS_PREFIX,
  type ListAction, REPORTS_PREFIX, ROWS_PER_JOB, type Upload,
} from './import-constants';
import type { RowReader } from './list-row';
import { ListStore } from './list-store.lambda-shared';
import { type Problem, readList } from './read-list.lambda-shared';
import { SUPPRESS, UNSUPPRESS } from './suppression-row';
import { log } from '../private/custom-resource.lambda-shared';
import { PATIENT, Patience } from '../private/patience.lambda-shared';

/** SES may have the time of a job a little before that of the execution. */
const CLOCKS_DIFFER_MS = 300_000;
const FETCH_MS = 60_000;

const ses = new SESv2Client(PATIENT);

/** SES has no token by which it knows a request again: one that got no answer is not made a second time before somebody has looked what came of it. */
const once = new SESv2Client({ maxAttempts: 1 });

export async function handler(given: ImportStep, context: Pick<Context, 'getRemainingTimeInMillis'>): Promise<ImportState | ImportOutcome> {
  const settings = JSON.parse(process.env[IMPORT_VARIABLE] ?? '{}') as ImportSettings;
  return new Import(settings, given, new ListStore(settings, ses, new Patience(context)))[given.step]();
}

/** Somebody has to do something before the list can be imported. */
class Refused extends Error {
  public constructor(sentence: string, public readonly problems: readonly Problem[] = [], public readonly problemCount = problems.length) {
    super(sentence);
  }
}

class Import {
  private readonly state: ImportState;
  private readonly run: string;

  public constructor(private readonly settings: ImportSettings, private readonly given: ImportStep, private readonly store: ListStore) {
    this.state = given.state;
    this.run = this.state.run ?? runOf(this.state);
  }

  public async read(): Promise<ImportState> {
    const { run, state, state: { key } } = this;
    // consoles of S3 make an object for a folder
    if (key.endsWith('/') || !await this.claim()) return { ...state, run, next: 'skip' };
    try {
      await this.refuseSandbox();
      const { parts, duplicates } = await this.cut(await this.readerFor(this.action()));
      return { ...state, run, parts, duplicates, jobs: [], next: 'start' };
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      const { message, problems, problemCount } = error;
      await this.write('problems', { file: key, refusal: message, problemCount, problems });
      return { ...state, run, refusal: message, next: 'report' };
    }
  }

  public async start(): Promise<ImportState> {
    const { state, state: { jobs = [], parts = [] }, given } = this;
    const url = this.store.urlOf(this.partKey(jobs.length));
    const jobId = (given.retries > 0 ? await this.find(url) : undefined) ?? await this.create(url);
    log('job started', { run: this.run, jobId, part: jobs.length, rows: parts[jobs.length] });
    return { ...state, jobs: [...jobs, { jobId, rows: parts[jobs.length] }], next: 'wait' };
  }

  public async look(): Promise<ImportState> {
    const { state, state: { jobs = [], parts = [] } } = this;
    const { jobId, rows } = jobs.at(-1)!;
    const answer = await ses.send(new GetImportJobCommand({ JobId: jobId }));
    const { JobStatus: status, ProcessedRecordsCount: processed = 0, FailedRecordsCount: failed = 0 } = answer;
    if (status !== 'COMPLETED' && status !== 'FAILED' && status !== 'CANCELLED') return { ...state, next: 'wait' };
    const job: Job = { jobId, rows, status, processed, failed };
    log('job ended', { run: this.run, ...job });
    // what made one job fail would make the next one fail
    const goesOn = status === 'COMPLETED' && jobs.length < parts.length;
    return { ...state, jobs: [...jobs.slice(0, -1), job], next: goesOn ? 'start' : 'report' };
  }

  public async report(): Promise<ImportOutcome> {
    const { run, state: { key, refusal, parts = [], duplicates = 0, jobs = [], error } } = this;
    const ok = refusal === undefined && error === undefined && jobs.length === parts.length && jobs.every(({ status, failed }) => status === 'COMPLETED' && failed === 0);
    const details = await Promise.all(jobs.map((job, part) => this.detailsOf(job, part)));
    const rows = parts.reduce((sum, count) => sum + count, 0);
    const report = { run, file: key, ok, refusal, problems: refusal && this.reportKey('problems'), rows, duplicates, jobsPlanned: parts.length, jobs: details, error };
    await this.write('report', report);
    log(ok ? 'imported' : 'not imported', { run, refusal, rows, jobs: jobs.length, error: error?.Error });
    const [processed, failed] = [sumOf(jobs, 'processed'), sumOf(jobs, 'failed')];
    return {
      ok,
      subject: ok ? 'SES import: done' : 'SES import: FAILED',
      message: [
        `${this.settings.contactListName ?? 'Suppression list'}, file ${key}:`,
        refusal ?? `${rows} rows in ${parts.length} jobs, ${processed} processed, ${failed} failed${error ? `; a step failed: ${error.Error}` : ''}.`,
        `Report: ${this.store.urlOf(this.reportKey('report'))}`,
      ].join('\n'),
    };
  }

  /** S3 may tell of one upload twice; the first execution has it. */
  private async claim(): Promise<boolean> {
    const { execution } = this.given;
    const key = this.reportKey('run');
    if (await this.store.claim(key, JSON.stringify({ execution, file: this.state.key }))) return true;
    return (JSON.parse(await this.store.text(key)) as { execution: string }).execution === execution;
  }

  private action(): ListAction {
    return Object.entries(this.settings.prefixes).find(([prefix]) => this.state.key.startsWith(prefix))![1];
  }

  private async refuseSandbox(): Promise<void> {
    const { ProductionAccessEnabled } = await ses.send(new GetAccountCommand({}));
    if (ProductionAccessEnabled) return;
    throw new Refused('the account is in the SES sandbox, where SES imports nothing; ask for production access, then upload the file again');
  }

  private async readerFor(action: ListAction): Promise<RowReader> {
    if (action !== 'contacts') return action === 'suppress' ? SUPPRESS : UNSUPPRESS;
    const { contactListName: name } = this.settings;
    try {
      const { Topics = [] } = await ses.send(new GetContactListCommand({ ContactListName: name }));
      return contactRows(Topics.map(({ TopicName }) => TopicName ?? ''));
    } catch (error) {
      if (error instanceof NotFoundException) throw new Refused(`the contact list ${name} does not exist; make it, then upload the file again`);
      throw error;
    }
  }

  /** Cuts the file into parts, all of them or none. */
  private async cut(reader: RowReader): Promise<{ parts: number[]; duplicates: number }> {
    const { body, headers } = await this.open();
    const bytes = Number(headers.get('content-length'));
    if (bytes > FILE_BYTES_MAX) throw new Refused(`the file has ${bytes} bytes, and ${FILE_BYTES_MAX} are read; cut it into several`);
    // the types of Node know no stream of bytes that is decoded
    const text = body!.pipeThrough(new TextDecoderStream('utf-8', { fatal: true }) as never) as unknown as AsyncIterable<string>;
    try {
      const { parts, duplicates, problems, problemCount } = await readList(text, {
        reader, rowsPerPart: ROWS_PER_JOB[this.action()], write: (part, lines) => this.store.put(this.partKey(part), lines),
      });
      if (problemCount > 0) throw new Refused(`${problemCount} lines are wrong, so nothing was imported; correct them and upload the file again`, problems, problemCount);
      if (parts.length === 0) throw new Refused('the file has no rows');
      return { parts, duplicates };
    } catch (error) {
      if ((error as { code?: string }).code === 'ERR_ENCODING_INVALID_ENCODED_DATA') throw new Refused('the file is not UTF-8; save it as such and upload it again');
      throw error;
    }
  }

  private async open(): Promise<Response> {
    try {
      return await this.store.open(this.state.key, this.state.etag);
    } catch (error) {
      const { name } = error as Error;
      if (name === 'NoSuchKey') throw new Refused('the file was deleted before it was read');
      if (name === 'PreconditionFailed') throw new Refused('the file was overwritten before it was read; the newer one is imported by a run of its own');
      throw error;
    }
  }

  private async create(url: string): Promise<string> {
    const source = { S3Url: url, DataFormat: DataFormat.JSON };
    const { JobId } = await once.send(new CreateImportJobCommand({ ImportDestination: this.destination(), ImportDataSource: source }));
    return JobId!;
  }

  /** The job of a part, if SES has made one and the answer was lost. */
  private async find(url: string): Promise<string | undefined> {
    const since = Date.parse(this.given.startedAt) - CLOCKS_DIFFER_MS;
    const destinationType = this.action() === 'contacts' ? ImportDestinationType.CONTACT_LIST : ImportDestinationType.SUPPRESSION_LIST;
    const known = this.state.jobs?.map(({ jobId }) => jobId);
    for await (const { ImportJobs = [] } of paginateListImportJobs({ client: ses }, { ImportDestinationType: destinationType })) {
      for (const { JobId, CreatedTimestamp } of ImportJobs) {
        if (!JobId || known?.includes(JobId) || CreatedTimestamp && CreatedTimestamp.getTime() < since) continue;
        const { ImportDataSource } = await ses.send(new GetImportJobCommand({ JobId }));
        if (ImportDataSource?.S3Url === url) return JobId;
      }
    }
    return undefined;
  }

  private destination(): ImportDestination {
    const action = this.action();
    if (action === 'contacts') return { ContactListDestination: { ContactListName: this.settings.contactListName, ContactListImportAction: 'PUT' } };
    return { SuppressionListDestination: { SuppressionListImportAction: action === 'suppress' ? 'PUT' : 'DELETE' } };
  }

  /** What the report says of a job. Of one that failed, what SES says about it, in whose words addresses may be. */
  private async detailsOf(job: Job, part: number): Promise<object> {
    if (job.status === 'COMPLETED' && job.failed === 0) return job;
    const { FailureInfo } = await ses.send(new GetImportJobCommand({ JobId: job.jobId }));
    return { ...job, error: FailureInfo?.ErrorMessage, failedRecords: await this.keepFailedRecords(FailureInfo, part) };
  }

  /** The address that SES gives ends after a while, so what is there is put where the report is. */
  private async keepFailedRecords(info: GetImportJobCommandOutput['FailureInfo'], part: number): Promise<string | undefined> {
    if (!info?.FailedRecordsS3Url) return undefined;
    const answer = await fetch(info.FailedRecordsS3Url, { signal: AbortSignal.timeout(FETCH_MS) });
    if (!answer.ok) return `SES gave an address for them that answers ${answer.status}`;
    const key = `${REPORTS_PREFIX}${this.run}/failed-records-${numbered(part)}`;
    await this.store.put(key, await answer.text());
    return key;
  }

  private partKey(part: number): string {
    return `${JOBS_PREFIX}${this.run}/${numbered(part)}.ndjson`;
  }

  private reportKey(name: string): string {
    return `${REPORTS_PREFIX}${this.run}/${name}.json`;
  }

  private async write(name: string, content: object): Promise<void> {
    await this.store.put(this.reportKey(name), JSON.stringify(content, undefined, 2));
  }
}

/** One write of one file has one run, however often S3 tells of it. */
function runOf({ key, sequencer, etag }: Upload): string {
  return createHash('sha256').update(JSON.stringify([key, sequencer, etag])).digest('hex').slice(0, 32);
}

function numbered(part: number): string {
  return String(part + 1).padStart(4, '0');
}

function sumOf(jobs: readonly Job[], figure: 'processed' | 'failed'): number {
  return jobs.reduce((sum, job) => sum + (job[figure] ?? 0), 0);
}
