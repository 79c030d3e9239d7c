import { fail } from '../private/errors';
import { DnsRecord } from '../records';

/** How the file names of record manifests in a cloud assembly end. */
export const MANIFEST_SUFFIX = '.dns.json';

/** The records that a person has to enter for one domain, as a file of the cloud assembly. */
export interface DnsManifest {
  readonly version: 1;
  readonly domain: string;
  /** The stack whose outputs complete the records that only a deployment knows. */
  readonly stack: string;
  readonly construct: string;
  readonly records: ManifestRecord[];
}

interface ManifestRecord {
  readonly purpose: string;
  /** Zone file lines; absent when only the deployment knows them. */
  readonly lines?: string[];
  /** The logical IDs of the stack outputs that hold the lines. */
  readonly outputs: string[];
}

/** The outputs of deployed stacks, as `cdk deploy --outputs-file` writes them. */
export type StackOutputs = Record<string, Record<string, string>>;

/**
 * The records of a manifest. Those that only a deployment knows are taken from its outputs; without outputs they are returned as missing.
 */
export function recordsOfManifest(manifest: DnsManifest, outputs: StackOutputs = {}): { records: DnsRecord[]; missing: string[] } {
  if (manifest.version !== 1) fail('DnsManifest.version', `the manifest has version ${manifest.version}; this version of the library reads version 1`);
  const records: DnsRecord[] = [];
  const missing: string[] = [];
  for (const entry of manifest.records) {
    const lines = entry.lines ?? entry.outputs.map(id => outputs[manifest.stack]?.[id]);
    if (lines.length > 0 && lines.every(line => line !== undefined)) records.push(DnsRecord.parse(lines.join('\n'), entry.purpose));
    else missing.push(entry.purpose);
  }
  return { records, missing };
}
