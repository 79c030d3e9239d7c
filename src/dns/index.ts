export { Dns } from './dns';
export { ElsewhereDnsOptions } from './elsewhere';
export { DnsPublication, MailDns } from './mail-dns';
export { Route53InAccountDnsProps } from './route53-in-account';
