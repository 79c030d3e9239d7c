/** A line of a function's log from which CloudWatch takes metrics. */
interface MetricLine {
  readonly _aws: {
    readonly Timestamp: number;
    readonly CloudWatchMetrics: {
      readonly Namespace: string;
      readonly Dimensions: string[][];
      readonly Metrics: { readonly Name: string; readonly Unit: string }[];
    }[];
  };
  readonly [property: string]: unknown;
}

/** What CloudWatch makes of a line: metrics by name, and what they are about. */
export interface LoggedMetrics {
  readonly namespace: string;
  readonly dimensions: Record<string, unknown>;
  readonly values: Record<string, unknown>;
  readonly units: Record<string, string>;
  /** The whole line. */
  readonly line: MetricLine;
}

/**
 * Collects what is written to standard output until `jest.restoreAllMocks()`.
 */
export function captureMetrics(): () => LoggedMetrics[] {
  const lines: string[] = [];
  jest.spyOn(process.stdout, 'write').mockImplementation(chunk => lines.push(String(chunk)) > 0);
  return () => lines.map(read);
}

/** Reads a line as the specification of the embedded metric format has it: all that it names has to be there. */
function read(text: string): LoggedMetrics {
  if (!text.endsWith('\n') || text.indexOf('\n') < text.length - 1) throw new Error(`not one line: ${text}`);
  const line = JSON.parse(text) as MetricLine;
  const [{ Namespace, Dimensions, Metrics }] = line._aws.CloudWatchMetrics;
  const missing = [...Dimensions.flat(), ...Metrics.map(({ Name }) => Name)].filter(name => line[name] === undefined);
  if (missing.length > 0) throw new Error(`the line lacks ${missing.join(', ')}: ${text}`);
  const unfit = Metrics.filter(({ Name }) => typeof line[Name] !== 'number');
  if (unfit.length > 0 || !(line._aws.Timestamp > 0)) throw new Error(`the line has a metric that is no number, or no time: ${text}`);
  const pick = (names: string[]) => Object.fromEntries(names.map(name => [name, line[name]]));
  return {
    namespace: Namespace,
    dimensions: pick(Dimensions.flat()),
    values: pick(Metrics.map(({ Name }) => Name)),
    units: Object.fromEntries(Metrics.map(({ Name, Unit }) => [Name, Unit])),
    line,
  };
}
