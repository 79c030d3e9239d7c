import { App, Fn, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as cognito from 'aws-cdk-lib/aws-cognito';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as ses from 'aws-cdk-lib/aws-ses';
import {
  type AuthorizeSenderOptions, DisplayName, Dns, IdentityActions, IdentityPolicy, type IdentityPolicyProps, type IMailIdentity, SendAction,
  SendInterface, VerifiedAddress, VerifiedDomain,
} from '../../src';
import { handler } from '../../src/delegation/identity-policy.lambda';
import { FakeCloudFormation } from '../support/fake-cloudformation';
import { FakeSesIdentities } from '../support/fake-ses-identities';
import { findingIdsOf, findingsOf, stackIn } from '../support/stacks';

const TYPE = 'Custom::PostmasterIdentityPolicy';
const SENDING = ['ses:SendEmail', 'ses:SendRawEmail'];
const PARTNER = '222222222222';

function setUp(stack = stackIn('eu-west-1')): { stack: Stack; domain: VerifiedDomain } {
  return { stack, domain: new VerifiedDomain(stack, 'Mail', { dns: Dns.elsewhere('example.com') }) };
}

interface Policy { Name: string; Statements: Record<string, unknown>[] }

function policiesOf(stack: Stack): Policy[] {
  return Object.values(Template.fromStack(stack).findResources(TYPE)).flatMap(({ Properties }) => Properties.Policies);
}

const statementsOf = (stack: Stack) => policiesOf(stack).flatMap(({ Statements }) => Statements);
const aboutPolicies = (stack: Stack) => findingIdsOf(stack).filter(id => /IdentityPolicy|Authorization/.test(id)).map(id => id.replace('cdk-postmaster:', ''));
const allow = (changes: Partial<iam.PolicyStatementProps> = {}) =>
  new iam.PolicyStatement({ principals: [new iam.AccountPrincipal(PARTNER)], actions: ['ses:SendEmail'], ...changes });

describe('a policy', () => {
  test('is written by a function that may do that to this identity only', () => {
    const { stack, domain } = setUp();
    domain.addToResourcePolicy(allow());
    const arn = { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':ses:eu-west-1:111122223333:identity/', { Ref: Match.stringLikeRegexp('^Mail') }]] };
    const template = Template.fromStack(stack);
    template.hasResourceProperties(TYPE, {
      ServiceToken: { 'Fn::GetAtt': [Match.stringLikeRegexp('IdentityPolicyFunction'), 'Arn'] },
      IdentityArn: arn,
      Owner: Match.stringLikeRegexp('^cdk-postmaster-Stack-[0-9a-f]{8}$'),
      Policies: [{
        Name: Match.stringLikeRegexp('^[A-Za-z0-9-]{1,60}$'),
        Statements: [{
          Effect: 'Allow',
          Principal: { AWS: { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':iam::222222222222:root']] } },
          Action: 'ses:SendEmail',
          Resource: arn,
        }],
      }],
    });
    template.hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: {
        Statement: Match.arrayWith([{
          Effect: 'Allow',
          Action: ['ses:GetEmailIdentityPolicies', 'ses:CreateEmailIdentityPolicy', 'ses:UpdateEmailIdentityPolicy', 'ses:DeleteEmailIdentityPolicy'],
          Resource: arn,
        }]),
      },
    });
    template.hasResource(TYPE, { DeletionPolicy: 'Delete' });
  });

  test('of an identity that exists already works the same, in an environment-agnostic stack too', () => {
    const stack = stackIn();
    new IdentityPolicy(stack, 'Policy', {
      identity: VerifiedDomain.fromDomainName(stack, 'Mail', 'example.com'), policyName: 'partners', statements: [allow()], removalPolicy: RemovalPolicy.RETAIN,
    });
    Template.fromStack(stack).hasResource(TYPE, { DeletionPolicy: 'Retain', Properties: { Policies: [{ Name: 'partners' }] } });
  });

  test('gets continuations when it is too long for one, which share the function', () => {
    const { stack, domain } = setUp();
    for (let index = 0; index < 30; index++) {
      domain.addToResourcePolicy(allow({ principals: [new iam.ArnPrincipal(`arn:aws:iam::${PARTNER}:role/${'x'.repeat(100)}${index}`)], sid: `Sid${index}` }));
    }
    const policies = policiesOf(stack);
    expect(policies.length).toBeGreaterThan(2);
    expect(policies.map(({ Name }) => Name.replace(policies[0].Name, ''))).toEqual(['', '-2', ...policies.slice(2).map((_, index) => `-${index + 3}`)]);
    expect(policies.flatMap(({ Statements }) => Statements).map(({ Sid }) => Sid)).toEqual(Array.from({ length: 30 }, (_, index) => `Sid${index}`));
    Template.fromStack(stack).resourceCountIs('AWS::Lambda::Function', 1);
    Template.fromStack(stack).resourceCountIs(TYPE, 1);
  });

  test('may name what another stack makes', () => {
    const app = new App();
    const env = { account: '111122223333', region: 'eu-west-1' };
    const role = new iam.Role(new Stack(app, 'Roles', { env }), 'Role', { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') });
    const { stack, domain } = setUp(new Stack(app, 'Stack', { env }));
    domain.authorizeSender({ principals: [role] });
    expect(statementsOf(stack)[0].Principal).toEqual({ AWS: { 'Fn::ImportValue': expect.stringMatching(/^Roles:/) } });
  });

  test('can be waited for', () => {
    const { stack, domain } = setUp();
    const { policyDependable, statementAdded } = domain.addToResourcePolicy(allow());
    expect(statementAdded).toBe(true);
    const after = new ses.ConfigurationSet(stack, 'After');
    after.node.addDependency(policyDependable!);
    Template.fromStack(stack).hasResource('AWS::SES::ConfigurationSet', { DependsOn: Match.arrayWith([Match.stringLikeRegexp('^MailPolicy')]) });
  });
});

