import * as fc from 'fast-check';
import * as arbitrary from './arbitrary';
import { expectRefusal, type Refusal } from './refusal';
import { domainOfMailto, mailtoOrHttpsUri, mailtoUri, splitUris } from '../../src/records/report-uri';

test.each([
  ['dmarc@example.com', 'mailto:dmarc@example.com'],
  ['mailto:dmarc@example.com', 'mailto:dmarc@example.com'],
  ['MAILTO:dmarc@Example.COM', 'mailto:dmarc@example.com'],
  ['Dmarc.Reports@example.com', 'mailto:Dmarc.Reports@example.com'],
  ['dmarc+ses@example.com!10M', 'mailto:dmarc+ses@example.com!10m'],
  ['mailto:dmarc@example.com!500', 'mailto:dmarc@example.com!500'],
  ['a!b,c;d%e@example.com', 'mailto:a%21b%2Cc%3Bd%25e@example.com'],
  ['mailto:a%21b%2cc@example.com', 'mailto:a%21b%2Cc@example.com'],
  ['dmarc@${Token[TOKEN.1]}', 'mailto:dmarc@${Token[TOKEN.1]}'],
  ['mailto:${Token[TOKEN.1]}', 'mailto:${Token[TOKEN.1]}'],
  ['${Token[TOKEN.1]}', 'mailto:${Token[TOKEN.1]}'],
])('the mailbox %s is the URI %s', (given, uri) => {
  expect(mailtoUri(given, 'reports')).toBe(uri);
});

test('a mailbox URI is the same when it is read again, and needs no separator of records', () => {
  fc.assert(fc.property(arbitrary.address, fc.constantFrom('', '!10m', '!1', '!3g'), (address, size) => {
    const uri = mailtoUri(`${address}${size}`, 'reports');
    expect(mailtoUri(uri, 'reports')).toBe(uri);
    expect(uri.slice(0, uri.lastIndexOf('@'))).not.toMatch(/[,;!\s]/);
    expect(splitUris(`${uri} , ${uri}`, 'rua')).toEqual([uri, uri]);
    expect(domainOfMailto(uri)).toBe(address.slice(address.lastIndexOf('@') + 1));
  }));
});

test('TLS reports may go to a web server', () => {
  expect(mailtoOrHttpsUri('https://reports.example.com/tls?key=1', 'reports')).toBe('https://reports.example.com/tls?key=1');
  expect(mailtoOrHttpsUri('tls@example.com', 'reports')).toBe('mailto:tls@example.com');
});

test.each<Refusal>([
  ['a web server', () => mailtoUri('https://example.com/dmarc', 'DMARC reportTo'), 'ReportUri.scheme',
    'DMARC reportTo has "https://example.com/dmarc"; reports are sent to mailto: addresses only, e.g. "mailto:dmarc@example.com"'],
  ['nothing', () => mailtoUri('', 'DMARC reportTo'), 'MailAddress.form', '"" is not an address; the form is "user@example.com"'],
  ['a domain', () => mailtoUri('example.com', 'DMARC reportTo'), 'MailAddress.form', '"example.com" is not an address; the form is "user@example.com"'],
  ['two addresses', () => mailtoUri('a@example.com,b@example.com', 'DMARC reportTo'), 'MailAddress.form',
    '"a@example.com,b@example.com" is not an address; the form is "user@example.com"'],
  ['a display name', () => mailtoUri('Reports <a@example.com>', 'DMARC reportTo'), 'MailAddress.displayName',
    '"Reports <a@example.com>" is more than an address; give "user@example.com", without a display name'],
  ['a subject', () => mailtoUri('mailto:a@example.com?subject=x', 'DMARC reportTo'), 'DomainName.characters',
    'the domain of the address "example.com?subject=x" has the label "com?subject=x"; a label has letters, digits and hyphens only'],
  ['a size of no unit', () => mailtoUri('a@example.com!10x', 'DMARC reportTo'), 'DomainName.characters',
    'the domain of the address "example.com!10x" has the label "com!10x"; a label has letters, digits and hyphens only'],
  ['an escape of nothing', () => mailtoUri('mailto:100%@example.com', 'DMARC reportTo'), 'ReportUri.escape',
    'DMARC reportTo has "mailto:100%@example.com" with a % that escapes nothing; write %25 for a percent sign'],
  ['a size limit of TLS reports', () => mailtoOrHttpsUri('a@example.com!10m', 'TLS-RPT reportTo'), 'ReportUri.size',
    'TLS-RPT reportTo has "a@example.com!10m" with a size limit; only DMARC knows those'],
  ['another scheme for TLS reports', () => mailtoOrHttpsUri('ftp://example.com', 'TLS-RPT reportTo'), 'ReportUri.scheme',
    'TLS-RPT reportTo has "ftp://example.com"; reports are sent to mailto: addresses only, e.g. "mailto:dmarc@example.com"'],
  ['a bare address in DNS', () => splitUris('mailto:a@example.com, b@example.com', 'rua'), 'ReportUri.noUri',
    'rua has "b@example.com", which is not a URI, so receivers send nothing there; write "mailto:b@example.com"'],
  ['nothing in DNS', () => splitUris('', 'rua'), 'ReportUri.noUri', 'rua has "", which is not a URI, so receivers send nothing there; write "mailto:dmarc@example.com"'],
])('a place for reports is refused when it is %s', (_, rule, code, sentence) => expectRefusal(rule, code, sentence));
