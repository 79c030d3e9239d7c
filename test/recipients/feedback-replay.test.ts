/*
 * A thousand messages go through the handler as SQS hands them out: out of order, two batches at a time, one in twenty twice, one in a hundred unreadable, with
 * calls that are throttled and invocations that die before they have answered.
 */
import { sampleEvent } from '../../src/events/sample-events';
import { FEEDBACK_VARIABLE } from '../../src/recipients/feedback-constants';
import { handler } from '../../src/recipients/feedback.lambda';
import { FakeEventBus } from '../support/fake-event-bus';
import { Refusal } from '../support/fake-service';
import { FakeSuppressionList } from '../support/fake-suppression-list';
import { FakeTable } from '../support/fake-table';
import { sqsRecord } from '../support/transports';

const MESSAGES = 1_000;
const BATCH = 10;
const RECEIVES_MAX = 5;
const VISIBILITY_MS = 360_000;

const list = new FakeSuppressionList();
const table = new FakeTable('history', 'address', 'key');
const bus = new FakeEventBus();
const services = [list, table, bus];

/** How far the clock is ahead. */
let ahead = 0;

beforeAll(async () => {
  await Promise.all(services.map(service => service.start()));
  Object.assign(process.env, {
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: 'AKIAFAKE',
    AWS_SECRET_ACCESS_KEY: 'secret',
    AWS_ENDPOINT_URL_SESV2: list.endpoint,
    AWS_ENDPOINT_URL_DYNAMODB: table.endpoint,
    AWS_ENDPOINT_URL_EVENTBRIDGE: bus.endpoint,
    [FEEDBACK_VARIABLE]: JSON.stringify({
      pipeline: 'Mail', tableName: 'history', eventBus: 'default', ambiguousComplaints: 'suppressAll', retentionSeconds: 7_776_000,
    }),
  });
});
afterAll(async () => { await Promise.all(services.map(service => service.stop())); });

beforeEach(() => {
  services.forEach(service => service.reset());
  const [realNow, realTimer] = [Date.now, setTimeout];
  jest.spyOn(Date, 'now').mockImplementation(() => realNow() + ahead);
  jest.spyOn(globalThis, 'setTimeout').mockImplementation(((callback: () => void, ms = 0) => realTimer(callback, ms / 100)) as typeof setTimeout);
  jest.spyOn(process.stdout, 'write').mockReturnValue(true);
  jest.spyOn(console, 'log').mockImplementation();
});
afterEach(() => jest.restoreAllMocks());

/** Numbers from 0 to 1 that look random, and are the same each time. */
function dice(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
}

interface Message {
  readonly id: string;
  readonly body: string;
  receives: number;
}

/** What there is in a feedback, and who has to be suppressed for it. */
function feedback(number: number): { body: string; suppress?: string } {
  const address = `recipient${number}@example.net`;
  const bounced = (bounceType: string, bounceSubType: string, emailAddress = address) => JSON.stringify(sampleEvent('Bounce', {
    mail: { messageId: `message${number}` }, bounce: { bounceType, bounceSubType, feedbackId: `feedback${number}`, bouncedRecipients: [{ emailAddress }] },
  }));
  const complained = (changes: object) => JSON.stringify(sampleEvent('Complaint', {
    mail: { messageId: `message${number}` }, complaint: { feedbackId: `feedback${number}`, complainedRecipients: [{ emailAddress: address }], ...changes },
  }));
  const kinds = [
    { body: bounced('Permanent', 'General'), suppress: address },
    { body: bounced('Permanent', 'SomethingNew'), suppress: address },
    { body: complained({}), suppress: address },
    { body: complained({ complaintFeedbackType: 'not-spam' }) },
    { body: bounced('Permanent', 'OnAccountSuppressionList') },
    { body: bounced('Transient', 'MailboxFull') },
    { body: bounced('Permanent', 'General', `bounce+${number}@simulator.amazonses.com`) },
  ];
  return kinds[number % kinds.length];
}

/** Hands messages out until there are none, and gives back those that SQS gave up on. */
async function replay(queue: Message[], random: () => number, deathRate: number): Promise<Message[]> {
  const deadLetters: Message[] = [];
  let visible = queue;
  while (visible.length > 0) {
    const next: Message[] = [];
    const worker = async () => {
      while (visible.length > 0) {
        const batch = Array.from({ length: Math.min(BATCH, visible.length) }, () => visible.splice(Math.floor(random() * visible.length), 1)[0]);
        batch.forEach(message => { message.receives++; });
        const Records = batch.map(({ id, body }) => sqsRecord(body, id));
        const answer = await handler({ Records } as never, { getRemainingTimeInMillis: () => 60_000 });
        const failed = new Set(answer.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
        const back = random() < deathRate ? batch : batch.filter(({ id }) => failed.has(id));
        deadLetters.push(...back.filter(({ receives }) => receives >= RECEIVES_MAX));
        next.push(...back.filter(({ receives }) => receives < RECEIVES_MAX));
      }
    };
    await Promise.all([worker(), worker()]);
    ahead += VISIBILITY_MS;
    visible = next;
  }
  return deadLetters;
}

test('a thousand messages suppress whom they have to, once, and what is unreadable ends among the dead letters', async () => {
  const random = dice(4711);
  const all = Array.from({ length: MESSAGES }, (_, number) => number);
  const messages = all.map(number => {
    if (number % 100 === 99) return { id: `m${number}`, body: `{"poison": ${number}`, receives: 0 };
    // one in twenty is what came before, as another message
    const original = number % 20 === 10 ? number - 1 - Math.floor(random() * 9) : number;
    return { id: `m${number}`, body: feedback(original).body, receives: 0 };
  });
  const bodies = new Set(messages.map(({ body }) => body));
  const wanted = all.map(feedback).filter(({ body, suppress }) => suppress !== undefined && bodies.has(body)).map(({ suppress }) => suppress!);
  for (let count = 0; count < 40; count++) list.refuseNext(1, new Refusal(429, 'TooManyRequestsException', 'Rate exceeded'));

  const deadLetters = await replay(messages, random, 0.02);

  expect(wanted.length).toBeGreaterThan(350);
  expect([...list.puts].sort()).toEqual([...wanted].sort());
  expect(deadLetters.map(({ id }) => id).sort()).toEqual(all.filter(number => number % 100 === 99).map(number => `m${number}`).sort());
  const told = bus.events.map(({ detail }) => detail.key);
  expect(told).toHaveLength(MESSAGES - 10 - 50);
  expect(new Set(told).size).toBe(told.length);
  expect(table.contents.filter(({ lease }) => lease)).toEqual([]);
}, 120_000);