describe('a policy is refused', () => {
  const refused = (props: Partial<IdentityPolicyProps>, identity = (stack: Stack): IMailIdentity => setUp(stack).domain) => {
    const stack = stackIn('eu-west-1');
    return () => {
      new IdentityPolicy(stack, 'Policy', { identity: identity(stack), statements: [allow()], ...props });
      Template.fromStack(stack);
    };
  };

  test('with a name that SES does not take', () => {
    expect(refused({ policyName: 'a b' })).toThrow('identity policy name "a b" is not accepted by SES; it takes 1 to 64 letters, digits, "-" and "_" (at Stack/Policy) [SesName.form]');
    const long = Array.from({ length: 150 }, (_, index) => new iam.AccountPrincipal(String(100_000_000_000 + index)));
    expect(refused({ policyName: 'x'.repeat(63), statements: [allow({ principals: long })] })).toThrow('[SesName.form]');
  });

  test('when it is empty', () => {
    expect(refused({ statements: [] })).toThrow('the policy of "example.com" has no statement, and SES takes none that is empty; add one, or leave the policy out (at Stack/Policy) ' +
      '[IdentityPolicy.noStatement]');
  });

  test('for the identity of another account or Region', () => {
    const imported = (arn: string) => (stack: Stack) => VerifiedDomain.fromDomainArn(stack, 'Theirs', arn);
    expect(refused({}, imported(`arn:aws:ses:eu-west-1:${PARTNER}:identity/example.com`))).toThrow(
      'the policy is in 111122223333/eu-west-1 and the identity "example.com" in 222222222222/eu-west-1; only its owner can let others in, in its Region, so make the ' +
      'policy in a stack there (at Stack/Policy) [IdentityPolicy.elsewhere]');
    const app = new App();
    const { domain } = setUp(new Stack(app, 'Here', { env: { account: '111122223333', region: 'eu-west-1' } }));
    const there = new Stack(app, 'There', { env: { account: '111122223333', region: 'us-east-1' } });
    expect(() => new IdentityPolicy(there, 'Policy', { identity: domain })).toThrow('[IdentityPolicy.elsewhere]');
  });

  test('when two of an identity have one name, also in two stacks', () => {
    const app = new App();
    const env = { account: '111122223333', region: 'eu-west-1' };
    const stacks = ['One', 'Two'].map(id => new Stack(app, id, { env }));
    stacks.forEach(stack => new IdentityPolicy(stack, 'Policy', {
      identity: VerifiedDomain.fromDomainName(stack, 'Mail', 'example.com'), policyName: 'partners', statements: [allow()],
    }));
    expect(() => app.synth()).toThrow('two policies of "example.com" are named "partners" (One/Policy, Two/Policy); a name is unique for an identity (at One/Policy) [IdentityPolicy.sameName]');
  });

  test('when there are more than 20 of an identity', () => {
    const { stack, domain } = setUp();
    for (let index = 0; index < 21; index++) new IdentityPolicy(stack, `Policy${index}`, { identity: domain, statements: [allow()] });
    expect(() => Template.fromStack(stack)).toThrow('"example.com" would have 21 policies');
    expect(() => Template.fromStack(stack)).toThrow('[IdentityPolicy.tooMany]');
  });

  test('with a statement that has no room in any', () => {
    const conditions = { StringLike: { 'ses:FromAddress': Array.from({ length: 200 }, (_, index) => `sender-number-${index}@example.com`) } };
    expect(refused({ statements: [allow({ conditions })] })).toThrow('bytes with a single principal; of the 4096 bytes of a policy on an identity some 3840 are for statements');
    expect(refused({ statements: [allow({ conditions })] })).toThrow('[IdentityPolicy.tooLong]');
  });

  test('by SES for another account when the identity has a default configuration set', () => {
    const identity = (stack: Stack) => new VerifiedDomain(stack, 'Own', {
      dns: Dns.elsewhere('example.com'), defaultConfigurationSet: new ses.ConfigurationSet(stack, 'Set'),
    });
    expect(refused({}, identity)).toThrow('the identity "example.com" has the default configuration set Stack/Set, and SES does not let an identity with one be used by other ' +
      'accounts (arn:<...>:iam::222222222222:root); leave defaultConfigurationSet out and name the set when sending, or verify a sub-domain for others (at Stack/Policy) ' +
      '[IdentityPolicy.defaultSet]');
    expect(refused({ statements: [allow({ principals: [new iam.AccountPrincipal('111122223333')] })] }, identity)).not.toThrow();
    expect(refused({ statements: [allow({ effect: iam.Effect.DENY })] }, identity)).not.toThrow();
  });
});

