import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type { ReceiptMetrics } from './receipt-metrics';

/*
 * Received mail on a dashboard: a row for the rule set, and one for every two rules.
 */

const GRID_WIDTH = 24;
const HEIGHT = 6;

/** The rows of a rule set and of its rules, by their names. */
export function inboxRows(setName: string, set: ReceiptMetrics, rules: [name: string, metrics: ReceiptMetrics][]): cloudwatch.IWidget[][] {
  const width = GRID_WIDTH / 2;
  const graphs = rules.map(([name, rule]) => graph(width, `Rule ${name}: mail an hour`, [...came(rule), ...went(rule)]));
  return [
    [graph(width, `${setName}: mail an hour`, came(set)), graph(width, `${setName}: trouble an hour`, went(set))],
    ...Array.from({ length: Math.ceil(graphs.length / 2) }, (_, index) => graphs.slice(2 * index, 2 * index + 2)),
  ];
}

const hourly = (label: string) => ({ period: Duration.hours(1), label });

function came(mail: ReceiptMetrics): cloudwatch.IMetric[] {
  return [mail.metricReceived(hourly('Received')), mail.metricPublishSuccess(hourly('Done'))];
}

function went(mail: ReceiptMetrics): cloudwatch.IMetric[] {
  return [mail.metricPublishFailure(hourly('Failed, tried again')), mail.metricPublishExpired(hourly('Lost'))];
}

function graph(width: number, title: string, left: cloudwatch.IMetric[]): cloudwatch.GraphWidget {
  return new cloudwatch.GraphWidget({ title, left, leftYAxis: { min: 0, showUnits: false }, width, height: HEIGHT });
}
