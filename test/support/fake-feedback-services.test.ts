/* The fakes of the tests of feedback and monitors refuse what the services refuse, so that these prove something. */
import { DynamoDBClient, GetItemCommand, PutItemCommand, type PutItemCommandInput, QueryCommand, type QueryCommandInput } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient, ListRulesCommand, PutEventsCommand, type PutEventsRequestEntry } from '@aws-sdk/client-eventbridge';
import {
  DeleteSuppressedDestinationCommand, GetAccountCommand, GetEmailIdentityCommand, ListEmailIdentitiesCommand, PutSuppressedDestinationCommand,
  SendBulkEmailCommand, SendEmailCommand, type SendEmailCommandInput, SESv2Client, type SuppressionListReason,
} from '@aws-sdk/client-sesv2';
import { FakeEventBus } from './fake-event-bus';
import { FakeOutbox } from './fake-outbox';
import { FakeSesStatus } from './fake-ses-status';
import { FakeSuppressionList } from './fake-suppression-list';
import { FakeTable } from './fake-table';

const [list, table, bus, status, outbox] = [new FakeSuppressionList(), new FakeTable('history', 'address', 'key'), new FakeEventBus(), new FakeSesStatus(), new FakeOutbox()];
const services = [list, table, bus, status, outbox];
const client = { region: 'eu-west-1', credentials: { accessKeyId: 'x', secretAccessKey: 'y' }, maxAttempts: 1 };
const ses = (fake: FakeSuppressionList | FakeSesStatus | FakeOutbox) => new SESv2Client({ ...client, endpoint: fake.endpoint });
const dynamo = () => new DynamoDBClient({ ...client, endpoint: table.endpoint });
const events = () => new EventBridgeClient({ ...client, endpoint: bus.endpoint });

beforeAll(async () => { await Promise.all(services.map(service => service.start())); });
afterAll(async () => { await Promise.all(services.map(service => service.stop())); });
beforeEach(() => {
  services.forEach(service => service.reset());
  outbox.verified.add('me@example.com');
  outbox.sets.add('set');
});

const suppress = (EmailAddress: string, Reason = 'BOUNCE') => ses(list).send(new PutSuppressedDestinationCommand({ EmailAddress, Reason: Reason as SuppressionListReason }));
const put = (changes: Partial<PutItemCommandInput> = {}) => dynamo().send(new PutItemCommand({
  TableName: 'history', Item: { address: { S: 'a@example.com' }, key: { S: 'k' } }, ...changes,
}));
const query = (changes: Partial<QueryCommandInput> = {}) => dynamo().send(new QueryCommand({
  TableName: 'history',
  ConsistentRead: true,
  KeyConditionExpression: '#address = :address',
  ExpressionAttributeNames: { '#address': 'address' },
  ExpressionAttributeValues: { ':address': { S: 'a@example.com' } },
  ...changes,
}));
const tell = (...entries: PutEventsRequestEntry[]) => events().send(new PutEventsCommand({
  Entries: entries.map(entry => ({ Source: 'own', DetailType: 'Own', Detail: '{}', EventBusName: 'default', Resources: [], ...entry })),
}));
const send = (changes: Partial<SendEmailCommandInput> = {}) => ses(outbox).send(new SendEmailCommand({
  FromEmailAddress: 'me@example.com',
  ConfigurationSetName: 'set',
  Destination: { ToAddresses: ['you@example.com'] },
  Content: { Simple: { Subject: { Data: 'x' }, Body: { Text: { Data: 'y' } } } },
  ...changes,
}));

test('what is well-formed is taken', async () => {
  await Promise.all([suppress('a@example.com'), put(), tell({}), send()]);
  expect((await query()).Count).toBe(1);
  expect([list.puts, bus.events.length, outbox.messages.length]).toEqual([['a@example.com'], 1, 1]);
});

