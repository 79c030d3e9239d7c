import { RemovalPolicy, Validations } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as ses from 'aws-cdk-lib/aws-ses';
import { Dkim, Dmarc, Dns, MailFrom, VerifiedAddress, type VerifiedAddressProps, VerifiedDomain } from '../../src';
import { findingIdsOf, recordSetsOf, stackIn, zoneOf } from '../support/stacks';

const REPORTED = Dmarc.none({ reportTo: ['dmarc@example.com'] });

function addressIn(props: Partial<VerifiedAddressProps>, stack = stackIn('eu-west-1')) {
  new VerifiedAddress(stack, 'Orders', { address: 'orders@example.com', ...props });
  return stack;
}

test('an address is one resource which says nothing of DKIM keys and is kept', () => {
  const template = Template.fromStack(addressIn({}));
  expect(Object.values(template.toJSON().Resources)).toEqual([{
    Type: 'AWS::SES::EmailIdentity',
    Properties: { EmailIdentity: 'orders@example.com' },
    DeletionPolicy: 'RetainExceptOnCreate',
    UpdateReplacePolicy: 'Retain',
  }]);
});

test('below a domain it says that it signs, takes over the configuration set, and comes after the domain', () => {
  const stack = stackIn();
  const set = new ses.ConfigurationSet(stack, 'Set', {});
  set.applyRemovalPolicy(RemovalPolicy.RETAIN);
  const domain = new VerifiedDomain(stack, 'Mail', { dns: Dns.elsewhere('example.com'), dmarc: REPORTED, defaultConfigurationSet: set });
  addressIn({ domain }, stack);
  Template.fromStack(stack).hasResource('AWS::SES::EmailIdentity', {
    Properties: {
      EmailIdentity: 'orders@example.com',
      DkimAttributes: { SigningEnabled: true },
      DkimSigningAttributes: Match.absent(),
      ConfigurationSetAttributes: { ConfigurationSetName: { Ref: Match.stringLikeRegexp('^Set') } },
    },
    DependsOn: [Match.stringLikeRegexp('^Mail')],
  });
  expect(findingIdsOf(stack)).toEqual([]);
});

test('an address can leave the signature of its domain out', () => {
  const stack = stackIn();
  const domain = new VerifiedDomain(stack, 'Mail', { dns: Dns.elsewhere('example.com') });
  addressIn({ domain, dkimSigning: false }, stack);
  Template.fromStack(stack).hasResourceProperties('AWS::SES::EmailIdentity', { EmailIdentity: 'orders@example.com', DkimAttributes: { SigningEnabled: false } });
});

test('a MAIL FROM domain of an address is published in the zone of its domain', () => {
  const stack = stackIn('eu-west-1');
  addressIn({ mailFrom: MailFrom.subdomain('return'), dns: Dns.route53(zoneOf(stack, 'example.com')) }, stack);
  expect(recordSetsOf(stack).map(record => `${record.Type} ${record.Name}`)).toEqual(['MX return.example.com.', 'TXT return.example.com.']);
});

test('the records of a MAIL FROM domain that nobody publishes are at hand', () => {
  const stack = stackIn('eu-west-1');
  const address = new VerifiedAddress(stack, 'Orders', { address: 'orders@example.com', mailFrom: MailFrom.subdomain('return') });
  Template.fromStack(stack).resourceCountIs('AWS::Route53::RecordSetGroup', 0);
  expect(address.dnsRecords.flatMap(record => record.zoneFileLines)).toEqual([
    'return.example.com. 1800 IN MX 10 feedback-smtp.eu-west-1.amazonses.com.',
    'return.example.com. 1800 IN TXT "v=spf1 include:amazonses.com ~all"',
  ]);
});

test('the case of the local part is kept, since SES compares it', () => {
  Template.fromStack(addressIn({ address: 'Orders@example.com' })).hasResourceProperties('AWS::SES::EmailIdentity', { EmailIdentity: 'Orders@example.com' });
});

