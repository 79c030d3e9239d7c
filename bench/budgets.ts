import type { ParsingResult } from './events';
import { round } from './figures';
import type { HandlingResult } from './handling';
import type { HandlerLoading, LibraryLoading } from './loading';
import { marginalMs, marginalRatio, type ScaleResult } from './scale';
import type { Variant } from './variants';

/** A figure and the line that it shall not cross. */
export interface Verdict {
  readonly what: string;
  readonly figure: number;
  /** The most that it may be; the least, where more is better. */
  readonly budget: number;
  readonly unit: string;
  readonly ok: boolean;
}

/** All that was measured. */
export interface Measurements {
  readonly resources: Record<Variant, number>;
  readonly off: ScaleResult[];
  readonly on: ScaleResult[];
  readonly library: LibraryLoading;
  readonly handlers: HandlerLoading[];
  readonly parsing: ParsingResult[];
  readonly handling: HandlingResult;
}

const BUDGETS = {
  resources: 2,
  /** Time of one more domain, as a multiple of the same in aws-cdk-lib's L2s, and in hand-written L1s. */
  overL2: 0.4,
  overL1: 1.25,
  /** The same with aws-cdk-lib's own validation of templates, which takes the same time for the same template. */
  validatedOverL2: 0.65,
  /** Time of one more domain, as a multiple of what it is with a tenth of the domains. Less than 1 is warming up, more than this is no longer linear. */
  growth: 1.2,
  importMs: 50,
  handlerKb: 400,
  handlerMs: 150,
  /** The speed of bare `JSON.parse` on the same bytes is 1. */
  parsing: 0.6,
  /** The speed of the same calls by the SDK and nothing else is 1. */
  handling: 0.6,
};

/** With fewer domains a process spends most of its time on warming up, and a ratio says little. */
const MEANINGFUL = 1_000;

export function judge(measured: Measurements): Verdict[] {
  const { off, on, library, handlers, parsing, handling } = measured;
  const largest = largestOf(off);
  const validated = largestOf(on);
  return [
    verdict('resources of a domain', measured.resources.ours, BUDGETS.resources),
    ...largest < MEANINGFUL ? [] : [
      verdict(`one more of ${largest} domains, validation off: ours / L2`, marginalRatio(off, 'l2', largest), BUDGETS.overL2),
      verdict(`one more of ${largest} domains, validation off: ours / L1`, marginalRatio(off, 'l1', largest), BUDGETS.overL1),
      verdict(`one more of ${validated} domains, validation on: ours / L2`, marginalRatio(on, 'l2', validated), BUDGETS.validatedOverL2),
      verdict(
        `one more of ${largest} domains / one more of ${largest / 10}`,
        marginalMs(off, 'ours', largest) / marginalMs(off, 'ours', largest / 10), BUDGETS.growth),
    ],
    verdict('require("cdk-postmaster") beyond aws-cdk-lib', library.library, BUDGETS.importMs, 'ms'),
    ...handlers.flatMap(handler => [
      verdict(`${handler.name}: size`, handler.kb, BUDGETS.handlerKb, 'KB'),
      verdict(`${handler.name}: cold init`, handler.ms, BUDGETS.handlerMs, 'ms'),
    ]),
    ...parsing.map(({ transport, ofJsonParse }) => atLeast(`reading events, ${transport}: speed / JSON.parse`, ofJsonParse, BUDGETS.parsing)),
    atLeast('feedback handler: speed / its calls by the bare SDK', handling.ofBareCalls, BUDGETS.handling),
  ];
}

function largestOf(results: ScaleResult[]): number {
  return Math.max(...results.map(result => result.domains));
}

function atLeast(what: string, figure: number, budget: number): Verdict {
  return { what, figure: round(figure), budget, unit: '', ok: figure >= budget };
}

function verdict(what: string, figure: number, budget: number, unit = ''): Verdict {
  return { what, figure: round(figure), budget, unit, ok: figure <= budget };
}
