import * as ses from 'aws-cdk-lib/aws-ses';
import { fail } from '../private/errors';

/**
 * Why an address is on the suppression list.
 */
export enum SuppressionReason {
  /** It does not exist: a hard bounce. */
  BOUNCE = 'BOUNCE',
  /** Somebody there has marked mail as spam. Gmail reports no complaints to senders. */
  COMPLAINT = 'COMPLAINT',
}

/**
 * Which addresses on the suppression list of the account a stream writes to all the same, and which it adds. There is one list; a stream has none of its own.
 *
 * @see https://docs.aws.amazon.com/ses/latest/dg/sending-email-suppression-list-config-level.html
 */
export class Suppression {
  /**
   * As the account has it.
   */
  public static account(): Suppression {
    return new Suppression();
  }

  /**
   * No suppression at all: SES writes to addresses that are known to bounce or to complain. Each such message harms the reputation.
   */
  public static none(): Suppression {
    return new Suppression([]);
  }

  /**
   * For these reasons, whatever the account says. Mail to an address that is on the list for another reason is sent.
   *
   * @param reasons one or both
   */
  public static reasons(reasons: SuppressionReason[]): Suppression {
    if (reasons.length === 0) {
      fail('Suppression.noReason', 'the list of reasons is empty, which would switch suppression off; say Suppression.none() if that is meant, or Suppression.account()');
    }
    return new Suppression([...new Set(reasons)]);
  }

  private constructor(
    /** The reasons; an empty list is no suppression, undefined leaves it to the account. */
    public readonly suppressedReasons?: SuppressionReason[],
  ) {}
}

/** The same in the words of aws-cdk-lib's construct. */
export function suppressionProps({ suppressedReasons }: Suppression): Pick<ses.ConfigurationSetProps, 'disableSuppressionList' | 'suppressionReasons'> {
  if (!suppressedReasons) return {};
  if (suppressedReasons.length === 0) return { disableSuppressionList: true };
  if (suppressedReasons.length === 2) return { suppressionReasons: ses.SuppressionReasons.BOUNCES_AND_COMPLAINTS };
  const [reason] = suppressedReasons;
  return { suppressionReasons: reason === SuppressionReason.BOUNCE ? ses.SuppressionReasons.BOUNCES_ONLY : ses.SuppressionReasons.COMPLAINTS_ONLY };
}
