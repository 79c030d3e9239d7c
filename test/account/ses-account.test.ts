import { App, Stack, Validations } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as ses from 'aws-cdk-lib/aws-ses';
import { AccountMailType, AccountSettingDeletion, ContactLanguage, DedicatedIpAssignment, SesAccount, type SesAccountProps } from '../../src/account';
import { DedicatedIpPool, SuppressionReason } from '../../src/sending';
import { findingIdsOf } from '../support/stacks';

const { BOUNCE, COMPLAINT } = SuppressionReason;
const ACCESS = { mailType: AccountMailType.TRANSACTIONAL, websiteUrl: 'https://example.com' };

function make(props: SesAccountProps) {
  const stack = new Stack(new App(), 'Mail');
  const account = new SesAccount(stack, 'Account', props);
  return { stack, account, template: () => Template.fromStack(stack) };
}

const refused = (props: SesAccountProps) => expect(() => make(props));
const actionsOf = (template: Template) => Object.values(template.findResources('AWS::IAM::Policy'))
  .flatMap(({ Properties }) => (Properties.PolicyDocument.Statement as { Action: string | string[] }[]).flatMap(({ Action }) => Action)).filter(action => action.startsWith('ses:'));

test('what is not given is not managed', () => {
  const { template } = make({});
  expect(template().toJSON().Resources ?? {}).toEqual({});
});

test('a setting is looked at before it is made, and put back to what was found', () => {
  const { template } = make({ suppressedReasons: [COMPLAINT, BOUNCE, BOUNCE] });
  const [before] = Object.keys(template().findResources('Custom::PostmasterAccountBefore', { Properties: { Setting: 'suppression' } }));
  template().hasResourceProperties('Custom::PostmasterAccountSetting', {
    Setting: 'suppression', Value: 'BOUNCE,COMPLAINT', Before: { 'Fn::GetAtt': [before, 'Value'] }, OnDelete: 'RestorePrevious',
  });
});

test('each setting has resources of its own, and one function with the actions of just those', () => {
  const { template } = make({ suppressedReasons: [BOUNCE, COMPLAINT], dedicatedIpAutoWarmup: true, onDelete: AccountSettingDeletion.KEEP });
  template().resourceCountIs('Custom::PostmasterAccountBefore', 2);
  template().resourceCountIs('AWS::Lambda::Function', 1);
  template().hasResourceProperties('Custom::PostmasterAccountSetting', { Setting: 'autoWarmup', Value: 'ENABLED', OnDelete: 'Keep' });
  expect(actionsOf(template()).sort()).toEqual([
    'ses:GetAccount', 'ses:GetAccount', 'ses:PutAccountDedicatedIpWarmupAttributes', 'ses:PutAccountSuppressionAttributes',
  ]);
});

test('the permission for a setting goes after the setting, since CloudFormation updates what stays before it deletes what goes', () => {
  const { template } = make({ suppressedReasons: [BOUNCE, COMPLAINT], dedicatedIpAutoWarmup: true });
  for (const [setting, action] of [['suppression', 'ses:PutAccountSuppressionAttributes'], ['autoWarmup', 'ses:PutAccountDedicatedIpWarmupAttributes']]) {
    const [policy, ...others] = Object.entries(template().findResources('AWS::IAM::Policy')).filter(([, { Properties }]) => JSON.stringify(Properties).includes(action));
    expect(others).toEqual([]);
    expect(policy[1].Properties.PolicyDocument.Statement).toEqual([{ Action: ['ses:GetAccount', action], Effect: 'Allow', Resource: '*' }]);
    const [before] = Object.entries(template().findResources('Custom::PostmasterAccountBefore', { Properties: { Setting: setting } }));
    expect(before[1].DependsOn).toEqual([policy[0]]);
    // by way of the look, whose value it has
    template().hasResourceProperties('Custom::PostmasterAccountSetting', { Setting: setting, Before: { 'Fn::GetAtt': [before[0], 'Value'] } });
  }
});

