import { App, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as ses from 'aws-cdk-lib/aws-ses';
import { DisplayName, Dns, type GrantSendOptions, SendAction, VerifiedDomain } from '../../src';
import { findingIdsOf, stackIn } from '../support/stacks';

const SENDING = ['ses:SendEmail', 'ses:SendRawEmail'];

function setUp(props: { defaultConfigurationSet?: boolean } = {}, stack = stackIn('eu-west-1')) {
  const set = new ses.ConfigurationSet(stack, 'Set', { configurationSetName: 'news' });
  const domain = new VerifiedDomain(stack, 'Mail', {
    dns: Dns.elsewhere('example.com'), defaultConfigurationSet: props.defaultConfigurationSet ? set : undefined,
  });
  const role = new iam.Role(stack, 'Role', { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') });
  return { stack, set, domain, role };
}

function statementFor(options: GrantSendOptions): { Action: unknown; Resource: unknown; Condition?: unknown } {
  const { stack, domain, role } = setUp();
  domain.grantSend(role, options);
  const [policy] = Object.values(Template.fromStack(stack).findResources('AWS::IAM::Policy'));
  return policy.Properties.PolicyDocument.Statement[0];
}

const arn = (resource: unknown[]) => ({ 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ...resource]] });
const IDENTITY_ARN = arn([':ses:eu-west-1:111122223333:identity/', { Ref: Match.stringLikeRegexp('^Mail') }]);
const SET_ARN = arn([':ses:eu-west-1:111122223333:configuration-set/', { Ref: Match.stringLikeRegexp('^Set') }]);

describe('grantSend', () => {
  test('allows both sending actions on the identity alone when no configuration set is involved', () => {
    const { stack, domain, role } = setUp();
    domain.grantSend(role);
    Template.fromStack(stack).hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: { Statement: [{ Action: SENDING, Effect: 'Allow', Resource: IDENTITY_ARN, Condition: Match.absent() }] },
    });
  });

  test('covers the default configuration set, which SES authorizes too', () => {
    const { stack, domain, role } = setUp({ defaultConfigurationSet: true });
    domain.grantSend(role);
    Template.fromStack(stack).hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: { Statement: [{ Action: SENDING, Effect: 'Allow', Resource: [IDENTITY_ARN, SET_ARN] }] },
    });
  });

  test('covers further configuration sets and templates that are named', () => {
    const { stack, set, domain, role } = setUp();
    domain.grantSend(role, { configurationSets: [set], templates: ['welcome'], actions: [SendAction.SEND_BULK_EMAIL] });
    Template.fromStack(stack).hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: {
        Statement: [{ Action: 'ses:SendBulkEmail', Resource: [IDENTITY_ARN, SET_ARN, arn([':ses:eu-west-1:111122223333:template/welcome'])] }],
      },
    });
  });

  test('never allows more than it names', () => {
    const { stack, domain, role } = setUp({ defaultConfigurationSet: true });
    domain.grantSend(role);
    expect(JSON.stringify(Template.fromStack(stack).findResources('AWS::IAM::Policy'))).not.toMatch(/"ses:\*"|"\*"/);
  });

  test.each(Object.values(SendAction))('can allow %s', action => {
    expect(statementFor({ actions: [action], templates: ['t'] }).Action).toBe(action);
  });
});

/** The policies that the SES guide shows, in its order, as options of a grant. `ses:*` is left out on purpose: the library never grants it. */
describe('the policy examples of the SES guide', () => {
  const cases: [string, GrantSendOptions, unknown][] = [
    ['API version 2 only', { apiVersion: '2' }, { StringEquals: { 'ses:ApiVersion': '2' } }],
    ['send only', {}, undefined],
    ['a time window, to the instant given', { notBefore: new Date('2026-09-01T00:00:00Z'), notAfter: new Date('2026-10-01T00:00:00Z') }, {
      DateGreaterThanEquals: { 'aws:CurrentTime': '2026-09-01T00:00:00.000Z' }, DateLessThanEquals: { 'aws:CurrentTime': '2026-10-01T00:00:00.000Z' },
    }],
    ['recipients, with a guard against calls that name none', { recipients: ['*@example.com'] }, {
      'ForAllValues:StringLike': { 'ses:Recipients': ['*@example.com'] }, 'Null': { 'ses:Recipients': 'false' },
    }],
    ['a From address', { fromAddresses: ['marketing@example.com'] }, { StringLike: { 'ses:FromAddress': ['marketing@example.com'] } }],
    ['a display name that contains a word', { fromDisplayNames: [DisplayName.containing('Marketing')] }, { StringLike: { 'ses:FromDisplayName': ['*Marketing*'] } }],
    ['a display name, exactly', { fromDisplayNames: [DisplayName.exactly('Marketing')] }, { StringLike: { 'ses:FromDisplayName': ['Marketing'] } }],
    ['a Return-Path', { feedbackAddresses: ['feedback@example.com'] }, { StringLike: { 'ses:FeedbackAddress': ['feedback@example.com'] } }],
  ];
  test.each(cases)('%s', (_, options, condition) => {
    expect(statementFor(options).Condition).toEqual(condition);
  });

  test('a bounce message from an address', () => {
    const { stack, domain, role } = setUp();
    domain.grantSendBounce(role, ['bounce@example.com']);
    Template.fromStack(stack).hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: { Statement: [{ Action: 'ses:SendBounce', Resource: IDENTITY_ARN, Condition: { StringLike: { 'ses:FromAddress': ['bounce@example.com'] } } }] },
    });
  });
});

