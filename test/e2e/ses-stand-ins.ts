import assert from 'node:assert/strict';
import type { ListSuppressedDestinationsCommandInput } from '@aws-sdk/client-sesv2';
import { SNS } from '@aws-sdk/client-sns';
import { sameLines } from './check';
import { ACCOUNT } from './emulator';
import { Inbox } from './inbox';
import type { Stage } from './scenario';

/* What the stand-ins for sending, the suppression list and events of SES refuse: part of the scenario `stand-ins`. */

const TRUST = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` }, Action: 'sts:AssumeRole' }] };

/** A role that somebody can take on, and what it may do. */
export function role(...statements: object[]) {
  const policy = { PolicyName: 'p', PolicyDocument: { Version: '2012-10-17', Statement: statements.map(statement => ({ Effect: 'Allow', ...statement })) } };
  return { Type: 'AWS::IAM::Role', Properties: { AssumeRolePolicyDocument: TRUST, Policies: statements.length > 0 ? [policy] : [] } };
}

export async function sending({ report: { step }, aws, emulator }: Stage) {
  await aws.ses.createConfigurationSet({ ConfigurationSetName: 'sending' });
  await aws.createVerifiedDomain('sending.example');
  await aws.identity('sending.example');
  const send = () => aws.ses.sendEmail({
    ConfigurationSetName: 'sending',
    FromEmailAddress: 'shop@sending.example',
    Destination: { ToAddresses: ['jane@example.com'] },
    Content: { Simple: { Subject: { Data: 'Hello' }, Body: { Text: { Data: 'Hello' } } } },
  });
  await step('sending: mail leaves through what sends, and is refused by a set or an account that is paused', async () => {
    await send();
    await aws.ses.putConfigurationSetSendingOptions({ ConfigurationSetName: 'sending', SendingEnabled: false });
    await assert.rejects(send(), { name: 'SendingPausedException' });
    await aws.ses.putConfigurationSetSendingOptions({ ConfigurationSetName: 'sending', SendingEnabled: true });
    await aws.ses.putAccountSendingAttributes({ SendingEnabled: false });
    assert.equal((await aws.ses.getAccount({})).SendingEnabled, false);
    await assert.rejects(send(), { name: 'SendingPausedException' });
    await aws.ses.putAccountSendingAttributes({ SendingEnabled: true });
    await send();
  });
  await step('sending: what AWS has paused cannot be resumed', async () => {
    await emulator.happens('account', { EnforcementStatus: 'SHUTDOWN', SendingEnabled: false });
    await assert.rejects(aws.ses.putAccountSendingAttributes({ SendingEnabled: true }), { name: 'BadRequestException' });
    await assert.rejects(send(), { name: 'AccountSuspendedException' });
    await emulator.happens('account', { EnforcementStatus: 'HEALTHY', SendingEnabled: true });
  });
  await step('sending: refused: a set that does not exist, and what is no yes or no', async () => {
    await assert.rejects(aws.ses.putConfigurationSetSendingOptions({ ConfigurationSetName: 'nowhere', SendingEnabled: false }), { name: 'NotFoundException' });
    const SendingEnabled = 'no' as unknown as boolean;
    await assert.rejects(aws.ses.putAccountSendingAttributes({ SendingEnabled }), { name: 'BadRequestException' });
    await assert.rejects(aws.ses.putConfigurationSetSendingOptions({ ConfigurationSetName: 'sending', SendingEnabled }), { name: 'BadRequestException' });
  });
  await step('sending: refused: a role for another set, and one for the account that asks about it only', async () => {
    const other = { Action: 'ses:PutConfigurationSetSendingOptions', Resource: `arn:aws:ses:${aws.region}:${ACCOUNT}:configuration-set/other` };
    const { outputs } = await aws.putStack('sending-role', {
      Resources: { Role: role(other, { Action: 'ses:GetAccount', Resource: '*' }) }, Outputs: { Arn: { Value: { 'Fn::GetAtt': ['Role', 'Arn'] } } },
    });
    const { ses } = await aws.withRole(outputs.Arn);
    await ses.getAccount({});
    await assert.rejects(ses.putAccountSendingAttributes({ SendingEnabled: false }), { name: 'AccessDeniedException' });
    await assert.rejects(ses.putConfigurationSetSendingOptions({ ConfigurationSetName: 'sending', SendingEnabled: false }), { name: 'AccessDeniedException' });
    await assert.rejects(ses.putSuppressedDestination({ EmailAddress: 'a@example.net', Reason: 'BOUNCE' }), { name: 'AccessDeniedException' });
  });
}

export async function suppressionList({ report: { step }, aws: { ses }, emulator }: Stage) {
  const put = (EmailAddress: string, Reason: string) => ses.putSuppressedDestination({ EmailAddress, Reason: Reason as 'BOUNCE' });
  const list = async (input: ListSuppressedDestinationsCommandInput) => {
    const { SuppressedDestinationSummaries } = await ses.listSuppressedDestinations(input);
    return SuppressedDestinationSummaries!.map(({ EmailAddress, Reason }) => `${EmailAddress} ${Reason}`);
  };

  await step('suppression: addresses are put, changed, found by reason and page, and taken off', async () => {
    await put('a@example.net', 'BOUNCE');
    await put('b@example.net', 'BOUNCE');
    await put('b@example.net', 'COMPLAINT');
    assert.equal((await ses.getSuppressedDestination({ EmailAddress: 'b@example.net' })).SuppressedDestination?.Reason, 'COMPLAINT');
    sameLines(await list({}), ['a@example.net BOUNCE', 'b@example.net COMPLAINT'], 'list');
    sameLines(await list({ Reasons: ['COMPLAINT'] }), ['b@example.net COMPLAINT'], 'complaints');
    const { SuppressedDestinationSummaries, NextToken } = await ses.listSuppressedDestinations({ PageSize: 1 });
    assert.equal(SuppressedDestinationSummaries?.length, 1);
    assert.equal((await list({ PageSize: 1, NextToken })).length, 1);
    await ses.deleteSuppressedDestination({ EmailAddress: 'a@example.net' });
    sameLines(await list({}), ['b@example.net COMPLAINT'], 'list');
  });
  for (const [what, work] of Object.entries({
    'a reason that does not exist': () => put('c@example.net', 'WHIM'),
    'no reason': () => put('c@example.net', undefined as unknown as string),
    'what is no address': () => put('Jane Doe <jane@example.net>', 'BOUNCE'),
    'an address without a domain': () => put('jane', 'BOUNCE'),
    'a page of no size': () => list({ PageSize: 0 }),
    'a token that nobody gave': () => list({ NextToken: '?' }),
  })) {
    await step(`suppression: refused: ${what}`, () => assert.rejects(work(), { name: 'BadRequestException' }));
  }
  await step('suppression: refused: what is not on the list, and the list of a tenant', async () => {
    await assert.rejects(ses.getSuppressedDestination({ EmailAddress: 'nobody@example.net' }), { name: 'NotFoundException' });
    await assert.rejects(ses.deleteSuppressedDestination({ EmailAddress: 'nobody@example.net' }), { name: 'NotFoundException' });
    await assert.rejects(ses.putSuppressedDestination({ EmailAddress: 'a@example.net', Reason: 'BOUNCE', TenantName: 't' }), { name: 'NotFoundException' });
  });
  await step('suppression: too many changes are refused, and the SDK makes them again', async () => {
    await emulator.happens('throttling', { every: 2 });
    await put('d@example.net', 'BOUNCE');
    await put('e@example.net', 'BOUNCE');
    sameLines(await list({ Reasons: ['BOUNCE'] }), ['d@example.net BOUNCE', 'e@example.net BOUNCE'], 'list');
    await emulator.happens('throttling', { every: 0 });
  });
}

export async function sesEvents({ report: { step }, aws, emulator }: Stage) {
  const allow = (Resource: string, Principal: object, Action: string) => ({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal, Action, Resource }] });
  const { outputs } = await aws.putStack('events', {
    Resources: {
      Set: { Type: 'AWS::SES::ConfigurationSet', Properties: { Name: 'events' } },
      Topic: { Type: 'AWS::SNS::Topic' },
      TopicPolicy: {
        Type: 'AWS::SNS::TopicPolicy',
        Properties: { Topics: [{ Ref: 'Topic' }], PolicyDocument: allow('*', { Service: 'ses.amazonaws.com' }, 'sns:Publish') },
      },
      Queue: { Type: 'AWS::SQS::Queue' },
      QueuePolicy: {
        Type: 'AWS::SQS::QueuePolicy',
        Properties: { Queues: [{ Ref: 'Queue' }], PolicyDocument: allow('*', { Service: 'sns.amazonaws.com' }, 'sqs:SendMessage') },
      },
      Subscription: {
        Type: 'AWS::SNS::Subscription',
        DependsOn: 'QueuePolicy',
        Properties: { TopicArn: { Ref: 'Topic' }, Protocol: 'sqs', Endpoint: { 'Fn::GetAtt': ['Queue', 'Arn'] }, RawMessageDelivery: true },
      },
      Destination: {
        Type: 'AWS::SES::ConfigurationSetEventDestination',
        DependsOn: 'TopicPolicy',
        Properties: {
          ConfigurationSetName: { Ref: 'Set' },
          EventDestination: { Enabled: true, MatchingEventTypes: ['bounce', 'renderingFailure'], SnsDestination: { TopicARN: { Ref: 'Topic' } } },
        },
      },
    },
    Outputs: { Topic: { Value: { Ref: 'Topic' } }, Queue: { Value: { Ref: 'Queue' } } },
  });
  const types = ['Bounce', 'Complaint', 'Rendering Failure', 'Send'];
  const mail = () => emulator.happens('mail', { configuration_set: 'events', records: types.map(eventType => ({ eventType })) });
  await step('events: SES publishes the types that a destination asks for, and no others', async () => {
    assert.deepEqual(await mail(), { published: 2 });
    const bodies = await new Inbox(aws, outputs.Queue).all();
    assert.deepEqual(bodies.map(body => (JSON.parse(body) as { eventType: string }).eventType), ['Bounce', 'Rendering Failure']);
  });
  await step('events: a topic that no longer lets SES in gets nothing', async () => {
    const AttributeValue = JSON.stringify(allow('*', { Service: 'events.amazonaws.com' }, 'sns:Publish'));
    await new SNS(aws.config).setTopicAttributes({ TopicArn: outputs.Topic, AttributeName: 'Policy', AttributeValue });
    assert.deepEqual(await mail(), { published: 0 });
  });
}