describe('what surprises is reported, and can be acknowledged', () => {
  const far = new Date(Date.now() + 86_400_000);
  const sender = (options: Partial<AuthorizeSenderOptions>) => ({ domain }: { domain: IMailIdentity }) =>
    domain.authorizeSender({ principals: [new iam.AccountPrincipal(PARTNER)], ...options });
  const add = (changes: Partial<iam.PolicyStatementProps>) => ({ domain }: { domain: IMailIdentity }) => domain.addToResourcePolicy(allow(changes));
  const set = (stack: Stack) => ses.ConfigurationSet.fromConfigurationSetName(stack, 'Set', 'news');
  const cases: [string, (place: { stack: Stack; domain: IMailIdentity }) => unknown, string][] = [
    ['a condition that the guide does not have', add({ conditions: { StringEquals: { 'aws:PrincipalTag/team': 'mail' } } }), 'IdentityPolicy.unlistedCondition'],
    ['another account that may change the identity', add({ actions: ['ses:SendEmail', 'ses:DeleteEmailIdentity'] }), 'IdentityPolicy.foreignManager'],
    ['a condition on mail for an action without mail', add({
      principals: [new iam.AccountPrincipal('111122223333')], actions: ['ses:GetEmailIdentity'], conditions: { StringLike: { 'ses:FromAddress': '*@example.com' } },
    }), 'IdentityPolicy.idleCondition'],
    ['a statement that may have no room', add({
      conditions: { StringLike: { 'ses:FromAddress': Array.from({ length: 40 }, (_, index) => `${Fn.importValue(`sender${index}`)}@example.com`) } },
    }), 'IdentityPolicy.maybeTooLong'],
    ['an imported identity with a default configuration set', ({ stack }) => VerifiedDomain.fromDomainName(stack, 'Theirs', 'example.net', set(stack))
      .authorizeSender({ principals: [new iam.AccountPrincipal(PARTNER)] }), 'IdentityPolicy.importedDefaultSet'],
    ['capital letters', sender({ fromAddresses: ['News@example.com'] }), 'Authorization.mixedCase'],
    ['a sender outside the identity', sender({ fromAddresses: ['*@news.example.com', 'me@example.org', 'me@evil-example.com'] }), 'Authorization.outsideIdentity'],
    ['an end that has passed', sender({ notAfter: new Date('2020-01-01T00:00:00Z') }), 'Authorization.expired'],
  ];

  test.each(cases)('%s', (_, act, id) => {
    const place = setUp();
    act(place);
    Template.fromStack(place.stack);
    expect(aboutPolicies(place.stack)).toEqual([id]);
    const again = setUp();
    Validations.of(again.stack).acknowledge({ id: `cdk-postmaster:${id}`, reason: 'known' });
    act(again);
    Template.fromStack(again.stack);
    expect(aboutPolicies(again.stack)).toEqual([]);
  });

  test('with what is meant', () => {
    const { stack, domain } = setUp();
    sender({ fromAddresses: ['*@news.example.com', 'me@example.org', 'me@evil-example.com'] })({ domain });
    expect(findingsOf(stack).map(({ text }) => text)).toContainEqual(expect.stringContaining(
      'fromAddresses has me@example.org, me@evil-example.com, which is no address of "example.com", so nothing can be sent from it here'));
  });

  test('and nothing else', () => {
    const { stack, domain } = setUp();
    sender({ fromAddresses: ['*@example.com', '*'], notAfter: far })({ domain });
    VerifiedAddress.fromAddress(stack, 'Address', 'me@example.org').authorizeSender({ principals: [new iam.AccountPrincipal(PARTNER)], fromAddresses: ['me+*@example.org'] });
    expect(aboutPolicies(stack)).toEqual([]);
  });
});

