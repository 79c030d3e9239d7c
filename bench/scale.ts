import { isDeepStrictEqual } from 'node:util';
import { median } from './figures';
import type { SynthResult } from './synth';
import { type Variant, VARIANTS } from './variants';
import type { Workshop } from './workshop';

/** What one variant takes for so many domains: medians of some runs. */
export interface ScaleResult {
  readonly variant: Variant;
  readonly domains: number;
  readonly validation: boolean;
  readonly stacks: number;
  readonly ms: number;
  readonly peakMb: number;
  readonly runs: number[];
}

/** Fewer runs where one takes long: the whole has to end within ten minutes on two cores. */
const RUNS: Record<number, number> = { 1: 7, 100: 7, 1_000: 7, 10_000: 5 };

const VALIDATED_RUNS: Record<number, number> = { 1: 5, 100: 5, 1_000: 5 };

/**
 * Synthesizes all variants at all sizes. The variants take turns, each round begins with another one, and all sizes are in each round as far as their
 * runs go: a noisy minute then hits all of them.
 */
export async function measureScale(
  workshop: Workshop, sizes: number[], validation: boolean, progress: (text: string) => void,
): Promise<ScaleResult[]> {
  const planned = validation ? VALIDATED_RUNS : RUNS;
  const collected = new Map<string, SynthResult[]>();
  const measured = sizes.filter(domains => planned[domains] !== undefined);
  for (let round = 0; round < Math.max(...measured.map(domains => planned[domains])); round++) {
    for (const domains of measured.filter(size => planned[size] > round)) {
      for (const [place] of VARIANTS.entries()) {
        const variant = VARIANTS[(place + round) % VARIANTS.length];
        progress(`${domains} domains, ${variant}, validation ${validation ? 'on' : 'off'}, run ${round + 1}`);
        const result = await workshop.measure<SynthResult>([variant, String(domains)], validation);
        collected.set(`${variant} ${domains}`, [...collected.get(`${variant} ${domains}`) ?? [], result]);
      }
    }
  }
  return measured.flatMap(domains => VARIANTS.map(variant => {
    const results = collected.get(`${variant} ${domains}`)!;
    return {
      variant,
      domains,
      validation,
      stacks: results[0].stacks,
      ms: median(results.map(result => result.ms)),
      peakMb: median(results.map(result => result.peakMb)),
      runs: results.map(result => result.ms),
    };
  }));
}

/** How many resources a domain is, by variant. Stops when the hand-written ones are no longer those of the library: the comparison would be void. */
export async function countResources(workshop: Workshop): Promise<Record<Variant, number>> {
  const resources = {} as Record<Variant, object[]>;
  for (const variant of VARIANTS) resources[variant] = (await workshop.measure<SynthResult>([variant, '1', '--resources'], false)).resources!;
  const comparable = (variant: Variant) => resources[variant].map(anonymous);
  if (!isDeepStrictEqual(comparable('ours'), comparable('l1'))) {
    throw new Error(`the hand-written resources differ from the library's:\n${JSON.stringify(comparable('ours'), null, 1)}\n${JSON.stringify(comparable('l1'), null, 1)}`);
  }
  return { ours: resources.ours.length, l2: resources.l2.length, l1: resources.l1.length };
}

/** A resource without the logical IDs and paths that differ between two ways to write the same. */
function anonymous(resource: object): unknown {
  const { Metadata: _, ...rest } = JSON.parse(JSON.stringify(resource).replace(/"Fn::GetAtt":\["[^"]+"/g, '"Fn::GetAtt":["X"')) as Record<string, unknown>;
  return rest;
}

/** Time of one more domain: what n domains take beyond the first, which pays for everything that happens once. */
export function marginalMs(results: ScaleResult[], variant: Variant, domains: number): number {
  return (resultOf(results, variant, domains).ms - resultOf(results, variant, 1).ms) / (domains - 1);
}

/** How many times as long one more domain takes with this library. Runs of one round are compared with each other, since they had the same neighbours. */
export function marginalRatio(results: ScaleResult[], other: Variant, domains: number): number {
  const beyondFirst = (variant: Variant) => resultOf(results, variant, domains).runs.map(ms => ms - resultOf(results, variant, 1).ms);
  const theirs = beyondFirst(other);
  return median(beyondFirst('ours').map((ours, round) => ours / theirs[round]));
}

function resultOf(results: ScaleResult[], variant: Variant, domains: number): ScaleResult {
  return results.find(result => result.variant === variant && result.domains === domains)!;
}
