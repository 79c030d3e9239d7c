import { type Duration, RemovalPolicy, Token } from 'aws-cdk-lib';
import * as ses from 'aws-cdk-lib/aws-ses';
import type { Construct } from 'constructs';
import { Dkim, DkimConfig } from './dkim';
import { checkDomain, DomainPolicies, reportDomain } from './domain-checks';
import { registerDomain } from './identity-registry';
import { createIdentity, nameOfArn, removalPolicyOf } from './identity-resource';
import { MailFrom, MailFromConfig } from './mail-from';
import { IMailIdentity, ImportedIdentity, MailIdentity } from './mail-identity';
import { MailDns } from '../dns';
import { fail, located } from '../private/errors';
import { Bimi, Dmarc, DnsRecord, DnsRecordOptions } from '../records';
import { normalizeDomain } from '../records/domain-name';
import { mergeRecords } from '../records/merge-records';

/**
 * Which records of a domain are published. Leave out what exists already, or what another stack publishes.
 */
export interface PublishedRecords {
  /**
   * The DKIM records. Without them SES never verifies the domain.
   *
   * @default true
   */
  readonly dkim?: boolean;

  /**
   * The MX record of the MAIL FROM domain. In a second Region that shares the MAIL FROM domain: false.
   *
   * @default true
   */
  readonly mailFromMx?: boolean;

  /**
   * The SPF record of the MAIL FROM domain. In a second Region that shares the MAIL FROM domain: false.
   *
   * @default true
   */
  readonly mailFromSpf?: boolean;

  /**
   * The DMARC record. When it exists already, say so here and repeat it in `dmarc`, since other checks depend on it.
   *
   * @default true
   */
  readonly dmarc?: boolean;

  /**
   * The BIMI record.
   *
   * @default true
   */
  readonly bimi?: boolean;
}

/**
 * Properties of a verified domain.
 */
export interface VerifiedDomainProps {
  /**
   * Where the records of the domain are published.
   */
  readonly dns: MailDns;

  /**
   * The domain, e.g. `example.com` or `news.example.com`. Upper case is lowered; a domain in other scripts is given in its `xn--` form.
   *
   * @default - the name of the DNS zone
   */
  readonly domain?: string;

  /**
   * How mail is signed.
   *
   * @default Dkim.easy()
   */
  readonly dkim?: Dkim;

  /**
   * The envelope sender, to which bounces return.
   *
   * @default MailFrom.subdomain('bounce')
   */
  readonly mailFrom?: MailFrom;

  /**
   * What receivers shall do with mail that fails authentication. Give it `reportTo`: without reports nobody sees what a stricter policy would stop.
   *
   * @default Dmarc.none()
   */
  readonly dmarc?: Dmarc;

  /**
   * The logo that mail programs show beside mail of the domain. It needs an enforcing DMARC policy.
   *
   * @default - no logo
   */
  readonly bimi?: Bimi;

  /**
   * The configuration set of mail which names none.
   *
   * @default - none
   */
  readonly defaultConfigurationSet?: ses.IConfigurationSet;

  /**
   * Whether SES forwards bounces and complaints by mail to the Return-Path. Off, somebody else has to hear of them: event destinations of a configuration set,
   * best of the default one, or topics of the identity (`FeedbackNotifications`), which then see to this setting on deployment.
   *
   * @default - true, unless the default configuration set publishes both to a topic or the event bus
   */
  readonly feedbackForwarding?: boolean;

  /**
   * Records to publish with the others, e.g. `TlsRpt.reportTo([...]).record('example.com')`. A TXT record with the name of one of the others
   * joins its record set, since DNS has one TXT set a name.
   *
   * @default - none
   */
  readonly additionalRecords?: DnsRecord[];

  /**
   * Which of the records are published.
   *
   * @default - all
   */
  readonly publish?: PublishedRecords;

  /**
   * How long resolvers may keep the records.
   *
   * @default Duration.minutes(30)
   */
  readonly ttl?: Duration;

