import { EmailSendingEvent } from 'aws-cdk-lib/aws-ses';
import { EventTypes } from '../../src';
import { EVENT_TYPES, REWRITES_MAIL } from '../../src/ses/event-type';

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
