import { PostmasterError } from '../../src/private/errors';

/** A rule says no, with exactly this code and sentence. */
export function expectRefusal(rule: () => unknown, code: string, sentence: string): void {
  expect(rule).toThrow(new PostmasterError(code, sentence));
}

/** A row of a table of refusals: what is tried, the rule, its code and sentence. */
export type Refusal = [tried: string, rule: () => unknown, code: string, sentence: string];
