/*
 * The guard on AWS.
 */
import { randomUUID } from 'node:crypto';
import { CloudWatchClient, DescribeAlarmsCommand, SetAlarmStateCommand } from '@aws-sdk/client-cloudwatch';
import {
  ConditionalCheckFailedException, DynamoDBClient, QueryCommand, TransactWriteItemsCommand, UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import {
  GetAccountCommand, GetConfigurationSetCommand, NotFoundException, PutAccountSendingAttributesCommand, PutConfigurationSetSendingOptionsCommand,
  SESv2Client,
} from '@aws-sdk/client-sesv2';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import type { GuardPlace } from './guard-commands';
import { ACCOUNT, DRILL, type GuardSettings, type Target } from './guard-constants';
import type { GuardRecord } from './guard-decision';
import type { Guard } from './guard-look';
import { noticeText } from './guard-notice';
import { log, retry } from '../private/custom-resource.lambda-shared';
import { PATIENT } from '../private/patience.lambda-shared';

/** How long a run holds the guard at most: somewhat longer than the function may run, so that one which was killed cannot come back. */
const HELD_MS = 150_000;

/** How long a run waits for another to end. */
const WAIT_SECONDS = 30;

/** The most alarms that CloudWatch describes at once. */
const ALARMS_MAX = 100;

const cloudWatch = new CloudWatchClient(PATIENT);
const dynamo = new DynamoDBClient(PATIENT);
const ses = new SESv2Client(PATIENT);
const sns = new SNSClient(PATIENT);

/**
 * The guard for one invocation.
 */
export function guardOnAws(settings: GuardSettings, place: GuardPlace): Guard {
  const table = new GuardTable(settings);
  return {
    settings,
    log,
    now: () => Date.now(),
    alone: run => table.alone(run),
    records: () => table.records(),
    write: (target, record) => table.write(target, record),
    alarms: describeAlarms,
    setAlarm: async (name, state, reason) => {
      await cloudWatch.send(new SetAlarmStateCommand({ AlarmName: name, StateValue: state, StateReason: reason }));
      log('alarm set', { name, state, reason });
    },
    account: async () => {
      const { SendingEnabled, EnforcementStatus } = await ses.send(new GetAccountCommand({}));
      return { sending: SendingEnabled === true, enforcement: EnforcementStatus };
    },
    stream: readStream,
    switch: async (target, sending) => {
      if (target === ACCOUNT) await ses.send(new PutAccountSendingAttributesCommand({ SendingEnabled: sending }));
      else await ses.send(new PutConfigurationSetSendingOptionsCommand({ ConfigurationSetName: target, SendingEnabled: sending }));
      log(sending ? 'sending resumed' : 'sending paused', { target: target || 'account' });
    },
    tell: async ({ kind, target, record }) => {
      const { id, subject, message } = noticeText(settings, place, kind, target, record);
      const attributes = { id, notice: kind, guard: settings.name, target: target || 'account', drill: String(record.drill === true) };
      await sns.send(new PublishCommand({
        TopicArn: settings.topicArn,
        Subject: subject,
        Message: message,
        MessageAttributes: Object.fromEntries(Object.entries(attributes).map(([key, value]) => [key, { DataType: 'String', StringValue: value }])),
      }));
      log('told', { id, subject });
    },
  };
}

async function describeAlarms(names: string[]): ReturnType<Guard['alarms']> {
  const found = [];
  for (let start = 0; start < names.length; start += ALARMS_MAX) {
    const { MetricAlarms = [] } = await cloudWatch.send(new DescribeAlarmsCommand({
      AlarmNames: names.slice(start, start + ALARMS_MAX), AlarmTypes: ['MetricAlarm'], MaxRecords: ALARMS_MAX,
    }));
    found.push(...MetricAlarms);
  }
  return found.map(alarm => ({
    name: alarm.AlarmName!,
    state: alarm.StateValue!,
    since: (alarm.StateTransitionedTimestamp ?? alarm.StateUpdatedTimestamp)!.getTime(),
    reason: alarm.StateReason ?? '',
    drill: alarm.StateReason?.startsWith(DRILL) === true,
  }));
}

async function readStream(name: string): ReturnType<Guard['stream']> {
  try {
    const { SendingOptions, ReputationOptions } = await ses.send(new GetConfigurationSetCommand({ ConfigurationSetName: name }));
    // a set whose options nobody has touched sends
    return { sending: SendingOptions?.SendingEnabled !== false, freshStart: ReputationOptions?.LastFreshStart?.getTime() };
  } catch (error) {
    if (error instanceof NotFoundException) return undefined;
    throw error;
  }
}

const HOLDER = { pk: { S: 'guard' }, sk: { S: 'run' } };
const TARGETS = 'target';

/**
 * What the guard has written down: one item for each target, an audit trail that ends by itself, and who holds the guard.
 */
class GuardTable {
  private readonly run = randomUUID();
  private written = 0;

  public constructor(private readonly settings: GuardSettings) {}

  public async alone<T>(work: () => Promise<T>): Promise<T> {
    await retry(() => this.take(), error => error instanceof ConditionalCheckFailedException, WAIT_SECONDS);
    try {
      return await work();
    } finally {
      await this.release().catch(error => log('the guard is held until its time is up', { failure: String(error) }));
    }
  }

  public async records(): Promise<Map<Target, GuardRecord>> {
    const { Items = [] } = await dynamo.send(new QueryCommand({
      TableName: this.settings.tableName,
      ConsistentRead: true,
      KeyConditionExpression: 'pk = :targets',
      ExpressionAttributeValues: { ':targets': { S: TARGETS } },
    }));
    return new Map(Items.map(item => [targetOf(item.sk.S!), JSON.parse(item.record.S!)]));
  }

  /** The record and its trace go in together, and only while this run holds the guard. */
  public async write(target: Target, record: GuardRecord): Promise<void> {
    const { tableName: TableName, auditDays } = this.settings;
    const now = Date.now();
    const trace = { status: { S: record.status }, record: { S: JSON.stringify(record) } };
    const at = `${new Date(now).toISOString()}/${this.run}/${++this.written}`;
    await dynamo.send(new TransactWriteItemsCommand({
      TransactItems: [
        { ConditionCheck: { TableName, Key: HOLDER, ConditionExpression: '#run = :run', ExpressionAttributeNames: { '#run': 'run' }, ExpressionAttributeValues: { ':run': { S: this.run } } } },
        { Put: { TableName, Item: { pk: { S: TARGETS }, sk: { S: keyOf(target) }, ...trace } } },
        { Put: { TableName, Item: { pk: { S: `audit/${keyOf(target)}` }, sk: { S: at }, expires: { N: String(Math.ceil(now / 1000) + auditDays * 86_400) }, ...trace } } },
      ],
    }));
    log('recorded', { target: target || 'account', status: record.status, owed: record.owed, causes: record.causes?.map(({ name }) => name), by: record.by });
  }

  private async take(): Promise<void> {
    const now = Date.now();
    await dynamo.send(new UpdateItemCommand({
      TableName: this.settings.tableName,
      Key: HOLDER,
      UpdateExpression: 'SET #run = :run, #until = :until',
      ConditionExpression: 'attribute_not_exists(#run) OR #until < :now',
      ExpressionAttributeNames: { '#run': 'run', '#until': 'until' },
      ExpressionAttributeValues: { ':run': { S: this.run }, ':until': { N: String(now + HELD_MS) }, ':now': { N: String(now) } },
    }));
  }

  private async release(): Promise<void> {
    await dynamo.send(new UpdateItemCommand({
      TableName: this.settings.tableName,
      Key: HOLDER,
      UpdateExpression: 'REMOVE #run, #until',
      ConditionExpression: '#run = :run',
      ExpressionAttributeNames: { '#run': 'run', '#until': 'until' },
      ExpressionAttributeValues: { ':run': { S: this.run } },
    }));
  }
}

function keyOf(target: Target): string {
  return target === ACCOUNT ? 'account' : `stream/${target}`;
}

function targetOf(key: string): Target {
  return key === 'account' ? ACCOUNT : key.slice('stream/'.length);
}
