/* A domain that others send from, whose feedback goes to a topic, watched: policies, topics and their permissions in one stack. */
import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { UrlSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Dmarc, Dns, IdentityMonitor, VerifiedDomain } from '../../src';
import { addDelegation } from '../e2e/apps/parts/delegation';
import { NAG_PACKS } from '../support/nag-packs';
import { findingIdsOf } from '../support/stacks';

function build(): Stack {
  const stack = new Stack(new App(), 'Stack', { env: { account: '111122223333', region: 'eu-west-1' } });
  const domain = new VerifiedDomain(stack, 'Mail', { dns: Dns.elsewhere('example.com'), dmarc: Dmarc.none({ reportTo: ['dmarc@example.com'] }) });
  const operators = new Topic(stack, 'People', { enforceSSL: true });
  operators.addSubscription(new UrlSubscription('https://example.com/alarms'));
  new IdentityMonitor(stack, 'Monitor', { identities: [domain], topic: operators });
  addDelegation(stack, { domain, partner: '444455556666' });
  return stack;
}

/** What is wrong with the topic for people, with which this story is not concerned. */
const BESIDE_THE_POINT = /SNSEncryptedKMS|SNS2|SNSRedrivePolicy/;

test.each(NAG_PACKS)('%s finds nothing that is not acknowledged with a reason', (_, Pack) => {
  const { root } = build().node;
  const { violations } = new Pack(root as App).validateScope(root);
  expect(violations.filter(({ ruleName }) => !BESIDE_THE_POINT.test(ruleName))
    .flatMap(({ ruleName, violatingResources }) => violatingResources.map(resource => ({ ruleName, ...resource })))).toEqual([]);
});

test('the library reports nothing', () => {
  expect(findingIdsOf(build())).toEqual([]);
});

test('a kind of custom resource has one function, with its own permissions only', () => {
  const template = Template.fromStack(build()).toJSON() as { Resources: Record<string, { Type: string; Properties: Record<string, any> }> };
  const { Resources: resources } = template;
  const kinds = Object.values(resources).filter(({ Type }) => Type.startsWith('Custom::'))
    .map(({ Type, Properties }) => `${Type} ${Properties.ServiceToken['Fn::GetAtt'][0]}`);
  expect(kinds).toHaveLength(3);
  expect(new Set(kinds).size).toBe(2);
  const policies = Object.entries(resources).filter(([, { Type }]) => Type === 'AWS::IAM::Policy');
  const actionsOf = (handler: string): string[] => policies.filter(([id]) => id.includes(handler))
    .flatMap(([, { Properties }]) => Properties.PolicyDocument.Statement.flatMap(({ Action }: { Action: string | string[] }) => Action))
    .filter((action: string) => action.startsWith('ses:'));
  expect(new Set(actionsOf('IdentityPolicyFunction'))).toEqual(new Set([
    'ses:GetEmailIdentityPolicies', 'ses:CreateEmailIdentityPolicy', 'ses:UpdateEmailIdentityPolicy', 'ses:DeleteEmailIdentityPolicy',
  ]));
  expect(new Set(actionsOf('FeedbackNotificationsFunction'))).toEqual(new Set([
    'ses:GetIdentityNotificationAttributes', 'ses:SetIdentityNotificationTopic', 'ses:SetIdentityHeadersInNotificationsEnabled',
    'ses:GetEmailIdentity', 'ses:PutEmailIdentityFeedbackAttributes',
  ]));
});
