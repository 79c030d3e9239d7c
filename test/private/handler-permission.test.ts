import { App, CustomResource, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as sns from 'aws-cdk-lib/aws-sns';
import { Dns, FeedbackNotifications, IdentityPolicy, SmtpCredentials, VerifiedDomain } from '../../src';
import { AccountSettingsFunction } from '../../src/account/account-settings-function';
import { customResourceHandler } from '../../src/private/custom-resource-handler';
import { permit } from '../../src/private/handler-permission';
import { stackIn } from '../support/stacks';

interface Resource {
  readonly Type: string;
  readonly DependsOn?: string[];
  readonly Properties: { PolicyDocument: { Statement: { Action: string | string[]; Resource: unknown }[] } };
}

const resourcesOf = (stack: Stack) => Object.entries(Template.fromStack(stack).toJSON().Resources as Record<string, Resource>);

/** The policies that allow an action, by logical ID. */
const allowing = (stack: Stack, action: string) => resourcesOf(stack)
  .filter(([, { Type, Properties }]) => Type === 'AWS::IAM::Policy' && Properties.PolicyDocument.Statement.some(({ Action }) => [Action].flat().includes(action)));

function asMany(count: number): Stack {
  const stack = new Stack(new App(), 'Stack');
  const handler = customResourceHandler(stack, AccountSettingsFunction);
  for (let index = 0; index < count; index++) {
    const resource = new CustomResource(stack, `Resource${index}`, { serviceToken: handler.functionArn });
    resource.node.addDependency(permit(handler, [{ actions: ['ses:GetEmailIdentity'], resources: [`arn:aws:ses:eu-west-1:111122223333:identity/${index}.example`] }]));
  }
  return stack;
}

test('what each of two resources needs is a policy of its own, which goes after the resource', () => {
  const stack = asMany(2);
  const policies = allowing(stack, 'ses:GetEmailIdentity');
  expect(policies.map(([, { Properties }]) => Properties.PolicyDocument.Statement)).toEqual(['0', '1'].map(index => [
    { Action: 'ses:GetEmailIdentity', Effect: 'Allow', Resource: `arn:aws:ses:eu-west-1:111122223333:identity/${index}.example` },
  ]));
  const dependencies = resourcesOf(stack).filter(([id]) => id.startsWith('Resource')).map(([, { DependsOn }]) => DependsOn);
  expect(dependencies).toEqual(policies.map(([id]) => [id]));
});

test('what needs the same shares a policy', () => {
  const stack = new Stack(new App(), 'Stack');
  const handler = customResourceHandler(stack, AccountSettingsFunction);
  const once = permit(handler, [{ actions: ['ses:GetAccount'], resources: ['*'] }]);
  expect(permit(handler, [{ actions: ['ses:GetAccount'], resources: ['*'] }])).toBe(once);
  expect(allowing(stack, 'ses:GetAccount')).toHaveLength(1);
});

test('a role has room for fourteen; what else is needed is in the policy for all', () => {
  const policies = allowing(asMany(16), 'ses:GetEmailIdentity').map(([, { Properties }]) => Properties.PolicyDocument.Statement);
  expect(policies).toHaveLength(15);
  const [forAll] = policies.filter(statements => statements.length > 1);
  expect(forAll.flatMap(({ Action, Resource }) => Action === 'ses:GetEmailIdentity' ? Resource : [])).toEqual([14, 15].map(index => (
    `arn:aws:ses:eu-west-1:111122223333:identity/${index}.example`
  )));
});

test.each<[string, string, (stack: Stack, id: string) => unknown]>([
  ['a login for SMTP', 'iam:DeleteAccessKey', (stack, id) => new SmtpCredentials(stack, id, { identities: [domain(stack, id)] })],
  ['a policy of an identity', 'ses:DeleteEmailIdentityPolicy', (stack, id) => new IdentityPolicy(stack, id, {
    identity: domain(stack, id),
    statements: [new iam.PolicyStatement({ principals: [new iam.AccountPrincipal('444455556666')], actions: ['ses:SendEmail'] })],
  })],
  ['notifications', 'ses:PutEmailIdentityFeedbackAttributes', (stack, id) => new FeedbackNotifications(stack, id, {
    identity: domain(stack, id), bounces: { topic: new sns.Topic(stack, `Topic${id}`) },
  })],
  ['records in another account', 'sts:AssumeRole', (stack, id) => Dns.route53InAccount({
    zoneName: `${id.toLowerCase()}.example`, hostedZoneId: 'Z1', roleArn: `arn:aws:iam::444455556666:role/${id}`,
  }).publish(stack, id, { records: [], removalPolicy: RemovalPolicy.DESTROY })],
])('the permission to take down %s goes after it, though others of its kind stay', (_, action, make) => {
  const stack = stackIn('eu-west-1');
  ['One', 'Two'].forEach(id => make(stack, id));
  const policies = allowing(stack, action).filter(([id]) => !id.includes('Rotation'));
  expect(policies).toHaveLength(2);
  for (const [policy] of policies) {
    expect(resourcesOf(stack).filter(([, { Type, DependsOn }]) => Type.startsWith('Custom::') && DependsOn?.includes(policy))).toHaveLength(1);
  }
});

function domain(stack: Stack, id: string) {
  return VerifiedDomain.fromDomainName(stack, `Domain${id}`, `${id.toLowerCase()}.example`);
}
