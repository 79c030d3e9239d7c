import { SQS } from '@aws-sdk/client-sqs';
import type { Aws } from './aws';

/** What a topic has told a queue. */
export interface Told {
  readonly subject: string;
  readonly message: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/** A queue that somebody empties, and keeps what was in it. */
export class Inbox {
  private readonly sqs: SQS;
  private readonly bodies: string[] = [];

  public constructor(aws: Aws, private readonly queueUrl: string) {
    this.sqs = new SQS(aws.config);
  }

  /** Everything that has come so far. */
  public async all(): Promise<readonly string[]> {
    for (;;) {
      const { Messages = [] } = await this.sqs.receiveMessage({ QueueUrl: this.queueUrl, MaxNumberOfMessages: 10 });
      if (Messages.length === 0) return this.bodies;
      this.bodies.push(...Messages.map(({ Body }) => Body!));
      await this.sqs.deleteMessageBatch({
        QueueUrl: this.queueUrl, Entries: Messages.map(({ MessageId, ReceiptHandle }) => ({ Id: MessageId!, ReceiptHandle: ReceiptHandle! })),
      });
    }
  }

  /** The same, where a topic has put it in its envelope. */
  public async told(): Promise<Told[]> {
    return (await this.all()).map(body => {
      const { Subject, Message, MessageAttributes = {} } = JSON.parse(body) as Envelope;
      const attributes = Object.fromEntries(Object.entries(MessageAttributes).map(([name, { Value }]) => [name, Value]));
      return { subject: Subject, message: Message, attributes };
    });
  }
}

interface Envelope {
  readonly Subject: string;
  readonly Message: string;
  readonly MessageAttributes?: Record<string, { Value: string }>;
}
