import { RemovalPolicy, Resource, Stack, Token } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as ses from 'aws-cdk-lib/aws-ses';
import type { aws_ses as sesReferences } from 'aws-cdk-lib/interfaces';
import type { Construct } from 'constructs';
import { finishedSets, isSaid } from './finished-sets';
import { fail, located } from '../private/errors';
import { finding } from '../private/finding';
import { PerApp } from '../private/per-app';
import { checkTagCount } from '../private/tag-count';
import { SES_LIMITS } from '../ses/limits';
import { checkName, SES_NAMES, SES_POOLS } from '../ses/names';

/**
 * Properties of a pool of dedicated IP addresses.
 */
export interface DedicatedIpPoolProps {
  /**
   * The name: 1 to 64 lower-case letters, digits, `-` and `_`. Standard and managed pools share one name space. `ses-shared-pool` and
   * `ses-default-dedicated-pool` are refused: SES has those already, see `SendingPool`.
   *
   * A pool with a name cannot change its kind by accident: a new pool of the other kind would have the same name, which SES refuses. Without a name the
   * deployment makes that pool beside the old one, whose addresses stay where they are.
   *
   * @default - a name that CloudFormation makes up
   */
  readonly dedicatedIpPoolName?: string;

  /**
   * Who looks after the addresses: you (STANDARD), with addresses leased in a support case, or SES (MANAGED).
   *
   * A managed pool can never become a standard one again.
   *
   * @default ScalingMode.STANDARD
   */
  readonly scalingMode?: ses.ScalingMode;

  /**
   * Converts a pool that was first deployed as a standard one into a managed pool, in place. Its configuration sets and tags stay.
   *
   * There is no way back. SES takes all addresses of the pool over and gives up those that it does not need, so an address which somebody has on an
   * allow list may be lost for good; and the bill counts messages instead of addresses. Once set, keep it set: it says which CloudFormation resource
   * the pool is.
   *
   * @default false - a switch to MANAGED fails on deployment ("already exists") and changes nothing
   */
  readonly convertFromStandard?: boolean;

  /**
   * What becomes of the pool when it leaves the stack.
   *
   * A managed pool that is deleted gives its addresses up, with the warm-up that they have behind them. The deletion of the last managed pool of a
   * Region ends the feature there, and its monthly fee. A standard pool gives nothing up: CloudFormation deletes it only when no address is left in it.
   *
   * @default - MANAGED: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE; STANDARD: RemovalPolicy.DESTROY
   */
  readonly removalPolicy?: RemovalPolicy;
}

/** The construct ID of the resource. A switch between the kinds would be a new resource of the same name, which SES refuses while the old one is there. */
const RESOURCE_ID = { STANDARD: 'Resource', MANAGED: 'Managed' };

/**
 * A pool of IP addresses that nobody else sends from, so that the reputation of a stream of mail is its own.
 *
 * A standard pool is created empty. Its addresses come from a support case, one Region each; there is no API to lease or return them.
 *
 * A managed pool needs no support case. SES gives it its first address when some hundred messages a day have left through it for several days. Before that,
 * and again when the volume falls, mail leaves from shared addresses.
 *
 * @see https://docs.aws.amazon.com/ses/latest/dg/managing-ip-pools.html
 * @see https://docs.aws.amazon.com/ses/latest/dg/managed-dedicated-sending.html
 *
 * @example
 * const pool = new DedicatedIpPool(this, 'Marketing', { dedicatedIpPoolName: 'marketing', scalingMode: ses.ScalingMode.MANAGED });
 *
 * new ses.ConfigurationSet(this, 'News', { dedicatedIpPool: pool });
 */
export class DedicatedIpPool extends Resource implements ses.IDedicatedIpPool {
  /**
   * A pool that exists already, in the account and Region of the stack.
   *
   * @param scope where the import is used
   * @param id a name for it
   * @param dedicatedIpPoolName the name of the pool
   */
  public static fromDedicatedIpPoolName(scope: Construct, id: string, dedicatedIpPoolName: string): ses.IDedicatedIpPool {
    checkPoolName(scope, dedicatedIpPoolName);
    return ses.DedicatedIpPool.fromDedicatedIpPoolName(scope, id, dedicatedIpPoolName);
  }

