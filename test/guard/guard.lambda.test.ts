/* The handler as it is deployed, with the real SDK and over the real wire, against services that are fakes. */
import { alarmName, DRILL, type GuardSettings } from '../../src/guard/guard-constants';
import { DRILL_TIME, GRACE } from '../../src/guard/guard-decision';
import { handler } from '../../src/guard/guard.lambda';
import { FakeAlarms } from '../support/fake-alarms';
import { FakeGuardTable } from '../support/fake-guard-table';
import { FakeSending } from '../support/fake-sending';
import { Refusal } from '../support/fake-service';
import { FakeTopic } from '../support/fake-topic';
import { hurry } from '../support/hurry';
import { captureMetrics } from '../support/metric-log';

const TOPIC = 'arn:aws:sns:eu-west-1:111122223333:notices';
const SETTINGS: GuardSettings = {
  name: 'Guard',
  streams: ['receipts', 'news'],
  rates: ['bounce', 'complaint'],
  account: { patienceMinutes: 60 },
  dryRun: false,
  tableName: 'records',
  topicArn: TOPIC,
  auditDays: 365,
};
const MINUTE = 60_000;

const ses = new FakeSending();
const cloudWatch = new FakeAlarms();
const table = new FakeGuardTable('records');
const topic = new FakeTopic(TOPIC);
const services = [ses, cloudWatch, table, topic];
const realNow = Date.now;
let passed: number;
let log: jest.SpyInstance;
let metrics: ReturnType<typeof captureMetrics>;

beforeAll(async () => {
  await Promise.all(services.map(service => service.start()));
  Object.assign(process.env, {
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: 'AKIAFAKE',
    AWS_SECRET_ACCESS_KEY: 'fake',
    AWS_ENDPOINT_URL_SESV2: ses.endpoint,
    AWS_ENDPOINT_URL_CLOUDWATCH: cloudWatch.endpoint,
    AWS_ENDPOINT_URL_DYNAMODB: table.endpoint,
    AWS_ENDPOINT_URL_SNS: topic.endpoint,
  });
});
afterAll(async () => { await Promise.all(services.map(service => service.stop())); });

beforeEach(() => {
  services.forEach(service => service.reset());
  given({});
  SETTINGS.streams.forEach(name => ses.sets.set(name, { sending: true }));
  for (const rate of SETTINGS.rates) {
    for (const stream of SETTINGS.streams) (['warn', 'pause', 'burst'] as const).forEach(tier => cloudWatch.put(alarmName('Guard', stream, rate, tier), 'OK'));
    (['warn', 'pause'] as const).forEach(tier => cloudWatch.put(alarmName('Guard', '', rate, tier), 'OK'));
  }
  passed = 0;
  jest.spyOn(Date, 'now').mockImplementation(() => realNow() + passed);
  log = jest.spyOn(console, 'log').mockImplementation();
  metrics = captureMetrics();
});
afterEach(() => jest.restoreAllMocks());

const BOUNCES = alarmName('Guard', 'receipts', 'bounce', 'pause');
const COMPLAINTS = alarmName('Guard', 'news', 'complaint', 'burst');
const OF_ACCOUNT = alarmName('Guard', '', 'bounce', 'pause');
const REASON = 'Threshold Crossed: 1 datapoint [0.07] was greater than or equal to the threshold (0.05).';

function given(settings: Partial<GuardSettings>): void {
  process.env.GUARD = JSON.stringify({ ...SETTINGS, ...settings });
}

const invoke = (event: unknown) => handler(event, { functionName: 'guard' });
const tick = () => invoke({ 'source': 'aws.events', 'detail-type': 'Scheduled Event', 'detail': {} });
const message = (name: string, state: string) => ({
  EventSource: 'aws:sns',
  Sns: { MessageId: '1', Subject: `${state}: "${name}" in EU (Ireland)`, Message: JSON.stringify({ AlarmName: name, NewStateValue: state, OldStateValue: 'OK' }) },
});
const told = (name: string, state = 'ALARM') => invoke({ Records: [message(name, state)] });
const command = (what: string, details: object) => invoke({ command: what, by: 'Ann', ...details });

