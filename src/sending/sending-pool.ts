import type * as ses from 'aws-cdk-lib/aws-ses';
import { SES_POOLS } from '../ses/names';

/**
 * The IP addresses that mail leaves from. A configuration set has exactly one pool.
 *
 * - `shared`: addresses that SES shares among its customers and looks after. Ready at once, without extra cost, right for little mail and for mail
 *   that comes and goes. The addresses change at any time, so nobody can put them on an allow list.
 * - `dedicated` with a standard pool: addresses that AWS leased to you in a support case, paid by the address. They never change. Right for much mail
 *   in a steady stream: a mailbox provider wants to see several hundred messages a day from an address, at least once a month, to keep an opinion of it.
 * - `dedicated` with a managed pool: addresses that SES adds, warms up and takes away as the volume asks for. Nobody sees them, and mail may still leave
 *   from shared addresses, so nobody can put them on an allow list either.
 *
 * @see https://docs.aws.amazon.com/ses/latest/dg/dedicated-ip.html
 */
export class SendingPool {
  /**
   * The addresses that SES shares among its customers: `ses-shared-pool`.
   */
  public static shared(): SendingPool {
    return new SendingPool(SES_POOLS.shared);
  }

  /**
   * The dedicated addresses of the account that are in no pool: `ses-default-dedicated-pool`. If there are any, SES takes them when a configuration set
   * names no pool.
   */
  public static defaultDedicated(): SendingPool {
    return new SendingPool(SES_POOLS.defaultDedicated);
  }

  /**
   * Dedicated addresses, in a pool of this app or an imported one.
   *
   * @param pool a pool of the account and Region of the configuration set
   */
  public static dedicated(pool: ses.IDedicatedIpPool): SendingPool {
    return new SendingPool(pool.dedicatedIpPoolName);
  }

  /** The name of the pool; a token for one that the stack creates. */
  public readonly poolName: string;

  /** Whether mail has addresses of its own. Optimized shared delivery, for one, has no effect then. */
  public readonly isDedicated: boolean;

  private constructor(poolName: string) {
    this.poolName = poolName;
    this.isDedicated = poolName !== SES_POOLS.shared;
  }
}
