import { Duration } from 'aws-cdk-lib';
import * as fc from 'fast-check';
import * as arbitrary from './arbitrary';
import { expectRefusal, type Refusal } from './refusal';
import { DnsRecord, DnsRecordType } from '../../src/records';

describe('a record', () => {
  test('has a name in one form, half an hour to live and no purpose unless said', () => {
    const record = DnsRecord.txt('_DMARC.Example.com.', ['v=DMARC1;p=none']);
    expect(record).toMatchObject({ name: '_dmarc.example.com', fqdn: '_dmarc.example.com.', recordType: DnsRecordType.TXT, ttlSeconds: 1800, purpose: '' });
    expect(DnsRecord.txt('example.com', ['a'], { ttl: Duration.hours(1), purpose: 'why' })).toMatchObject({ ttlSeconds: 3600, purpose: 'why' });
    expect(DnsRecord.txt('example.com', ['a'], { ttl: Duration.seconds(0) }).ttlSeconds).toBe(0);
  });

  test('has names as values in one form, so that equal values are equal texts', () => {
    expect(DnsRecord.cname('a.example.com', 'Target.Example.NET.').values).toEqual(['target.example.net']);
    expect(DnsRecord.mx('a.example.com', 10, 'Mail.Example.NET.').values).toEqual(['10 mail.example.net']);
    expect(DnsRecord.parse('a.example.com. 60 IN MX 010 Mail.Example.NET.').values).toEqual(['10 mail.example.net']);
  });

  test('takes a value once', () => {
    expect(DnsRecord.txt('example.com', ['a', 'b', 'a']).values).toEqual(['a', 'b']);
    expect(DnsRecord.txt('example.com', ['a']).withValues('b', 'a', 'b').values).toEqual(['a', 'b']);
    expect(DnsRecord.mx('example.com', 10, 'a.example.net').withValues('10 A.example.net.', '20 b.example.net').values).toEqual(['10 a.example.net', '20 b.example.net']);
  });

  test('keeps its lifetime and purpose when it gets more values', () => {
    expect(DnsRecord.txt('example.com', ['a'], { ttl: Duration.hours(1), purpose: 'why' }).withValues('b')).toMatchObject({ ttlSeconds: 3600, purpose: 'why' });
  });

  test('is written for Route 53 and for a zone file', () => {
    const spf = DnsRecord.txt('bounce.example.com', ['v=spf1 include:amazonses.com ~all', 'x"é']);
    expect(spf.route53Values).toEqual(['"v=spf1 include:amazonses.com ~all"', '"x\\"\\303\\251"']);
    expect(spf.zoneFileLines).toEqual([
      'bounce.example.com. 1800 IN TXT "v=spf1 include:amazonses.com ~all"',
      'bounce.example.com. 1800 IN TXT "x\\"\\195\\169"',
    ]);
    const mx = DnsRecord.mx('bounce.example.com', 10, 'feedback-smtp.eu-west-1.amazonses.com');
    expect(mx.route53Values).toEqual(['10 feedback-smtp.eu-west-1.amazonses.com']);
    expect(mx.zoneFileLines).toEqual(['bounce.example.com. 1800 IN MX 10 feedback-smtp.eu-west-1.amazonses.com.']);
    expect(DnsRecord.cname('t._domainkey.example.com', 't.dkim.amazonses.com').zoneFileLines).toEqual(['t._domainkey.example.com. 1800 IN CNAME t.dkim.amazonses.com.']);
  });

  test('with a token passes, and says that only the deployment knows it', () => {
    const record = DnsRecord.mx('bounce.example.com', 10, 'feedback-smtp.${Token[AWS.Region.4]}.amazonses.com');
    expect(record.isDeployTime).toBe(true);
    expect(record.zoneFileLines).toEqual(['bounce.example.com. 1800 IN MX 10 feedback-smtp.${Token[AWS.Region.4]}.amazonses.com.']);
    expect(DnsRecord.parse(record.zoneFileLines[0])).toEqual(record);
    expect(record.withValues('${Token[TOKEN.7]}').values).toHaveLength(2);
    expect(DnsRecord.cname('${Token[TOKEN.1]}', '${Token[TOKEN.2]}').isDeployTime).toBe(true);
    expect(DnsRecord.txt('example.com', ['a']).isDeployTime).toBe(false);
  });
});

