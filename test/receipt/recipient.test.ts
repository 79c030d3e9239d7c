import { Recipient } from '../../src/receipt';
import { expectRefusal, type Refusal } from '../records/refusal';

const TOKEN = '${Token[TOKEN.12]}';
const LONG_LABEL = 'a'.repeat(64);
const LONG_NAME = `${'a'.repeat(63)}.`.repeat(4) + 'com';

test.each<[string, Recipient, string]>([
  ['an address', Recipient.address('user@example.com'), 'user@example.com'],
  ['an address whose case is kept before the @', Recipient.address('Jane.Doe@EXAMPLE.com'), 'Jane.Doe@example.com'],
  ['an address with a tag', Recipient.address('user+news@example.com'), 'user+news@example.com'],
  ['a domain', Recipient.domain('Example.com.'), 'example.com'],
  ['a subdomain', Recipient.domain('subdomain.example.com'), 'subdomain.example.com'],
  ['the subdomains of a domain', Recipient.subdomainsOf('Example.com'), '.example.com'],
  ['an address in the form of SES', Recipient.of('user@Example.com'), 'user@example.com'],
  ['a domain in the form of SES', Recipient.of('Example.com'), 'example.com'],
  ['subdomains in the form of SES', Recipient.of('.Example.com'), '.example.com'],
  ['a domain in Punycode', Recipient.domain('xn--bcher-kva.example'), 'xn--bcher-kva.example'],
  ['a domain that only a deployment knows', Recipient.domain(TOKEN), TOKEN],
  ['subdomains that only a deployment knows', Recipient.subdomainsOf(TOKEN), `.${TOKEN}`],
  ['an address at a domain that only a deployment knows', Recipient.address(`Jane@${TOKEN}`), `Jane@${TOKEN}`],
  ['an address that only a deployment knows', Recipient.address(TOKEN), TOKEN],
])('%s is written as SES has it', (_, recipient, condition) => {
  expect(recipient.condition).toBe(condition);
});

test('a domain with its subdomains takes two conditions', () => {
  expect(Recipient.domainAndSubdomains('example.com').map(({ condition }) => condition)).toEqual(['example.com', '.example.com']);
});

const WILDCARD = 'has a wildcard, which SES does not know; write "example.com" for all addresses of a domain, ".example.com" for those of its subdomains, ' +
  'and leave the recipients out for everything';

describe('what SES would never match is refused:', () => {
  test.each<Refusal>([
    ['everything as a wildcard', () => Recipient.of('*'), 'Recipient.wildcard', `recipient "*" ${WILDCARD}`],
    ['a wildcard for a mailbox', () => Recipient.address(`*@${TOKEN}`), 'Recipient.wildcard', `recipient "*@${TOKEN}" ${WILDCARD}`],
    ['a wildcard for subdomains', () => Recipient.domain('*.example.com'), 'Recipient.wildcard', `recipient "*.example.com" ${WILDCARD}`],
    ['a domain behind an @', () => Recipient.of('@example.com'), 'Recipient.noMailbox',
      'recipient "@example.com" has nothing before the @; all addresses of a domain are written "example.com"'],
    ['a URL', () => Recipient.of('https://example.com'), 'Recipient.url',
      'recipient "https://example.com" is a URL; give an address such as "user@example.com", or a domain'],
    ['a mailto: URL', () => Recipient.address('mailto:user@example.com'), 'Recipient.url',
      'recipient "mailto:user@example.com" is a URL; give an address such as "user@example.com", or a domain'],
    ['nothing', () => Recipient.of(''), 'DomainName.empty', 'recipient domain is empty; give a name such as "example.com"'],
    ['a space', () => Recipient.of('example .com'), 'DomainName.characters',
      'recipient domain "example .com" has the label "example "; a label has letters, digits and hyphens only'],
    ['a space in an address', () => Recipient.of('a user@example.com'), 'MailAddress.displayName',
      '"a user@example.com" is more than an address; give "user@example.com", without a display name'],
    ['two dots', () => Recipient.of('..example.com'), 'DomainName.emptyLabel',
      'recipient domain ".example.com" has an empty label (two dots in a row, or a dot at the start)'],
    ['a long label', () => Recipient.of(`${LONG_LABEL}.com`), 'DomainName.labelTooLong',
      `recipient domain "${LONG_LABEL}.com" has a label of 64 characters ("${LONG_LABEL}"); a label may have 63 (RFC 1034)`],
    ['a long name', () => Recipient.of(LONG_NAME), 'DomainName.nameTooLong',
      `recipient domain "${LONG_NAME}" has 259 characters; a name may have 253 (255 octets, RFC 1034)`],
    ['umlauts', () => Recipient.of('user@bücher.example'), 'DomainName.nonAscii',
      'the domain of the address "bücher.example" has non-ASCII characters; DNS and SES take a domain in its ASCII form: write "xn--bcher-kva.example"'],
    ['a domain for an address', () => Recipient.address('example.com'), 'Recipient.address',
      'recipient "example.com" is not an address; all addresses of a domain are Recipient.domain("example.com")'],
    ['an address for a domain', () => Recipient.domain('user@example.com'), 'Recipient.domain',
      'recipient "user@example.com" is an address; one address is Recipient.address("user@example.com")'],
    ['a dot before a domain', () => Recipient.subdomainsOf('.example.com'), 'Recipient.domain',
      'recipient ".example.com" begins with a dot; its subdomains are Recipient.subdomainsOf("example.com")'],
  ])('%s', (_, rule, code, sentence) => expectRefusal(rule, code, sentence));
});
