import { Duration } from 'aws-cdk-lib';
import * as fc from 'fast-check';
import * as arbitrary from './arbitrary';
import { expectRefusal, type Refusal } from './refusal';
import { DnsRecord, MtaSts, MtaStsMode } from '../../src/records';

const mailServers = ['inbound-smtp.eu-west-1.amazonaws.com'];

describe('an MTA-STS policy', () => {
  test('is a file with the line ends of RFC 8461', () => {
    expect(MtaSts.enforce({ mailServers: ['Mail.Example.com.', '*.Example.net'], maxAge: Duration.days(30) }).policyFile())
      .toBe('version: STSv1\r\nmode: enforce\r\nmx: mail.example.com\r\nmx: *.example.net\r\nmax_age: 2592000\r\n');
    expect(MtaSts.testing({ mailServers }).policyFile())
      .toBe('version: STSv1\r\nmode: testing\r\nmx: inbound-smtp.eu-west-1.amazonaws.com\r\nmax_age: 604800\r\n');
    expect(MtaSts.disabled().policyFile()).toBe('version: STSv1\r\nmode: none\r\nmax_age: 86400\r\n');
  });

  test('is a TXT record with its id', () => {
    const policy = MtaSts.enforce({ mailServers, id: '20260101T000000' });
    expect(policy).toMatchObject({ mode: MtaStsMode.ENFORCE, mailServers, maxAgeSeconds: 604800, id: '20260101T000000' });
    expect(policy.render()).toBe('v=STSv1; id=20260101T000000;');
    expect(policy.record('Example.com')).toEqual(DnsRecord.txt('_mta-sts.example.com', ['v=STSv1; id=20260101T000000;'], {
      purpose: 'MTA-STS: tells senders that example.com has a policy on TLS, and when it changed',
    }));
    expect(policy.policyUrl('Example.com')).toBe('https://mta-sts.example.com/.well-known/mta-sts.txt');
  });

  test('has an id that changes exactly when the policy does', () => {
    const id = MtaSts.enforce({ mailServers }).id;
    expect(id).toMatch(/^[a-z0-9]{32}$/);
    expect(MtaSts.enforce({ mailServers: ['Inbound-SMTP.eu-west-1.amazonaws.com.', ...mailServers], maxAge: Duration.days(7) }).id).toBe(id);
    const others = [MtaSts.testing({ mailServers }), MtaSts.enforce({ mailServers: [...mailServers, 'a.example'] }), MtaSts.enforce({ mailServers, maxAge: Duration.days(8) }), MtaSts.disabled()];
    expect(new Set([id, ...others.map(other => other.id)]).size).toBe(5);
  });

  test('may have tokens when its id is said', () => {
    const policy = MtaSts.enforce({ mailServers: ['inbound-smtp.${Token[AWS.Region.4]}.amazonaws.com'], id: '1' });
    expect(policy.policyFile()).toContain('mx: inbound-smtp.${Token[AWS.Region.4]}.amazonaws.com\r\n');
    expect(MtaSts.parse(policy.render(), policy.policyFile())).toEqual(policy);
    expect(MtaSts.disabled({ id: '${Token[TOKEN.1]}' }).render()).toBe('v=STSv1; id=${Token[TOKEN.1]};');
  });
});

describe('reading an MTA-STS policy', () => {
  const server = fc.tuple(fc.constantFrom('', '*.'), arbitrary.domain).map(parts => parts.join(''));

  test('gives back what was written', () => {
    const make = fc.constantFrom(MtaSts.enforce, MtaSts.testing);
    const options = fc.record({
      mailServers: fc.array(server, { minLength: 1, maxLength: 4 }),
      maxAge: arbitrary.maybe(fc.integer({ min: 1, max: 31557600 }).map(Duration.seconds)),
      id: arbitrary.maybe(fc.stringMatching(/^[a-zA-Z0-9]{1,32}$/)),
    });
    fc.assert(fc.property(make, options, (factory, given) => {
      const policy = factory(given);
      expect(MtaSts.parse(policy.render(), policy.policyFile())).toEqual(policy);
      expect(MtaSts.parseId(policy.render())).toBe(policy.id);
      if (given.id === undefined) expect(MtaSts.parsePolicyFile(policy.policyFile().replace(/\r/g, ''))).toEqual(policy);
    }));
    expect(MtaSts.parsePolicyFile(MtaSts.disabled().policyFile())).toEqual(MtaSts.disabled());
  });

  test('takes what Google publishes, in any order, with keys that nobody has defined', () => {
    const policy = MtaSts.parse('v=STSv1; id=20210803T010101;', 'version: STSv1\nmode: enforce\nmx: gmail-smtp-in.l.google.com\nmx: *.gmail-smtp-in.l.google.com\nmax_age: 86400\n');
    expect(policy).toMatchObject({ mode: 'enforce', mailServers: ['gmail-smtp-in.l.google.com', '*.gmail-smtp-in.l.google.com'], maxAgeSeconds: 86400, id: '20210803T010101' });
    const other = MtaSts.parsePolicyFile('\r\nmax_age:86400 \r\nx-note: a: b\r\nmx:  mail.example.com\r\nmode: testing\r\nmode: enforce\r\nversion: STSv1');
    expect(other).toMatchObject({ mode: MtaStsMode.TESTING, mailServers: ['mail.example.com'], maxAgeSeconds: 86400 });
  });

  test.each([['v=STSv1; id=a1', 'a1'], [' v=STSv1;id=a1 ; x=1; ', 'a1']])('takes the id from "%s"', (text, id) => {
    expect(MtaSts.parseId(text)).toBe(id);
  });
});