describe('authorizeSender', () => {
  const statementFor = (options: Partial<AuthorizeSenderOptions>) => {
    const { stack, domain } = setUp();
    domain.authorizeSender({ principals: [new iam.ArnPrincipal('arn:aws:iam::222222222222:user/John')], ...options });
    const [statement] = statementsOf(stack);
    return statement;
  };

  test('lets an account send, by the API', () => {
    expect(statementFor({})).toEqual({
      Effect: 'Allow', Principal: { AWS: 'arn:aws:iam::222222222222:user/John' }, Action: SENDING, Resource: expect.anything(),
    });
  });

  test('lets several users of several accounts send, in one statement', () => {
    const principals = ['arn:aws:iam::222222222222:user/John', 'arn:aws:iam::333333333333:user/Jane'].map(arn => new iam.ArnPrincipal(arn));
    expect(statementFor({ principals }).Principal).toEqual({ AWS: ['arn:aws:iam::222222222222:user/John', 'arn:aws:iam::333333333333:user/Jane'] });
  });

  const recipes: [string, Partial<AuthorizeSenderOptions>, object][] = [
    ['From addresses', { fromAddresses: ['marketing+*@example.com'] }, { StringLike: { 'ses:FromAddress': ['marketing+*@example.com'] } }],
    ['a part of the display name', { fromDisplayNames: [DisplayName.containing('Marketing')] }, { StringLike: { 'ses:FromDisplayName': ['*Marketing*'] } }],
    ['a time', { notBefore: new Date('2036-08-31T12:00:00Z'), notAfter: new Date('2036-10-01T12:00:00Z') }, {
      DateGreaterThanEquals: { 'aws:CurrentTime': '2036-08-31T12:00:00.000Z' }, DateLessThanEquals: { 'aws:CurrentTime': '2036-10-01T12:00:00.000Z' },
    }],
    ['recipients and feedback addresses', { recipients: ['*@example.com'], feedbackAddresses: ['*@example.com'] }, {
      'StringLike': { 'ses:FeedbackAddress': ['*@example.com'] },
      'ForAllValues:StringLike': { 'ses:Recipients': ['*@example.com'] },
      'Null': { 'ses:Recipients': 'false' },
    }],
  ];
  test.each(recipes)('limits what may be sent to %s', (_, options, condition) => {
    expect(statementFor(options).Condition).toEqual(condition);
  });

  test('asks for what SMTP needs', () => {
    expect(statementFor({ sendInterface: SendInterface.SMTP }).Action).toBe('ses:SendRawEmail');
    expect(() => statementFor({ sendInterface: SendInterface.SMTP, actions: [SendAction.SEND_EMAIL] })).toThrow(
      'actions has ses:SendEmail; by SMTP, SES asks for ses:SendRawEmail, so add it or leave actions out (at Stack/Mail) [Authorization.smtp]');
  });

  test('lets a service act for the account of the stack only, apart from the others', () => {
    const { stack, domain } = setUp();
    const principals = [new iam.ServicePrincipal('pinpoint.amazonaws.com'), new iam.AccountPrincipal(PARTNER)];
    domain.authorizeSender({ principals, sourceArns: ['arn:aws:mobiletargeting:eu-west-1:111122223333:apps/*'] });
    const [accounts, services] = statementsOf(stack);
    expect(accounts.Condition).toBeUndefined();
    expect(services).toMatchObject({
      Principal: { Service: 'pinpoint.amazonaws.com' },
      Condition: { StringEquals: { 'aws:SourceAccount': '111122223333' }, ArnLike: { 'aws:SourceArn': ['arn:aws:mobiletargeting:eu-west-1:111122223333:apps/*'] } },
    });
  });

  const mistakes: [string, Partial<AuthorizeSenderOptions>, string][] = [
    ['nobody', { principals: [] }, 'principals is an empty list; say who may send (at Stack/Mail) [Authorization.noPrincipal]'],
    ['a source without a service', { sourceArns: ['arn:aws:sns:eu-west-1:111122223333:x'] }, '[Authorization.sourceArns]'],
    ['an account and a service as one principal', {
      principals: [new iam.CompositePrincipal(new iam.AccountPrincipal(PARTNER), new iam.ServicePrincipal('pinpoint.amazonaws.com'))],
    }, '[Authorization.composite]'],
    ['the version of the API, which SES does not tell policies on identities', { apiVersion: '2' }, '[IdentityPolicy.condition]'],
    ['a bulk call, of which SES does not say that such policies can have it', { actions: [SendAction.SEND_BULK_EMAIL] }, '[IdentityPolicy.action]'],
  ];
  test.each(mistakes)('refuses %s', (_, options, message) => { expect(() => statementFor(options)).toThrow(message); });
});

