import { isIPv4 } from 'node:net';
import { ArnFormat, Stack, Token } from 'aws-cdk-lib';
import * as ses from 'aws-cdk-lib/aws-ses';
import { Construct } from 'constructs';
import { ACCOUNT_SETTINGS, AccountSettingDeletion } from './account-constants';
import { AccountSetting } from './account-setting';
import { fail } from '../private/errors';
import { PerApp } from '../private/per-app';
import { DedicatedIpPool } from '../sending';

/**
 * Dedicated IP addresses, and the pool that they are to be in.
 */
export interface DedicatedIpAssignmentProps {
  /**
   * The standard pool. SES looks after the addresses of a managed pool itself: it is refused.
   */
  readonly pool: ses.IDedicatedIpPool;

  /**
   * The addresses, e.g. `192.0.2.1`, which the account has leased in this Region. `aws sesv2 get-dedicated-ips` lists them. An address is in one pool: it leaves
   * the one where it is.
   */
  readonly ips: string[];

  /**
   * What becomes of an address that is no longer assigned.
   *
   * @default AccountSettingDeletion.RESTORE_PREVIOUS - it goes back to the pool where it was, or to the default one
   */
  readonly onDelete?: AccountSettingDeletion;
}

/** The addresses that an app assigns, by account and Region. */
const assigned = new PerApp(() => new Map<string, Construct>());

/**
 * Puts dedicated IP addresses into a pool: SES leases them in a support case, and CloudFormation cannot move them. On deletion they leave the pool first, since a
 * pool with addresses in it cannot be deleted.
 *
 * @see https://docs.aws.amazon.com/ses/latest/dg/managing-ip-pools.html
 *
 * @example
 * const pool = new DedicatedIpPool(this, 'Marketing');
 * new DedicatedIpAssignment(this, 'Addresses', { pool, ips: ['192.0.2.1', '192.0.2.2'] });
 */
export class DedicatedIpAssignment extends Construct {
  public constructor(scope: Construct, id: string, props: DedicatedIpAssignmentProps) {
    super(scope, id);
    const { pool, ips, onDelete = AccountSettingDeletion.RESTORE_PREVIOUS } = props;
    this.check(props);
    ips.forEach(ip => this.claim(ip));
    const anyPool = Stack.of(this).formatArn({ service: 'ses', resource: 'dedicated-ip-pool', resourceName: '*', arnFormat: ArnFormat.SLASH_RESOURCE_NAME });
    for (const ip of ips) {
      new AccountSetting(this, Token.isUnresolved(ip) ? `Ip${ips.indexOf(ip)}` : ip, {
        setting: `${ACCOUNT_SETTINGS.dedicatedIp}${ip}`,
        value: pool.dedicatedIpPoolName,
        onDelete,
        statements: [
          { actions: ['ses:GetDedicatedIp'], resources: ['*'] },
          // an address may go back to any pool
          { actions: ['ses:PutDedicatedIpInPool'], resources: [anyPool] },
        ],
      });
    }
    this.node.addDependency(pool);
  }

  private check({ pool, ips }: DedicatedIpAssignmentProps): void {
    if (pool instanceof DedicatedIpPool && pool.scalingMode === ses.ScalingMode.MANAGED) {
      fail('DedicatedIpAssignment.managed', `the pool ${pool.node.path} is a managed one, whose addresses SES looks after; leave them to it, or give a standard pool`, this);
    }
    if (ips.length === 0) fail('DedicatedIpAssignment.noIps', 'ips is an empty list; give the addresses that `aws sesv2 get-dedicated-ips` lists', this);
    const wrong = ips.find(ip => !Token.isUnresolved(ip) && !isIPv4(ip));
    if (wrong !== undefined) fail('DedicatedIpAssignment.form', `"${wrong}" is not an IPv4 address; dedicated addresses look like 192.0.2.1`, this);
  }

  private claim(ip: string): void {
    if (Token.isUnresolved(ip)) return;
    const place = `${Stack.of(this).environment}/${ip}`;
    const other = assigned.of(this).get(place);
    if (other) fail('DedicatedIpAssignment.twice', `${ip} is assigned by ${other.node.path} already; an address is in one pool`, this);
    assigned.of(this).set(place, this);
  }
}
