/* The handler as it is deployed, with the real SDK and over the real wire, against services that are fakes. */
import { sampleEvent, type SampleChanges, sampleNotification } from '../../src/events/sample-events';
import { FEEDBACK_VARIABLE, type FeedbackSettings } from '../../src/recipients/feedback-constants';
import { handler } from '../../src/recipients/feedback.lambda';
import { FakeEventBus } from '../support/fake-event-bus';
import { Refusal } from '../support/fake-service';
import { FakeSuppressionList } from '../support/fake-suppression-list';
import { FakeTable } from '../support/fake-table';
import { hurry } from '../support/hurry';
import { snsEnvelope, sqsRecord } from '../support/transports';

const list = new FakeSuppressionList();
const table = new FakeTable('history', 'address', 'key');
const bus = new FakeEventBus();
const services = [list, table, bus];

const JANE = 'jane.doe@example.net';
const QUEUE = 'arn:aws:sqs:eu-west-1:111122223333:feedback';
const THROTTLED = new Refusal(429, 'TooManyRequestsException', 'Rate exceeded');

let printed: string[];
let log: jest.SpyInstance;

beforeAll(async () => {
  await Promise.all(services.map(service => service.start()));
  Object.assign(process.env, {
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: 'AKIAFAKE',
    AWS_SECRET_ACCESS_KEY: 'secret',
    AWS_ENDPOINT_URL_SESV2: list.endpoint,
    AWS_ENDPOINT_URL_DYNAMODB: table.endpoint,
    AWS_ENDPOINT_URL_EVENTBRIDGE: bus.endpoint,
  });
});
afterAll(async () => { await Promise.all(services.map(service => service.stop())); });

beforeEach(() => {
  services.forEach(service => service.reset());
  configure();
  printed = [];
  jest.spyOn(process.stdout, 'write').mockImplementation(chunk => printed.push(String(chunk)) > 0);
  log = jest.spyOn(console, 'log').mockImplementation();
});
afterEach(() => {
  const said = [...printed, ...log.mock.calls.flat()].join('\n');
  jest.restoreAllMocks();
  // but for pseudonyms
  expect(said).not.toMatch(/(?<![0-9a-f]{64})@/);
});

function configure(settings: Partial<FeedbackSettings> = {}): void {
  process.env[FEEDBACK_VARIABLE] = JSON.stringify({
    pipeline: 'Mail', tableName: 'history', eventBus: 'default', ambiguousComplaints: 'suppressAll', retentionSeconds: 7_776_000, ...settings,
  });
}

/** Hands messages to the handler and returns the ids of those that have to come again. A message is named by its place. */
async function receive(bodies: (object | string)[], remainingMs = 60_000): Promise<string[]> {
  const Records = bodies.map((body, index) => sqsRecord(typeof body === 'string' ? body : JSON.stringify(body), `m${index}`));
  const { batchItemFailures } = await handler({ Records } as never, { getRemainingTimeInMillis: () => remainingMs });
  return batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
}

const bounce = (changes: SampleChanges = {}) => sampleEvent('Bounce', { bounce: changes });
const bounceOf = (address: string, changes: SampleChanges = {}) => bounce({ bouncedRecipients: [{ emailAddress: address }], ...changes });
const transient = (feedbackId: string, changes: SampleChanges = {}) => bounce({
  bounceType: 'Transient', bounceSubType: 'MailboxFull', feedbackId, timestamp: new Date().toISOString(), ...changes,
});
const suppressed = () => Object.fromEntries(list.addresses);
const details = () => bus.events.map(({ detail }) => detail);
const notices = () => log.mock.calls.map(([line]) => JSON.parse(line as string) as Record<string, unknown>);

interface Line {
  readonly _aws: {
    readonly CloudWatchMetrics: { readonly Namespace: string; readonly Dimensions: string[][]; readonly Metrics: { Name: string; Unit: string }[] }[];
  };
  readonly [name: string]: unknown;
}

const lines = () => printed.map(line => JSON.parse(line) as Line);

/** What CloudWatch adds up, by the name and the dimensions of a metric. */
function metrics(): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const line of lines()) {
    for (const { Namespace, Dimensions, Metrics } of line._aws.CloudWatchMetrics) {
      for (const { Name } of Metrics) {
        for (const names of Dimensions) {
          const id = `${Namespace} ${Name} ${names.map(name => `${name}=${String(line[name])}`).join(' ')}`;
          sums[id] = (sums[id] ?? 0) + (line[Name] as number);
        }
      }
    }
  }
  return sums;
}

