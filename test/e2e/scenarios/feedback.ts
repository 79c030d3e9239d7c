import assert from 'node:assert/strict';
import { CloudWatch } from '@aws-sdk/client-cloudwatch';
import { DynamoDB, type AttributeValue } from '@aws-sdk/client-dynamodb';
import { EventBridge } from '@aws-sdk/client-eventbridge';
import { SNS } from '@aws-sdk/client-sns';
import { SQS } from '@aws-sdk/client-sqs';
import type { Aws } from '../aws';
import { sameLines, until } from '../check';
import { type FeedbackMail, feedbackMail, type News } from '../feedback-mail';
import { Inbox } from '../inbox';
import type { Scenario, Stage } from '../scenario';

/** The outputs of apps/feedback.ts. */
interface Made {
  readonly TopicIs: string;
  readonly QueueIs: string;
  readonly DeadLettersIs: string;
  readonly DeadLettersNameIs: string;
  readonly TableIs: string;
  readonly LogIs: string;
  readonly UnsubscribeLogIs: string;
  readonly ListsIs: string;
  readonly PagerIs: string;
}

/** As the construct has it: a message that failed is hidden for six minutes, and is tried five times. */
const HIDDEN_SECONDS = 6 * 60;
const TRIES = 5;

/** What the pipeline calls what is due. */
const ACTIONS: Record<News['due'], string> = {
  'BOUNCE': 'suppress',
  'COMPLAINT': 'suppress',
  'a test': 'suppress',
  'withheld already': 'mark',
  'may work again': 'count',
  'content': 'contentAlert',
  'somebody looks': 'operatorAlert',
  'nothing': 'none',
};

export const scenario: Scenario = {
  title: 'a thousand messages of feedback, some twice and some poison: exactly the right suppressions, each told once, and the poison in the dead-letter queue',
  async play(stage) {
    const { report: { step }, aws, cdk, emulator } = stage;
    const options = { app: 'npx tsx test/e2e/apps/feedback.ts' };
    await step('cdk bootstrap', () => cdk.bootstrap());
    const { outputs } = await step('cdk deploy', () => cdk.deploy(options));
    const made = outputs.Feedback as unknown as Made;
    const stackId = await aws.stackId('Feedback');
    const physicalIds = await aws.physicalIds('Feedback');
    const mail = feedbackMail(1000, 0.05, 0.01);
    const dead = new Inbox(aws, made.DeadLettersIs);

    await step('SES takes every twentieth change of its list for too many', () => emulator.happens('throttling', { every: 20 }));
    await step('1,000 messages come, 50 of them twice and 10 of them poison; of other events SES publishes nothing', async () => {
      assert.equal(await publish(stage, made, mail), 1000);
    });
    // time passes when nobody is at work, so this also waits for the end of what has begun
    const after = async (seconds: number) => {
      await emulator.happens('time', { seconds });
      await until('the function has taken all that waits', async () => (await depth(aws, made.QueueIs)).waiting === 0, 90);
      await emulator.happens('time', { seconds: 0 });
      return (await depth(aws, made.QueueIs)).hidden;
    };
    await step('they are worked off, and what failed is hidden', async () => assert.ok(await after(0) >= mail.poison.length));
    await step('what failed is tried again after its time, five times in all, and given up', async () => {
      for (let tries = 2; tries <= TRIES; tries++) assert.ok(await after(HIDDEN_SECONDS) >= mail.poison.length);
      assert.equal(await after(HIDDEN_SECONDS), 0);
    });
    await check(stage, made, mail, dead);
    await step('cdk destroy', () => cdk.destroy(options));
    await step('nothing is left but the suppression list, and the key, which waits for its deletion', async () => {
      assert.equal(await aws.stackStatus('Feedback'), undefined);
      sameLines(await aws.deletedResources(stackId), Object.keys(physicalIds), 'deleted resources');
      sameLines(await suppressionList(aws), mail.suppressions, 'suppression list');
      assert.deepEqual((await aws.ses.listConfigurationSets({})).ConfigurationSets, []);
      assert.deepEqual((await new SNS(aws.config).listTopics({})).Topics ?? [], []);
      assert.deepEqual((await new SQS(aws.config).listQueues({})).QueueUrls ?? [], []);
      assert.deepEqual((await new DynamoDB(aws.config).listTables({})).TableNames, []);
      assert.deepEqual((await new EventBridge(aws.config).listRules({})).Rules, []);
      assert.deepEqual((await new CloudWatch(aws.config).describeAlarms({})).MetricAlarms ?? [], []);
    });
  },
};

