import { Arn, ArnFormat, CfnResource, type RemovalPolicy, Stack, Token, Validations } from 'aws-cdk-lib';
import * as acm from 'aws-cdk-lib/aws-certificatemanager';
import * as cloudfront from 'aws-cdk-lib/aws-cloudfront';
import { HttpOrigin } from 'aws-cdk-lib/aws-cloudfront-origins';
import type { IHostedZone } from 'aws-cdk-lib/aws-route53';
import type { Construct } from 'constructs';
import { fail, located } from '../private/errors';
import { isWithin, normalizeDomain } from '../records/domain-name';
import { SesRegion } from '../ses';

/** Where CloudFront looks for certificates. */
const CERTIFICATE_REGION = 'us-east-1';

/**
 * The links that shall be answered over HTTPS.
 */
export interface TrackingRedirect {
  /** The domain of the links. */
  readonly domainName: string;

  /** The host of SES that answers for it. It knows the domain by the Host header, so that has to get through. */
  readonly trackingHost: string;

  /** What becomes of all that is created. */
  readonly removalPolicy: RemovalPolicy;
}

/**
 * What a choice of HTTPS means for a tracking domain.
 */
export interface TrackingHttpsConfig {
  /** The name that the CNAME record of the tracking domain points to. */
  readonly target: string;

  /**
   * The distribution which answers.
   *
   * @default - one that this app does not make
   */
  readonly distribution?: cloudfront.IDistribution;
}

/**
 * Who answers open and click links over HTTPS. SES has no certificate for your domain, so something of yours has to stand before it.
 *
 * @see https://docs.aws.amazon.com/ses/latest/dg/configure-custom-open-click-domains.html
 */
export abstract class TrackingHttps {
  /**
   * A CloudFront distribution with a certificate that exists or is made elsewhere in the app.
   *
   * It hands each request on to SES with all its headers, caches nothing, and takes TLS 1.2 and newer. Not in AWS GovCloud, which has no CloudFront.
   *
   * @param certificate a certificate in us-east-1 which covers the tracking domain
   */
  public static certificate(certificate: acm.ICertificate): TrackingHttps {
    return new DistributedHttps((scope, redirect) => {
      refuseOtherRegion(scope, certificate, redirect);
      return certificate;
    });
  }

  /**
   * A CloudFront distribution as with `certificate`, and a certificate for it, which a record in the zone validates. For a stack in us-east-1 only.
   *
   * @param zone the public hosted zone of the tracking domain or of a parent domain; its ID and name have to be known
   */
  public static validatedIn(zone: IHostedZone): TrackingHttps {
    return new DistributedHttps((scope, redirect) => validatedCertificate(scope, zone, redirect));
  }

  /**
   * A content delivery network of your own, which has a certificate for the tracking domain, takes `r.<region>.awstrack.me` as its origin, hands the
   * Host header on and caches nothing.
   *
   * @param domainName the name that it gave you, e.g. `d111111abcdef8.cloudfront.net`
   */
  public static distribution(domainName: string): TrackingHttps {
    return new ForeignHttps(domainName);
  }

  /**
   * Checks the choice for a tracking domain and creates what belongs to it.
   *
   * @param scope the construct of the tracking domain
   * @param redirect the links
   */
  public abstract bind(scope: Construct, redirect: TrackingRedirect): TrackingHttpsConfig;
}

class DistributedHttps extends TrackingHttps {
  public constructor(private readonly certificateFor: (scope: Construct, redirect: TrackingRedirect) => acm.ICertificate) {
    super();
  }

  public bind(scope: Construct, redirect: TrackingRedirect): TrackingHttpsConfig {
    refuseWithoutCloudFront(scope);
    const distribution = new cloudfront.Distribution(scope, 'Distribution', {
      comment: `Open and click links of Amazon SES at ${redirect.domainName}`,
      domainNames: [redirect.domainName],
      certificate: this.certificateFor(scope, redirect),
      minimumProtocolVersion: cloudfront.SecurityPolicyProtocol.TLS_V1_2_2025,
      defaultBehavior: {
        origin: new HttpOrigin(redirect.trackingHost, {
          protocolPolicy: cloudfront.OriginProtocolPolicy.HTTPS_ONLY,
          originSslProtocols: [cloudfront.OriginSslPolicy.TLS_V1_2],
        }),
        allowedMethods: cloudfront.AllowedMethods.ALLOW_GET_HEAD,
        // each link is one recipient of one message: an answer from a cache would be a click that SES never sees
        cachePolicy: cloudfront.CachePolicy.CACHING_DISABLED,
        originRequestPolicy: cloudfront.OriginRequestPolicy.ALL_VIEWER,
        // http: links may still be in letters which were sent before there was HTTPS
        viewerProtocolPolicy: cloudfront.ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
      },
    });
    distribution.applyRemovalPolicy(redirect.removalPolicy);
    acknowledgeRules(distribution);
    return { target: distribution.distributionDomainName, distribution };
  }
}

