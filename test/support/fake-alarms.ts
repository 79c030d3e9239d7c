import type { IncomingMessage } from 'node:http';
import { checkMembers, FakeJsonService, type Json } from './fake-json-service';
import { Refusal } from './fake-service';

interface FakeAlarm {
  state: string;
  reason: string;
  /** In seconds. */
  since: number;
}

const STATES = ['OK', 'ALARM', 'INSUFFICIENT_DATA'];

/** The most alarms that one call describes. */
const PAGE_MAX = 100;

/**
 * A fake of the calls of CloudWatch about metric alarms: DescribeAlarms by name and SetAlarmState. It refuses all others.
 */
export class FakeAlarms extends FakeJsonService {
  public readonly alarms = new Map<string, FakeAlarm>();

  public override reset(): void {
    super.reset();
    this.alarms.clear();
  }

  /** Brings an alarm into a state, as CloudWatch does by figures. */
  public put(name: string, state: string, reason = 'Threshold Crossed: 1 datapoint was greater than the threshold.', since = Date.now() / 1000): void {
    const alarm = this.alarms.get(name);
    this.alarms.set(name, { state, reason, since: alarm?.state === state ? alarm.since : since });
  }

  protected operationOf(request: IncomingMessage): string | undefined {
    return /^GraniteServiceVersion20100801\.(DescribeAlarms|SetAlarmState)$/.exec(String(request.headers['x-amz-target']))?.[1];
  }

  protected carryOut(operation: string, input: Json): Json {
    return operation === 'DescribeAlarms' ? this.describe(input) : this.set(input);
  }

  private describe(input: Json): Json {
    checkMembers('DescribeAlarms', input, ['AlarmNames'], ['AlarmTypes', 'MaxRecords']);
    const names = input.AlarmNames as string[];
    if (names.length > PAGE_MAX) throw invalid(`AlarmNames must have length less than or equal to ${PAGE_MAX}`);
    const max = (input.MaxRecords as number | undefined) ?? 50;
    if (max < 1 || max > PAGE_MAX) throw invalid(`MaxRecords must have value between 1 and ${PAGE_MAX}`);
    const found = names.filter(name => this.alarms.has(name)).slice(0, max);
    return {
      MetricAlarms: found.map(name => {
        const { state, reason, since } = this.alarms.get(name)!;
        return { AlarmName: name, StateValue: state, StateReason: reason, StateUpdatedTimestamp: since, StateTransitionedTimestamp: since };
      }),
      CompositeAlarms: [],
    };
  }

  private set(input: Json): Json {
    checkMembers('SetAlarmState', input, ['AlarmName', 'StateValue', 'StateReason'], ['StateReasonData']);
    const { AlarmName: name, StateValue: state, StateReason: reason } = input as Record<string, string>;
    if (!STATES.includes(state)) throw invalid(`StateValue must be one of ${STATES.join(', ')}`);
    if (reason.length > 1023) throw invalid('StateReason must have length less than or equal to 1023');
    if (!this.alarms.has(name)) throw new Refusal(404, 'ResourceNotFound', 'Unknown');
    this.put(name, state, reason);
    return {};
  }
}

function invalid(message: string): Refusal {
  return new Refusal(400, 'ValidationError', `1 validation error detected: ${message}`);
}
