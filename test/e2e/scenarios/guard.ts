import assert from 'node:assert/strict';
import { DynamoDB } from '@aws-sdk/client-dynamodb';
import { IAM } from '@aws-sdk/client-iam';
import { KMS } from '@aws-sdk/client-kms';
import { SNS } from '@aws-sdk/client-sns';
import { SQS } from '@aws-sdk/client-sqs';
import type { Aws } from '../aws';
import { sameLines, until } from '../check';
import { Guarded, type GuardOutputs } from '../guarded';
import type { Scenario, Stage } from '../scenario';

const MINUTE = 60;

export const scenario: Scenario = {
  title: 'the deployed guard pauses a bad stream, tells people, hears nobody else, resumes when asked, and pauses the account last',
  async play(stage) {
    const { report: { step }, aws, cdk } = stage;
    const options = (patience: number) => ({ app: 'npx tsx test/e2e/apps/guard.ts', context: { patience: String(patience) } });
    await aws.createVerifiedDomain('example.com');
    await aws.identity('example.com');
    await step('cdk bootstrap', () => cdk.bootstrap());
    const roles = await roleNames(aws);
    const { outputs } = await step('cdk deploy', () => cdk.deploy(options(60)));
    const made = outputs.Guard as unknown as GuardOutputs;
    const guarded = new Guarded(aws, made);
    const stackId = await aws.stackId('Guard');
    const physicalIds = await aws.physicalIds('Guard');

    await step('a deployment wakes no guard: nothing was called, and everything sends', async () => {
      assert.deepEqual(await aws.logLines(made.LogIs), []);
      assert.deepEqual([await guarded.sends('news'), await guarded.sends('receipts'), await guarded.sends()], [true, true, true]);
    });
    await pause(stage, guarded);
    await hearNobodyElse(stage, guarded);

    const runs = await guarded.runs();
    await step('cdk deploy with a change of that set', () => cdk.deploy(options(30)));
    await step('the change is there, the stream is still paused, nothing was replaced, and the guard was not called', async () => {
      const set = await aws.configurationSet('news');
      assert.deepEqual([set?.DeliveryOptions?.MaxDeliverySeconds, set?.SendingOptions], [1800, { SendingEnabled: false }]);
      assert.deepEqual(await aws.physicalIds('Guard'), physicalIds);
      assert.equal((await guarded.alarm('bounce-pause-news')).StateValue, 'ALARM');
      assert.equal(await guarded.runs(), runs);
    });
    await resume(stage, guarded, await aws.withRole(made.OnCallIs));
    await drill(stage, guarded);
    await pauseAccount(stage, guarded);
    await resumeBySes(stage, guarded);
    await fail(stage, guarded, made);

    const audited = await guarded.audit('stream/news');
    await step('cdk destroy', () => cdk.destroy(options(30)));
    await step('nothing is left but the records, with all that they say, and the key, which waits for its deletion', async () => {
      assert.equal(await aws.stackStatus('Guard'), undefined);
      const table = Object.keys(physicalIds).find(id => physicalIds[id] === made.TableIs)!;
      sameLines(await aws.deletedResources(stackId), Object.keys(physicalIds).filter(id => id !== table), 'deleted resources');
      assert.deepEqual(await guarded.audit('stream/news'), audited);
      const { TableNames } = await new DynamoDB(aws.config).listTables({});
      assert.deepEqual(TableNames, [made.TableIs]);
      assert.deepEqual((await aws.ses.listConfigurationSets({})).ConfigurationSets, []);
      assert.deepEqual((await new SNS(aws.config).listTopics({})).Topics ?? [], []);
      assert.deepEqual((await new SQS(aws.config).listQueues({})).QueueUrls ?? [], []);
      assert.deepEqual((await guarded.cloudWatch.describeAlarms({})).MetricAlarms?.map(({ AlarmName }) => AlarmName), []);
      sameLines(await roleNames(aws), roles, 'roles');
      const { KeyMetadata } = await new KMS(aws.config).describeKey({ KeyId: made.KeyIs });
      assert.equal(KeyMetadata?.KeyState, 'PendingDeletion');
    });
  },
};

