import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as ses from 'aws-cdk-lib/aws-ses';
import type { AccountMonitor } from './account-monitor';
import { PAUSED_METRIC } from '../guard/guard-constants';
import { METRIC_NAMESPACE } from '../private/metric-constants';
import type { FeedbackPipeline } from '../recipients';
import { SesMetrics } from '../reputation/ses-metrics';
import { SndsFigure, SndsMetrics } from '../reputation/snds-metrics';
import type { MailStreamBase } from '../sending';
import { ENFORCEMENT } from '../ses/thresholds';

/*
 * The rows of a dashboard. Each is as wide as the grid, so that none overlaps another.
 */

const GRID_WIDTH = 24;
const HEIGHT = 6;
const HOUR = Duration.hours(1);

/** What CloudWatch takes in one widget. */
const ALARMS_PER_WIDGET = 100;

/** How many alarms stand beside each other. */
const ALARMS_PER_LINE = 8;

type Row = cloudwatch.IWidget[];

/** The lines at which AWS acts, or below which all is well. */
interface Lines {
  readonly healthy?: number;
  readonly review: number;
  readonly pause: number;
}

export function alarmRows(alarms: cloudwatch.IAlarm[]): Row[] {
  const rows = Math.ceil(alarms.length / ALARMS_PER_WIDGET);
  return Array.from({ length: rows }, (_, index) => alarms.slice(index * ALARMS_PER_WIDGET, (index + 1) * ALARMS_PER_WIDGET)).map(shown => [
    new cloudwatch.AlarmStatusWidget({
      title: 'Alarms',
      alarms: shown,
      sortBy: cloudwatch.AlarmStatusWidgetSortBy.STATE_UPDATED_TIMESTAMP,
      width: GRID_WIDTH,
      height: 2 + Math.ceil(shown.length / ALARMS_PER_LINE),
    }),
  ]);
}

/** What guards have paused, and how AWS treats the account. */
export function stateRow(account?: AccountMonitor): Row {
  const { dimension, name } = PAUSED_METRIC;
  const paused = search(`{${METRIC_NAMESPACE},${dimension}} MetricName="${name}"`, cloudwatch.Stats.MAXIMUM, 'Paused by');
  if (!account) return [graph(GRID_WIDTH, 'Paused by a guard', [paused])];
  const width = GRID_WIDTH / 4;
  return [
    graph(width, 'Paused by a guard', [paused]),
    new cloudwatch.SingleValueWidget({
      title: 'The account: 1 is yes; enforcement: 0 fine, 1 under review, 2 paused',
      metrics: [
        account.metricSendingEnabled({ label: 'Sending enabled' }),
        account.metricEnforcementStatus({ label: 'Enforcement' }),
        account.metricProductionAccess({ label: 'Out of the sandbox' }),
      ],
      width,
      height: HEIGHT,
    }),
    new cloudwatch.GaugeWidget({
      title: '24-hour quota, % used now', metrics: [account.metricQuotaUsed({ label: 'Used' })], leftYAxis: { min: 0, max: 100 }, width, height: HEIGHT,
    }),
    graph(width, '24-hour quota, % used', [account.metricQuotaUsed({ period: HOUR, label: 'Used' })]),
  ];
}

/** All mail of the account. */
export function mailRows(): Row[] {
  const width = GRID_WIDTH / 3;
  const hourly = (label: string) => ({ period: HOUR, label });
  return [
    [
      graph(width, 'Account: mail an hour', [SesMetrics.metricSend(hourly('Sent')), SesMetrics.metricDelivery(hourly('Delivered'))]),
      graph(width, 'Account: trouble an hour', [
        SesMetrics.metricBounce(hourly('Bounced')),
        SesMetrics.metricComplaint(hourly('Complained about')),
        SesMetrics.metricReject(hourly('Rejected for a virus')),
        SesMetrics.metricRenderingFailure(hourly('Not rendered')),
        SesMetrics.metricDeliveryDelay(hourly('Delayed')),
      ]),
      graph(width, 'Account: readers an hour', [
        SesMetrics.metricOpen(hourly('Opened')), SesMetrics.metricClick(hourly('Clicked')), SesMetrics.metricSubscription(hourly('Subscription changed')),
      ]),
    ],
    [
      ...rates(width, 'Account', SesMetrics.metricBounceRate({ label: 'Account' }), SesMetrics.metricComplaintRate({ label: 'Account' })),
      graph(width, 'Account: reject rate', [SesMetrics.metricLocalRejectRate({ minimumVolume: 1 })]),
    ],
  ];
}

