import { App, type AppProps, Stack } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { HostedZone, type IHostedZone } from 'aws-cdk-lib/aws-route53';

/** A stack of an app of its own, in a Region or environment-agnostic. */
export function stackIn(region?: string, props: AppProps = {}): Stack {
  return new Stack(new App(props), 'Stack', region ? { env: { account: '111122223333', region } } : {});
}

/** An existing public zone. */
export function zoneOf(stack: Stack, zoneName: string, hostedZoneId = 'Z0123456789'): IHostedZone {
  return HostedZone.fromHostedZoneAttributes(stack, `Zone${zoneName}${hostedZoneId}`, { hostedZoneId, zoneName });
}

/** The findings of a stack: construct path and text without the hint on how to acknowledge. */
export function findingsOf(stack: Stack): { path: string; text: string }[] {
  return Annotations.fromStack(stack).findWarning('*', Match.anyValue()).map(({ id, entry }) => ({ path: id, text: String(entry.data) }));
}

/** The IDs of the findings of a stack. */
export function findingIdsOf(stack: Stack): string[] {
  return findingsOf(stack).map(({ text }) => /\[ack: (?:annotation::)?([^\]]+)\]/i.exec(text)?.[1] ?? text);
}

interface RecordSet {
  Name: unknown;
  Type: string;
  TTL: string;
  ResourceRecords: unknown[];
}

/** The record sets of all groups in a template. */
export function recordSetsOf(stack: Stack): RecordSet[] {
  return Object.values(Template.fromStack(stack).findResources('AWS::Route53::RecordSetGroup')).flatMap(group => group.Properties.RecordSets);
}

/** The record set of a name that the template knows. */
export function recordSet(stack: Stack, name: string, type = 'TXT'): RecordSet | undefined {
  return recordSetsOf(stack).find(record => record.Name === name && record.Type === type);
}
