import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';

/** Counts steps and prints a line for each. The first failed step ends its scenario: what follows would only fail for the same reason. */
export class Report {
  public passed = 0;
  public failed = 0;

  public heading(text: string) {
    console.log(`\n${text}`);
  }

  /** Runs and reports one step. It is bound, so that a scenario can take it out of its report. */
  public readonly step = async <T>(what: string, work: () => T | Promise<T>): Promise<T> => {
    const begun = Date.now();
    try {
      const result = await work();
      this.passed++;
      console.log(`  ok    ${what} ${seconds(begun)}`);
      return result;
    } catch (error) {
      this.fail(`${what} ${seconds(begun)}`, error);
      throw new StepFailed(what);
    }
  };

  public fail(what: string, error: unknown) {
    this.failed++;
    console.log(`  FAIL  ${what}`);
    console.log(indented(error instanceof Error ? error.message : String(error)));
  }

  public note(text: string) {
    console.log(indented(text));
  }
}

/** Thrown once a step has been reported, so that it is not reported again. */
export class StepFailed extends Error {}

/** Like assert.deepEqual for lists whose order means nothing, with a message that shows what is missing and what is too much. */
export function sameLines(actual: readonly string[], expected: readonly string[], what: string) {
  if (isDeepStrictEqual([...actual].sort(), [...expected].sort())) return;
  const missing = expected.filter(line => !actual.includes(line)).map(line => `- ${line}`);
  const extra = actual.filter(line => !expected.includes(line)).map(line => `+ ${line}`);
  throw new Error([`${what}: not what was expected (- missing, + not expected)`, ...missing, ...extra].join('\n'));
}

/** Asks again and again until there is an answer, for a while. */
export async function until<T>(what: string, ask: () => Promise<T | false | undefined>, patienceSeconds = 20): Promise<T> {
  const deadline = Date.now() + patienceSeconds * 1000;
  for (;;) {
    const answer = await ask();
    if (answer !== false && answer !== undefined) return answer;
    if (Date.now() > deadline) throw new Error(`${what}: not within ${patienceSeconds} s`);
    await sleep(100);
  }
}

export function seconds(begun: number) {
  return `(${((Date.now() - begun) / 1000).toFixed(1)} s)`;
}

function indented(text: string) {
  return text.replaceAll(`${process.cwd()}/`, '').trimEnd().split('\n').map(line => `        ${line}`).join('\n');
}