describe('a bounce for good', () => {
  test('suppresses the address, tells the bus, and is kept', async () => {
    expect(await receive([bounce()])).toEqual([]);
    expect(suppressed()).toEqual({ [JANE]: 'BOUNCE' });
    expect(bus.events).toEqual([{
      source: 'cdk-postmaster.feedback',
      detailType: 'Mail Feedback',
      resources: [QUEUE],
      detail: expect.objectContaining({
        eventType: 'Bounce',
        address: JANE,
        action: 'suppress',
        reason: 'bounced for good',
        suppressed: true,
        simulator: false,
        configurationSet: 'transactional',
        key: expect.any(String),
        tags: expect.objectContaining({ 'ses:from-domain': ['example.com'] }),
      }),
    }]);
    expect(table.contents).toEqual([expect.objectContaining({
      address: { S: JANE },
      key: { S: details()[0].key },
      timestamp: { S: '2026-07-10T08:15:43.000Z' },
      action: { S: 'suppress' },
      suppressed: { BOOL: true },
      bounceSubType: { S: 'General' },
      expires: { N: expect.any(String) },
    })]);
    expect(table.contents[0]).not.toHaveProperty('lease');
    expect(Number(table.contents[0].expires.N) - Date.now() / 1000).toBeCloseTo(7_776_000, -2);
  });

  test('is done in the order that loses nothing', async () => {
    const order: string[] = [];
    for (const [name, service] of Object.entries({ list, table, bus })) jest.spyOn(service.calls, 'push').mockImplementation(call => order.push(`${name} ${call}`));
    await receive([bounce()]);
    expect(order).toEqual(['table PutItem', 'list PutSuppressedDestination', 'bus PutEvents', 'table PutItem']);
  });

  test('of several recipients suppresses each', async () => {
    await receive([bounce({ bouncedRecipients: [{ emailAddress: 'a@example.com' }, { emailAddress: 'b@example.com' }] })]);
    expect(suppressed()).toEqual({ 'a@example.com': 'BOUNCE', 'b@example.com': 'BOUNCE' });
  });

  test('is the same with the envelope of SNS, and as the notification of an identity', async () => {
    await receive([snsEnvelope(JSON.stringify(bounce())), sampleNotification('Bounce')]);
    expect(list.puts).toEqual([JANE]);
    expect(bus.events).toHaveLength(1);
  });

  test('after a delivery to the same address suppresses it, and a delivery after it changes nothing', async () => {
    expect(await receive([sampleEvent('Delivery'), bounce(), sampleEvent('Delivery', { mail: { messageId: 'later' } })])).toEqual([]);
    expect(suppressed()).toEqual({ [JANE]: 'BOUNCE' });
    expect(details().map(({ action }) => action)).toEqual(['none', 'suppress', 'none']);
  });
});

test.each<[what: string, action: string, record: object, list: Record<string, string>]>([
  ['Permanent/NoEmail', 'operatorAlert', bounce({ bounceSubType: 'NoEmail' }), {}],
  ['Permanent/Suppressed', 'mark', bounce({ bounceSubType: 'Suppressed' }), {}],
  ['Permanent/OnAccountSuppressionList', 'mark', bounce({ bounceSubType: 'OnAccountSuppressionList' }), {}],
  ['Permanent/SomethingNew', 'suppress', bounce({ bounceSubType: 'SomethingNew' }), { [JANE]: 'BOUNCE' }],
  ['Transient/General', 'count', bounce({ bounceType: 'Transient' }), {}],
  ['Transient/ContentRejected', 'contentAlert', bounce({ bounceType: 'Transient', bounceSubType: 'ContentRejected' }), {}],
  ['Undetermined', 'none', bounce({ bounceType: 'Undetermined', bounceSubType: 'Undetermined' }), {}],
  ['a complaint', 'suppress', sampleEvent('Complaint'), { [JANE]: 'COMPLAINT' }],
  ['a complaint that is none', 'none', sampleEvent('Complaint', { complaint: { complaintFeedbackType: 'not-spam' } }), {}],
  ['a complaint about mail that was not sent', 'mark', sampleEvent('Complaint', { complaint: { complaintSubType: 'OnAccountSuppressionList' } }), {}],
  ['a delay', 'none', sampleEvent('DeliveryDelay'), {}],
  ['a delay that tells of spam', 'operatorAlert', sampleEvent('DeliveryDelay', { deliveryDelay: { delayType: 'SpamDetected' } }), {}],
  ['a virus', 'operatorAlert', sampleEvent('Reject'), {}],
  ['a template that does not fit', 'contentAlert', sampleEvent('Rendering Failure'), {}],
  ['a bounce that names nobody', 'operatorAlert', bounce({ bouncedRecipients: [] }), {}],
  ['an event of a new type', 'none', { ...sampleEvent('Send'), eventType: 'New' }, {}],
])('%s: %s', async (_, action, record, expected) => {
  expect(await receive([record])).toEqual([]);
  expect(suppressed()).toEqual(expected);
  expect(details()).toEqual([expect.objectContaining({ action, suppressed: Object.keys(expected).length > 0 })]);
  expect(table.contents).toEqual([expect.objectContaining({ action: { S: action } })]);
});

