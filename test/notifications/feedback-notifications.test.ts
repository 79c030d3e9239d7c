import { RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as ses from 'aws-cdk-lib/aws-ses';
import * as sns from 'aws-cdk-lib/aws-sns';
import { UrlSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import {
  Dns, EventDestination, FeedbackNotifications, type FeedbackNotificationsProps, FeedbackPipeline, type IMailIdentity, MailStream, VerifiedAddress,
  VerifiedDomain,
} from '../../src';
import { findingIdsOf, findingsOf, stackIn } from '../support/stacks';

const TYPE = 'Custom::PostmasterFeedbackNotifications';
const DUPLICATE = 'cdk-postmaster:MailIdentity.duplicateFeedback';

type DomainOptions = { feedbackForwarding?: boolean; defaultConfigurationSet?: ses.IConfigurationSet };

const domainIn = (stack: Stack, options: DomainOptions = {}) => new VerifiedDomain(stack, 'Mail', { dns: Dns.elsewhere('example.com'), ...options });

function heard(stack: Stack, id = 'Topic', props?: sns.TopicProps): sns.Topic {
  const topic = new sns.Topic(stack, id, props);
  topic.addSubscription(new UrlSubscription('https://example.com/feedback'));
  return topic;
}

/** Bounces and complaints of an identity, to one topic. */
function notify(
  stack: Stack, identity: IMailIdentity, props: Partial<FeedbackNotificationsProps> = {}, topic: sns.ITopic = heard(stack),
): FeedbackNotifications {
  return new FeedbackNotifications(stack, 'Feedback', { identity, bounces: { topic }, complaints: { topic }, ...props });
}

const propertiesOf = (stack: Stack) => Object.values(Template.fromStack(stack).findResources(TYPE))[0].Properties;
const forwardingOf = (stack: Stack) => Object.values(Template.fromStack(stack).findResources('AWS::SES::EmailIdentity'))[0].Properties.FeedbackAttributes?.EmailForwardingEnabled;
const about = (stack: Stack) => findingIdsOf(stack).filter(id => /MailIdentity|Notification/.test(id));

describe('the topics', () => {
  test('are set after SES may publish there for this identity, and for nothing else', () => {
    const stack = stackIn('eu-west-1');
    const topic = heard(stack, 'Topic', { masterKey: new kms.Key(stack, 'Key') });
    notify(stack, domainIn(stack), { bounces: { topic, includeHeaders: true }, deliveries: { topic: heard(stack, 'Deliveries') } }, topic);
    const template = Template.fromStack(stack);
    const ref = (id: string) => ({ Ref: Match.stringLikeRegexp(`^${id}`) });
    template.hasResource(TYPE, {
      Properties: {
        IdentityArn: { 'Fn::Join': ['', Match.arrayWith([ref('Mail')])] },
        Topics: {
          Bounce: { TopicArn: ref('Topic'), IncludeHeaders: 'true' },
          Complaint: { TopicArn: ref('Topic'), IncludeHeaders: 'false' },
          Delivery: { TopicArn: ref('Deliveries'), IncludeHeaders: 'false' },
        },
        Forwarding: 'false',
        ReplaceExisting: 'false',
      },
      DependsOn: Match.arrayWith([Match.stringLikeRegexp('^DeliveriesPolicy'), Match.stringLikeRegexp('^Key'), Match.stringLikeRegexp('^TopicPolicy')]),
      DeletionPolicy: 'Delete',
    });
    const identity = { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':ses:eu-west-1:111122223333:identity/example.com']] };
    const condition = { StringEquals: { 'aws:SourceAccount': '111122223333', 'aws:SourceArn': identity } };
    template.hasResourceProperties('AWS::SNS::TopicPolicy', {
      PolicyDocument: { Statement: [{ Effect: 'Allow', Principal: { Service: 'ses.amazonaws.com' }, Action: 'sns:Publish', Resource: ref('Topic'), Condition: condition }] },
    });
    template.hasResourceProperties('AWS::KMS::Key', {
      KeyPolicy: { Statement: Match.arrayWith([Match.objectLike({ Action: ['kms:GenerateDataKey*', 'kms:Decrypt'], Principal: { Service: 'ses.amazonaws.com' }, Condition: condition })]) },
    });
  });

  test('are set by a function that may do what IAM can limit to this identity only', () => {
    const stack = stackIn();
    notify(stack, VerifiedAddress.fromAddress(stack, 'Address', 'me@example.com'), { replaceExisting: true, revision: '2', removalPolicy: RemovalPolicy.RETAIN });
    const template = Template.fromStack(stack);
    template.hasResource(TYPE, { Properties: { ReplaceExisting: 'true', Revision: '2' }, DeletionPolicy: 'Retain' });
    template.hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: {
        Statement: Match.arrayWith([{
          Effect: 'Allow', Action: ['ses:GetIdentityNotificationAttributes', 'ses:SetIdentityNotificationTopic', 'ses:SetIdentityHeadersInNotificationsEnabled'], Resource: '*',
        }]),
      },
    });
    template.hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: {
        Statement: [{
          Effect: 'Allow',
          Action: ['ses:GetEmailIdentity', 'ses:PutEmailIdentityFeedbackAttributes'],
          Resource: { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':ses:', { Ref: 'AWS::Region' }, ':', { Ref: 'AWS::AccountId' }, ':identity/me@example.com']] },
        }],
      },
    });
  });

  test('may belong to another account, whose statements are told', () => {
    const stack = stackIn('eu-west-1');
    notify(stack, domainIn(stack), {}, sns.Topic.fromTopicArn(stack, 'Theirs', 'arn:aws:sns:eu-west-1:444455556666:feedback'));
    expect(propertiesOf(stack).Topics.Bounce.TopicArn).toBe('arn:aws:sns:eu-west-1:444455556666:feedback');
    expect(about(stack)).toEqual(['cdk-postmaster:NotificationTopic.foreignTopic']);
    expect(findingsOf(stack).map(({ text }) => text)).toContainEqual(expect.stringContaining('"Action":"sns:Publish","Condition":{"StringEquals":{"aws:SourceAccount":"111122223333"'));
  });
});

