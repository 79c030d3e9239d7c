/*
 * npm run bench [-- --quick | --run-time]
 *
 * What a mail domain costs with this library, with aws-cdk-lib's own L2s, and with hand-written L1s: time and memory of a synthesis, resources, loading;
 * what the handlers weigh, how quickly events are read, and how quickly feedback is worked off. Each measurement is a process of its own; the variants take turns,
 * and ratios are between turns of one round, so they mean the same on any machine. `--quick` stops at 100 domains, where warming up still blurs the ratios, so they
 * are not judged and no results are written. `--run-time` measures what happens at run time only: the results of the last whole run stay beside it.
 *
 * With aws-cdk-lib's L2s a domain is 7 resources and CloudFormation takes 500 a stack, so all variants have 70 domains in each stack.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { judge, type Measurements } from './budgets';
import { measureParsing } from './events';
import { round, table } from './figures';
import { measureHandling } from './handling';
import { measureHandlers, measureLibrary } from './loading';
import { countResources, marginalMs, marginalRatio, measureScale, type ScaleResult } from './scale';
import { VARIANTS } from './variants';
import { Workshop } from './workshop';

const LABELS = { ours: 'cdk-postmaster', l2: 'aws-cdk-lib L2s', l1: 'hand-written L1s' };

const RESULTS = 'bench/results.json';

/** When and with what the results were measured. */
interface Head {
  readonly date: string;
  /** When what happens at run time was measured, if that was later. */
  readonly runTimeDate?: string;
  readonly node: string;
  readonly awsCdkLib: string;
}

async function main(quick: boolean, runTime: boolean): Promise<void> {
  const workshop = await Workshop.open();
  console.log(`aws-cdk-lib ${workshop.awsCdkLib}, Node.js ${process.version}\n`);
  const today = new Date().toISOString().slice(0, 10);
  const { verdicts: _judged, ...last } = JSON.parse(readFileSync(RESULTS, 'utf8')) as Head & Measurements & { verdicts: unknown };
  const { date, node, awsCdkLib, runTimeDate: _later, ...before } = last;
  const head: Head = runTime ? { date, runTimeDate: today, node, awsCdkLib } : { date: today, node: process.version, awsCdkLib: workshop.awsCdkLib };
  const measured: Measurements = {
    ...runTime ? before : await measureSynthesis(workshop, quick ? [1, 100] : [1, 100, 1_000, 10_000]),
    handlers: await measureHandlers(workshop),
    parsing: await measureParsing(workshop),
    handling: await measureHandling(workshop),
  };
  progress('');
  report(measured);
  const verdicts = judge(measured);
  console.log(`Budgets\n${table([['what', 'figure', 'budget', ''], ...verdicts.map(({ what, figure, budget, unit, ok }) =>
    [what, `${figure} ${unit}`.trim(), `${budget} ${unit}`.trim(), ok ? 'ok' : 'OVER'])])}`);
  if (quick) return;
  writeFileSync(RESULTS, `${JSON.stringify({ ...head, verdicts, ...measured }, (_, value) => typeof value === 'number' ? round(value, 5) : value, 2)}\n`);
  if (verdicts.some(({ ok }) => !ok)) process.exitCode = 1;
}

async function measureSynthesis(workshop: Workshop, sizes: number[]): Promise<Pick<Measurements, 'resources' | 'library' | 'off' | 'on'>> {
  return {
    resources: await countResources(workshop),
    library: await measureLibrary(workshop),
    off: await measureScale(workshop, sizes, false, progress),
    on: await measureScale(workshop, sizes, true, progress),
  };
}

function report(measured: Measurements): void {
  console.log(`Resources of a domain\n${table([['', 'resources'], ...VARIANTS.map(variant => [LABELS[variant], measured.resources[variant]])])}\n`);
  reportScale('Synthesis, built-in validation off', measured.off);
  reportScale('Synthesis, built-in validation on', measured.on);
  const { awsCdkLib, library, firstUse } = measured.library;
  console.log(`Loading, ms\n${table([
    ['', 'ms'],
    ['require("aws-cdk-lib")', round(awsCdkLib)],
    ['require("cdk-postmaster") after it', round(library)],
    ['first use of VerifiedDomain, with what it needs of aws-cdk-lib', round(firstUse)],
  ])}\n`);
  console.log(`Reading events\n${table([['', 'events a second', 'MB a second', 'speed / JSON.parse'],
    ...measured.parsing.map(({ transport, events, megabytes, ofJsonParse }) => [transport, Math.round(events), Math.round(megabytes), ofJsonParse.toFixed(2)])])}\n`);
  const { messages, calls, ofBareCalls } = measured.handling;
  console.log(`Feedback handler, with services that answer at once\n${table([
    ['', 'messages a second', 'calls for each', 'speed / its calls by the bare SDK'], ['', Math.round(messages), round(calls), ofBareCalls.toFixed(2)],
  ])}\n`);
}

function reportScale(title: string, results: ScaleResult[]): void {
  const rows = results.map(result => [
    LABELS[result.variant],
    result.domains,
    result.stacks,
    Math.round(result.ms),
    result.domains === 1 ? '' : marginalMs(results, result.variant, result.domains).toFixed(2),
    result.domains === 1 ? '' : marginalRatio(results, result.variant, result.domains).toFixed(2),
    Math.round(result.peakMb),
    `${Math.round(Math.min(...result.runs))}-${Math.round(Math.max(...result.runs))}`,
  ]);
  console.log(`${title}\n${table([['', 'domains', 'stacks', 'ms', 'ms per further domain', 'ours is × of it', 'peak MB', 'ms, least-most'], ...rows])}\n`);
}

/** One line that is written over and over, on a terminal only. */
function progress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`);
}

main(process.argv.includes('--quick'), process.argv.includes('--run-time')).catch(error => {
  console.error(error);
  process.exit(1);
});
