import { CustomResource, SecretValue, ArnFormat, Stack } from 'aws-cdk-lib';
import type * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import type * as ses from 'aws-cdk-lib/aws-ses';
import type * as sns from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import { DKIM_SIGNING_RESOURCE_TYPE, type RotationSettings, type SigningSettings } from './dkim-key-constants';
import { DkimKeyFunction } from './dkim-key-function';
import { DkimRotation } from './dkim-rotation';
import { allowSigning } from './dkim-signing-grant';
import type { ZoneAccess } from '../dns/route53-in-account-constants';
import { refuseOutsideZone } from '../dns/zone-name';
import { Dkim, DkimConfig } from '../identity';
import { DKIM_RESOURCE_ID } from '../identity/dkim';
import { alarmTopicAction } from '../private/alarm-topic';
import { customResourceHandler } from '../private/custom-resource-handler';
import { fail } from '../private/errors';
import { DnsRecord, DnsRecordOptions } from '../records';
import { withPurpose } from '../records/dns-record';

interface GeneratedKey {
  readonly selector: string;
  readonly recordText: string;
  readonly privateKey: SecretValue;
  readonly switches: boolean;
  /** What tells this key from another one of the same domain. */
  readonly id: string;
}

/** A key that was made on deployment: the template knows its selector and its record, and where SES finds the rest. */
export class GeneratedDkim extends Dkim {
  public constructor(private readonly key: GeneratedKey) {
    super();
  }

  public bind(): DkimConfig {
    return {
      signingAttributes: { domainSigningSelector: this.key.selector, domainSigningPrivateKey: this.key.privateKey.unsafeUnwrap() },
      signing: true,
      resourceId: resourceId(this.key.switches),
      unsignedReason: '',
      // with the key, not with its selector: what CloudFormation makes, and leaves, is the record of one key
      recordsId: `DkimRecord${this.key.id}`,
    };
  }

  public records(_identity: ses.CfnEmailIdentity, domain: string, options: DnsRecordOptions): DnsRecord[] {
    const purpose = `DKIM: the public key with which receivers verify mail that ${domain} has signed`;
    return [DnsRecord.txt(`${this.key.selector}._domainkey.${domain}`, [this.key.recordText], withPurpose(options, purpose))];
  }
}

interface RotatedKey {
  readonly secret: secretsmanager.ISecret;
  readonly key: CustomResource;
  readonly zone: ZoneAccess;
  readonly zoneName: string;
  readonly prefix: string;
  readonly everyDays: number;
  readonly keepDays: number;
  readonly topic?: sns.ITopic;
  readonly switches: boolean;
}

/** A key that is replaced between deployments: functions publish it and tell SES, and the template says nothing of it. */
export class RotatedDkim extends Dkim {
  public rotation?: DkimRotation;

  public constructor(private readonly scope: Construct, private readonly key: RotatedKey) {
    super();
  }

  public bind(): DkimConfig {
    return { signing: true, resourceId: resourceId(this.key.switches), unsignedReason: '' };
  }

  public records(identity: ses.CfnEmailIdentity, domain: string, options: DnsRecordOptions): DnsRecord[] {
    const { secret, zone, zoneName, prefix, everyDays, keepDays, topic } = this.key;
    if (this.rotation) fail('DkimKeyPair.twice', `another domain than "${domain}" signs with this key already, and a rotation looks after one; make a key pair for each`, this.scope);
    const { ttlSeconds } = recordOf(this.scope, zoneName, domain, options);
    const signing: SigningSettings = { SecretArn: secret.secretArn, Identity: domain, Zone: zone, Ttl: String(ttlSeconds) };
    const settings: RotationSettings = { ...signing, SelectorPrefix: prefix, EveryDays: everyDays, KeepDays: keepDays };
    const identityArn = Stack.of(identity).formatArn({ service: 'ses', resource: 'identity', resourceName: identity.ref, arnFormat: ArnFormat.SLASH_RESOURCE_NAME });
    const handler = customResourceHandler(this.scope, DkimKeyFunction);
    allowSigning(handler, { secret, identityArn, settings });
    const use = new CustomResource(this.scope, 'Signing', { resourceType: DKIM_SIGNING_RESOURCE_TYPE, serviceToken: handler.functionArn, properties: { ...signing } });
    use.node.addDependency(this.key.key, identity);
    this.rotation = new DkimRotation(this.scope, 'Rotation', { secret, identityArn, settings });
    // not the whole of it: the policy of the secret's key names its role
    this.rotation.schedule.node.addDependency(use);
    if (topic) this.rotation.alarms.forEach(alarm => alarm.addAlarmAction(alarmTopicAction(this.scope, topic)));
    return [];
  }
}

/** What the records of keys have in common; refused where the zone cannot hold them. */
function recordOf(scope: Construct, zoneName: string, domain: string, options: DnsRecordOptions): DnsRecord {
  const record = DnsRecord.txt(`selector._domainkey.${domain}`, ['p='], options);
  refuseOutsideZone(scope, zoneName, [record]);
  return record;
}

function resourceId(switches: boolean): string {
  return switches ? DKIM_RESOURCE_ID.easy : DKIM_RESOURCE_ID.bringYourOwn;
}