describe('refused', () => {
  const cases: [string, (stack: Stack) => unknown, string][] = [
    ['no topic', stack => new FeedbackNotifications(stack, 'Feedback', { identity: domainIn(stack) }),
      'no topic is given for "example.com"; give bounces, complaints or deliveries one, or leave the construct out (at Stack/Feedback) [FeedbackNotifications.noTopic]'],
    ['the identity of another account', stack => notify(stack, VerifiedDomain.fromDomainArn(stack, 'Theirs', 'arn:aws:ses:eu-west-1:444455556666:identity/example.com')),
      '[FeedbackNotifications.elsewhere]'],
    ['a second time for an identity', stack => {
      notify(stack, domainIn(stack));
      new FeedbackNotifications(stack, 'Again', { identity: VerifiedDomain.fromDomainName(stack, 'Same', 'example.com'), deliveries: { topic: heard(stack, 'Other') } });
    }, '"example.com" has notifications already (Stack/Feedback), and SES has one topic for each type; give all topics there (at Stack/Again) [FeedbackNotifications.twice]'],
    ['forwarding off with one of two topics', stack => notify(stack, domainIn(stack), { complaints: undefined, feedbackForwarding: false }),
      'feedbackForwarding is false, and bounces or complaints have no topic, so nobody would hear of them; give both a topic, or leave feedbackForwarding out (at Stack/Feedback) ' +
      '[FeedbackNotifications.forwardingNeeded]'],
    ['two opinions on forwarding', stack => notify(stack, domainIn(stack, { feedbackForwarding: true }), { feedbackForwarding: false }),
      'feedbackForwarding is false here and true at Stack/Mail; say it in one place (at Stack/Feedback) [FeedbackNotifications.forwardingTwice]'],
    ['a FIFO topic', stack => notify(stack, domainIn(stack), {}, new sns.Topic(stack, 'Fifo', { fifo: true })),
      'the topic Stack/Fifo is a FIFO topic, and SES publishes to standard topics only; give a standard topic (at Stack/Feedback) [NotificationTopic.fifo]'],
    ['a topic of another Region', stack => notify(stack, domainIn(stack), {}, sns.Topic.fromTopicArn(stack, 'Far', 'arn:aws:sns:us-east-1:111122223333:feedback')),
      'the topic Stack/Far is in us-east-1 and the identity in eu-west-1; SES publishes within its own Region only, so give a topic there (at Stack/Feedback) [NotificationTopic.otherRegion]'],
    ['a topic with the key of AWS', stack => notify(stack, domainIn(stack), {}, heard(stack, 'Managed', { masterKey: kms.Alias.fromAliasName(stack, 'Alias', 'alias/aws/sns') })),
      '[NotificationTopic.managedKey]'],
  ];
  test.each(cases)('%s', (_, make, message) => { expect(() => make(stackIn('eu-west-1'))).toThrow(message); });
});

