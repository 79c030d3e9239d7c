import { fail } from '../private/errors';

/**
 * What the advisor of Virtual Deliverability Manager finds, in its own words: they are compared letter by letter, the full stop included. The
 * library's page docs/monitoring.md says what to do about each.
 *
 * @see https://docs.aws.amazon.com/ses/latest/dg/vdm-advisor.html
 */
export class AdvisorFinding {
  /** DKIM is switched off for the identity. */
  public static readonly DKIM_NOT_ENABLED = new AdvisorFinding('DKIM verification is not enabled.');

  /** The DKIM records are not right. */
  public static readonly DKIM_FAILED = new AdvisorFinding('DKIM verification has failed.');

  /** The DKIM key is short. */
  public static readonly DKIM_SHORT_KEY = new AdvisorFinding('DKIM signing key length is below 2048 bits.');

  /** There is no DKIM record, which DMARC needs. */
  public static readonly DKIM_NOT_FOUND = new AdvisorFinding('DKIM record was not found.');

  /** Mail is signed for another domain than that of its From address. */
  public static readonly DKIM_NOT_ALIGNED = new AdvisorFinding('DKIM record is not aligned.');

  /** There is no DMARC record. */
  public static readonly DMARC_NOT_FOUND = new AdvisorFinding('DMARC configuration was not found.');

  /** The DMARC record cannot be read. */
  public static readonly DMARC_MALFORMED = new AdvisorFinding('DMARC configuration could not be parsed.');

  /** The envelope sender is of another domain than the From address. */
  public static readonly MAIL_FROM_NOT_ALIGNED = new AdvisorFinding('MAIL FROM record is not aligned.');

  /** The MAIL FROM domain has no SPF record. */
  public static readonly SPF_NOT_FOUND = new AdvisorFinding('SPF record was not found.');

  /** The SPF record does not include Amazon SES. */
  public static readonly SPF_WITHOUT_SES = new AdvisorFinding('SPF record for Amazon SES was not found.');

  /** The SPF record does not say what to think of other servers. */
  public static readonly SPF_WITHOUT_ALL = new AdvisorFinding('SPF all qualifier is missing.');

  /** SES has not found the MX record of the MAIL FROM domain for 72 hours. */
  public static readonly SPF_CONFIGURATION = new AdvisorFinding('An SPF configuration issue was found.');

  /** There is no BIMI record under the selector `default`. */
  public static readonly BIMI_NOT_FOUND = new AdvisorFinding('BIMI record not found or configured without default selector.');

  /** The BIMI record cannot be read. */
  public static readonly BIMI_MALFORMED = new AdvisorFinding('BIMI has malformed TXT record.');

  /**
   * A finding that AWS has added since.
   *
   * @param text the words of AWS, the full stop included
   */
  public static custom(text: string): AdvisorFinding {
    return new AdvisorFinding(text);
  }

  /** The words of AWS. */
  public readonly text: string;

  private constructor(text: string) {
    if (text.trim() === '') fail('AdvisorFinding.empty', 'AdvisorFinding.custom takes the words of AWS, and they are empty; leave the finding out to hear of all');
    this.text = text;
  }
}