test('authorizeOrganization lets all accounts of an organization send, and checks its ID', () => {
  const { stack, domain } = setUp();
  domain.authorizeOrganization('o-a1b2c3d4e5', { fromAddresses: ['*@example.com'] });
  expect(statementsOf(stack)).toEqual([{
    Effect: 'Allow',
    Principal: '*',
    Action: SENDING,
    Resource: expect.anything(),
    Condition: { StringLike: { 'ses:FromAddress': ['*@example.com'] }, StringEquals: { 'aws:PrincipalOrgID': 'o-a1b2c3d4e5' } },
  }]);
  expect(() => domain.authorizeOrganization('a1b2c3d4e5')).toThrow('"a1b2c3d4e5" is not the ID of an organization; the form is "o-a1b2c3d4e5" (at Stack/Mail) [Authorization.organization]');
});

test('authorizeCognito lets Cognito send for one user pool', () => {
  const { stack, domain } = setUp();
  domain.authorizeCognito(new cognito.UserPool(stack, 'Pool'));
  expect(statementsOf(stack)).toEqual([{
    Effect: 'Allow',
    Principal: { Service: 'cognito-idp.amazonaws.com' },
    Action: SENDING,
    Resource: expect.anything(),
    Condition: { StringEquals: { 'aws:SourceAccount': '111122223333', 'aws:SourceArn': { 'Fn::GetAtt': [expect.stringMatching(/^Pool/), 'Arn'] } } },
  }]);
});

