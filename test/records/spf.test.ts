import { Duration } from 'aws-cdk-lib';
import * as fc from 'fast-check';
import * as arbitrary from './arbitrary';
import { expectRefusal, type Refusal } from './refusal';
import { DnsRecord, Spf, SpfAll } from '../../src/records';

const elevenLookups = 'include:amazonses.com, include:i0.example, include:i1.example, include:i2.example, include:i3.example, include:i4.example, ' +
  'include:i5.example, include:i6.example, include:i7.example, include:i8.example, include:i9.example';
const includes = (count: number) => Array.from({ length: count }, (_, index) => `i${index}.example`);

describe('an SPF record', () => {
  test('without options is what the SES guide says, byte for byte', () => {
    expect(Spf.amazonSes().render()).toBe('v=spf1 include:amazonses.com ~all');
  });

  test('lists what else may send, and ends in all', () => {
    const spf = Spf.amazonSes({
      includes: ['_SPF.Google.com.'],
      ip4: ['192.0.2.1', '198.51.100.0/24'],
      ip6: ['2001:DB8::1', '2001:db8::/32'],
      mechanisms: ['a:mail.example.com', '+MX/24', 'exists:%{i}._spf.example.com', '-ptr'],
      all: SpfAll.FAIL,
    });
    expect(spf.render()).toBe('v=spf1 include:amazonses.com include:_spf.google.com ip4:192.0.2.1 ip4:198.51.100.0/24 ip6:2001:db8::1 ip6:2001:db8::/32 ' +
      'a:mail.example.com mx/24 exists:%{i}._spf.example.com -ptr -all');
    expect(spf.lookups).toEqual(['include:amazonses.com', 'include:_spf.google.com', 'a:mail.example.com', 'mx/24', 'exists:%{i}._spf.example.com', '-ptr']);
    expect(spf.all).toBe('-all');
    expect(spf.includesAmazonSes).toBe(true);
  });

  test('lists nothing twice', () => {
    expect(Spf.amazonSes({ includes: ['AmazonSES.com', 'a.example'], mechanisms: ['include:a.example', '+include:a.example'] }).render())
      .toBe('v=spf1 include:amazonses.com include:a.example ~all');
  });

  test('may take ten lookups', () => {
    expect(Spf.amazonSes({ includes: includes(9), ip4: ['192.0.2.1'] }).lookups).toHaveLength(10);
  });

  test('with tokens passes', () => {
    const spf = Spf.amazonSes({ includes: ['${Token[TOKEN.1]}'], ip4: ['${Token[TOKEN.2]}', '${Token[TOKEN.2]}/24'], mechanisms: ['a:${Token[TOKEN.3]}', '${Token[TOKEN.4]}'] });
    expect(spf.render()).toBe('v=spf1 include:amazonses.com include:${Token[TOKEN.1]} ip4:${Token[TOKEN.2]} ip4:${Token[TOKEN.2]}/24 a:${Token[TOKEN.3]} ${Token[TOKEN.4]} ~all');
    expect(Spf.parse(spf.render())).toEqual(spf);
  });

  test('is a TXT record at the name that is given', () => {
    expect(Spf.amazonSes().record('bounce.example.com', { ttl: Duration.hours(1) })).toEqual(DnsRecord.txt('bounce.example.com', ['v=spf1 include:amazonses.com ~all'], {
      ttl: Duration.hours(1), purpose: 'SPF: Amazon SES may send with bounce.example.com as envelope sender',
    }));
    expect(Spf.parse('v=spf1 -all').record('example.com').purpose).toBe('SPF: which servers may send with example.com as envelope sender');
    expect(Spf.amazonSes().record('example.com', { purpose: 'mine' }).purpose).toBe('mine');
  });
});

