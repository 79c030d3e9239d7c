import { App, CfnParameter, Duration, RemovalPolicy, Stack, Tags } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { PublicHostedZone } from 'aws-cdk-lib/aws-route53';
import * as ses from 'aws-cdk-lib/aws-ses';
import { Bimi, Dkim, Dmarc, Dns, DnsRecord, MailFrom, TlsRpt, VerifiedDomain } from '../../src';
import { recordSet, recordSetsOf, stackIn, zoneOf } from '../support/stacks';

const IDENTITY = 'AWS::SES::EmailIdentity';

function domainIn(stack: Stack, props: Partial<ConstructorParameters<typeof VerifiedDomain>[2]> = {}) {
  return new VerifiedDomain(stack, 'Mail', { dns: Dns.route53(zoneOf(stack, 'example.com')), ...props });
}

describe('with only `dns` given', () => {
  const stack = stackIn('eu-west-1');
  const domain = domainIn(stack);
  const template = Template.fromStack(stack);

  test('a domain is two resources', () => {
    expect(Object.values(template.toJSON().Resources).map(resource => (resource as { Type: string }).Type)).toEqual([
      IDENTITY, 'AWS::Route53::RecordSetGroup',
    ]);
  });

  test('the identity is the zone\'s domain, signs with 2048 bit and has a MAIL FROM domain', () => {
    template.hasResourceProperties(IDENTITY, {
      EmailIdentity: 'example.com',
      DkimAttributes: { SigningEnabled: true },
      DkimSigningAttributes: { NextSigningKeyLength: 'RSA_2048_BIT' },
      MailFromAttributes: { MailFromDomain: 'bounce.example.com', BehaviorOnMxFailure: 'USE_DEFAULT_VALUE' },
      FeedbackAttributes: Match.absent(),
      ConfigurationSetAttributes: Match.absent(),
    });
  });

  test('three CNAME records take their names and values from the identity', () => {
    const [logicalId] = Object.keys(template.findResources(IDENTITY));
    expect(recordSetsOf(stack).slice(0, 3)).toEqual([1, 2, 3].map(number => ({
      Name: { 'Fn::Join': ['', [{ 'Fn::GetAtt': [logicalId, `DkimDNSTokenName${number}`] }, '.']] },
      Type: 'CNAME',
      TTL: '1800',
      ResourceRecords: [{ 'Fn::GetAtt': [logicalId, `DkimDNSTokenValue${number}`] }],
    })));
  });

  test('the MAIL FROM domain has exactly one MX record and SPF, and the domain a DMARC policy', () => {
    expect(recordSetsOf(stack).slice(3)).toEqual([
      { Name: 'bounce.example.com.', Type: 'MX', TTL: '1800', ResourceRecords: ['10 feedback-smtp.eu-west-1.amazonses.com'] },
      { Name: 'bounce.example.com.', Type: 'TXT', TTL: '1800', ResourceRecords: ['"v=spf1 include:amazonses.com ~all"'] },
      { Name: '_dmarc.example.com.', Type: 'TXT', TTL: '1800', ResourceRecords: ['"v=DMARC1;p=none"'] },
    ]);
  });

  test('identity and records are kept together, unless the deployment that creates them fails', () => {
    for (const type of [IDENTITY, 'AWS::Route53::RecordSetGroup']) {
      template.hasResource(type, { DeletionPolicy: 'RetainExceptOnCreate', UpdateReplacePolicy: 'Retain' });
    }
  });

  test('the domain tells what it is', () => {
    expect(domain.identityName).toBe('example.com');
    expect(domain.mailFromDomain).toBe('bounce.example.com');
    expect(domain.signing).toBe(true);
    expect(domain.dnsRecords).toHaveLength(6);
    expect(domain.dnsRecords.every(record => record.purpose !== '')).toBe(true);
    expect(domain.recordsForOthers).toEqual([]);
  });
});

test('removal policy DESTROY takes identity and records along', () => {
  const stack = stackIn();
  domainIn(stack, { removalPolicy: RemovalPolicy.DESTROY });
  Template.fromStack(stack).hasResource(IDENTITY, { DeletionPolicy: 'Delete', UpdateReplacePolicy: 'Delete' });
  Template.fromStack(stack).hasResource('AWS::Route53::RecordSetGroup', { DeletionPolicy: 'Delete', UpdateReplacePolicy: 'Delete' });
});

test('a domain in the zone of its parent has records under its own name', () => {
  const stack = stackIn('eu-west-1');
  domainIn(stack, { domain: 'News.Example.com' });
  Template.fromStack(stack).hasResourceProperties(IDENTITY, { EmailIdentity: 'news.example.com' });
  expect(recordSet(stack, 'bounce.news.example.com.', 'MX')).toBeDefined();
  expect(recordSet(stack, '_dmarc.news.example.com.')).toBeDefined();
});

