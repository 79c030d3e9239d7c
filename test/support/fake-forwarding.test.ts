import { SendEmailCommand, SESv2Client, ListContactsCommand } from '@aws-sdk/client-sesv2';
import { ListQueuesCommand, SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs';
import { FakeQueue } from './fake-queue';
import { FakeRawOutbox } from './fake-raw-outbox';

const outbox = new FakeRawOutbox();
const queue = new FakeQueue('https://queue');
const client = { region: 'eu-west-1', credentials: { accessKeyId: 'AKIAFAKE', secretAccessKey: 'secret' }, maxAttempts: 1 };
let ses: SESv2Client;
let sqs: SQSClient;

beforeAll(async () => {
  await Promise.all([outbox.start(), queue.start()]);
  outbox.verified.add('example.com');
  ses = new SESv2Client({ ...client, endpoint: outbox.endpoint });
  sqs = new SQSClient({ ...client, endpoint: queue.endpoint, useQueueUrlAsEndpoint: false });
});
afterAll(async () => { await Promise.all([outbox.stop(), queue.stop()]); });

const send = (lines: string, sender = 'a@example.com') => ses.send(new SendEmailCommand({
  FromEmailAddress: sender, Destination: { ToAddresses: ['ann@example.org'] }, Content: { Raw: { Data: Buffer.from(lines) } },
}));

test('the outbox sends a message', async () => {
  await expect(send('From: a@example.com\r\nSubject: x\r\n\r\nHello')).resolves.toMatchObject({ MessageId: 'sent-1' });
});

test.each([
  ['From: a@example.com\r\nSubject: x\r\nsubject: y\r\n\r\n', 'Duplicate header'],
  ['From: a@example.com\r\nno field\r\n\r\n', 'Empty header names'],
  ['From: a@example.com\r\nSubject: a\rX-SES-FROM-ARN: b\r\n\r\n', 'identity of x-ses-from-arn'],
  ['From: a@example.com', 'Missing end of header'],
  ['Subject: x\r\n\r\n', 'Missing required header'],
  ['From: a@example.net\r\n\r\n', 'Email address is not verified'],
  ['From: a@example.com\r\nSender: a@example.net\r\n\r\n', 'Email address is not verified'],
  [`From: a@example.com\r\n\r\n${'x'.repeat(999)}`, 'Line length'],
])('the outbox refuses what SES refuses: %j', async (message, reason) => {
  await expect(send(message)).rejects.toThrow(reason);
});

test('the outbox knows nothing else', async () => {
  await expect(send('From: a@example.com\r\n\r\n', 'a@example.net')).rejects.toThrow('not verified');
  await expect(ses.send(new ListContactsCommand({ ContactListName: 'x' }))).rejects.toThrow('unknown operation');
});

test('the queue takes up to ten messages with names of their own, and nothing else', async () => {
  const batch = (ids: string[], QueueUrl = 'https://queue') => sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries: ids.map(Id => ({ Id, MessageBody: Id })) }));
  await batch(['1', '2']);
  expect(queue.bodies).toEqual(['1', '2']);
  await expect(batch(['1', '1'])).rejects.toThrow('the same Id');
  await expect(batch([])).rejects.toThrow('1 to 10');
  await expect(batch(['1'], 'https://other')).rejects.toThrow('does not exist');
  await expect(sqs.send(new ListQueuesCommand({}))).rejects.toThrow('unknown operation');
});
