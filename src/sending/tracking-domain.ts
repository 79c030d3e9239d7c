import { CfnResource, type Duration, type RemovalPolicy, Stack, Token, Validations } from 'aws-cdk-lib';
import type * as cloudfront from 'aws-cdk-lib/aws-cloudfront';
import { HttpsPolicy } from 'aws-cdk-lib/aws-ses';
import { Construct, DependencyGroup, type IDependable } from 'constructs';
import { finishedSets, isSaid } from './finished-sets';
import type { TrackingHttps, TrackingHttpsConfig } from './tracking-https';
import type { MailDns } from '../dns';
import { type IMailIdentity, MailFrom, VerifiedDomain } from '../identity';
import { domainNamed, mailFromNamed } from '../identity/identity-registry';
import { removalPolicyOf } from '../identity/identity-resource';
import { fail, located } from '../private/errors';
import { finding } from '../private/finding';
import { Dmarc, DnsRecord } from '../records';
import { isBelow, normalizeDomain } from '../records/domain-name';
import { SesRegion } from '../ses';

/**
 * Properties of a tracking domain.
 */
export interface TrackingDomainProps {
  /**
   * The domain that stands in open and click links: a sub-domain which is used for nothing else, e.g. `click.example.com`.
   *
   * Refused: the name of the DNS zone, the MAIL FROM domain of a domain of this app, and what does not lie below `identity`.
   */
  readonly domainName: string;

  /**
   * Where the records are published.
   */
  readonly dns: MailDns;

  /**
   * The verified domain that the tracking domain lies below. SES takes no tracking domain which it has not verified, and a verified domain covers its
   * sub-domains.
   *
   * @default - an identity of its own, which sends no mail
   */
  readonly identity?: IMailIdentity;

  /**
   * Who answers the links over HTTPS.
   *
   * @default - nobody: the links go to SES over HTTP, which is the finding `TrackingDomain.http`
   */
  readonly https?: TrackingHttps;

  /**
   * The host of SES that answers the links.
   *
   * For a Region in which the library knows none, and which has one by now.
   *
   * @default - `r.<region>.awstrack.me` of the Region of the stack
   */
  readonly trackingHost?: string;

  /**
   * How long resolvers may keep the records.
   *
   * @default Duration.minutes(30)
   */
  readonly ttl?: Duration;

  /**
   * What becomes of the records, the distribution with its certificate, and the identity if it is the construct's own, when they leave the stack.
   *
   * Links in letters that were sent long ago still lead through the domain, and die with it. The default keeps all of it, except when the deployment that
   * creates it fails: then it goes, so that it can be repeated.
   *
   * @default RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE
   */
  readonly removalPolicy?: RemovalPolicy;
}

/**
 * A domain of your own in the links by which SES counts opens and clicks, in place of SES's `awstrack.me`. Give it to one or more streams.
 *
 * With HTTP it is one CNAME record; with HTTPS also a CloudFront distribution.
 *
 * SES takes it once it is verified, which is minutes to 72 hours after the records are there. So deploy it, or the domain above it, in a stack of its
 * own, before the stack with the streams.
 *
 * @see https://docs.aws.amazon.com/ses/latest/dg/configure-custom-open-click-domains.html
 *
 * @example
 * declare const zone: route53.IHostedZone;
 * declare const domain: VerifiedDomain;
 * declare const certificate: acm.ICertificate;
 *
 * new TrackingDomain(this, 'Links', {
 *   domainName: 'click.example.com',
 *   dns: Dns.route53(zone),
 *   identity: domain,
 *   https: TrackingHttps.certificate(certificate),
 * });
 */
export class TrackingDomain extends Construct {
  /** The domain. */
  public readonly domainName: string;

  /** The protocol of the links: HTTPS for all of them, or HTTP for opens and the protocol that each link had for clicks. */
  public readonly httpsPolicy: HttpsPolicy;

  /** The identity that verifies the domain. */
  public readonly identity: IMailIdentity;

  /** The distribution that answers over HTTPS; undefined when this construct makes none. */
  public readonly distribution?: cloudfront.IDistribution;

  /** The record of the domain itself. Those which verify it belong to the identity. */
  public readonly dnsRecords: DnsRecord[];

  /** What a configuration set that uses the domain has to come after: all that this construct makes, but no identity that was given. */
  public readonly dependencies: IDependable;

  public constructor(scope: Construct, id: string, props: TrackingDomainProps) {
    super(scope, id);
    this.domainName = located(this, () => normalizeDomain(props.domainName, 'tracking domain'));
    this.httpsPolicy = props.https ? HttpsPolicy.REQUIRE : HttpsPolicy.OPTIONAL;
    this.refuseApex(props);
    if (props.identity) this.refuseOutside(props.identity);
    const trackingHost = this.trackingHost(props);
    this.identity = props.identity ?? this.createIdentity(props);
    const { target, distribution }: TrackingHttpsConfig =
      props.https?.bind(this, { domainName: this.domainName, trackingHost, removalPolicy: removalPolicyOf(props) }) ?? { target: trackingHost };
    this.distribution = distribution;
    this.dnsRecords = [DnsRecord.cname(this.domainName, target, { ttl: props.ttl, purpose: 'Tracking: open and click links of mail lead to Amazon SES' })];
    const published = props.dns.publish(this, 'Records', { records: this.dnsRecords, removalPolicy: removalPolicyOf(props) });
    this.dependencies = new DependencyGroup(this, published);
    if (!props.https) this.reportHttp();
    this.checkLater();
  }

