import { fail } from '../private/errors';
import { hasToken } from '../private/tokens';

/** Where the simulator receives. */
const DOMAIN = 'simulator.amazonses.com';

/** The letters of a label: those of a mailbox name, without the ones that programs tend to stumble over. */
const LABEL = /^[A-Za-z0-9_=+-]+(\.[A-Za-z0-9_=+-]+)*$/;

/** An address has room for this much before the @ (RFC 5321). */
const LOCAL_PART_MAX = 64;

/**
 * Addresses of the SES mailbox simulator, which play what mail can meet, in the sandbox too. They answer mail that SES sends, and no other.
 *
 * Such mail counts against the sending rate and is billed, but not against the daily quota, nor in bounce and complaint rates.
 * With a label (`bounce+order-42@...`) a test finds its own message again. Several recipients that bounce in one message give one answer.
 *
 * @see https://docs.aws.amazon.com/ses/latest/dg/send-an-email-from-console.html
 */
export class MailboxSimulator {
  /**
   * Mail to this address is delivered.
   *
   * @param label what stands after a plus sign, at most 56 letters, digits, `-`, `_`, `+`, `=` and single dots; none when left out
   */
  public static success(label?: string): string {
    return addressOf('success', label);
  }

  /**
   * Mail to this address bounces: 550 5.1.1, unknown user. The address does not get onto a suppression list.
   *
   * @param label what stands after a plus sign, at most 57 letters, digits, `-`, `_`, `+`, `=` and single dots; none when left out
   */
  public static bounce(label?: string): string {
    return addressOf('bounce', label);
  }

  /**
   * Mail to this address is delivered, and answered with an out-of-office notice.
   *
   * @param label what stands after a plus sign, at most 59 letters, digits, `-`, `_`, `+`, `=` and single dots; none when left out
   */
  public static outOfOffice(label?: string): string {
    return addressOf('ooto', label);
  }

  /**
   * Mail to this address is delivered, and marked as spam by its recipient.
   *
   * @param label what stands after a plus sign, at most 54 letters, digits, `-`, `_`, `+`, `=` and single dots; none when left out
   */
  public static complaint(label?: string): string {
    return addressOf('complaint', label);
  }

  /**
   * Mail to this address bounces, as if the address were on the global suppression list.
   *
   * @param label what stands after a plus sign, at most 48 letters, digits, `-`, `_`, `+`, `=` and single dots; none when left out
   */
  public static suppressionList(label?: string): string {
    return addressOf('suppressionlist', label);
  }

  /**
   * Whether an address is one of the simulator, so that a handler can tell tests from people.
   *
   * @param address an address, with or without a display name
   */
  public static isSimulator(address: string): boolean {
    return address.trim().replace(/>$/, '').toLowerCase().endsWith(`@${DOMAIN}`);
  }

  private constructor() {}
}

function addressOf(mailbox: string, label?: string): string {
  if (label === undefined) return `${mailbox}@${DOMAIN}`;
  const room = LOCAL_PART_MAX - mailbox.length - 1;
  if (!hasToken(label) && (!LABEL.test(label) || label.length > room)) {
    fail('MailboxSimulator.label', `${JSON.stringify(label)} cannot be the label of ${mailbox}@${DOMAIN}; ` +
      `it takes 1 to ${room} letters, digits, "-", "_", "+", "=" and single dots between them`);
  }
  return `${mailbox}+${label}@${DOMAIN}`;
}
