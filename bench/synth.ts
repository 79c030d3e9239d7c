/*
 * One measurement, in a process of its own: node synth.js <variant> <domains> [--resources]. Compiling is over before it starts, and so is loading
 * aws-cdk-lib; what this library loads when it is used counts.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import 'aws-cdk-lib/aws-route53';
import 'aws-cdk-lib/aws-ses';
import { ADD_DOMAIN, ENV, type Variant } from './variants';

/** With aws-cdk-lib's L2s a domain is 7 resources, and a template holds 500; so 70 in each stack, in all variants. */
const DOMAINS_PER_STACK = 70;

export interface SynthResult {
  readonly ms: number;
  readonly peakMb: number;
  readonly stacks: number;
  /** The resources of the first domain, by type and properties; only when asked for. */
  readonly resources?: object[];
}

function measure(variant: Variant, domains: number, outdir: string): SynthResult {
  const add = ADD_DOMAIN[variant];
  const start = process.hrtime.bigint();
  const app = new App({ outdir, analyticsReporting: false });
  let stack: Stack | undefined;
  for (let index = 0; index < domains; index++) {
    if (index % DOMAINS_PER_STACK === 0) stack = new Stack(app, `Stack${index / DOMAINS_PER_STACK}`, { env: ENV });
    add(stack!, index);
  }
  const assembly = app.synth();
  const ms = Number(process.hrtime.bigint() - start) / 1e6;
  return { ms, peakMb: process.resourceUsage().maxRSS / 1024, stacks: assembly.stacks.length };
}

function resourcesIn(outdir: string): object[] {
  const file = readdirSync(outdir).find(name => name.endsWith('.template.json'))!;
  return Object.values((JSON.parse(readFileSync(join(outdir, file), 'utf8')) as { Resources: Record<string, object> }).Resources);
}

const [variant, domains, option] = process.argv.slice(2);
const outdir = mkdtempSync(join(tmpdir(), 'postmaster-bench-'));
try {
  const result = measure(variant as Variant, Number(domains), outdir);
  process.send!({ ...result, ...option === '--resources' ? { resources: resourcesIn(outdir) } : {} } satisfies SynthResult);
} finally {
  rmSync(outdir, { recursive: true, force: true });
}
