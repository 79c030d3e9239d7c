/** The CloudFormation type under which the records of another account's zone appear in a stack. */
export const DNS_RECORDS_RESOURCE_TYPE = 'Custom::PostmasterDnsRecords';

/** A hosted zone, and how it is reached. */
export interface ZoneAccess {
  readonly HostedZoneId: string;

  /** The role in the account of the zone; undefined when it is the own one. */
  readonly RoleArn?: string;
}

/** What the template tells the handler. CloudFormation hands everything over as text. */
export interface DnsRecordsProperties extends ZoneAccess {
  readonly Records: RecordProperties[];
}

/** One record set, with its values in Route 53's form. */
export interface RecordProperties {
  readonly Name: string;
  readonly Type: string;
  readonly TTL: string;
  readonly Values: string[];
}