test('Virtual Deliverability Manager rewrites no mail and holds none back, unless that is asked for', () => {
  make({ virtualDeliverabilityManager: {} }).template().hasResourceProperties('AWS::SES::VdmAttributes', {
    DashboardAttributes: { EngagementMetrics: 'DISABLED' }, GuardianAttributes: { OptimizedSharedDelivery: 'DISABLED' },
  });
  make({ virtualDeliverabilityManager: { engagementMetrics: true, optimizedSharedDelivery: true } }).template().hasResourceProperties('AWS::SES::VdmAttributes', {
    DashboardAttributes: { EngagementMetrics: 'ENABLED' }, GuardianAttributes: { OptimizedSharedDelivery: 'ENABLED' },
  });
});

test('a request for production access is in the words of SES, and an output tells how it stands', () => {
  const { stack, account, template } = make({
    productionAccess: { ...ACCESS, useCaseDescription: 'Receipts.', contactLanguage: ContactLanguage.JAPANESE, additionalContacts: ['ops@example.com'] },
  });
  template().hasResourceProperties('Custom::PostmasterProductionAccess', {
    MailType: 'TRANSACTIONAL', WebsiteUrl: 'https://example.com', ContactLanguage: 'JA', UseCaseDescription: 'Receipts.', AdditionalContacts: ['ops@example.com'],
  });
  template().hasOutput('*', { Value: stack.resolve(account.productionAccessStatus) });
  expect(actionsOf(template())).toEqual(['ses:GetAccount', 'ses:PutAccountDetails']);
});

test.each<[string, SesAccountProps['productionAccess'], string]>([
  ['a website without scheme', { ...ACCESS, websiteUrl: 'example.com' }, 'ProductionAccess.websiteUrl'],
  ['a long website', { ...ACCESS, websiteUrl: `https://example.com/${'x'.repeat(1000)}` }, 'ProductionAccess.websiteUrl'],
  ['an empty description', { ...ACCESS, useCaseDescription: '' }, 'ProductionAccess.description'],
  ['a long description', { ...ACCESS, useCaseDescription: 'x'.repeat(5001) }, 'ProductionAccess.description'],
  ['five contacts', { ...ACCESS, additionalContacts: [1, 2, 3, 4, 5].map(n => `a${n}@example.com`) }, 'ProductionAccess.contacts'],
  ['a contact twice', { ...ACCESS, additionalContacts: ['a@example.com', 'a@example.com'] }, 'ProductionAccess.contactTwice'],
  ['a contact that is no address', { ...ACCESS, additionalContacts: ['ops'] }, 'MailAddress.form'],
])('%s is refused', (_, productionAccess, code) => {
  refused({ productionAccess }).toThrow(expect.objectContaining({ code, path: 'Mail/Account' }));
});

describe('one account and Region', () => {
  const env = { account: '111122223333', region: 'eu-west-1' };

  test('is managed once', () => {
    const { stack } = make({});
    expect(() => new SesAccount(stack, 'More', {})).toThrow('Mail/Account manages the same account and Region already; put the settings together there (at Mail/More) [SesAccount.second]');
    const app = new App();
    new SesAccount(new Stack(app, 'One', { env }), 'Account', {});
    expect(() => new SesAccount(new Stack(app, 'Two', { env }), 'Account', {})).toThrow('[SesAccount.second]');
    expect(() => new SesAccount(new Stack(app, 'Far', { env: { ...env, region: 'us-east-1' } }), 'Account', {})).not.toThrow();
  });

  test('may be that of two stacks whose environments are not known, which is reported until somebody acknowledges it', () => {
    const { stack } = make({});
    const other = new Stack(stack.node.root as App, 'Other');
    new SesAccount(other, 'Account', {});
    expect(findingIdsOf(other)).toEqual(['cdk-postmaster:SesAccount.perhapsSecond']);
    Validations.of(other).acknowledge({ id: 'cdk-postmaster:SesAccount.perhapsSecond', reason: 'elsewhere' });
    expect(findingIdsOf(other)).toEqual([]);
  });
});