function alarm(name: string): Promise<unknown> {
  passed += 1000;
  cloudWatch.put(name, 'ALARM', REASON, Date.now() / 1000);
  passed += 1000;
  return told(name);
}

/** Lets waiting pass quickly. The clock is the real one then. */
function inAHurry(): void {
  jest.restoreAllMocks();
  hurry();
  log = jest.spyOn(console, 'log').mockImplementation();
  metrics = captureMetrics();
}

const sending = () => Object.fromEntries([...ses.sets].map(([name, set]) => [name, set.sending]));
const calls = () => services.flatMap(service => service.calls);
const subjects = () => topic.published.map(({ subject }) => subject);
const record = (target: string) => JSON.parse(table.partition('target').find(item => item.sk.S === target)!.record.S);

describe('an alarm', () => {
  test('pauses its stream, and no other, and tells people who, what, why and how to resume', async () => {
    await alarm(BOUNCES);
    expect(sending()).toEqual({ receipts: false, news: true });
    expect(topic.published).toHaveLength(1);
    const [{ subject, message: text, attributes }] = topic.published;
    expect(subject).toBe('Mail of the stream receipts is paused (eu-west-1)');
    expect(text).toContain('Who:  the guard Guard');
    expect(text).toContain(`Why:  too much mail bounces: the alarm ${BOUNCES} is in ALARM since`);
    expect(text).toContain(REASON);
    expect(text).toContain('aws lambda invoke --region eu-west-1 --function-name guard --cli-binary-format raw-in-base64-out ' +
      '--payload \'{"command":"resume","stream":"receipts","by":"YOUR NAME"}\' /dev/stdout');
    expect(text).toContain('aws sesv2 get-configuration-set --region eu-west-1 --configuration-set-name receipts --query SendingOptions.SendingEnabled');
    expect(text).toContain('aws sesv2 put-configuration-set-sending-options --region eu-west-1 --configuration-set-name receipts --sending-enabled');
    expect(text).toContain('it reviews an account from a bounce rate of 5 % or a complaint rate of 0.1 % on, and may pause it from 10 % or 0.5 % on');
    expect(attributes).toMatchObject({ notice: 'paused', guard: 'Guard', target: 'receipts', drill: 'false', id: expect.stringContaining('Guard/receipts/paused/') });
  });

  test('that is told again changes nothing', async () => {
    await alarm(BOUNCES);
    services.forEach(service => { service.calls.length = 0; });
    await told(BOUNCES);
    await tick();
    expect(calls().filter(call => !['UpdateItem', 'Query', 'DescribeAlarms', 'GetConfigurationSet'].includes(call))).toEqual([]);
    expect(topic.published).toHaveLength(1);
  });

  test('leaves records of what was done, which end after a year', async () => {
    await alarm(BOUNCES);
    expect(record('stream/receipts')).toMatchObject({ status: 'paused', certain: true, drill: false, causes: [{ name: BOUNCES, rate: 'bounce', reason: REASON }] });
    const trail = table.partition('audit/stream/receipts');
    expect(trail.map(item => item.status.S)).toEqual(['pausing', 'paused', 'paused']);
    trail.forEach(item => expect(Number(item.expires.N) * 1000 - Date.now()).toBeGreaterThan(364 * 24 * 60 * MINUTE));
  });

  test('that the guard was never told of is found by the next tick', async () => {
    cloudWatch.put(COMPLAINTS, 'ALARM');
    await tick();
    expect(sending()).toEqual({ receipts: true, news: false });
    expect(metrics().at(-1)).toMatchObject({ namespace: 'CdkPostmaster', dimensions: { Guard: 'Guard' }, values: { PausedTargets: 1 } });
  });

  test.each(['OK', 'INSUFFICIENT_DATA'])('that is %s by now pauses nothing, whatever the event says', async state => {
    cloudWatch.put(BOUNCES, state);
    await told(BOUNCES);
    expect(sending()).toEqual({ receipts: true, news: true });
    expect(topic.published).toEqual([]);
  });

  test('of somebody else pauses nothing', async () => {
    cloudWatch.put('Other', 'ALARM');
    await told('Other');
    expect(calls().filter(call => call.startsWith('Put') || call === 'Publish')).toEqual([]);
  });

  test('that warns pauses nothing', async () => {
    cloudWatch.put(alarmName('Guard', 'receipts', 'bounce', 'warn'), 'ALARM');
    await tick();
    expect(sending()).toEqual({ receipts: true, news: true });
  });

  test('is looked at with four calls while all is well, and none of them asks SES', async () => {
    await tick();
    expect(calls().sort()).toEqual(['DescribeAlarms', 'Query', 'UpdateItem', 'UpdateItem']);
    expect(metrics().at(-1)!.values).toEqual({ PausedTargets: 0 });
  });

  test.each([[undefined], [null], [{}], ['text'], [{ Records: [{}] }]])('may be told by an event of any form: %j', async event => {
    cloudWatch.put(BOUNCES, 'ALARM');
    await invoke(event);
    expect(sending().receipts).toBe(false);
  });
});