async function check({ report: { step }, aws }: Stage, made: Made, mail: FeedbackMail, dead: Inbox) {
  await step(`exactly the right ${mail.suppressions.length} addresses are suppressed, for the right reason`, async () => {
    sameLines(await suppressionList(aws), mail.suppressions, 'suppression list');
  });
  await step('the poison is in the dead-letter queue, and nothing else', async () => sameLines(await dead.all(), mail.poison, 'dead letters'));
  const items = await scan(aws, made.TableIs);
  await step('the table has one item for each recipient that was told of, with what was done, and nothing is under way', () => {
    const told = mail.news.filter(({ address }) => !address.startsWith('often-'));
    const found = items.filter(({ address }) => !address.S!.startsWith('often-'));
    sameLines(found.map(item => [item.messageId.S, item.address.S, item.eventType.S, item.action.S].join(' ')),
      told.map(({ messageId, address, eventType, due }) => [messageId, address, eventType, ACTIONS[due]].join(' ')), 'items');
    assert.equal(items.length, mail.news.length);
    assert.deepEqual(items.filter(({ lease }) => lease), []);
  });
  await step('those who bounced for now three times are suppressed at the last, those who did so twice are not', () => {
    const often = items.filter(({ address }) => address.S!.startsWith('often-'));
    const addresses = new Set(often.map(({ address }) => address.S!));
    for (const address of addresses) {
      const actions = often.filter(item => item.address.S === address).map(({ action }) => action.S);
      assert.equal(actions.includes('suppress'), actions.length === 3, address);
    }
  });
  const told = (...actions: string[]) => items.filter(({ action }) => actions.includes(action.S!)).map(({ key }) => key.S!);
  await step('the function for mailing lists was called with each recipient to whom nobody must write, and no other', () => until('all calls', async () => {
    const calls = (await aws.logLines(made.UnsubscribeLogIs)).flatMap(line => /unsubscribe (\S+)$/.exec(line)?.[1] ?? []);
    if (new Set(calls).size < told('suppress', 'mark').length) return false;
    sameLines([...new Set(calls)], told('suppress', 'mark'), 'calls');
    return true;
  }));
  await step('a rule of somebody\'s own has matched the actions that it asks for', async () => {
    const events = (await new Inbox(aws, made.ListsIs).all()).map(body => (JSON.parse(body) as { detail: { key: string } }).detail.key);
    sameLines([...new Set(events)], told('contentAlert'), 'events');
  });
  const lines = (await aws.logLines(made.LogIs)).filter(line => line.startsWith('{'));
  await step('the metrics in the log are right: each recipient counts once', () => {
    const sum = metrics(lines);
    const news = (type: string) => mail.news.filter(({ eventType }) => eventType === type).length;
    assert.deepEqual(Object.fromEntries(['Bounces', 'Complaints', 'Rejects', 'RenderingFailures', 'DeliveryDelays', 'Duplicates', 'Suppressed', 'UnreadableMessages'].map(
      name => [name, sum.get(name)],
    )), {
      Bounces: news('Bounce'),
      Complaints: news('Complaint'),
      Rejects: news('Reject'),
      RenderingFailures: news('Rendering Failure'),
      DeliveryDelays: news('DeliveryDelay'),
      Duplicates: mail.repeated,
      Suppressed: items.filter(({ suppressed }) => suppressed.BOOL).length,
      UnreadableMessages: mail.poison.length * TRIES,
    });
  });
  await step('no address is in the log', () => assert.deepEqual(lines.filter(line => line.includes('@')), []));
  await step('dead letters raise an alarm, which reaches people', async () => {
    await new CloudWatch(aws.config).putMetricData({
      Namespace: 'AWS/SQS',
      MetricData: [{ MetricName: 'ApproximateNumberOfMessagesVisible', Value: mail.poison.length, Dimensions: [{ Name: 'QueueName', Value: made.DeadLettersNameIs }] }],
    });
    const [{ message }, ...more] = await new Inbox(aws, made.PagerIs).told();
    assert.deepEqual(more, []);
    assert.match((JSON.parse(message) as { AlarmDescription: string }).AlarmDescription, /^Bounces or complaints were not acted on: the messages are in the queue/);
  });
}

/** SES has news of mail, a hundred records at a time, and somebody else has got hold of the topic. Answers with how many messages the topic was given. */
async function publish({ aws, emulator }: Stage, made: Made, { records, poison }: FeedbackMail) {
  const sns = new SNS(aws.config);
  let published = 0;
  for (let start = 0; start < records.length; start += 100) {
    const answer = await emulator.happens('mail', { configuration_set: 'receipts', records: records.slice(start, start + 100) });
    published += Number(answer.published);
    const bad = poison.slice(start / 100, start / 100 + 1);
    for (const Message of start + 100 < records.length ? bad : poison.slice(start / 100)) {
      await sns.publish({ TopicArn: made.TopicIs, Message });
      published++;
    }
  }
  return published;
}

async function depth(aws: Aws, QueueUrl: string) {
  const { Attributes } = await new SQS(aws.config).getQueueAttributes({
    QueueUrl, AttributeNames: ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'],
  });
  return { waiting: Number(Attributes!.ApproximateNumberOfMessages), hidden: Number(Attributes!.ApproximateNumberOfMessagesNotVisible) };
}

async function suppressionList(aws: Aws) {
  const found: string[] = [];
  let NextToken: string | undefined;
  do {
    const page = await aws.ses.listSuppressedDestinations({ PageSize: 200, NextToken });
    found.push(...page.SuppressedDestinationSummaries!.map(({ EmailAddress, Reason }) => `${EmailAddress} ${Reason}`));
    ({ NextToken } = page);
  } while (NextToken);
  return found;
}

async function scan(aws: Aws, TableName: string) {
  const found: Record<string, AttributeValue>[] = [];
  let ExclusiveStartKey: Record<string, AttributeValue> | undefined;
  do {
    const page = await new DynamoDB(aws.config).scan({ TableName, ConsistentRead: true, ExclusiveStartKey });
    found.push(...page.Items!);
    ExclusiveStartKey = page.LastEvaluatedKey;
  } while (ExclusiveStartKey);
  return found;
}

interface MetricLine {
  readonly _aws?: { readonly CloudWatchMetrics: { readonly Metrics: { readonly Name: string }[] }[] };
  readonly [name: string]: unknown;
}

/** The sums of the metrics of log lines, as CloudWatch finds them. */
function metrics(lines: readonly string[]) {
  const sums = new Map<string, number>();
  for (const line of lines) {
    const { _aws, ...values } = JSON.parse(line) as MetricLine;
    const names = _aws?.CloudWatchMetrics.flatMap(({ Metrics }) => Metrics.map(({ Name }) => Name)) ?? [];
    for (const name of names) sums.set(name, (sums.get(name) ?? 0) + Number(values[name]));
  }
  return sums;
}