describe('reading an SPF record', () => {
  const network4 = fc.tuple(fc.ipV4(), fc.integer({ min: 1, max: 32 })).map(([ip, length]) => `${ip}/${length}`);
  const options = fc.record({
    includes: arbitrary.maybe(fc.array(arbitrary.domain, { maxLength: 4 })),
    ip4: arbitrary.maybe(fc.array(fc.oneof(fc.ipV4(), network4), { maxLength: 4 })),
    ip6: arbitrary.maybe(fc.array(fc.ipV6(), { maxLength: 4 })),
    mechanisms: arbitrary.maybe(fc.subarray(['a', 'MX', '?ptr', 'a:a.example/24//64', 'exists:%{L}.%{ir}.a.example', 'exp=why.%{d}', 'x-mine=1'], { maxLength: 4 })),
    all: arbitrary.maybe(fc.constantFrom(SpfAll.SOFT_FAIL, SpfAll.FAIL)),
  });

  test('gives back what was written', () => {
    fc.assert(fc.property(options, given => {
      const spf = Spf.amazonSes(given);
      expect(Spf.parse(spf.render())).toEqual(spf);
      expect(Spf.isSpf(spf.render())).toBe(true);
    }));
  });

  test.each([
    ['Amazon SES', 'v=spf1 include:amazonses.com -all', undefined, ['include:amazonses.com'], '-all'],
    ['Google Workspace', 'v=spf1 include:_spf.google.com ~all', undefined, ['include:_spf.google.com'], '~all'],
    ['gmail.com', 'v=spf1 redirect=_spf.google.com', undefined, ['redirect=_spf.google.com'], ''],
    ['Google networks', 'v=spf1 ip4:35.190.247.0/24 ip4:64.233.160.0/19 ip6:2001:4860:4864::/56 ~all', undefined, [], '~all'],
    ['Microsoft 365', 'v=spf1 include:spf.protection.outlook.com -all', undefined, ['include:spf.protection.outlook.com'], '-all'],
    ['Mailchimp', 'v=spf1 include:servers.mcsv.net ?all', undefined, ['include:servers.mcsv.net'], '?all'],
    ['Proofpoint', 'v=spf1 include:%{ir}.%{v}.%{d}.spf.has.pphosted.com ~all', undefined, ['include:%{ir}.%{v}.%{d}.spf.has.pphosted.com'], '~all'],
    ['Salesforce', 'v=spf1 exists:%{i}._spf.mta.salesforce.com -all', undefined, ['exists:%{i}._spf.mta.salesforce.com'], '-all'],
    ['a parked domain', 'v=spf1 -all', undefined, [], '-all'],
    ['a web host', 'v=spf1 +a +mx +ip4:192.0.2.7 ~all', 'v=spf1 a mx ip4:192.0.2.7 ~all', ['a', 'mx'], '~all'],
    ['upper case', 'V=SPF1 INCLUDE:Spf.Protection.Outlook.COM MX:Mail.Example.com/24//64 -ALL', 'v=spf1 include:spf.protection.outlook.com mx:mail.example.com/24//64 -all',
      ['include:spf.protection.outlook.com', 'mx:mail.example.com/24//64'], '-all'],
    ['too many blanks', '  v=spf1   include:amazonses.com\t~all  ', 'v=spf1 include:amazonses.com ~all', ['include:amazonses.com'], '~all'],
    ['an explanation and what nobody knows', 'v=spf1 mx exp=explain._spf.%{d} x-note=%{s}/1 -all', undefined, ['mx'], '-all'],
    ['a bare all, which lets everybody send', 'v=spf1 all', 'v=spf1 +all', [], '+all'],
    ['nothing', 'v=spf1', undefined, [], ''],
    ['terms that count no more', 'v=spf1 -all include:a.example redirect=b.example', undefined, [], '-all'],
  ])('takes the record of %s', (_, text, rendered, lookups, all) => {
    const spf = Spf.parse(text);
    expect(spf.render()).toBe(rendered ?? text);
    expect(spf.lookups).toEqual(lookups);
    expect(spf.all).toBe(all);
    expect(spf.includesAmazonSes).toBe(lookups.includes('include:amazonses.com'));
    expect(Spf.parse(spf.render())).toEqual(spf);
  });

  test.each([
    ['v=spf1', true], ['V=SPF1 -all', true], ['v=spf1 -all', true],
    ['v=spf10 -all', false], ['v=spf1-all', false], [' v=spf1 -all', false], ['spf2.0/pra -all', false], ['v=DMARC1;p=none', false], ['', false],
  ])('tells what is SPF: "%s" is %s', (text, is) => {
    expect(Spf.isSpf(text)).toBe(is);
  });

  const term = (given: string, rule: string): Refusal => [given, () => Spf.parse(`v=spf1 ${given} -all`), 'Spf.term', `the SPF term "${given}" is malformed: ${rule}`];
  const form = 'a term is a mechanism such as include:amazonses.com, or a modifier such as redirect=example.com';
  test.each<Refusal>([
    term('~', form),
    term('include;a.example', form),
    term('ipv4:192.0.2.1', '"ipv4" is no mechanism; there are all, include, a, mx, ptr, ip4, ip6 and exists'),
    term('include', 'include takes a domain'),
    term('include:a.example/24', 'include takes a domain'),
    term('exists', 'exists takes a domain'),
    term('include:', 'nothing follows the colon'),
    term('a:', 'nothing follows the colon'),
    term('a:192.0.2.1', 'an address is written ip4:192.0.2.1'),
    term('a/33', 'the prefix length is a whole number from 0 to 32'),
    term('mx//129', 'the prefix length is a whole number from 0 to 128'),
    term('ptr/24', 'ptr takes a domain'),
    term('all:a.example', 'all stands alone'),
    term('ip4:192.0.2.0/33', 'the prefix length is a whole number from 0 to 32'),
    term('ip4:192.0.2.0/024', 'the prefix length is a whole number from 0 to 32'),
    term('ip6:2001:db8::/', 'the prefix length is a whole number from 0 to 128'),
    term('ip4=192.0.2.1', 'receivers ignore "ip4=", which no modifier is called; write ip4:192.0.2.1'),
    term('redirect=', 'a domain is missing'),
    term('exists:%i.example', 'a macro is written %{i}, a percent sign %%, and all in ASCII'),
    term('x-note=100%', 'a macro is written %{i}, a percent sign %%, and all in ASCII'),
    term('v=spf1', 'here a second record begins; a name has one, so parse each and use Spf.merge'),
    ['ip4 of a name', () => Spf.parse('v=spf1 ip4:mail.example.com -all'), 'Spf.address',
      'ip4 has "mail.example.com"; it takes an IPv4 address or network, e.g. "192.0.2.0/24"'],
    ['ip4 of IPv6', () => Spf.parse('v=spf1 ip4:2001:db8::1 -all'), 'Spf.address', 'ip4 has "2001:db8::1"; it takes an IPv4 address or network, e.g. "192.0.2.0/24"'],
    ['ip6 of IPv4', () => Spf.parse('v=spf1 ip6:192.0.2.1 -all'), 'Spf.address', 'ip6 has "192.0.2.1"; it takes an IPv6 address or network, e.g. "2001:db8::/32"'],
    ['ip6 with a zone', () => Spf.parse('v=spf1 ip6:fe80::1%eth0 -all'), 'Spf.address', 'ip6 has "fe80::1%eth0"; it takes an IPv6 address or network, e.g. "2001:db8::/32"'],
    ['ip4 of nothing', () => Spf.parse('v=spf1 ip4 -all'), 'Spf.address', 'ip4 has ""; it takes an IPv4 address or network, e.g. "192.0.2.0/24"'],
    ['a domain that is none', () => Spf.parse('v=spf1 include:a..example -all'), 'DomainName.emptyLabel',
      'SPF domain "a..example" has an empty label (two dots in a row, or a dot at the start)'],
    ['two redirects', () => Spf.parse('v=spf1 redirect=a.example redirect=b.example'), 'Spf.repeatedModifier',
      'the SPF record "v=spf1 redirect=a.example redirect=b.example" has redirect= 2 times; receivers take none of such a record'],
    ['another kind of record', () => Spf.parse('v=spf10 -all'), 'Spf.version', '"v=spf10 -all" is not an SPF record; it begins with v=spf1 and a blank'],
  ])('refuses %s', (_, rule, code, sentence) => expectRefusal(rule, code, sentence));
});

