import { Stack, Token } from 'aws-cdk-lib';
import { MailFromBehaviorOnMxFailure } from 'aws-cdk-lib/aws-ses';
import type { Construct } from 'constructs';
import type { MailDns } from '../dns';
import { fail, located } from '../private/errors';
import { DnsRecord, DnsRecordOptions, Spf } from '../records';
import { isBelow, normalizeDomain } from '../records/domain-name';
import { SesRegion } from '../ses';

/** The label that the library gives the MAIL FROM domain. */
const DEFAULT_LABEL = 'bounce';

/** The preference that SES documents for its feedback host; with one MX record it has no effect. */
const MX_PRIORITY = 10;

/**
 * Options of a MAIL FROM domain.
 */
export interface MailFromOptions {
  /**
   * What SES does when it does not find the MX record.
   *
   * `USE_DEFAULT_VALUE` sends with a sub-domain of amazonses.com: mail flows, but SPF does not align with your domain meanwhile.
   * `REJECT_MESSAGE` refuses to send (`MailFromDomainNotVerified`), also during the first verification, which takes up to 72 hours.
   *
   * @default MailFromBehaviorOnMxFailure.USE_DEFAULT_VALUE
   */
  readonly onMxFailure?: MailFromBehaviorOnMxFailure;

  /**
   * The Region whose feedback host the MX record names.
   *
   * A MAIL FROM domain has exactly one MX record. Identities of several Regions may share it: SES hands a bounce on to the Region that sent.
   * Name the same Region in all of them, or publish the record in one stack and leave it out of the others.
   *
   * @default - the Region of the stack
   */
  readonly mxRegion?: string;

  /**
   * Who may send with the MAIL FROM domain.
   *
   * @default Spf.amazonSes()
   */
  readonly spf?: Spf;

  /**
   * Where the records of the MAIL FROM domain are published, when it is a delegated zone of its own.
   *
   * @default - where the records of the domain are published
   */
  readonly dns?: MailDns;
}

/**
 * What a choice of MAIL FROM domain means for an identity.
 */
export interface MailFromConfig {
  /** The MAIL FROM domain. */
  readonly domainName: string;

  /** What SES does when it does not find the MX record. */
  readonly onMxFailure: MailFromBehaviorOnMxFailure;

  /** The MX record, to which receivers return bounces. */
  readonly mx: DnsRecord;

  /** The SPF record. */
  readonly spf: DnsRecord;

  /**
   * Where the two are published.
   *
   * @default - where the records of the domain are published
   */
  readonly dns?: MailDns;
}

/**
 * The envelope sender of mail, to which bounces return: a sub-domain that is used for nothing else. It is what lets SPF align for DMARC.
 *
 * @see https://docs.aws.amazon.com/ses/latest/dg/mail-from.html
 */
export abstract class MailFrom {
  /**
   * A sub-domain of the identity.
   *
   * @param label what stands before the domain, e.g. `bounce`
   * @param options MX record, SPF and what happens without them
   */
  public static subdomain(label: string = DEFAULT_LABEL, options: MailFromOptions = {}): MailFrom {
    return new CustomMailFrom(domain => `${label}.${domain}`, options);
  }

  /**
   * A domain given by its whole name. It has to lie below the identity's domain.
   *
   * @param domainName e.g. `bounce.example.com`
   * @param options MX record, SPF and what happens without them
   */
  public static domain(domainName: string, options: MailFromOptions = {}): MailFrom {
    return new CustomMailFrom(() => domainName, options);
  }

  /**
   * SES's own MAIL FROM domain. SPF passes, but for amazonses.com, so DMARC depends on DKIM alone.
   */
  public static none(): MailFrom {
    return new DefaultMailFrom();
  }

  /**
   * Checks the choice for a domain and says what it means; undefined when SES uses its own.
   *
   * @param scope the construct of the identity
   * @param domain the domain of the identity
   * @param options TTL of the records
   */
  public abstract bind(scope: Construct, domain: string, options: DnsRecordOptions): MailFromConfig | undefined;
}

class CustomMailFrom extends MailFrom {
  public constructor(private readonly nameFor: (domain: string) => string, private readonly options: MailFromOptions) {
    super();
  }

  public bind(scope: Construct, domain: string, options: DnsRecordOptions): MailFromConfig {
    const name = located(scope, () => normalizeDomain(this.nameFor(domain), 'MAIL FROM domain'));
    if (name === domain) {
      fail('MailFrom.sameAsIdentity', `the MAIL FROM domain is "${name}", the identity itself; it is a sub-domain that neither sends nor receives ` +
        `other mail, e.g. "${DEFAULT_LABEL}.${domain}"`, scope);
    }
    // a token on either side leaves it to SES, which checks again
    if (!isBelow(name, domain) && !Token.isUnresolved(name) && !Token.isUnresolved(domain)) {
      fail('MailFrom.outsideIdentity', `the MAIL FROM domain "${name}" does not lie below the identity "${domain}"; SES takes a sub-domain of it only, ` +
        `e.g. "${DEFAULT_LABEL}.${domain}"`, scope);
    }
    const region = located(scope, () => SesRegion.of(this.options.mxRegion ?? Stack.of(scope).region));
    return {
      domainName: name,
      onMxFailure: this.options.onMxFailure ?? MailFromBehaviorOnMxFailure.USE_DEFAULT_VALUE,
      mx: DnsRecord.mx(name, MX_PRIORITY, region.feedbackEndpoint, { ...options, purpose: 'MAIL FROM: receivers return bounces to Amazon SES' }),
      spf: (this.options.spf ?? Spf.amazonSes()).record(name, options),
      dns: this.options.dns,
    };
  }
}

class DefaultMailFrom extends MailFrom {
  public bind(): undefined {
    return undefined;
  }
}
