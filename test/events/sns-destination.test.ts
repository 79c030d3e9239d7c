import { App, Stack, Validations } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as kms from 'aws-cdk-lib/aws-kms';
import { ConfigurationSet } from 'aws-cdk-lib/aws-ses';
import * as sns from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { ConfigurationSetEventDestination, EventDestination } from '../../src';
import { findingIdsOf, findingsOf, stackIn } from '../support/stacks';

const SET_ARN = { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':ses:eu-west-1:111122223333:configuration-set/', { Ref: Match.stringLikeRegexp('^Set') }]] };

function publish(stack: Stack, topic: sns.ITopic, set = new ConfigurationSet(stack, 'Set'), id = 'Feedback') {
  return new ConfigurationSetEventDestination(stack, id, { configurationSet: set, destination: EventDestination.snsTopic(topic) });
}

function heard(stack: Stack, props: sns.TopicProps = {}): sns.Topic {
  const topic = new sns.Topic(stack, 'Topic', props);
  topic.addSubscription(new EmailSubscription('postmaster@example.com'));
  return topic;
}

describe('the policy of the topic', () => {
  test('lets SES publish for this configuration set of this account, and nothing else', () => {
    const stack = stackIn('eu-west-1');
    publish(stack, heard(stack));
    Template.fromStack(stack).hasResourceProperties('AWS::SNS::TopicPolicy', {
      PolicyDocument: {
        Statement: [{
          Effect: 'Allow',
          Principal: { Service: 'ses.amazonaws.com' },
          Action: 'sns:Publish',
          Resource: { Ref: Match.stringLikeRegexp('^Topic') },
          Condition: { StringEquals: { 'aws:SourceAccount': '111122223333', 'aws:SourceArn': SET_ARN } },
        }],
      },
    });
  });

  test('is there before the destination, which SES refuses without it', () => {
    const stack = stackIn('eu-west-1');
    publish(stack, heard(stack));
    const [destination] = Object.values(Template.fromStack(stack).findResources('AWS::SES::ConfigurationSetEventDestination'));
    const [policy] = Object.keys(Template.fromStack(stack).findResources('AWS::SNS::TopicPolicy'));
    expect(destination.DependsOn).toEqual([policy]);
    expect(destination.Properties.EventDestination.SnsDestination).toEqual({ TopicARN: { Ref: expect.stringMatching(/^Topic/) } });
  });

  test('has one statement for two sets', () => {
    const stack = stackIn('eu-west-1');
    const topic = heard(stack);
    publish(stack, topic);
    publish(stack, topic, new ConfigurationSet(stack, 'Other'), 'OtherFeedback');
    const [{ Properties }] = Object.values(Template.fromStack(stack).findResources('AWS::SNS::TopicPolicy'));
    expect(Properties.PolicyDocument.Statement).toHaveLength(1);
    expect(Properties.PolicyDocument.Statement[0].Condition.StringEquals['aws:SourceArn']).toHaveLength(2);
  });

  test('works in an environment-agnostic stack', () => {
    const stack = stackIn();
    publish(stack, heard(stack));
    Template.fromStack(stack).hasResourceProperties('AWS::SNS::TopicPolicy', {
      PolicyDocument: { Statement: [Match.objectLike({ Condition: { StringEquals: Match.objectLike({ 'aws:SourceAccount': { Ref: 'AWS::AccountId' } }) } })] },
    });
  });
});

describe('a topic in another stack', () => {
  function twoStacks(configurationSetName?: string) {
    const app = new App();
    const env = { account: '111122223333', region: 'eu-west-1' };
    const topics = new Stack(app, 'Topics', { env });
    const stack = new Stack(app, 'Stack', { env });
    publish(stack, heard(topics), new ConfigurationSet(stack, 'Set', { configurationSetName }));
    return Template.fromStack(topics);
  }

  test('allows the set by its given name', () => {
    twoStacks('receipts').hasResourceProperties('AWS::SNS::TopicPolicy', {
      PolicyDocument: {
        Statement: [Match.objectLike({
          Condition: {
            StringEquals: {
              'aws:SourceAccount': '111122223333',
              'aws:SourceArn': { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':ses:eu-west-1:111122223333:configuration-set/receipts']] },
            },
          },
        })],
      },
    });
  });

  test('allows all sets of the account and Region when the name is generated, since two stacks cannot depend on each other', () => {
    twoStacks().hasResourceProperties('AWS::SNS::TopicPolicy', {
      PolicyDocument: {
        Statement: [Match.objectLike({
          Condition: {
            StringEquals: { 'aws:SourceAccount': '111122223333' },
            ArnLike: { 'aws:SourceArn': { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':ses:eu-west-1:111122223333:configuration-set/*']] } },
          },
        })],
      },
    });
  });
});