describe('forwarding by mail has one owner', () => {
  const cases: [string, DomainOptions, Partial<FeedbackNotificationsProps>, { template: unknown; function: unknown }][] = [
    ['the function, with both topics', {}, {}, { template: undefined, function: 'false' }],
    ['the function, which does what the identity says', { feedbackForwarding: true }, {}, { template: undefined, function: 'true' }],
    ['the function, which does what it is told itself', {}, { feedbackForwarding: true }, { template: undefined, function: 'true' }],
    ['SES, with one of the topics', {}, { complaints: undefined }, { template: undefined, function: undefined }],
    ['the identity, with one of the topics', { feedbackForwarding: true }, { bounces: undefined }, { template: true, function: undefined }],
    ['the function, with one of the topics, when it is told', {}, { bounces: undefined, feedbackForwarding: true }, { template: undefined, function: 'true' }],
  ];
  test.each(cases)('%s', (_, domain, notifications, expected) => {
    const stack = stackIn('eu-west-1');
    notify(stack, domainIn(stack, domain), notifications);
    expect({ template: forwardingOf(stack), function: propertiesOf(stack).Forwarding }).toEqual(expected);
  });

  test('the function, also when the default configuration set of the identity reports, and by any handle of the identity', () => {
    const stack = stackIn('eu-west-1');
    domainIn(stack, { defaultConfigurationSet: new MailStream(stack, 'Stream', { feedback: EventDestination.eventBus() }) });
    notify(stack, VerifiedDomain.fromDomainName(stack, 'Same', 'example.com'));
    expect({ template: forwardingOf(stack), function: propertiesOf(stack).Forwarding }).toEqual({ template: undefined, function: 'false' });
  });
});

