/*
 * `npm run demo`: synthesizes the deployable app (bin/app.ts) for example.com and proves that mail of it authenticates: the records of the template
 * are served by DNS on this machine, a stand-in for Amazon SES signs a letter, and an independent verifier judges it as a receiver would.
 * It needs neither an AWS account nor a network. The exit code is 0 when SPF, DKIM and DMARC pass.
 *
 * For another domain, with the settings of bin/app.ts: npx tsx bin/demo.ts -c domainName=example.org -c dmarc=reject
 */
import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs, promisify, styleText } from 'node:util';
import { version as MAILAUTH } from 'mailauth/package.json';
import { MANIFEST_SUFFIX, type DnsManifest } from '../src/dns/manifest';
import { DnsExport, DnsRecord } from '../src/records';
import { consequencesOfAbsence } from '../test/authentication/consequences';
import { proveDomain, type Proof, type ProofProps } from '../test/authentication/proof';
import type { Template } from '../test/authentication/template-values';
import type { ZoneRecord } from '../test/support/dns-server';

const ROOT = resolve(__dirname, '..');
const USUAL = { domainName: 'example.com', reportTo: 'dmarc@example.com', dmarc: 'quarantine' };
const CONTEXT: Record<keyof typeof USUAL, string> & Record<string, string | undefined> = { ...USUAL, ...contextOf(process.argv.slice(2)) };
const DOMAIN = CONTEXT.domainName;
const ZONE = { id: 'Z0123456789ABCDEFGHIJ', name: CONTEXT.hostedZoneName ?? DOMAIN };
/** The Region that the stack, which names none, is taken to be deployed in. */
const REGION = 'eu-west-1';
const SYNTH_TIMEOUT_MS = 30_000;
const WIDTH = 118;

const outdir = mkdtempSync(join(tmpdir(), 'postmaster-demo-'));
process.on('exit', () => rmSync(outdir, { recursive: true, force: true }));
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(1));

main().then(passed => { process.exitCode = passed ? 0 : 1; }, (error: Error) => {
  console.error(`The proof could not be made: ${error.message}`);
  process.exitCode = 1;
});

async function main(): Promise<boolean> {
  console.log(`${bold(`From an AWS CDK app to mail that authenticates: ${DOMAIN}`)}\nWithout an AWS account and without a network.`);
  // with a zone the app publishes the records; without one it hands them to a person, and says why each of them exists
  const [published, handedOver] = await Promise.all([synthesize('published', { ...CONTEXT, hostedZoneId: ZONE.id }), synthesize('handed-over', CONTEXT)]);
  const template = read<Template>(published, '.template.json');
  const purposes = read<DnsManifest>(handedOver, MANIFEST_SUFFIX).records.map(record => record.purpose);

  const props: ProofProps = { template, region: REGION, zones: { [ZONE.id]: ZONE.name } };
  const proof = await proveDomain(props);
  const consequences = await consequencesOfAbsence(props, proof);
  if (purposes.length !== proof.records.length) {
    throw new Error(`the app publishes ${proof.records.length} records in a zone, and hands over ${purposes.length} without one`);
  }
  section('What a deploy creates', resourceCounts(template));
  section('The records, each tried by leaving it out', recordTable(proof, purposes, consequences));
  section('What a receiver finds', verdicts(proof));
  section('The zone file', zoneFile(proof.records, purposes));
  section('Where to go next', nextSteps());
  console.log(`\n${proof.passed ? good('PASS') : bad('FAIL')}  ${DOMAIN} ${proof.passed ? 'authenticates by SPF, DKIM and DMARC' : 'does not authenticate'}.`);
  return proof.passed;
}

// the app

/** Settings as the CDK CLI takes them: `-c key=value`, any number. */
function contextOf(args: string[]): Record<string, string> {
  const { values } = parseArgs({ args, options: { context: { type: 'string', short: 'c', multiple: true, default: [] } } });
  return Object.fromEntries(values.context.map(setting => [setting.split('=')[0], setting.slice(setting.indexOf('=') + 1)]));
}

/** Runs the app the way the CDK CLI does: context and output folder by environment. */
async function synthesize(name: string, context: Record<string, string | undefined>): Promise<string> {
  const directory = join(outdir, name);
  const settings = (JSON.parse(readFileSync(join(ROOT, 'cdk.json'), 'utf8')) as { context: object }).context;
  const env: NodeJS.ProcessEnv = { ...process.env, CDK_OUTDIR: directory, CDK_CONTEXT_JSON: JSON.stringify({ ...settings, ...context }) };
  // the stack shall be for any account and Region, whatever this shell is set to
  delete env.CDK_DEFAULT_ACCOUNT;
  delete env.CDK_DEFAULT_REGION;
  try {
    await promisify(execFile)(process.execPath, [require.resolve('tsx/cli'), join('bin', 'app.ts')], { cwd: ROOT, env, timeout: SYNTH_TIMEOUT_MS });
  } catch (error) {
    throw new Error(`bin/app.ts does not synthesize:\n${(error as { stderr?: string }).stderr || (error as Error).message}`, { cause: error });
  }
  return directory;
}

function read<T>(directory: string, suffix: string): T {
  const [file, ...more] = readdirSync(directory).filter(name => name.endsWith(suffix));
  if (file === undefined || more.length > 0) throw new Error(`the app was expected to make one file *${suffix}`);
  return JSON.parse(readFileSync(join(directory, file), 'utf8')) as T;
}

// the report

