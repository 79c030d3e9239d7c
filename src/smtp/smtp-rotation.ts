import { Duration } from 'aws-cdk-lib';
import { Schedule } from 'aws-cdk-lib/aws-events';
import { fail } from '../private/errors';

/** As long as Secrets Manager's schedules go. */
const DAYS_MAX = 999;

/**
 * When SMTP credentials are replaced by new ones. Those before stay valid until the next time, so a program has to read the secret again within that time.
 */
export class SmtpRotation {
  /**
   * By itself, every so many days.
   *
   * @param interval whole days, 1 to 999
   */
  public static every(interval: Duration): SmtpRotation {
    const days = interval.toDays({ integral: false });
    if (!Number.isInteger(days) || days < 1 || days > DAYS_MAX) {
      fail('SmtpRotation.interval', `the interval is ${interval.toHumanString()}; it takes whole days, 1 to ${DAYS_MAX}`);
    }
    return new SmtpRotation(interval);
  }

  /**
   * Only when somebody asks for it (`aws secretsmanager rotate-secret`): for programs into which a person has to type the password.
   */
  public static byHand(): SmtpRotation {
    return new SmtpRotation();
  }

  /** The time from one rotation to the next; undefined when it is done by hand. */
  public readonly interval?: Duration;

  private constructor(interval?: Duration) {
    this.interval = interval;
  }

  /**
   * The schedule as Secrets Manager writes it.
   *
   * @internal
   */
  public get _rules(): { scheduleExpression: string } | undefined {
    return this.interval && { scheduleExpression: Schedule.rate(this.interval).expressionString };
  }
}
