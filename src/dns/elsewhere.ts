import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { attachCustomSynthesis, CfnOutput, Names, Stack } from 'aws-cdk-lib';
import { Construct, DependencyGroup, type IDependable } from 'constructs';
import { DnsPublication, MailDns } from './mail-dns';
import { type DnsManifest, MANIFEST_SUFFIX } from './manifest';
import { refuseOutsideZone } from './zone-name';
import { fail } from '../private/errors';
import { PerApp } from '../private/per-app';
import type { DnsRecord } from '../records';
import { normalizeDomain } from '../records/domain-name';

/**
 * What to hand to the person who administers the DNS.
 */
export interface ElsewhereDnsOptions {
  /**
   * Whether each record is a stack output. A stack has room for 200 outputs, and a domain needs about six.
   *
   * Without outputs the names of Easy DKIM records, which SES makes up on deployment, are found in the SES console only.
   *
   * @default true
   */
  readonly outputs?: boolean;
}

/**
 * Hands records to a person.
 */
export class ElsewhereDns extends MailDns {
  public readonly domainName: string;

  /** @internal */
  public override readonly _isByHand = true;

  public constructor(domainName: string, private readonly options: ElsewhereDnsOptions) {
    super();
    this.domainName = normalizeDomain(domainName, 'domain');
  }

  public publish(scope: Construct, id: string, publication: DnsPublication): IDependable {
    refuseOutsideZone(scope, this.domainName, publication.records, 'DNS of');
    new RecordSheet(scope, id, this.domainName, publication.records, this.options.outputs ?? true);
    return new DependencyGroup();
  }
}

/** What CloudFormation accepts in one template. */
const OUTPUTS_MAX = 200;

/** How many outputs of a stack are records, by the path of the stack. */
const outputsOfStacks = new PerApp(() => new Map<string, number>());

/** Refuses at synth what CloudFormation would refuse on deployment, without a word about the cause. */
function countOutputs(scope: Construct, more: number): void {
  const stack = Stack.of(scope).node.path;
  const counts = outputsOfStacks.of(scope);
  const count = (counts.get(stack) ?? 0) + more;
  if (count > OUTPUTS_MAX) {
    fail('Dns.tooManyOutputs', `the DNS records of stack "${stack}" are more than the ${OUTPUTS_MAX} outputs that a stack has room for; ` +
      'use more stacks, or Dns.elsewhere(domain, { outputs: false })', scope);
  }
  counts.set(stack, count);
}

/** The outputs and the manifest of one domain. */
class RecordSheet extends Construct {
  public constructor(scope: Construct, id: string, private readonly domainName: string, private readonly records: DnsRecord[], outputs: boolean) {
    super(scope, id);
    const outputsOf = new Map<DnsRecord, CfnOutput[]>(records.map((record, index) => [record, outputs ? this.outputLines(record, index) : []]));
    attachCustomSynthesis(this, {
      onSynthesize: session => writeFileSync(
        join(session.outdir, `${Names.uniqueId(scope)}${MANIFEST_SUFFIX}`),
        JSON.stringify(this.manifest(outputsOf), undefined, 2),
      ),
    });
  }

  private outputLines(record: DnsRecord, index: number): CfnOutput[] {
    countOutputs(this, record.zoneFileLines.length);
    return record.zoneFileLines.map((line, value) => new CfnOutput(this, `Record${index + 1}${value > 0 ? `Value${value + 1}` : ''}`, {
      value: line,
      description: record.purpose || undefined,
    }));
  }

  private manifest(outputsOf: Map<DnsRecord, CfnOutput[]>): DnsManifest {
    const stack = Stack.of(this);
    return {
      version: 1,
      domain: this.domainName,
      stack: stack.stackName,
      construct: this.node.scope!.node.path,
      records: this.records.map(record => ({
        purpose: record.purpose,
        lines: record.isDeployTime ? undefined : record.zoneFileLines,
        outputs: outputsOf.get(record)!.map(output => stack.resolve(output.logicalId)),
      })),
    };
  }
}
