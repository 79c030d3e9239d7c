import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { CloudFormation, type StackEvent } from '@aws-sdk/client-cloudformation';
import {
  Route53, type ListResourceRecordSetsCommandInput, type ListResourceRecordSetsCommandOutput, type ResourceRecordSet, type RRType,
} from '@aws-sdk/client-route-53';
import { NotFoundException, SESv2 } from '@aws-sdk/client-sesv2';
import { STS } from '@aws-sdk/client-sts';
import { ACCOUNT, type Emulator } from './emulator';
import { signedCall } from './signed-call';

/** What an SDK client is made with. */
export interface AwsConfig {
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string; readonly sessionToken?: string };
  readonly requestHandler: { readonly httpsAgent: { readonly ca: Buffer } };
}

/** An account of the emulator as its administrator sees it, or somebody with a role. */
export class Aws {
  public readonly route53: Route53;
  public readonly ses: SESv2;
  public readonly cloudFormation: CloudFormation;
  /** For a client of another service. */
  public readonly config: AwsConfig;

  /** The emulator takes an account id as the access key of that account's root user. */
  public constructor(
    private readonly emulator: Emulator, public readonly region: string, account: string = ACCOUNT,
    credentials: AwsConfig['credentials'] = { accessKeyId: account, secretAccessKey: 'test' },
  ) {
    this.config = { endpoint: emulator.endpoint, region, credentials, requestHandler: { httpsAgent: { ca: readFileSync(emulator.certificate) } } };
    this.route53 = new Route53(this.config);
    this.ses = new SESv2(this.config);
    this.cloudFormation = new CloudFormation(this.config);
  }

  /** The same account, as somebody with a role of it sees it. */
  public async withRole(roleArn: string): Promise<Aws> {
    const { Credentials } = await new STS(this.config).assumeRole({ RoleArn: roleArn, RoleSessionName: 'e2e' });
    const { AccessKeyId: accessKeyId = '', SecretAccessKey: secretAccessKey = '', SessionToken: sessionToken } = Credentials!;
    return new Aws(this.emulator, this.region, ACCOUNT, { accessKeyId, secretAccessKey, sessionToken });
  }

  /** Calls a function and waits for its answer. */
  public async invoke(functionName: string, payload: object): Promise<unknown> {
    const { status, headers, body } = await signedCall(this.config, {
      service: 'lambda', path: `/2015-03-31/functions/${functionName}/invocations`, body: JSON.stringify(payload),
    });
    if (status !== 200 || headers['x-amz-function-error']) throw new Error(`${functionName}: ${status} ${body}`);
    return JSON.parse(body);
  }

  /** All that was logged to a group, line by line. */
  public async logLines(logGroupName: string): Promise<string[]> {
    const lines: string[] = [];
    let nextToken: string | undefined;
    do {
      const { status, body } = await signedCall(this.config, {
        service: 'logs',
        path: '/',
        headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': 'Logs_20140328.FilterLogEvents' },
        body: JSON.stringify({ logGroupName, nextToken }),
      });
      if (status !== 200) throw new Error(`${logGroupName}: ${status} ${body}`);
      const page = JSON.parse(body) as { events: { message: string }[]; nextToken?: string };
      lines.push(...page.events.map(({ message }) => message));
      ({ nextToken } = page);
    } while (nextToken);
    return lines;
  }

  /** Creates a public hosted zone and answers with its id. */
  public async createZone(name: string, records: readonly ResourceRecordSet[] = []) {
    const { HostedZone } = await this.route53.createHostedZone({ Name: name, CallerReference: randomUUID() });
    const zoneId = HostedZone!.Id!.replace('/hostedzone/', '');
    if (records.length > 0) await this.addRecords(zoneId, records);
    return zoneId;
  }

  public async addRecords(zoneId: string, records: readonly ResourceRecordSet[]) {
    const changes = records.map(record => ({ Action: 'CREATE' as const, ResourceRecordSet: record }));
    await this.route53.changeResourceRecordSets({ HostedZoneId: zoneId, ChangeBatch: { Changes: changes } });
  }

  /** One record set, as Route 53 has it. */
  public async record(zoneId: string, name: string, type: RRType) {
    const page = await this.route53.listResourceRecordSets({ HostedZoneId: zoneId, StartRecordName: name, StartRecordType: type, MaxItems: 1 });
    return page.ResourceRecordSets![0];
  }

  /** Every record set of the zone but its SOA and NS, as lines `NAME TYPE VALUE`, a line for each value. */
  public async zoneRecords(zoneId: string) {
    const lines: string[] = [];
    let start: Partial<ListResourceRecordSetsCommandInput> | undefined = {};
    while (start) {
      const page: ListResourceRecordSetsCommandOutput = await this.route53.listResourceRecordSets({ HostedZoneId: zoneId, ...start });
      for (const { Name, Type, ResourceRecords } of page.ResourceRecordSets ?? []) {
        if (Type === 'SOA' || Type === 'NS') continue;
        lines.push(...(ResourceRecords ?? []).map(({ Value }) => `${Name} ${Type} ${Value}`));
      }
      start = page.IsTruncated ? { StartRecordName: page.NextRecordName, StartRecordType: page.NextRecordType } : undefined;
    }
    return lines.sort();
  }