describe('merging SPF records', () => {
  test.each([
    ['both are kept', 'v=spf1 include:_spf.google.com ~all', 'v=spf1 include:_spf.google.com include:amazonses.com ~all'],
    ['the stricter all holds', 'v=spf1 mx -all', 'v=spf1 mx include:amazonses.com -all'],
    ['a neutral all gives way', 'v=spf1 include:servers.mcsv.net ?all', 'v=spf1 include:servers.mcsv.net include:amazonses.com ~all'],
    ['an open all gives way', 'v=spf1 mx all', 'v=spf1 mx include:amazonses.com ~all'],
    ['nothing is there twice', 'v=spf1 INCLUDE:amazonses.com ~ALL', 'v=spf1 include:amazonses.com ~all'],
    ['a redirect becomes an include', 'v=spf1 redirect=_spf.google.com', 'v=spf1 include:amazonses.com include:_spf.google.com ~all'],
    ['an explanation stays', 'v=spf1 exp=e.example mx -all', 'v=spf1 mx include:amazonses.com -all exp=e.example'],
    ['what stood behind all does not come back to life', 'v=spf1 mx -all a redirect=b.example', 'v=spf1 mx include:amazonses.com -all'],
  ])('%s', (_, text, merged) => {
    expect(Spf.parse(text).merge(Spf.amazonSes()).render()).toBe(merged);
  });

  test('keeps the one redirect of records without all', () => {
    expect(Spf.parse('v=spf1 mx').merge(Spf.parse('v=spf1 redirect=a.example')).render()).toBe('v=spf1 mx redirect=a.example');
    expect(Spf.parse('v=spf1 redirect=a.example').merge(Spf.parse('v=spf1 redirect=a.example')).render()).toBe('v=spf1 redirect=a.example');
  });

  test('changes neither record', () => {
    const [one, other] = [Spf.amazonSes(), Spf.parse('v=spf1 mx -all')];
    one.merge(other);
    expect([one.render(), other.render()]).toEqual(['v=spf1 include:amazonses.com ~all', 'v=spf1 mx -all']);
  });

  test('a record with itself is the record', () => {
    fc.assert(fc.property(fc.array(arbitrary.domain, { maxLength: 9 }), given => {
      const spf = Spf.amazonSes({ includes: given });
      expect(spf.merge(spf)).toEqual(spf);
      expect(spf.merge(Spf.amazonSes())).toEqual(spf);
    }));
  });

  test.each<Refusal>([
    ['more than ten lookups', () => Spf.amazonSes({ includes: includes(5) }).merge(Spf.parse('v=spf1 include:i5.example include:i6.example include:i7.example include:i8.example include:i9.example ~all')),
      'Spf.lookups', `the SPF record takes 11 DNS lookups (${elevenLookups}); receivers stop at 10 and SPF fails (RFC 7208, section 4.6.4), so replace some by ip4 or ip6 networks`],
    ['two redirects', () => Spf.parse('v=spf1 redirect=a.example').merge(Spf.parse('v=spf1 redirect=b.example')), 'Spf.rivals',
      'the SPF records "v=spf1 redirect=a.example" and "v=spf1 redirect=b.example" have redirect=a.example and redirect=b.example, of which a record can have one; take one out'],
    ['two explanations', () => Spf.parse('v=spf1 exp=a.example -all').merge(Spf.parse('v=spf1 -all exp=b.example')), 'Spf.rivals',
      'the SPF records "v=spf1 exp=a.example -all" and "v=spf1 -all exp=b.example" have exp=a.example and exp=b.example, of which a record can have one; take one out'],
  ])('refuses %s', (_, rule, code, sentence) => expectRefusal(rule, code, sentence));
});