describe('management', () => {
  const principals = [new iam.ArnPrincipal('arn:aws:iam::111122223333:role/operators')];

  test('is allowed and denied by name', () => {
    const { stack, domain } = setUp();
    domain.authorizeManagement({ principals, actions: IdentityActions.DKIM });
    domain.denyManagement({ principals, actions: ['ses:DeleteEmailIdentity'] });
    expect(statementsOf(stack)).toMatchObject([
      { Effect: 'Allow', Action: ['ses:PutEmailIdentityDkimAttributes', 'ses:PutEmailIdentityDkimSigningAttributes'] },
      { Effect: 'Deny', Action: 'ses:DeleteEmailIdentity' },
    ]);
    expect(() => domain.denyManagement({ principals, actions: ['ses:SendEmail'] })).toThrow(
      'the action "ses:SendEmail" is none of IdentityActions.ALL; sending is allowed by authorizeSender (at Stack/Mail) [Authorization.management]');
    expect(new Set(IdentityActions.ALL).size).toBe(21);
  });

  test.each([
    ['grantRead', ['ses:GetEmailIdentity', 'ses:GetEmailIdentityPolicies']],
    ['grantReadMetrics', ['ses:BatchGetMetricData', 'ses:GetDomainStatisticsReport', 'ses:ListRecommendations']],
    ['grantManage', [...IdentityActions.READ, ...IdentityActions.SETTINGS]],
  ] as const)('%s is for principals of the account, on this identity only', (grant, actions) => {
    const { stack, domain } = setUp();
    domain[grant](new iam.Role(stack, 'Role', { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') }));
    Template.fromStack(stack).hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: { Statement: [{ Effect: 'Allow', Action: actions, Resource: { 'Fn::Join': ['', Match.arrayWith([{ Ref: Match.stringLikeRegexp('^Mail') }])] } }] },
    });
  });
});

test('all recipes together are what SES takes', async () => {
  const { stack, domain } = setUp();
  domain.authorizeSender({ principals: Array.from({ length: 300 }, (_, index) => new iam.AccountPrincipal(String(200_000_000_000 + index))), fromAddresses: ['*@example.com'] });
  domain.authorizeOrganization('o-a1b2c3d4e5', { recipients: ['*@example.com'], secureTransport: true, sourceIps: ['192.0.2.0/24'] });
  domain.authorizeCognito(cognito.UserPool.fromUserPoolArn(stack, 'Pool', 'arn:aws:cognito-idp:eu-west-1:111122223333:userpool/eu-west-1_Abc'));
  domain.denyManagement({ principals: [new iam.AccountPrincipal('111122223333')], actions: IdentityActions.ALL });
  const [{ Properties }] = Object.values(Template.fromStack(stack).findResources(TYPE));

  const [fake, cloudFormation] = [new FakeSesIdentities(), new FakeCloudFormation()];
  await Promise.all([fake.start(), cloudFormation.start()]);
  jest.spyOn(console, 'log').mockImplementation();
  Object.assign(process.env, { AWS_REGION: 'eu-west-1', AWS_ACCESS_KEY_ID: 'AKIAFAKE', AWS_SECRET_ACCESS_KEY: 'fake', AWS_ENDPOINT_URL_SESV2: fake.endpoint });
  fake.put('example.com');
  expect(await cloudFormation.request(handler, 'Create', { properties: deployed(Properties) as object })).toMatchObject({ Status: 'SUCCESS' });
  expect(Object.keys(fake.policies('example.com')).length).toBeGreaterThan(3);
  jest.restoreAllMocks();
  await Promise.all([fake.stop(), cloudFormation.stop()]);
});

/** Properties as CloudFormation hands them over. */
function deployed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(deployed);
  if (typeof value !== 'object' || value === null) return value;
  const { 'Fn::Join': join, Ref: reference } = value as { 'Fn::Join'?: [string, unknown[]]; 'Ref'?: string };
  if (join) return join[1].map(deployed).join(join[0]);
  if (reference) return reference === 'AWS::Partition' ? 'aws' : 'example.com';
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, deployed(item)]));
}
