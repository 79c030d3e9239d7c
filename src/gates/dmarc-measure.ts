import type * as s3 from 'aws-cdk-lib/aws-s3';
import type { NextStep } from './gate-constants';
import type { BounceOptions, BucketDeliveryOptions, MailAction } from '../actions';
import { Deliver } from '../actions';

/** What a measure means for a gate. */
export interface DmarcMeasureConfig {
  readonly disposition: NextStep;
  /** What the rule does with the mail that the gate lets pass to it. */
  readonly store?: MailAction;
  readonly bounce?: SendBounceOptions;
}

/**
 * What the sender of mail that is refused is told.
 */
export interface SendBounceOptions extends BounceOptions {
  /**
   * What people read.
   *
   * @default - that the mail fails the DMARC policy of the domain in From
   */
  readonly explanation?: string;
}

/**
 * What is done with mail that fails DMARC.
 */
export class DmarcMeasure {
  /**
   * Nothing: the next rules handle it.
   */
  public static deliver(): DmarcMeasure {
    return new DmarcMeasure({ disposition: 'CONTINUE' });
  }

  /**
   * No rule handles it, and nobody is told.
   */
  public static drop(): DmarcMeasure {
    return new DmarcMeasure({ disposition: 'STOP_RULE_SET' });
  }

  /**
   * No rule handles it, and its sender is told by a bounce. Most of such mail is forged, so a bounce is sent only if SPF vouches for the address in the
   * envelope, if the mail is not older than a day, and if it was not sent by a program, a mailing list or a mail server. Else it is dropped.
   *
   * @param options who sends the bounce
   */
  public static bounce(options: SendBounceOptions): DmarcMeasure {
    return new DmarcMeasure({ disposition: 'STOP_RULE_SET', bounce: options });
  }

  /**
   * It is put into a bucket, and no other rule handles it. Of one gate all such mail goes to the same place.
   *
   * @param bucket the bucket
   * @param options prefix, keys, and who is told
   */
  public static store(bucket: s3.IBucket, options: BucketDeliveryOptions = {}): DmarcMeasure {
    return new DmarcMeasure({ disposition: 'CONTINUE', store: Deliver.toBucket(bucket, options) });
  }

  /**
   * What the gate is told.
   *
   * @internal
   */
  public readonly _config: DmarcMeasureConfig;

  private constructor(config: DmarcMeasureConfig) {
    this._config = config;
  }
}