describe('findings, each of which can be acknowledged', () => {
  test.each([
    ['capital letters in the domain', 'mixedCase', 'orders@Example.com'],
    ['a +label', 'plusLabel', 'orders+eu@example.com'],
  ])('%s', (_, what, address) => {
    const id = `cdk-postmaster:VerifiedAddress.${what}`;
    expect(findingIdsOf(addressIn({ address }))).toEqual([id]);
    const stack = addressIn({ address });
    Validations.of(stack).acknowledge({ id, reason: 'known' });
    expect(findingIdsOf(stack)).toEqual([]);
  });

  test.each(['domain first', 'address first'])('an address beside the identity of its domain, %s', order => {
    const stack = stackIn();
    if (order === 'address first') addressIn({ address: 'orders@shop.example.com' }, stack);
    new VerifiedDomain(stack, 'Mail', { dns: Dns.elsewhere('example.com'), dmarc: REPORTED });
    if (order === 'domain first') addressIn({ address: 'orders@shop.example.com' }, stack);
    expect(findingIdsOf(stack)).toEqual(['cdk-postmaster:VerifiedAddress.overridesDomain']);
  });

  test('a domain of another name is no reason', () => {
    const stack = stackIn();
    new VerifiedDomain(stack, 'Mail', { dns: Dns.elsewhere('ample.com'), dmarc: Dmarc.none({ reportTo: ['d@ample.com'] }) });
    expect(findingIdsOf(addressIn({}, stack))).toEqual([]);
  });
});

describe('refused, with the whole message', () => {
  test.each([
    ['a display name', 'Orders <orders@example.com>', '"Orders <orders@example.com>" is more than an address; give "user@example.com", without a display name (at Stack/Orders) [MailAddress.displayName]'],
    ['no @', 'example.com', '"example.com" is not an address; the form is "user@example.com" (at Stack/Orders) [MailAddress.form]'],
    ['two @', 'a@b@example.com', '"a@b@example.com" is not an address; the form is "user@example.com" (at Stack/Orders) [MailAddress.form]'],
    ['a local part in another script', '用户@example.com',
      '"用户@example.com" has non-ASCII characters before the @; SES takes 7-bit ASCII there, and there is no other way to write it (at Stack/Orders) [MailAddress.localPart]'],
    ['a domain in another script', 'user@例子.com',
      'the domain of the address "例子.com" has non-ASCII characters; DNS and SES take a domain in its ASCII form: write "xn--fsqu00a.com" (at Stack/Orders) [DomainName.nonAscii]'],
    ['a local part of 65 characters', `${'a'.repeat(65)}@example.com`,
      `"${'a'.repeat(65)}@example.com" has 65 characters before the @; an address may have 64 (RFC 5321) (at Stack/Orders) [MailAddress.localPartTooLong]`],
  ])('%s', (_, address, message) => {
    expect(() => addressIn({ address })).toThrow(new Error(message));
  });

  test('a domain that the address does not belong to', () => {
    const stack = stackIn();
    const domain = new VerifiedDomain(stack, 'Mail', { dns: Dns.elsewhere('example.org') });
    expect(() => addressIn({ domain }, stack)).toThrow(
      'the address "orders@example.com" does not lie below the domain "example.org" (Stack/Mail) (at Stack/Orders) [VerifiedAddress.otherDomain]');
  });

  test('a signature that the domain does not give', () => {
    const stack = stackIn();
    const domain = new VerifiedDomain(stack, 'Mail', { dns: Dns.elsewhere('example.com'), dkim: Dkim.disabled({ reason: 'test' }) });
    expect(() => addressIn({ domain, dkimSigning: true }, stack)).toThrow(
      'dkimSigning is true, but the domain "example.com" (Stack/Mail) does not sign, and an address has no key of its own; SES refuses that ' +
      '(at Stack/Orders) [VerifiedAddress.domainUnsigned]');
  });

  test('a MAIL FROM domain at a mailbox provider', () => {
    expect(() => addressIn({ address: 'me@gmail.com', mailFrom: MailFrom.subdomain() })).toThrow(
      'a MAIL FROM domain below "gmail.com" needs DNS records there, and the domain belongs to a mailbox provider (at Stack/Orders) [VerifiedAddress.mailFromOfOthers]');
  });
});

test('an existing address is imported by name', () => {
  expect(VerifiedAddress.fromAddress(stackIn(), 'Orders', 'orders@example.com').identityName).toBe('orders@example.com');
});
