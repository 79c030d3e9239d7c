import { App, Duration, Stack, Validations } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { UserPool } from 'aws-cdk-lib/aws-cognito';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { AwsSolutionsChecks, HIPAASecurityChecks, type NagPack, NIST80053R5Checks, PCIDSS321Checks, ServerlessChecks } from 'cdk-nag';
import { Dns, VerificationWaiter, VerifiedAddress, VerifiedDomain } from '../../src';
import { findingIdsOf, findingsOf, stackIn, zoneOf } from '../support/stacks';

function waitIn(stack: Stack) {
  const domain = new VerifiedDomain(stack, 'Mail', { dns: Dns.route53(zoneOf(stack, 'example.com')) });
  return new VerificationWaiter(stack, 'Verified', { identity: domain });
}

test('a wait comes after the identity and its records, and before what depends on it', () => {
  const stack = stackIn('eu-west-1');
  const wait = waitIn(stack);
  new Topic(stack, 'Users').node.addDependency(wait);
  const template = Template.fromStack(stack);
  template.hasResource('Custom::PostmasterVerification', {
    Properties: { Identity: 'example.com', TimeoutSeconds: '1800' },
    DependsOn: [Match.stringLikeRegexp('^MailRecords'), Match.stringLikeRegexp('^Mail')],
  });
  template.hasResource('AWS::SNS::Topic', { DependsOn: [Match.stringLikeRegexp('^Verified')] });
});

test('the user pool that waits may be the one that Cognito writes for: the wait is not for policies, which name the pool', () => {
  const stack = stackIn();
  const domain = new VerifiedDomain(stack, 'Mail', { dns: Dns.route53(zoneOf(stack, 'example.com')) });
  const users = new UserPool(stack, 'Users');
  domain.authorizeCognito(users);
  users.node.addDependency(new VerificationWaiter(stack, 'Verified', { identity: domain }));
  const { Resources: resources } = Template.fromStack(stack).toJSON() as { Resources: Record<string, { Type: string; DependsOn?: string[] }> };
  const [wait] = Object.values(resources).filter(({ Type }) => Type === 'Custom::PostmasterVerification');
  expect(wait.DependsOn!.map(id => resources[id].Type).sort()).toEqual(['AWS::Route53::RecordSetGroup', 'AWS::SES::EmailIdentity']);
  expect(Object.values(resources).find(({ Type }) => Type === 'Custom::PostmasterIdentityPolicy')).toMatchObject({ Properties: { Policies: expect.anything() } });
});

test('all waits of a stack share one function, which may look at these identities and do nothing else in SES', () => {
  const stack = stackIn();
  waitIn(stack);
  new VerificationWaiter(stack, 'Other', { identity: VerifiedDomain.fromDomainName(stack, 'Imported', 'example.org'), timeout: Duration.hours(1) });
  const template = Template.fromStack(stack);
  template.resourceCountIs('AWS::StepFunctions::StateMachine', 1);
  const statements = Object.values(template.findResources('AWS::IAM::Policy')).flatMap(({ Properties }) => Properties.PolicyDocument.Statement as { Action: string | string[]; Resource: unknown }[]);
  const ses = statements.filter(({ Action }) => JSON.stringify(Action).includes('ses:'));
  expect(ses.map(({ Action }) => Action)).toEqual(['ses:GetEmailIdentity', 'ses:GetEmailIdentity']);
  expect(JSON.stringify(ses[1].Resource)).toContain('identity/example.org');
  expect(JSON.stringify(ses)).not.toContain('*');
});

test('every function keeps its log for a while, and asks every 30 seconds for an hour at most', () => {
  const stack = stackIn();
  waitIn(stack);
  const template = Template.fromStack(stack);
  template.allResourcesProperties('AWS::Logs::LogGroup', { RetentionInDays: 90 });
  template.allResourcesProperties('AWS::Lambda::Function', { LoggingConfig: Match.objectLike({ LogGroup: Match.anyValue() }) });
  template.hasResourceProperties('AWS::StepFunctions::StateMachine', {
    DefinitionString: { 'Fn::Join': ['', Match.arrayWith([Match.stringLikeRegexp('"IntervalSeconds":30,"MaxAttempts":120')])] },
  });
});

test.each([Duration.minutes(1), Duration.minutes(61), Duration.millis(120_500)])('a timeout that CloudFormation would not wait for is refused: %s', timeout => {
  const stack = stackIn();
  const identity = VerifiedDomain.fromDomainName(stack, 'Imported', 'example.org');
  expect(() => new VerificationWaiter(stack, 'Wait', { identity, timeout })).toThrow('it is from 2 minutes to 1 hour, the longest that CloudFormation waits for a custom resource (at Stack/Wait) [VerificationWaiter.timeout]');
});

test('an identity of another Region or account is refused', () => {
  const stack = stackIn('eu-west-1');
  const there = new Stack(stack.node.root as App, 'There', { env: { account: '111122223333', region: 'us-east-1' } });
  const identity = VerifiedDomain.fromDomainName(there, 'Imported', 'example.org');
  expect(() => new VerificationWaiter(stack, 'Wait', { identity })).toThrow('the wait is in 111122223333/eu-west-1 and the identity There/Imported in 111122223333/us-east-1');
  expect(() => new VerificationWaiter(stack, 'Wait2', { identity })).toThrow('[VerificationWaiter.elsewhere]');
});

describe('what a person has to do within the time is reported', () => {
  const ID = 'cdk-postmaster:VerificationWaiter.byHand';

  test('records of a zone elsewhere, unless it is acknowledged', () => {
    const stack = stackIn();
    const identity = new VerifiedDomain(stack, 'Mail', { dns: Dns.elsewhere('example.com') });
    new VerificationWaiter(stack, 'Wait', { identity });
    expect(findingsOf(stack)).toContainEqual({ path: '/Stack/Wait', text: expect.stringContaining('only when somebody has done something: enter its DNS records.') });
    const calm = stackIn();
    Validations.of(calm).acknowledge({ id: ID, reason: 'the administrator is beside me' });
    new VerificationWaiter(calm, 'Wait', { identity: new VerifiedDomain(calm, 'Mail', { dns: Dns.elsewhere('example.com') }) });
    expect(findingIdsOf(calm)).not.toContain(ID);
  });

  test('the link of an address, but not below a domain that is verified', () => {
    const stack = stackIn();
    new VerificationWaiter(stack, 'Wait', { identity: new VerifiedAddress(stack, 'Address', { address: 'a@example.org' }) });
    expect(findingsOf(stack)).toContainEqual({ path: '/Stack/Wait', text: expect.stringContaining('follow the link that SES sends to it') });
    const other = stackIn();
    const domain = new VerifiedDomain(other, 'Mail', { dns: Dns.route53(zoneOf(other, 'example.com')) });
    new VerificationWaiter(other, 'Wait', { identity: new VerifiedAddress(other, 'Address', { address: 'a@example.com', domain }) });
    expect(findingIdsOf(other)).not.toContain(ID);
  });
});

test.each<[string, new (scope: App) => NagPack]>([
  ['AWS Solutions', AwsSolutionsChecks], ['HIPAA', HIPAASecurityChecks], ['NIST 800-53 r5', NIST80053R5Checks], ['PCI DSS 3.2.1', PCIDSS321Checks], ['Serverless', ServerlessChecks],
])('%s finds nothing', (_, Pack) => {
  const app = new App();
  waitIn(new Stack(app, 'Stack', { env: { account: '111122223333', region: 'eu-west-1' } }));
  expect(new Pack(app).validateScope(app).violations).toEqual([]);
});