test('a change of a subscription reaches the user with what it was and what it is', async () => {
  await receive([sampleEvent('Subscription')]);
  expect(details()[0].subscription).toMatchObject({ oldTopicPreferences: { unsubscribeAll: false }, newTopicPreferences: { unsubscribeAll: true } });
  expect(JSON.parse(String(table.contents[0].subscription.S))).toEqual(details()[0].subscription);
});

describe('several possible complainers', () => {
  const complaint = sampleEvent('Complaint', { complaint: { complainedRecipients: [{ emailAddress: 'a@example.com' }, { emailAddress: 'b@example.com' }] } });

  test('are all suppressed, and marked as uncertain', async () => {
    await receive([complaint]);
    expect(suppressed()).toEqual({ 'a@example.com': 'COMPLAINT', 'b@example.com': 'COMPLAINT' });
    expect(table.contents.map(({ ambiguous }) => ambiguous)).toEqual([{ BOOL: true }, { BOOL: true }]);
  });

  test('are only marked, if that is wanted', async () => {
    configure({ ambiguousComplaints: 'mark' });
    await receive([complaint]);
    expect(suppressed()).toEqual({});
    expect(details().map(({ action, ambiguous }) => [action, ambiguous])).toEqual([['mark', true], ['mark', true]]);
  });
});

describe('the mailbox simulator', () => {
  test('is never suppressed, and is counted', async () => {
    configure({ transientBounces: { count: 1, seconds: 3600 } });
    await receive([
      bounceOf('bounce@simulator.amazonses.com'),
      bounceOf('bounce+label@simulator.amazonses.com', { bounceType: 'Transient', feedbackId: 'x', timestamp: new Date().toISOString() }),
      sampleEvent('Complaint', { complaint: { complainedRecipients: [{ emailAddress: 'complaint@simulator.amazonses.com' }] } }),
    ]);
    expect(list.calls).toEqual([]);
    expect(details()).toEqual([1, 2, 3].map(() => expect.objectContaining({ action: 'suppress', simulator: true, suppressed: false })));
    expect(metrics()).toMatchObject({
      'CdkPostmaster Bounces FeedbackPipeline=Mail': 2,
      'CdkPostmaster HardBounces FeedbackPipeline=Mail': 0,
      'CdkPostmaster Complaints FeedbackPipeline=Mail': 1,
      'CdkPostmaster SimulatorBounces FeedbackPipeline=Mail': 2,
      'CdkPostmaster SimulatorComplaints FeedbackPipeline=Mail': 1,
    });
  });
});

