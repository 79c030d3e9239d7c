/*
 * What happened to each address, in DynamoDB. It is at once the memory of what was done already.
 *
 * SNS and SQS deliver at least once, so the same news may come twice, one after the other or at the same time. Whoever handles it writes its item first, on
 * condition that there is none, with a lease for as long as the function may run; and writes it again without the lease when all is done. Who finds an item
 * without a lease has nothing to do. Who finds a lease that still runs must not say that all is done, since the other may die: the message comes again later.
 * A lease that has run out is that of somebody who died, so the work is done again from the start.
 *
 * Bounces are counted by counting items, so that one which comes twice counts once.
 */
import { type AttributeValue, ConditionalCheckFailedException, DynamoDBClient, PutItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import { FEEDBACK_TABLE, type FeedbackSettings } from './feedback-constants';
import type { HandledFeedback } from './feedback-report.lambda-shared';
import type { Feedback } from '../events/feedback';
import { decideBounce } from '../events/feedback-decision';
import type { Patience } from '../private/patience.lambda-shared';

type Item = Record<string, AttributeValue>;

const dynamo = new DynamoDBClient({ maxAttempts: 1 });

/** The history for one invocation. */
export class FeedbackHistory {
  public constructor(private readonly settings: FeedbackSettings, private readonly patience: Patience) {}

  /** Takes the work on; false when it is done already. */
  public async begin(feedback: Feedback): Promise<boolean> {
    const put = new PutItemCommand({
      TableName: this.settings.tableName,
      Item: { ...this.item({ ...feedback, suppressed: false }), lease: number(secondsOf(this.patience.killedAt) + 1) },
      ConditionExpression: 'attribute_not_exists(#address) OR #lease < :now',
      ExpressionAttributeNames: { '#address': FEEDBACK_TABLE.partitionKey, '#lease': 'lease' },
      ExpressionAttributeValues: { ':now': number(secondsOf(Date.now())) },
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    });
    try {
      await this.patience.call(abortSignal => dynamo.send(put, { abortSignal }));
      return true;
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
      if (error.Item?.lease) throw new Error('another invocation is at the same news');
      return false;
    }
  }

  /** Says that all is done. */
  public async end(handled: HandledFeedback): Promise<void> {
    const put = new PutItemCommand({ TableName: this.settings.tableName, Item: this.item(handled) });
    await this.patience.call(abortSignal => dynamo.send(put, { abortSignal }));
  }

  /** How often an address has bounced for now since some time, this time included. */
  public async countBounces(address: string, since: Date): Promise<number> {
    let count = 0;
    let start: Item | undefined;
    do {
      const query = new QueryCommand({
        TableName: this.settings.tableName,
        Select: 'COUNT',
        ConsistentRead: true,
        KeyConditionExpression: '#address = :address',
        FilterExpression: '#counted = :true AND #timestamp >= :since',
        ExpressionAttributeNames: { '#address': FEEDBACK_TABLE.partitionKey, '#counted': 'counted', '#timestamp': 'timestamp' },
        ExpressionAttributeValues: { ':address': text(address), ':true': { BOOL: true }, ':since': text(since.toISOString()) },
        ExclusiveStartKey: start,
      });
      const { Count = 0, LastEvaluatedKey } = await this.patience.call(abortSignal => dynamo.send(query, { abortSignal }));
      count += Count;
      start = LastEvaluatedKey;
    } while (start);
    return count;
  }

  private item(handled: HandledFeedback): Item {
    const { key, address, tags: _, subscription, ...rest } = handled;
    return {
      ...attributes({ ...rest, subscription: subscription && JSON.stringify(subscription), counted: isCounted(handled) || undefined }),
      [FEEDBACK_TABLE.partitionKey]: text(address ?? `message ${handled.messageId}`),
      [FEEDBACK_TABLE.sortKey]: text(key),
      [FEEDBACK_TABLE.timeToLive]: number(secondsOf(Date.now()) + this.settings.retentionSeconds),
    };
  }
}

/** Whether it is one of several bounces after which an address is suppressed. It is so for the last one, too, which is no longer only counted. */
function isCounted({ bounceType, bounceSubType = '', blocklist }: Feedback): boolean {
  return bounceType !== undefined && blocklist === undefined && decideBounce(bounceType, bounceSubType).action === 'count';
}

function attributes(values: Record<string, string | number | boolean | undefined>): Item {
  return Object.fromEntries(Object.entries(values).flatMap(([name, value]) => value === undefined ? [] : [[name, attribute(value)]]));
}

function attribute(value: string | number | boolean): AttributeValue {
  if (typeof value === 'boolean') return { BOOL: value };
  return typeof value === 'number' ? number(value) : text(value);
}

function text(value: string): AttributeValue.SMember {
  return { S: value };
}

function number(value: number): AttributeValue.NMember {
  return { N: String(value) };
}

function secondsOf(milliseconds: number): number {
  return Math.floor(milliseconds / 1000);
}