test.each<[string, () => Promise<unknown>, string]>([
  ['the suppression list, another operation', () => ses(list).send(new DeleteSuppressedDestinationCommand({ EmailAddress: 'a@example.com' })), 'UnknownOperationException'],
  ['the suppression list, another reason', () => suppress('a@example.com', 'SPAM'), 'BadRequestException'],
  ['the suppression list, no reason', () => ses(list).send(new PutSuppressedDestinationCommand({ EmailAddress: 'a@example.com', Reason: undefined })), 'ValidationException'],
  ['the suppression list, a name without a domain', () => suppress('a'), 'BadRequestException'],
  ['the suppression list, a display name', () => suppress('A <a@example.com>'), 'BadRequestException'],
  ['DynamoDB, another operation', () => dynamo().send(new GetItemCommand({ TableName: 'history', Key: {} })), 'UnknownOperationException'],
  ['DynamoDB, another table', () => put({ TableName: 'other' }), 'ResourceNotFoundException'],
  ['DynamoDB, an item without its keys', () => put({ Item: { address: { S: 'a' } } }), 'ValidationException'],
  ['DynamoDB, an empty key', () => put({ Item: { address: { S: '' }, key: { S: 'k' } } }), 'ValidationException'],
  ['DynamoDB, a number that is none', () => put({ Item: { address: { S: 'a' }, key: { S: 'k' }, n: { N: 'many' } } }), 'ValidationException'],
  ['DynamoDB, a name that is not given', () => put({ ConditionExpression: 'attribute_not_exists(#other)' }), 'ValidationException'],
  ['DynamoDB, a value that is not used', () => query({ ExpressionAttributeValues: { ':address': { S: 'a' }, ':more': { S: 'b' } } }), 'ValidationException'],
  ['DynamoDB, a query without the partition', () => query({
    KeyConditionExpression: '#key = :address', ExpressionAttributeNames: { '#key': 'key' },
  }), 'ValidationException'],
  ['EventBridge, another operation', () => events().send(new ListRulesCommand({})), 'UnknownOperationException'],
  ['EventBridge, another bus', () => tell({ EventBusName: 'other' }), 'ResourceNotFoundException'],
  ['EventBridge, eleven entries', () => tell(...Array<PutEventsRequestEntry>(11).fill({})), 'ValidationException'],
  ['EventBridge, an entry that is too large', () => tell({ Detail: JSON.stringify({ text: 'x'.repeat(300_000) }) }), 'ValidationException'],
  ['the states of SES, another operation', () => ses(status).send(new ListEmailIdentitiesCommand({})), 'UnknownOperationException'],
  ['the states of SES, no identity', () => ses(status).send(new GetEmailIdentityCommand({ EmailIdentity: 'gone.example.com' })), 'NotFoundException'],
  ['sending, another operation', () => ses(outbox).send(new SendBulkEmailCommand({ DefaultContent: {}, BulkEmailEntries: [] })), 'UnknownOperationException'],
  ['sending, no recipient', () => send({ Destination: { ToAddresses: [] } }), 'BadRequestException'],
  ['sending, a recipient that is none', () => send({ Destination: { ToAddresses: ['you'] } }), 'BadRequestException'],
  ['sending, no body', () => send({ Content: { Simple: { Subject: { Data: 'x' }, Body: {} } } }), 'BadRequestException'],
  ['sending, a set that is not there', () => send({ ConfigurationSetName: 'gone' }), 'NotFoundException'],
  ['sending, a sender that is not verified', () => send({ FromEmailAddress: 'you@example.com' }), 'MessageRejected'],
])('%s is refused', async (_, call, name) => {
  await expect(call()).rejects.toMatchObject({ name });
});

test.each<[string, PutEventsRequestEntry, string]>([
  ['that claims to be of AWS', { Source: 'aws.ses' }, 'NotAuthorizedForSourceException'],
  ['that is no JSON', { Detail: 'x' }, 'MalformedDetail'],
  ['that is a list', { Detail: '[]' }, 'MalformedDetail'],
])('EventBridge takes the others of several entries, and not one %s', async (_, entry, code) => {
  const { FailedEntryCount, Entries } = await tell({}, entry);
  expect([FailedEntryCount, Entries!.map(({ ErrorCode }) => ErrorCode)]).toEqual([1, [undefined, code]]);
  expect(bus.events).toHaveLength(1);
});

test('a conditional write that fails shows what is there', async () => {
  await put();
  const condition = { ConditionExpression: 'attribute_not_exists(#address)', ExpressionAttributeNames: { '#address': 'address' } };
  await expect(put({ ...condition, ReturnValuesOnConditionCheckFailure: 'ALL_OLD' })).rejects.toMatchObject({
    name: 'ConditionalCheckFailedException', Item: { address: { S: 'a@example.com' }, key: { S: 'k' } },
  });
});

test('an account is what the test says it is', async () => {
  status.account = { SendingEnabled: true };
  expect(await ses(status).send(new GetAccountCommand({}))).toMatchObject({ SendingEnabled: true });
});
