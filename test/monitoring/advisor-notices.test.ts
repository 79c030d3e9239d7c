import { Validations } from 'aws-cdk-lib';
import { VdmAttributes } from 'aws-cdk-lib/aws-ses';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { ADVICE, DISABLED } from './notices.events';
import { VerifiedDomain } from '../../src';
import { AdvisorFinding } from '../../src/monitoring/advisor-finding';
import { AdvisorNotices, type AdvisorNoticesProps, AdvisorStatus } from '../../src/monitoring/advisor-notices';
import { matches, ruleIn, transformed } from '../support/event-rule';
import { findingIdsOf, stackIn } from '../support/stacks';

function notices(props: Partial<AdvisorNoticesProps> = {}, stack = stackIn('eu-west-1')) {
  return { stack, notices: new AdvisorNotices(stack, 'Advisor', { topic: new Topic(stack, 'Topic'), ...props }) };
}

const rule = (props?: Partial<AdvisorNoticesProps>) => ruleIn(notices(props).stack);
const RESOLVED = { ...ADVICE, 'detail-type': 'Advisor Recommendation Status Resolved' };
const CLOSED = { ...ADVICE, 'detail-type': 'Advisor Recommendation Status Closed' };

test.each([
  ['all that is found and cured', undefined, [true, true, true]],
  ['what is found only', AdvisorStatus.OPEN, [true, false, false]],
  ['what is cured only, in both words of AWS', AdvisorStatus.RESOLVED, [false, true, true]],
])('the rule matches %s', (_, status, matched) => {
  const { EventPattern } = rule({ status });
  expect([ADVICE, RESOLVED, CLOSED].map(event => matches(EventPattern, event))).toEqual(matched);
});

test('the rule matches nothing else that SES says, and nobody else', () => {
  const { EventPattern } = rule();
  expect([DISABLED, { ...ADVICE, source: 'my.app' }].map(event => matches(EventPattern, event))).toEqual([false, false]);
});

test('the rule can be for some identities', () => {
  const stack = stackIn('eu-west-1');
  const identities = ['example.com', 'example.net'].map(name => VerifiedDomain.fromDomainName(stack, name, name));
  const { EventPattern } = ruleIn(notices({ identities }, stack).stack);
  const of = (name: string) => ({ ...ADVICE, resources: [`arn:aws:ses:eu-west-1:111122223333:identity/${name}`] });
  expect(['example.com', 'example.net', 'news.example.com'].map(name => matches(EventPattern, of(name)))).toEqual([true, true, false]);
});

test('the rule can be for some findings, to the letter', () => {
  const { EventPattern } = rule({ findings: [AdvisorFinding.SPF_NOT_FOUND, AdvisorFinding.custom('A new one.')] });
  const says = (data: string) => ({ ...ADVICE, detail: { ...ADVICE.detail, data } });
  expect(['SPF record was not found.', 'A new one.', 'SPF record was not found', 'DKIM record was not found.'].map(data => matches(EventPattern, says(data))))
    .toEqual([true, true, false, false]);
});

test('people read what was found where and when, and where the cure stands', () => {
  expect(transformed(rule(), ADVICE)).toBe('Amazon SES, Advisor Recommendation Status Open, at 2026-07-10T08:15:44Z: ' +
    'arn:aws:ses:eu-west-1:111122223333:identity/example.com: SPF record was not found. What to do: https://docs.aws.amazon.com/ses/latest/dg/vdm-advisor.html');
});

test.each([
  ['identities', 'AdvisorNotices.noIdentities'], ['findings', 'AdvisorNotices.noFindings'],
])('an empty list of %s is refused', (prop, code) => {
  expect(() => notices({ [prop]: [] })).toThrow(`${prop} is an empty list, so the rule would never match; leave it out to hear of all (at Stack/Advisor) [${code}]`);
});

describe('that nothing switches the advisor on', () => {
  test('is reported', () => {
    expect(findingIdsOf(notices().stack)).toEqual(['cdk-postmaster:AdvisorNotices.vdmUnknown']);
  });

  test('is not the case when the app does', () => {
    const { stack } = notices();
    new VdmAttributes(stack, 'Vdm');
    expect(findingIdsOf(stack)).toEqual([]);
  });

  test('is used in silence once that is acknowledged', () => {
    const { stack, notices: construct } = notices();
    Validations.of(construct).acknowledge({ id: 'cdk-postmaster:AdvisorNotices.vdmUnknown', reason: 'on in another stack' });
    expect(findingIdsOf(stack)).toEqual([]);
  });
});