async function pause({ report: { step }, aws }: Stage, guarded: Guarded) {
  await step('too little mail to judge by pauses nothing, however bad it is', async () => {
    await guarded.figures('news', { 'Send': 20, 'Bounce': 20, 'Reputation.BounceRate': 0.5 });
    assert.deepEqual([(await guarded.alarm('bounce-pause-news')).StateValue, (await guarded.alarm('bounce-burst-news')).StateValue], ['OK', 'OK']);
    assert.equal(await guarded.runs(), 0);
  });
  await step('CloudWatch has warned of it, and that the guard has not looked yet, without asking the guard', async () => {
    const [blind] = (await guarded.warnings()).filter(name => name.includes('Blind'));
    assert.ok(blind);
    sameLines(await guarded.warnings(), [guarded.alarmName('bounce-warn-news'), blind], 'warnings');
  });
  await step('the rate of a stream crosses the line, and the deployed guard pauses it, and no other', async () => {
    await guarded.awake(() => guarded.figures('news', { 'Send': 480, 'Reputation.BounceRate': 0.06 }));
    assert.deepEqual([await guarded.sends('news'), await guarded.sends('receipts'), await guarded.sends()], [false, true, true]);
  });
  await step('programs that send through it are refused, and others are not', async () => {
    const send = (ConfigurationSetName: string) => aws.ses.sendEmail({
      ConfigurationSetName,
      FromEmailAddress: 'shop@example.com',
      Destination: { ToAddresses: ['jane@example.com'] },
      Content: { Simple: { Subject: { Data: 'Hello' }, Body: { Text: { Data: 'Hello' } } } },
    });
    await assert.rejects(send('news'), { name: 'SendingPausedException' });
    await send('receipts');
  });
  await step('people are told once: who, what, why, and how to resume', async () => {
    const [{ subject, message, attributes }, ...more] = await guarded.news();
    assert.deepEqual(more, []);
    assert.equal(subject, 'Mail of the stream news is paused (us-east-1)');
    assert.match(message, new RegExp(`^Who: {2}the guard ${guarded.alarmName('').slice(0, -1)}$`, 'm'));
    assert.match(message, new RegExp(`^Why: {2}too much mail bounces: the alarm ${guarded.alarmName('bounce-pause-news')} is in ALARM since .*Threshold Crossed`, 'm'));
    assert.match(message, /^ {2}aws lambda invoke .*--payload '\{"command":"resume","stream":"news","by":"YOUR NAME"\}'/m);
    assert.match(message, /^ {2}aws sesv2 get-configuration-set .*--configuration-set-name news /m);
    assert.deepEqual([attributes.notice, attributes.target, attributes.drill], ['paused', 'news', 'false']);
  });
}

async function hearNobodyElse({ report: { step } }: Stage, guarded: Guarded) {
  /** Wakes the guard, which is to find nothing to do. */
  const unmoved = async (work: () => Promise<unknown>, times = 1) => {
    const audits = async () => [await guarded.audit('stream/news'), await guarded.audit('stream/receipts'), await guarded.audit('account')];
    const before = await audits();
    await guarded.awake(work, times);
    assert.deepEqual([await guarded.sends('news'), await guarded.sends('receipts'), await guarded.sends()], [false, true, true]);
    assert.deepEqual(await guarded.news(), []);
    assert.deepEqual(await audits(), before);
  };
  await step('a second alarm of that stream changes nothing, and tells nobody', () => unmoved(() => guarded.figures('news', { Bounce: 80 })));
  await step('the same alarm again, twice at once, changes nothing', () => unmoved(
    () => Promise.all([guarded.tell('bounce-pause-news', 'ALARM'), guarded.tell('bounce-pause-news', 'ALARM')]), 2,
  ));
  for (const state of ['OK', 'INSUFFICIENT_DATA']) {
    await step(`an alarm that becomes ${state} pauses nothing, and resumes nothing`, () => unmoved(async () => {
      await guarded.tell('bounce-pause-receipts', state);
      await guarded.tell('bounce-pause-news', state);
    }, 2));
  }
  await step('who says ALARM where CloudWatch says otherwise is not believed', () => unmoved(() => guarded.tell('bounce-pause-receipts', 'ALARM')));
  await step('an alarm of somebody else that wakes the guard pauses nothing', () => unmoved(async () => {
    await guarded.cloudWatch.putMetricAlarm({
      AlarmName: 'foreign',
      AlarmActions: [await guarded.topic()],
      Namespace: 'AWS/SES',
      MetricName: 'Reputation.BounceRate',
      Statistic: 'Average',
      Period: 300,
      EvaluationPeriods: 1,
      Threshold: 0.01,
      ComparisonOperator: 'GreaterThanThreshold',
    });
    await guarded.cloudWatch.setAlarmState({ AlarmName: 'foreign', StateValue: 'ALARM', StateReason: 'a test' });
  }));
  await guarded.cloudWatch.deleteAlarms({ AlarmNames: ['foreign'] });
}