describe('an SPF record is not made or published', () => {
  const everybody = 'lets every server of the world send for the domain';
  test.each<Refusal>([
    ['eleven lookups', () => Spf.amazonSes({ includes: includes(10) }), 'Spf.lookups',
      `the SPF record takes 11 DNS lookups (${elevenLookups}); receivers stop at 10 and SPF fails (RFC 7208, section 4.6.4), so replace some by ip4 or ip6 networks`],
    ['+all as mechanism', () => Spf.amazonSes({ mechanisms: ['+all'] }), 'Spf.allAmongMechanisms',
      `the SPF mechanism "+all" is +all, which ${everybody}; set the option all instead, to ~all or -all`],
    ['a bare all as mechanism', () => Spf.amazonSes({ mechanisms: ['all'] }), 'Spf.allAmongMechanisms',
      `the SPF mechanism "all" is +all, which ${everybody}; set the option all instead, to ~all or -all`],
    ['?all as mechanism', () => Spf.amazonSes({ mechanisms: ['?all'] }), 'Spf.allAmongMechanisms',
      'the SPF mechanism "?all" is ?all, which says nothing of other servers, so it stops nobody; set the option all instead, to ~all or -all'],
    ['-all as mechanism', () => Spf.amazonSes({ mechanisms: ['-all'] }), 'Spf.allAmongMechanisms',
      'the SPF mechanism "-all" ends the record; set the option all instead, to ~all or -all'],
    ['redirect= beside all', () => Spf.amazonSes({ mechanisms: ['redirect=a.example'] }), 'Spf.afterAll',
      'the SPF record "v=spf1 include:amazonses.com redirect=a.example ~all" has redirect=a.example, which no receiver evaluates: ~all ends the record, and excludes redirect='],
    ['all IPv4 addresses', () => Spf.amazonSes({ ip4: ['0.0.0.0/0'] }), 'Spf.world',
      `the SPF record "v=spf1 include:amazonses.com ip4:0.0.0.0/0 ~all" has ip4:0.0.0.0/0, which ${everybody}; list your networks`],
    ['all IPv6 addresses', () => Spf.amazonSes({ ip6: ['::/0'] }), 'Spf.world',
      `the SPF record "v=spf1 include:amazonses.com ip6:::/0 ~all" has ip6:::/0, which ${everybody}; list your networks`],
    ['all addresses around a server', () => Spf.amazonSes({ mechanisms: ['a/0//64'] }), 'Spf.world',
      `the SPF record "v=spf1 include:amazonses.com a/0//64 ~all" has a/0//64, which ${everybody}; list your networks`],
    ['a blank in a network', () => Spf.amazonSes({ ip4: ['192.0.2.1 +all'] }), 'Spf.address',
      'ip4 has "192.0.2.1 +all"; it takes an IPv4 address or network, e.g. "192.0.2.0/24"'],
    ['a blank in an include', () => Spf.amazonSes({ includes: ['a.example +all'] }), 'DomainName.characters',
      'SPF domain "a.example +all" has the label "example +all"; a label has letters, digits, hyphens and underscores only'],
    ['+all as it was', () => Spf.parse('v=spf1 mx +all').record('example.com'), 'Spf.openAll',
      `the SPF record "v=spf1 mx +all" has +all, which ${everybody}; end it in ~all or -all`],
    ['a bare all as it was', () => Spf.parse('v=spf1 all').record('example.com'), 'Spf.openAll',
      `the SPF record "v=spf1 +all" has +all, which ${everybody}; end it in ~all or -all`],
    ['?all as it was', () => Spf.parse('v=spf1 mx ?all').record('example.com'), 'Spf.openAll',
      'the SPF record "v=spf1 mx ?all" has ?all, which says nothing of other servers, so it stops nobody; end it in ~all or -all'],
    ['no all as it was', () => Spf.parse('v=spf1 mx').record('example.com'), 'Spf.noAll',
      'the SPF record "v=spf1 mx" has no all, so it says nothing of other servers and stops nobody; end it in ~all or -all'],
    ['terms behind all', () => Spf.parse('v=spf1 ~all include:a.example').record('example.com'), 'Spf.afterAll',
      'the SPF record "v=spf1 ~all include:a.example" has include:a.example, which no receiver evaluates: ~all ends the record, and excludes redirect='],
  ])('with %s', (_, rule, code, sentence) => expectRefusal(rule, code, sentence));

  test('but a redirect alone is', () => {
    expect(Spf.parse('v=spf1 redirect=_spf.google.com').record('example.com').values).toEqual(['v=spf1 redirect=_spf.google.com']);
  });
});
