import { CustomResource, Token } from 'aws-cdk-lib';
import type { Construct, IDependable } from 'constructs';
import { claimNames } from './claimed-names';
import { DnsPublication, MailDns } from './mail-dns';
import { DNS_RECORDS_RESOURCE_TYPE, type DnsRecordsProperties, type ZoneAccess } from './route53-in-account-constants';
import { Route53InAccountFunction } from './route53-in-account-function';
import { refuseOutsideZone } from './zone-name';
import { customResourceHandler } from '../private/custom-resource-handler';
import { fail } from '../private/errors';
import { permit } from '../private/handler-permission';
import { normalizeDomain } from '../records/domain-name';

/**
 * A hosted zone of another account.
 */
export interface Route53InAccountDnsProps {
  /**
   * The ID of the public hosted zone, e.g. `Z0123456789ABCDEFGHIJ`.
   */
  readonly hostedZoneId: string;

  /**
   * The name of the zone: the mail domain itself or a parent of it.
   */
  readonly zoneName: string;

  /**
   * The role in the zone's account that may change the zone's records. Its trust policy must let this stack's account assume it, and it needs
   * `route53:ChangeResourceRecordSets` and `route53:ListResourceRecordSets` on the zone. Each call is narrowed further by a session policy:
   * this zone, and the names of the domain at hand.
   */
  readonly roleArn: string;
}

/**
 * Publishes into a hosted zone of another account.
 */
export class Route53InAccountDns extends MailDns {
  public readonly domainName: string;

  /** @internal */
  public override readonly _zone: ZoneAccess;

  public constructor(private readonly props: Route53InAccountDnsProps) {
    super();
    this.domainName = normalizeDomain(props.zoneName, 'zoneName');
    this._zone = { HostedZoneId: props.hostedZoneId, RoleArn: props.roleArn };
    if (!Token.isUnresolved(props.roleArn) && !/^arn:[^:]+:iam::\d{12}:role\/.+$/.test(props.roleArn)) {
      fail('Dns.roleArn', `roleArn "${props.roleArn}" is not the ARN of a role; the form is "arn:aws:iam::111122223333:role/name"`);
    }
  }

  public publish(scope: Construct, id: string, publication: DnsPublication): IDependable {
    refuseOutsideZone(scope, this.domainName, publication.records);
    claimNames(scope, this.props.hostedZoneId, publication.records);
    const handler = customResourceHandler(scope, Route53InAccountFunction);
    const permission = permit(handler, [{ actions: ['sts:AssumeRole'], resources: [this.props.roleArn] }]);
    const properties: DnsRecordsProperties = {
      HostedZoneId: this.props.hostedZoneId,
      RoleArn: this.props.roleArn,
      Records: publication.records.map(record => ({
        Name: record.fqdn, Type: record.recordType, TTL: String(record.ttlSeconds), Values: record.route53Values,
      })),
    };
    const records = new CustomResource(scope, id, {
      resourceType: DNS_RECORDS_RESOURCE_TYPE,
      serviceToken: handler.functionArn,
      properties: { ...properties },
      removalPolicy: publication.removalPolicy,
    });
    records.node.addDependency(permission);
    return records;
  }
}
