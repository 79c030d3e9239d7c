import { Duration, Lazy } from 'aws-cdk-lib';
import { TransientBounces } from '../../src/recipients';
import { stackIn } from '../support/stacks';

const DAYS_90 = Duration.days(90);
const bind = (bounces: number, within: Duration, retention = DAYS_90) => TransientBounces.suppressAfter(bounces, within).bind(stackIn(), retention);

test('bounces for now are no reason to suppress, or many of them are', () => {
  expect(TransientBounces.keep().bind(stackIn(), DAYS_90)).toBeUndefined();
  expect(bind(2, Duration.hours(1))).toEqual({ bounces: 2, within: Duration.hours(1) });
  expect(bind(10, DAYS_90)).toEqual({ bounces: 10, within: DAYS_90 });
});

test('a number may be known on deployment only', () => {
  expect(() => bind(Lazy.number({ produce: () => 3 }), Duration.days(1))).not.toThrow();
});

test.each([0, 1, 2.5, NaN])('%d bounces are no number to count to', bounces => {
  expect(() => bind(bounces, Duration.days(1))).toThrow(
    `addresses are suppressed after ${bounces} transient bounces; it takes a whole number from 2 on, since a first one says nothing (at Stack) [TransientBounces.count]`);
});

test('what is not remembered, or is over at once, cannot be counted', () => {
  expect(() => bind(3, Duration.days(30), Duration.days(20))).toThrow(
    'transient bounces are counted over 30 days; it takes an hour or more, and not more than the 20 days for which the pipeline keeps its records (retention) (at Stack) ' +
    '[TransientBounces.window]');
  expect(() => bind(3, Duration.minutes(59))).toThrow('[TransientBounces.window]');
});
