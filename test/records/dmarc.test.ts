import { Duration } from 'aws-cdk-lib';
import * as fc from 'fast-check';
import * as arbitrary from './arbitrary';
import { expectRefusal, type Refusal } from './refusal';
import { Dmarc, DmarcAlignment, DmarcFailureOption, DmarcPolicy, DnsRecord } from '../../src/records';

const CHOICES = { none: Dmarc.none, quarantine: Dmarc.quarantine, reject: Dmarc.reject };

describe('a DMARC record', () => {
  test.each([
    ['the policy alone', Dmarc.none(), 'v=DMARC1;p=none'],
    ['what the SES guide shows', Dmarc.quarantine({ reportTo: ['my_dmarc_report@example.com'] }), 'v=DMARC1;p=quarantine;rua=mailto:my_dmarc_report@example.com'],
    ['what the SES guide shows for BIMI', Dmarc.quarantine({ percentage: 100, reportTo: ['dmarcreports@example.com'] }),
      'v=DMARC1;p=quarantine;pct=100;rua=mailto:dmarcreports@example.com'],
    ['two mailboxes', Dmarc.reject({ reportTo: ['a@b.example', 'mailto:c@D.example!10M', 'a@b.example'] }), 'v=DMARC1;p=reject;rua=mailto:a@b.example,mailto:c@d.example!10m'],
    ['zero percent', Dmarc.reject({ percentage: 0 }), 'v=DMARC1;p=reject;pct=0'],
    ['an address with a token', Dmarc.none({ reportTo: ['dmarc@${Token[TOKEN.1]}'] }), 'v=DMARC1;p=none;rua=mailto:dmarc@${Token[TOKEN.1]}'],
    ['no test', Dmarc.reject({ testing: false }), 'v=DMARC1;p=reject'],
    ['all there is', Dmarc.reject({
      subdomainPolicy: DmarcPolicy.QUARANTINE,
      nonexistentSubdomainPolicy: DmarcPolicy.REJECT,
      percentage: 50,
      testing: true,
      dkimAlignment: DmarcAlignment.STRICT,
      spfAlignment: DmarcAlignment.RELAXED,
      reportTo: ['a@example.com'],
      failureReportTo: ['b@example.com'],
      failureOptions: [DmarcFailureOption.ANY_FAILS, DmarcFailureOption.DKIM_FAILS, DmarcFailureOption.SPF_FAILS],
      reportInterval: Duration.hours(1),
      publicSuffix: false,
    }), 'v=DMARC1;p=reject;sp=quarantine;np=reject;pct=50;t=y;adkim=s;aspf=r;rua=mailto:a@example.com;ruf=mailto:b@example.com;fo=1:d:s;ri=3600;psd=n'],
  ])('with %s', (_, dmarc, text) => {
    expect(dmarc.render()).toBe(text);
    expect(Dmarc.parse(text)).toEqual(dmarc);
  });

  test.each([
    [Dmarc.none(), 'deliver'], [Dmarc.quarantine(), 'put into spam'], [Dmarc.reject(), 'refuse'],
  ])('stands at _dmarc', (dmarc, deed) => {
    expect(dmarc.record('News.Example.com', { ttl: Duration.minutes(5) })).toEqual(DnsRecord.txt('_dmarc.news.example.com', [dmarc.render()], {
      ttl: Duration.minutes(5), purpose: `DMARC: receivers shall ${deed} mail that fails to prove it is from news.example.com`,
    }));
  });

  test('stands at _dmarc of a token too', () => {
    expect(Dmarc.none().record('${Token[TOKEN.1]}').name).toBe('_dmarc.${Token[TOKEN.1]}');
  });

  test.each<Refusal>([
    ['no mailbox in a list', () => Dmarc.none({ reportTo: [] }), 'Dmarc.empty', 'DMARC reportTo is empty; leave it out, or give at least one address'],
    ['no mailbox in the other list', () => Dmarc.none({ failureReportTo: [] }), 'Dmarc.empty', 'DMARC failureReportTo is empty; leave it out, or give at least one address'],
    ['no option in a list', () => Dmarc.none({ failureOptions: [] }), 'Dmarc.empty', 'DMARC failureOptions is empty; leave it out, or give at least one option'],
    ['more than all', () => Dmarc.reject({ percentage: 101 }), 'Dmarc.percentage', 'DMARC percentage is 101; it is a whole number from 0 to 100'],
    ['less than nothing', () => Dmarc.reject({ percentage: -1 }), 'Dmarc.percentage', 'DMARC percentage is -1; it is a whole number from 0 to 100'],
    ['half a percent', () => Dmarc.reject({ percentage: 0.5 }), 'Dmarc.percentage', 'DMARC percentage is 0.5; it is a whole number from 0 to 100'],
    ['no number', () => Dmarc.reject({ percentage: NaN }), 'Dmarc.percentage', 'DMARC percentage is NaN; it is a whole number from 0 to 100'],
    ['no time between reports', () => Dmarc.reject({ reportInterval: Duration.seconds(0) }), 'Dmarc.reportInterval',
      'DMARC reportInterval in seconds is 0; it is a whole number from 1 to 4294967295'],
    ['half a second between reports', () => Dmarc.reject({ reportInterval: Duration.millis(500) }), 'Dmarc.reportInterval',
      'DMARC reportInterval in seconds is 0.5; it is a whole number from 1 to 4294967295'],
    ['a web server', () => Dmarc.none({ reportTo: ['https://example.com/dmarc'] }), 'ReportUri.scheme',
      'DMARC reportTo has "https://example.com/dmarc"; reports are sent to mailto: addresses only, e.g. "mailto:dmarc@example.com"'],
    ['a web server for failures', () => Dmarc.none({ failureReportTo: ['http://example.com/dmarc'] }), 'ReportUri.scheme',
      'DMARC failureReportTo has "http://example.com/dmarc"; reports are sent to mailto: addresses only, e.g. "mailto:dmarc@example.com"'],
    ['no address', () => Dmarc.none({ reportTo: ['dmarc'] }), 'MailAddress.form', '"dmarc" is not an address; the form is "user@example.com"'],
    ['no domain', () => Dmarc.none().record('a_b.example'), 'DomainName.characters',
      'DMARC domain "a_b.example" has the label "a_b"; a label has letters, digits and hyphens only'],
  ])('is refused with %s', (_, rule, code, sentence) => expectRefusal(rule, code, sentence));
});