  /**
   * What becomes of the identity and of its records, together, when they leave the stack: an identity without its records loses its verification.
   *
   * The default keeps them, except when the deployment that creates them fails: then they go, so that it can be repeated.
   *
   * @default RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE
   */
  readonly removalPolicy?: RemovalPolicy;

  /**
   * Whether a domain that begins with `www.` is meant. SES verifies the domain that stands in addresses, which is rarely the one of the web site.
   *
   * @default false
   */
  readonly allowWww?: boolean;
}

/**
 * A domain that SES may send from, with everything that makes its mail authenticate: the identity, DKIM, a MAIL FROM domain with SPF,
 * DMARC and BIMI, and the DNS records for all of them.
 *
 * Creates an `AWS::SES::EmailIdentity` and, with a hosted zone, one `AWS::Route53::RecordSetGroup`.
 *
 * CloudFormation is done when the identity exists; SES verifies it when it finds the records, usually in minutes, at the latest in 72 hours.
 *
 * @example
 * declare const zone: route53.IHostedZone;
 *
 * new VerifiedDomain(this, 'Mail', {
 *   dns: Dns.route53(zone),
 *   dmarc: Dmarc.none({ reportTo: ['dmarc@example.com'] }),
 * });
 */
export class VerifiedDomain extends MailIdentity {
  /**
   * A domain that is verified already, in the account and Region of the stack.
   *
   * @param scope where the import is used
   * @param id a name for it
   * @param domainName the domain
   * @param defaultConfigurationSet the default configuration set of the domain, so that grants cover it
   */
  public static fromDomainName(scope: Construct, id: string, domainName: string, defaultConfigurationSet?: ses.IConfigurationSet): IMailIdentity {
    return new ImportedIdentity(scope, id, { name: located(scope, () => normalizeDomain(domainName, 'domain')) }, defaultConfigurationSet);
  }

  /**
   * A domain that is verified already, by the ARN of its identity. It may belong to another account, which lets this one send by a sending
   * authorization policy; it has to be in the Region of the stack.
   *
   * @param scope where the import is used
   * @param id a name for it
   * @param identityArn e.g. `arn:aws:ses:eu-west-1:111122223333:identity/example.com`
   * @param defaultConfigurationSet the default configuration set of the domain, so that grants cover it
   */
  public static fromDomainArn(scope: Construct, id: string, identityArn: string, defaultConfigurationSet?: ses.IConfigurationSet): IMailIdentity {
    return new ImportedIdentity(scope, id, nameOfArn(scope, identityArn), defaultConfigurationSet);
  }

  /** The domain. */
  public readonly identityName: string;

  /** The configuration set of mail which names none. */
  public readonly defaultConfigurationSet?: ses.IConfigurationSet;

  /** The MAIL FROM domain; undefined when SES uses its own. */
  public readonly mailFromDomain?: string;

  /** The DMARC policy. */
  public readonly dmarc: Dmarc;

  /** Whether SES signs mail of the domain. */
  public readonly signing: boolean;

  /** Where the records are published. */
  public readonly dns: MailDns;

  /** The records that are published. Names and values of Easy DKIM are tokens, which the deployment fills in. */
  public readonly dnsRecords: DnsRecord[];

  /** Records that others have to publish: the consent of a domain to receive the DMARC reports about this one. */
  public readonly recordsForOthers: DnsRecord[];

  protected readonly identityRef: string;