class ForeignHttps extends TrackingHttps {
  public constructor(private readonly domainName: string) {
    super();
  }

  public bind(scope: Construct): TrackingHttpsConfig {
    return { target: located(scope, () => normalizeDomain(this.domainName, 'distribution')) };
  }
}

function validatedCertificate(scope: Construct, zone: IHostedZone, { domainName, removalPolicy }: TrackingRedirect): acm.ICertificate {
  const { region } = Stack.of(scope);
  if (region !== CERTIFICATE_REGION) {
    const where = Token.isUnresolved(region) ? 'the Region of the stack is not known' : `the stack is in ${region}`;
    fail('TrackingHttps.region', `CloudFront takes certificates of ${CERTIFICATE_REGION} only, and ${where}; ${certificateCure(domainName)}`, scope);
  }
  if (!Token.isUnresolved(domainName) && !Token.isUnresolved(zone.zoneName) && !isWithin(domainName, zone.zoneName.toLowerCase())) {
    fail('TrackingHttps.outsideZone', `the tracking domain "${domainName}" does not lie in the hosted zone "${zone.zoneName}", so no record there can ` +
      'validate its certificate and the deployment would wait in vain; give the zone of the domain or of a parent domain', scope);
  }
  const certificate = new acm.Certificate(scope, 'Certificate', { domainName, validation: acm.CertificateValidation.fromDns(zone) });
  certificate.applyRemovalPolicy(removalPolicy);
  return certificate;
}

function refuseOtherRegion(scope: Construct, certificate: acm.ICertificate, { domainName }: TrackingRedirect): void {
  const region = regionOf(certificate);
  if (region === undefined || Token.isUnresolved(region) || region === CERTIFICATE_REGION) return;
  fail('TrackingHttps.certificateRegion', `the certificate ${certificate.node.path} is in ${region}, and CloudFront takes certificates of ` +
    `${CERTIFICATE_REGION} only; ${certificateCure(domainName)}`, scope);
}

/** The Region in the ARN, or that of the stack which makes the certificate. An imported one whose ARN is a token may be anywhere. */
function regionOf(certificate: acm.ICertificate): string | undefined {
  const arn = certificate.certificateArn;
  if (!Token.isUnresolved(arn)) return Arn.split(arn, ArnFormat.SLASH_RESOURCE_NAME).region;
  return CfnResource.isCfnResource(certificate.node.defaultChild) ? Stack.of(certificate).region : undefined;
}

function certificateCure(domainName: string): string {
  return `make it in a stack there and hand it over:
  const east = new Stack(app, 'Certificates', { env: { account, region: '${CERTIFICATE_REGION}' }, crossRegionReferences: true });
  const certificate = new acm.Certificate(east, 'Tracking', { domainName: '${domainName}', validation: acm.CertificateValidation.fromDns(zone) });
  https: TrackingHttps.certificate(certificate), in a stack with its own env and crossRegionReferences: true`;
}

function refuseWithoutCloudFront(scope: Construct): void {
  const { region } = Stack.of(scope);
  if (Token.isUnresolved(region) || SesRegion.of(region).partition !== 'aws-us-gov') return;
  fail('TrackingHttps.noCloudFront', `the stack is in ${region}, and AWS GovCloud has no CloudFront; set up a distribution in another account or with another ` +
    'provider, and give its name: TrackingHttps.distribution(\'d111111abcdef8.cloudfront.net\')', scope);
}

/** The rules of cdk-nag's packs that ask of every distribution what a web site needs, and why this one goes without. */
function acknowledgeRules(distribution: cloudfront.Distribution): void {
  Validations.of(distribution).acknowledge(
    { id: 'AwsSolutions-CFR1', reason: 'Recipients of mail read it wherever they are; a blocked country would be dead links in letters already sent.' },
    { id: 'AwsSolutions-CFR2', reason: 'The distribution has no content of its own and takes GET and HEAD only; behind it is a service of SES which is public anyway.' },
    { id: 'AwsSolutions-CFR3', reason: 'SES publishes every open and click as an event; an access log would be a second record of who read what.' },
  );
}