describe('bounces for now', () => {
  const DAY = 86_400;

  test('are never a reason to suppress unless wanted', async () => {
    await receive(['1', '2', '3', '4', '5', '6'].map(id => transient(id)));
    expect(suppressed()).toEqual({});
    expect(details().map(({ action }) => action)).toEqual(Array(6).fill('count'));
  });

  test('suppress the address when there are enough of them', async () => {
    configure({ transientBounces: { count: 3, seconds: 7 * DAY } });
    await receive([transient('1'), transient('2'), transient('2'), transient('1')]);
    expect(suppressed()).toEqual({});
    await receive([transient('3'), transient('4')]);
    expect(list.puts).toEqual([JANE, JANE]);
    expect(details().map(({ action }) => action)).toEqual(['count', 'count', 'suppress', 'suppress']);
    expect(details()[2].reason).toBe('bounced for now, 3 times in a short time');
  });

  test('are found in a history of many pages', async () => {
    table.pageSize = 1;
    configure({ transientBounces: { count: 3, seconds: 7 * DAY } });
    await receive([transient('1'), sampleEvent('Delivery'), transient('2'), sampleEvent('Open'), transient('3')]);
    expect(list.puts).toEqual([JANE]);
  });

  test('of another address, of long ago, because of the message, or because of the sender do not count', async () => {
    configure({ transientBounces: { count: 2, seconds: DAY } });
    await receive([
      transient('1'),
      transient('2', { bouncedRecipients: [{ emailAddress: 'somebody@example.net' }] }),
      transient('3', { timestamp: new Date(Date.now() - 2 * DAY * 1000).toISOString() }),
      transient('4', { bounceSubType: 'MessageTooLarge' }),
      transient('blocked', { bouncedRecipients: [{ emailAddress: JANE, diagnosticCode: '554 Client host [192.0.2.7] blocked using zen.spamhaus.org' }] }),
    ]);
    expect(suppressed()).toEqual({});
    await receive([transient('5')]);
    expect(suppressed()).toEqual({ [JANE]: 'BOUNCE' });
  });
});

describe('the same news', () => {
  test('in one batch, in another, and in an SNS duplicate, is acted on once', async () => {
    expect(await receive([bounce(), bounce(), snsEnvelope(JSON.stringify(bounce()))])).toEqual([]);
    expect(await receive([bounce()])).toEqual([]);
    expect([list.puts, bus.events.length, table.contents.length]).toEqual([[JANE], 1, 1]);
    expect(metrics()).toMatchObject({ 'CdkPostmaster Bounces FeedbackPipeline=Mail': 1, 'CdkPostmaster Duplicates FeedbackPipeline=Mail': 3 });
  });

  test('does not suppress again an address that somebody has taken off the list since', async () => {
    await receive([bounce()]);
    list.addresses.clear();
    await receive([bounce()]);
    expect(suppressed()).toEqual({});
  });

  test('that another invocation is at comes again, since the other may die', async () => {
    let release = () => {};
    bus.hold = () => new Promise<void>(resolve => { release = resolve; });
    const first = receive([bounce()]);
    while (list.puts.length === 0) await new Promise(resolve => { setTimeout(resolve, 5); });
    expect(await receive([bounce()])).toEqual(['m0']);
    expect(notices()).toEqual([{ notice: 'failed, comes again', message: 'm0', failure: 'Error: another invocation is at the same news' }]);
    bus.hold = async () => {};
    release();
    expect(await first).toEqual([]);
    expect(await receive([bounce()])).toEqual([]);
    expect([list.puts, bus.events.length]).toEqual([[JANE], 1]);
  });

  test('of an invocation that died is acted on by the next, once its lease has run out', async () => {
    bus.refuseNext(1, new Refusal(400, 'AccessDeniedException', 'User: x is not authorized to perform: events:PutEvents'));
    expect(await receive([bounce()], 10_000)).toEqual(['m0']);
    expect(await receive([bounce()], 10_000)).toEqual(['m0']);
    expect(bus.events).toHaveLength(0);
    const later = Date.now() + 12_000;
    jest.spyOn(Date, 'now').mockImplementation(() => later);
    expect(await receive([bounce()], 10_000)).toEqual([]);
    expect(bus.events).toHaveLength(1);
    expect(table.contents).toEqual([expect.not.objectContaining({ lease: expect.anything() })]);
  });

  test('leaves recipients alone that were done before the message failed', async () => {
    const two = bounce({ bouncedRecipients: [{ emailAddress: 'a@example.com' }, { emailAddress: 'b@example.com' }] });
    list.afterPut = () => {
      list.afterPut = () => {};
      list.refuseNext(1, new Refusal(403, 'AccessDeniedException', 'no'));
    };
    expect(await receive([two], 10_000)).toEqual(['m0']);
    const later = Date.now() + 12_000;
    jest.spyOn(Date, 'now').mockImplementation(() => later);
    expect(await receive([two], 10_000)).toEqual([]);
    expect(list.puts).toEqual(['a@example.com', 'b@example.com']);
    expect(details().map(({ address }) => address)).toEqual(['a@example.com', 'b@example.com']);
  });
});