describe('a zone file line', () => {
  const record = fc.oneof(
    fc.tuple(arbitrary.recordName, fc.string({ unit: 'grapheme', maxLength: 300 })).map(([name, text]) => DnsRecord.txt(name, [text])),
    fc.tuple(arbitrary.recordName, arbitrary.domain).map(([name, target]) => DnsRecord.cname(name, target)),
    fc.tuple(arbitrary.recordName, fc.integer({ min: 0, max: 65535 }), arbitrary.domain).map(parts => DnsRecord.mx(...parts)),
  );

  test('of any record gives the record back', () => {
    fc.assert(fc.property(record, one => {
      expect(DnsRecord.parse(one.zoneFileLines.join('\n'))).toEqual(one);
    }));
  });

  test('of any record gives it back with a comment behind it', () => {
    fc.assert(fc.property(record, fc.constantFrom(' ; a "comment"', ';x', '\t; ; "'), (one, comment) => {
      expect(DnsRecord.parse(`${one.zoneFileLines[0]}${comment}`)).toEqual(one);
    }));
  });

  test('may have semicolons between quotation marks', () => {
    expect(DnsRecord.parse('_dmarc.example.com. 300 IN TXT "v=DMARC1 ; p=none ; \\"x\\"" ; why').values).toEqual(['v=DMARC1 ; p=none ; "x"']);
  });

  test('has a set of several lines, with the purpose that is given', () => {
    const set = DnsRecord.txt('example.com', ['a', 'b'], { ttl: Duration.minutes(5), purpose: 'why' });
    expect(DnsRecord.parse(set.zoneFileLines.join('\r\n'), 'why')).toEqual(set);
  });
});

describe('a record is refused', () => {
  test.each<Refusal>([
    ['no value', () => DnsRecord.txt('example.com', []), 'DnsRecord.noValue', 'the TXT record example.com has no value'],
    ['a negative priority', () => DnsRecord.mx('example.com', -1, 'a.example.com'), 'DnsRecord.mxPriority',
      'the MX priority of example.com is -1; it is a whole number from 0 to 65535'],
    ['half a priority', () => DnsRecord.mx('example.com', 0.5, 'a.example.com'), 'DnsRecord.mxPriority',
      'the MX priority of example.com is 0.5; it is a whole number from 0 to 65535'],
    ['a priority of more than 16 bits', () => DnsRecord.mx('example.com', 65536, 'a.example.com'), 'DnsRecord.mxPriority',
      'the MX priority of example.com is 65536; it is a whole number from 0 to 65535'],
    ['an MX value without priority', () => DnsRecord.parse('example.com. 60 IN MX a.example.com.'), 'DnsRecord.mxValue',
      '"a.example.com." is not an MX value; the form is "10 mail.example.com", with a priority from 0 to 65535'],
    ['an MX value with too high a priority', () => DnsRecord.mx('example.com', 1, 'a.example.com').withValues('65536 b.example.com'), 'DnsRecord.mxValue',
      '"65536 b.example.com" is not an MX value; the form is "10 mail.example.com", with a priority from 0 to 65535'],
    ['an MX without host', () => DnsRecord.mx('example.com', 1, ''), 'DomainName.empty', 'record name is empty; give a name such as "example.com"'],
    ['a second alias', () => DnsRecord.cname('a.example.com', 'b.example.com').withValues('c.example.com'), 'DnsRecord.cnameValues',
      'the CNAME record a.example.com has 2 values (b.example.com, c.example.com); a name stands for one other name (RFC 2181)'],
    ['half a second to live', () => DnsRecord.txt('example.com', ['a'], { ttl: Duration.millis(500) }), 'DnsRecord.ttl',
      'the TTL of example.com is 0.5 seconds; it is a whole number from 0 to 2147483647'],
    ['more than 31 bits to live', () => DnsRecord.txt('example.com', ['a'], { ttl: Duration.seconds(2147483648) }), 'DnsRecord.ttl',
      'the TTL of example.com is 2147483648 seconds; it is a whole number from 0 to 2147483647'],
    ['a name that is none', () => DnsRecord.txt('a b', ['a']), 'DomainName.characters',
      'record name "a b" has the label "a b"; a label has letters, digits, hyphens and underscores only'],
    ['a line with a relative name', () => DnsRecord.parse('_dmarc 60 IN TXT "a"'), 'DnsRecord.line',
      '"_dmarc 60 IN TXT "a"" is not a record line; the form is "NAME. TTL IN CNAME|MX|TXT DATA"'],
    ['a line of another type', () => DnsRecord.parse('example.com. 60 IN A 192.0.2.1'), 'DnsRecord.line',
      '"example.com. 60 IN A 192.0.2.1" is not a record line; the form is "NAME. TTL IN CNAME|MX|TXT DATA"'],
    ['a line with a string that is not closed', () => DnsRecord.parse('example.com. 60 IN TXT "a'), 'DnsRecord.line',
      '"example.com. 60 IN TXT "a" is not a record line; the form is "NAME. TTL IN CNAME|MX|TXT DATA"'],
    ['a line with an unquoted text', () => DnsRecord.parse('example.com. 60 IN TXT a'), 'DnsRecord.txtNotQuoted', 'the TXT value "a" is not quoted; write it as "text"'],
    ['lines of two sets', () => DnsRecord.parse('example.com. 60 IN TXT "a"\nwww.example.com. 60 IN TXT "b"'), 'DnsRecord.lines',
      'TXT www.example.com is not of the same record set as TXT example.com'],
  ])('with %s', (_, rule, code, sentence) => expectRefusal(rule, code, sentence));
});