  public constructor(scope: Construct, id: string, props: VerifiedDomainProps) {
    super(scope, id);
    const recordOptions = { ttl: props.ttl };
    const domain = located(this, () => normalizeDomain(props.domain ?? props.dns.domainName, 'domain'));
    const dkim = props.dkim ?? Dkim.easy();
    const signing = dkim.bind(this);
    const mailFrom = (props.mailFrom ?? MailFrom.subdomain()).bind(this, domain, recordOptions);
    this.identityName = domain;
    this.dns = props.dns;
    this.mailFromDomain = mailFrom?.domainName;
    this.dmarc = props.dmarc ?? Dmarc.none();
    this.signing = signing.signing;
    this.defaultConfigurationSet = props.defaultConfigurationSet;
    this.recordsForOthers = Token.isUnresolved(domain) ? [] : this.dmarc.reportAuthorizationRecords(domain);
    this.checkAll({ domain, signing: this.signing, mailFrom: this.mailFromDomain, dmarc: this.dmarc, bimi: props.bimi }, props);
    const identity = this.createIdentity(props, signing, mailFrom);
    this.identityRef = identity.ref;
    if (props.dns._isByHand) this._verifiedByHand = 'enter its DNS records';
    const dkimRecords = this.publishesDkim(props, signing) ? dkim.records(identity, domain, recordOptions) : [];
    const apart = props.dns._zone && signing.recordsId ? this.publishBefore(identity, signing.recordsId, dkimRecords) : [];
    this.dnsRecords = [...apart, ...this.publishRecords(props, mailFrom, apart.length > 0 ? [] : dkimRecords)];
    registerDomain(domain, { scope: this, dmarc: this.dmarc, mailFrom: this.mailFromDomain });
  }

  private checkAll(policies: DomainPolicies, props: VerifiedDomainProps): void {
    checkDomain(this, policies, props.allowWww ?? false);
    reportDomain(this, policies, this.recordsForOthers);
  }

  private createIdentity(props: VerifiedDomainProps, signing: DkimConfig, mailFrom?: MailFromConfig): ses.CfnEmailIdentity {
    const identity = createIdentity(this, signing.resourceId, {
      name: this.identityName,
      signing: signing.signing,
      signingAttributes: signing.signingAttributes,
      mailFrom,
      defaultConfigurationSet: props.defaultConfigurationSet,
      feedbackForwarding: props.feedbackForwarding,
      grantedSets: this._grantedSets,
      removalPolicy: props.removalPolicy,
    });
    if (signing.unsignedReason) identity.addMetadata('cdk-postmaster:dkim-disabled', signing.unsignedReason);
    return identity;
  }

  private publishesDkim({ publish }: VerifiedDomainProps, signing: DkimConfig): boolean {
    if (publish?.dkim !== false) return true;
    if (signing.signingAttributes) return false;
    return fail('VerifiedDomain.publishDkim', 'publish.dkim is false, and what signs with this key between deployments publishes its records itself; leave publish.dkim out', this);
  }

  /** Publishes the records of a key for good, before SES is told the key. */
  private publishBefore(identity: ses.CfnEmailIdentity, id: string, records: DnsRecord[]): DnsRecord[] {
    if (records.length === 0) return [];
    identity.node.addDependency(this.dns.publish(this, id, { records, removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE }));
    return records;
  }

  private publishRecords(props: VerifiedDomainProps, mailFrom: MailFromConfig | undefined, dkimRecords: DnsRecord[]): DnsRecord[] {
    const wanted = { mailFromMx: true, mailFromSpf: true, dmarc: true, bimi: true, ...props.publish };
    const options: DnsRecordOptions = { ttl: props.ttl };
    const bounce = mailFrom ? [...wanted.mailFromMx ? [mailFrom.mx] : [], ...wanted.mailFromSpf ? [mailFrom.spf] : []] : [];
    const own = [
      ...dkimRecords,
      ...mailFrom?.dns ? [] : bounce,
      ...wanted.dmarc ? [this.dmarc.record(this.identityName, options)] : [],
      ...wanted.bimi && props.bimi ? [props.bimi.record(this.identityName, options)] : [],
      ...props.additionalRecords ?? [],
    ];
    return [
      ...this.publishTo(props.dns, 'Records', own, props),
      ...mailFrom?.dns ? this.publishTo(mailFrom.dns, 'MailFromRecords', bounce, props) : [],
    ];
  }

  private publishTo(dns: MailDns, id: string, records: DnsRecord[], props: VerifiedDomainProps): DnsRecord[] {
    const merged = located(this, () => mergeRecords(records));
    if (merged.length > 0) dns.publish(this, id, { records: merged, removalPolicy: removalPolicyOf(props) });
    return merged;
  }
}
