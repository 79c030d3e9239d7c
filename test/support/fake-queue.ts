import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { checkMembers, FakeJsonService, type Json } from './fake-json-service';
import { Refusal } from './fake-service';

/** The most that SQS takes at once. */
const BATCH_BYTES = 256 * 1024;

/**
 * A fake of SendMessageBatch of Amazon SQS, in the awsJson 1.0 protocol. It refuses all other calls.
 */
export class FakeQueue extends FakeJsonService {
  /** What was sent, in order. */
  public readonly bodies: string[] = [];

  /** How many entries of the next batches fail, though the call succeeds. */
  public failingEntries = 0;

  public constructor(private readonly queueUrl: string) {
    super();
  }

  public override reset(): void {
    super.reset();
    this.bodies.length = this.failingEntries = 0;
  }

  protected operationOf({ headers }: IncomingMessage): string | undefined {
    return /^AmazonSQS\.(SendMessageBatch)$/.exec(String(headers['x-amz-target']))?.[1];
  }

  protected carryOut(operation: string, input: Json): Json {
    checkMembers(operation, input, ['QueueUrl', 'Entries']);
    const entries = input.Entries as { Id: string; MessageBody: string }[];
    if (input.QueueUrl !== this.queueUrl) throw new Refusal(400, 'QueueDoesNotExist', 'The specified queue does not exist.');
    if (entries.length === 0 || entries.length > 10) throw new Refusal(400, 'TooManyEntriesInBatchRequest', 'A batch has 1 to 10 entries.');
    if (new Set(entries.map(({ Id }) => Id)).size < entries.length) throw new Refusal(400, 'BatchEntryIdsNotDistinct', 'Two entries have the same Id.');
    if (Buffer.byteLength(entries.map(({ MessageBody }) => MessageBody).join('')) > BATCH_BYTES) throw new Refusal(400, 'BatchRequestTooLong', 'The batch is too long.');
    const failed = entries.splice(0, this.failingEntries);
    this.failingEntries -= failed.length;
    this.bodies.push(...entries.map(({ MessageBody }) => MessageBody));
    return {
      // clients compare it
      Successful: entries.map(({ Id, MessageBody }) => ({ Id, MessageId: Id, MD5OfMessageBody: createHash('md5').update(MessageBody).digest('hex') })),
      Failed: failed.map(({ Id }) => ({ Id, Code: 'InternalError', Message: 'try again', SenderFault: false })),
    };
  }
}
