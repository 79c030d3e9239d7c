/** The CloudFormation type under which the records of another account's zone appear in a stack. */
export const DNS_RECORDS_RESOURCE_TYPE = 'Custom::PostmasterDnsRecords';

/** What the template tells the handler. CloudFormation hands everything over as text. */
export interface DnsRecordsProperties {
  readonly HostedZoneId: string;
  readonly RoleArn: string;
  readonly Records: RecordProperties[];
}

/** One record set, with its values in Route 53's form. */
export interface RecordProperties {
  readonly Name: string;
  readonly Type: string;
  readonly TTL: string;
  readonly Values: string[];
}
