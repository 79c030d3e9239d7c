import { App, Stack, Validations } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { ReceiptRuleSet } from 'aws-cdk-lib/aws-ses';
import { EmailEncoding } from 'aws-cdk-lib/aws-ses-actions';
import * as sns from 'aws-cdk-lib/aws-sns';
import { BounceReply, Deliver, type MailAction, VerifiedDomain } from '../../src';
import { onlyRule, ruleArn, ruleIn } from '../support/rules';
import { findingIdsOf, findingsOf, stackIn } from '../support/stacks';

const CONDITION = { StringEquals: { 'aws:SourceAccount': '111122223333', 'aws:SourceArn': ruleArn() } };
const ORGANIZATION = 'arn:aws:workmail:eu-west-1:111122223333:organization/m-68755160c4cb4e29a2b2f8fb58f359d7';

describe('a topic to which mail is published', () => {
  function publish(options = {}) {
    const stack = stackIn('eu-west-1');
    ruleIn(stack, [Deliver.toTopic(new sns.Topic(stack, 'Topic'), options)]);
    return onlyRule(stack).Properties.Rule.Actions;
  }

  test('gets the message in a form that loses nothing, unless another is wanted', () => {
    expect(publish()).toEqual([{ SNSAction: { TopicArn: { Ref: expect.stringMatching(/^Topic/) }, Encoding: 'Base64' } }]);
    expect(publish({ encoding: EmailEncoding.UTF8 })[0].SNSAction.Encoding).toBe('UTF-8');
  });
});

/** Each action that can tell a topic of what it does, but for those that call a function or write into a bucket. */
const TELLING: [string, (stack: Stack, topic: sns.ITopic) => MailAction][] = [
  ['S3Action', (stack, notifyTopic) => Deliver.toBucket(new s3.Bucket(stack, 'Bucket'), { notifyTopic })],
  ['LambdaAction', (stack, notifyTopic) => Deliver.toFunction(lambda.Function.fromFunctionArn(stack, 'Function', 'arn:aws:lambda:eu-west-1:111122223333:function:f'), { notifyTopic })],
  ['BounceAction', (stack, notifyTopic) => Deliver.bounce(BounceReply.MAILBOX_FULL, { identity: VerifiedDomain.fromDomainName(stack, 'Domain', 'example.com'), notifyTopic })],
  ['StopAction', (_, topic) => Deliver.stop(topic)],
  ['WorkmailAction', (_, topic) => Deliver.toWorkMail(ORGANIZATION, topic)],
  ['SNSAction', (_, topic) => Deliver.toTopic(topic)],
];

