import { Token } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { Construct, type IConstruct } from 'constructs';
import { fail } from '../private/errors';
import { finding } from '../private/finding';

/**
 * Where an interface endpoint is, and who may use it.
 */
export interface MailEndpointProps {
  /**
   * The VPC, of the Region through which mail is sent.
   */
  readonly vpc: ec2.IVpc;

  /**
   * Who may connect: instances, functions, services, security groups, or `ec2.Peer.ipv4(...)` for networks. More of them: `allowFrom`. Everybody (`0.0.0.0/0`)
   * is refused.
   *
   * @default - nobody yet
   */
  readonly clients?: ec2.IConnectable[];

  /**
   * The subnets, of which one in each zone is taken.
   *
   * @default - the private subnets
   */
  readonly subnets?: ec2.SubnetSelection;

  /**
   * Whether to ask AWS, at synthesis, in which zones the endpoint is supported, and to take subnets there only. The stack needs an account and a Region then.
   *
   * @default false
   */
  readonly lookupSupportedAzs?: boolean;

  /**
   * Whether the public name of the service leads to the endpoint in this VPC, so that programs need not be told another. The VPC needs DNS support and DNS host
   * names for it.
   *
   * @default true
   */
  readonly privateDns?: boolean;
}

/** Everybody, as aws-cdk-lib's peers name them. */
const EVERYBODY = new Set(['0.0.0.0/0', '::/0']);

/**
 * An interface endpoint, with a security group that lets nobody in but those who are named.
 */
export abstract class MailEndpoint extends Construct implements ec2.IConnectable {
  /** The endpoint as aws-cdk-lib knows it. */
  public abstract readonly endpoint: ec2.InterfaceVpcEndpoint;

  /**
   * The numbers of the ports that clients may use.
   *
   * @internal
   */
  protected abstract readonly _portNumbers: number[];

  private hasClients = false;

  public constructor(scope: Construct, id: string) {
    super(scope, id);
    this.node.addValidation({ validate: () => { this.reportNobody(); return []; } });
  }

  /** The ID of the endpoint, for the condition `vpcEndpoints` of grants. */
  public get vpcEndpointId(): string {
    return this.endpoint.vpcEndpointId;
  }

  /** The network connections of the endpoint. */
  public get connections(): ec2.Connections {
    return this.endpoint.connections;
  }

  /**
   * Lets somebody connect, on all ports of the endpoint.
   *
   * @param client an instance, a function, a service, a security group, or `ec2.Peer.ipv4(...)`
   */
  public allowFrom(client: ec2.IConnectable): void {
    const { uniqueId } = client as ec2.IPeer;
    if (EVERYBODY.has(uniqueId)) fail('MailEndpoint.everybody', `${uniqueId} is everybody; name the networks, security groups or programs that send`, this);
    this.hasClients = true;
    this._portNumbers.forEach(port => this.connections.allowFrom(client, ec2.Port.tcp(port), `Mail on port ${port}`));
  }

  private reportNobody(): void {
    if (!this.hasClients) finding(this, 'MailEndpoint.noClients', 'nobody may connect to the endpoint; name `clients`, or let them in with allowFrom');
  }
}

/**
 * Makes an interface endpoint of a service of AWS, closed to everybody.
 */
export function interfaceEndpoint(scope: Construct, props: MailEndpointProps, service: ec2.InterfaceVpcEndpointAwsService): ec2.InterfaceVpcEndpoint {
  checkDns(scope, props);
  const securityGroup = new ec2.SecurityGroup(scope, 'SecurityGroup', {
    vpc: props.vpc, description: 'Who may reach Amazon SES', allowAllOutbound: false,
  });
  return new ec2.InterfaceVpcEndpoint(scope, 'Endpoint', {
    vpc: props.vpc,
    service,
    subnets: props.subnets,
    lookupSupportedAzs: props.lookupSupportedAzs,
    privateDnsEnabled: props.privateDns ?? true,
    securityGroups: [securityGroup],
    open: false,
  });
}

/** A VPC of this app may be known to lack what private DNS needs. */
function checkDns(scope: IConstruct, { vpc, privateDns = true }: MailEndpointProps): void {
  if (!privateDns || !(vpc instanceof ec2.Vpc)) return;
  if ([vpc.dnsSupportEnabled, vpc.dnsHostnamesEnabled].some(enabled => !Token.isUnresolved(enabled) && !enabled)) {
    fail('MailEndpoint.vpcDns', `the VPC ${vpc.node.path} has DNS support or DNS host names switched off, and AWS makes no endpoint with private DNS there; switch ` +
      'both on, or give `privateDns: false` and tell programs the names of the endpoint', scope);
  }
}