  /** The name of the pool. */
  public readonly dedicatedIpPoolName: string;

  /** Who looks after the addresses. */
  public readonly scalingMode: ses.ScalingMode;

  private readonly pool: ses.CfnDedicatedIpPool;

  public constructor(scope: Construct, id: string, props: DedicatedIpPoolProps = {}) {
    super(scope, id, { physicalName: props.dedicatedIpPoolName });
    this.scalingMode = props.scalingMode ?? ses.ScalingMode.STANDARD;
    this.checkAll(props);
    this.pool = this.createPool(props);
    this.dedicatedIpPoolName = this.pool.ref;
    registerPool(this, props.dedicatedIpPoolName);
    checkTagCount(this, this.pool);
    this.checkLater(props.dedicatedIpPoolName);
  }

  /** How other resources of aws-cdk-lib refer to the pool. */
  public get dedicatedIpPoolRef(): sesReferences.DedicatedIpPoolReference {
    return { poolName: this.dedicatedIpPoolName };
  }

  /**
   * The number of messages sent through a managed pool, from dedicated and from shared addresses.
   *
   * AWS does not document the dimensions of this metric: give those that `aws cloudwatch list-metrics` shows as `dimensionsMap`.
   *
   * @param options the dimensions, and what shall differ from a sum over five minutes
   */
  public metricSend(options: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric('Send', { statistic: cloudwatch.Stats.SUM, ...options });
  }

  /**
   * The percentage of the mail of a managed pool that leaves from dedicated addresses: 0 to 100. It falls when SES takes addresses away for want of volume.
   *
   * AWS does not document the dimensions of this metric: give those that `aws cloudwatch list-metrics` shows as `dimensionsMap`.
   *
   * @param options the dimensions, and what shall differ from an average over five minutes
   */
  public metricDedicatedSendingPercentage(options: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric('ApproximateDedicatedSendingPercentage', { statistic: cloudwatch.Stats.AVERAGE, ...options });
  }

  /**
   * The number of messages that a managed pool sent to one mailbox provider in the last 24 hours.
   *
   * AWS does not document the dimensions of this metric: give those that `aws cloudwatch list-metrics` shows, the provider's among them, as `dimensionsMap`.
   *
   * @param options the dimensions, and what shall differ from a maximum over five minutes
   */
  public metricSentLast24Hours(options: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric('SentLast24Hours', { statistic: cloudwatch.Stats.MAXIMUM, ...options });
  }

  /**
   * The number of messages that a managed pool can send to one mailbox provider in 24 hours.
   *
   * AWS does not document the dimensions of this metric: give those that `aws cloudwatch list-metrics` shows, the provider's among them, as `dimensionsMap`.
   *
   * @param options the dimensions, and what shall differ from a maximum over five minutes
   */
  public metricAvailable24HourSend(options: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric('Available24HourSend', { statistic: cloudwatch.Stats.MAXIMUM, ...options });
  }

  private get isManaged(): boolean {
    return this.scalingMode === ses.ScalingMode.MANAGED;
  }

  private checkAll(props: DedicatedIpPoolProps): void {
    if (props.dedicatedIpPoolName !== undefined) checkPoolName(this, props.dedicatedIpPoolName);
    if (props.convertFromStandard && !this.isManaged) {
      fail('DedicatedIpPool.conversion', 'convertFromStandard is true, but the pool is a standard one; a conversion makes a managed pool, so give ' +
        'scalingMode: ScalingMode.MANAGED too. A managed pool never becomes a standard one again', this);
    }
  }

  private createPool(props: DedicatedIpPoolProps): ses.CfnDedicatedIpPool {
    const resourceId = props.convertFromStandard ? RESOURCE_ID.STANDARD : RESOURCE_ID[this.scalingMode];
    const pool = new ses.CfnDedicatedIpPool(this, resourceId, { poolName: this.physicalName, scalingMode: this.scalingMode });
    pool.applyRemovalPolicy(props.removalPolicy ?? (this.isManaged ? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE : RemovalPolicy.DESTROY));
    this.node.defaultChild = pool;
    return pool;
  }

