/* The fakes of the guard's tests refuse what the services refuse, so that these prove something. */
import { CloudWatchClient, DescribeAlarmsCommand, ListMetricsCommand, SetAlarmStateCommand } from '@aws-sdk/client-cloudwatch';
import { DynamoDBClient, GetItemCommand, TransactWriteItemsCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import {
  DeleteConfigurationSetCommand, GetConfigurationSetCommand, PutAccountSendingAttributesCommand, PutConfigurationSetSendingOptionsCommand,
  SESv2Client,
} from '@aws-sdk/client-sesv2';
import { ListTopicsCommand, PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { FakeAlarms } from './fake-alarms';
import { FakeGuardTable } from './fake-guard-table';
import { FakeSending } from './fake-sending';
import { FakeTopic } from './fake-topic';

const [sending, alarms, table, topic] = [new FakeSending(), new FakeAlarms(), new FakeGuardTable('records'), new FakeTopic('arn')];
const services = [sending, alarms, table, topic];
const client = { region: 'eu-west-1', credentials: { accessKeyId: 'x', secretAccessKey: 'y' }, maxAttempts: 1 };
const ses = () => new SESv2Client({ ...client, endpoint: sending.endpoint });
const cloudWatch = () => new CloudWatchClient({ ...client, endpoint: alarms.endpoint });
const dynamo = () => new DynamoDBClient({ ...client, endpoint: table.endpoint });
const sns = () => new SNSClient({ ...client, endpoint: topic.endpoint });

beforeAll(async () => { await Promise.all(services.map(service => service.start())); });
afterAll(async () => { await Promise.all(services.map(service => service.stop())); });
beforeEach(() => {
  services.forEach(service => service.reset());
  sending.sets.set('news', { sending: true });
  alarms.put('alarm', 'OK');
});

test.each<[string, () => Promise<unknown>, string]>([
  ['SES, another operation', () => ses().send(new DeleteConfigurationSetCommand({ ConfigurationSetName: 'news' })), 'UnknownOperationException'],
  ['SES, no set', () => ses().send(new GetConfigurationSetCommand({ ConfigurationSetName: 'gone' })), 'NotFoundException'],
  ['SES, nothing said', () => ses().send(new PutConfigurationSetSendingOptionsCommand({ ConfigurationSetName: 'news' })), 'ValidationException'],
  ['SES, no boolean', () => ses().send(new PutAccountSendingAttributesCommand({ SendingEnabled: 'no' as unknown as boolean })), 'BadRequestException'],
  ['CloudWatch, another operation', () => cloudWatch().send(new ListMetricsCommand({})), 'UnknownOperationException'],
  ['CloudWatch, no alarm', () => cloudWatch().send(new SetAlarmStateCommand({ AlarmName: 'gone', StateValue: 'OK', StateReason: 'x' })), 'ResourceNotFound'],
  ['CloudWatch, no state', () => cloudWatch().send(new SetAlarmStateCommand({ AlarmName: 'alarm', StateValue: 'BAD' as 'OK', StateReason: 'x' })), 'ValidationException'],
  ['CloudWatch, a long reason', () => cloudWatch().send(new SetAlarmStateCommand({ AlarmName: 'alarm', StateValue: 'OK', StateReason: 'x'.repeat(1024) })), 'ValidationException'],
  ['CloudWatch, too many names', () => cloudWatch().send(new DescribeAlarmsCommand({ AlarmNames: Array(101).fill('alarm') })), 'ValidationException'],
  ['CloudWatch, too large a page', () => cloudWatch().send(new DescribeAlarmsCommand({ AlarmNames: ['alarm'], MaxRecords: 101 })), 'ValidationException'],
  ['DynamoDB, another operation', () => dynamo().send(new GetItemCommand({ TableName: 'records', Key: {} })), 'UnknownOperationException'],
  ['DynamoDB, another table', () => update({ TableName: 'other' }), 'ResourceNotFoundException'],
  ['DynamoDB, an empty key', () => update({ Key: { pk: { S: 'guard' }, sk: { S: '' } } }), 'ValidationException'],
  ['DynamoDB, a word that it keeps', () => update({ UpdateExpression: 'SET status = :run' }), 'ValidationException'],
  ['DynamoDB, a name that is not given', () => update({ UpdateExpression: 'SET #other = :run' }), 'ValidationException'],
  ['DynamoDB, a value that is not used', () => update({ ExpressionAttributeValues: { ':run': { S: 'x' }, ':more': { S: 'y' } } }), 'ValidationException'],
  ['DynamoDB, a condition that does not hold', () => update({ ConditionExpression: '#run = :run' }), 'ConditionalCheckFailedException'],
  ['SNS, another operation', () => sns().send(new ListTopicsCommand({})), 'InvalidAction'],
  ['SNS, another topic', () => publish({ TopicArn: 'other' }), 'NotFound'],
  ['SNS, a subject of two lines', () => publish({ Subject: 'a\nb' }), 'InvalidParameter'],
  ['SNS, a long subject', () => publish({ Subject: 'a'.repeat(101) }), 'InvalidParameter'],
  ['SNS, an empty attribute', () => publish({ MessageAttributes: { id: { DataType: 'String', StringValue: '' } } }), 'InvalidParameterValue'],
])('%s is refused', async (_, call, name) => {
  await expect(call()).rejects.toMatchObject({ name: expect.stringMatching(new RegExp(`^${name}(Exception)?$`)) });
});

function update(overrides: object) {
  return dynamo().send(new UpdateItemCommand({
    TableName: 'records',
    Key: { pk: { S: 'guard' }, sk: { S: 'run' } },
    UpdateExpression: 'SET #run = :run',
    ExpressionAttributeNames: { '#run': 'run' },
    ExpressionAttributeValues: { ':run': { S: 'x' } },
    ...overrides,
  }));
}

function publish(overrides: object) {
  return sns().send(new PublishCommand({ TopicArn: 'arn', Subject: 'a', Message: 'b', ...overrides }));
}

test('a transaction goes in as a whole or not at all', async () => {
  const check = (run: string) => ({
    ConditionCheck: {
      TableName: 'records',
      Key: { pk: { S: 'guard' }, sk: { S: 'run' } },
      ConditionExpression: '#run = :run',
      ExpressionAttributeNames: { '#run': 'run' },
      ExpressionAttributeValues: { ':run': { S: run } },
    },
  });
  const put = { Put: { TableName: 'records', Item: { pk: { S: 'target' }, sk: { S: 'a' } } } };
  await update({});
  await expect(dynamo().send(new TransactWriteItemsCommand({ TransactItems: [put, check('y')] }))).rejects.toMatchObject({
    name: 'TransactionCanceledException', CancellationReasons: [{ Code: 'None' }, { Code: 'ConditionalCheckFailed' }],
  });
  expect(table.partition('target')).toEqual([]);
  await dynamo().send(new TransactWriteItemsCommand({ TransactItems: [put, check('x')] }));
  expect(table.partition('target')).toHaveLength(1);
});

test('an account that AWS has paused cannot be resumed, and a stream that is resumed begins anew', async () => {
  Object.assign(sending.account, { sending: false, enforcement: 'SHUTDOWN' });
  await expect(ses().send(new PutAccountSendingAttributesCommand({ SendingEnabled: true }))).rejects.toMatchObject({ name: 'BadRequestException' });
  for (const SendingEnabled of [false, true]) await ses().send(new PutConfigurationSetSendingOptionsCommand({ ConfigurationSetName: 'news', SendingEnabled }));
  const { ReputationOptions } = await ses().send(new GetConfigurationSetCommand({ ConfigurationSetName: 'news' }));
  expect(Math.abs(ReputationOptions!.LastFreshStart!.getTime() - Date.now())).toBeLessThan(10_000);
});
