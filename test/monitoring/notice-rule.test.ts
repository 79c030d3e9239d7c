import { App, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as sns from 'aws-cdk-lib/aws-sns';
import { HealthNotices } from '../../src/monitoring/health-notices';
import { stackIn } from '../support/stacks';

function tell(topicIn: (stack: Stack) => sns.ITopic, stack = stackIn('eu-west-1')) {
  return { stack, notices: new HealthNotices(stack, 'Health', { topic: topicIn(stack) }) };
}

describe('EventBridge', () => {
  const template = () => Template.fromStack(tell(stack => new sns.Topic(stack, 'Topic', { masterKey: new kms.Key(stack, 'Key') })).stack);

  test('publishes by a role that rules of this account and Region can use only', () => {
    const rules = { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':events:eu-west-1:111122223333:rule/*']] };
    template().hasResourceProperties('AWS::IAM::Role', {
      AssumeRolePolicyDocument: {
        Statement: [{
          Effect: 'Allow',
          Action: 'sts:AssumeRole',
          Principal: { Service: 'events.amazonaws.com' },
          Condition: { StringEquals: { 'aws:SourceAccount': '111122223333' }, ArnLike: { 'aws:SourceArn': rules } },
        }],
      },
    });
    template().hasResourceProperties('AWS::Events::Rule', { Targets: [Match.objectLike({ RoleArn: { 'Fn::GetAtt': [Match.stringLikeRegexp('^HealthRole'), 'Arn'] } })] });
  });

  test('may do nothing but publish to the topic, with the key of the topic', () => {
    template().hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: {
        Statement: [
          { Effect: 'Allow', Action: 'sns:Publish', Resource: { Ref: Match.stringLikeRegexp('^Topic') } },
          { Effect: 'Allow', Action: ['kms:Decrypt', 'kms:GenerateDataKey*'], Resource: { 'Fn::GetAtt': [Match.stringLikeRegexp('^Key'), 'Arn'] } },
        ],
      },
    });
    template().resourceCountIs('AWS::SNS::TopicPolicy', 0);
  });
});

test('the rule can be given other targets', () => {
  const { stack, notices } = tell(scope => new sns.Topic(scope, 'Topic'));
  notices.rule.addTarget({ bind: () => ({ arn: 'arn:aws:sqs:eu-west-1:111122223333:queue' }) });
  Template.fromStack(stack).hasResourceProperties('AWS::Events::Rule', { EventBusName: Match.absent(), Targets: Match.arrayWith([Match.objectLike({ Id: 'Target1' })]) });
});

test('a topic of another stack is told without referring back', () => {
  const app = new App();
  tell(() => new sns.Topic(new Stack(app, 'Topics'), 'Topic', {}), new Stack(app, 'Stack'));
  expect(() => app.synth()).not.toThrow();
});

describe('a topic that EventBridge cannot publish to is refused:', () => {
  test('a FIFO topic', () => {
    expect(() => tell(stack => new sns.Topic(stack, 'Topic', { fifo: true }))).toThrow(
      'the topic Stack/Topic is a FIFO topic, and EventBridge publishes to standard topics only; give a standard topic (at Stack/Health) [NoticeTopic.fifo]');
  });

  test('one in another Region', () => {
    expect(() => tell(stack => sns.Topic.fromTopicArn(stack, 'Topic', 'arn:aws:sns:us-east-1:111122223333:notices'))).toThrow(
      'the topic Stack/Topic is in us-east-1 and the rule in eu-west-1; EventBridge publishes to topics of its own Region only (at Stack/Health) ' +
      '[NoticeTopic.otherRegion]');
  });

  test('one in another account', () => {
    expect(() => tell(stack => sns.Topic.fromTopicArn(stack, 'Topic', 'arn:aws:sns:eu-west-1:444455556666:notices'))).toThrow(
      'the topic Stack/Topic is in account 444455556666 and the rule in 111122223333; give a topic of the rule\'s account, to which queues and functions of the other ' +
      'one can subscribe (at Stack/Health) [NoticeTopic.otherAccount]');
  });
});
