import type { IncomingMessage } from 'node:http';
import { checkMembers, FakeJsonService, type Json, RefusalWith } from './fake-json-service';
import { Refusal } from './fake-service';

/** A value as DynamoDB writes it, e.g. `{ S: 'text' }`. */
type Value = Record<string, unknown>;
export type FakeItem = Record<string, Value>;

interface Expressions {
  readonly ExpressionAttributeNames?: Record<string, string>;
  readonly ExpressionAttributeValues?: Record<string, Value>;
}

const TYPES: Record<string, (value: unknown) => boolean> = {
  S: value => typeof value === 'string',
  N: value => typeof value === 'string' && value !== '' && Number.isFinite(Number(value)),
  BOOL: value => typeof value === 'boolean',
};

/**
 * A fake of one DynamoDB table with a partition and a sort key, both texts: PutItem and Query, with conditions of `attribute_not_exists(#name)` and comparisons
 * with values, joined by AND or OR. It refuses keys that are missing or empty, names that are not given apart, and what is given and not used.
 */
export class FakeTable extends FakeJsonService {
  /** How many items a query looks at, at most, before it wants to be asked again. */
  public pageSize = 1_000;

  private readonly items = new Map<string, FakeItem>();

  public constructor(private readonly name: string, private readonly partitionKey: string, private readonly sortKey: string) {
    super();
  }

  /** What is in the table, in the order of its keys. */
  public get contents(): FakeItem[] {
    return [...this.items].sort(([one], [other]) => one < other ? -1 : 1).map(([, item]) => item);
  }

  public override reset(): void {
    super.reset();
    this.items.clear();
    this.pageSize = 1_000;
  }

  protected operationOf(request: IncomingMessage): string | undefined {
    return /^DynamoDB_20120810\.(PutItem|Query)$/.exec(String(request.headers['x-amz-target']))?.[1];
  }

  protected carryOut(operation: string, input: Json): Json {
    if (input.TableName !== this.name) throw new Refusal(400, 'ResourceNotFoundException', 'Requested resource not found');
    return operation === 'PutItem' ? this.put(input) : this.query(input);
  }

  private put(input: Json): Json {
    const expressions = ['ExpressionAttributeNames', 'ExpressionAttributeValues'];
    checkMembers('PutItem', input, ['TableName', 'Item'], ['ConditionExpression', 'ReturnValuesOnConditionCheckFailure', ...expressions]);
    const item = input.Item as FakeItem;
    const key = this.keyOf(item);
    Object.entries(item).forEach(([name, value]) => checkValue(name, value));
    const condition = new Condition([input.ConditionExpression], input);
    const held = this.items.get(key);
    if (!condition.holds(held ?? {})) {
      const details = held && input.ReturnValuesOnConditionCheckFailure === 'ALL_OLD' ? { Item: held } : {};
      throw new RefusalWith('ConditionalCheckFailedException', 'The conditional request failed', details);
    }
    this.items.set(key, item);
    return {};
  }

  private query(input: Json): Json {
    checkMembers('Query', input, ['TableName', 'KeyConditionExpression', 'ExpressionAttributeNames', 'ExpressionAttributeValues'],
      ['Select', 'ConsistentRead', 'FilterExpression', 'ExclusiveStartKey']);
    const names = Object.values(input.ExpressionAttributeNames as Json);
    if (!names.includes(this.partitionKey)) throw invalid('Query condition missed key schema element');
    if (input.ConsistentRead !== true) throw new Error('the fake has no stale data to give');
    const condition = new Condition([input.KeyConditionExpression, input.FilterExpression], input);
    const start = input.ExclusiveStartKey === undefined ? '' : this.keyOf(input.ExclusiveStartKey as FakeItem);
    const rest = [...this.items.keys()].sort().filter(key => key > start).map(key => this.items.get(key)!);
    const page = rest.slice(0, this.pageSize);
    const found = page.filter(item => condition.holds(item));
    const last = page.at(-1);
    const keysOf = (item: FakeItem) => ({ [this.partitionKey]: item[this.partitionKey], [this.sortKey]: item[this.sortKey] });
    const more = page.length < rest.length && last ? { LastEvaluatedKey: keysOf(last) } : {};
    return { Count: found.length, ScannedCount: page.length, ...more, ...input.Select === 'COUNT' ? {} : { Items: found } };
  }

  private keyOf(item: FakeItem): string {
    return JSON.stringify([this.partitionKey, this.sortKey].map(name => {
      const value = item[name]?.S;
      if (typeof value !== 'string') throw invalid(`Missing the key ${name} in the item`);
      if (value === '') throw invalid(`The AttributeValue for a key attribute cannot contain an empty string value. Key: ${name}`);
      return value;
    }));
  }
}

class Condition {
  private readonly expressions: string[];

  public constructor(expressions: unknown[], private readonly given: Expressions) {
    this.expressions = expressions.filter(expression => expression !== undefined).map(String);
    const used = new Set(this.expressions.flatMap(expression => expression.match(/[#:]\w+/g) ?? []));
    const placeholders = [...Object.keys(given.ExpressionAttributeNames ?? {}), ...Object.keys(given.ExpressionAttributeValues ?? {})];
    const unused = placeholders.find(placeholder => !used.has(placeholder));
    if (unused) throw invalid(`Value provided in ExpressionAttribute... unused in expressions: ${unused}`);
    const unknown = [...used].find(placeholder => !placeholders.includes(placeholder));
    if (unknown) throw invalid(`An expression attribute used in expression is not defined: ${unknown}`);
    Object.entries(given.ExpressionAttributeValues ?? {}).forEach(([name, value]) => checkValue(name, value));
  }

  public holds(item: FakeItem): boolean {
    return this.expressions.every(expression => expression.split(' OR ').some(part => part.split(' AND ').every(term => this.termHolds(term.trim(), item))));
  }

  private termHolds(term: string, item: FakeItem): boolean {
    const [, absent, name, operator, value] = /^(?:attribute_not_exists\((#\w+)\)|(#\w+) (=|<|>=) (:\w+))$/.exec(term) ?? [];
    if (absent) return item[this.given.ExpressionAttributeNames![absent]] === undefined;
    if (!name) throw invalid(`the fake does not know the expression "${term}"`);
    const [held, wanted] = [item[this.given.ExpressionAttributeNames![name]], this.given.ExpressionAttributeValues![value]];
    if (held === undefined) return false;
    const [type] = Object.keys(wanted);
    if (!(type in held)) return false;
    const [one, other] = type === 'N' ? [Number(held.N), Number(wanted.N)] : [held[type] as string, wanted[type] as string];
    return operator === '=' ? one === other : operator === '<' ? one < other : one >= other;
  }
}

function checkValue(name: string, value: Value): void {
  const [[type, content], ...others] = Object.entries(value);
  if (others.length > 0 || !(type in TYPES) || !TYPES[type](content)) throw invalid(`Supplied AttributeValue of ${name} is not valid: ${JSON.stringify(value)}`);
}

function invalid(message: string): Refusal {
  return new Refusal(400, 'ValidationException', message);
}
