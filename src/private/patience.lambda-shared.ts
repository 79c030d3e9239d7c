import type { Context } from 'aws-lambda';
import { retry } from './custom-resource.lambda-shared';
import { isTransientError } from './transient-error';

/** Time kept back to say what was not done. */
const RESERVE_MS = 3_000;

/** How long one call may take if nothing else is said, so that a connection which hangs does not take the time of all. */
const CALL_MS = 5_000;

/**
 * For clients of functions that make few calls: the SDK repeats what is throttled, with growing, jittered pauses, for up to a minute. SES takes about one such call
 * a second.
 */
export const PATIENT = { maxAttempts: 8 };

/**
 * What one invocation has time for. A call that is throttled, or finds nobody, is made again after growing, jittered pauses, as long as there is time.
 */
export class Patience {
  /** When the function is ended, in milliseconds. */
  public readonly killedAt: number;

  public constructor(context: Pick<Context, 'getRemainingTimeInMillis'>) {
    this.killedAt = Date.now() + context.getRemainingTimeInMillis();
  }

  /**
   * Makes a call.
   *
   * @param attempt the call; it ends when the signal says so
   * @param milliseconds how long it may take
   */
  public async call<T>(attempt: (signal: AbortSignal) => Promise<T>, milliseconds = CALL_MS): Promise<T> {
    const left = this.killedAt - RESERVE_MS - Date.now();
    if (left <= 0) throw new Error('out of time');
    return retry(() => attempt(AbortSignal.timeout(milliseconds)), isTransientError, left / 1000);
  }
}
