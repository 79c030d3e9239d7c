import type { AutoValidationThreshold } from 'aws-cdk-lib/aws-ses';

/**
 * Whether SES withholds mail to addresses that probably do not exist. Validations are billed.
 *
 * @see https://docs.aws.amazon.com/ses/latest/dg/email-validation-auto.html
 */
export class AutoValidation {
  /**
   * As the account has it.
   */
  public static account(): AutoValidation {
    return new AutoValidation();
  }

  /**
   * Every address is written to, whatever the account says.
   */
  public static disabled(): AutoValidation {
    return new AutoValidation(true);
  }

  /**
   * Only addresses that SES trusts to exist are written to.
   *
   * @param threshold how sure SES has to be; left out, SES's own
   */
  public static enabled(threshold?: AutoValidationThreshold): AutoValidation {
    return new AutoValidation(false, threshold);
  }

  private constructor(
    /** Whether validation is off; undefined leaves it to the account. */
    public readonly isDisabled?: boolean,
    /** How sure SES has to be; undefined leaves it to SES. */
    public readonly threshold?: AutoValidationThreshold,
  ) {}
}
