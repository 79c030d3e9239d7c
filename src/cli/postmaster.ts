import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type DnsManifest, MANIFEST_SUFFIX, recordsOfManifest, type StackOutputs } from '../dns/manifest';
import { PostmasterError } from '../private/errors';
import { DnsExport, DnsRecord } from '../records';

const USAGE = `Usage: postmaster dns [DIR] [--format zone|route53|csv|json] [--outputs FILE] [--hints]

Prints the DNS records of domains whose DNS is elsewhere (Dns.elsewhere).

  DIR             the cloud assembly; default cdk.out
  --format        zone (BIND zone file), route53 (change batch), csv or json; default zone
  --outputs FILE  what \`cdk deploy --outputs-file FILE\` wrote: completes the records that only a deployment knows
  --hints         what to mind when entering the records at a DNS provider`;

const FORMATS: Record<string, (records: DnsRecord[], domain: string) => string> = {
  zone: (records, domain) => DnsExport.zoneFile(records, domain),
  route53: records => DnsExport.changeBatch(records),
  csv: (records, domain) => DnsExport.csv(records, domain),
  json: records => DnsExport.json(records),
};

/** Where the command writes. */
export interface Terminal {
  out(text: string): void;
  error(text: string): void;
}

/**
 * The `postmaster` command. Returns the exit code: 0 when all is printed, 1 when something is missing or wrong, 2 when the call is not understood.
 */
export function postmaster(args: string[], terminal: Terminal): number {
  try {
    return dns(args, terminal);
  } catch (error) {
    const { code, message } = error as Error & { code?: string };
    const isCall = code?.startsWith('ERR_PARSE_ARGS');
    terminal.error(isCall ? `${message}\n\n${USAGE}` : error instanceof PostmasterError ? error.sentence : message);
    return isCall ? 2 : 1;
  }
}

function dns(args: string[], terminal: Terminal): number {
  const { positionals: [command, directory = 'cdk.out'], values } = parseArgs({
    args,
    allowPositionals: true,
    options: { format: { type: 'string', default: 'zone' }, outputs: { type: 'string' }, hints: { type: 'boolean' }, help: { type: 'boolean' } },
  });
  if (values.help || command !== 'dns' || !(values.format in FORMATS)) {
    (values.help ? terminal.out : terminal.error)(USAGE);
    return values.help ? 0 : 2;
  }
  const outputs = values.outputs ? JSON.parse(readFileSync(values.outputs, 'utf8')) as StackOutputs : {};
  const manifests = manifestsIn(directory);
  if (manifests.length === 0) {
    terminal.error(`${directory} has no ${MANIFEST_SUFFIX} manifest: run \`cdk synth\` first; only domains with Dns.elsewhere have one`);
    return 1;
  }
  const complete = manifests.map(manifest => printDomain(manifest, outputs, FORMATS[values.format], values.hints ?? false, terminal));
  return complete.every(Boolean) ? 0 : 1;
}

function printDomain(
  manifest: DnsManifest, outputs: StackOutputs, format: (records: DnsRecord[], domain: string) => string, hints: boolean, terminal: Terminal,
): boolean {
  const { records, missing } = recordsOfManifest(manifest, outputs);
  terminal.out(format(records, manifest.domain));
  if (hints) terminal.error(DnsExport.hints(manifest.domain).map(hint => `- ${hint}`).join('\n'));
  if (missing.length > 0) {
    terminal.error(`${manifest.domain}: ${missing.length} record(s) are known only after a deployment (${missing.join('; ')}). ` +
      'Deploy with `--outputs-file outputs.json`, then add `--outputs outputs.json` here.');
  }
  return missing.length === 0;
}

function manifestsIn(directory: string): DnsManifest[] {
  return readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .filter(file => file.endsWith(MANIFEST_SUFFIX))
    .sort()
    .map(file => JSON.parse(readFileSync(join(directory, file), 'utf8')) as DnsManifest);
}