export function streamRow(stream: MailStreamBase): Row {
  const width = GRID_WIDTH / 3;
  const name = stream.configurationSetName;
  const hourly = (label: string) => ({ period: HOUR, label });
  return [
    graph(width, `${name}: mail an hour`, [
      stream.metricSend(hourly('Sent')),
      stream.metricDelivery(hourly('Delivered')),
      stream.metricBounce(hourly('Bounced')),
      stream.metricComplaint(hourly('Complained about')),
      stream.metricReject(hourly('Rejected for a virus')),
      stream.metricRenderingFailure(hourly('Not rendered')),
    ]),
    ...rates(width, name, stream.metricBounceRate({ label: 'Stream' }), stream.metricComplaintRate({ label: 'Stream' })),
  ];
}

/** AWS does not document the dimensions of these metrics, so they are searched for by the name of the pool. */
export function poolRow({ dedicatedIpPoolName: name }: ses.IDedicatedIpPool): Row {
  const width = GRID_WIDTH / 2;
  const ofPool = (metric: string, label: string) => search(`Namespace="AWS/SES" MetricName="${metric}" "${name}"`, cloudwatch.Stats.MAXIMUM, label);
  return [
    graph(width, `Pool ${name}: % from dedicated addresses`, [ofPool('ApproximateDedicatedSendingPercentage', 'Dedicated')]),
    graph(width, `Pool ${name}: sent and possible in 24 hours, by provider`, [ofPool('SentLast24Hours', 'Sent'), ofPool('Available24HourSend', 'Possible')]),
  ];
}

/** What a pipeline was told, what it did, and what waits or was given up. */
export function feedbackRow(pipeline: FeedbackPipeline): Row {
  const width = GRID_WIDTH / 3;
  const hourly = (label: string) => ({ period: HOUR, label });
  const highest = { period: HOUR, statistic: cloudwatch.Stats.MAXIMUM };
  return [
    graph(width, 'Feedback: heard of an hour', [
      pipeline.metricBounces({ bounceType: 'Permanent', ...hourly('Bounced for good') }),
      pipeline.metricBounces({ bounceType: 'Transient', ...hourly('Bounced for now') }),
      pipeline.metricComplaints(hourly('Complained')),
      pipeline.metricBlocklistRefusals(hourly('Refused for a blocklist')),
    ]),
    graph(width, 'Feedback: done an hour', [
      pipeline.metricSuppressed(hourly('Suppressed')),
      pipeline.metricContentAlerts(hourly('The message was the problem')),
      pipeline.metricOperatorAlerts(hourly('Somebody has to look')),
    ]),
    graph(width, 'Feedback: messages not worked off', [
      pipeline.queue.metricApproximateNumberOfMessagesVisible({ ...highest, label: 'Waiting' }),
      pipeline.deadLetterQueue.metricApproximateNumberOfMessagesVisible({ ...highest, label: 'Dead letters' }),
    ]),
  ];
}

/** What Outlook says of dedicated addresses. */
export function sndsRow(): Row {
  const width = GRID_WIDTH / 3;
  return [
    graph(width, 'Outlook: spam rate of each dedicated address', [SndsMetrics.forAllIps(SndsFigure.SPAM_RATE)]),
    graph(width, 'Outlook: complaint rate', [SndsMetrics.forAllIps(SndsFigure.COMPLAINT_RATE)]),
    graph(width, 'Outlook: trap hits', [SndsMetrics.forAllIps(SndsFigure.TRAP_HITS)]),
  ];
}

/** The rates by which AWS judges, with the lines at which it acts. */
function rates(width: number, whose: string, bounces: cloudwatch.IMetric, complaints: cloudwatch.IMetric): Row {
  return [
    graph(width, `${whose}: bounce rate`, [bounces], ENFORCEMENT.bounceRate),
    graph(width, `${whose}: complaint rate`, [complaints], ENFORCEMENT.complaintRate),
  ];
}

function graph(width: number, title: string, left: cloudwatch.IMetric[], lines?: Lines): cloudwatch.GraphWidget {
  return new cloudwatch.GraphWidget({
    title, left, leftAnnotations: lines && annotations(lines), leftYAxis: { min: 0, showUnits: false }, width, height: HEIGHT,
  });
}

function annotations({ healthy, review, pause }: Lines): cloudwatch.HorizontalAnnotation[] {
  return [
    ...healthy === undefined ? [] : [line(healthy, 'Stay below', cloudwatch.Color.GREEN)],
    line(review, 'AWS reviews', cloudwatch.Color.ORANGE),
    line(pause, 'AWS may pause', cloudwatch.Color.RED),
  ];
}

function line(value: number, label: string, color: string): cloudwatch.HorizontalAnnotation {
  return { value, label: `${label}: ${Number((100 * value).toFixed(3))} %`, color };
}

function search(terms: string, statistic: string, label: string): cloudwatch.SearchExpression {
  return new cloudwatch.SearchExpression({ expression: `SEARCH('${terms}', '${statistic}', ${HOUR.toSeconds()})`, period: HOUR, label });
}
