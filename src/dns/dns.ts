import type { IHostedZone } from 'aws-cdk-lib/aws-route53';
import { ElsewhereDns, ElsewhereDnsOptions } from './elsewhere';
import { MailDns } from './mail-dns';
import { Route53Dns, Route53ZoneProps } from './route53';
import { Route53InAccountDns, Route53InAccountDnsProps } from './route53-in-account';

/**
 * The menu of places where the records of a mail domain can be published.
 */
export class Dns {
  /**
   * A public hosted zone of this account. All records of a domain are one `AWS::Route53::RecordSetGroup`, so they appear and vanish together.
   *
   * The zone may be the domain's own or that of a parent domain. It must know its name: use `HostedZone.fromHostedZoneAttributes`,
   * not `fromHostedZoneId`. A private zone is refused, since SES and receivers look records up in public DNS.
   *
   * @param zone the zone; its name may be a token
   */
  public static route53(zone: IHostedZone): MailDns {
    return Route53Dns.ofZone(zone);
  }

  /**
   * A public hosted zone of this account that exists already, by its ID and name: like `route53`, without an imported construct for the zone.
   *
   * @param zone the ID and the name of the zone
   */
  public static route53ById(zone: Route53ZoneProps): MailDns {
    return new Route53Dns(zone);
  }

  /**
   * A hosted zone of another AWS account, written through a role there that this stack may assume.
   *
   * A custom resource creates the records, changes them and deletes them again. It refuses to touch a record that it did not write.
   *
   * @param props the zone and the role
   */
  public static route53InAccount(props: Route53InAccountDnsProps): MailDns {
    return new Route53InAccountDns(props);
  }

  /**
   * No zone that AWS CDK can reach: the records are handed to a person. They are stack outputs, one zone file line each, and a manifest
   * `<construct>.dns.json` in the cloud assembly, which `npx postmaster dns` prints as BIND zone file, Route 53 change batch, CSV or JSON.
   *
   * @param domainName the domain whose records they are, e.g. `example.com`
   * @param options what to hand over
   */
  public static elsewhere(domainName: string, options: ElsewhereDnsOptions = {}): MailDns {
    return new ElsewhereDns(domainName, options);
  }

  private constructor() {}
}