describe('what cannot be read', () => {
  test('is handed back, and the rest of the batch is not', async () => {
    const bodies = ['hello jane.doe@example.net', bounceOf('a@example.com'), '{"eventType":"Bounce"}', bounceOf('b@example.com', { feedbackId: 'b' }), '5'];
    expect(await receive(bodies)).toEqual(['m0', 'm2', 'm4']);
    expect(suppressed()).toEqual({ 'a@example.com': 'BOUNCE', 'b@example.com': 'BOUNCE' });
    expect(metrics()).toMatchObject({ 'CdkPostmaster UnreadableMessages FeedbackPipeline=Mail': 3 });
    expect(lines()[0]).toMatchObject({ notice: 'unreadable', message: 'm0', failure: expect.stringContaining('[MailEvents.notAnEvent]') });
  });

  test('is not what SES says when the topic is set up', async () => {
    expect(await receive(['Successfully validated SNS topic for Amazon SES event publishing.'])).toEqual([]);
    expect([table.calls, printed]).toEqual([[], []]);
  });
});

describe('patience', () => {
  test.each([
    ['SES', list, THROTTLED],
    ['SES, in another word', list, new Refusal(400, 'ThrottlingException', 'Rate exceeded')],
    ['SES, when it fails', list, new Refusal(500, 'InternalServiceErrorException', 'try again')],
    ['DynamoDB', table, new Refusal(400, 'ProvisionedThroughputExceededException', 'slow down')],
    ['EventBridge', bus, new Refusal(400, 'ThrottlingException', 'Rate exceeded')],
  ])('is shown to %s', async (_, service, refusal) => {
    service.refuseNext(3, refusal);
    hurry();
    expect(await receive([bounce()])).toEqual([]);
    expect([list.puts, bus.events.length]).toEqual([[JANE], 1]);
  });

  test('is shown to entries that the bus did not take', async () => {
    bus.entryErrors.push('ThrottlingException', 'InternalFailure');
    hurry();
    expect(await receive([bounce()])).toEqual([]);
    expect(bus.events).toHaveLength(1);
  });

  test('ends with the time of the function: what is left comes again, and nothing of it is begun', async () => {
    list.refuseNext(1_000, THROTTLED);
    hurry();
    const started = Date.now();
    expect(await receive([sampleEvent('DeliveryDelay'), bounce(), bounceOf('b@example.com', { feedbackId: 'b' }), bounceOf('c@example.com', { feedbackId: 'c' })])).toEqual(['m1', 'm2', 'm3']);
    expect(Date.now() - started).toBeLessThan(60_000);
    expect(details().map(({ eventType }) => eventType)).toEqual(['DeliveryDelay']);
    expect(notices().at(-1)).toMatchObject({ message: 'm3', failure: expect.stringMatching(/out of time|Rate exceeded/) });
  });

  test('is not shown to what will not change: the message fails at once, in the words of AWS but for addresses', async () => {
    list.refuseNext(1, new Refusal(403, 'AccessDeniedException', `User: x may not ses:PutSuppressedDestination for ${JANE}`));
    expect(await receive([bounce()])).toEqual(['m0']);
    expect(list.calls).toHaveLength(1);
    expect(notices()).toEqual([expect.objectContaining({ failure: expect.stringMatching(/^AccessDeniedException: User: x may not ses:PutSuppressedDestination for /) })]);
  });

  test('an address that SES does not take for its list is for somebody to look at, and the other recipients are suppressed', async () => {
    expect(await receive([bounce({ bouncedRecipients: [{ emailAddress: 'jane doe@localhost' }, { emailAddress: 'b@example.com' }] })])).toEqual([]);
    expect(suppressed()).toEqual({ 'b@example.com': 'BOUNCE' });
    expect(details()[0]).toMatchObject({
      action: 'operatorAlert', suppressed: false, reason: 'bounced for good, and SES does not take the address for its suppression list',
    });
    expect(metrics()).toMatchObject({ 'CdkPostmaster OperatorAlerts FeedbackPipeline=Mail': 1 });
  });
});

