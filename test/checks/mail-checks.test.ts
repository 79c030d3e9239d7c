import { App, CfnParameter, CfnResource, Stack, Validations } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as ses from 'aws-cdk-lib/aws-ses';
import { MailChecks, MailStream } from '../../src';

function violations(build: (stack: Stack) => void): string[] {
  const app = new App();
  const stack = new Stack(app, 'Stack');
  build(stack);
  return new MailChecks(app).validateScope(app).violations.map(({ ruleName }) => ruleName);
}

const identity = (props: object) => (stack: Stack) => {
  new ses.CfnEmailIdentity(stack, 'Id', { emailIdentity: 'example.com', configurationSetAttributes: { configurationSetName: 'set' }, ...props });
};
const configurationSet = (props: ses.CfnConfigurationSetProps = {}) => (stack: Stack) => {
  new ses.CfnConfigurationSet(stack, 'Set', {
    deliveryOptions: { tlsPolicy: 'REQUIRE' }, reputationOptions: { reputationMetricsEnabled: true }, ...props,
  });
};
const policy = (action: string, resource: string) => (stack: Stack) => {
  const statements = [new iam.PolicyStatement({ actions: [action], resources: [resource] })];
  new iam.Policy(stack, 'Policy', { roles: [new iam.Role(stack, 'Role', { assumedBy: new iam.AccountRootPrincipal() })], document: new iam.PolicyDocument({ statements }) });
};
const IDENTITY_ARN = 'arn:aws:ses:eu-west-1:111122223333:identity/example.com';
const sendFromIdentity = (action: string) => new iam.PolicyStatement({ actions: [action], resources: [IDENTITY_ARN] });

test.each([
  ['ses:* on an identity', policy('ses:*', IDENTITY_ARN), ['CdkPostmaster-SendingPermission[Action::ses:*]']],
  ['ses:SendEmail on everything', policy('ses:SendEmail', '*'), ['CdkPostmaster-SendingPermission[Action::ses:SendEmail]']],
  ['ses:Send* on everything', policy('ses:Send*', '*'), ['CdkPostmaster-SendingPermission[Action::ses:Send*]']],
  ['the AWS-managed full access policy', (stack: Stack) => {
    new iam.Role(stack, 'Role', { assumedBy: new iam.AccountRootPrincipal(), managedPolicies: [iam.ManagedPolicy.fromAwsManagedPolicyName('AmazonSESFullAccess')] });
  }, ['CdkPostmaster-SendingPermission[Policy::AmazonSESFullAccess]']],
  ['an inline policy of a role', (stack: Stack) => {
    const policyDocument = { Version: '2012-10-17', Statement: { Effect: 'Allow', Action: 'ses:SendRawEmail', Resource: '*' } };
    new iam.CfnRole(stack, 'Role', { assumeRolePolicyDocument: {}, policies: [{ policyName: 'p', policyDocument }] });
  }, ['CdkPostmaster-SendingPermission[Action::ses:SendRawEmail]']],
  ['a user who may send', (stack: Stack) => { new iam.User(stack, 'User').addToPolicy(sendFromIdentity('ses:SendRawEmail')); }, ['CdkPostmaster-SendingUser']],
  ['a group whose users may send, by a managed policy', (stack: Stack) => {
    new iam.ManagedPolicy(stack, 'Policy', { groups: [new iam.Group(stack, 'Group')], statements: [sendFromIdentity('ses:Send*')] });
  }, ['CdkPostmaster-SendingUser']],
  ['a user who may send, by a policy of its own', (stack: Stack) => {
    const policyDocument = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: ['ses:SendEmail'], Resource: IDENTITY_ARN }] };
    new iam.CfnUser(stack, 'User', { policies: [{ policyName: 'p', policyDocument }] });
  }, ['CdkPostmaster-SendingUser']],
  ['a DKIM key in the template', identity({ dkimSigningAttributes: { domainSigningPrivateKey: 'MIIE', domainSigningSelector: 's' } }), ['CdkPostmaster-DkimKeyInTemplate']],
  ['a signature switched off', identity({ dkimAttributes: { signingEnabled: false } }), ['CdkPostmaster-DkimSigning']],
  ['no default configuration set', identity({ configurationSetAttributes: undefined }), ['CdkPostmaster-DefaultConfigurationSet']],
  ['mail that may travel unencrypted', configurationSet({ deliveryOptions: { tlsPolicy: 'OPTIONAL' } }), ['CdkPostmaster-ConfigurationSetTls']],
  ['delivery options without a word on TLS', configurationSet({ deliveryOptions: { sendingPoolName: 'pool' } }), ['CdkPostmaster-ConfigurationSetTls']],
  ['rates that are not published', configurationSet({ reputationOptions: { reputationMetricsEnabled: false } }), ['CdkPostmaster-ReputationMetrics']],
  ['both in a configuration set with the defaults of SES', (stack: Stack) => { new ses.ConfigurationSet(stack, 'Set'); },
    ['CdkPostmaster-ConfigurationSetTls', 'CdkPostmaster-ReputationMetrics']],
])('finds %s', (_, build, expected) => {
  expect(violations(build)).toEqual(expected);
});

