import { SES_LIMITS } from '../ses/limits';

/** Below these prefixes an import writes what SES reads, and what it has to tell. */
export const JOBS_PREFIX = 'jobs/';
export const REPORTS_PREFIX = 'reports/';

/** Below this one backups are, unless something else is said. */
export const BACKUPS_PREFIX = 'backups/';

/** The variables that tell a function what it is for. */
export const IMPORT_VARIABLE = 'IMPORT';
export const BACKUP_VARIABLE = 'BACKUP';

/** What an uploaded list is for. */
export type ListAction = 'suppress' | 'unsuppress' | 'contacts';

/** How many rows SES takes in one job. */
export const ROWS_PER_JOB: Record<ListAction, number> = {
  suppress: SES_LIMITS.suppressionsPerImport,
  unsuppress: SES_LIMITS.suppressionsPerRemoval,
  contacts: SES_LIMITS.contactsPerImport,
};

/** What a function holds of a part at a time, in bytes. */
export const PART_BYTES_MAX = 32 * 1024 * 1024;

/** What one file may have, so that its addresses can be compared with each other in the memory of one function, and in its time. */
export const FILE_ROWS_MAX = 1_000_000;
export const FILE_BYTES_MAX = 512 * 1024 * 1024;

/** A bucket, for a function. */
export interface BucketSettings {
  readonly bucketName: string;
  readonly bucketUrl: string;
  /** @default - that of the function */
  readonly bucketRegion?: string;
}

/** What an import is told. */
export interface ImportSettings extends BucketSettings {
  /** What is done with what is uploaded below which prefix. */
  readonly prefixes: Record<string, ListAction>;
  readonly contactListName?: string;
}

/** What a backup is told. */
export interface BackupSettings extends BucketSettings {
  readonly prefix: string;
}

/** A file that was uploaded, as the rule hands it on. */
export interface Upload {
  readonly key: string;
  /** Of each write to a key S3 makes another. */
  readonly sequencer: string;
  readonly etag: string;
}

/** What is known of a job. */
export interface Job {
  readonly jobId: string;
  readonly rows: number;
  readonly status?: string;
  readonly processed?: number;
  readonly failed?: number;
}

/** Where an import stands; no address is in it. */
export interface ImportState extends Upload {
  readonly run?: string;
  /** What comes next. `skip` when there is nothing to do. */
  readonly next?: 'start' | 'wait' | 'report' | 'skip';
  /** Why nothing was started; the report in the bucket has the lines. */
  readonly refusal?: string;
  /** How many rows each part has. */
  readonly parts?: readonly number[];
  readonly duplicates?: number;
  readonly jobs?: readonly Job[];
  /** What Step Functions says of a step that failed for good. */
  readonly error?: { readonly Error?: string; readonly Cause?: string };
}

/** What a state machine hands to its function. */
export interface ImportStep {
  readonly step: 'read' | 'start' | 'look' | 'report';
  readonly execution: string;
  /** When the execution began, in ISO 8601. */
  readonly startedAt: string;
  /** How many times the step was tried before. */
  readonly retries: number;
  readonly state: ImportState;
}

/** What becomes of an import, for people. */
export interface ImportOutcome {
  readonly ok: boolean;
  readonly subject: string;
  readonly message: string;
}

/** What a state machine hands to the function of a backup. Where SES goes on is in the bucket, as it may tell an address. */
export interface BackupStep {
  readonly execution: string;
  /** When the execution began, in ISO 8601. */
  readonly startedAt: string;
}