describe('the account', () => {
  test('is paused when no stream is at fault', async () => {
    await alarm(OF_ACCOUNT);
    expect(ses.account.sending).toBe(false);
    expect(subjects()).toEqual(['Mail of the whole account is paused (eu-west-1)']);
    expect(topic.published[0].message).toContain('aws sesv2 put-account-sending-attributes --region eu-west-1 --sending-enabled');
  });

  test('waits for the stream that was paused, and is paused if that does not help', async () => {
    cloudWatch.put(BOUNCES, 'ALARM');
    await alarm(OF_ACCOUNT);
    expect([sending().receipts, ses.account.sending]).toEqual([false, true]);
    passed += 59 * MINUTE;
    await tick();
    expect(ses.account.sending).toBe(true);
    passed += 2 * MINUTE;
    await tick();
    expect(ses.account.sending).toBe(false);
  });

  test('is not paused while a stream cannot be', async () => {
    ses.refuseNext(9, new Refusal(403, 'AccessDeniedException', 'not authorized'), 'PutConfigurationSetSendingOptions');
    cloudWatch.put(BOUNCES, 'ALARM');
    await expect(alarm(OF_ACCOUNT)).rejects.toThrow('not authorized');
    expect(ses.account.sending).toBe(true);
  });

  test('that AWS has paused is not resumed', async () => {
    Object.assign(ses.account, { sending: false, enforcement: 'SHUTDOWN' });
    expect(await command('resume', { account: true })).toEqual({
      refused: 'AWS itself has paused this account, and only AWS can resume it: answer the case in the Support Center with what you have changed',
    });
    expect(ses.calls).toEqual(['GetAccount']);
  });

  test('is resumed by a command otherwise', async () => {
    await alarm(OF_ACCOUNT);
    passed += MINUTE;
    expect(await command('resume', { account: true })).toEqual({ done: 'it sends again; people have been told' });
    expect(ses.account.sending).toBe(true);
  });

  test('is none of the business of a guard that was not given it', async () => {
    given({ account: undefined });
    await alarm(OF_ACCOUNT);
    expect(ses.account.sending).toBe(true);
    expect(await command('resume', { account: true })).toEqual({ refused: 'this guard has the streams receipts, news' });
  });
});

