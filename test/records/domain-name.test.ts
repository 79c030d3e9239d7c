import * as fc from 'fast-check';
import * as arbitrary from './arbitrary';
import { expectRefusal, type Refusal } from './refusal';
import { isBelow, isWithin, normalizeDomain, normalizeOwnerName, normalizeRecordName } from '../../src/records/domain-name';

const LONG_LABEL = 'a'.repeat(64);
const LONG_NAME = `${'a'.repeat(63)}.`.repeat(4) + 'com';

describe('a domain', () => {
  test.each([
    ['Example.COM', 'example.com'],
    ['example.com.', 'example.com'],
    ['a.b.example.co.uk', 'a.b.example.co.uk'],
    ['xn--bcher-kva.example', 'xn--bcher-kva.example'],
    [`${'a'.repeat(63)}.com`, `${'a'.repeat(63)}.com`],
    ['3com.com', '3com.com'],
  ])('is brought into one form: %s is %s', (given, normal) => {
    expect(normalizeDomain(given, 'domain')).toBe(normal);
  });

  test('that is a token passes, without the dot at its end', () => {
    expect(normalizeDomain('${Token[TOKEN.12]}.', 'domain')).toBe('${Token[TOKEN.12]}');
  });

  test('of any valid shape is left as it is, and keeps that form', () => {
    fc.assert(fc.property(arbitrary.domain, domain => {
      expect(normalizeDomain(domain, 'domain')).toBe(domain);
      expect(normalizeDomain(`${domain.toUpperCase()}.`, 'domain')).toBe(domain);
    }));
  });

  test.each<Refusal>([
    ['nothing', () => normalizeDomain('', 'domain'), 'DomainName.empty', 'domain is empty; give a name such as "example.com"'],
    ['the root', () => normalizeDomain('.', 'domain'), 'DomainName.empty', 'domain is empty; give a name such as "example.com"'],
    ['a long label', () => normalizeDomain(`${LONG_LABEL}.com`, 'MAIL FROM domain'), 'DomainName.labelTooLong',
      `MAIL FROM domain "${LONG_LABEL}.com" has a label of 64 characters ("${LONG_LABEL}"); a label may have 63 (RFC 1034)`],
    ['a long name', () => normalizeDomain(LONG_NAME, 'domain'), 'DomainName.nameTooLong',
      `domain "${LONG_NAME}" has 259 characters; a name may have 253 (255 octets, RFC 1034)`],
    ['an empty label', () => normalizeDomain('a..example.com', 'domain'), 'DomainName.emptyLabel',
      'domain "a..example.com" has an empty label (two dots in a row, or a dot at the start)'],
    ['a leading dot', () => normalizeDomain('.example.com', 'domain'), 'DomainName.emptyLabel',
      'domain ".example.com" has an empty label (two dots in a row, or a dot at the start)'],
    ['a hyphen at an edge', () => normalizeDomain('-a.example.com', 'domain'), 'DomainName.hyphen',
      'domain "-a.example.com" has the label "-a"; a label neither begins nor ends with a hyphen'],
    ['an underscore', () => normalizeDomain('_dmarc.example.com', 'domain'), 'DomainName.characters',
      'domain "_dmarc.example.com" has the label "_dmarc"; a label has letters, digits and hyphens only'],
    ['a wildcard', () => normalizeDomain('*.example.com', 'domain'), 'DomainName.characters',
      'domain "*.example.com" has the label "*"; a label has letters, digits and hyphens only'],
    ['umlauts', () => normalizeDomain('bücher.example', 'domain'), 'DomainName.nonAscii',
      'domain "bücher.example" has non-ASCII characters; DNS and SES take a domain in its ASCII form: write "xn--bcher-kva.example"'],
    ['what has no ASCII form', () => normalizeDomain('a\u{fffd}.example', 'domain'), 'DomainName.nonAscii',
      'domain "a\u{fffd}.example" has non-ASCII characters; DNS and SES take a domain in its ASCII form'],
    ['an IPv4 address', () => normalizeDomain('192.0.2.1', 'domain'), 'DomainName.address', 'domain "192.0.2.1" is a network address; SES verifies domain names'],
    ['an IPv6 address', () => normalizeDomain('2001:db8::1', 'domain'), 'DomainName.address', 'domain "2001:db8::1" is a network address; SES verifies domain names'],
    ['an address literal', () => normalizeDomain('[192.0.2.1]', 'domain'), 'DomainName.address', 'domain "[192.0.2.1]" is a network address; SES verifies domain names'],
  ])('is refused when it is %s', (_, rule, code, sentence) => expectRefusal(rule, code, sentence));
});

describe('the name of a record', () => {
  test('may begin with a wildcard where a record stands, and only there', () => {
    expect(normalizeOwnerName('*.Example.com.')).toBe('*.example.com');
    expectRefusal(() => normalizeOwnerName('a.*.example.com'), 'DomainName.characters',
      'record name "a.*.example.com" has the label "*"; a label has letters, digits, hyphens and underscores only');
    expectRefusal(() => normalizeRecordName('*.example.com'), 'DomainName.characters',
      'record name "*.example.com" has the label "*"; a label has letters, digits, hyphens and underscores only');
  });

  test('may have underscores', () => {
    expect(normalizeRecordName('_DMARC.Example.com.')).toBe('_dmarc.example.com');
  });

  test('that is a token passes', () => {
    expect(normalizeRecordName('${Token[TOKEN.1]}.example.com.')).toBe('${Token[TOKEN.1]}.example.com');
  });

  test('has no other characters', () => {
    expectRefusal(() => normalizeRecordName('a b.example.com'), 'DomainName.characters',
      'record name "a b.example.com" has the label "a b"; a label has letters, digits, hyphens and underscores only');
  });

  test('is called what the caller calls it', () => {
    expectRefusal(() => normalizeRecordName('', 'BIMI selector'), 'DomainName.empty', 'BIMI selector is empty; give a name such as "example.com"');
  });
});

describe('names are compared label by label', () => {
  test.each([
    ['example.com', 'example.com', true, false],
    ['a.example.com', 'example.com', true, true],
    ['evil-example.com', 'example.com', false, false],
    ['example.com', 'a.example.com', false, false],
  ])('%s against %s', (name, parent, within, below) => {
    expect(isWithin(name, parent)).toBe(within);
    expect(isBelow(name, parent)).toBe(below);
  });
});
