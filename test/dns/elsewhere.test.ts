import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Dmarc, Dns, DnsRecord, MailFrom, VerifiedDomain } from '../../src';
import { postmaster } from '../../src/cli/postmaster';
import { recordsOfManifest } from '../../src/dns/manifest';
import { stackIn } from '../support/stacks';

const outdir = mkdtempSync(join(tmpdir(), 'postmaster-elsewhere-'));
afterAll(() => rmSync(outdir, { recursive: true, force: true }));

function synthesize(name: string, dns = Dns.elsewhere('example.com')): { template: Template; directory: string } {
  const directory = join(outdir, name);
  const app = new App({ outdir: directory });
  const stack = new Stack(app, 'Stack', { env: { account: '111122223333', region: 'eu-west-1' } });
  new VerifiedDomain(stack, 'Mail', { dns, dmarc: Dmarc.none({ reportTo: ['dmarc@example.com'] }) });
  app.synth();
  return { template: Template.fromStack(stack), directory };
}

/** What a deployment would write to the outputs file: DKIM tokens made up as SES would. */
function outputsOf(template: Template): Record<string, Record<string, string>> {
  const evaluate = (value: unknown): string => typeof value === 'string' ? value
    : (value as { 'Fn::Join': [string, unknown[]] })['Fn::Join'][1].map(part => typeof part === 'string' ? part : tokenOf(part)).join('');
  const tokenOf = (part: unknown) => {
    const [, attribute] = (part as { 'Fn::GetAtt': [string, string] })['Fn::GetAtt'];
    const number = attribute.slice(-1);
    return attribute.includes('Name') ? `token${number}._domainkey.example.com` : `token${number}.dkim.amazonses.com`;
  };
  return { Stack: Object.fromEntries(Object.entries(template.findOutputs('*')).map(([id, output]) => [id, evaluate(output.Value)])) };
}

function run(...args: string[]) {
  const out: string[] = [];
  const error: string[] = [];
  const code = postmaster(args, { out: text => out.push(text), error: text => error.push(text) });
  return { code, out: out.join('\n'), error: error.join('\n') };
}

describe('the stack', () => {
  const { template, directory } = synthesize('whole');

  test('is the identity alone', () => {
    expect(Object.values(template.toJSON().Resources).map(resource => (resource as { Type: string }).Type)).toEqual(['AWS::SES::EmailIdentity']);
  });

  test('has an output for each record: a zone file line with an absolute name, and why it exists', () => {
    expect(Object.values(template.findOutputs('*')).slice(3)).toEqual([
      { Value: 'bounce.example.com. 1800 IN MX 10 feedback-smtp.eu-west-1.amazonses.com.', Description: 'MAIL FROM: receivers return bounces to Amazon SES' },
      { Value: 'bounce.example.com. 1800 IN TXT "v=spf1 include:amazonses.com ~all"', Description: expect.any(String) },
      { Value: '_dmarc.example.com. 1800 IN TXT "v=DMARC1;p=none;rua=mailto:dmarc@example.com"', Description: expect.any(String) },
    ]);
    expect(Object.values(outputsOf(template).Stack)[0]).toBe('token1._domainkey.example.com. 1800 IN CNAME token1.dkim.amazonses.com.');
  });

  test('has a manifest in the cloud assembly, which its outputs complete', () => {
    const [file] = readdirSync(directory).filter(name => name.endsWith('.dns.json'));
    const manifest = JSON.parse(readFileSync(join(directory, file), 'utf8'));
    expect(manifest).toMatchObject({ version: 1, domain: 'example.com', stack: 'Stack', construct: 'Stack/Mail' });
    expect(recordsOfManifest(manifest).missing).toHaveLength(3);
    const { records, missing } = recordsOfManifest(manifest, outputsOf(template));
    expect(missing).toEqual([]);
    expect(records.map(record => record.name)).toEqual([
      'token1._domainkey.example.com', 'token2._domainkey.example.com', 'token3._domainkey.example.com',
      'bounce.example.com', 'bounce.example.com', '_dmarc.example.com',
    ]);
    expect(records.every(record => record.purpose !== '')).toBe(true);
  });

  test('a manifest of a later version is refused rather than misread', () => {
    expect(() => recordsOfManifest({ version: 2 as 1, domain: 'd', stack: 's', construct: 'c', records: [] })).toThrow(
      'the manifest has version 2; this version of the library reads version 1 [DnsManifest.version]');
  });
});