describe('resuming', () => {
  beforeEach(async () => {
    await alarm(BOUNCES);
    passed += 10 * MINUTE;
  });

  test('by a command names who did, and the alarm does not pause the stream again for a while', async () => {
    expect(await command('resume', { stream: 'receipts' })).toEqual({ done: 'it sends again; people have been told' });
    expect(sending().receipts).toBe(true);
    expect(subjects().at(-1)).toBe('Mail of the stream receipts is sent again, resumed by Ann (eu-west-1)');
    await told(BOUNCES);
    expect(sending().receipts).toBe(true);
    passed += GRACE;
    await tick();
    expect(sending().receipts).toBe(false);
    expect(topic.published).toHaveLength(3);
  });

  test('by SES itself is noticed and respected', async () => {
    Object.assign(ses.sets.get('receipts')!, { sending: true, freshStart: Date.now() / 1000 });
    await tick();
    expect(sending().receipts).toBe(true);
    expect(subjects().at(-1)).toBe('Mail of the stream receipts is sent again, resumed by somebody, by SES itself (eu-west-1)');
  });

  test('is respected, until the alarm has recovered and gone bad again', async () => {
    await command('resume', { stream: 'receipts' });
    passed += MINUTE;
    cloudWatch.put(BOUNCES, 'OK', REASON, Date.now() / 1000);
    await tick();
    await alarm(BOUNCES);
    expect(sending().receipts).toBe(false);
  });

  test('does not happen by itself when the alarm recovers', async () => {
    cloudWatch.put(BOUNCES, 'OK');
    passed += 100 * 60 * MINUTE;
    await tick();
    expect(sending().receipts).toBe(false);
  });

  test('happens by itself after the cool-down, if that was asked for, and on evidence', async () => {
    given({ coolDownMinutes: 120 });
    cloudWatch.put(BOUNCES, 'OK');
    await tick();
    expect(sending().receipts).toBe(false);
    passed += 120 * MINUTE;
    cloudWatch.put(BOUNCES, 'INSUFFICIENT_DATA');
    await tick();
    expect(sending().receipts).toBe(false);
    cloudWatch.put(BOUNCES, 'OK');
    ses.account.enforcement = 'PROBATION';
    await tick();
    expect(sending().receipts).toBe(false);
    ses.account.enforcement = 'HEALTHY';
    await tick();
    expect(sending().receipts).toBe(true);
    expect(subjects().at(-1)).toContain('resumed by the guard, after its cool-down');
  });

  test('of what sends already is refused', async () => {
    expect(await command('resume', { stream: 'news' })).toEqual({ refused: 'it is sending' });
  });

  test('of a stream that somebody else has paused takes a command', async () => {
    ses.sets.get('news')!.sending = false;
    await tick();
    expect(sending().news).toBe(false);
    await command('resume', { stream: 'news' });
    expect(sending().news).toBe(true);
  });
});

describe('a drill', () => {
  test('goes the way of a real alarm, says that it is one, and is undone', async () => {
    expect(await command('drill', { stream: 'news' })).toEqual({ done: expect.stringContaining('within a minute you should be told of a drill') });
    expect(cloudWatch.alarms.get(alarmName('Guard', 'news', 'bounce', 'pause'))).toMatchObject({ state: 'ALARM', reason: `${DRILL} by Ann` });
    await tick();
    expect(sending()).toEqual({ receipts: true, news: false });
    expect(topic.published[0]).toMatchObject({
      subject: 'DRILL: Mail of the stream news is paused (eu-west-1)',
      message: expect.stringContaining('This is a drill. It is undone by itself about 10 minutes after it began'),
      attributes: { drill: 'true' },
    });
    passed += DRILL_TIME;
    await tick();
    expect(sending().news).toBe(true);
    expect(subjects().at(-1)).toBe('Mail of the stream news is sent again, resumed by the guard, at the end of the drill (eu-west-1)');
    expect(cloudWatch.alarms.get(alarmName('Guard', 'news', 'bounce', 'pause'))).toMatchObject({ state: 'INSUFFICIENT_DATA' });
    await tick();
    expect(topic.published).toHaveLength(2);
  });

  test('becomes serious when a real alarm comes', async () => {
    await command('drill', { stream: 'news' });
    await tick();
    await alarm(COMPLAINTS);
    passed += DRILL_TIME;
    await tick();
    expect(sending().news).toBe(false);
    expect(subjects()).toEqual(['DRILL: Mail of the stream news is paused (eu-west-1)', 'Mail of the stream news is paused (eu-west-1)']);
  });

  test('does not stop all mail of the account', async () => {
    await command('drill', { account: true });
    await tick();
    await tick();
    expect(ses.account.sending).toBe(true);
    expect(subjects()).toEqual(['DRILL: Mail of the whole account would be paused now (eu-west-1)']);
    expect(topic.published[0].message).toContain('Nothing was done: a drill does not stop all mail of an account.');
  });

  test('is refused while the alarm is real, and when it is gone', async () => {
    cloudWatch.put(BOUNCES, 'ALARM');
    expect(await command('drill', { stream: 'receipts' })).toEqual({ refused: `the alarm ${BOUNCES} is in ALARM already: this is not the time for a drill` });
    cloudWatch.alarms.delete(BOUNCES);
    expect(await command('drill', { stream: 'receipts' })).toEqual({ refused: `there is no alarm ${BOUNCES}; cdk deploy --revert-drift brings it back, and a plain deployment does not` });
  });
});