describe('a DMARC record enforces', () => {
  test.each([
    ['v=DMARC1;p=reject', true],
    ['v=DMARC1;p=quarantine', true],
    ['v=DMARC1;p=quarantine;pct=100', true],
    ['v=DMARC1;p=reject;sp=quarantine', true],
    ['v=DMARC1;p=none', false],
    ['v=DMARC1;p=none;sp=reject', false],
    ['v=DMARC1;p=quarantine;pct=99', false],
    ['v=DMARC1;p=reject;pct=0', false],
    ['v=DMARC1;p=reject;t=y', false],
    ['v=DMARC1;p=reject;sp=none', false],
  ])('%s: %s', (text, enforces) => {
    expect(Dmarc.parse(text).isEnforcing).toBe(enforces);
  });
});

describe('reading a DMARC record', () => {
  const policy = fc.constantFrom(...Object.values(DmarcPolicy));
  const alignment = fc.constantFrom(...Object.values(DmarcAlignment));
  const mailboxes = fc.array(fc.tuple(arbitrary.address, fc.constantFrom('', '!10m')).map(parts => parts.join('')), { minLength: 1, maxLength: 3 });
  const options = fc.record({
    reportTo: arbitrary.maybe(mailboxes),
    failureReportTo: arbitrary.maybe(mailboxes),
    subdomainPolicy: arbitrary.maybe(policy),
    nonexistentSubdomainPolicy: arbitrary.maybe(policy),
    percentage: arbitrary.maybe(fc.integer({ min: 0, max: 100 })),
    testing: arbitrary.maybe(fc.boolean()),
    dkimAlignment: arbitrary.maybe(alignment),
    spfAlignment: arbitrary.maybe(alignment),
    failureOptions: arbitrary.maybe(fc.array(fc.constantFrom(...Object.values(DmarcFailureOption)), { minLength: 1 })),
    reportInterval: arbitrary.maybe(fc.integer({ min: 1, max: 4294967295 }).map(Duration.seconds)),
    publicSuffix: arbitrary.maybe(fc.boolean()),
  });

  test('gives back what was written', () => {
    fc.assert(fc.property(policy, options, (p, given) => {
      const dmarc = CHOICES[p](given);
      expect(dmarc.render()).toMatch(new RegExp(`^v=DMARC1;p=${p}(;|$)`));
      expect(Dmarc.parse(dmarc.render())).toEqual(dmarc);
      expect(Dmarc.parse(`${dmarc.render().replace(/;/g, ' ; ').replace('p=', 'p = ')};`)).toEqual(dmarc);
    }));
  });

  test.each([
    ['Google', 'v=DMARC1; p=reject; rua=mailto:mailauth-reports@google.com', 'v=DMARC1;p=reject;rua=mailto:mailauth-reports@google.com'],
    ['Microsoft', 'v=DMARC1; p=reject; pct=100; rua=mailto:itex-rua@microsoft.com; ruf=mailto:itex-ruf@microsoft.com; fo=1',
      'v=DMARC1;p=reject;pct=100;rua=mailto:itex-rua@microsoft.com;ruf=mailto:itex-ruf@microsoft.com;fo=1'],
    ['Mailchimp\'s advice', 'v=DMARC1; p=none;', 'v=DMARC1;p=none'],
    ['gmail.com', 'v=DMARC1; p=none; sp=quarantine; rua=mailto:mailauth-reports@google.com', 'v=DMARC1;p=none;sp=quarantine;rua=mailto:mailauth-reports@google.com'],
    ['a report service', 'v=DMARC1; p=none; rua=mailto:a@example.com , mailto:b@reports.example!10m; rf=afrf; ri=86400; pct=100; fo=0:1:d:s',
      'v=DMARC1;p=none;pct=100;rua=mailto:a@example.com,mailto:b@reports.example!10m;fo=0:1:d:s;ri=86400'],
    ['upper-case values', 'v=DMARC1; p=QUARANTINE; adkim=R; aspf=S; t=N; fo=D; rua=MAILTO:a@EXAMPLE.com', 'v=DMARC1;p=quarantine;adkim=r;aspf=s;rua=mailto:a@example.com;fo=d'],
    ['another order', 'v=DMARC1;rua=mailto:a@example.com;p=none', 'v=DMARC1;p=none;rua=mailto:a@example.com'],
    ['RFC 9989', 'v=DMARC1;p=reject;np=reject;t=y;psd=u', 'v=DMARC1;p=reject;np=reject;t=y'],
    ['a public suffix', 'v=DMARC1;p=reject;psd=y', 'v=DMARC1;p=reject;psd=y'],
    ['tags that nobody defined', 'v=DMARC1; p=none; P=reject; x-note=hello, world', 'v=DMARC1;p=none'],
  ])('takes the record of %s', (_, text, rendered) => {
    expect(Dmarc.parse(text).render()).toBe(rendered);
  });

  const tag = (given: string, accepted: string): Refusal => {
    const name = given.split('=')[0];
    const text = name === 'p' ? `v=DMARC1;${given}` : `v=DMARC1;p=none;${given}`;
    return [given, () => Dmarc.parse(text), 'Dmarc.tag', `the DMARC record "${text}" has ${given}; ${name} takes ${accepted}`];
  };
  test.each<Refusal>([
    tag('p=block', 'none, quarantine, reject'),
    tag('p=', 'none, quarantine, reject'),
    tag('sp=all', 'none, quarantine, reject'),
    tag('np=x', 'none, quarantine, reject'),
    tag('pct=50%', 'a whole number'),
    tag('pct=-1', 'a whole number'),
    tag('ri=day', 'a whole number'),
    tag('adkim=relaxed', 'r, s'),
    tag('aspf=strict', 'r, s'),
    tag('t=yes', 'y, n'),
    tag('psd=1', 'y, n, u'),
    tag('fo=2', '0, 1, d, s'),
    ['no policy', () => Dmarc.parse('v=DMARC1;rua=mailto:a@example.com'), 'Dmarc.noPolicy',
      'the DMARC record "v=DMARC1;rua=mailto:a@example.com" has no policy; add p=none, p=quarantine or p=reject'],
    ['too many percent', () => Dmarc.parse('v=DMARC1;p=none;pct=500'), 'Dmarc.percentage', 'DMARC percentage is 500; it is a whole number from 0 to 100'],
    ['no version', () => Dmarc.parse('p=none'), 'TagList.version', 'the DMARC record "p=none" does not begin with v=DMARC1; receivers ignore a record that does not'],
    ['a version behind', () => Dmarc.parse('p=none;v=DMARC1'), 'TagList.version',
      'the DMARC record "p=none;v=DMARC1" does not begin with v=DMARC1; receivers ignore a record that does not'],
    ['a version in lower case', () => Dmarc.parse('v=dmarc1;p=none'), 'TagList.version',
      'the DMARC record "v=dmarc1;p=none" does not begin with v=DMARC1; receivers ignore a record that does not'],
    ['commas for semicolons', () => Dmarc.parse('v=DMARC1, p=none'), 'TagList.version',
      'the DMARC record "v=DMARC1, p=none" does not begin with v=DMARC1; receivers ignore a record that does not'],
    ['a policy twice', () => Dmarc.parse('v=DMARC1;p=none;p=reject'), 'TagList.duplicate',
      'the DMARC record "v=DMARC1;p=none;p=reject" has the tag p twice; receivers ignore such a record'],
    ['a bare address', () => Dmarc.parse('v=DMARC1;p=none;rua=mailto:a@example.com,b@example.com'), 'ReportUri.noUri',
      'rua of the DMARC record has "b@example.com", which is not a URI, so receivers send nothing there; write "mailto:b@example.com"'],
    ['a web server', () => Dmarc.parse('v=DMARC1;p=none;ruf=https://example.com'), 'ReportUri.scheme',
      'DMARC failureReportTo has "https://example.com"; reports are sent to mailto: addresses only, e.g. "mailto:dmarc@example.com"'],
    ['SPF', () => Dmarc.parse('v=spf1 -all'), 'TagList.version', 'the DMARC record "v=spf1 -all" does not begin with v=DMARC1; receivers ignore a record that does not'],
  ])('refuses %s', (_, rule, code, sentence) => expectRefusal(rule, code, sentence));
});

