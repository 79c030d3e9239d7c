/*
 * Copies the suppression list into a bucket, in files that SES and SuppressionListImport read. One call does as much as its time allows, and writes down where SES
 * goes on, so that a list of any length is copied by a few calls. What is returned goes through Step Functions, so no address is in it.
 */
import { ListSuppressedDestinationsCommand, SESv2Client } from '@aws-sdk/client-sesv2';
import type { Context } from 'aws-lambda';
import { BACKUP_VARIABLE, type BackupSettings, type BackupStep } from './import-constants';
import { ListStore } from './list-store.lambda-shared';
import { log } from '../private/custom-resource.lambda-shared';
import { PATIENT, Patience } from '../private/patience.lambda-shared';
import { SES_LIMITS } from '../ses/limits';

/** Time kept to write what was read. */
const RESERVE_MS = 120_000;

const PROGRESS = 'progress.json';

const ses = new SESv2Client(PATIENT);

/** How far a backup is. The token of SES may tell an address, so this is in the bucket only. */
interface Progress {
  readonly startedAt: string;
  readonly nextToken?: string;
  readonly parts: { readonly key: string; readonly rows: number }[];
}

/** What a call returns. */
export interface BackupAnswer {
  readonly done: boolean;
  readonly rows: number;
}

export async function handler({ execution, startedAt }: BackupStep, context: Pick<Context, 'getRemainingTimeInMillis'>): Promise<BackupAnswer> {
  const settings = JSON.parse(process.env[BACKUP_VARIABLE] ?? '{}') as BackupSettings;
  const store = new ListStore(settings, ses, new Patience(context));
  const folder = `${settings.prefix}${startedAt.replace(/:/g, '-').replace(/\.\d+/, '')}-${execution.slice(-8)}/`;
  const until = Date.now() + context.getRemainingTimeInMillis() - RESERVE_MS;
  let progress = await progressOf(store, folder, startedAt);
  do {
    progress = await copyPart(store, folder, progress, until);
    await store.put(`${folder}${PROGRESS}`, JSON.stringify(progress));
  } while (progress.nextToken !== undefined && Date.now() < until);
  const rows = progress.parts.reduce((sum, part) => sum + part.rows, 0);
  const done = progress.nextToken === undefined;
  // the last thing that is written: a backup without it is not whole
  if (done) await store.put(`${folder}manifest.json`, JSON.stringify({ startedAt, completedAt: new Date().toISOString(), rows, parts: progress.parts }, undefined, 2));
  log(done ? 'backed up' : 'goes on in the next call', { execution, rows, parts: progress.parts.length });
  return { done, rows };
}

/** A later call, and a further try of one, go on where the last one stopped. */
async function progressOf(store: ListStore, folder: string, startedAt: string): Promise<Progress> {
  const [key, nothing] = [`${folder}${PROGRESS}`, { startedAt, parts: [] }];
  return await store.claim(key, JSON.stringify(nothing)) ? nothing : JSON.parse(await store.text(key)) as Progress;
}

/** As many pages as make a part that SES would import in one job, or as there is time for. */
async function copyPart(store: ListStore, folder: string, { startedAt, nextToken, parts }: Progress, until: number): Promise<Progress> {
  const lines: string[] = [];
  let token = nextToken;
  do {
    const page = await ses.send(new ListSuppressedDestinationsCommand({ PageSize: SES_LIMITS.suppressionsPerPage, NextToken: token }));
    const entries = page.SuppressedDestinationSummaries ?? [];
    lines.push(...entries.map(({ EmailAddress: emailAddress, Reason: reason }) => JSON.stringify({ emailAddress, reason })));
    token = page.NextToken;
  } while (token !== undefined && lines.length + SES_LIMITS.suppressionsPerPage <= SES_LIMITS.suppressionsPerImport && Date.now() < until);
  if (lines.length === 0) return { startedAt, nextToken: token, parts };
  const key = `${folder}${String(parts.length + 1).padStart(4, '0')}.ndjson`;
  await store.put(key, `${lines.join('\n')}\n`);
  return { startedAt, nextToken: token, parts: [...parts, { key, rows: lines.length }] };
}