describe('metrics', () => {
  test('are there in total, by type, and by type and sub-type', async () => {
    await receive([bounce(), bounceOf('b@example.com', { feedbackId: 'b', bounceSubType: 'OnAccountSuppressionList' }), transient('t')]);
    expect(metrics()).toEqual({
      'CdkPostmaster Bounces FeedbackPipeline=Mail': 3,
      'CdkPostmaster Bounces FeedbackPipeline=Mail Type=Permanent': 2,
      'CdkPostmaster Bounces FeedbackPipeline=Mail Type=Permanent SubType=General': 1,
      'CdkPostmaster Bounces FeedbackPipeline=Mail Type=Permanent SubType=OnAccountSuppressionList': 1,
      'CdkPostmaster Bounces FeedbackPipeline=Mail Type=Transient': 1,
      'CdkPostmaster Bounces FeedbackPipeline=Mail Type=Transient SubType=MailboxFull': 1,
      'CdkPostmaster HardBounces FeedbackPipeline=Mail': 1,
      'CdkPostmaster Suppressed FeedbackPipeline=Mail': 1,
    });
  });

  test('of complaints are by what the provider reports, and fraud is counted apart', async () => {
    const complaint = (complaintFeedbackType: string) => sampleEvent('Complaint', { complaint: { complaintFeedbackType, feedbackId: complaintFeedbackType } });
    await receive(['fraud', 'abuse', 'something-new'].map(complaint));
    expect(metrics()).toMatchObject({
      'CdkPostmaster Complaints FeedbackPipeline=Mail': 3,
      'CdkPostmaster Complaints FeedbackPipeline=Mail Type=fraud': 1,
      'CdkPostmaster Complaints FeedbackPipeline=Mail Type=Other': 1,
      'CdkPostmaster SecurityReports FeedbackPipeline=Mail': 1,
    });
  });

  test('of refusals because of a blocklist are by list, and the line has what is on it', async () => {
    const refused = (name: string) => transient(name, { bouncedRecipients: [{ emailAddress: JANE, diagnosticCode: `554 Client host [192.0.2.7] blocked using ${name}` }] });
    await receive(['zen.spamhaus.org', 'bl.example.org'].map(refused));
    expect(metrics()).toMatchObject({
      'CdkPostmaster BlocklistRefusals FeedbackPipeline=Mail': 2,
      'CdkPostmaster BlocklistRefusals FeedbackPipeline=Mail List=Spamhaus': 1,
      'CdkPostmaster BlocklistRefusals FeedbackPipeline=Mail List=Other': 1,
    });
    expect(lines().map(({ blocklist, blockedIp }) => [blocklist, blockedIp])).toEqual([['Spamhaus', '192.0.2.7'], ['bl.example.org', '192.0.2.7']]);
  });

  test('tell of delays by type, of rejects, of templates and of how long a delivery took', async () => {
    await receive([sampleEvent('DeliveryDelay'), sampleEvent('Reject'), sampleEvent('Rendering Failure'), sampleEvent('Delivery')]);
    expect(metrics()).toEqual({
      'CdkPostmaster DeliveryDelays FeedbackPipeline=Mail': 1,
      'CdkPostmaster DeliveryDelays FeedbackPipeline=Mail Type=TransientCommunicationFailure': 1,
      'CdkPostmaster Rejects FeedbackPipeline=Mail': 1,
      'CdkPostmaster OperatorAlerts FeedbackPipeline=Mail': 1,
      'CdkPostmaster RenderingFailures FeedbackPipeline=Mail': 1,
      'CdkPostmaster ContentAlerts FeedbackPipeline=Mail': 1,
      'CdkPostmaster DeliveryLatency FeedbackPipeline=Mail': 12117,
    });
    expect(lines()[3]._aws.CloudWatchMetrics[0].Metrics).toEqual([{ Name: 'DeliveryLatency', Unit: 'Milliseconds' }]);
  });

  test('stand in a line with what was done, by which the item in the table is found', async () => {
    await receive([bounce({ bounceType: 'Undetermined', bounceSubType: 'Undetermined' })]);
    expect(lines()[0]).toMatchObject({ key: details()[0].key, messageId: details()[0].messageId, eventType: 'Bounce', action: 'none', reason: 'bounced, and nobody knows why' });
  });
});
