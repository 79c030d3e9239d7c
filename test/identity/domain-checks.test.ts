import { App, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import * as ses from 'aws-cdk-lib/aws-ses';
import { Bimi, Dkim, Dmarc, DmarcAlignment, DmarcPolicy, Dns, MailFrom, VerifiedDomain, type VerifiedDomainProps } from '../../src';
import { findingIdsOf, findingsOf, stackIn } from '../support/stacks';

type Props = Partial<VerifiedDomainProps>;

const LOGO = Bimi.logo('https://example.com/logo.svg', { certificate: 'https://example.com/vmc.pem' });
/** A domain that gives no cause for a finding. */
const SOUND: Props = { dmarc: Dmarc.none({ reportTo: ['dmarc@example.com'] }) };

function make(props: Props, domain = 'example.com', stack = stackIn('eu-west-1')): Stack {
  new VerifiedDomain(stack, 'Mail', { dns: Dns.elsewhere(domain), ...SOUND, ...props });
  return stack;
}

describe('refused, with the whole message', () => {
  const cases: [string, Props, string][] = [
    ['a www domain', { domain: 'www.example.com' },
      'the domain is "www.example.com", the name of a web site; SES verifies the domain that stands in addresses, so write "example.com" ' +
      '(or set allowWww, if addresses really end in @www.example.com) (at Stack/Mail) [VerifiedDomain.www]'],
    ['a domain in another script', { domain: '例子.com' },
      'domain "例子.com" has non-ASCII characters; DNS and SES take a domain in its ASCII form: write "xn--fsqu00a.com" (at Stack/Mail) [DomainName.nonAscii]'],
    ['a label of 64 characters', { domain: `${'a'.repeat(64)}.com` },
      `domain "${'a'.repeat(64)}.com" has a label of 64 characters ("${'a'.repeat(64)}"); a label may have 63 (RFC 1034) (at Stack/Mail) [DomainName.labelTooLong]`],
    ['a name above 255 octets', { domain: `${'abcdefg.'.repeat(32)}com` },
      `domain "${'abcdefg.'.repeat(32)}com" has 259 characters; a name may have 253 (255 octets, RFC 1034) (at Stack/Mail) [DomainName.nameTooLong]`],
    ['MAIL FROM equal to the identity', { mailFrom: MailFrom.domain('example.com') },
      'the MAIL FROM domain is "example.com", the identity itself; it is a sub-domain that neither sends nor receives other mail, e.g. "bounce.example.com" ' +
      '(at Stack/Mail) [MailFrom.sameAsIdentity]'],
    ['MAIL FROM outside the identity', { mailFrom: MailFrom.domain('bounce.example.org') },
      'the MAIL FROM domain "bounce.example.org" does not lie below the identity "example.com"; SES takes a sub-domain of it only, e.g. "bounce.example.com" ' +
      '(at Stack/Mail) [MailFrom.outsideIdentity]'],
    ['MAIL FROM that only looks like a sub-domain', { mailFrom: MailFrom.domain('evil-example.com') },
      'the MAIL FROM domain "evil-example.com" does not lie below the identity "example.com"; SES takes a sub-domain of it only, e.g. "bounce.example.com" ' +
      '(at Stack/Mail) [MailFrom.outsideIdentity]'],
    ['strict SPF alignment with a MAIL FROM domain of SES', { dmarc: Dmarc.none({ spfAlignment: DmarcAlignment.STRICT }) },
      'the DMARC policy has aspf=s, which asks for mail from "example.com" itself, but a MAIL FROM domain of SES is always a sub-domain ' +
      '("bounce.example.com"), so SPF could never align; leave spfAlignment relaxed (at Stack/Mail) [VerifiedDomain.strictSpfAlignment]'],
    ['a logo without an enforcing policy', { bimi: LOGO, dmarc: Dmarc.none() },
      'bimi is set, but the DMARC policy "v=DMARC1;p=none" does not enforce; mail programs show a logo only for domains with p=quarantine and pct=100 ' +
      'or p=reject, and sp not none (at Stack/Mail) [VerifiedDomain.bimiWithoutDmarc]'],
    ['a logo with a policy for a part of the mail', { bimi: LOGO, dmarc: Dmarc.quarantine({ percentage: 50 }) },
      'bimi is set, but the DMARC policy "v=DMARC1;p=quarantine;pct=50" does not enforce; mail programs show a logo only for domains with p=quarantine and pct=100 ' +
      'or p=reject, and sp not none (at Stack/Mail) [VerifiedDomain.bimiWithoutDmarc]'],
    ['a logo with a policy that leaves sub-domains open', { bimi: LOGO, dmarc: Dmarc.reject({ subdomainPolicy: DmarcPolicy.NONE }) },
      'bimi is set, but the DMARC policy "v=DMARC1;p=reject;sp=none" does not enforce; mail programs show a logo only for domains with p=quarantine and pct=100 ' +
      'or p=reject, and sp not none (at Stack/Mail) [VerifiedDomain.bimiWithoutDmarc]'],
    ['an enforcing policy that no mail could pass', { dmarc: Dmarc.reject(), dkim: Dkim.disabled({ reason: 'test' }), mailFrom: MailFrom.none() },
      'the DMARC policy is reject, but mail is neither signed by "example.com" nor sent with a MAIL FROM domain below it, so all of it would fail; ' +
      'keep DKIM or MAIL FROM, or use Dmarc.none() (at Stack/Mail) [VerifiedDomain.nothingAligns]'],
  ];
  test.each(cases)('%s', (_, props, message) => {
    expect(() => make(props)).toThrow(new Error(message));
  });

  test('DKIM switched off without a reason', () => {
    expect(() => Dkim.disabled({ reason: ' ' })).toThrow(
      'Dkim.disabled takes a reason, and it is empty; unsigned mail is what spam filters look for [Dkim.reason]');
  });

  test('a logo when the parent domain of the app does not enforce', () => {
    const stack = stackIn();
    new VerifiedDomain(stack, 'Parent', { dns: Dns.elsewhere('example.com') });
    expect(() => new VerifiedDomain(stack, 'News', { dns: Dns.elsewhere('news.example.com'), dmarc: Dmarc.reject(), bimi: LOGO })).toThrow(
      'bimi is set, but the DMARC policy "v=DMARC1;p=none" of the parent domain (Stack/Parent) does not enforce; mail programs show a logo only for ' +
      'domains with p=quarantine and pct=100 or p=reject, and sp not none, for the parent domain too (at Stack/News) [VerifiedDomain.bimiWithoutParentDmarc]');
  });
});

test('www is accepted when it is meant', () => {
  expect(findingIdsOf(make({ domain: 'www.example.com', allowWww: true }))).toEqual([]);
});

test('strict SPF alignment is accepted without a MAIL FROM domain', () => {
  make({ dmarc: Dmarc.none({ reportTo: ['d@example.com'], spfAlignment: DmarcAlignment.STRICT }), mailFrom: MailFrom.none() });
});

test('a sound domain gives no finding', () => {
  expect(findingsOf(make({}))).toEqual([]);
});

describe('findings, each of which can be acknowledged', () => {
  const cases: [string, string, string, Props][] = [
    ['a mailbox provider\'s domain', 'freeMail', 'gmail.com', { dmarc: Dmarc.none({ reportTo: ['dmarc@gmail.com'] }) }],
    ['a public suffix', 'publicSuffix', 'co.uk', { dmarc: Dmarc.none({ reportTo: ['dmarc@co.uk'] }) }],
    ['a 1024 bit key', 'dkimKeyLength', 'example.com', { dkim: Dkim.easy({ keyLength: ses.EasyDkimSigningKeyLength.RSA_1024_BIT }) }],
    ['p=none without reports', 'dmarcWithoutReports', 'example.com', { dmarc: Dmarc.none() }],
    ['strict DKIM alignment', 'strictDkimAlignment', 'example.com', { dmarc: Dmarc.reject({ dkimAlignment: DmarcAlignment.STRICT }) }],
    ['an enforcing policy on DKIM alone', 'singleAlignment', 'example.com', { dmarc: Dmarc.reject(), mailFrom: MailFrom.none() }],
    ['an enforcing policy on SPF alone', 'singleAlignment', 'example.com', { dmarc: Dmarc.reject(), dkim: Dkim.disabled({ reason: 'test' }) }],
    ['a logo without certificate', 'bimiWithoutCertificate', 'example.com', { dmarc: Dmarc.reject(), bimi: Bimi.logo('https://example.com/logo.svg') }],
    ['reports to another domain', 'reportsNeedConsent', 'example.com', { dmarc: Dmarc.none({ reportTo: ['reports@vendor.net'] }) }],
  ];
  test.each(cases)('%s', (_, what, domain, props) => {
    const id = `cdk-postmaster:VerifiedDomain.${what}`;
    expect(findingIdsOf(make(props, domain))).toEqual([id]);
    const stack = make(props, domain);
    Validations.of(stack).acknowledge({ id, reason: 'known' });
    expect(findingIdsOf(stack)).toEqual([]);
  });

  test('a Region that the library does not know', () => {
    const stack = make({}, 'example.com', stackIn('xx-west-7'));
    expect(findingsOf(stack)).toEqual([{
      path: '/Stack/Mail',
      text: expect.stringContaining('Amazon SES is not known to this version of the library in Region xx-west-7; the hosts in the records follow the common pattern.'),
    }]);
    Validations.of(stack).acknowledge({ id: 'cdk-postmaster:VerifiedDomain.unknownRegion', reason: 'it is there' });
    expect(findingIdsOf(stack)).toEqual([]);
  });

  test('a default configuration set that goes when the identity stays', () => {
    const stack = stackIn();
    const set = new ses.ConfigurationSet(stack, 'Set');
    make({ defaultConfigurationSet: set }, 'example.com', stack);
    expect(findingIdsOf(stack)).toEqual(['cdk-postmaster:VerifiedDomain.defaultSetVanishes']);
  });

  test.each([RemovalPolicy.RETAIN, RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE])('no finding when the set stays too (%s), also when that is said later', policy => {
    const stack = stackIn();
    const set = new ses.ConfigurationSet(stack, 'Set');
    make({ defaultConfigurationSet: set }, 'example.com', stack);
    set.applyRemovalPolicy(policy);
    expect(findingIdsOf(stack)).toEqual([]);
  });
});

test('the record that another domain has to publish is at hand', () => {
  const domain = new VerifiedDomain(new Stack(new App()), 'Mail', {
    dns: Dns.elsewhere('example.com'), dmarc: Dmarc.none({ reportTo: ['reports@vendor.net', 'dmarc@mail.example.com'] }),
  });
  expect(domain.recordsForOthers.map(record => record.zoneFileLines)).toEqual([['example.com._report._dmarc.vendor.net. 1800 IN TXT "v=DMARC1"']]);
});
