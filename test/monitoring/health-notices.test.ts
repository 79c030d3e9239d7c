import { Topic } from 'aws-cdk-lib/aws-sns';
import { ADVICE, HEALTH } from './notices.events';
import { HealthNotices } from '../../src/monitoring/health-notices';
import { matches, ruleIn, transformed } from '../support/event-rule';
import { stackIn } from '../support/stacks';

function rule() {
  const stack = stackIn('eu-west-1');
  new HealthNotices(stack, 'Health', { topic: new Topic(stack, 'Topic') });
  return ruleIn(stack);
}

test.each([
  ['any event of SES', HEALTH, true],
  ['one of another code', { ...HEALTH, detail: { ...HEALTH.detail, eventTypeCode: 'AWS_SES_OPERATIONAL_ISSUE' } }, true],
  ['none of another service', { ...HEALTH, detail: { ...HEALTH.detail, service: 'EC2' } }, false],
  ['none of SES itself', ADVICE, false],
])('the rule matches %s', (_, event, matched) => {
  expect(matches(rule().EventPattern, event)).toBe(matched);
});

test('people read what AWS Health says', () => {
  expect(transformed(rule(), HEALTH)).toBe('AWS Health on Amazon SES in account 111122223333, eu-west-1, at 2026-07-10T08:15:44Z: AWS_SES_EXAMPLE. ' +
    'We have paused your sending. See the AWS Health Dashboard, and the support cases of the account.');
});
