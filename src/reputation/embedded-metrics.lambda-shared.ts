/** A metric: its value and its unit as CloudWatch calls it. */
export type MetricValue = readonly [value: number, unit: 'Count' | 'None' | 'Percent'];

/**
 * Publishes metrics by way of the function's log, which costs no call and needs no permission. The runtime wraps what goes through `console`, and CloudWatch
 * would not find it there.
 *
 * @param namespace where the metrics belong
 * @param metrics the metrics by name
 * @param dimensions what they are about
 * @param details what else the line of the log says
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export function publishMetrics(namespace: string, metrics: Record<string, MetricValue>, dimensions: Record<string, string>, details: object): void {
  const line = {
    _aws: {
      Timestamp: Date.now(),
      CloudWatchMetrics: [{
        Namespace: namespace,
        Dimensions: [Object.keys(dimensions)],
        Metrics: Object.entries(metrics).map(([Name, [, Unit]]) => ({ Name, Unit })),
      }],
    },
    ...details,
    ...dimensions,
    ...Object.fromEntries(Object.entries(metrics).map(([name, [value]]) => [name, value])),
  };
  process.stdout.write(`${JSON.stringify(line)}\n`);
}