test.each(TELLING)('%s: the topic, which insists on TLS, and its key let SES publish for this rule, before it is there', (name, actionIn) => {
  const stack = stackIn('eu-west-1');
  const topic = new sns.Topic(stack, 'Topic', { enforceSSL: true, masterKey: new kms.Key(stack, 'Key') });
  ruleIn(stack, [actionIn(stack, topic)]);
  const template = Template.fromStack(stack);
  template.hasResourceProperties('AWS::SNS::TopicPolicy', {
    PolicyDocument: {
      Statement: [
        Match.objectLike({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
        Match.objectLike({ Effect: 'Allow', Principal: { Service: 'ses.amazonaws.com' }, Action: 'sns:Publish', Resource: { Ref: Match.stringLikeRegexp('^Topic') }, Condition: CONDITION }),
      ],
    },
  });
  template.hasResourceProperties('AWS::KMS::Key', {
    KeyPolicy: { Statement: Match.arrayWith([Match.objectLike({ Principal: { Service: 'ses.amazonaws.com' }, Action: ['kms:GenerateDataKey*', 'kms:Decrypt'], Condition: CONDITION })]) },
  });
  expect(onlyRule(stack).DependsOn).toEqual(expect.arrayContaining([expect.stringMatching(/^TopicPolicy/), expect.stringMatching(/^Key/)]));
  expect(onlyRule(stack).Properties.Rule.Actions[0][name].TopicArn).toEqual({ Ref: expect.stringMatching(/^Topic/) });
});

test('two rules that use a topic share a statement in its policy, and one in that of its key', () => {
  const stack = stackIn('eu-west-1');
  const topic = new sns.Topic(stack, 'Topic', { masterKey: new kms.Key(stack, 'Key') });
  for (const id of ['Support', 'Sales']) ruleIn(stack, [Deliver.stop(topic)], {}, id);
  const both = Match.objectLike({ Condition: { StringEquals: { 'aws:SourceAccount': '111122223333', 'aws:SourceArn': [ruleArn('support'), ruleArn('sales')] } } });
  Template.fromStack(stack).hasResourceProperties('AWS::SNS::TopicPolicy', { PolicyDocument: { Statement: [both] } });
  Template.fromStack(stack).hasResourceProperties('AWS::KMS::Key', { KeyPolicy: { Statement: [Match.anyValue(), both] } });
});

test('a topic in another stack names the rule set by its name if that is known, and else any rule set with this rule', () => {
  const arnSeenFromTopic = (receiptRuleSetName?: string) => {
    const app = new App();
    const env = { account: '111122223333', region: 'eu-west-1' };
    const topics = new Stack(app, 'Topics', { env });
    const stack = new Stack(app, 'Stack', { env });
    new ReceiptRuleSet(stack, 'Set', { receiptRuleSetName });
    ruleIn(stack, [Deliver.stop(new sns.Topic(topics, 'Topic'))]);
    return Object.values(Template.fromStack(topics).findResources('AWS::SNS::TopicPolicy'))[0].Properties.PolicyDocument.Statement[0].Condition;
  };
  expect(arnSeenFromTopic('mail')).toEqual({ StringEquals: { 'aws:SourceAccount': '111122223333', 'aws:SourceArn': ruleArn('support', 'mail') } });
  expect(arnSeenFromTopic()).toEqual({ StringEquals: { 'aws:SourceAccount': '111122223333' }, ArnLike: { 'aws:SourceArn': ruleArn('support', '*') } });
});

test.each<[string, (stack: Stack) => sns.ITopic, string]>([
  ['a FIFO topic', stack => new sns.Topic(stack, 'Topic', { fifo: true }),
    'the topic Stack/Topic is a FIFO topic, and SES publishes to standard topics only; give a standard topic (at Stack/Support/Action1) [MailAction.fifoTopic]'],
  ['a topic of another Region', stack => sns.Topic.fromTopicArn(stack, 'Topic', 'arn:aws:sns:us-east-1:111122223333:mail'),
    'the topic Stack/Topic is in us-east-1 and the rule in eu-west-1; SES publishes within its own Region only, so give a topic there (at Stack/Support/Action1) ' +
    '[MailAction.topicRegion]'],
  ['a topic that is encrypted with the AWS-managed key', stack => new sns.Topic(stack, 'Topic', { masterKey: kms.Alias.fromAliasName(stack, 'Alias', 'alias/aws/sns') }),
    'the topic Stack/Topic is encrypted with an AWS-managed key, whose policy nobody can change, so SES may not use it; encrypt the topic with a key of your own ' +
    '(masterKey: new kms.Key(...)) (at Stack/Support/Action1) [MailAction.managedTopicKey]'],
])('%s is refused, whatever it is for', (_, topicIn, message) => {
  const [bucket, , , stop] = TELLING;
  for (const [, actionIn] of [bucket, stop]) {
    const stack = stackIn('eu-west-1');
    expect(() => ruleIn(stack, [actionIn(stack, topicIn(stack))])).toThrow(message);
  }
});

test('a topic and a key of somebody else are reported, with the statements that their owners have to add', () => {
  const stack = stackIn('eu-west-1');
  const foreign = ruleIn(stack, [Deliver.stop(sns.Topic.fromTopicArn(stack, 'Foreign', 'arn:aws:sns:eu-west-1:444455556666:mail'))]);
  const masterKey = kms.Key.fromKeyArn(stack, 'Key', 'arn:aws:kms:eu-west-1:444455556666:key/1234abcd-12ab-34cd-56ef-1234567890ab');
  const encrypted = ruleIn(stack, [Deliver.stop(new sns.Topic(stack, 'Topic', { masterKey }))], {}, 'Other');
  expect(findingsOf(stack)).toEqual([
    { path: '/Stack/Support/Action1', text: expect.stringMatching(/policy of the topic Stack\/Foreign is not part of this app.+"Action":"sns:Publish".+receipt-rule\/support/) },
    { path: '/Stack/Other/Action1', text: expect.stringMatching(/policy of the key Stack\/Key is not part of this app.+"kms:Decrypt".+receipt-rule\/other/) },
  ]);
  Validations.of(foreign).acknowledge({ id: 'cdk-postmaster:MailAction.foreignTopic', reason: 'done by its owner' });
  Validations.of(encrypted).acknowledge({ id: 'cdk-postmaster:MailAction.foreignTopicKey', reason: 'done by its owner' });
  expect(findingIdsOf(stack)).toEqual([]);
});
