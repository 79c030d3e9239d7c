/* The alarms of a template, evaluated as CloudWatch does: by figures of mail, with the treatment of missing data that each alarm has. */
import type { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';

/** Figures of the mail of a configuration set, or of the account, by the name of the metric. One that is left out has no data. */
export type Figures = Record<string, number | undefined>;

interface Metric {
  readonly MetricName: string;
  readonly Dimensions?: { Value: string }[];
}

interface AlarmProperties {
  readonly AlarmName?: string;
  readonly Threshold: number;
  readonly ComparisonOperator: string;
  readonly TreatMissingData: string;
  readonly MetricName?: string;
  readonly Dimensions?: { Value: string }[];
  readonly Metrics?: { Id: string; Expression?: string; ReturnData: boolean; MetricStat?: { Metric: Metric } }[];
}

/** An alarm of the template. */
export class BankAlarm {
  /** The configuration set that it watches; empty for the account. */
  public readonly set: string;

  public constructor(public readonly name: string, private readonly properties: AlarmProperties) {
    const dimensions = properties.Metrics?.find(metric => metric.MetricStat)?.MetricStat?.Metric.Dimensions ?? properties.Dimensions;
    this.set = dimensions?.[0].Value ?? '';
    if (properties.ComparisonOperator !== 'GreaterThanOrEqualToThreshold') throw new Error(`cannot compare by ${properties.ComparisonOperator}`);
  }

  /** The state that the figures put it into. */
  public judge(figures: Figures, state: string): string {
    const { Threshold, TreatMissingData } = this.properties;
    const value = this.valueOf(figures);
    if (value !== undefined) return value >= Threshold ? 'ALARM' : 'OK';
    if (TreatMissingData === 'ignore') return state;
    if (TreatMissingData === 'notBreaching') return 'OK';
    throw new Error(`cannot treat missing data as ${TreatMissingData}`);
  }

  private valueOf(figures: Figures): number | undefined {
    const { MetricName, Metrics = [] } = this.properties;
    if (MetricName) return figures[MetricName];
    const value = (id: string): number | undefined => {
      const { Expression, MetricStat } = Metrics.find(metric => metric.Id === id)!;
      return MetricStat ? figures[MetricStat.Metric.MetricName] : evaluate(Expression!, value);
    };
    return value(Metrics.find(metric => metric.ReturnData)!.Id);
  }
}

/** Metric math, as far as the guard uses it. */
function evaluate(expression: string, valueOf: (id: string) => number | undefined): number | undefined {
  const choice = /^IF\((.+) >= ([\d.]+), (.+), 0\)$/.exec(expression);
  if (choice) {
    const [, left, limit, then] = choice;
    const condition = evaluate(left, valueOf);
    if (condition === undefined) return undefined;
    return condition >= Number(limit) ? evaluate(then, valueOf) : 0;
  }
  const quotient = /^(\S+(?: 0\))?) \/ (\w+)$/.exec(expression);
  if (quotient) {
    const [part, whole] = quotient.slice(1).map(term => evaluate(term, valueOf));
    return part === undefined || !whole ? undefined : part / whole;
  }
  const filled = /^FILL\((\w+), 0\)$/.exec(expression);
  if (filled) return valueOf(filled[1]) ?? 0;
  if (/^\w+$/.test(expression)) return valueOf(expression);
  throw new Error(`cannot evaluate ${expression}`);
}

/** All alarms on mail in a stack, by name. Its configuration sets have to have names. */
export function alarmBank(stack: Stack): Map<string, BankAlarm> {
  const template = Template.fromStack(stack);
  const sets = template.findResources('AWS::SES::ConfigurationSet');
  const alarms = Object.values(template.findResources('AWS::CloudWatch::Alarm')).map(({ Properties }) => withNames(Properties, sets) as AlarmProperties);
  return new Map(alarms.filter(alarm => alarm.AlarmName).map(alarm => [alarm.AlarmName!, new BankAlarm(alarm.AlarmName!, alarm)]));
}

/** The references to configuration sets replaced by their names. */
function withNames(value: unknown, sets: Record<string, { Properties?: { Name?: string } }>): unknown {
  if (Array.isArray(value)) return value.map(item => withNames(item, sets));
  if (typeof value !== 'object' || value === null) return value;
  const { Ref: reference, 'Fn::Join': join } = value as { 'Ref'?: string; 'Fn::Join'?: [string, unknown[]] };
  if (reference) return sets[reference]?.Properties?.Name ?? reference;
  if (join) return join[1].map(part => withNames(part, sets)).join(join[0]);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withNames(item, sets)]));
}
