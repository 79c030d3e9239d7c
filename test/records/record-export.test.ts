import { Duration } from 'aws-cdk-lib';
import * as fc from 'fast-check';
import * as arbitrary from './arbitrary';
import { expectRefusal } from './refusal';
import { Dmarc, DnsExport, DnsRecord, Spf } from '../../src/records';

const LONG = 'p=' + 'A'.repeat(300);
const records = [
  DnsRecord.cname('t1._domainkey.example.com', 't1.dkim.amazonses.com', { purpose: 'DKIM, "one" of three' }),
  DnsRecord.mx('bounce.example.com', 10, 'feedback-smtp.eu-west-1.amazonses.com', { ttl: Duration.minutes(5) }),
  Spf.amazonSes().record('bounce.example.com', { purpose: 'SPF,\nin two lines' }),
  DnsRecord.txt('s1._domainkey.example.com', [LONG]),
  DnsRecord.txt('example.com', ['say "hi"']),
  DnsRecord.txt('example.com._report._dmarc.reports.example.net', ['v=DMARC1']),
];

/** Reads CSV as RFC 4180 has it. */
function readCsv(text: string): string[][] {
  const rows: string[][] = [[]];
  for (const [, quoted, plain, end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n|$)/g)) {
    if (end === '') break;
    rows.at(-1)!.push(quoted?.replace(/""/g, '"') ?? plain);
    if (end === '\r\n') rows.push([]);
  }
  return rows.slice(0, -1);
}

describe('a zone file', () => {
  test('has absolute names, and purposes as comments', () => {
    expect(DnsExport.zoneFile(records, 'Example.com').split('\n')).toEqual([
      '; DNS records for example.com',
      '; Names are absolute: they end with a dot, and the file needs no $ORIGIN.',
      '',
      '; DKIM, "one" of three',
      't1._domainkey.example.com. 1800 IN CNAME t1.dkim.amazonses.com.',
      '',
      'bounce.example.com. 300 IN MX 10 feedback-smtp.eu-west-1.amazonses.com.',
      '',
      '; SPF, in two lines',
      'bounce.example.com. 1800 IN TXT "v=spf1 include:amazonses.com ~all"',
      '',
      `s1._domainkey.example.com. 1800 IN TXT "${LONG.slice(0, 255)}" "${LONG.slice(255)}"`,
      '',
      'example.com. 1800 IN TXT "say \\"hi\\""',
      '',
      'example.com._report._dmarc.reports.example.net. 1800 IN TXT "v=DMARC1"',
      '',
    ]);
  });

  test('gives back each record that is in it', () => {
    const text = fc.tuple(arbitrary.recordName, fc.string({ unit: 'grapheme' }), fc.string()).map(([name, value, purpose]) => DnsRecord.txt(name, [`x${value}`], { purpose }));
    fc.assert(fc.property(fc.uniqueArray(text, { selector: record => record.name }), given => {
      const lines = DnsExport.zoneFile(given, 'example.com').split('\n').filter(line => line !== '' && !line.startsWith(';'));
      expect(lines.map((line, index) => DnsRecord.parse(line, given[index].purpose))).toEqual(given);
    }));
  });
});

test('a change batch creates records, and overwrites none', () => {
  const batch = JSON.parse(DnsExport.changeBatch([...records.slice(1, 3), DnsRecord.txt('bounce.example.com', ['é'])])) as unknown;
  expect(batch).toEqual({
    Comment: 'Email authentication records',
    Changes: [
      { Action: 'CREATE', ResourceRecordSet: { Name: 'bounce.example.com.', Type: 'MX', TTL: 300, ResourceRecords: [{ Value: '10 feedback-smtp.eu-west-1.amazonses.com' }] } },
      { Action: 'CREATE', ResourceRecordSet: { Name: 'bounce.example.com.', Type: 'TXT', TTL: 1800, ResourceRecords: [{ Value: '"v=spf1 include:amazonses.com ~all"' }, { Value: '"\\303\\251"' }] } },
    ],
  });
});

describe('a table', () => {
  test('has relative names, the priority in a field of its own, and texts without quotation marks', () => {
    const csv = DnsExport.csv([...records, DnsRecord.cname('${Token[TOKEN.1]}', '${Token[TOKEN.2]}')], 'Example.com');
    expect(readCsv(csv)).toEqual([
      ['Name', 'Relative name', 'Type', 'Priority', 'Value', 'TTL', 'Purpose'],
      ['t1._domainkey.example.com', 't1._domainkey', 'CNAME', '', 't1.dkim.amazonses.com', '1800', 'DKIM, "one" of three'],
      ['bounce.example.com', 'bounce', 'MX', '10', 'feedback-smtp.eu-west-1.amazonses.com', '300', ''],
      ['bounce.example.com', 'bounce', 'TXT', '', 'v=spf1 include:amazonses.com ~all', '1800', 'SPF, in two lines'],
      ['s1._domainkey.example.com', 's1._domainkey', 'TXT', '', LONG, '1800', ''],
      ['example.com', '@', 'TXT', '', 'say "hi"', '1800', ''],
      ['example.com._report._dmarc.reports.example.net', '', 'TXT', '', 'v=DMARC1', '1800', ''],
      ['${Token[TOKEN.1]}', '', 'CNAME', '', '${Token[TOKEN.2]}', '1800', ''],
    ]);
    expect(csv).toContain('"DKIM, ""one"" of three"\r\n');
  });

  test('keeps any text', () => {
    fc.assert(fc.property(fc.string({ unit: 'grapheme' }), text => {
      expect(readCsv(DnsExport.csv([DnsRecord.txt('example.com', [text])], 'example.com'))[1][4]).toBe(text);
    }));
  });

  test('keeps an MX value that only the deployment knows', () => {
    const mx = DnsRecord.mx('example.com', 10, 'a.example').withValues('${Token[TOKEN.1]}');
    expect(readCsv(DnsExport.csv([mx], 'example.com'))[2].slice(3, 5)).toEqual(['', '${Token[TOKEN.1]}']);
  });
});

test('a JSON list has what a program needs', () => {
  expect(JSON.parse(DnsExport.json([Dmarc.none().record('example.com')]))).toEqual([{
    name: '_dmarc.example.com', type: 'TXT', ttl: 1800, values: ['v=DMARC1;p=none'], purpose: 'DMARC: receivers shall deliver mail that fails to prove it is from example.com',
  }]);
});

test('hints name the traps of DNS providers', () => {
  const hints = DnsExport.hints('Example.com').join('\n');
  for (const trap of ['"_dmarc", not "_dmarc.example.com"', 'dot at the end', 'quotation marks', '255 characters', 'underscores', 'case-sensitive', 'priority', 'Cloudflare', 'SPF or DMARC']) {
    expect(hints).toContain(trap);
  }
});

test('records that contradict each other are not exported', () => {
  const rivals = [Dmarc.none().record('example.com'), Dmarc.reject().record('example.com')];
  for (const write of [DnsExport.zoneFile, DnsExport.changeBatch, DnsExport.csv, DnsExport.json]) {
    expectRefusal(() => write(rivals, 'example.com'), 'DnsRecord.rivalTexts',
      'the TXT record _dmarc.example.com would have both "v=DMARC1;p=none" and "v=DMARC1;p=reject"; receivers ignore both (RFC 9989); keep one');
  }
});