function resourceCounts(template: Template): string[] {
  const resources = Object.values(template.Resources ?? {});
  return [...new Set(resources.map(resource => resource.Type))].map(type => {
    const ofType = resources.filter(resource => resource.Type === type);
    const records = ofType.flatMap(resource => (resource.Properties?.RecordSets ?? []) as unknown[]).length;
    return `${ofType.length} x ${type}${records > 0 ? ` with ${records} record sets` : ''}`;
  });
}

function recordTable(proof: Proof, purposes: string[], consequences: string[]): string[] {
  const rows = proof.records.map((record, index) => [
    shortName(record.name),
    record.type,
    purposes[index],
    consequences[index] === '' ? 'found; not needed here' : `needed; without it: ${consequences[index]}`,
  ]);
  return table([['Record', 'Type', 'Purpose', 'Verdict'], ...rows], [31, 5, 42, 36]);
}

function verdicts({ spf, dkim, dmarc, bimi, mail, lookups }: Proof): string[] {
  const alignment = (aligned: boolean) => aligned ? 'aligned' : 'not aligned';
  const rows = [
    ['SPF', spf.result, alignment(spf.aligned), spf.result === 'pass' ? `${spf.domain} lets ${mail.clientIp} send` : spf.reason],
    ['DKIM', dkim.result, alignment(dkim.aligned), dkim.result === 'pass' ? `signed by ${dkim.domain}, key at ${shortName(`${dkim.selector}._domainkey.${dkim.domain}`)}` : dkim.reason],
    ['DMARC', dmarc.result, '', `${dmarc.record ?? dmarc.reason}`],
    ['BIMI', bimi.result, '', bimi.result === 'none' ? 'no logo is set; it takes Bimi.logo(...)' : bimi.reason],
  ];
  const lines = table(rows, [6, 8, 12, 86]).map(line => line.replace(/(?<=^\w+ +)(pass|fail)\b/, word => word === 'pass' ? good(word) : bad(word)));
  return [
    ...lines,
    '',
    `The records were served by DNS on 127.0.0.1, and ${lookups.length} questions were asked there. A stand-in for Amazon SES in ${REGION}`,
    `verified the domain, signed a letter and sent it; mailauth ${MAILAUTH} judged it.`,
  ];
}

function zoneFile(records: readonly ZoneRecord[], purposes: string[]): string[] {
  const text = DnsExport.zoneFile(records.map((record, index) => toDnsRecord(record, purposes[index])), DOMAIN);
  return ['; The names of Easy DKIM are stand-ins: SES makes up its own when it is deployed.', ...text.trimEnd().split('\n').map(foldRecord).flat()];
}

function nextSteps(): string[] {
  const settings = `-c domainName=${DOMAIN} -c reportTo=${CONTEXT.reportTo}`;
  return [
    'With a Route 53 zone:',
    `  npx cdk deploy ${settings} -c hostedZoneId=Z...`,
    '  (the zone of a parent domain: also -c hostedZoneName=...; more settings at the top of bin/app.ts)',
    'With DNS elsewhere, which prints the records to enter there:',
    `  npx cdk deploy ${settings} --outputs-file outputs.json`,
    '  npm run postmaster -- dns --outputs outputs.json --hints',
    'In an app of your own:',
    '  new VerifiedDomain(this, \'Mail\', { dns: Dns.route53(zone) })',
    'To read: README.md, and whole apps in examples/',
  ];
}

function toDnsRecord(record: ZoneRecord, purpose: string): DnsRecord {
  switch (record.type) {
    case 'CNAME': return DnsRecord.cname(record.name, record.data, { purpose });
    case 'MX': return DnsRecord.mx(record.name, record.data.preference, record.data.exchange, { purpose });
    case 'TXT': return DnsRecord.txt(record.name, [Buffer.concat(record.data).toString('utf8')], { purpose });
    default: throw new Error(`a record of type ${record.type} is no record of mail`);
  }
}

// the page

/** The tokens of Easy DKIM say nothing to a reader. */
function shortName(name: string): string {
  return name.replace(/^([a-z2-7]{4})[a-z2-7]{28}\./, '$1....');
}

/** A zone file may break a line within parentheses. */
function foldRecord(line: string): string[] {
  const [, head, data] = /^([^;\s]\S* \d+ IN \S+) (.*)$/.exec(line) ?? [];
  return line.length <= WIDTH - 2 || head === undefined ? [line] : [`${head} (`, `  ${data} )`];
}

function section(title: string, lines: string[]): void {
  console.log(`\n${bold(title)}\n${lines.map(line => `  ${line}`.trimEnd()).join('\n')}`);
}

function table(rows: string[][], widths: number[]): string[] {
  return rows.flatMap(row => {
    const cells = row.map((cell, column) => wrap(cell, widths[column]));
    const height = Math.max(...cells.map(lines => lines.length));
    return Array.from({ length: height }, (_, line) => cells.map((lines, column) => (lines[line] ?? '').padEnd(widths[column])).join(' ').trimEnd());
  });
}

function wrap(text: string, width: number): string[] {
  return text.match(new RegExp(`\\S.{0,${width - 1}}(?=\\s|$)|\\S{${width}}`, 'g')) ?? [''];
}

function bold(text: string): string {
  return paint('bold', text);
}

function good(text: string): string {
  return paint('green', text);
}

function bad(text: string): string {
  return paint('red', text);
}

function paint(style: 'bold' | 'green' | 'red', text: string): string {
  return process.stdout.isTTY && !process.env.NO_COLOR ? styleText(style, text) : text;
}
