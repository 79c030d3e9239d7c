import { Template } from 'aws-cdk-lib/assertions';
import { EmailSendingEvent } from 'aws-cdk-lib/aws-ses';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { SqsSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { EventTypes } from '../../src';
import { sampleEvent, type SampleEventType } from '../../src/events/sample-events';
import { EVENT_TYPES, REWRITES_MAIL } from '../../src/ses/event-type';
import { stackIn } from '../support/stacks';

test('the table knows each event that CloudFormation knows, by its name', () => {
  expect(Object.keys(EVENT_TYPES).sort()).toEqual(Object.values(EmailSendingEvent).sort());
});

test('each spelling of an event is unique', () => {
  for (const spelling of ['api', 'record', 'payload', 'metric', 'detailType'] as const) {
    const spelt = Object.values(EVENT_TYPES).map(names => names[spelling]);
    expect(new Set(spelt).size).toBe(10);
  }
});

test('a rendering failure is spelt in five ways', () => {
  expect(EVENT_TYPES.renderingFailure).toEqual({
    api: 'RENDERING_FAILURE', record: 'Rendering Failure', payload: 'failure', metric: 'RenderingFailure', detailType: 'Email Rendering Failed',
  });
});

test('all events are in ALL, once', () => {
  expect([...EventTypes.ALL].sort()).toEqual(Object.values(EmailSendingEvent).sort());
});

test('nothing that rewrites mail is in FEEDBACK and DELIVERABILITY', () => {
  expect([...EventTypes.FEEDBACK, ...EventTypes.DELIVERABILITY].filter(event => REWRITES_MAIL.has(event))).toEqual([]);
  expect(EventTypes.ENGAGEMENT).toEqual(['open', 'click']);
});

test('feedback is bounces, complaints, rejects and rendering failures', () => {
  expect(EventTypes.FEEDBACK).toEqual(['bounce', 'complaint', 'reject', 'renderingFailure']);
});

describe('a subscription that is to get some events only', () => {
  const { BOUNCE, COMPLAINT, RENDERING_FAILURE } = EmailSendingEvent;

  test('has a filter by the field of the record that names its type', () => {
    const stack = stackIn('eu-west-1');
    const filterPolicyWithMessageBody = EventTypes.filterPolicy([RENDERING_FAILURE, BOUNCE, BOUNCE]);
    new Topic(stack, 'Topic').addSubscription(new SqsSubscription(new Queue(stack, 'Queue'), { filterPolicyWithMessageBody }));
    Template.fromStack(stack).hasResourceProperties('AWS::SNS::Subscription', {
      FilterPolicyScope: 'MessageBody', FilterPolicy: { eventType: ['Rendering Failure', 'Bounce'] },
    });
  });

  test('gets those, and no others', () => {
    const allowed = JSON.stringify(EventTypes.filterPolicy([BOUNCE, COMPLAINT]));
    const types: SampleEventType[] = ['Send', 'Rendering Failure', 'Reject', 'Delivery', 'Bounce', 'Complaint', 'DeliveryDelay', 'Subscription', 'Open', 'Click'];
    expect(types.filter(type => allowed.includes(`"${String(sampleEvent(type).eventType)}"`))).toEqual(['Bounce', 'Complaint']);
  });

  test('wants at least one', () => {
    expect(() => EventTypes.filterPolicy([])).toThrow('events is an empty list, so nothing would pass; name the events that are to [EventTypes.noEvents]');
  });
});
