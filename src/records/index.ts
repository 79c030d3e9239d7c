export { DnsRecord, DnsRecordOptions, DnsRecordType } from './dns-record';
