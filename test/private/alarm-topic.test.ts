import { App, Stack, Validations } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as sns from 'aws-cdk-lib/aws-sns';
import { MailStream } from '../../src';
import { StreamAlarms } from '../../src/reputation';
import { findingIdsOf, findingsOf, stackIn } from '../support/stacks';

const FOREIGN_TOPIC = 'arn:aws:sns:eu-west-1:444455556666:alarms';
const ALARMS = { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':cloudwatch:eu-west-1:111122223333:alarm:*']] };
const CONDITION = { StringEquals: { 'aws:SourceAccount': '111122223333' }, ArnLike: { 'aws:SourceArn': ALARMS } };

function watch(stack: Stack, topic: sns.ITopic): StreamAlarms {
  const stream = MailStream.fromConfigurationSetAttributes(stack, 'Stream', { configurationSetName: 'news', publishesCounters: true });
  return new StreamAlarms(stack, 'Alarms', { stream, topic });
}

describe('the policy of the topic', () => {
  const statement = {
    Effect: 'Allow', Principal: { Service: 'cloudwatch.amazonaws.com' }, Action: 'sns:Publish', Resource: { Ref: Match.stringLikeRegexp('^Topic') }, Condition: CONDITION,
  };

  test('lets CloudWatch publish for alarms of this account and Region only', () => {
    const stack = stackIn('eu-west-1');
    watch(stack, new sns.Topic(stack, 'Topic'));
    Template.fromStack(stack).hasResourceProperties('AWS::SNS::TopicPolicy', { PolicyDocument: { Statement: [statement] } });
  });

  test('says so once for the alarms of several streams', () => {
    const stack = stackIn('eu-west-1');
    const topic = new sns.Topic(stack, 'Topic');
    watch(stack, topic);
    new StreamAlarms(stack, 'Others', { stream: new MailStream(stack, 'Other'), topic });
    Template.fromStack(stack).hasResourceProperties('AWS::SNS::TopicPolicy', { PolicyDocument: { Statement: [statement] } });
  });

  test('of another stack does so without referring back', () => {
    const app = new App();
    const topics = new Stack(app, 'Topics');
    watch(new Stack(app, 'Stack'), new sns.Topic(topics, 'Topic'));
    expect(() => app.synth()).not.toThrow();
    Template.fromStack(topics).hasResourceProperties('AWS::SNS::TopicPolicy', {
      PolicyDocument: { Statement: [Match.objectLike({ Condition: Match.objectLike({ StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } }) })] },
    });
  });
});

test('the key of an encrypted topic lets CloudWatch use it', () => {
  const stack = stackIn('eu-west-1');
  watch(stack, new sns.Topic(stack, 'Topic', { masterKey: new kms.Key(stack, 'Key') }));
  Template.fromStack(stack).hasResourceProperties('AWS::KMS::Key', {
    KeyPolicy: {
      Statement: Match.arrayWith([{
        Effect: 'Allow', Principal: { Service: 'cloudwatch.amazonaws.com' }, Action: ['kms:GenerateDataKey*', 'kms:Decrypt'], Resource: '*', Condition: CONDITION,
      }]),
    },
  });
});

describe('a topic that alarms cannot be told through is refused:', () => {
  test('one with the AWS-managed key', () => {
    const stack = stackIn('eu-west-1');
    const topic = new sns.Topic(stack, 'Topic', { masterKey: kms.Alias.fromAliasName(stack, 'Managed', 'alias/aws/sns') });
    expect(() => watch(stack, topic)).toThrow(
      'the topic Stack/Topic is encrypted with an AWS-managed key, whose policy nobody can change, so CloudWatch may not use it; encrypt the topic with a key of ' +
      'your own (masterKey: new kms.Key(...)) (at Stack/Alarms) [AlarmTopic.managedKey]');
  });

  test.each<[string, (stack: Stack) => sns.ITopic]>([
    ['of the app', stack => new sns.Topic(stack, 'Topic', { fifo: true })],
    ['that is imported', stack => sns.Topic.fromTopicArn(stack, 'Topic', 'arn:aws:sns:eu-west-1:111122223333:alarms.fifo')],
  ])('a FIFO topic %s', (_, topicIn) => {
    const stack = stackIn('eu-west-1');
    expect(() => watch(stack, topicIn(stack))).toThrow(
      'the topic Stack/Topic is a FIFO topic, and alarms are told through standard topics only; give a standard topic (at Stack/Alarms) [AlarmTopic.fifo]');
  });

  test.each<[string, string, (stack: Stack) => sns.ITopic]>([
    ['of the app', 'Other/Topic', stack => new sns.Topic(new Stack(stack.node.root as App, 'Other', { env: { account: stack.account, region: 'us-east-1' } }), 'Topic')],
    ['that is imported', 'Stack/Topic', stack => sns.Topic.fromTopicArn(stack, 'Topic', 'arn:aws:sns:us-east-1:111122223333:alarms')],
  ])('one in another Region, %s', (_, path, topicIn) => {
    const stack = stackIn('eu-west-1');
    expect(() => watch(stack, topicIn(stack))).toThrow(
      `the topic ${path} is in us-east-1 and the alarms in eu-west-1; CloudWatch publishes to topics of its own Region only (at Stack/Alarms) ` +
      '[AlarmTopic.otherRegion]');
  });
});

describe('an imported topic', () => {
  const topicIn = (stack: Stack) => sns.Topic.fromTopicArn(stack, 'Topic', FOREIGN_TOPIC);

  test('is reported, with the statement that its owner has to add', () => {
    const stack = stackIn('eu-west-1');
    watch(stack, topicIn(stack));
    const [{ path, text }] = findingsOf(stack);
    expect(path).toBe('/Stack/Alarms');
    expect(text).toContain('the policy of the topic Stack/Topic is not part of this app, so nobody may be told of the alarms');
    expect(text).toContain('"Action":"sns:Publish","Condition":{"StringEquals":{"aws:SourceAccount":"111122223333"}');
    expect(text).toContain(`"Resource":"${FOREIGN_TOPIC}"`);
  });

  test('is used in silence once that is acknowledged', () => {
    const stack = stackIn('eu-west-1');
    const alarms = watch(stack, topicIn(stack));
    Validations.of(alarms).acknowledge({ id: 'cdk-postmaster:AlarmTopic.foreignTopic', reason: 'done by its owner' });
    expect(findingIdsOf(stack)).toEqual([]);
  });
});

test('an imported key is reported with the statement that its owner has to add, until that is acknowledged', () => {
  const stack = stackIn('eu-west-1');
  const masterKey = kms.Key.fromKeyArn(stack, 'Key', 'arn:aws:kms:eu-west-1:444455556666:key/1');
  const alarms = watch(stack, new sns.Topic(stack, 'Topic', { masterKey }));
  const [{ text }] = findingsOf(stack);
  expect(text).toContain('the policy of the key Stack/Key is not part of this app, and CloudWatch tells nobody through a topic whose key it may not use');
  expect(text).toContain('"Action":["kms:GenerateDataKey*","kms:Decrypt"]');
  Validations.of(alarms).acknowledge({ id: 'cdk-postmaster:AlarmTopic.foreignKey', reason: 'done by its owner' });
  expect(findingIdsOf(stack)).toEqual([]);
});
