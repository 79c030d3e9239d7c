import assert from 'node:assert/strict';
import { S3 } from '@aws-sdk/client-s3';
import { SES } from '@aws-sdk/client-ses';
import { SESv2 } from '@aws-sdk/client-sesv2';
import { SQS } from '@aws-sdk/client-sqs';
import { ACCOUNT } from './emulator';
import type { Stage } from './scenario';

/* What the stand-ins for permissions of whoever handles mail refuse: part of the scenario `stand-ins`. */

export async function permissions({ report: { step }, aws, emulator }: Stage) {
  for (const domain of ['from.example', 'other.example']) await aws.createVerifiedDomain(domain);
  await aws.ses.createConfigurationSet({ ConfigurationSetName: 'permitted' });
  const identity = (name: string) => `arn:aws:ses:${aws.region}:${ACCOUNT}:identity/${name}`;
  const statement = (Action: string | string[], Resource: unknown, more: object = {}) => ({ Effect: 'Allow', Action, Resource, ...more });
  const role = (...Statement: object[]) => ({
    Type: 'AWS::IAM::Role',
    Properties: {
      AssumeRolePolicyDocument: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` }, Action: 'sts:AssumeRole' }] },
      Policies: [{ PolicyName: 'all', PolicyDocument: { Version: '2012-10-17', Statement } }],
    },
  });
  const arn = (id: string) => ({ 'Fn::GetAtt': [id, 'Arn'] });
  const from = { Condition: { StringLike: { 'ses:FromAddress': 'news@from.example' } } };
  const objects = { 'Fn::Join': ['', [arn('Bucket'), '/*']] };
  const resources = {
    Queue: { Type: 'AWS::SQS::Queue' },
    Key: { Type: 'AWS::KMS::Key', Properties: { KeyPolicy: { Version: '2012-10-17', Statement: [{ ...statement('kms:*', '*'), Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` } }] } } },
    Bucket: {
      Type: 'AWS::S3::Bucket',
      Properties: { BucketEncryption: { ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: arn('Key') } }] } },
    },
    Sender: role(statement('ses:SendEmail', identity('from.example'), from), statement('sqs:SendMessage', arn('Queue')), statement('s3:GetObject', objects), statement('kms:Decrypt', arn('Key'))),
    RawSender: role(statement(['ses:SendEmail', 'ses:SendRawEmail', 'ses:SendBounce'], identity('from.example'), from), statement('s3:GetObject', objects)),
  };
  const { outputs, reasons } = await aws.putStack('permissions', {
    Resources: resources,
    Outputs: Object.fromEntries(Object.keys(resources).map(id => [id, { Value: id.endsWith('Sender') ? arn(id) : { Ref: id } }])),
  });
  assert.equal(reasons, '');
  const [sender, rawSender] = await Promise.all([aws.withRole(outputs.Sender), aws.withRole(outputs.RawSender)]);
  const raw = { Raw: { Data: Buffer.from('From: news@from.example\r\nTo: to@from.example\r\nSubject: Hello\r\n\r\nHello\r\n') } };
  const simple = { Simple: { Subject: { Data: 'Hello' }, Body: { Text: { Data: 'Hello' } } } };
  const send = (as: typeof aws, FromEmailAddress: string, Content: typeof raw | typeof simple = simple, more: object = {}) =>
    new SESv2(as.config).sendEmail({ FromEmailAddress, Destination: { ToAddresses: ['to@from.example'] }, Content, ...more });
  const denied = { name: /AccessDenied/ };

  await step('permissions: mail goes from the identity and the address that a policy names, and from no other', async () => {
    await send(sender, 'news@from.example');
    await assert.rejects(send(sender, 'shop@from.example'), denied);
    await assert.rejects(send(sender, 'news@other.example'), denied);
  });
  await step('permissions: raw messages need one more, and a configuration set needs to be named', async () => {
    await assert.rejects(send(sender, 'news@from.example', raw), denied);
    await send(rawSender, 'news@from.example', raw);
    await assert.rejects(send(rawSender, 'news@from.example', raw, { ConfigurationSetName: 'permitted' }), denied);
  });
  await step('permissions: a bounce comes from the identity and the address that a policy names', async () => {
    await emulator.happens('received', { message_id: 'bounced' });
    const bounce = (as: typeof aws, BounceSender: string) => new SES(as.config).sendBounce({
      OriginalMessageId: 'bounced', BounceSender, BouncedRecipientInfoList: [{ Recipient: 'a@from.example', BounceType: 'ContentRejected' }],
    });
    await bounce(rawSender, 'news@from.example');
    await assert.rejects(bounce(rawSender, 'shop@from.example'), denied);
    await assert.rejects(bounce(rawSender, 'news@other.example'), denied);
    await assert.rejects(bounce(sender, 'news@from.example'), denied);
  });
  await step('permissions: who may send a message may send several at once, and nobody else may', async () => {
    const batch = (as: typeof aws) => new SQS(as.config).sendMessageBatch({ QueueUrl: outputs.Queue, Entries: [{ Id: '1', MessageBody: 'x' }] });
    assert.equal((await batch(sender)).Successful?.length, 1);
    await assert.rejects(batch(rawSender), denied);
  });
  await step('permissions: an object that a key encrypts is read by whoever may use the key', async () => {
    const s3 = (as: typeof aws) => new S3({ ...as.config, forcePathStyle: true });
    const object = { Bucket: outputs.Bucket, Key: 'letter' };
    await s3(aws).putObject({ ...object, Body: 'x' });
    assert.equal(await (await s3(sender).getObject(object)).Body!.transformToString(), 'x');
    await assert.rejects(s3(rawSender).getObject(object), denied);
  });
}