  private refuseApex({ dns, identity }: TrackingDomainProps): void {
    const name = this.domainName;
    if (Token.isUnresolved(name) || (name !== dns.domainName && name !== identity?.identityName)) return;
    fail('TrackingDomain.apex', `the tracking domain is "${name}", ${name === dns.domainName ? 'the name of the DNS zone' : 'the identity itself'}; ` +
      `it becomes a CNAME record, beside which a name can have no other record, so give a sub-domain that is used for nothing else, e.g. "click.${name}"`, this);
  }

  private refuseOutside({ identityName }: IMailIdentity): void {
    if (Token.isUnresolved(this.domainName) || Token.isUnresolved(identityName) || isBelow(this.domainName, identityName)) return;
    fail('TrackingDomain.outsideIdentity', `the tracking domain "${this.domainName}" does not lie below the identity "${identityName}", so SES has not verified ` +
      'it; give the verified domain above it, or leave `identity` out for an identity of its own', this);
  }

  private trackingHost({ trackingHost }: TrackingDomainProps): string {
    if (trackingHost !== undefined) return located(this, () => normalizeDomain(trackingHost, 'tracking host'));
    const region = SesRegion.of(Stack.of(this).region);
    if (region.supportsTracking) return region.trackingDomain;
    return fail('TrackingDomain.region', `SES is not known to track opens and clicks for domains of others in ${region.name}; it does in ${trackingRegions()}. ` +
      `If it does here by now, give its host as trackingHost, e.g. "${region.trackingDomain}"`, this);
  }

  private createIdentity(props: TrackingDomainProps): VerifiedDomain {
    const identity = new VerifiedDomain(this, 'Identity', {
      domain: this.domainName,
      dns: props.dns,
      mailFrom: MailFrom.none(),
      dmarc: Dmarc.reject(),
      ttl: props.ttl,
      removalPolicy: props.removalPolicy,
    });
    const reason = 'Nobody sends mail from a tracking domain; it is an identity so that SES takes it in links.';
    Validations.of(identity).acknowledge(
      { id: 'cdk-postmaster:VerifiedDomain.singleAlignment', reason },
      { id: 'CdkPostmaster-DefaultConfigurationSet', reason },
    );
    return identity;
  }

  private reportHttp(): void {
    finding(this, 'TrackingDomain.http', `SES has no certificate for "${this.domainName}": a link which was https: is rewritten to https: at this name, and who ` +
      'clicks it gets a certificate warning in place of the page; give `https`, or acknowledge this when no link of the mail is https:');
  }

  /** What is asked when the tree is complete, since identities and configuration sets may come after the tracking domain. */
  private checkLater(): void {
    this.node.addValidation({
      validate: () => {
        this.refuseMailFrom();
        this.reportShared();
        this.reportUnverified();
        return [];
      },
    });
  }

  private refuseMailFrom(): void {
    const owner = mailFromNamed(this, this.domainName);
    if (!owner) return;
    fail('TrackingDomain.mailFrom', `the tracking domain "${this.domainName}" is the MAIL FROM domain of ${owner.node.path}, whose MX and SPF records cannot ` +
      'stand beside a CNAME record; give a sub-domain that is used for nothing else', this);
  }

  private reportShared(): void {
    const other = domainNamed(this, this.domainName);
    if (!other || other === this.identity) return;
    finding(this, 'TrackingDomain.notDedicated', `the tracking domain "${this.domainName}" is also the identity ${other.node.path}, which sends mail: beside its ` +
      'CNAME record the name can have no MX record, so nobody can answer that mail; give a sub-domain that is used for nothing else');
  }

  private reportUnverified(): void {
    const identity = this.identity.node.defaultChild;
    if (!CfnResource.isCfnResource(identity)) return;
    const set = finishedSets(this).find(finished =>
      finished.resource.stack === identity.stack && isSaid(finished, finished.trackingDomain, this.domainName));
    if (!set) return;
    finding(this, 'TrackingDomain.unverified', `the configuration set ${set.resource.node.path} uses the tracking domain in the same stack that creates ` +
      `the identity ${this.identity.node.path}, and SES refuses a tracking domain until that is verified, so the first deployment fails; deploy the identity ` +
      'in a stack of its own first, or acknowledge this once it is verified');
  }
}

/** The Regions in which SES is known to answer tracking links. */
function trackingRegions(): string {
  return SesRegion.known.filter(name => SesRegion.of(name).supportsTracking).join(', ');
}
