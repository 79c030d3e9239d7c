import type { IncomingMessage } from 'node:http';
import { checkMembers, FakeJsonService, type Json } from './fake-json-service';
import { Refusal } from './fake-service';

/** An event as a rule gets to see it. */
export interface FakeBusEvent {
  readonly source: string;
  readonly detailType: string;
  readonly resources: string[];
  readonly detail: Json;
}

interface Entry {
  readonly Source: string;
  readonly DetailType: string;
  readonly Detail: string;
  readonly EventBusName: string;
  readonly Resources: string[];
}

/** The most that an entry may have. */
const ENTRY_MAX = 256 * 1024;

/**
 * A fake of a bus of Amazon EventBridge: PutEvents, which refuses a request as a whole, or takes it and says for each entry whether it failed.
 */
export class FakeEventBus extends FakeJsonService {
  public readonly events: FakeBusEvent[] = [];

  /** Error codes of the next entries. */
  public readonly entryErrors: string[] = [];

  public constructor(private readonly busName = 'default') {
    super();
  }

  public override reset(): void {
    super.reset();
    this.events.length = this.entryErrors.length = 0;
  }

  protected operationOf(request: IncomingMessage): string | undefined {
    return request.headers['x-amz-target'] === 'AWSEvents.PutEvents' ? 'PutEvents' : undefined;
  }

  protected carryOut(_operation: string, input: Json): Json {
    checkMembers('PutEvents', input, ['Entries']);
    const entries = input.Entries as Entry[];
    if (entries.length < 1 || entries.length > 10) throw new Refusal(400, 'ValidationException', 'Entries takes 1 to 10');
    const results = entries.map(entry => this.put(entry));
    return { FailedEntryCount: results.filter(({ ErrorCode }) => ErrorCode).length, Entries: results };
  }

  private put(entry: Entry): Json {
    checkMembers('an entry', entry, ['Source', 'DetailType', 'Detail', 'EventBusName', 'Resources']);
    if (entry.EventBusName !== this.busName) throw new Refusal(400, 'ResourceNotFoundException', `Event bus ${entry.EventBusName} does not exist.`);
    const fault = this.entryErrors.shift();
    if (fault) return { ErrorCode: fault, ErrorMessage: 'try again' };
    if (entry.Source.startsWith('aws.')) return { ErrorCode: 'NotAuthorizedForSourceException', ErrorMessage: 'Not authorized for the source.' };
    if (!isJsonObject(entry.Detail)) return { ErrorCode: 'MalformedDetail', ErrorMessage: 'Detail is malformed.' };
    if (Buffer.byteLength(entry.Detail) > ENTRY_MAX) throw new Refusal(400, 'ValidationException', 'Total size of the entries in the request is over the limit.');
    this.events.push({ source: entry.Source, detailType: entry.DetailType, resources: entry.Resources, detail: JSON.parse(entry.Detail) as Json });
    return { EventId: String(this.events.length) };
  }
}

function isJsonObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}
