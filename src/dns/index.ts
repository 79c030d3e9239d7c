export { Dns } from './dns';
export { type ElsewhereDnsOptions } from './elsewhere';
export { type DnsPublication, MailDns } from './mail-dns';
export { type Route53ZoneProps } from './route53';
export { type Route53InAccountDnsProps } from './route53-in-account';