async function resume({ report: { step } }: Stage, guarded: Guarded, onCall: Aws) {
  await step('who may give the guard commands may do nothing else', async () => {
    await assert.rejects(onCall.ses.putConfigurationSetSendingOptions({ ConfigurationSetName: 'news', SendingEnabled: true }), { name: 'AccessDeniedException' });
    await assert.rejects(onCall.ses.putAccountSendingAttributes({ SendingEnabled: true }), { name: 'AccessDeniedException' });
  });
  await step('the command resumes the stream, tells people who did, and is on record', async () => {
    assert.deepEqual(await guarded.command({ command: 'resume', stream: 'news', by: 'Jane' }, onCall), { done: 'it sends again; people have been told' });
    assert.equal(await guarded.sends('news'), true);
    assert.deepEqual((await guarded.news()).map(({ subject }) => subject), ['Mail of the stream news is sent again, resumed by Jane (us-east-1)']);
    const records = await guarded.audit('stream/news');
    assert.deepEqual(records.map(({ status, by }) => by ? `${status} by ${by}` : status), [
      'pausing', 'paused', 'paused', 'resuming by Jane', 'running by Jane', 'running by Jane',
    ]);
  });
  await step('what was in ALARM then does not pause it again, and what sends is not resumed', async () => {
    await guarded.awake(() => guarded.tell('bounce-pause-news', 'ALARM'));
    assert.equal(await guarded.sends('news'), true);
    assert.deepEqual(await guarded.command({ command: 'resume', stream: 'news' }, onCall), { refused: 'it is sending' });
    assert.deepEqual(await guarded.command({ command: 'resume', stream: 'other' }, onCall), { refused: 'this guard has the streams receipts, news and "account":true' });
    assert.deepEqual(await guarded.news(), []);
  });
}

async function drill({ report: { step }, emulator }: Stage, guarded: Guarded) {
  await step('a drill goes the way of a real alarm, says that it is one, and stops one stream; of the account it only says what would be', async () => {
    await guarded.awake(async () => {
      assert.ok((await guarded.command({ command: 'drill', stream: 'receipts', by: 'Jane' })).done);
      assert.ok((await guarded.command({ command: 'drill', account: true, by: 'Jane' })).done);
    }, 4);
    assert.deepEqual([await guarded.sends('receipts'), await guarded.sends('news'), await guarded.sends()], [false, true, true]);
    sameLines((await guarded.news()).map(({ subject }) => subject), [
      'DRILL: Mail of the stream receipts is paused (us-east-1)', 'DRILL: Mail of the whole account would be paused now (us-east-1)',
    ], 'notices');
  });
  await step('ten minutes later the schedule wakes the guard, which undoes it by itself and says so', async () => {
    await guarded.awake(() => emulator.happens('time', { seconds: 11 * MINUTE }));
    assert.deepEqual([await guarded.sends('receipts'), await guarded.sends()], [true, true]);
    assert.deepEqual((await guarded.news()).map(({ subject }) => subject), [
      'Mail of the stream receipts is sent again, resumed by the guard, at the end of the drill (us-east-1)'.slice(0, 100),
    ]);
    for (const alarm of ['bounce-pause-receipts', 'account-bounce-pause']) {
      assert.equal((await guarded.alarm(alarm)).StateReason, 'the drill is over; CloudWatch decides again');
    }
  });
}