describe('coverage of feedback', () => {
  const build = (domain: DomainOptions | ((stack: Stack) => DomainOptions), notifications: Partial<FeedbackNotificationsProps> = {}) => {
    const stack = stackIn('eu-west-1');
    notify(stack, domainIn(stack, typeof domain === 'function' ? domain(stack) : domain), notifications);
    Template.fromStack(stack);
    return stack;
  };
  const reporting = (stack: Stack) => new MailStream(stack, 'Stream', { feedback: EventDestination.eventBus() });

  test('is there with forwarding off and topics for both, or a topic and a default set', () => {
    expect(about(build({ feedbackForwarding: false }))).toEqual([]);
    const partly = stackIn('eu-west-1');
    const set = new MailStream(partly, 'Stream');
    set.addEventDestination('Bus', { destination: EventDestination.eventBus(), events: [ses.EmailSendingEvent.COMPLAINT] });
    notify(partly, domainIn(partly, { feedbackForwarding: false, defaultConfigurationSet: set }), { complaints: undefined });
    Template.fromStack(partly);
    expect(about(partly)).toEqual([]);
  });

  test('is not there with forwarding off and a topic for one of them', () => {
    expect(() => build({ feedbackForwarding: false }, { complaints: undefined })).toThrow('[MailIdentity.noFeedback]');
  });

  const doubles: [string, () => Stack, string][] = [
    ['topics and forwarding', () => build({ feedbackForwarding: true }), 'SES forwards bounces and complaints by mail, and SES notifies the topics of Stack/Feedback, so each is reported twice'],
    ['topics and the default set', () => build(stack => ({ defaultConfigurationSet: reporting(stack) })),
      'SES notifies the topics of Stack/Feedback, and the default configuration set Stack/Stream publishes them too, so each is reported twice'],
    ['a topic for one, for which SES forwards on', () => build({}, { bounces: undefined }), 'SES forwards bounces and complaints by mail, and SES notifies the topics'],
    ['all three', () => build(stack => ({ feedbackForwarding: true, defaultConfigurationSet: reporting(stack) })), 'so each is reported three times'],
  ];
  test.each(doubles)('is there twice with %s', (_, make, text) => {
    const stack = make();
    expect(about(stack)).toEqual([DUPLICATE]);
    expect(findingsOf(stack).map(finding => finding.text)).toContainEqual(expect.stringContaining(text));
  });

  test('twice can be acknowledged; deliveries alone are no feedback', () => {
    const stack = stackIn('eu-west-1');
    const notifications = notify(stack, domainIn(stack, { feedbackForwarding: true }));
    Validations.of(notifications).acknowledge({ id: DUPLICATE, reason: 'while we migrate' });
    Template.fromStack(stack);
    expect(about(stack)).toEqual([]);
    const delivered = stackIn('eu-west-1');
    new FeedbackNotifications(delivered, 'Feedback', { identity: domainIn(delivered), deliveries: { topic: heard(delivered) } });
    Template.fromStack(delivered);
    expect(about(delivered)).toEqual([]);
  });

  test('is missing here when others send from an identity that forwards nothing', () => {
    const unheard = (act: (stack: Stack, domain: VerifiedDomain) => void = () => {}) => {
      const stack = stackIn('eu-west-1');
      const domain = domainIn(stack, { feedbackForwarding: false });
      act(stack, domain);
      domain.authorizeOrganization('o-a1b2c3d4e5');
      reporting(stack).grantSend(new iam.Role(stack, 'Role', { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') }), domain);
      Template.fromStack(stack);
      return about(stack);
    };
    const [id, needsSet] = ['delegatedUnheard', 'feedbackNeedsSet'].map(name => `cdk-postmaster:MailIdentity.${name}`);
    expect(unheard()).toEqual([id, needsSet]);
    expect(unheard((_, domain) => Validations.of(domain).acknowledge({ id, reason: 'we trust them' }))).toEqual([needsSet]);
    expect(unheard((stack, domain) => notify(stack, domain))).toEqual([]);
  });
});

describe('reported, and can be acknowledged', () => {
  const foreignKey = (stack: Stack) => {
    const masterKey = kms.Key.fromKeyArn(stack, 'Key', 'arn:aws:kms:eu-west-1:444455556666:key/1234abcd-12ab-34cd-56ef-1234567890ab');
    return heard(stack, 'Topic', { masterKey });
  };
  const cases: [string, (stack: Stack) => sns.ITopic, string][] = [
    ['the topic of somebody else', stack => sns.Topic.fromTopicArn(stack, 'Theirs', 'arn:aws:sns:eu-west-1:111122223333:feedback'), 'NotificationTopic.foreignTopic'],
    ['the key of somebody else', foreignKey, 'NotificationTopic.foreignKey'],
    ['a topic to which nobody listens', stack => new sns.Topic(stack, 'Topic'), 'NotificationTopic.unheard'],
  ];
  test.each(cases)('%s', (_, topic, id) => {
    const stack = stackIn('eu-west-1');
    notify(stack, domainIn(stack), {}, topic(stack));
    Template.fromStack(stack);
    expect(about(stack)).toEqual([`cdk-postmaster:${id}`]);
    const again = stackIn('eu-west-1');
    Validations.of(again).acknowledge({ id: `cdk-postmaster:${id}`, reason: 'known' });
    notify(again, domainIn(again), {}, topic(again));
    Template.fromStack(again);
    expect(about(again)).toEqual([]);
  });
});

test('a pipeline takes the notifications of an identity, and then needs no stream', () => {
  const stack = stackIn('eu-west-1');
  const pipeline = new FeedbackPipeline(stack, 'Pipeline', { additionalEvents: [ses.EmailSendingEvent.DELIVERY] });
  pipeline.addIdentity(domainIn(stack), { replaceExisting: true });
  const topic = { TopicArn: { Ref: expect.stringMatching(/^PipelineTopic/) }, IncludeHeaders: 'false' };
  expect(propertiesOf(stack)).toMatchObject({ Topics: { Bounce: topic, Complaint: topic, Delivery: topic }, Forwarding: 'false', ReplaceExisting: 'true' });
  expect(findingIdsOf(stack)).not.toContain('cdk-postmaster:FeedbackPipeline.noStreams');
});