  /** The identity as SES has it, undefined when there is none. */
  public async identity(name: string) {
    return found(this.ses.getEmailIdentity({ EmailIdentity: name }));
  }

  /** The configuration set as SES has it, undefined when there is none. */
  public async configurationSet(name: string) {
    return found(this.ses.getConfigurationSet({ ConfigurationSetName: name }));
  }

  /** The event destinations of a configuration set as SES has them. */
  public async eventDestinations(setName: string) {
    return (await this.ses.getConfigurationSetEventDestinations({ ConfigurationSetName: setName })).EventDestinations ?? [];
  }

  /** A domain with its zone, verified beforehand and in a stack of its own. Answers with the id of the zone. */
  public async createVerifiedDomain(domain: string) {
    const tokens = [1, 2, 3].flatMap(n => ['Name', 'Value'].map(part => [`${part}${n}`, { Value: { 'Fn::GetAtt': ['I', `DkimDNSToken${part}${n}`] } }]));
    const { outputs } = await this.putStack(domain.replaceAll('.', '-'), {
      Resources: { I: { Type: 'AWS::SES::EmailIdentity', Properties: { EmailIdentity: domain } } },
      Outputs: Object.fromEntries(tokens),
    });
    return this.createZone(domain, [1, 2, 3].map(n => (
      { Name: outputs[`Name${n}`], Type: 'CNAME', TTL: 60, ResourceRecords: [{ Value: outputs[`Value${n}`] }] }
    )));
  }

  public async stackStatus(name: string) {
    try {
      return (await this.cloudFormation.describeStacks({ StackName: name })).Stacks?.[0]?.StackStatus;
    } catch (error) {
      if ((error as Error).message.includes('does not exist')) return undefined;
      throw error;
    }
  }

  /** The name of a stack is free again once it is deleted; its id stays good for looking back. */
  public async stackId(name: string) {
    return (await this.cloudFormation.describeStacks({ StackName: name })).Stacks![0].StackId!;
  }

  /** The resources that were really deleted with a stack: not retained, and none that failed. */
  public async deletedResources(stackId: string) {
    const deleted: string[] = [];
    let NextToken: string | undefined;
    do {
      const page = await this.cloudFormation.describeStackEvents({ StackName: stackId, NextToken });
      const gone = page.StackEvents!.filter(event => event.ResourceStatus === 'DELETE_COMPLETE' && event.PhysicalResourceId !== stackId);
      deleted.push(...gone.map(event => event.LogicalResourceId!));
      ({ NextToken } = page);
    } while (NextToken);
    return deleted;
  }

  /** The physical id of each resource of a stack: what changes when a resource is replaced. */
  public async physicalIds(stackName: string) {
    const { StackResources } = await this.cloudFormation.describeStackResources({ StackName: stackName });
    return Object.fromEntries(StackResources!.map(resource => [resource.LogicalResourceId, resource.PhysicalResourceId]));
  }

  /** Creates or updates a stack from a template object, without the CDK, and answers with how that ended. */
  public async putStack(name: string, template: object): Promise<StackResult> {
    const input = { StackName: name, TemplateBody: JSON.stringify(template), Capabilities: ['CAPABILITY_NAMED_IAM' as const] };
    const known = await this.stackStatus(name);
    const { StackId } = known ? await this.cloudFormation.updateStack(input) : await this.cloudFormation.createStack(input);
    return this.settled(StackId!);
  }

  public async deleteStack(name: string): Promise<StackResult> {
    const stackId = await this.stackId(name);
    await this.cloudFormation.deleteStack({ StackName: name });
    return this.settled(stackId);
  }

  private async settled(stackId: string): Promise<StackResult> {
    for (;;) {
      const stack = (await this.cloudFormation.describeStacks({ StackName: stackId })).Stacks![0];
      if (!stack.StackStatus!.endsWith('_IN_PROGRESS')) {
        const { StackEvents } = await this.cloudFormation.describeStackEvents({ StackName: stackId });
        const outputs = Object.fromEntries((stack.Outputs ?? []).map(output => [output.OutputKey!, output.OutputValue!]));
        return { status: stack.StackStatus!, reasons: reasonsIn(StackEvents ?? []), outputs };
      }
      await sleep(100);
    }
  }
}

export interface StackResult {
  readonly status: string;
  /** Why resources failed, the newest first. */
  readonly reasons: string;
  readonly outputs: Record<string, string>;
}

/** What SES answers, undefined when it knows nothing of that name. */
async function found<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof NotFoundException) return undefined;
    throw error;
  }
}

function reasonsIn(events: readonly StackEvent[]) {
  return events.filter(event => event.ResourceStatus?.endsWith('_FAILED')).map(event => event.ResourceStatusReason).join('\n');
}
