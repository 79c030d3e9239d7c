import { Duration, Token } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { fail } from '../private/errors';

/**
 * What a pipeline counts to.
 */
export interface TransientBounceLimit {
  /** How many bounces are too many. */
  readonly bounces: number;

  /** In how long a time. */
  readonly within: Duration;
}

/**
 * What becomes of an address that bounces for now, again and again: a full mailbox, a server that does not answer for hours.
 */
export abstract class TransientBounces {
  /**
   * Such bounces are counted in the metrics, kept in the table, and no reason to suppress an address.
   */
  public static keep(): TransientBounces {
    return new Kept();
  }

  /**
   * An address is suppressed when it bounces for now so often. Bounces because of the message, e.g. its size, do not count. An out-of-office notice may look
   * like a bounce for now, so let it take more of them than somebody on holiday returns.
   *
   * @param bounces how many, 2 or more
   * @param within in how long a time, an hour or more and not longer than the pipeline keeps its records
   */
  public static suppressAfter(bounces: number, within: Duration): TransientBounces {
    return new Limited({ bounces, within });
  }

  /**
   * Checks the choice and says what it means; undefined when nothing is suppressed.
   *
   * @param scope the pipeline
   * @param retention how long the pipeline keeps its records
   */
  public abstract bind(scope: Construct, retention: Duration): TransientBounceLimit | undefined;
}

class Kept extends TransientBounces {
  public bind(): undefined {
    return undefined;
  }
}

class Limited extends TransientBounces {
  public constructor(private readonly limit: TransientBounceLimit) {
    super();
  }

  public bind(scope: Construct, retention: Duration): TransientBounceLimit {
    const { bounces, within } = this.limit;
    if (!Token.isUnresolved(bounces) && !(Number.isInteger(bounces) && bounces >= 2)) {
      fail('TransientBounces.count', `addresses are suppressed after ${bounces} transient bounces; it takes a whole number from 2 on, since a first one says nothing`, scope);
    }
    if (within.toSeconds() < Duration.hours(1).toSeconds() || within.toSeconds() > retention.toSeconds()) {
      fail('TransientBounces.window', `transient bounces are counted over ${within.toHumanString()}; it takes an hour or more, and not more than the ` +
        `${retention.toHumanString()} for which the pipeline keeps its records (retention)`, scope);
    }
    return this.limit;
  }
}