test.each([
  ['sending from one identity', policy('ses:SendEmail', IDENTITY_ARN)],
  ['a user who may do anything else', (stack: Stack) => {
    new iam.User(stack, 'User').addToPolicy(new iam.PolicyStatement({ actions: ['ses:GetAccount', 's3:GetObject'], resources: ['*'] }));
  }],
  ['reading on everything, which SES does not scope', policy('ses:GetSendQuota', '*')],
  ['another service on everything', policy('s3:*', '*')],
  ['a denial', (stack: Stack) => {
    const document = iam.PolicyDocument.fromJson({ Version: '2012-10-17', Statement: [{ Effect: 'Deny', Action: 'ses:*', Resource: '*' }] });
    new iam.ManagedPolicy(stack, 'Policy', { document });
  }],
  ['a key from Secrets Manager', identity({
    dkimSigningAttributes: { domainSigningPrivateKey: '{{resolve:secretsmanager:dkim:SecretString:::}}', domainSigningSelector: 's' },
  })],
  ['a signing identity', identity({ dkimAttributes: { signingEnabled: true } })],
  ['a configuration set that requires TLS and publishes its rates', configurationSet()],
  ['a configuration set whose TLS policy and rates are parameters', (stack: Stack) => {
    const parameter = new CfnParameter(stack, 'Tls');
    const metrics = { 'Fn::Equals': [parameter.valueAsString, 'REQUIRE'] };
    new CfnResource(stack, 'Set', {
      type: 'AWS::SES::ConfigurationSet',
      properties: { DeliveryOptions: { TlsPolicy: parameter.valueAsString }, ReputationOptions: { ReputationMetricsEnabled: metrics } },
    });
  }],
  ['a stream of the library', (stack: Stack) => { new MailStream(stack, 'Stream'); }],
  ['resources of other kinds', (stack: Stack) => { new CfnResource(stack, 'Other', { type: 'AWS::SNS::Topic' }); }],
])('finds nothing in %s', (_, build) => {
  expect(violations(build)).toEqual([]);
});

test.each([
  ['ConfigurationSetTls', configurationSet({ deliveryOptions: undefined })],
  ['ReputationMetrics', configurationSet({ reputationOptions: undefined })],
])('%s is silent once acknowledged', (rule, build) => {
  expect(violations(stack => {
    build(stack);
    Validations.of(stack).acknowledge({ id: `CdkPostmaster-${rule}`, reason: 'newsletters to servers of any age' });
  })).toEqual([]);
});

test('a finding is acknowledged like one of cdk-nag', () => {
  expect(violations(stack => {
    policy('ses:SendEmail', '*')(stack);
    Validations.of(stack).acknowledge({ id: 'CdkPostmaster-SendingPermission[Action::ses:SendEmail]', reason: 'it sends for all tenants' });
  })).toEqual([]);
});
