import { normalizeCondition } from './recipient-condition';
import { fail } from '../private/errors';
import { hasToken } from '../private/tokens';

/**
 * Which envelope recipients a receipt rule is for: those that the sending server named, which may be others than those in the headers.
 *
 * A rule without recipients is for everything at every verified domain.
 *
 * @see https://docs.aws.amazon.com/ses/latest/dg/receiving-email-receipt-rules-console-walkthrough.html
 */
export class Recipient {
  /**
   * One address, with the tags that its owner puts behind a plus sign: `user@example.com` is for `user+news@example.com`, too. With a tag it is for that
   * one address only.
   *
   * @param address e.g. `support@example.com`; its case is kept before the @. Refused: wildcards, display names, anything but ASCII
   */
  public static address(address: string): Recipient {
    if (!address.includes('@') && !hasToken(address)) {
      fail('Recipient.address', `recipient "${address}" is not an address; all addresses of a domain are Recipient.domain("${address}")`);
    }
    return new Recipient(normalizeCondition(address));
  }

  /**
   * All addresses of a domain, and none of its subdomains.
   *
   * @param domain e.g. `example.com` or `support.example.com`; in ASCII. Refused: wildcards, URLs, a dot in front
   */
  public static domain(domain: string): Recipient {
    if (domain.includes('@')) fail('Recipient.domain', `recipient "${domain}" is an address; one address is Recipient.address("${domain}")`);
    if (domain.startsWith('.')) fail('Recipient.domain', `recipient "${domain}" begins with a dot; its subdomains are Recipient.subdomainsOf("${domain.slice(1)}")`);
    return new Recipient(normalizeCondition(domain));
  }

  /**
   * All addresses of all subdomains, however deep, and none of the domain itself. DNS needs an MX record with a wildcard for them.
   *
   * @param domain the domain above them, without a dot in front
   */
  public static subdomainsOf(domain: string): Recipient {
    return new Recipient(`.${Recipient.domain(domain).condition}`);
  }

  /**
   * All addresses of a domain and of its subdomains: two conditions.
   *
   * @param domain e.g. `example.com`
   */
  public static domainAndSubdomains(domain: string): Recipient[] {
    return [Recipient.domain(domain), Recipient.subdomainsOf(domain)];
  }

  /**
   * A condition in SES's own form: `user@example.com`, `example.com`, or `.example.com` for the subdomains.
   *
   * @param condition the condition
   */
  public static of(condition: string): Recipient {
    return new Recipient(normalizeCondition(condition));
  }

  /** The condition as SES writes it. */
  public readonly condition: string;

  private constructor(condition: string) {
    this.condition = condition;
  }
}
