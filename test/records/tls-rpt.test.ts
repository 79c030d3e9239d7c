import * as fc from 'fast-check';
import * as arbitrary from './arbitrary';
import { expectRefusal, type Refusal } from './refusal';
import { DnsRecord, TlsRpt } from '../../src/records';

test('a TLS-RPT record says where reports go', () => {
  const report = TlsRpt.reportTo(['tls@example.com', 'mailto:tls@example.com', 'https://reports.example.net/tls']);
  expect(report.reportUris).toEqual(['mailto:tls@example.com', 'https://reports.example.net/tls']);
  expect(report.render()).toBe('v=TLSRPTv1;rua=mailto:tls@example.com,https://reports.example.net/tls');
  expect(report.record('Example.com')).toEqual(DnsRecord.txt('_smtp._tls.example.com', [report.render()], {
    purpose: 'TLS-RPT: where senders report trouble with TLS on the way to example.com',
  }));
});

test('a TLS-RPT record comes back as it was written', () => {
  const uri = fc.oneof(arbitrary.address, arbitrary.domain.map(host => `https://${host}/v1?a=b`));
  fc.assert(fc.property(fc.array(uri, { minLength: 1, maxLength: 4 }), uris => {
    const report = TlsRpt.reportTo(uris);
    expect(TlsRpt.parse(report.render())).toEqual(report);
  }));
});

test.each([
  ['v=TLSRPTv1; rua=mailto:sts-reports@google.com', 'v=TLSRPTv1;rua=mailto:sts-reports@google.com'],
  ['v=TLSRPTv1;rua=https://tlsrpt.azurewebsites.net/report', 'v=TLSRPTv1;rua=https://tlsrpt.azurewebsites.net/report'],
  ['v=TLSRPTv1; rua=mailto:a@example.com , https://example.com/tls; x=1;', 'v=TLSRPTv1;rua=mailto:a@example.com,https://example.com/tls'],
])('the record "%s" is read', (text, rendered) => {
  expect(TlsRpt.parse(text).render()).toBe(rendered);
});

test.each<Refusal>([
  ['no place', () => TlsRpt.reportTo([]), 'TlsRpt.empty', 'TLS-RPT reportTo is empty; give at least one address or https: URL'],
  ['http:', () => TlsRpt.reportTo(['http://example.com/tls']), 'HttpsUrl.scheme',
    'the URL of TLS-RPT reportTo, "http://example.com/tls", is not an https: URL; write "https://example.com/tls"'],
  ['a size limit', () => TlsRpt.reportTo(['a@example.com!10m']), 'ReportUri.size', 'TLS-RPT reportTo has "a@example.com!10m" with a size limit; only DMARC knows those'],
  ['no rua', () => TlsRpt.parse('v=TLSRPTv1'), 'TlsRpt.noReport', 'the TLS-RPT record "v=TLSRPTv1" has no rua; add where reports go, e.g. rua=mailto:tls@example.com'],
  ['a bare address', () => TlsRpt.parse('v=TLSRPTv1;rua=a@example.com'), 'ReportUri.noUri',
    'rua of the TLS-RPT record has "a@example.com", which is not a URI, so receivers send nothing there; write "mailto:a@example.com"'],
  ['another version', () => TlsRpt.parse('v=TLSRPT1;rua=mailto:a@example.com'), 'TagList.version',
    'the TLS-RPT record "v=TLSRPT1;rua=mailto:a@example.com" does not begin with v=TLSRPTv1; receivers ignore a record that does not'],
])('TLS-RPT is refused with %s', (_, rule, code, sentence) => expectRefusal(rule, code, sentence));