async function pauseAccount({ report: { step }, emulator }: Stage, guarded: Guarded) {
  await step('when a stream and the account are bad, the stream is paused first', async () => {
    await guarded.awake(() => guarded.figures('receipts', { Send: 200, Bounce: 40 }));
    await guarded.awake(() => guarded.figures(undefined, { 'Send': 1000, 'Bounce': 90, 'Reputation.BounceRate': 0.09 }));
    assert.equal((await guarded.alarm('account-bounce-pause')).StateValue, 'ALARM');
    assert.deepEqual([await guarded.sends('receipts'), await guarded.sends()], [false, true]);
    assert.deepEqual((await guarded.news()).map(({ subject }) => subject), ['Mail of the stream receipts is paused (us-east-1)']);
  });
  await step('an hour later the account is still bad, and is paused as the last resort; the stream stays paused', async () => {
    await guarded.awake(() => emulator.happens('time', { seconds: 61 * MINUTE }));
    assert.deepEqual([await guarded.sends('receipts'), await guarded.sends('news'), await guarded.sends()], [false, true, false]);
    const news = await guarded.news();
    assert.deepEqual(news.map(({ subject }) => subject), ['Mail of the whole account is paused (us-east-1)']);
    assert.match(news[0].message, /--payload '\{"command":"resume","account":true,"by":"YOUR NAME"\}'/);
  });
  await step('what AWS has paused meanwhile is not resumed', async () => {
    await emulator.happens('account', { EnforcementStatus: 'SHUTDOWN' });
    assert.match((await guarded.command({ command: 'resume', account: true, by: 'Jane' })).refused!, /only AWS can resume it: answer the case in the Support Center/);
    await guarded.awake(() => guarded.tell('account-bounce-pause', 'OK'));
    assert.equal(await guarded.sends(), false);
    assert.deepEqual(await guarded.news(), []);
  });
  await step('once AWS agrees again, the command resumes the account', async () => {
    await emulator.happens('account', { EnforcementStatus: 'HEALTHY' });
    assert.ok((await guarded.command({ command: 'resume', account: true, by: 'Jane' })).done);
    assert.equal(await guarded.sends(), true);
    assert.deepEqual((await guarded.news()).map(({ subject }) => subject), ['Mail of the whole account is sent again, resumed by Jane (us-east-1)']);
    const { status, by } = (await guarded.audit('account')).at(-1)!;
    assert.deepEqual([status, by], ['running', 'Jane']);
  });
}

async function resumeBySes({ report: { step }, aws }: Stage, guarded: Guarded) {
  await step('whom SES itself has told to resume has decided so: the guard says so, and respects it', async () => {
    await aws.ses.putConfigurationSetSendingOptions({ ConfigurationSetName: 'receipts', SendingEnabled: true });
    await guarded.awake(() => guarded.tell('bounce-burst-receipts', 'ALARM'));
    assert.equal(await guarded.sends('receipts'), true);
    assert.deepEqual((await guarded.news()).map(({ subject }) => subject), ['Mail of the stream receipts is sent again, resumed by somebody, by SES itself (us-east-1)']);
  });
}

async function fail({ report: { step }, aws }: Stage, guarded: Guarded, made: GuardOutputs) {
  await step('a guard that misses one of its alarms fails, tries again, and leaves the event in its dead-letter queue', async () => {
    await guarded.cloudWatch.deleteAlarms({ AlarmNames: [guarded.alarmName('bounce-burst-news')] });
    await guarded.awake(() => guarded.tell('bounce-pause-news', 'OK'), 3);
    const sqs = new SQS(aws.config);
    const letter = await until('a dead letter', async () => {
      return (await sqs.receiveMessage({ QueueUrl: made.DeadLettersIs, MessageAttributeNames: ['All'] })).Messages?.[0];
    });
    assert.match(letter.Body!, /"NewStateValue\\":\\"OK/);
    assert.match(letter.MessageAttributes!.ErrorMessage.StringValue!, new RegExp(`the alarm ${guarded.alarmName('bounce-burst-news')} is gone; cdk deploy --revert-drift brings it back`));
  });
}

async function roleNames(aws: Aws) {
  return (await new IAM(aws.config).listRoles({})).Roles!.map(({ RoleName }) => RoleName!);
}
