/*
 * npm run bench [-- --quick]
 *
 * What a mail domain costs with this library, with aws-cdk-lib's own L2s, and with hand-written L1s: time and memory of a synthesis, resources, loading;
 * and what the handlers weigh. Each measurement is a process of its own; the variants take turns, and ratios are between turns of one round, so they
 * mean the same on any machine. `--quick` stops at 100 domains, where warming up still blurs the ratios, so they are not judged and no results are written.
 *
 * With aws-cdk-lib's L2s a domain is 7 resources and CloudFormation takes 500 a stack, so all variants have 70 domains in each stack.
 */
import { writeFileSync } from 'node:fs';
import { judge, type Measurements } from './budgets';
import { round, table } from './figures';
import { measureHandlers, measureLibrary } from './loading';
import { countResources, marginalMs, marginalRatio, measureScale, type ScaleResult } from './scale';
import { VARIANTS } from './variants';
import { Workshop } from './workshop';

const LABELS = { ours: 'cdk-postmaster', l2: 'aws-cdk-lib L2s', l1: 'hand-written L1s' };

async function main(quick: boolean): Promise<void> {
  const workshop = await Workshop.open();
  const sizes = quick ? [1, 100] : [1, 100, 1_000, 10_000];
  console.log(`aws-cdk-lib ${workshop.awsCdkLib}, Node.js ${process.version}\n`);
  const measured: Measurements = {
    resources: await countResources(workshop),
    library: await measureLibrary(workshop),
    handlers: await measureHandlers(workshop),
    off: await measureScale(workshop, sizes, false, progress),
    on: await measureScale(workshop, sizes, true, progress),
  };
  progress('');
  report(measured);
  const verdicts = judge(measured);
  console.log(`Budgets\n${table([['what', 'figure', 'budget', ''], ...verdicts.map(({ what, figure, budget, unit, ok }) =>
    [what, `${figure} ${unit}`.trim(), `${budget} ${unit}`.trim(), ok ? 'ok' : 'OVER'])])}`);
  if (quick) return;
  const head = { date: new Date().toISOString().slice(0, 10), node: process.version, awsCdkLib: workshop.awsCdkLib };
  writeFileSync('bench/results.json', `${JSON.stringify({ ...head, verdicts, ...measured }, (_, value) => typeof value === 'number' ? round(value, 5) : value, 2)}\n`);
  if (verdicts.some(({ ok }) => !ok)) process.exitCode = 1;
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

main(process.argv.includes('--quick')).catch(error => {
  console.error(error);
  process.exit(1);
});
