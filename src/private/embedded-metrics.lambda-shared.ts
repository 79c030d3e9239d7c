import { METRIC_NAMESPACE } from './metric-constants';

/** A metric: its value and its unit as CloudWatch calls it. */
export type MetricValue = readonly [value: number, unit: 'Count' | 'Milliseconds' | 'None' | 'Percent'];

/** Metrics that are told apart by the same things. */
export interface MetricGroup {
  readonly metrics: Readonly<Record<string, MetricValue>>;

  /**
   * By what they are told apart, beside what the whole line is about. They are there in total, by the first of these, by the first and the second, and so on:
   * CloudWatch does not add up by itself.
   */
  readonly by?: Readonly<Record<string, string>>;
}

/**
 * Publishes metrics by way of the function's log, which costs no call and needs no permission. The runtime wraps what goes through `console`, and CloudWatch
 * would not find it there.
 *
 * @param about the dimensions that all metrics of the line have
 * @param groups the metrics
 * @param details what else the line of the log says
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export function publishMetrics(about: Readonly<Record<string, string>>, groups: readonly MetricGroup[], details: object): void {
  const given = groups.filter(({ metrics }) => Object.keys(metrics).length > 0);
  const line = {
    _aws: { Timestamp: Date.now(), CloudWatchMetrics: given.map(group => directive(Object.keys(about), group)) },
    ...details,
    ...about,
    ...Object.assign({}, ...given.map(({ metrics, by }) => ({ ...valuesOf(metrics), ...by }))) as object,
  };
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

function directive(about: string[], { metrics, by = {} }: MetricGroup): object {
  const further = Object.keys(by);
  return {
    Namespace: METRIC_NAMESPACE,
    Dimensions: [about, ...further.map((_, index) => [...about, ...further.slice(0, index + 1)])],
    Metrics: Object.entries(metrics).map(([Name, [, Unit]]) => ({ Name, Unit })),
  };
}

function valuesOf(metrics: Readonly<Record<string, MetricValue>>): Record<string, number> {
  return Object.fromEntries(Object.entries(metrics).map(([name, [value]]) => [name, value]));
}
