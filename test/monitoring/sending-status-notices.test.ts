import { Topic } from 'aws-cdk-lib/aws-sns';
import { ADVICE, DISABLED } from './notices.events';
import { SendingStatusNotices } from '../../src/monitoring/sending-status-notices';
import { matches, ruleIn, transformed } from '../support/event-rule';
import { stackIn } from '../support/stacks';

function rule() {
  const stack = stackIn('eu-west-1');
  new SendingStatusNotices(stack, 'SendingStatus', { topic: new Topic(stack, 'Topic') });
  return ruleIn(stack);
}

test.each([
  ['the end of sending', DISABLED, true],
  ['its return', { ...DISABLED, 'detail-type': 'Sending Status Enabled' }, true],
  ['nothing else that SES says', ADVICE, false],
  ['nobody else', { ...DISABLED, source: 'my.app' }, false],
])('the rule matches %s', (_, event, matched) => {
  expect(matches(rule().EventPattern, event)).toBe(matched);
});

test('people read what was paused, why, and by whom', () => {
  expect(transformed(rule(), DISABLED)).toBe('Amazon SES, Sending Status Disabled in account 111122223333, eu-west-1, at 2026-07-10T08:15:44Z: ' +
    'arn:aws:ses:eu-west-1:111122223333:tenant/shop/t-1. By: AWS_MANAGED. Why: Too many bounces.');
});
