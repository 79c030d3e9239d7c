import { App, Aws, Duration, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as ses from 'aws-cdk-lib/aws-ses';
import { Dmarc, Dns, type IMailIdentity, MailFrom, VerifiedAddress, VerifiedDomain } from '../../src';
import { TrackingDomain, type TrackingDomainProps } from '../../src/sending/tracking-domain';
import { TrackingHttps } from '../../src/sending/tracking-https';
import { findingIdsOf, recordSet, recordSetsOf, stackIn, zoneOf } from '../support/stacks';

const HTTP = 'cdk-postmaster:TrackingDomain.http';
const UNVERIFIED = 'cdk-postmaster:TrackingDomain.unverified';
const NOT_DEDICATED = 'cdk-postmaster:TrackingDomain.notDedicated';
const SET = 'AWS::SES::ConfigurationSet';
/** HTTPS without resources of its own, so that a test is about something else. */
const FOREIGN = TrackingHttps.distribution('d111111abcdef8.cloudfront.net');

function verified(stack: Stack, domain = 'example.com'): IMailIdentity {
  const id = `Verified${domain}`;
  return stack.node.tryFindChild(id) as IMailIdentity | undefined ?? VerifiedDomain.fromDomainName(stack, id, domain);
}

function trackingIn(stack: Stack, props: Partial<TrackingDomainProps> = {}, id = 'Click') {
  return new TrackingDomain(stack, id, {
    domainName: 'click.example.com', dns: Dns.route53ById({ hostedZoneId: 'Z1', zoneName: 'example.com' }), identity: verified(stack), ...props,
  });
}

/** A configuration set as a stream makes it. */
function setWith(stack: Stack, domain: TrackingDomain, id = 'Set') {
  const set = new ses.ConfigurationSet(stack, id, { customTrackingRedirectDomain: domain.domainName, customTrackingHttpsPolicy: domain.httpsPolicy });
  set.node.addDependency(domain.dependencies);
  return set;
}

describe('over HTTP, below a domain that is verified', () => {
  const stack = stackIn('eu-west-1');
  const tracking = trackingIn(stack);

  test('it is one record, which leads to SES in the Region of the stack', () => {
    expect(recordSetsOf(stack)).toEqual([{ Name: 'click.example.com.', Type: 'CNAME', TTL: '1800', ResourceRecords: ['r.eu-west-1.awstrack.me'] }]);
    expect(Object.keys(Template.fromStack(stack).toJSON().Resources)).toHaveLength(1);
  });

  test('the record is kept, since links in letters lead through it', () => {
    Template.fromStack(stack).hasResource('AWS::Route53::RecordSetGroup', { DeletionPolicy: 'RetainExceptOnCreate' });
  });

  test('it tells what it is', () => {
    expect(tracking).toMatchObject({ domainName: 'click.example.com', httpsPolicy: ses.HttpsPolicy.OPTIONAL, distribution: undefined });
    expect(tracking.identity.identityName).toBe('example.com');
    expect(tracking.dnsRecords.flatMap(record => record.zoneFileLines)).toEqual(['click.example.com. 1800 IN CNAME r.eu-west-1.awstrack.me.']);
    expect(tracking.dnsRecords[0].purpose).toBe('Tracking: open and click links of mail lead to Amazon SES');
  });

  test('the certificate warning that awaits https: links is reported once', () => {
    expect(findingIdsOf(stack)).toEqual([HTTP]);
  });

  test('which can be acknowledged', () => {
    const other = stackIn('eu-west-1');
    Validations.of(trackingIn(other)).acknowledge({ id: HTTP, reason: 'links are http: only' });
    expect(findingIdsOf(other)).toEqual([]);
  });
});

describe('records', () => {
  test('have the TTL and the removal policy that are asked for', () => {
    const stack = stackIn('eu-west-1');
    trackingIn(stack, { identity: undefined, ttl: Duration.minutes(5), removalPolicy: RemovalPolicy.DESTROY });
    expect(new Set(recordSetsOf(stack).map(record => record.TTL))).toEqual(new Set(['300']));
    Template.fromStack(stack).allResources('AWS::Route53::RecordSetGroup', { DeletionPolicy: 'Delete' });
    Template.fromStack(stack).hasResource('AWS::SES::EmailIdentity', { DeletionPolicy: 'Delete' });
  });

  test('name the Region of the deployment in an environment-agnostic stack', () => {
    const stack = stackIn();
    trackingIn(stack);
    expect(recordSet(stack, 'click.example.com.', 'CNAME')?.ResourceRecords).toEqual([{ 'Fn::Join': ['', ['r.', { Ref: 'AWS::Region' }, '.awstrack.me']] }]);
  });

  test('are outputs when the DNS is elsewhere', () => {
    const stack = stackIn('eu-west-1');
    trackingIn(stack, { dns: Dns.elsewhere('example.com') });
    expect(Object.values(Template.fromStack(stack).findOutputs('*')).map(output => output.Value)).toEqual(['click.example.com. 1800 IN CNAME r.eu-west-1.awstrack.me.']);
  });

  test('lead to a distribution that somebody else runs', () => {
    const stack = stackIn('eu-west-1');
    const tracking = trackingIn(stack, { https: FOREIGN });
    expect(recordSet(stack, 'click.example.com.', 'CNAME')?.ResourceRecords).toEqual(['d111111abcdef8.cloudfront.net']);
    expect(tracking.httpsPolicy).toBe(ses.HttpsPolicy.REQUIRE);
    expect(findingIdsOf(stack)).toEqual([]);
  });
});

describe('without an identity given', () => {
  const stack = stackIn('eu-west-1');
  const tracking = trackingIn(stack, { identity: undefined, https: FOREIGN });

  test('it has one of its own, which neither has a MAIL FROM domain nor lets anybody send', () => {
    Template.fromStack(stack).hasResourceProperties('AWS::SES::EmailIdentity', { EmailIdentity: 'click.example.com', MailFromAttributes: Match.absent() });
    expect(recordSet(stack, '_dmarc.click.example.com.')?.ResourceRecords).toEqual(['"v=DMARC1;p=reject"']);
    expect(tracking.identity.identityName).toBe('click.example.com');
  });

  test('the records that verify it are published in the same place', () => {
    expect(recordSetsOf(stack).map(record => record.Type)).toEqual(['CNAME', 'CNAME', 'CNAME', 'TXT', 'CNAME']);
  });

  test('nothing is reported, as long as no configuration set of the stack uses it', () => {
    expect(findingIdsOf(stack)).toEqual([]);
  });
});

describe('a configuration set that uses it', () => {
  test('has the domain and comes after the records', () => {
    const stack = stackIn('eu-west-1');
    setWith(stack, trackingIn(stack, { https: FOREIGN }));
    Template.fromStack(stack).hasResource(SET, {
      Properties: { TrackingOptions: { CustomRedirectDomain: 'click.example.com', HttpsPolicy: 'REQUIRE' } },
      DependsOn: [Match.stringLikeRegexp('^ClickRecords')],
    });
    expect(findingIdsOf(stack)).toEqual([]);
  });

  test('comes after the identity that the tracking domain makes', () => {
    const stack = stackIn('eu-west-1');
    setWith(stack, trackingIn(stack, { identity: undefined }));
    Template.fromStack(stack).hasResource(SET, { DependsOn: Match.arrayWith([Match.stringLikeRegexp('^ClickIdentity[0-9A-F]+$')]) });
  });

  test('comes after what a publisher of others made, wherever that is', () => {
    const stack = stackIn('eu-west-1');
    const published = new ses.CfnTemplate(stack, 'Published');
    setWith(stack, trackingIn(stack, { dns: { domainName: 'example.com', publish: () => published } }));
    Template.fromStack(stack).hasResource(SET, { DependsOn: ['Published'] });
  });

  test('may be the default one of the domain above', () => {
    const stack = stackIn('eu-west-1');
    const set = new ses.ConfigurationSet(stack, 'Set', { customTrackingRedirectDomain: 'click.example.com' });
    const identity = new VerifiedDomain(stack, 'Mail', { dns: Dns.route53(zoneOf(stack, 'example.com')), defaultConfigurationSet: set });
    const tracking = new TrackingDomain(stack, 'Click', { domainName: 'click.example.com', dns: Dns.route53(zoneOf(stack, 'example.com', 'Z2')), identity });
    set.node.addDependency(tracking.dependencies);
    // which looks for circles
    expect(() => Template.fromStack(stack)).not.toThrow();
  });

  test('has one, and another set another', () => {
    const stack = stackIn('eu-west-1');
    setWith(stack, trackingIn(stack), 'News');
    setWith(stack, trackingIn(stack, { domainName: 'open.shop.example.com', dns: Dns.elsewhere('example.com'), identity: verified(stack, 'shop.example.com') }, 'Open'), 'Shop');
    expect(Object.values(Template.fromStack(stack).findResources(SET)).map(set => set.Properties.TrackingOptions.CustomRedirectDomain)).toEqual([
      'click.example.com', 'open.shop.example.com',
    ]);
  });
});

describe('an identity that is not verified when the configuration set is created', () => {
  function mail(stack: Stack) {
    return new VerifiedDomain(stack, 'Mail', { dns: Dns.elsewhere('example.com'), dmarc: Dmarc.none({ reportTo: ['dmarc@example.com'] }) });
  }

  test.each([
    ['given', (stack: Stack) => trackingIn(stack, { identity: mail(stack), https: FOREIGN })],
    ['of its own', (stack: Stack) => trackingIn(stack, { identity: undefined, https: FOREIGN })],
  ])('is reported once when all is in one stack (%s), and can be acknowledged', (_, make) => {
    const [reported, known] = [stackIn('eu-west-1'), stackIn('eu-west-1')];
    setWith(reported, make(reported), 'First');
    expect(findingIdsOf(reported)).toEqual([UNVERIFIED]);
    const tracking = make(known);
    setWith(known, tracking);
    Validations.of(tracking).acknowledge({ id: UNVERIFIED, reason: 'verified by now' });
    expect(findingIdsOf(known)).toEqual([]);
  });

  test('is no matter when it is deployed in a stack before', () => {
    const first = stackIn('eu-west-1');
    const tracking = trackingIn(first, { identity: mail(first), https: FOREIGN });
    const second = new Stack(first.node.root as App, 'Second', { env: { account: first.account, region: first.region } });
    setWith(second, tracking);
    expect([...findingIdsOf(first), ...findingIdsOf(second)]).toEqual([]);
    expect(second.dependencies).toEqual([first]);
  });
});

describe('refused, with the whole message', () => {
  test('the name of the DNS zone', () => {
    expect(() => trackingIn(stackIn(), { domainName: 'Example.com', identity: undefined })).toThrow(
      'the tracking domain is "example.com", the name of the DNS zone; it becomes a CNAME record, beside which a name can have no other record, so give a ' +
      'sub-domain that is used for nothing else, e.g. "click.example.com" (at Stack/Click) [TrackingDomain.apex]');
  });

  test('the identity', () => {
    const stack = stackIn();
    expect(() => trackingIn(stack, { domainName: 'news.example.com', identity: verified(stack, 'news.example.com') })).toThrow(
      'the tracking domain is "news.example.com", the identity itself; it becomes a CNAME record, beside which a name can have no other record, so give a ' +
      'sub-domain that is used for nothing else, e.g. "click.news.example.com" (at Stack/Click) [TrackingDomain.apex]');
  });

  test.each(['example.org', 'ample.com', 'mail.example.com'])('a domain outside the identity %s', name => {
    const stack = stackIn();
    expect(() => trackingIn(stack, { identity: verified(stack, name) })).toThrow(
      `the tracking domain "click.example.com" does not lie below the identity "${name}", so SES has not verified it; give the verified domain above it, ` +
      'or leave `identity` out for an identity of its own (at Stack/Click) [TrackingDomain.outsideIdentity]');
  });

  test('an address as identity', () => {
    const stack = stackIn();
    expect(() => trackingIn(stack, { identity: VerifiedAddress.fromAddress(stack, 'Me', 'me@example.com') })).toThrow('[TrackingDomain.outsideIdentity]');
  });

  test('a domain outside the zone', () => {
    const stack = stackIn();
    expect(() => trackingIn(stack, { domainName: 'click.example.org', identity: undefined })).toThrow('[Dns.outsideZone]');
  });

  test('a name that is no domain', () => {
    expect(() => trackingIn(stackIn(), { domainName: 'click_1.example.com' })).toThrow('tracking domain "click_1.example.com" has the label "click_1"');
  });

  test('a Region without tracking, unless its host is given', () => {
    expect(() => trackingIn(stackIn('eu-west-3'))).toThrow(/^SES is not known to track opens and clicks for domains of others in eu-west-3; it does in af-south-1, .*eu-west-1, eu-west-2, il-central-1, .*\. If it does here by now, give its host as trackingHost, e\.g\. "r\.eu-west-3\.awstrack\.me" \(at Stack\/Click\) \[TrackingDomain\.region\]$/);
    expect(() => trackingIn(stackIn('eu-west-3'))).toThrow('[TrackingDomain.region]');
    const stack = stackIn('eu-west-3');
    trackingIn(stack, { trackingHost: 'R.eu-west-3.awstrack.me.' });
    expect(recordSet(stack, 'click.example.com.', 'CNAME')?.ResourceRecords).toEqual(['r.eu-west-3.awstrack.me']);
  });

  test.each(['before', 'after'])('the MAIL FROM domain of a domain of the app, declared %s it', order => {
    const stack = stackIn('eu-west-1');
    const mail = () => new VerifiedDomain(stack, 'Mail', { dns: Dns.elsewhere('example.com') });
    if (order === 'before') mail();
    trackingIn(stack, { domainName: 'bounce.example.com' });
    if (order === 'after') mail();
    expect(() => Template.fromStack(stack)).toThrow('the tracking domain "bounce.example.com" is the MAIL FROM domain of Stack/Mail, whose MX and SPF records cannot ' +
      'stand beside a CNAME record; give a sub-domain that is used for nothing else (at Stack/Click) [TrackingDomain.mailFrom]');
  });

  test('the MAIL FROM domain of a domain of the app, for an identity of its own', () => {
    const stack = stackIn('eu-west-1');
    new VerifiedDomain(stack, 'Mail', { dns: Dns.elsewhere('example.com') });
    expect(() => trackingIn(stack, { domainName: 'bounce.example.com', identity: undefined })).toThrow('[MailFrom.sends]');
  });
});

describe('a domain that also sends', () => {
  function shared() {
    const stack = stackIn('eu-west-1');
    new VerifiedDomain(stack, 'News', { domain: 'click.example.com', dns: Dns.elsewhere('example.com'), mailFrom: MailFrom.subdomain(), dmarc: Dmarc.reject() });
    return { stack, tracking: trackingIn(stack, { https: FOREIGN }) };
  }

  test('is reported once, and can be acknowledged', () => {
    expect(findingIdsOf(shared().stack)).toEqual([NOT_DEDICATED]);
    const { stack, tracking } = shared();
    Validations.of(tracking).acknowledge({ id: NOT_DEDICATED, reason: 'nobody answers' });
    expect(findingIdsOf(stack)).toEqual([]);
  });
});

test('a domain that only the deployment knows passes', () => {
  const stack = stackIn('eu-west-1');
  trackingIn(stack, { domainName: `${Aws.STACK_NAME}.example.com` });
  expect(recordSetsOf(stack)[0].Name).toEqual({ 'Fn::Join': ['', [{ Ref: 'AWS::StackName' }, '.example.com.']] });
});