test.each<[string, SesAccountProps]>([
  ['SesAccount.noSuppression', { suppressedReasons: [] }],
  ['SesAccount.noWarmup', { dedicatedIpAutoWarmup: false }],
])('%s is reported until somebody acknowledges it', (id, props) => {
  const { stack, template } = make(props);
  expect(findingIdsOf(stack)).toEqual([`cdk-postmaster:${id}`]);
  template().hasResourceProperties('Custom::PostmasterAccountSetting', { Value: 'DISABLED' });
  Validations.of(stack).acknowledge({ id: `cdk-postmaster:${id}`, reason: 'known' });
  expect(findingIdsOf(stack)).toEqual([]);
});

test('readers of the suppression list may not change it, and those who manage it may not switch it off', () => {
  const granted = (grant: (account: SesAccount, role: iam.Role) => iam.Grant) => {
    const { stack, account, template } = make({});
    grant(account, new iam.Role(stack, 'Role', { assumedBy: new iam.AccountRootPrincipal() }));
    return actionsOf(template());
  };
  expect(granted((account, role) => account.grantReadSuppressionList(role)).filter(action => /Put|Delete/.test(action))).toEqual([]);
  expect(granted((account, role) => account.grantManageSuppressionList(role))).toEqual([
    'ses:GetSuppressedDestination', 'ses:ListSuppressedDestinations', 'ses:PutSuppressedDestination', 'ses:DeleteSuppressedDestination',
  ]);
  expect(granted((account, role) => account.grantReadDeliverability(role))).toEqual(['ses:BatchGetMetricData', 'ses:GetMessageInsights', 'ses:ListRecommendations']);
});

describe('dedicated IP addresses', () => {
  const assign = (ips: string[], pool?: (stack: Stack) => ses.IDedicatedIpPool) => {
    const stack = new Stack(new App(), 'Mail');
    new DedicatedIpAssignment(stack, 'Addresses', { ips, pool: pool?.(stack) ?? new DedicatedIpPool(stack, 'Pool') });
    return stack;
  };

  test('are each put into the pool after it was made, and leave it before it is deleted', () => {
    const template = Template.fromStack(assign(['192.0.2.1', '192.0.2.2']));
    const [pool] = Object.keys(template.findResources('AWS::SES::DedicatedIpPool'));
    for (const ip of ['192.0.2.1', '192.0.2.2']) {
      template.hasResource('Custom::PostmasterAccountSetting', {
        Properties: { Setting: `dedicatedIp:${ip}`, Value: { Ref: pool }, OnDelete: 'RestorePrevious' }, DependsOn: Match.arrayWith([pool]),
      });
    }
    template.hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: {
        Statement: Match.arrayWith([Match.objectLike({
          Action: 'ses:PutDedicatedIpInPool',
          Resource: { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':ses:', { Ref: 'AWS::Region' }, ':', { Ref: 'AWS::AccountId' }, ':dedicated-ip-pool/*']] },
        })]),
      },
    });
  });

  test.each<[string, () => unknown, string]>([
    ['a managed pool', () => assign(['192.0.2.1'], stack => new DedicatedIpPool(stack, 'Managed', { scalingMode: ses.ScalingMode.MANAGED })), 'DedicatedIpAssignment.managed'],
    ['no address', () => assign([]), 'DedicatedIpAssignment.noIps'],
    ['what is no IPv4 address', () => assign(['2001:db8::1']), 'DedicatedIpAssignment.form'],
    ['an address twice', () => assign(['192.0.2.1', '192.0.2.1']), 'DedicatedIpAssignment.twice'],
  ])('%s is refused', (_, make_, code) => {
    expect(make_).toThrow(expect.objectContaining({ code, path: 'Mail/Addresses' }));
  });

  test('are refused in two pools of the app', () => {
    const stack = assign(['192.0.2.1']);
    expect(() => new DedicatedIpAssignment(stack, 'More', { pool: new DedicatedIpPool(stack, 'Other'), ips: ['192.0.2.1'] }))
      .toThrow('192.0.2.1 is assigned by Mail/Addresses already; an address is in one pool (at Mail/More) [DedicatedIpAssignment.twice]');
  });
});
