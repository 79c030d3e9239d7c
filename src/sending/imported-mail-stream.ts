import type { Construct } from 'constructs';
import { MailStreamBase } from './mail-stream-base';
import { fail, located } from '../private/errors';
import { checkName, SES_NAMES } from '../ses/names';

/**
 * What is known of a configuration set that exists already.
 */
export interface MailStreamAttributes {
  /**
   * The name of the set.
   */
  readonly configurationSetName: string;

  /**
   * Whether a CloudWatch destination of the set counts its events by the one dimension `ses:configuration-set`.
   *
   * @default false
   */
  readonly publishesCounters?: boolean;

  /**
   * Whether SES publishes the bounce and complaint rate of the set.
   *
   * @default false
   */
  readonly reputationMetrics?: boolean;
}

/**
 * A configuration set of another maker. Its settings are not ours to change; event destinations may be added.
 */
export class ImportedMailStream extends MailStreamBase {
  public readonly configurationSetName: string;

  public constructor(scope: Construct, id: string, private readonly attributes: MailStreamAttributes) {
    super(scope, id);
    this.configurationSetName = located(this, () => checkName(SES_NAMES.configurationSet, attributes.configurationSetName));
  }

  protected count(): void {
    if (this.attributes.publishesCounters) return;
    fail('MailStream.importedCounters', 'SES counts the events of a set only for a CloudWatch event destination, and an imported set is not known to have one; ' +
      'import it by fromConfigurationSetAttributes with publishesCounters: true if it counts by ses:configuration-set', this);
  }

  protected rate(): void {
    if (this.attributes.reputationMetrics) return;
    fail('MailStream.importedRates', 'SES publishes the rates of a set only when that is switched on, which is not known of an imported set; ' +
      'import it by fromConfigurationSetAttributes with reputationMetrics: true if it is', this);
  }

  /** What another maker publishes cannot be known. */
  protected checkOnEventBus(): void {}
}