describe('reports to another domain', () => {
  test('need its consent, once for each domain', () => {
    const dmarc = Dmarc.none({ reportTo: ['a@example.com', 'b@mail.example.com', 'c@reports.example.net!1m', 'd@reports.example.net'], failureReportTo: ['e@other.example.co.uk'] });
    expect(dmarc.reportAuthorizationRecords('News.Example.com')).toEqual([
      DnsRecord.txt('news.example.com._report._dmarc.reports.example.net', ['v=DMARC1'], {
        purpose: 'DMARC: reports.example.net consents to take the reports on news.example.com',
      }),
      DnsRecord.txt('news.example.com._report._dmarc.other.example.co.uk', ['v=DMARC1'], {
        purpose: 'DMARC: other.example.co.uk consents to take the reports on news.example.com',
      }),
    ]);
  });

  test('need none when there are no reports, or when they stay in the organization', () => {
    expect(Dmarc.reject().reportAuthorizationRecords('example.com')).toEqual([]);
    expect(Dmarc.reject({ reportTo: ['dmarc@example.co.uk'] }).reportAuthorizationRecords('a.b.example.co.uk')).toEqual([]);
  });

  test('are taken for foreign when only the deployment knows the domain, unless they lie within it', () => {
    const dmarc = Dmarc.none({ reportTo: ['a@mail.${Token[TOKEN.1]}', 'b@example.com'] });
    expect(dmarc.reportAuthorizationRecords('${Token[TOKEN.1]}').map(record => record.name)).toEqual(['${Token[TOKEN.1]}._report._dmarc.example.com']);
  });
});