test('a dry run tells once what it would do, and does nothing', async () => {
  given({ dryRun: true });
  await alarm(BOUNCES);
  await tick();
  expect(sending().receipts).toBe(true);
  expect(subjects()).toEqual(['Mail of the stream receipts would be paused now (eu-west-1)']);
  expect(topic.published[0].message).toContain('Nothing was done: the guard is on a dry run.');
});

describe('commands', () => {
  test('status says what is seen and what was done, and changes nothing', async () => {
    await alarm(BOUNCES);
    services.forEach(service => { service.calls.length = 0; });
    const answer = await command('status', {});
    expect(answer).toMatchObject({
      guard: 'Guard',
      account: { sending: true, enforcement: 'HEALTHY' },
      targets: [{ stream: 'receipts', sending: false, status: 'paused', since: expect.stringMatching(/Z$/) }, { stream: 'news', sending: true, status: 'running' }, { account: true, sending: true }],
    });
    expect(JSON.stringify(answer)).toContain(`{"name":"${BOUNCES}","state":"ALARM"`);
    expect(calls().filter(call => !/^(?:Get|Describe|Query)/.test(call))).toEqual([]);
  });

  test.each([
    [{ command: 'stop' }, 'this guard has the streams receipts, news and "account":true'],
    [{ command: 'stop', stream: 'news' }, 'there is no command stop; there are status, resume and drill'],
    [{ command: 'resume', stream: 'other' }, 'this guard has the streams receipts, news and "account":true'],
    [{ command: 'resume', stream: '' }, 'this guard has the streams receipts, news and "account":true'],
    [{ command: 'resume', stream: 'news', account: true }, 'this guard has the streams receipts, news and "account":true'],
  ])('%j is refused', async (event, refused) => {
    expect(await invoke(event)).toEqual({ refused });
    expect(calls()).toEqual([]);
  });

  test('take any name, also one that no subject may have', async () => {
    await alarm(BOUNCES);
    await invoke({ command: 'resume', stream: 'receipts', by: 'Zoë\nBcc: x' });
    expect(subjects().at(-1)).toContain('resumed by Zo??Bcc: x');
  });
});

