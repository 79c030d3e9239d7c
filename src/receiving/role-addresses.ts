import { Recipient } from '../receipt';

/** Who answers for what at a domain, by RFC 2142. */
const REQUIRED = ['postmaster', 'abuse'];
const USUAL = [...REQUIRED, 'security', 'hostmaster', 'webmaster', 'noc'];

/**
 * The addresses at which strangers expect somebody who answers for a domain.
 *
 * @see https://www.rfc-editor.org/rfc/rfc2142
 *
 * @example
 * declare const inbox: InboundMail;
 * declare const bucket: MailBucket;
 *
 * inbox.addRule('Roles', { recipients: RoleAddresses.required('example.com'), actions: [Deliver.toBucket(bucket, { prefix: 'roles/' })] });
 */
export class RoleAddresses {
  /**
   * `postmaster@`, which every domain that receives mail has to have (RFC 5321), and `abuse@`, to which complaints about mail of the domain go. Mailbox providers
   * and blocklists write to both.
   *
   * @param domain e.g. `example.com`
   */
  public static required(domain: string): Recipient[] {
    return addressesAt(domain, REQUIRED);
  }

  /**
   * These two, and `security@`, `hostmaster@`, `webmaster@` and `noc@`.
   *
   * @param domain e.g. `example.com`
   */
  public static usual(domain: string): Recipient[] {
    return addressesAt(domain, USUAL);
  }

  private constructor() {}
}

function addressesAt(domain: string, names: string[]): Recipient[] {
  return names.map(name => Recipient.address(`${name}@${domain}`));
}
