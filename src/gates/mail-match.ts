import type { MailPattern } from './gate-constants';
import type { Verdict, VerdictStatus } from './verdict';
import { fail } from '../private/errors';
import { Recipient } from '../receipt/recipient';

/** What a header field may be called (RFC 5322). */
const HEADER_NAME = /^[\x21-\x39\x3b-\x7e]+$/;

/**
 * What a gate looks for in mail. Texts are compared without regard to upper and lower case.
 *
 * SES hands gates the envelope, the verdicts, and the first 10 KB of the header, but not the body. Where a header is longer, and a field that decides may be
 * behind that, the gate takes the mail for mail that it does not look for.
 */
export class MailMatch {
  /**
   * Mail of which any of the verdicts has come out in any of the ways.
   *
   * @param verdicts the verdicts, one or more
   * @param statuses how they have come out, one or more
   */
  public static verdict(verdicts: Verdict[], statuses: VerdictStatus[]): MailMatch {
    return new MailMatch({ verdicts: atLeastOne('verdicts', verdicts), statuses: atLeastOne('statuses', statuses) });
  }

  /**
   * Mail with a text in its subject.
   *
   * @param text e.g. `discount`
   */
  public static subjectContains(text: string): MailMatch {
    return new MailMatch({ subject: notEmpty('the subject', text) });
  }

  /**
   * Mail with a header field.
   *
   * @param name e.g. `List-Id`
   */
  public static header(name: string): MailMatch {
    return new MailMatch({ header: headerName(name) });
  }

  /**
   * Mail with a header field that has one value.
   *
   * @param name e.g. `X-Header`
   * @param value the whole value
   */
  public static headerIs(name: string, value: string): MailMatch {
    return new MailMatch({ header: headerName(name), value: value.trim() });
  }

  /**
   * Mail with a header field that has a text in it.
   *
   * @param name e.g. `X-Mailer`
   * @param text a part of the value
   */
  public static headerContains(name: string, text: string): MailMatch {
    return new MailMatch({ header: headerName(name), contains: notEmpty(`header ${name}`, text) });
  }

  /**
   * Mail which says that it is from somebody, in its From or in the envelope. Anybody can write that: exempt nobody by it.
   *
   * @param senders addresses (`user@example.com`), domains (`example.com`), or subdomains of a domain (`.example.com`), one or more
   */
  public static sender(...senders: string[]): MailMatch {
    return new MailMatch({ senders: conditions('senders', senders), authenticated: false });
  }

  /**
   * Mail that is from somebody: in From, and DMARC has passed; or in the envelope, and SPF has passed.
   *
   * @param senders addresses (`user@example.com`), domains (`example.com`), or subdomains of a domain (`.example.com`), one or more
   */
  public static authenticatedSender(...senders: string[]): MailMatch {
    return new MailMatch({ senders: conditions('senders', senders), authenticated: true });
  }

  /**
   * Mail of which at least one recipient in the envelope is one of these.
   *
   * @param recipients whom it may be for, one or more
   */
  public static recipient(...recipients: Recipient[]): MailMatch {
    return new MailMatch({ recipients: atLeastOne('recipients', recipients).map(({ condition }) => condition) });
  }

  /**
   * Mail that fits all of these.
   *
   * @param matches one or more
   */
  public static allOf(...matches: MailMatch[]): MailMatch {
    return new MailMatch({ allOf: patternsOf(matches) });
  }

  /**
   * Mail that fits at least one of these.
   *
   * @param matches one or more
   */
  public static anyOf(...matches: MailMatch[]): MailMatch {
    return new MailMatch({ anyOf: patternsOf(matches) });
  }

  /**
   * Mail that fits none of these.
   *
   * @param matches one or more
   */
  public static noneOf(...matches: MailMatch[]): MailMatch {
    return new MailMatch({ noneOf: patternsOf(matches) });
  }

  /**
   * What the gate is told.
   *
   * @internal
   */
  public readonly _pattern: MailPattern;

  private constructor(pattern: MailPattern) {
    this._pattern = pattern;
  }
}

function patternsOf(matches: MailMatch[]): MailPattern[] {
  return atLeastOne('matches', matches).map(({ _pattern }) => _pattern);
}

function atLeastOne<T>(what: string, values: T[]): T[] {
  if (values.length === 0) fail('MailMatch.empty', `${what} is an empty list, which would fit no mail, or all of it; give one or more`);
  return values;
}

function notEmpty(what: string, text: string): string {
  if (text === '') fail('MailMatch.emptyText', `${what} is to contain an empty text, as every text does; give what to look for`);
  return text;
}

function headerName(name: string): string {
  if (!HEADER_NAME.test(name)) fail('MailMatch.headerName', `"${name}" is not the name of a header field; a name is of printable ASCII without blanks and ":", e.g. "List-Id"`);
  return name;
}

function conditions(what: string, values: string[]): string[] {
  return atLeastOne(what, values).map(value => Recipient.of(value).condition);
}
