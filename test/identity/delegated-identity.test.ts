import { Stack, Validations } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as sns from 'aws-cdk-lib/aws-sns';
import { UrlSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { DelegatedIdentity, EventDestination, MailStream } from '../../src';
import { isAllowed } from '../support/iam';
import { findingIdsOf, stackIn } from '../support/stacks';

const ARN = 'arn:aws:ses:eu-west-1:444455556666:identity/example.com';
const NO_FEEDBACK = 'cdk-postmaster:DelegatedIdentity.noFeedback';

function setUp(stack = stackIn('eu-west-1')) {
  const identity = DelegatedIdentity.fromIdentityArn(stack, 'Theirs', ARN);
  const role = new iam.Role(stack, 'Role', { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') });
  return { stack, identity, role };
}

function heard(stack: Stack, props?: sns.TopicProps): sns.Topic {
  const topic = new sns.Topic(stack, 'Topic', props);
  topic.addSubscription(new UrlSubscription('https://example.com/feedback'));
  return topic;
}

const about = (stack: Stack) => findingIdsOf(stack).filter(id => /Delegated|NotificationTopic/.test(id));

test('a stream lets send from the identity of the owner, through the set of this account', async () => {
  const { stack, identity, role } = setUp();
  const stream = new MailStream(stack, 'Stream', { configurationSetName: 'partner', feedback: EventDestination.eventBus() });
  stream.grantSend(role, identity, { fromAddresses: ['partner@example.com'] });
  const set = 'arn:aws:ses:eu-west-1:111122223333:configuration-set/partner';
  const context = { 'ses:FromAddress': 'partner@example.com' };
  expect(await isAllowed(stack, { action: 'ses:SendEmail', resources: [ARN, set], context })).toBe(true);
  expect(await isAllowed(stack, { action: 'ses:SendEmail', resources: [ARN.replace('444455556666', '111122223333'), set], context })).toBe(false);
  expect(await isAllowed(stack, { action: 'ses:SendEmail', resources: [ARN, set], context: { 'ses:FromAddress': 'boss@example.com' } })).toBe(false);
  expect([identity.identityName, identity.ownerAccount, identity.identityArn]).toEqual(['example.com', '444455556666', ARN]);
  expect(about(stack)).toEqual([]);
});

test('sending through no stream is reported: bounces count here, and nobody here would hear of them', () => {
  const { stack, identity, role } = setUp();
  identity.grantSend(role);
  expect(about(stack)).toEqual([NO_FEEDBACK]);
  const again = setUp();
  again.identity.grantSend(again.role);
  Validations.of(again.identity).acknowledge({ id: NO_FEEDBACK, reason: 'the Return-Path is read' });
  expect(about(again.stack)).toEqual([]);
});

test('a topic lets SES publish for the identity of the owner, and for no other', () => {
  const { stack, identity, role } = setUp();
  identity.grantSend(role);
  const masterKey = new kms.Key(stack, 'Key');
  expect(identity.allowNotificationsTo(heard(stack, { masterKey }))).toHaveLength(2);
  const condition = { StringEquals: { 'aws:SourceAccount': '444455556666', 'aws:SourceArn': ARN } };
  const template = Template.fromStack(stack);
  template.hasResourceProperties('AWS::SNS::TopicPolicy', {
    PolicyDocument: { Statement: [{ Effect: 'Allow', Principal: { Service: 'ses.amazonaws.com' }, Action: 'sns:Publish', Resource: { Ref: Match.stringLikeRegexp('^Topic') }, Condition: condition }] },
  });
  template.hasResourceProperties('AWS::KMS::Key', {
    KeyPolicy: { Statement: Match.arrayWith([Match.objectLike({ Action: ['kms:GenerateDataKey*', 'kms:Decrypt'], Principal: { Service: 'ses.amazonaws.com' }, Condition: condition })]) },
  });
  expect(about(stack)).toEqual([]);
});

test('an identity of another Region is refused, and one of this account', () => {
  const stack = stackIn('us-east-1');
  expect(() => DelegatedIdentity.fromIdentityArn(stack, 'Theirs', ARN)).toThrow('[MailIdentity.otherRegion]');
  expect(() => DelegatedIdentity.fromIdentityArn(stack, 'Ours', 'arn:aws:ses:us-east-1:111122223333:identity/example.com')).toThrow(
    '"arn:aws:ses:us-east-1:111122223333:identity/example.com" is an identity of this account, which needs no authorization; import it with VerifiedDomain.fromDomainArn or ' +
    'VerifiedAddress.fromAddress (at Stack/Ours) [DelegatedIdentity.own]');
});

test('only its owner can let others in, also where the accounts are not known', () => {
  const { identity } = setUp(stackIn());
  expect(() => identity.authorizeSender({ principals: [new iam.AccountPrincipal('222222222222')] })).toThrow(
    '"example.com" belongs to account 444455556666; only the owner of an identity lets others use it (at Stack/Theirs) [DelegatedIdentity.notOwner]');
});
