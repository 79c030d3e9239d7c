import { statSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { median } from './figures';
import type { Workshop } from './workshop';

const RUNS = 11;

/** What it takes to load the library, in milliseconds. */
export interface LibraryLoading {
  /** `require('aws-cdk-lib')` */
  readonly awsCdkLib: number;
  /** `require('cdk-postmaster')` after it */
  readonly library: number;
  /** The first use of `VerifiedDomain` after both, which loads what it needs, of aws-cdk-lib too. */
  readonly firstUse: number;
}

export interface HandlerLoading {
  readonly name: string;
  readonly kb: number;
  readonly ms: number;
}

export async function measureLibrary(workshop: Workshop): Promise<LibraryLoading> {
  const script = `
    const timed = load => { const start = process.hrtime.bigint(); load(); return Number(process.hrtime.bigint() - start) / 1e6; };
    const awsCdkLib = timed(() => require('aws-cdk-lib'));
    const library = timed(() => require('./lib'));
    process.send({ awsCdkLib, library, firstUse: timed(() => require('./lib').VerifiedDomain) });`;
  const runs = await repeat(() => workshop.evaluate<LibraryLoading>(script));
  return { awsCdkLib: medianOf(runs, 'awsCdkLib'), library: medianOf(runs, 'library'), firstUse: medianOf(runs, 'firstUse') };
}

/** How long Node takes to load a handler, beyond its own start: the part of a cold start that is ours. */
export async function measureHandlers(workshop: Workshop): Promise<HandlerLoading[]> {
  const found: HandlerLoading[] = [];
  for (const file of workshop.handlers()) {
    const script = `
      const start = process.hrtime.bigint();
      require(${JSON.stringify(resolve(file))});
      process.send({ ms: Number(process.hrtime.bigint() - start) / 1e6 });
      setImmediate(() => process.exit());`;
    const runs = await repeat(() => workshop.evaluate<{ ms: number }>(script));
    found.push({ name: basename(dirname(file)), kb: statSync(file).size / 1024, ms: medianOf(runs, 'ms') });
  }
  return found;
}

async function repeat<T>(run: () => Promise<T>): Promise<T[]> {
  const results: T[] = [];
  for (let count = 0; count < RUNS; count++) results.push(await run());
  return results;
}

function medianOf<K extends string>(runs: Record<K, number>[], key: K): number {
  return median(runs.map(result => result[key]));
}
