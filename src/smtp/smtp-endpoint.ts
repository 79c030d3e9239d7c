import { Stack, Token } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import type { Construct } from 'constructs';
import { interfaceEndpoint, MailEndpoint, MailEndpointProps } from './mail-endpoint';
import { fail, located } from '../private/errors';
import { finding } from '../private/finding';
import { ZONES_WITHOUT_SMTP_ENDPOINT } from '../ses/endpoint-zones';
import { SesRegion } from '../ses/region';
import { SmtpPort } from '../ses/smtp-port';

/**
 * Properties of an SMTP endpoint.
 */
export interface SmtpEndpointProps extends MailEndpointProps {
  /**
   * The ports that clients may use.
   *
   * @default [SmtpPort.STARTTLS_587, SmtpPort.TLS_465]
   */
  readonly ports?: SmtpPort[];
}

/**
 * Lets programs in a VPC send by SMTP without a way to the internet: an interface endpoint of `email-smtp`. It is open on SMTP ports, and for those clients only
 * that are named; the endpoint that `addInterfaceEndpoint` makes is open on port 443, on which SES takes no SMTP.
 *
 * SES has no such endpoint in some Availability Zones. Their IDs are known, but only AWS can tell which subnets of an account are in them: let it be asked with
 * `lookupSupportedAzs`, or choose `subnets`. It takes about five minutes to make one.
 *
 * @see https://docs.aws.amazon.com/ses/latest/dg/send-email-set-up-vpc-endpoints.html
 *
 * @example
 * declare const vpc: ec2.Vpc;
 * declare const relay: ec2.Instance;
 * declare const domain: VerifiedDomain;
 *
 * const endpoint = new SmtpEndpoint(this, 'Smtp', { vpc, clients: [relay], lookupSupportedAzs: true });
 * new SmtpCredentials(this, 'Relay', { identities: [domain], fromAddresses: ['*@example.com'], endpoints: [endpoint] });
 */
export class SmtpEndpoint extends MailEndpoint {
  /** The ports that clients may use. */
  public readonly ports: SmtpPort[];

  public readonly endpoint: ec2.InterfaceVpcEndpoint;

  /** @internal */
  protected readonly _portNumbers: number[];

  public constructor(scope: Construct, id: string, props: SmtpEndpointProps) {
    super(scope, id);
    this.ports = props.ports ?? [SmtpPort.STARTTLS_587, SmtpPort.TLS_465];
    this._portNumbers = this.ports.map(({ portNumber }) => portNumber);
    this.checkPorts();
    this.checkRegion(props);
    this.endpoint = interfaceEndpoint(this, props, new ec2.InterfaceVpcEndpointAwsService('email-smtp', undefined, this._portNumbers[0]));
    props.clients?.forEach(client => this.allowFrom(client));
  }

  private checkPorts(): void {
    if (this.ports.length === 0) fail('SmtpEndpoint.noPorts', 'ports is an empty list, so nobody could connect; leave it out for 587 and 465', this);
    if (!this.ports.includes(SmtpPort.STARTTLS_25)) return;
    finding(this, 'SmtpEndpoint.port25', 'port 25 is blocked or throttled for instances on EC2, and mail servers use it among themselves; let clients use 587 or 465');
  }

  private checkRegion(props: SmtpEndpointProps): void {
    const { region } = Stack.of(this);
    if (!located(this, () => SesRegion.of(region)).supportsSmtp) {
      finding(this, 'SmtpEndpoint.regionWithoutSmtp', `SES is not known to take mail by SMTP in ${region}, so there may be no such endpoint; take another Region, or ` +
        'acknowledge when AWS lists the service');
    }
    const excluded = Token.isUnresolved(region) ? Object.values(ZONES_WITHOUT_SMTP_ENDPOINT).flat() : ZONES_WITHOUT_SMTP_ENDPOINT[region] ?? [];
    if (excluded.length === 0) return;
    this.refuseExcluded(props, excluded);
    if (!props.lookupSupportedAzs && !isChosen(props.subnets)) this.reportZones(excluded);
  }

  /** Few subnets say the ID of their zone. */
  private refuseExcluded({ vpc, subnets }: SmtpEndpointProps, excluded: readonly string[]): void {
    for (const subnet of vpc.selectSubnets(subnets).subnets) {
      const zoneId = subnet.node.defaultChild instanceof ec2.CfnSubnet ? subnet.node.defaultChild.availabilityZoneId : undefined;
      if (zoneId && excluded.includes(zoneId)) {
        fail('SmtpEndpoint.zone', `the subnet ${subnet.node.path} is in ${zoneId}, in which SES has no SMTP endpoint; choose \`subnets\` in other zones`, this);
      }
    }
  }

  private reportZones(excluded: readonly string[]): void {
    finding(this, 'SmtpEndpoint.zonesUnknown', `SES has no SMTP endpoint in the zones ${excluded.join(', ')}, and making one there fails; which of the subnets are in ` +
      'them differs by account. Give `lookupSupportedAzs: true` in a stack with account and Region, or choose `subnets` by hand');
  }
}

/** Whether a person has said which subnets or zones it shall be. */
function isChosen(subnets?: ec2.SubnetSelection): boolean {
  return subnets?.subnets !== undefined || subnets?.availabilityZones !== undefined || subnets?.subnetFilters !== undefined;
}
