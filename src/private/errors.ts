import type { IConstruct } from 'constructs';

/**
 * What every refusal of this library is: a stable code, a sentence with what was given, what is accepted and why, and the place.
 */
export class PostmasterError extends Error {
  public constructor(public readonly code: string, public readonly sentence: string, public readonly path?: string) {
    super(`${sentence}${path ? ` (at ${path})` : ''} [${code}]`);
    this.name = 'PostmasterError';
  }
}

/**
 * Refuses. A pure rule knows no place and leaves `scope` out; `located` adds it.
 */
export function fail(code: string, sentence: string, scope?: IConstruct): never {
  throw new PostmasterError(code, sentence, scope?.node.path);
}

/**
 * Runs rules of mail on behalf of a construct, so that what they refuse names the construct.
 */
export function located<T>(scope: IConstruct, rules: () => T): T {
  try {
    return rules();
  } catch (error) {
    if (error instanceof PostmasterError && error.path === undefined) {
      throw new PostmasterError(error.code, error.sentence, scope.node.path);
    }
    throw error;
  }
}
