import { fail } from '../private/errors';

/**
 * A port on which SES takes mail by SMTP. Each is encrypted, in one of two ways.
 *
 * @see https://docs.aws.amazon.com/ses/latest/dg/smtp-connect.html
 */
export class SmtpPort {
  /** 587: the client begins in the clear and asks for encryption (STARTTLS). The port that standards name for mail clients. */
  public static readonly STARTTLS_587 = new SmtpPort(587, false);

  /** 2587: as 587, for networks which block that. */
  public static readonly STARTTLS_2587 = new SmtpPort(2587, false);

  /** 25: as 587, but clouds and providers block or throttle it, EC2 and Lambda too. */
  public static readonly STARTTLS_25 = new SmtpPort(25, false);

  /** 465: encrypted from the first byte (TLS wrapper, SMTPS). */
  public static readonly TLS_465 = new SmtpPort(465, true);

  /** 2465: as 465, for networks which block that. */
  public static readonly TLS_2465 = new SmtpPort(2465, true);

  /** All of them. */
  public static get all(): SmtpPort[] {
    return [SmtpPort.STARTTLS_25, SmtpPort.TLS_465, SmtpPort.STARTTLS_587, SmtpPort.TLS_2465, SmtpPort.STARTTLS_2587];
  }

  /**
   * A port by its number. Refuses those on which SES does not listen.
   *
   * @param portNumber 25, 465, 587, 2465 or 2587
   */
  public static of(portNumber: number): SmtpPort {
    return SmtpPort.all.find(port => port.portNumber === portNumber) ?? fail('SmtpPort.unknown', `${portNumber} is no SMTP port of SES; ` +
      'it listens on 25, 587 and 2587 (STARTTLS), and on 465 and 2465 (encrypted from the first byte)');
  }

  /** The number. */
  public readonly portNumber: number;

  /** Whether the connection is encrypted from the first byte; if not, the client has to ask for it (STARTTLS). */
  public readonly tlsWrapper: boolean;

  private constructor(portNumber: number, tlsWrapper: boolean) {
    this.portNumber = portNumber;
    this.tlsWrapper = tlsWrapper;
  }
}