test('a zone whose name only the deployment knows never doubles the domain', () => {
  const stack = stackIn('eu-west-1');
  const zoneName = new CfnParameter(stack, 'ZoneName').valueAsString;
  new VerifiedDomain(stack, 'Mail', { dns: Dns.route53(zoneOf(stack, zoneName)) });
  expect(recordSetsOf(stack).slice(3).map(record => record.Name)).toEqual([
    { 'Fn::Join': ['', ['bounce.', { Ref: 'ZoneName' }, '.']] },
    { 'Fn::Join': ['', ['bounce.', { Ref: 'ZoneName' }, '.']] },
    { 'Fn::Join': ['', ['_dmarc.', { Ref: 'ZoneName' }, '.']] },
  ]);
  Template.fromStack(stack).hasResourceProperties(IDENTITY, { EmailIdentity: { Ref: 'ZoneName' } });
});

test('a zone that the app defines gives its name and ID', () => {
  const stack = stackIn();
  const zone = new PublicHostedZone(stack, 'Zone', { zoneName: 'example.com' });
  new VerifiedDomain(stack, 'Mail', { dns: Dns.route53(zone) });
  Template.fromStack(stack).hasResourceProperties('AWS::Route53::RecordSetGroup', { HostedZoneId: { Ref: Match.stringLikeRegexp('^Zone') } });
});

test('in an environment-agnostic stack the deployment fills in the Region', () => {
  const stack = stackIn();
  domainIn(stack);
  expect(recordSet(stack, 'bounce.example.com.', 'MX')?.ResourceRecords).toEqual([
    { 'Fn::Join': ['', ['10 feedback-smtp.', { Ref: 'AWS::Region' }, '.amazonses.com']] },
  ]);
});

test('each record can be left out', () => {
  const stack = stackIn();
  const domain = domainIn(stack, {
    dmarc: Dmarc.reject(),
    bimi: Bimi.logo('https://example.com/logo.svg'),
    publish: { dkim: false, mailFromMx: false, mailFromSpf: false, dmarc: false, bimi: false },
  });
  Template.fromStack(stack).resourceCountIs('AWS::Route53::RecordSetGroup', 0);
  expect(domain.dnsRecords).toEqual([]);
});

test('two Regions share a MAIL FROM domain with one MX record', () => {
  const app = new App();
  const [first, second] = ['eu-west-1', 'us-east-1'].map(region => new Stack(app, region, { env: { region, account: '111122223333' } }));
  new VerifiedDomain(first, 'Mail', { dns: Dns.route53(zoneOf(first, 'example.com')) });
  new VerifiedDomain(second, 'Mail', {
    dns: Dns.route53(zoneOf(second, 'example.com')),
    publish: { mailFromMx: false, mailFromSpf: false, dmarc: false },
  });
  expect([...recordSetsOf(first), ...recordSetsOf(second)].filter(record => record.Type === 'MX')).toHaveLength(1);
  expect(recordSetsOf(second).map(record => record.Type)).toEqual(['CNAME', 'CNAME', 'CNAME']);
});

test('two stacks which publish the same record are refused before Route 53 refuses them', () => {
  const app = new App();
  const [first, second] = ['eu-west-1', 'us-east-1'].map(region => new Stack(app, region, { env: { region, account: '111122223333' } }));
  new VerifiedDomain(first, 'Mail', { dns: Dns.route53(zoneOf(first, 'example.com')) });
  expect(() => new VerifiedDomain(second, 'Mail', { dns: Dns.route53(zoneOf(second, 'example.com')) })).toThrow(
    'the MX record bounce.example.com is already published in zone Z0123456789 by eu-west-1/Mail; a zone has one record set of a name and type, ' +
    'so leave it out here (prop `publish`, e.g. `{ mailFromMx: false }`) (at us-east-1/Mail) [Dns.publishedTwice]');
});

test('a delegated MAIL FROM domain is published in its own zone', () => {
  const stack = stackIn('eu-west-1');
  domainIn(stack, { mailFrom: MailFrom.subdomain('bounce', { dns: Dns.route53(zoneOf(stack, 'bounce.example.com', 'ZBOUNCE')) }) });
  Template.fromStack(stack).hasResourceProperties('AWS::Route53::RecordSetGroup', {
    HostedZoneId: 'ZBOUNCE',
    RecordSets: [Match.objectLike({ Name: 'bounce.example.com.', Type: 'MX' }), Match.objectLike({ Name: 'bounce.example.com.', Type: 'TXT' })],
  });
  Template.fromStack(stack).resourceCountIs('AWS::Route53::RecordSetGroup', 2);
});

test('further records join the set, and a TXT value of a name that is taken joins that record', () => {
  const stack = stackIn();
  domainIn(stack, {
    additionalRecords: [
      TlsRpt.reportTo(['tls@example.com']).record('example.com'),
      DnsRecord.txt('bounce.example.com', ['verification=abc']),
    ],
  });
  expect(recordSet(stack, '_smtp._tls.example.com.')).toBeDefined();
  expect(recordSet(stack, 'bounce.example.com.')?.ResourceRecords).toEqual(['"v=spf1 include:amazonses.com ~all"', '"verification=abc"']);
  Template.fromStack(stack).resourceCountIs('AWS::Route53::RecordSetGroup', 1);
});

