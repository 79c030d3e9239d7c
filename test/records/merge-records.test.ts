import { Duration } from 'aws-cdk-lib';
import * as fc from 'fast-check';
import * as arbitrary from './arbitrary';
import { expectRefusal, type Refusal } from './refusal';
import { Bimi, Dmarc, DnsRecord, MtaSts, Spf, TlsRpt } from '../../src/records';
import { mergeRecords } from '../../src/records/merge-records';

const txt = (value: string, name: string = 'example.com') => DnsRecord.txt(name, [value]);

describe('merging records', () => {
  test('makes one set of the texts of a name, with the lifetime and purpose of the first', () => {
    const records = [
      DnsRecord.txt('example.com', ['a'], { ttl: Duration.minutes(5), purpose: 'first' }),
      DnsRecord.mx('example.com', 10, 'mail.example.com'),
      DnsRecord.txt('Example.com.', ['b', 'a'], { purpose: 'second' }),
    ];
    expect(mergeRecords(records)).toEqual([DnsRecord.txt('example.com', ['a', 'b'], { ttl: Duration.minutes(5), purpose: 'first' }), records[1]]);
    expect(records[0].values).toEqual(['a']);
  });

  test('collapses what is there twice', () => {
    const records = [DnsRecord.cname('a.example.com', 'b.example.com'), DnsRecord.mx('m.example.com', 10, 'c.example.com'), Dmarc.none().record('example.com')];
    expect(mergeRecords([...records, ...records])).toEqual(records);
  });

  test('leaves different names and types apart, and SPF beside other texts', () => {
    const records = [Spf.amazonSes().record('a.example.com'), Spf.amazonSes().record('b.example.com'), DnsRecord.mx('a.example.com', 10, 'c.example.com')];
    expect(mergeRecords(records)).toEqual(records);
    expect(mergeRecords([txt('google-site-verification=x'), txt('v=spf1 -all'), txt('v=spf10')])[0].values).toHaveLength(3);
  });

  test('lets tokens pass', () => {
    const records = [
      DnsRecord.cname('${Token[TOKEN.1]}', '${Token[TOKEN.2]}'),
      DnsRecord.cname('${Token[TOKEN.3]}', '${Token[TOKEN.4]}'),
      DnsRecord.mx('a.example.com', 10, 'feedback-smtp.${Token[AWS.Region.1]}.amazonses.com'),
      DnsRecord.mx('a.example.com', 10, 'feedback-smtp.eu-west-1.amazonses.com'),
    ];
    expect(mergeRecords(records)).toEqual(records);
    expect(mergeRecords([txt('${Token[TOKEN.1]}'), txt('v=spf1 -all')])).toHaveLength(1);
  });

  test('changes nothing the second time, and loses no value', () => {
    const record = fc.tuple(arbitrary.recordName, fc.array(fc.stringMatching(/^[a-z]{1,3}$/), { minLength: 1, maxLength: 3 })).map(([name, values]) => DnsRecord.txt(name, values));
    fc.assert(fc.property(fc.array(record), fc.array(record), (one, other) => {
      const merged = mergeRecords([...one, ...other, ...one]);
      expect(mergeRecords(merged)).toEqual(merged);
      for (const { name, values } of [...one, ...other]) {
        expect(merged.find(set => set.name === name)!.values).toEqual(expect.arrayContaining(values));
      }
    }));
  });

  test.each<Refusal>([
    ['two SPF records', () => mergeRecords([txt('v=spf1 -all'), txt('V=SPF1 mx -all')]), 'DnsRecord.rivalTexts',
      'the TXT record example.com would have both "v=spf1 -all" and "V=SPF1 mx -all"; receivers fail both (RFC 7208); make one of them with Spf.merge'],
    ['two SPF values of one record', () => mergeRecords([DnsRecord.txt('example.com', ['v=spf1', 'x', 'v=spf1 -all'])]), 'DnsRecord.rivalTexts',
      'the TXT record example.com would have both "v=spf1" and "v=spf1 -all"; receivers fail both (RFC 7208); make one of them with Spf.merge'],
    ['two DMARC records', () => mergeRecords([Dmarc.none().record('example.com'), txt('v=DMARC1; p=reject', '_dmarc.example.com')]), 'DnsRecord.rivalTexts',
      'the TXT record _dmarc.example.com would have both "v=DMARC1;p=none" and "v=DMARC1; p=reject"; receivers ignore both (RFC 9989); keep one'],
    ['two BIMI records', () => mergeRecords([Bimi.declined().record('example.com'), Bimi.logo('https://a.example/a.svg').record('example.com')]), 'DnsRecord.rivalTexts',
      'the TXT record default._bimi.example.com would have both "v=BIMI1;l=;a=" and "v=BIMI1;l=https://a.example/a.svg"; receivers ignore both; keep one'],
    ['two MTA-STS records', () => mergeRecords([MtaSts.disabled({ id: '1' }).record('example.com'), MtaSts.disabled({ id: '2' }).record('example.com')]), 'DnsRecord.rivalTexts',
      'the TXT record _mta-sts.example.com would have both "v=STSv1; id=1;" and "v=STSv1; id=2;"; senders ignore both (RFC 8461); keep one'],
    ['two TLS-RPT records', () => mergeRecords([TlsRpt.reportTo(['a@a.example']).record('example.com'), TlsRpt.reportTo(['b@a.example']).record('example.com')]), 'DnsRecord.rivalTexts',
      'the TXT record _smtp._tls.example.com would have both "v=TLSRPTv1;rua=mailto:a@a.example" and "v=TLSRPTv1;rua=mailto:b@a.example"; senders ignore both (RFC 8460); keep one'],
    ['two targets of an alias', () => mergeRecords([DnsRecord.cname('a.example.com', 'b.example.com'), DnsRecord.cname('a.example.com', 'c.example.com')]), 'DnsRecord.conflict',
      'the CNAME record a.example.com is there twice, with "b.example.com" and with "c.example.com"; a name stands for one other name, so leave one out'],
    ['two mail servers', () => mergeRecords([
      DnsRecord.mx('a.example.com', 10, 'feedback-smtp.eu-west-1.amazonses.com'), DnsRecord.mx('a.example.com', 10, 'feedback-smtp.us-east-1.amazonses.com'),
    ]), 'DnsRecord.conflict',
    'the MX record a.example.com is there twice, with "10 feedback-smtp.eu-west-1.amazonses.com" and with "10 feedback-smtp.us-east-1.amazonses.com"; ' +
      'a name has one mail server here, as SES demands of a MAIL FROM domain, so leave one out'],
    ['a text beside an alias', () => mergeRecords([DnsRecord.cname('a.example.com', 'b.example.com'), txt('x', 'a.example.com')]), 'DnsRecord.besideAlias',
      'a.example.com has a CNAME and a TXT record; beside a CNAME a name has no other record, so leave one out'],
  ])('refuses %s', (_, rule, code, sentence) => expectRefusal(rule, code, sentence));
});
