/**
 * Which envelope recipients a receipt rule is for.
 *
 * @see https://docs.aws.amazon.com/ses/latest/dg/receiving-email-receipt-rules-console-walkthrough.html
 */
export class Recipient {
  /** The condition as SES writes it. */
  public readonly condition: string;

  private constructor(condition: string) {
    this.condition = condition;
  }
}
