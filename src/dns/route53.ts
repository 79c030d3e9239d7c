import { Token } from 'aws-cdk-lib';
import * as route53 from 'aws-cdk-lib/aws-route53';
import type { Construct, IConstruct, IDependable } from 'constructs';
import { claimNames } from './claimed-names';
import { DnsPublication, MailDns } from './mail-dns';
import type { ZoneAccess } from './route53-in-account-constants';
import { refuseOutsideZone } from './zone-name';
import { fail } from '../private/errors';
import { normalizeDomain } from '../records/domain-name';

/**
 * A hosted zone of this account that exists already.
 */
export interface Route53ZoneProps {
  /**
   * The ID of the public hosted zone, e.g. `Z0123456789ABCDEFGHIJ`.
   */
  readonly hostedZoneId: string;

  /**
   * The name of the zone: the mail domain itself or a parent of it.
   */
  readonly zoneName: string;
}

/**
 * Publishes into a hosted zone of this account.
 */
export class Route53Dns extends MailDns {
  public static ofZone(zone: route53.IHostedZone): MailDns {
    return new Route53Dns({ hostedZoneId: zone.hostedZoneId, zoneName: zoneNameOf(zone) }, scope => refusePrivate(scope, zone));
  }

  public readonly domainName: string;

  /** @internal */
  public override readonly _zone: ZoneAccess;

  private readonly hostedZoneId: string;

  public constructor(zone: Route53ZoneProps, private readonly checkZone: (scope: IConstruct) => void = () => {}) {
    super();
    this.hostedZoneId = zone.hostedZoneId;
    this._zone = { HostedZoneId: zone.hostedZoneId };
    this.domainName = normalizeDomain(zone.zoneName, 'zoneName');
  }

  public publish(scope: Construct, id: string, publication: DnsPublication): IDependable {
    this.checkZone(scope);
    refuseOutsideZone(scope, this.domainName, publication.records);
    claimNames(scope, this.hostedZoneId, publication.records);
    const group = new route53.CfnRecordSetGroup(scope, id, {
      hostedZoneId: this.hostedZoneId,
      recordSets: publication.records.map(record => ({
        name: record.fqdn,
        type: record.recordType,
        ttl: String(record.ttlSeconds),
        resourceRecords: record.route53Values,
      })),
    });
    group.applyRemovalPolicy(publication.removalPolicy);
    return group;
  }
}

function zoneNameOf(zone: route53.IHostedZone): string {
  try {
    return zone.zoneName;
  } catch {
    // an import by ID alone throws here, with a text about aws-cdk-lib's internals
    return fail('Dns.zoneWithoutName', 'the hosted zone was imported by its ID and does not know its name; ' +
      'use Dns.route53ById({ hostedZoneId, zoneName }), or import it with HostedZone.fromHostedZoneAttributes', zone);
  }
}

/** An import does not tell whether a zone is private; a zone that this app defines does. */
function refusePrivate(scope: IConstruct, zone: route53.IHostedZone): void {
  const resource = zone.node.defaultChild;
  const vpcs = resource instanceof route53.CfnHostedZone ? resource.stack.resolve(resource.vpcs) : undefined;
  if (zone instanceof route53.PrivateHostedZone || vpcs?.length > 0) {
    const name = Token.isUnresolved(zone.zoneName) ? zone.node.path : zone.zoneName;
    fail('Dns.privateZone', `the hosted zone "${name}" is private; SES and receivers look mail records up in public DNS, so give a public hosted zone`, scope);
  }
}
