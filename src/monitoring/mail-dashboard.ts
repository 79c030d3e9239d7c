import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as ses from 'aws-cdk-lib/aws-ses';
import { Construct } from 'constructs';
import type { AccountMonitor } from './account-monitor';
import { alarmRows, feedbackRow, mailRows, poolRow, sndsRow, stateRow, streamRow } from './dashboard-rows';
import { fail } from '../private/errors';
import { differentPlaces } from '../private/place';
import { FeedbackPipeline } from '../recipients';
import { DedicatedIpPool, type MailStreamBase } from '../sending';

/**
 * Properties of a dashboard.
 */
export interface MailDashboardProps {
  /**
   * The name: letters, digits, `-` and `_`. Dashboards have one name space in an account, over all Regions.
   *
   * @default - a name that CloudFormation makes up
   */
  readonly dashboardName?: string;

  /**
   * The streams that have a row of their own, of the account and Region of the dashboard. They publish counters, which the dashboard asks for, and reputation
   * metrics.
   *
   * @default - none
   */
  readonly streams?: MailStreamBase[];

  /**
   * The managed pools that have a row of their own. SES publishes nothing of standard pools: give their streams, and `snds`.
   *
   * @default - none
   */
  readonly pools?: ses.IDedicatedIpPool[];

  /**
   * The alarms whose state is shown, of any maker: those of a `ReputationGuard`, of monitors, of streams.
   *
   * @default - none
   */
  readonly alarms?: cloudwatch.IAlarm[];

  /**
   * The monitor whose figures are shown: the quota, and how AWS treats the account.
   *
   * @default - these are not shown
   */
  readonly account?: AccountMonitor;

  /**
   * The pipeline whose work is shown: what it heard of, what it did, and what waits.
   *
   * @default - it is not shown
   */
  readonly feedback?: FeedbackPipeline;

  /**
   * Whether Outlook's figures of all dedicated addresses are shown.
   *
   * @default false
   */
  readonly snds?: boolean;

  /**
   * Rows at the end, of any maker, each up to 24 columns wide: those of `InboundMail.dashboardRows()`.
   *
   * @default - none
   */
  readonly additionalRows?: cloudwatch.IWidget[][];
}

/** What CloudWatch takes on a dashboard. */
const WIDGETS_MAX = 500;

/**
 * How mail does, on one page: alarms, what is paused, how AWS treats the account, all mail by the hour, and the rates by which AWS judges with the lines
 * at which it acts; then a row for each stream and each pool, and one for a feedback pipeline. It begins with the last two weeks. `docs/monitoring.md` describes each widget.
 *
 * AWS has three dashboards free in an account; further ones are billed by the month.
 *
 * @see https://docs.aws.amazon.com/ses/latest/dg/monitor-sending-activity.html
 *
 * @example
 * declare const receipts: MailStream;
 * declare const account: AccountMonitor;
 *
 * new MailDashboard(this, 'Dashboard', { streams: [receipts], account, alarms: account.alarms });
 */
export class MailDashboard extends Construct {
  /** The dashboard, to which widgets can be added. */
  public readonly dashboard: cloudwatch.Dashboard;

  public constructor(scope: Construct, id: string, props: MailDashboardProps = {}) {
    super(scope, id);
    const { streams = [], pools = [] } = props;
    streams.forEach(stream => this.checkPlace(stream));
    pools.forEach(pool => this.refuseStandard(pool));
    const rows = [
      ...alarmRows(props.alarms ?? []),
      stateRow(props.account),
      ...mailRows(),
      ...streams.map(streamRow),
      ...pools.map(poolRow),
      ...props.feedback ? [feedbackRow(props.feedback)] : [],
      ...props.snds ? [sndsRow()] : [],
      ...props.additionalRows ?? [],
    ];
    this.checkCount(rows.flat().length);
    this.dashboard = new cloudwatch.Dashboard(this, 'Resource', {
      dashboardName: props.dashboardName,
      defaultInterval: Duration.days(14),
      // sums by the hour, however long the time that somebody looks at
      periodOverride: cloudwatch.PeriodOverride.INHERIT,
      widgets: rows,
    });
  }

  /** Metrics are looked for in the Region of the dashboard. */
  private checkPlace(stream: MailStreamBase): void {
    const places = differentPlaces(this, stream.env);
    if (!places) return;
    fail('MailDashboard.elsewhere', `the dashboard is in ${places.own} and the stream ${stream.node.path} in ${places.other}; CloudWatch has the metrics of a stream where the ` +
      'stream is, so make a dashboard in a stack there', this);
  }

  private refuseStandard(pool: ses.IDedicatedIpPool): void {
    if (!(pool instanceof DedicatedIpPool) || pool.scalingMode === ses.ScalingMode.MANAGED) return;
    fail('MailDashboard.standardPool', `${pool.node.path} is a standard pool, of which SES publishes no metrics; leave it out, and give the streams that use it and ` +
      '`snds: true`', this);
  }

  private checkCount(count: number): void {
    if (count <= WIDGETS_MAX) return;
    fail('MailDashboard.tooMany', `the dashboard would have ${count} widgets, and CloudWatch takes ${WIDGETS_MAX}, which is about 160 streams; share them among several ` +
      'dashboards', this);
  }
}
