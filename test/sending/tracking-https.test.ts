import { App, CfnParameter, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as acm from 'aws-cdk-lib/aws-certificatemanager';
import { HttpsPolicy } from 'aws-cdk-lib/aws-ses';
import { AwsSolutionsChecks, HIPAASecurityChecks, NIST80053R5Checks, PCIDSS321Checks, ServerlessChecks } from 'cdk-nag';
import { Dns, VerifiedDomain } from '../../src';
import { TrackingDomain } from '../../src/sending/tracking-domain';
import { TrackingHttps } from '../../src/sending/tracking-https';
import { findingIdsOf, recordSet, stackIn, zoneOf } from '../support/stacks';

const DISTRIBUTION = 'AWS::CloudFront::Distribution';
const CERTIFICATE = 'AWS::CertificateManager::Certificate';

function certificateIn(stack: Stack, region = 'us-east-1') {
  return acm.Certificate.fromCertificateArn(stack, 'Certificate', `arn:aws:acm:${region}:111122223333:certificate/1-2-3`);
}

function trackingWith(https: (stack: Stack) => TrackingHttps, region: string | undefined = 'eu-west-1', removalPolicy?: RemovalPolicy) {
  const stack = stackIn(region);
  const tracking = new TrackingDomain(stack, 'Click', {
    domainName: 'click.example.com',
    dns: Dns.route53(zoneOf(stack, 'example.com', 'Z1')),
    identity: VerifiedDomain.fromDomainName(stack, 'Verified', 'example.com'),
    https: https(stack),
    removalPolicy,
  });
  return { stack, tracking };
}

/** What the author of a stack in another Region is told to do. */
const CURE = `make it in a stack there and hand it over:
  const east = new Stack(app, 'Certificates', { env: { account, region: 'us-east-1' }, crossRegionReferences: true });
  const certificate = new acm.Certificate(east, 'Tracking', { domainName: 'click.example.com', validation: acm.CertificateValidation.fromDns(zone) });
  https: TrackingHttps.certificate(certificate), in a stack with its own env and crossRegionReferences: true (at Stack/Click)`;

describe('with a certificate', () => {
  const { stack, tracking } = trackingWith(parent => TrackingHttps.certificate(certificateIn(parent)));
  const template = Template.fromStack(stack);

  test('a distribution answers for the domain with TLS 1.2 and newer', () => {
    template.hasResourceProperties(DISTRIBUTION, {
      DistributionConfig: {
        Aliases: ['click.example.com'],
        Enabled: true,
        IPV6Enabled: true,
        ViewerCertificate: {
          AcmCertificateArn: 'arn:aws:acm:us-east-1:111122223333:certificate/1-2-3', MinimumProtocolVersion: 'TLSv1.2_2025', SslSupportMethod: 'sni-only',
        },
      },
    });
  });

  test('it asks SES over TLS 1.2, and nothing else', () => {
    template.hasResourceProperties(DISTRIBUTION, {
      DistributionConfig: {
        Origins: [{ DomainName: 'r.eu-west-1.awstrack.me', CustomOriginConfig: { OriginProtocolPolicy: 'https-only', OriginSSLProtocols: ['TLSv1.2'] } }],
      },
    });
  });

  test('it hands all headers on, caches nothing, and sends http: links to https:', () => {
    template.hasResourceProperties(DISTRIBUTION, {
      DistributionConfig: {
        DefaultCacheBehavior: {
          AllowedMethods: ['GET', 'HEAD'],
          CachePolicyId: '4135ea2d-6df8-44a3-9df3-4b5a84be39ad', // CachingDisabled
          OriginRequestPolicyId: '216adef6-5c7f-47e4-b989-5492eafa07d3', // AllViewer
          ViewerProtocolPolicy: 'redirect-to-https',
        },
      },
    });
  });

  test('the record leads to the distribution', () => {
    const [logicalId] = Object.keys(template.findResources(DISTRIBUTION));
    expect(recordSet(stack, 'click.example.com.', 'CNAME')?.ResourceRecords).toEqual([{ 'Fn::GetAtt': [logicalId, 'DomainName'] }]);
    expect(stack.resolve(tracking.distribution!.distributionDomainName)).toEqual({ 'Fn::GetAtt': [logicalId, 'DomainName'] });
  });

  test('all links are https:, and nothing is reported', () => {
    expect(tracking.httpsPolicy).toBe(HttpsPolicy.REQUIRE);
    expect(findingIdsOf(stack)).toEqual([]);
  });

  test('the distribution is kept with the record, or goes with it', () => {
    template.hasResource(DISTRIBUTION, { DeletionPolicy: 'RetainExceptOnCreate' });
    const { stack: other } = trackingWith(parent => TrackingHttps.certificate(certificateIn(parent)), 'eu-west-1', RemovalPolicy.DESTROY);
    Template.fromStack(other).hasResource(DISTRIBUTION, { DeletionPolicy: 'Delete' });
  });
});

describe('a certificate', () => {
  test('of another Region is refused, with the cure', () => {
    expect(() => trackingWith(stack => TrackingHttps.certificate(certificateIn(stack, 'eu-west-1')))).toThrow(
      `the certificate Stack/Certificate is in eu-west-1, and CloudFront takes certificates of us-east-1 only; ${CURE} [TrackingHttps.certificateRegion]`);
  });

  test('which a stack of another Region makes is refused', () => {
    expect(() => trackingWith(stack => TrackingHttps.certificate(new acm.Certificate(stack, 'Certificate', { domainName: 'click.example.com' })))).toThrow(
      'the certificate Stack/Certificate is in eu-west-1');
  });

  test('which a stack in us-east-1 makes is taken across Regions', () => {
    const app = new App();
    const account = '111122223333';
    const east = new Stack(app, 'Certificates', { env: { account, region: 'us-east-1' }, crossRegionReferences: true });
    const stack = new Stack(app, 'Stack', { env: { account, region: 'eu-west-1' }, crossRegionReferences: true });
    new TrackingDomain(stack, 'Click', {
      domainName: 'click.example.com',
      dns: Dns.elsewhere('example.com'),
      https: TrackingHttps.certificate(new acm.Certificate(east, 'Certificate', { domainName: 'click.example.com' })),
    });
    expect(() => app.synth()).not.toThrow();
  });

  test('whose ARN only the deployment knows passes', () => {
    const { stack } = trackingWith(parent => TrackingHttps.certificate(
      acm.Certificate.fromCertificateArn(parent, 'Certificate', new CfnParameter(parent, 'Arn').valueAsString)));
    Template.fromStack(stack).hasResourceProperties(DISTRIBUTION, { DistributionConfig: { ViewerCertificate: { AcmCertificateArn: { Ref: 'Arn' } } } });
  });

  test('of a stack whose Region nobody knows passes', () => {
    expect(() => trackingWith(stack => TrackingHttps.certificate(new acm.Certificate(stack, 'Certificate', { domainName: 'click.example.com' })), '')).not.toThrow();
  });
});

describe('validated in a zone', () => {
  test('the construct makes the certificate, in us-east-1', () => {
    const { stack } = trackingWith(parent => TrackingHttps.validatedIn(zoneOf(parent, 'Example.com', 'Z2')), 'us-east-1');
    const template = Template.fromStack(stack);
    template.hasResource(CERTIFICATE, {
      Properties: {
        DomainName: 'click.example.com', ValidationMethod: 'DNS', DomainValidationOptions: [{ DomainName: 'click.example.com', HostedZoneId: 'Z2' }],
      },
      DeletionPolicy: 'RetainExceptOnCreate',
    });
    template.hasResourceProperties(DISTRIBUTION, { DistributionConfig: { ViewerCertificate: { AcmCertificateArn: { Ref: Match.stringLikeRegexp('^ClickCertificate') } } } });
  });

  test.each([['eu-west-1', 'the stack is in eu-west-1'], ['', 'the Region of the stack is not known']])('in a stack in "%s" it is refused, with the cure', (region, where) => {
    expect(() => trackingWith(stack => TrackingHttps.validatedIn(zoneOf(stack, 'example.com')), region)).toThrow(
      `CloudFront takes certificates of us-east-1 only, and ${where}; ${CURE} [TrackingHttps.region]`);
  });

  test('a zone that the domain does not lie in is refused', () => {
    expect(() => trackingWith(stack => TrackingHttps.validatedIn(zoneOf(stack, 'example.org')), 'us-east-1')).toThrow(
      'the tracking domain "click.example.com" does not lie in the hosted zone "example.org", so no record there can validate its certificate and the deployment ' +
      'would wait in vain; give the zone of the domain or of a parent domain (at Stack/Click) [TrackingHttps.outsideZone]');
  });
});

describe('in AWS GovCloud', () => {
  test.each([
    ['certificate', (stack: Stack) => TrackingHttps.certificate(certificateIn(stack))],
    ['validatedIn', (stack: Stack) => TrackingHttps.validatedIn(zoneOf(stack, 'example.com'))],
  ])('%s is refused, since there is no CloudFront', (_, https) => {
    expect(() => trackingWith(https, 'us-gov-west-1')).toThrow('the stack is in us-gov-west-1, and AWS GovCloud has no CloudFront; set up a distribution in another ' +
      'account or with another provider, and give its name: TrackingHttps.distribution(\'d111111abcdef8.cloudfront.net\') (at Stack/Click) [TrackingHttps.noCloudFront]');
  });

  test('a distribution elsewhere is taken', () => {
    const { stack, tracking } = trackingWith(() => TrackingHttps.distribution('D111111abcdef8.cloudfront.net.'), 'us-gov-west-1');
    expect(recordSet(stack, 'click.example.com.', 'CNAME')?.ResourceRecords).toEqual(['d111111abcdef8.cloudfront.net']);
    expect(tracking.distribution).toBeUndefined();
  });
});

test('a distribution whose name is none is refused', () => {
  expect(() => trackingWith(() => TrackingHttps.distribution('https://d1.cloudfront.net'))).toThrow('distribution "https://d1.cloudfront.net" is a network address');
});

test.each([AwsSolutionsChecks, HIPAASecurityChecks, NIST80053R5Checks, PCIDSS321Checks, ServerlessChecks])('%p finds nothing that has no reason', Pack => {
  const app = trackingWith(stack => TrackingHttps.validatedIn(zoneOf(stack, 'example.com')), 'us-east-1').stack.node.root;
  expect(new Pack(app).validateScope(app).violations).toEqual([]);
});