describe('an encrypted topic', () => {
  test('gets a statement in the policy of its key, for this configuration set', () => {
    const stack = stackIn('eu-west-1');
    publish(stack, heard(stack, { masterKey: new kms.Key(stack, 'Key') }));
    Template.fromStack(stack).hasResourceProperties('AWS::KMS::Key', {
      KeyPolicy: {
        Statement: Match.arrayWith([{
          Effect: 'Allow',
          Principal: { Service: 'ses.amazonaws.com' },
          Action: ['kms:GenerateDataKey*', 'kms:Decrypt'],
          Resource: '*',
          Condition: { StringEquals: { 'aws:SourceAccount': '111122223333', 'aws:SourceArn': SET_ARN } },
        }]),
      },
    });
  });

  test.each<[string, (stack: Stack) => sns.ITopic]>([
    ['by its alias', stack => new sns.Topic(stack, 'Topic', { masterKey: kms.Alias.fromAliasName(stack, 'Managed', 'alias/aws/sns') })],
    ['by name in the resource', stack => {
      const topic = new sns.Topic(stack, 'Topic');
      (topic.node.defaultChild as sns.CfnTopic).kmsMasterKeyId = 'alias/aws/sns';
      return topic;
    }],
  ])('is refused with the AWS-managed key, %s', (_, topicIn) => {
    const stack = stackIn('eu-west-1');
    expect(() => publish(stack, topicIn(stack))).toThrow(
      'the topic Stack/Topic is encrypted with an AWS-managed key, whose policy nobody can change, so SES may not use it; encrypt the topic with a key of your ' +
      'own (masterKey: new kms.Key(...)) (at Stack/Feedback) [EventDestination.managedKey]');
  });

  test('is reported when its key belongs to somebody else, with the statement that the owner has to add', () => {
    const stack = stackIn('eu-west-1');
    const masterKey = kms.Key.fromKeyArn(stack, 'Key', 'arn:aws:kms:eu-west-1:444455556666:key/1');
    const destination = publish(stack, heard(stack, { masterKey }));
    const [{ text }] = findingsOf(stack);
    expect(text).toContain('the policy of the key Stack/Key is not part of this app');
    expect(text).toContain('"Action":["kms:GenerateDataKey*","kms:Decrypt"]');
    Validations.of(destination).acknowledge({ id: 'cdk-postmaster:EventDestination.foreignKey', reason: 'done by its owner' });
    expect(findingIdsOf(stack)).toEqual([]);
  });
});

test.each<[string, (stack: Stack) => sns.ITopic]>([
  ['of the app', stack => new sns.Topic(stack, 'Topic', { fifo: true })],
  ['that is imported', stack => sns.Topic.fromTopicArn(stack, 'Topic', 'arn:aws:sns:eu-west-1:111122223333:mail.fifo')],
])('a FIFO topic %s is refused', (_, topicIn) => {
  const stack = stackIn('eu-west-1');
  expect(() => publish(stack, topicIn(stack))).toThrow(
    'the topic Stack/Topic is a FIFO topic, and SES publishes to standard topics only; give a standard topic (an SQS queue behind it can still be worked off one ' +
    'message at a time) (at Stack/Feedback) [EventDestination.fifoTopic]');
});

test('a topic in another Region is refused', () => {
  const stack = stackIn('eu-west-1');
  expect(() => publish(stack, sns.Topic.fromTopicArn(stack, 'Topic', 'arn:aws:sns:eu-central-1:111122223333:mail'))).toThrow(
    'the topic Stack/Topic is in eu-central-1 and the configuration set in eu-west-1; SES publishes within its own Region only (at Stack/Feedback) ' +
    '[EventDestination.otherRegion]');
});

describe('an imported topic', () => {
  function imported() {
    const stack = stackIn('eu-west-1');
    return { stack, destination: publish(stack, sns.Topic.fromTopicArn(stack, 'Topic', 'arn:aws:sns:eu-west-1:444455556666:mail')) };
  }

  test('is reported, with the statement that its owner has to add', () => {
    const [{ text }] = findingsOf(imported().stack);
    expect(text).toContain('the policy of the topic Stack/Topic is not part of this app, and SES refuses a destination that it may not publish to');
    expect(text).toContain('"Resource":"arn:aws:sns:eu-west-1:444455556666:mail"');
    expect(text).toContain('"aws:SourceAccount":"111122223333"');
  });

  test('is used in silence once that is acknowledged', () => {
    const { stack, destination } = imported();
    Validations.of(destination).acknowledge({ id: 'cdk-postmaster:EventDestination.foreignTopic', reason: 'done by its owner' });
    expect(findingIdsOf(stack)).toEqual([]);
  });
});

describe('a topic to which nothing listens', () => {
  test('is reported', () => {
    const stack = stackIn('eu-west-1');
    publish(stack, new sns.Topic(stack, 'Topic'));
    expect(findingsOf(stack)).toEqual([expect.objectContaining({
      path: '/Stack/Feedback', text: expect.stringContaining('nothing in this app subscribes to the topic Stack/Topic, so its events may reach nobody'),
    })]);
  });

  test('is not reported when a subscription comes later, in another stack', () => {
    const app = new App();
    const stack = new Stack(app, 'Stack');
    const topic = new sns.Topic(stack, 'Topic');
    publish(stack, topic);
    new sns.Subscription(new Stack(app, 'Other'), 'Subscription', { topic, protocol: sns.SubscriptionProtocol.EMAIL, endpoint: 'postmaster@example.com' });
    expect(findingIdsOf(stack)).toEqual([]);
  });

  test('is used in silence once that is acknowledged', () => {
    const stack = stackIn('eu-west-1');
    const destination = publish(stack, new sns.Topic(stack, 'Topic'));
    Validations.of(destination).acknowledge({ id: 'cdk-postmaster:EventDestination.unheardTopic', reason: 'subscribed by hand' });
    expect(findingIdsOf(stack)).toEqual([]);
  });
});
