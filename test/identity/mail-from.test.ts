import { Template } from 'aws-cdk-lib/assertions';
import { MailFromBehaviorOnMxFailure } from 'aws-cdk-lib/aws-ses';
import { Dns, MailFrom, Spf, SpfAll, VerifiedDomain } from '../../src';
import { recordSet, recordSetsOf, stackIn, zoneOf } from '../support/stacks';

function domainWith(mailFrom: MailFrom, region = 'eu-west-1') {
  const stack = stackIn(region);
  const domain = new VerifiedDomain(stack, 'Mail', { dns: Dns.route53(zoneOf(stack, 'example.com')), mailFrom });
  return { stack, domain };
}

test('a MAIL FROM domain can be given whole, in any case', () => {
  const { stack, domain } = domainWith(MailFrom.domain('Return.News.Example.com.'));
  expect(domain.mailFromDomain).toBe('return.news.example.com');
  expect(recordSet(stack, 'return.news.example.com.', 'MX')).toBeDefined();
});

test('the MX record may name another Region, with which the MAIL FROM domain is shared', () => {
  const { stack } = domainWith(MailFrom.subdomain('bounce', { mxRegion: 'us-east-1' }));
  expect(recordSet(stack, 'bounce.example.com.', 'MX')?.ResourceRecords).toEqual(['10 feedback-smtp.us-east-1.amazonses.com']);
});

test('mail can be refused while the MX record is not found', () => {
  const { stack } = domainWith(MailFrom.subdomain('bounce', { onMxFailure: MailFromBehaviorOnMxFailure.REJECT_MESSAGE }));
  Template.fromStack(stack).hasResourceProperties('AWS::SES::EmailIdentity', { MailFromAttributes: { BehaviorOnMxFailure: 'REJECT_MESSAGE' } });
});

test('SPF can be stricter and have further senders', () => {
  const { stack } = domainWith(MailFrom.subdomain('bounce', { spf: Spf.amazonSes({ ip4: ['192.0.2.1'], all: SpfAll.FAIL }) }));
  expect(recordSet(stack, 'bounce.example.com.')?.ResourceRecords).toEqual(['"v=spf1 include:amazonses.com ip4:192.0.2.1 -all"']);
});

test('without a MAIL FROM domain there is neither the property nor its records', () => {
  const { stack, domain } = domainWith(MailFrom.none());
  expect(domain.mailFromDomain).toBeUndefined();
  expect(Object.values(Template.fromStack(stack).findResources('AWS::SES::EmailIdentity'))[0].Properties).not.toHaveProperty('MailFromAttributes');
  expect(recordSetsOf(stack).filter(record => record.Name === 'bounce.example.com.')).toEqual([]);
});

test('a label that is none is refused', () => {
  expect(() => domainWith(MailFrom.subdomain('bounce_1'))).toThrow(
    'MAIL FROM domain "bounce_1.example.com" has the label "bounce_1"; a label has letters, digits and hyphens only (at Stack/Mail) [DomainName.characters]');
});

test('a Region that is none is refused', () => {
  expect(() => domainWith(MailFrom.subdomain('bounce', { mxRegion: 'Dublin' }))).toThrow(
    '"Dublin" is not the name of an AWS Region; the form is "eu-west-1" (at Stack/Mail) [SesRegion.name]');
});

test.each([['bounce.example.com', 'example.com'], ['example.com', 'bounce.example.com']])('a MAIL FROM domain which also sends is refused (%s first)', (first, second) => {
  const stack = stackIn();
  new VerifiedDomain(stack, 'First', { dns: Dns.elsewhere(first), mailFrom: first === 'example.com' ? MailFrom.subdomain() : MailFrom.none() });
  expect(() => new VerifiedDomain(stack, 'Second', { dns: Dns.elsewhere(second), mailFrom: second === 'example.com' ? MailFrom.subdomain() : MailFrom.none() })).toThrow(
    first === 'example.com'
      ? '"bounce.example.com" is the MAIL FROM domain of Stack/First and an identity of its own (Stack/Second); a MAIL FROM domain is used for nothing else, ' +
        'so take another name for one of them (at Stack/Second) [MailFrom.sends]'
      : '"bounce.example.com" is the MAIL FROM domain of Stack/Second and an identity of its own (Stack/First); a MAIL FROM domain is used for nothing else, ' +
        'so take another name for one of them (at Stack/Second) [MailFrom.sends]');
});
