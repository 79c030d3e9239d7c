import { Match, Template } from 'aws-cdk-lib/assertions';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import { SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { EmailSendingEvent } from 'aws-cdk-lib/aws-ses';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { EventDestination, EventTypes, MailStream, type StreamEnvironmentOptions } from '../../src';
import { stackIn } from '../support/stacks';

function make(stack = stackIn('eu-west-1')) {
  return { stack, stream: new MailStream(stack, 'Stream', { configurationSetName: 'receipts' }) };
}

describe('a rule for events', () => {
  test('matches the events by EventBridge\'s names, of this configuration set only', () => {
    const { stack, stream } = make();
    stream.addEventDestination('Bus', { destination: EventDestination.eventBus() });
    stream.onEvents('Bounced', { events: [EmailSendingEvent.BOUNCE, EmailSendingEvent.RENDERING_FAILURE], target: new SqsQueue(new Queue(stack, 'Queue')) });
    Template.fromStack(stack).hasResourceProperties('AWS::Events::Rule', {
      EventPattern: {
        'source': ['aws.ses'],
        'detail-type': ['Email Bounced', 'Email Rendering Failed'],
        'detail': { mail: { tags: { 'ses:configuration-set': [{ Ref: Match.stringLikeRegexp('^Stream') }] } } },
      },
      State: 'ENABLED',
      Targets: [Match.objectLike({ Arn: { 'Fn::GetAtt': [Match.stringLikeRegexp('^Queue'), 'Arn'] } })],
    });
  });

  test('is for feedback by default, and takes a narrower pattern', () => {
    const { stack, stream } = make();
    stream.addEventDestination('Bus', { destination: EventDestination.eventBus() });
    stream.onEvents('Feedback', { description: 'what went wrong', eventPattern: { detail: { bounce: { bounceType: ['Permanent'] } } } });
    Template.fromStack(stack).hasResourceProperties('AWS::Events::Rule', {
      Description: 'what went wrong',
      EventPattern: {
        'detail-type': ['Email Bounced', 'Email Complaint Received', 'Email Rejected', 'Email Rendering Failed'],
        'detail': { bounce: { bounceType: ['Permanent'] }, mail: Match.anyValue() },
      },
    });
  });

  test('is refused when nothing publishes the events to the event bus, since it would never match', () => {
    const { stream } = make();
    stream.addEventDestination('Bus', { destination: EventDestination.eventBus(), events: [EmailSendingEvent.BOUNCE] });
    stream.addEventDestination('Off', { destination: EventDestination.eventBus(), events: [EmailSendingEvent.REJECT], enabled: false });
    expect(() => stream.onEvents('Feedback', { events: [EmailSendingEvent.BOUNCE, EmailSendingEvent.REJECT] })).toThrow(
      'the stream does not publish reject to the event bus, so the rule would never match; first call addEventDestination with EventDestination.eventBus() and these ' +
      'events (at Stack/Stream) [MailStream.notOnEventBus]');
  });

  test('of an imported stream is taken as it is', () => {
    const stack = stackIn('eu-west-1');
    MailStream.fromConfigurationSetName(stack, 'Stream', 'news').onEvents('All', { events: EventTypes.ALL });
    Template.fromStack(stack).hasResourceProperties('AWS::Events::Rule', { EventPattern: { detail: { mail: { tags: { 'ses:configuration-set': ['news'] } } } } });
  });
});

describe('a program is told of the stream', () => {
  const SET = { Ref: Match.stringLikeRegexp('^Stream') };

  test('as a Lambda function', () => {
    const { stack, stream } = make();
    const target = new lambda.Function(stack, 'Shop', { runtime: lambda.Runtime.NODEJS_24_X, handler: 'index.handler', code: lambda.Code.fromInline('0') });
    stream.addToFunction(target, { sender: 'Shop <receipts@example.com>', feedbackAddress: 'bounces@example.com' });
    Template.fromStack(stack).hasResourceProperties('AWS::Lambda::Function', {
      Environment: {
        Variables: {
          SES_CONFIGURATION_SET: SET, SES_REGION: 'eu-west-1', SES_FROM_ADDRESS: 'Shop <receipts@example.com>', SES_FEEDBACK_ADDRESS: 'bounces@example.com',
        },
      },
    });
  });

  test('as an ECS container', () => {
    const { stack, stream } = make();
    const container = new ecs.FargateTaskDefinition(stack, 'Task').addContainer('Shop', { image: ecs.ContainerImage.fromRegistry('shop') });
    stream.addToContainer(container);
    Template.fromStack(stack).hasResourceProperties('AWS::ECS::TaskDefinition', {
      ContainerDefinitions: [Match.objectLike({ Environment: [{ Name: 'SES_CONFIGURATION_SET', Value: SET }, { Name: 'SES_REGION', Value: 'eu-west-1' }] })],
    });
  });

  test('under names of its own when it sends through several streams', () => {
    const { stack, stream } = make();
    expect(stack.resolve(stream.environment({ prefix: 'NEWS' }))).toEqual({ NEWS_CONFIGURATION_SET: expect.anything(), NEWS_REGION: 'eu-west-1' });
  });

  test('with the Region of the deployment when the stack does not know it', () => {
    const { stack, stream } = make(stackIn());
    expect(stack.resolve(stream.environment()).SES_REGION).toEqual({ Ref: 'AWS::Region' });
  });

  test.each<[string, StreamEnvironmentOptions, string]>([
    ['a sender without a domain', { sender: 'receipts' }, '"receipts" is not an address; the form is "user@example.com" (at Stack/Stream) [MailAddress.form]'],
    ['a display name that has to be encoded', { sender: 'Café <a@example.com>' },
      'the display name of "Café <a@example.com>" has characters outside of printable ASCII; encode it (RFC 2047), e.g. "=?UTF-8?B?...?= <user@example.com>" ' +
      '(at Stack/Stream) [MailAddress.senderName]'],
    ['a prefix that no variable can have', { prefix: 'my-app' }, '[StreamEnvironment.prefix]'],
  ])('but not of %s', (_, options, message) => {
    expect(() => make().stream.environment(options)).toThrow(message);
  });
});
