/*
 * One measurement, in a process of its own: node handle.js <handler>. The handler as it is shipped works off a queue, with the real SDK over real connections; SES,
 * DynamoDB and EventBridge are the fakes of the tests, in the same process. In turn with it the very calls that it makes are made by the SDK and nothing else.
 */
import { createRequire } from 'node:module';
import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { PutSuppressedDestinationCommand, SESv2Client } from '@aws-sdk/client-sesv2';
import { sampleEvent } from '../src/events/sample-events';
import { FEEDBACK_VARIABLE, type FeedbackSettings } from '../src/recipients/feedback-constants';
import { FakeEventBus } from '../test/support/fake-event-bus';
import { FakeSuppressionList } from '../test/support/fake-suppression-list';
import { FakeTable } from '../test/support/fake-table';
import { sqsRecord } from '../test/support/transports';

const MESSAGES = 200;
const TURNS = 8;

/** As many as SQS hands out at once. */
const BATCH = 10;

/** How long each turn took, in milliseconds; the first, which warms up, is left out. */
export interface HandleResult {
  readonly messages: number;
  /** Calls of services for a message. */
  readonly calls: number;
  readonly ours: number[];
  readonly bare: number[];
}

type Handler = (event: object, context: object) => Promise<{ readonly batchItemFailures: unknown[] }>;

const SETTINGS: FeedbackSettings = { pipeline: 'bench', tableName: 'history', eventBus: 'default', ambiguousComplaints: 'suppressAll', retentionSeconds: 7_776_000 };

const [list, table, bus] = [new FakeSuppressionList(), new FakeTable('history', 'address', 'key'), new FakeEventBus()];
const services = [list, table, bus];

/** One message in two suppresses an address, as bounces for good and complaints do. */
function message(number: number): string {
  const mail = { messageId: `message${number}` };
  const emailAddress = `recipient${number}@example.net`;
  const bounce = (changes: object) => sampleEvent('Bounce', { mail, bounce: { feedbackId: `feedback${number}`, bouncedRecipients: [{ emailAddress }], ...changes } });
  const kinds = [
    () => bounce({}),
    () => bounce({ bounceType: 'Transient', bounceSubType: 'MailboxFull' }),
    () => sampleEvent('Complaint', { mail, complaint: { feedbackId: `feedback${number}`, complainedRecipients: [{ emailAddress }] } }),
    () => sampleEvent('DeliveryDelay', { mail, deliveryDelay: { delayedRecipients: [{ emailAddress }] } }),
  ];
  return JSON.stringify(kinds[number % kinds.length]());
}

async function timed(work: () => Promise<void>): Promise<number> {
  services.forEach(service => service.reset());
  const start = process.hrtime.bigint();
  await work();
  return Number(process.hrtime.bigint() - start) / 1e6;
}

async function workOff(handler: Handler): Promise<void> {
  for (let number = 0; number < MESSAGES; number += BATCH) {
    const Records = Array.from({ length: BATCH }, (_, index) => sqsRecord(message(number + index), `m${number + index}`));
    const { batchItemFailures } = await handler({ Records }, { getRemainingTimeInMillis: () => 60_000 });
    if (batchItemFailures.length > 0) throw new Error(`${batchItemFailures.length} of ${BATCH} messages failed`);
  }
}

/** What nobody can do without: the item of a message twice, an address on the list for every other one, an event. */
function bareCalls(): () => Promise<void> {
  const [ses, dynamo, events] = [new SESv2Client(), new DynamoDBClient(), new EventBridgeClient()];
  return async () => {
    for (let number = 0; number < MESSAGES; number++) {
      const address = `recipient${number}@example.net`;
      const put = () => dynamo.send(new PutItemCommand({ TableName: 'history', Item: { address: { S: address }, key: { S: `key${number}` } } }));
      await put();
      if (number % 2 === 0) await ses.send(new PutSuppressedDestinationCommand({ EmailAddress: address, Reason: 'BOUNCE' }));
      await events.send(new PutEventsCommand({ Entries: [{ Source: 'bench', DetailType: 'Bench', Detail: '{}', EventBusName: 'default', Resources: ['queue'] }] }));
      await put();
    }
  };
}

async function measure(file: string): Promise<HandleResult> {
  await Promise.all(services.map(service => service.start()));
  Object.assign(process.env, {
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: 'AKIAFAKE',
    AWS_SECRET_ACCESS_KEY: 'fake',
    AWS_ENDPOINT_URL_SESV2: list.endpoint,
    AWS_ENDPOINT_URL_DYNAMODB: table.endpoint,
    AWS_ENDPOINT_URL_EVENTBRIDGE: bus.endpoint,
    [FEEDBACK_VARIABLE]: JSON.stringify(SETTINGS),
  });
  const { handler } = createRequire(__filename)(file) as { handler: Handler };
  const bareWork = bareCalls();
  const [ours, bare]: number[][] = [[], []];
  let calls = 0;
  for (let turn = 0; turn < TURNS; turn++) {
    bare.push(await timed(bareWork));
    ours.push(await timed(() => workOff(handler)));
    calls = services.reduce((sum, service) => sum + service.calls.length, 0);
  }
  return { messages: MESSAGES, calls: calls / MESSAGES, ours: ours.slice(1), bare: bare.slice(1) };
}

void measure(process.argv[2]).then(result => {
  process.send!(result);
  // connections that are kept alive would keep the process
  setImmediate(() => process.exit());
});