test('the TTL applies to every record', () => {
  const stack = stackIn();
  domainIn(stack, { ttl: Duration.minutes(5) });
  expect(new Set(recordSetsOf(stack).map(record => record.TTL))).toEqual(new Set(['300']));
});

test('the default configuration set is referred to, so it is made first and deleted last', () => {
  const stack = stackIn();
  const set = new ses.ConfigurationSet(stack, 'Set');
  domainIn(stack, { defaultConfigurationSet: set, feedbackForwarding: false });
  Template.fromStack(stack).hasResourceProperties(IDENTITY, {
    ConfigurationSetAttributes: { ConfigurationSetName: { Ref: Match.stringLikeRegexp('^Set') } },
    FeedbackAttributes: { EmailForwardingEnabled: false },
  });
});

test('BIMI goes to the default selector of the domain', () => {
  const stack = stackIn();
  domainIn(stack, { dmarc: Dmarc.quarantine(), bimi: Bimi.logo('https://example.com/l.svg', { certificate: 'https://example.com/c.pem' }) });
  expect(recordSet(stack, 'default._bimi.example.com.')?.ResourceRecords).toEqual(['"v=BIMI1;l=https://example.com/l.svg;a=https://example.com/c.pem"']);
});

test('tags reach the identity', () => {
  const stack = stackIn();
  Tags.of(domainIn(stack)).add('team', 'mail');
  Template.fromStack(stack).hasResourceProperties(IDENTITY, { Tags: [{ Key: 'team', Value: 'mail' }] });
});

test('disabled DKIM still publishes the records that verify the domain, and keeps the reason', () => {
  const stack = stackIn();
  domainIn(stack, { dkim: Dkim.disabled({ reason: 'the gateway signs' }) });
  Template.fromStack(stack).hasResourceProperties(IDENTITY, { DkimAttributes: { SigningEnabled: false } });
  Template.fromStack(stack).hasResource(IDENTITY, { Metadata: { 'cdk-postmaster:dkim-disabled': 'the gateway signs' } });
  expect(recordSetsOf(stack).filter(record => record.Type === 'CNAME')).toHaveLength(3);
});

describe('imports', () => {
  test('by name, in lower case', () => {
    const stack = stackIn('eu-west-1');
    const domain = VerifiedDomain.fromDomainName(stack, 'Mail', 'Example.com');
    expect(domain.identityName).toBe('example.com');
    expect(stack.resolve(domain.identityArn)).toEqual({
      'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':ses:eu-west-1:111122223333:identity/example.com']],
    });
  });

  test('by ARN', () => {
    const stack = stackIn('eu-west-1');
    const domain = VerifiedDomain.fromDomainArn(stack, 'Mail', 'arn:aws:ses:eu-west-1:111122223333:identity/example.com');
    expect(domain.identityName).toBe('example.com');
    expect(domain.identityArn).toBe('arn:aws:ses:eu-west-1:111122223333:identity/example.com');
    expect(domain.identity.emailIdentityName).toBe('example.com');
  });

  test('by the ARN of another account, so that a grant names its identity', () => {
    const arn = 'arn:aws:ses:eu-west-1:444455556666:identity/example.com';
    expect(VerifiedDomain.fromDomainArn(stackIn('eu-west-1'), 'Mail', arn).identityArn).toBe(arn);
  });

  test('by an ARN that only the deployment knows', () => {
    const stack = stackIn();
    const arn = new CfnParameter(stack, 'Arn').valueAsString;
    expect(stack.resolve(VerifiedDomain.fromDomainArn(stack, 'Mail', arn).identityName)).toEqual({ 'Fn::Select': [1, { 'Fn::Split': ['/', expect.anything()] }] });
  });

  test.each([
    ['arn:aws:sns:eu-west-1:111122223333:topic',
      '"arn:aws:sns:eu-west-1:111122223333:topic" is not the ARN of an SES identity; the form is "arn:aws:ses:eu-west-1:111122223333:identity/example.com" ' +
      '(at Stack) [MailIdentity.arn]'],
    ['arn:aws:ses:us-east-1:111122223333:identity/example.com',
      'the identity "arn:aws:ses:us-east-1:111122223333:identity/example.com" is in us-east-1 and the stack in eu-west-1; an identity sends from its own ' +
      'Region only (at Stack) [MailIdentity.otherRegion]'],
  ])('not by %s', (arn, message) => {
    expect(() => VerifiedDomain.fromDomainArn(stackIn('eu-west-1'), 'Mail', arn)).toThrow(new Error(message));
  });
});

test('the identity of a domain can be given to other constructs of aws-cdk-lib, and changed by escape hatch', () => {
  const stack = stackIn('eu-west-1');
  const domain = domainIn(stack);
  expect(stack.resolve(domain.identity.emailIdentityName)).toEqual({ Ref: expect.stringMatching(/^Mail/) });
  expect(domain.identity).toBe(domain.identity);
  (domain.node.defaultChild as ses.CfnEmailIdentity).addPropertyOverride('FeedbackAttributes.EmailForwardingEnabled', true);
  Template.fromStack(stack).hasResourceProperties(IDENTITY, { FeedbackAttributes: { EmailForwardingEnabled: true } });
});