test('outputs can be left out, for stacks with more domains than a stack has outputs', () => {
  const { template } = synthesize('quiet', Dns.elsewhere('example.com', { outputs: false }));
  expect(template.findOutputs('*')).toEqual({});
});

test('more outputs than a stack has room for are refused with the way out', () => {
  const stack = stackIn('eu-west-1');
  const add = (index: number) => new VerifiedDomain(stack, `Mail${index}`, { dns: Dns.elsewhere(`customer-${index}.example`) });
  for (let index = 1; index <= 33; index++) add(index);
  expect(() => add(34)).toThrow('the DNS records of stack "Stack" are more than the 200 outputs that a stack has room for; use more stacks, ' +
    'or Dns.elsewhere(domain, { outputs: false }) (at Stack/Mail34/Records) [Dns.tooManyOutputs]');
});

test('a domain that is not the one whose DNS is elsewhere is refused', () => {
  expect(() => new VerifiedDomain(stackIn(), 'Mail', { dns: Dns.elsewhere('example.com'), domain: 'example.org' })).toThrow(
    'the MX record bounce.example.org does not belong into the DNS of "example.com"; give the zone of the domain itself or of a parent domain ' +
    '(at Stack/Mail) [Dns.outsideZone]');
});

test('a record set with several values is one output a value', () => {
  const stack = stackIn('eu-west-1');
  new VerifiedDomain(stack, 'Mail', {
    dns: Dns.elsewhere('example.com'),
    mailFrom: MailFrom.none(),
    publish: { dkim: false },
    additionalRecords: [DnsRecord.txt('_dmarc.example.com', ['other'])],
  });
  expect(Object.values(Template.fromStack(stack).findOutputs('*')).map(output => output.Value)).toEqual([
    '_dmarc.example.com. 1800 IN TXT "v=DMARC1;p=none"', '_dmarc.example.com. 1800 IN TXT "other"',
  ]);
});

describe('`postmaster dns`', () => {
  const { template, directory } = synthesize('command');
  const outputs = join(outdir, 'outputs.json');
  writeFileSync(outputs, JSON.stringify(outputsOf(template)));

  test('prints a zone file, complete with the outputs of the deployment', () => {
    const { code, out, error } = run('dns', directory, '--outputs', outputs);
    expect({ code, error }).toEqual({ code: 0, error: '' });
    expect(out).toContain('token3._domainkey.example.com. 1800 IN CNAME token3.dkim.amazonses.com.');
  });

  test.each([
    ['route53', (text: string) => expect(JSON.parse(text).Changes).toHaveLength(6)],
    ['csv', (text: string) => expect(text.trim().split('\n')).toHaveLength(7)],
    ['json', (text: string) => expect(JSON.parse(text)).toHaveLength(6)],
  ])('prints %s', (format, check) => {
    check(run('dns', directory, '--format', format, '--outputs', outputs).out);
  });

  test('says which records are missing before the deployment, and how to get them', () => {
    const { code, error } = run('dns', directory);
    expect(code).toBe(1);
    expect(error).toMatch(/^example\.com: 3 record\(s\) are known only after a deployment \(Easy DKIM key 1 of 3.*Deploy with `--outputs-file outputs\.json`, then add `--outputs outputs\.json` here\.$/s);
  });

  test('gives hints for DNS providers apart from the records, so that output can be piped', () => {
    const { out, error } = run('dns', directory, '--outputs', outputs, '--hints', '--format', 'json');
    expect(JSON.parse(out)).toHaveLength(6);
    expect(error).toMatch(/^- /);
  });

  test.each([[[]], [['records']], [['dns', '--format', 'xml']], [['dns', '--nonsense']]])('explains itself when it is called as %j', args => {
    const { code, error } = run(...args);
    expect(code).toBe(2);
    expect(error).toContain('Usage: postmaster dns');
  });

  test('says what to do when there is no manifest', () => {
    expect(run('dns', tmpdir() + '/nothing-here')).toMatchObject({ code: 1 });
    const empty = mkdtempSync(join(outdir, 'empty-'));
    expect(run('dns', empty)).toEqual({
      code: 1, out: '', error: `${empty} has no .dns.json manifest: run \`cdk synth\` first; only domains with Dns.elsewhere have one`,
    });
  });
});
