import type { IncomingMessage } from 'node:http';
import { checkMembers, FakeJsonService, type Json, RefusalWith } from './fake-json-service';
import { Refusal } from './fake-service';

type Value = Record<string, string>;
type Item = Record<string, Value>;

const EXPRESSIONS = ['ExpressionAttributeNames', 'ExpressionAttributeValues'];

/**
 * A fake of the guard's table in DynamoDB, with the keys `pk` and `sk`: UpdateItem with SET and REMOVE, Query of a partition, and transactions of condition
 * checks and puts, which go in as a whole or not at all. It refuses words that DynamoDB keeps for itself, what is given and not used, and all other calls.
 */
export class FakeGuardTable extends FakeJsonService {
  private items = new Map<string, Item>();

  public constructor(private readonly name: string) {
    super();
  }

  public override reset(): void {
    super.reset();
    this.items.clear();
  }

  /** The items of partitions whose key begins with a text, in the order of their keys. */
  public partition(begin: string): Item[] {
    return [...this.items].sort(([one], [other]) => one < other ? -1 : 1).map(([, item]) => item).filter(item => item.pk.S.startsWith(begin));
  }

  protected operationOf(request: IncomingMessage): string | undefined {
    return /^DynamoDB_20120810\.(UpdateItem|Query|TransactWriteItems)$/.exec(String(request.headers['x-amz-target']))?.[1];
  }

  protected carryOut(operation: string, input: Json): Json {
    switch (operation) {
      case 'Query': return this.query(input);
      case 'UpdateItem': return this.update(input);
      default: return this.transact(input);
    }
  }

  private query(input: Json): Json {
    checkMembers('Query', input, ['TableName', 'KeyConditionExpression', 'ExpressionAttributeValues'], ['ConsistentRead']);
    this.checkTable(input);
    if (input.KeyConditionExpression !== 'pk = :targets') throw invalid(`the fake does not know the key condition ${String(input.KeyConditionExpression)}`);
    if (input.ConsistentRead !== true) throw new Error('the fake has no stale data to give');
    const wanted = (input.ExpressionAttributeValues as Item)[':targets'].S;
    return { Items: this.partition('').filter(item => item.pk.S === wanted) };
  }

  private update(input: Json): Json {
    checkMembers('UpdateItem', input, ['TableName', 'Key', 'UpdateExpression'], ['ConditionExpression', ...EXPRESSIONS]);
    this.checkTable(input);
    const key = keyOf(input.Key as Item);
    const expressions = new Expressions(input, ['UpdateExpression', 'ConditionExpression']);
    const held = this.items.get(key);
    if (!expressions.holds(held ?? {})) throw new RefusalWith('ConditionalCheckFailedException', 'The conditional request failed', {});
    this.items.set(key, expressions.update({ ...held, ...input.Key as Item }));
    return {};
  }

  private transact(input: Json): Json {
    checkMembers('TransactWriteItems', input, ['TransactItems'], ['ClientRequestToken']);
    const after = new Map(this.items);
    const reasons = (input.TransactItems as Record<string, Json>[]).map(({ ConditionCheck: check, Put: put }) => {
      if (put) {
        checkMembers('Put', put, ['TableName', 'Item']);
        this.checkTable(put);
        after.set(keyOf(put.Item as Item), put.Item as Item);
        return { Code: 'None' };
      }
      checkMembers('ConditionCheck', check, ['TableName', 'Key', 'ConditionExpression'], EXPRESSIONS);
      this.checkTable(check);
      const holds = new Expressions(check, ['ConditionExpression']).holds(this.items.get(keyOf(check.Key as Item)) ?? {});
      return { Code: holds ? 'None' : 'ConditionalCheckFailed' };
    });
    if (reasons.some(({ Code }) => Code !== 'None')) {
      const codes = reasons.map(({ Code }) => Code).join(', ');
      throw new RefusalWith('TransactionCanceledException', `Transaction cancelled, please refer cancellation reasons for specific reasons [${codes}]`, { CancellationReasons: reasons });
    }
    this.items = after;
    return {};
  }

  private checkTable({ TableName }: Json): void {
    if (TableName !== this.name) throw new Refusal(400, 'ResourceNotFoundException', 'Requested resource not found');
  }
}

/** Some of the words that expressions may not use as names. */
const RESERVED = /\b(run|until|status|record|expires|name|state|key|values?)\b/i;

class Expressions {
  private readonly names: Record<string, string>;
  private readonly values: Item;

  public constructor(private readonly input: Json, members: string[]) {
    this.names = (input.ExpressionAttributeNames ?? {}) as Record<string, string>;
    this.values = (input.ExpressionAttributeValues ?? {}) as Item;
    const text = members.map(member => String(input[member] ?? '')).join(' ');
    const reserved = RESERVED.exec(text.replace(/[#:]\w+/g, ''));
    if (reserved) throw invalid(`Attribute name is a reserved keyword; reserved keyword: ${reserved[0]}`);
    const used = new Set(text.match(/[#:]\w+/g) ?? []);
    const given = [...Object.keys(this.names), ...Object.keys(this.values)];
    const unused = given.find(placeholder => !used.has(placeholder));
    if (unused) throw invalid(`Value provided in ExpressionAttribute... unused in expressions: ${unused}`);
    const unknown = [...used].find(placeholder => !given.includes(placeholder));
    if (unknown) throw invalid(`An expression attribute used in expression is not defined: ${unknown}`);
  }

  public holds(item: Item): boolean {
    const { ConditionExpression: condition } = this.input;
    return condition === undefined || String(condition).split(' OR ').some(term => this.termHolds(term, item));
  }

  public update(item: Item): Item {
    const [, verb, list] = /^(SET|REMOVE) (.+)$/.exec(String(this.input.UpdateExpression)) ?? [];
    const after = { ...item };
    for (const clause of list.split(', ')) {
      const [name, value] = clause.split(' = ');
      if (verb === 'SET') after[this.names[name]] = this.values[value];
      else delete after[this.names[name]];
    }
    return after;
  }

  private termHolds(term: string, item: Item): boolean {
    const [, absent, name, operator, value] = /^(?:attribute_not_exists\((#\w+)\)|(#\w+) (=|<) (:\w+))$/.exec(term) ?? [];
    if (absent) return item[this.names[absent]] === undefined;
    if (!name) throw invalid(`the fake does not know the expression "${term}"`);
    const [held, wanted] = [item[this.names[name]], this.values[value]];
    if (held === undefined) return false;
    return operator === '=' ? held.S === wanted.S : Number(held.N) < Number(wanted.N);
  }
}

function keyOf(item: Item): string {
  for (const name of ['pk', 'sk']) {
    if (typeof item[name]?.S !== 'string') throw invalid(`Missing the key ${name} in the item`);
    if (item[name].S === '') throw invalid(`The AttributeValue for a key attribute cannot contain an empty string value. Key: ${name}`);
  }
  const extra = Object.entries(item).find(([, value]) => Object.keys(value).length !== 1 || !['S', 'N'].includes(Object.keys(value)[0]));
  if (extra) throw invalid(`Supplied AttributeValue of ${extra[0]} is not valid`);
  return JSON.stringify([item.pk.S, item.sk.S]);
}

function invalid(message: string): Refusal {
  return new Refusal(400, 'ValidationException', message);
}