describe('when something fails', () => {
  test('throttling is waited for', async () => {
    ses.refuseNext(3, new Refusal(429, 'TooManyRequestsException', 'Rate exceeded'), 'PutConfigurationSetSendingOptions');
    inAHurry();
    cloudWatch.put(BOUNCES, 'ALARM');
    await tick();
    expect(sending().receipts).toBe(false);
    expect(ses.calls.filter(call => call.startsWith('Put'))).toHaveLength(4);
  });

  test('a pause that SES refuses fails the run, tells nobody, keeps no other stream from being paused, and is done by the next run', async () => {
    ses.refuseNext(1, new Refusal(403, 'AccessDeniedException', 'not authorized to perform ses:PutConfigurationSetSendingOptions'), 'PutConfigurationSetSendingOptions');
    cloudWatch.put(COMPLAINTS, 'ALARM');
    await expect(alarm(BOUNCES)).rejects.toThrow('not authorized to perform ses:PutConfigurationSetSendingOptions');
    expect(sending()).toEqual({ receipts: true, news: false });
    expect(subjects()).toEqual(['Mail of the stream news is paused (eu-west-1)']);
    passed += 1000;
    await tick();
    expect(sending()).toEqual({ receipts: false, news: false });
    expect(topic.published).toHaveLength(2);
  });

  test('a notice that cannot be published is published by the next run, once', async () => {
    topic.refuseNext(1, new Refusal(403, 'AuthorizationError', 'not authorized to perform SNS:Publish'));
    await expect(alarm(BOUNCES)).rejects.toThrow('SNS:Publish');
    expect(sending().receipts).toBe(false);
    await tick();
    await tick();
    expect(subjects()).toEqual(['Mail of the stream receipts is paused (eu-west-1)']);
  });

  test('nothing is done that cannot be written down', async () => {
    table.refuseNext(1, new Refusal(400, 'AccessDeniedException', 'no table'), 'TransactWriteItems');
    await expect(alarm(BOUNCES)).rejects.toThrow('no table');
    expect(sending().receipts).toBe(true);
  });

  test('a resumption that SES refuses can be asked for again', async () => {
    await alarm(BOUNCES);
    ses.refuseNext(1, new Refusal(403, 'AccessDeniedException', 'not authorized'), 'PutConfigurationSetSendingOptions');
    passed += 1000;
    await expect(command('resume', { stream: 'receipts' })).rejects.toThrow('not authorized');
    expect(record('stream/receipts')).toMatchObject({ status: 'paused', certain: true });
    passed += 1000;
    await command('resume', { stream: 'receipts' });
    expect(sending().receipts).toBe(true);
  });

  test('a configuration set that is gone keeps nobody from the others', async () => {
    ses.sets.delete('receipts');
    cloudWatch.put(COMPLAINTS, 'ALARM');
    await alarm(BOUNCES);
    expect(sending()).toEqual({ news: false });
  });

  test('an alarm that is gone fails the run, after all else is done', async () => {
    cloudWatch.alarms.delete(alarmName('Guard', 'news', 'bounce', 'burst'));
    await expect(alarm(BOUNCES)).rejects.toThrow(`the alarm ${alarmName('Guard', 'news', 'bounce', 'burst')} is gone; cdk deploy --revert-drift brings it back`);
    expect(sending().receipts).toBe(false);
  });
});

describe('runs at the same time', () => {
  test('take turns, and pause and tell once', async () => {
    cloudWatch.put(BOUNCES, 'ALARM');
    cloudWatch.put(COMPLAINTS, 'ALARM');
    inAHurry();
    await Promise.all([told(BOUNCES), told(COMPLAINTS), told(BOUNCES), tick()]);
    expect(sending()).toEqual({ receipts: false, news: false });
    expect(ses.calls.filter(call => call.startsWith('Put'))).toHaveLength(2);
    expect(subjects().sort()).toEqual(['Mail of the stream news is paused (eu-west-1)', 'Mail of the stream receipts is paused (eu-west-1)']);
  });

  test('wait for one that does not end, and give up in time', async () => {
    cloudWatch.put(BOUNCES, 'ALARM');
    const { release, ended } = await heldRun();
    inAHurry();
    await expect(tick()).rejects.toThrow('The conditional request failed');
    expect(sending().receipts).toBe(true);
    release();
    await ended;
  });

  test('one that comes back too late can write nothing down, and does nothing', async () => {
    cloudWatch.put(BOUNCES, 'ALARM');
    const { release, ended } = await heldRun();
    passed += 3 * MINUTE;
    await tick();
    services.forEach(service => { service.calls.length = 0; });
    release();
    await expect(ended).rejects.toThrow('Transaction cancelled');
    expect(ses.calls).toEqual(['GetConfigurationSet']);
    expect(topic.published).toHaveLength(1);
  });

  /** A run that has asked SES for its truth, and gets the answer when it is released. */
  async function heldRun() {
    let release = () => {};
    let asked = () => {};
    const reached = new Promise<void>(resolve => { asked = resolve; });
    ses.hold = () => new Promise<void>(resolve => {
      release = resolve;
      ses.hold = async () => {};
      asked();
    });
    const ended = tick();
    await reached;
    return { release, ended };
  }
});

test('the log says what was done, in lines of JSON', async () => {
  await alarm(BOUNCES);
  const notices = log.mock.calls.map(([line]) => JSON.parse(line));
  expect(notices.map(({ notice }) => notice)).toEqual(['woken', 'recorded', 'sending paused', 'recorded', 'told', 'recorded']);
  expect(notices[0]).toEqual({ notice: 'woken', alarms: [`ALARM: "${BOUNCES}" in EU (Ireland)`] });
});