test('the AWS-wide conditions that SES knows have their keys and operators', () => {
  expect(statementFor({
    sourceIps: ['203.0.113.0/24'], vpcSourceIps: ['10.0.0.0/8'], sourceVpcs: ['vpc-1'], vpcEndpoints: ['vpce-1'], userAgents: ['app/*'], secureTransport: true,
  }).Condition).toEqual({
    IpAddress: { 'aws:SourceIp': ['203.0.113.0/24'], 'aws:VpcSourceIp': ['10.0.0.0/8'] },
    StringEquals: { 'aws:SourceVpc': ['vpc-1'], 'aws:SourceVpce': ['vpce-1'] },
    StringLike: { 'aws:UserAgent': ['app/*'] },
    Bool: { 'aws:SecureTransport': 'true' },
  });
});

test('a pattern with capital letters is reported, since IAM compares letter by letter', () => {
  const { stack, domain, role } = setUp();
  domain.grantSend(role, { fromAddresses: ['*@Example.com'] });
  expect(findingIdsOf(stack)).toContain('cdk-postmaster:Grant.mixedCase');
});

describe('refused, with the whole message', () => {
  const cases: [string, GrantSendOptions, string][] = [
    ['no action', { actions: [] }, 'actions is an empty list; leave it out to allow SendEmail and SendRawEmail (at Stack/Mail) [Grant.noAction]'],
    ['a templated action without a template', { actions: [SendAction.SEND_TEMPLATED_EMAIL] },
      'ses:SendTemplatedEmail is authorized on a template too; name those that may be sent in the option `templates` (at Stack/Mail) [Grant.template]'],
    ['a limit to addresses on an action that does not tell them', { actions: [SendAction.SEND_BULK_EMAIL], templates: ['t'], recipients: ['*@example.com'] },
      'SES does not tell IAM the addresses of a ses:SendBulkEmail call, so `recipients` would deny every one; grant it apart, without limits to addresses ' +
      '(at Stack/Mail) [Grant.addressCondition]'],
    ['a window that ends before it begins', { notBefore: new Date('2026-10-01T00:00:00Z'), notAfter: new Date('2026-09-01T00:00:00Z') },
      'notBefore 2026-10-01T00:00:00.000Z is not before notAfter 2026-09-01T00:00:00.000Z, so nothing could ever be sent (at Stack/Mail) [Grant.timeWindow]'],
    ['an API version that SES does not have', { apiVersion: '3' }, 'apiVersion is "3"; SES has "1" and "2" (at Stack/Mail) [Grant.apiVersion]'],
    ['a private range as public source', { sourceIps: ['10.0.0.0/8'] },
      'sourceIps has "10.0.0.0/8", a private range; AWS sees public addresses there, so use vpcSourceIps (at Stack/Mail) [Grant.privateSourceIp]'],
    ['an empty list', { fromAddresses: [] },
      'fromAddresses is an empty list, which would allow nothing; leave it out to allow any (at Stack/Mail) [Grant.emptyCondition]'],
    ['a domain where an address belongs', { fromAddresses: ['example.com'] },
      'fromAddresses has "example.com", which matches no address; write "user@example.com" or "*@example.com" (at Stack/Mail) [Grant.address]'],
    ['a non-ASCII address', { recipients: ['*@例子.com'] },
      'recipients has "*@例子.com"; SES addresses are 7-bit ASCII, a domain in its xn-- form (at Stack/Mail) [Grant.nonAscii]'],
    ['a template name that SES refuses', { templates: ['a b'] },
      'template name "a b" is not accepted by SES; it takes 1 to 64 letters, digits, "-" and "_" (at Stack/Mail) [SesName.form]'],
  ];
  test.each(cases)('%s', (_, options, message) => {
    const { domain, role } = setUp();
    expect(() => domain.grantSend(role, options)).toThrow(new Error(message));
  });

  test('an empty display name', () => {
    expect(() => DisplayName.containing('')).toThrow('the display name is empty; leave the condition out to allow any [Grant.displayName]');
  });

  test('a grantee of another account, whom IAM here cannot let in', () => {
    const { domain, stack } = setUp();
    const foreign = iam.Role.fromRoleArn(stack, 'Foreign', 'arn:aws:iam::444455556666:role/sender');
    expect(() => domain.grantSend(foreign)).toThrow('the grantee belongs to account 444455556666 and the identity to 111122223333; SES lets another account ' +
      'send only by a policy on the identity: authorizeSender({ principals: [...] }) here, and DelegatedIdentity in the app of that account (at Stack/Mail) [Grant.otherAccount]');
  });
});

test('an imported domain can be granted like one of the app', () => {
  const stack = new Stack(new App(), 'Stack', { env: { account: '111122223333', region: 'eu-west-1' } });
  const set = ses.ConfigurationSet.fromConfigurationSetName(stack, 'Set', 'news');
  const role = new iam.Role(stack, 'Role', { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') });
  VerifiedDomain.fromDomainName(stack, 'Mail', 'example.com', set).grantSend(role);
  Template.fromStack(stack).hasResourceProperties('AWS::IAM::Policy', {
    PolicyDocument: { Statement: [{ Resource: [arn([':ses:eu-west-1:111122223333:identity/example.com']), arn([':ses:eu-west-1:111122223333:configuration-set/news'])] }] },
  });
});
