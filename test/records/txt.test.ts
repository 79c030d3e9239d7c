import * as fc from 'fast-check';
import { expectRefusal, type Refusal } from './refusal';
import { OctetEscape, quoteTxt, unquoteTxt } from '../../src/records/txt';

const ESCAPES = [['zone file', OctetEscape.ZONE_FILE], ['Route 53', OctetEscape.ROUTE53]] as const;

describe.each(ESCAPES)('a TXT value for a %s', (_, escape) => {
  test('of any text comes back as it was', () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.string({ unit: 'grapheme', maxLength: 400 }), fc.string({ unit: 'binary' })), text => {
      const wellFormed = Buffer.from(text, 'utf8').toString('utf8');
      expect(unquoteTxt(quoteTxt(text, escape), escape)).toBe(wellFormed);
    }));
  });

  test('has strings of at most 255 octets, in printable ASCII', () => {
    fc.assert(fc.property(fc.string({ unit: 'grapheme', maxLength: 600 }), text => {
      const quoted = quoteTxt(text, escape);
      expect(quoted).toMatch(/^[\x20-\x7e]*$/);
      for (const [, string] of quoted.matchAll(/"((?:[^"\\]|\\\d{3}|\\.)*)"/g)) {
        expect(string.match(/\\\d{3}|\\.|./g)?.length ?? 0).toBeLessThanOrEqual(255);
      }
    }));
  });

  test('of 255 octets is one string, and of 256 it is two', () => {
    expect(quoteTxt('a'.repeat(255), escape)).toBe(`"${'a'.repeat(255)}"`);
    expect(quoteTxt('a'.repeat(256), escape)).toBe(`"${'a'.repeat(255)}" "a"`);
  });

  test('that is empty is an empty string', () => {
    expect(quoteTxt('', escape)).toBe('""');
    expect(unquoteTxt('""', escape)).toBe('');
  });

  test('with a token is quoted whole, and what stands around the token is escaped', () => {
    const text = `a"b\\c ${'x'.repeat(300)} \${Token[TOKEN.1]} d"`;
    expect(quoteTxt(text, escape)).toBe(`"a\\"b\\\\c ${'x'.repeat(300)} \${Token[TOKEN.1]} d\\""`);
    expect(unquoteTxt(quoteTxt(text, escape), escape)).toBe(text);
  });
});

test('octets that are not printable are decimal in a zone file and octal in Route 53', () => {
  expect(quoteTxt('é\n', OctetEscape.ZONE_FILE)).toBe('"\\195\\169\\010"');
  expect(quoteTxt('é\n', OctetEscape.ROUTE53)).toBe('"\\303\\251\\012"');
});

test('the strings of a value are one text', () => {
  expect(unquoteTxt('"v=spf1 " "-all"', OctetEscape.ZONE_FILE)).toBe('v=spf1 -all');
  expect(unquoteTxt(' "a""b"\t"c" ', OctetEscape.ZONE_FILE)).toBe('abc');
});

test.each<Refusal>([
  ['no quotation marks', () => unquoteTxt('v=spf1', OctetEscape.ZONE_FILE), 'DnsRecord.txtNotQuoted', 'the TXT value "v=spf1" is not quoted; write it as "text"'],
  ['a string that is not closed', () => unquoteTxt('"a" "b', OctetEscape.ZONE_FILE), 'DnsRecord.txtMalformed',
    'the TXT value "\\"a\\" \\"b" has a quotation mark that opens or closes nothing'],
  ['text behind a string', () => unquoteTxt('"a" b', OctetEscape.ZONE_FILE), 'DnsRecord.txtMalformed',
    'the TXT value "\\"a\\" b" has a quotation mark that opens or closes nothing'],
  ['a decimal escape that is no octet', () => unquoteTxt('"\\256"', OctetEscape.ZONE_FILE), 'DnsRecord.txtOctet',
    'a TXT value has the escape "\\256"; it stands for an octet, from \\000 to \\255'],
  ['an octal escape with a 9', () => unquoteTxt('"\\109"', OctetEscape.ROUTE53), 'DnsRecord.txtOctet',
    'a TXT value has the escape "\\109"; it stands for an octet, from \\000 to \\377'],
])('a TXT value is refused with %s', (_, rule, code, sentence) => expectRefusal(rule, code, sentence));