const file = (...lines: string[]) => ['version: STSv1', 'mode: enforce', 'mx: a.example', 'max_age: 1', ...lines].join('\n');

test.each<Refusal>([
  ['no mail server', () => MtaSts.enforce({ mailServers: [] }), 'MtaSts.noMailServer', 'the MTA-STS policy (mode enforce) has no mail server; list the hosts of the domain\'s MX records'],
  ['a mail server that is none', () => MtaSts.testing({ mailServers: ['a.*.example'] }), 'DomainName.characters',
    'mail server "a.*.example" has the label "*"; a label has letters, digits and hyphens only'],
  ['no age', () => MtaSts.disabled({ maxAge: Duration.seconds(0) }), 'MtaSts.maxAge', 'the MTA-STS maxAge is 0 seconds; it is a whole number from 1 to 31557600 (RFC 8461)'],
  ['half a second', () => MtaSts.disabled({ maxAge: Duration.millis(500) }), 'MtaSts.maxAge', 'the MTA-STS maxAge is 0.5 seconds; it is a whole number from 1 to 31557600 (RFC 8461)'],
  ['more than a year', () => MtaSts.enforce({ mailServers, maxAge: Duration.days(366) }), 'MtaSts.maxAge',
    'the MTA-STS maxAge is 31622400 seconds; it is a whole number from 1 to 31557600 (RFC 8461)'],
  ['a long id', () => MtaSts.disabled({ id: 'a'.repeat(33) }), 'MtaSts.id', `the MTA-STS id is "${'a'.repeat(33)}"; it is 1 to 32 letters and digits (RFC 8461)`],
  ['an id with hyphens', () => MtaSts.disabled({ id: '2026-01-01' }), 'MtaSts.id', 'the MTA-STS id is "2026-01-01"; it is 1 to 32 letters and digits (RFC 8461)'],
  ['a token and no id', () => MtaSts.enforce({ mailServers: ['${Token[TOKEN.1]}'] }), 'MtaSts.idUnknown',
    'the MTA-STS policy has a value that only the deployment knows, so no id can be derived from it; set id, and change it with the policy'],
  ['a record without id', () => MtaSts.parseId('v=STSv1;'), 'MtaSts.noId', 'the MTA-STS record "v=STSv1;" has no id; add id= with up to 32 letters and digits'],
  ['a record of another version', () => MtaSts.parse('v=STSv2; id=1', file()), 'TagList.version',
    'the MTA-STS record "v=STSv2; id=1" does not begin with v=STSv1; receivers ignore a record that does not'],
  ['a file that is none', () => MtaSts.parsePolicyFile('<html>'), 'MtaSts.line', 'the MTA-STS policy has the line "<html>"; the form is "key: value"'],
  ['an empty file', () => MtaSts.parsePolicyFile(''), 'MtaSts.field', 'the MTA-STS policy has no version; version is STSv1'],
  ['a file of another version', () => MtaSts.parsePolicyFile('version: STSv2'), 'MtaSts.field', 'the MTA-STS policy has "version: STSv2"; version is STSv1'],
  ['a file without mode', () => MtaSts.parsePolicyFile('version: STSv1'), 'MtaSts.field', 'the MTA-STS policy has no mode; mode is enforce, testing or none'],
  ['a file with another mode', () => MtaSts.parsePolicyFile('version: STSv1\nmode: report'), 'MtaSts.field', 'the MTA-STS policy has "mode: report"; mode is enforce, testing or none'],
  ['a file without age', () => MtaSts.parsePolicyFile('version: STSv1\nmode: none'), 'MtaSts.field', 'the MTA-STS policy has no max_age; max_age is a whole number of seconds'],
  ['a file without mail server', () => MtaSts.parsePolicyFile('version: STSv1\nmode: enforce\nmax_age: 1'), 'MtaSts.noMailServer',
    'the MTA-STS policy (mode enforce) has no mail server; list the hosts of the domain\'s MX records'],
])('MTA-STS is refused with %s', (_, rule, code, sentence) => expectRefusal(rule, code, sentence));