  /** Configuration sets and identities may come after the pool. */
  private checkLater(givenName?: string): void {
    this.node.addValidation({
      validate: () => {
        const names = [this.dedicatedIpPoolName, ...givenName === undefined ? [] : [givenName]];
        if (!finishedSets(this).some(set => names.some(name => isSaid(set, set.sendingPool, name)))) {
          finding(this, 'DedicatedIpPool.unused', 'no configuration set of this app sends through the pool; pass it to a stream as ' +
            'SendingPool.dedicated(pool), or acknowledge this when a configuration set elsewhere uses it');
        }
        if (this.isManaged) this.checkIdentities();
        return [];
      },
    });
  }

  private checkIdentities(): void {
    const { environment } = this.stack;
    const count = this.node.root.node.findAll().filter(node => node instanceof ses.CfnEmailIdentity && node.stack.environment === environment).length;
    const max = SES_LIMITS.identities;
    if (count > max) {
      fail('DedicatedIpPool.tooManyIdentities', `the app has ${count} identities in the Region of a managed pool; SES allows ${max} there, ` +
        'domains and addresses together, so move some of them to another account or Region', this);
    }
  }

  private metric(metricName: string, options: cloudwatch.MetricOptions): cloudwatch.Metric {
    if (!this.isManaged) {
      fail('DedicatedIpPool.metricOfStandard', `SES publishes ${metricName} for managed pools, and this is a standard one; ` +
        'watch the metrics of the configuration sets that use it', this);
    }
    if (Object.keys(options.dimensionsMap ?? {}).length === 0) {
      fail('DedicatedIpPool.metricDimensions', `the metric ${metricName} needs dimensionsMap, and AWS does not document its dimensions; look them up with ` +
        `\`aws cloudwatch list-metrics --namespace AWS/SES --metric-name ${metricName}\` once mail has been sent through the pool`, this);
    }
    return new cloudwatch.Metric({ namespace: 'AWS/SES', metricName, ...options }).attachTo(this);
  }
}

function checkPoolName(scope: Construct, name: string): void {
  if (name === SES_POOLS.shared) refuseReserved(scope, name, 'SendingPool.shared()');
  if (name === SES_POOLS.defaultDedicated) refuseReserved(scope, name, 'SendingPool.defaultDedicated()');
  located(scope, () => checkName(SES_NAMES.dedicatedIpPool, name));
}

function refuseReserved(scope: Construct, name: string, instead: string): never {
  return fail('DedicatedIpPool.reserved', `"${name}" is a pool that SES has already and keeps to itself; to send through it, use ${instead}`, scope);
}

/** The pools of an app by environment, each with its name, if it has one. */
const pools = new PerApp(() => new Map<string, Map<Construct, string | undefined>>());

/** Enters a pool; refuses a name that another pool of the account and Region has, and more pools than SES allows there. */
function registerPool(pool: Construct, name?: string): void {
  const environments = pools.of(pool);
  const { environment } = Stack.of(pool);
  const neighbours = environments.get(environment) ?? new Map<Construct, string | undefined>();
  const [twin] = [...neighbours].find(([, other]) => name !== undefined && !Token.isUnresolved(name) && other === name) ?? [];
  if (twin) {
    fail('DedicatedIpPool.sameName', `the pool ${twin.node.path} is called "${name}" too; a name is given once in an account and Region, to a standard or ` +
      'a managed pool', pool);
  }
  const max = SES_LIMITS.dedicatedIpPools;
  if (neighbours.size >= max) {
    fail('DedicatedIpPool.tooMany', `this is pool ${neighbours.size + 1} of the app in one account and Region; SES allows ${max} there, standard and managed ` +
      'together, and does not raise that', pool);
  }
  environments.set(environment, neighbours.set(pool, name));
}
