import { App, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as ses from 'aws-cdk-lib/aws-ses';
import {
  ActiveRuleSetDeletion, Deliver, Dns, InboundMail, type InboundMailProps, MailFrom, MailRule, Recipient, SesRegion, VerifiedAddress, VerifiedDomain,
} from '../../src';
import { rulesOf } from '../support/rules';
import { recordSet, recordSetsOf, stackIn, zoneOf } from '../support/stacks';

const SUPPORT = { recipients: [Recipient.address('support@example.com')], actions: [Deliver.stop()] };

function inboxIn(stack: Stack, props: Partial<InboundMailProps> = {}): InboundMail {
  const domain = props.domain ?? new VerifiedDomain(stack, 'Mail', { dns: Dns.route53(zoneOf(stack, 'example.com')) });
  return new InboundMail(stack, 'Inbox', { ...props, domain });
}

const imported = (stack: Stack, name = 'example.com') => VerifiedDomain.fromDomainName(stack, `Imported${name}`, name);
const mxNames = (stack: Stack) => recordSetsOf(stack).filter(({ Type, Name }) => Type === 'MX' && Name !== 'bounce.example.com.').map(({ Name }) => Name);

describe('rules', () => {
  test('are switched on and look for spam and viruses unless they say otherwise, for CloudFormation does neither', () => {
    const stack = stackIn('eu-west-1');
    const inbox = inboxIn(stack);
    inbox.addRule('Support', SUPPORT);
    inbox.addRule('Later', { ...SUPPORT, ruleName: 'later', enabled: false, scan: false, tlsPolicy: ses.TlsPolicy.REQUIRE });
    const [support, later] = Object.values(rulesOf(stack)).map(({ Properties }) => Properties.Rule);
    expect(support).toEqual({
      Name: expect.stringMatching(/^Stack-Inbox-Support-[0-9A-F]{8}$/),
      Enabled: true,
      ScanEnabled: true,
      TlsPolicy: 'Optional',
      Recipients: ['support@example.com'],
      Actions: [{ StopAction: { Scope: 'RuleSet' } }],
    });
    expect(later).toMatchObject({ Name: 'later', Enabled: false, ScanEnabled: false, TlsPolicy: 'Require' });
  });

  test('keep the order in which they are added: each is behind the one before', () => {
    const stack = stackIn('eu-west-1');
    const inbox = inboxIn(stack);
    ['One', 'Two', 'Three'].forEach(id => inbox.addRule(id, SUPPORT));
    const rules = Object.entries(rulesOf(stack));
    const [[one, first], [two, second], [, third]] = rules;
    expect(first.Properties).not.toHaveProperty('After');
    expect(second.Properties.After).toEqual({ Ref: one });
    expect(third.Properties.After).toEqual({ Ref: two });
    expect(inbox.rules.map(({ ruleName }) => ruleName)).toEqual(rules.map(([, { Properties }]) => Properties.Rule.Name));
  });

  test('of which one alone shall work on a message come with the most specific first, and each ends the rule set', () => {
    const stack = stackIn('eu-west-1');
    inboxIn(stack).addMostSpecificFirst({
      All: { ruleName: 'all', actions: [Deliver.addHeader('X-Rule', 'all')] },
      Domain: { ruleName: 'domain', recipients: [Recipient.domain('example.com')], actions: [Deliver.addHeader('X-Rule', 'domain')] },
      Support: { ...SUPPORT, ruleName: 'support', actions: [Deliver.addHeader('X-Rule', 'support')] },
    });
    const rules = Object.values(rulesOf(stack)).map(({ Properties }) => Properties.Rule);
    expect(rules.map(({ Name }) => Name)).toEqual(['support', 'domain', 'all']);
    expect(rules.map(({ Actions }) => Actions.map((action: object) => Object.keys(action)[0]))).toEqual([1, 2, 3].map(() => ['AddHeaderAction', 'StopAction']));
  });

  test('wait for the identity of the domain, also of one that is added later', () => {
    const stack = stackIn('eu-west-1');
    const inbox = inboxIn(stack);
    inbox.addRule('Support', SUPPORT);
    inbox.addDomain(new VerifiedDomain(stack, 'Other', { dns: Dns.route53(zoneOf(stack, 'example.net', 'Z2')) }));
    expect(Object.values(rulesOf(stack))[0].DependsOn).toEqual([expect.stringMatching(/^Mail/), expect.stringMatching(/^Other/)]);
  });

  test('have an ARN that is known beforehand, so that a bucket in another stack can name them', () => {
    const stack = stackIn('eu-west-1');
    const rule = inboxIn(stack, { ruleSetName: 'inbound' }).addRule('Support', { ...SUPPORT, ruleName: 'support' });
    expect(stack.resolve(rule.ruleArn)).toEqual(
      { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':ses:eu-west-1:111122223333:receipt-rule-set/inbound:receipt-rule/support']] });
  });

  test('are at most 200', () => {
    const inbox = inboxIn(stackIn('eu-west-1'));
    for (let index = 0; index < 200; index++) inbox.addRule(`Rule${index}`, SUPPORT);
    expect(() => inbox.addRule('OneMore', SUPPORT)).toThrow('(at Stack/Inbox/OneMore) [ReceiptRuleSet.tooManyRules]');
  });

  test.each<[string, Parameters<InboundMail['addRule']>[1], string]>([
    ['11 actions', { actions: Array.from({ length: 11 }, () => Deliver.addHeader('X-Rule', 'all')) }, '(at Stack/Inbox/Rule) [ReceiptRule.tooManyActions]'],
    ['no action', { actions: [] }, '(at Stack/Inbox/Rule) [ReceiptRule.noActions]'],
    ['an action behind a Stop', { actions: [Deliver.stop(), Deliver.addHeader('X-Rule', 'all')] }, '(at Stack/Inbox/Rule) [ReceiptRule.actionsBehindStop]'],
    ['an empty list of recipients', { ...SUPPORT, recipients: [] }, '(at Stack/Inbox/Rule) [ReceiptRule.noRecipients]'],
    ['101 recipients', { ...SUPPORT, recipients: Array.from({ length: 101 }, (_, index) => Recipient.address(`r${index}@example.com`)) },
      '(at Stack/Inbox/Rule) [ReceiptRule.tooManyRecipients]'],
    ['a recipient twice', { ...SUPPORT, recipients: ['example.com', 'Example.com'].map(Recipient.domain) }, '(at Stack/Inbox/Rule) [ReceiptRule.recipientTwice]'],
    ['a name that SES does not take', { ...SUPPORT, ruleName: '-support' }, '(at Stack/Inbox/Rule) [SesName.form]'],
  ])('with %s are refused', (_, options, message) => {
    expect(() => inboxIn(stackIn('eu-west-1')).addRule('Rule', options)).toThrow(message);
  });

  test('of one set have different names', () => {
    const inbox = inboxIn(stackIn('eu-west-1'));
    inbox.addRule('Support', { ...SUPPORT, ruleName: 'support' });
    expect(() => inbox.addRule('Help', { ...SUPPORT, ruleName: 'support' })).toThrow('(at Stack/Inbox/Help) [ReceiptRuleSet.nameTwice]');
  });

  test('can be made without an inbox, for a set of any maker', () => {
    const stack = stackIn('eu-west-1');
    const rule = new MailRule(stack, 'Rule', { ...SUPPORT, ruleSet: ses.ReceiptRuleSet.fromReceiptRuleSetName(stack, 'Set', 'shared'), after: 'their-rule' });
    Template.fromStack(stack).hasResourceProperties('AWS::SES::ReceiptRule', { RuleSetName: 'shared', After: 'their-rule', Rule: { Name: rule.ruleName } });
  });
});

describe('the rule set', () => {
  test('is new and has a name of its own, and becomes the active one after its rules', () => {
    const stack = stackIn('eu-west-1');
    const inbox = inboxIn(stack);
    inbox.addRule('Support', SUPPORT);
    expect(inbox.ruleSetName).toMatch(/^Stack-Inbox-[0-9A-F]{8}$/);
    const template = Template.fromStack(stack);
    template.hasResourceProperties('AWS::SES::ReceiptRuleSet', { RuleSetName: inbox.ruleSetName });
    const [rule] = Object.keys(rulesOf(stack));
    template.hasResource('Custom::PostmasterActiveRuleSet', { Properties: { TakeOver: 'false', OnDelete: 'RestorePrevious' }, DependsOn: Match.arrayWith([rule]) });
  });

  test('that exists is used as it is, and its rules stay where they are', () => {
    const stack = stackIn('eu-west-1');
    const inbox = inboxIn(stack, { ruleSet: ses.ReceiptRuleSet.fromReceiptRuleSetName(stack, 'Set', 'shared'), after: 'their-rule' });
    ['One', 'Two'].forEach(id => inbox.addRule(id, SUPPORT));
    const [one, two] = Object.values(rulesOf(stack));
    expect(one.Properties).toMatchObject({ RuleSetName: 'shared', After: 'their-rule' });
    expect(two.Properties.After).toEqual({ Ref: Object.keys(rulesOf(stack))[0] });
    const template = Template.fromStack(stack);
    template.resourceCountIs('AWS::SES::ReceiptRuleSet', 0);
    template.resourceCountIs('Custom::PostmasterActiveRuleSet', 0);
    expect(inbox.activeRuleSet).toBeUndefined();
  });

  test('is activated as it is asked for', () => {
    const stack = stackIn('eu-west-1');
    const ruleSet = ses.ReceiptRuleSet.fromReceiptRuleSetName(stack, 'Set', 'shared');
    inboxIn(stack, { ruleSet, activate: true, activation: { takeOver: true, onDelete: ActiveRuleSetDeletion.DEACTIVATE } });
    Template.fromStack(stack).hasResourceProperties('Custom::PostmasterActiveRuleSet', { RuleSetName: 'shared', TakeOver: 'true', OnDelete: 'Deactivate' });
  });

  test('that is retained stays active, with its rules and MX records', () => {
    const stack = stackIn('eu-west-1');
    inboxIn(stack, { removalPolicy: RemovalPolicy.RETAIN }).addRule('Support', SUPPORT);
    const template = Template.fromStack(stack);
    template.hasResourceProperties('Custom::PostmasterActiveRuleSet', { OnDelete: 'Keep' });
    for (const type of ['AWS::SES::ReceiptRuleSet', 'AWS::SES::ReceiptRule']) template.hasResource(type, { DeletionPolicy: 'Retain' });
    template.hasResource('AWS::Route53::RecordSetGroup', { DeletionPolicy: 'Retain', Properties: { RecordSets: [Match.objectLike({ Name: 'example.com.' })] } });
  });

  test.each<[string, (stack: Stack) => Partial<InboundMailProps>, string]>([
    ['a second name for a set', stack => ({ ruleSet: new ses.ReceiptRuleSet(stack, 'Set'), ruleSetName: 'mine' }),
      'ruleSet and ruleSetName are both given, and a rule set that exists has its name; leave ruleSetName out (at Stack/Inbox) [InboundMail.twoNames]'],
    ['a place among the rules of no set', () => ({ after: 'their-rule' }),
      'after is "their-rule", a rule of a set that exists, and no ruleSet is given; leave it out: rules keep the order in which they are added (at Stack/Inbox) [InboundMail.after]'],
    ['a name that SES does not take', () => ({ ruleSetName: 'my set' }), '(at Stack/Inbox) [SesName.form]'],
    ['an activation of a set that is not activated', () => ({ activate: false, activation: { takeOver: true } }),
      'activation is given, and the rule set is not made the active one; leave it out, or set activate to true (at Stack/Inbox) [InboundMail.notActivated]'],
  ])('is refused with %s', (_, propsIn, message) => {
    const stack = stackIn('eu-west-1');
    expect(() => inboxIn(stack, propsIn(stack))).toThrow(message);
  });
});

describe('MX records', () => {
  const HOST = '10 inbound-smtp.eu-west-1.amazonaws.com';

  test('lead mail of the domain to SES, where its other records are, and come after the activation', () => {
    const stack = stackIn('eu-west-1');
    const inbox = inboxIn(stack);
    inbox.addRule('Support', SUPPORT);
    expect(recordSet(stack, 'example.com.', 'MX')).toEqual({ Name: 'example.com.', Type: 'MX', TTL: '1800', ResourceRecords: [HOST] });
    expect(inbox.mxRecords.map(({ name }) => name)).toEqual(['example.com']);
    Template.fromStack(stack).hasResource('AWS::Route53::RecordSetGroup', {
      DependsOn: Match.arrayWith([...Object.keys(Template.fromStack(stack).findResources('Custom::PostmasterActiveRuleSet')), ...Object.keys(rulesOf(stack))]),
      Properties: { RecordSets: [Match.objectLike({ Type: 'MX' })] },
    });
  });

  test('have a wildcard when a rule is for subdomains, once, and also when the domain comes later', () => {
    const stack = stackIn('eu-west-1');
    const inbox = inboxIn(stack);
    for (const id of ['One', 'Two']) inbox.addRule(id, { ...SUPPORT, recipients: [Recipient.subdomainsOf('example.com'), Recipient.subdomainsOf('help.example.com')] });
    inbox.addRule('Other', { ...SUPPORT, recipients: [Recipient.subdomainsOf('example.net')] });
    expect(mxNames(stack)).toEqual(['example.com.', '*.example.com.', '*.help.example.com.']);

    const later = stackIn('eu-west-1');
    const other = inboxIn(later);
    other.addRule('Other', { ...SUPPORT, recipients: Recipient.domainAndSubdomains('example.net') });
    other.addDomain(imported(later, 'example.net'), { dns: Dns.route53(zoneOf(later, 'example.net', 'Z2')) });
    expect(mxNames(later)).toEqual(['example.com.', 'example.net.', '*.example.net.']);
  });

  test('are those that are asked for', () => {
    const stack = stackIn('eu-west-1');
    inboxIn(stack, { mxNames: ['support.example.com', '*.in.example.com'], mxPriority: 20 }).addRule('Subdomains', { ...SUPPORT, recipients: [Recipient.subdomainsOf('example.com')] });
    expect(mxNames(stack)).toEqual(['support.example.com.', '*.in.example.com.']);
    expect(recordSet(stack, '*.in.example.com.', 'MX')?.ResourceRecords).toEqual(['20 inbound-smtp.eu-west-1.amazonaws.com']);
  });

  test('are none when they exist already', () => {
    const stack = stackIn('eu-west-1');
    inboxIn(stack, { publishMx: false }).addRule('Subdomains', { ...SUPPORT, recipients: [Recipient.subdomainsOf('example.com')] });
    expect(mxNames(stack)).toEqual([]);
  });

  test('of a domain that is imported are outputs', () => {
    const stack = stackIn('eu-west-1');
    const inbox = inboxIn(stack, { domain: imported(stack) });
    inbox.addRule('Subdomains', { ...SUPPORT, recipients: [Recipient.subdomainsOf('example.com')] });
    expect(Object.values(Template.fromStack(stack).findOutputs('*')).map(({ Value }) => Value)).toEqual([`example.com. 1800 IN MX ${HOST}.`, `*.example.com. 1800 IN MX ${HOST}.`]);
  });

  test('name the host of the Region that the stack is deployed to', () => {
    const stack = stackIn();
    inboxIn(stack);
    expect(recordSet(stack, 'example.com.', 'MX')?.ResourceRecords).toEqual([{ 'Fn::Join': ['', ['10 inbound-smtp.', { Ref: 'AWS::Region' }, '.amazonaws.com']] }]);
  });

  test('that another construct of the app publishes are refused', () => {
    const stack = stackIn('eu-west-1');
    inboxIn(stack);
    expect(() => new InboundMail(stack, 'Second', { domain: imported(stack), dns: Dns.route53ById({ hostedZoneId: 'Z0123456789', zoneName: 'example.com' }), activate: false })).toThrow(
      '[Dns.publishedTwice]');
  });

  test.each<[string, Partial<InboundMailProps>, string]>([
    ['outside of the domain', { mxNames: ['example.net'] },
      'the MX name "example.net" is neither "example.com" nor below it, and SES receives for verified domains and their subdomains only; add the domain that it belongs to with ' +
      'addDomain (at Stack/Inbox) [InboundMail.mxName]'],
    ['that is no name', { mxNames: ['a b.example.com'] }, '(at Stack/Inbox) [DomainName.characters]'],
    ['of a priority that is none', { mxPriority: -1 }, '(at Stack/Inbox/MxRecords) [DnsRecord.mxPriority]'],
  ])('%s are refused', (_, props, message) => {
    expect(() => inboxIn(stackIn('eu-west-1'), props)).toThrow(message);
  });

  test('are refused at the MAIL FROM name of a domain, whichever is declared first', () => {
    const refusal = '"bounce.example.com" is the MAIL FROM domain of Stack/Mail, whose one MX record leads bounces back to SES, so it cannot receive; take another name for one of ' +
      'them (at Stack/Inbox/MxRecords) [InboundMail.mailFrom]';
    expect(() => inboxIn(stackIn('eu-west-1'), { mxNames: ['bounce.example.com'] })).toThrow(refusal);

    const stack = stackIn('eu-west-1');
    inboxIn(stack, { domain: imported(stack), mxNames: ['bounce.example.com'] });
    new VerifiedDomain(stack, 'Mail', { dns: Dns.elsewhere('example.com'), mailFrom: MailFrom.subdomain('bounce') });
    expect(() => Template.fromStack(stack)).toThrow(refusal);
  });
});

test('mail is sent on by a forwarder with a bucket of its own, behind the rules that are there, in the name of the domain', () => {
  const stack = stackIn('eu-west-1');
  const inbox = inboxIn(stack);
  inbox.addRule('Support', SUPPORT);
  const forwarder = inbox.forward('Sales', { routes: [{ recipient: Recipient.address('sales@example.com'), destinations: ['ann@example.net'] }] });
  expect(forwarder.sender).toBe('forwarder@example.com');
  const [[support], [, sales]] = Object.entries(rulesOf(stack));
  expect(sales.Properties).toMatchObject({
    After: { Ref: support },
    Rule: { Recipients: ['sales@example.com'], Actions: [{ S3Action: { BucketName: { Ref: expect.stringMatching(/^InboxSalesBucket/) }, ObjectKeyPrefix: 'forwarding/' } }] },
  });

  const bucket = new s3.Bucket(stack, 'Letters');
  const identity = imported(stack, 'example.net');
  const other = inbox.forward('Help', { routes: [{ recipient: Recipient.address('help@example.com'), destinations: ['bob@example.org'] }], bucket, identity });
  expect([other.sender, inbox.rules[2].node.id, inbox.node.tryFindChild('HelpBucket')]).toEqual(['forwarder@example.net', 'Help', undefined]);
});

test('an address cannot receive for itself', () => {
  const stack = stackIn('eu-west-1');
  expect(() => inboxIn(stack, { domain: VerifiedAddress.fromAddress(stack, 'Address', 'desk@example.com') })).toThrow(
    '"desk@example.com" is an address, and SES receives for verified domains; give the domain, and name the address in a rule (at Stack/Inbox) [InboundMail.address]');
});

test('a Region in which SES does not receive is refused, unless it has learnt to', () => {
  const others = SesRegion.known.filter(name => SesRegion.of(name).supportsReceiving);
  expect(others).toContain('eu-west-1');
  expect(() => inboxIn(stackIn('eu-west-3'))).toThrow(`the stack is in eu-west-3, where SES does not receive mail; it does in ${others.join(', ')}. If it has learnt to ` +
    "since, say so: region: SesRegion.of('eu-west-3', { receiving: true }) (at Stack/Inbox) [InboundMail.region]");
  const stack = stackIn('eu-west-3');
  inboxIn(stack, { region: SesRegion.of('eu-west-3', { receiving: true }) });
  expect(recordSet(stack, 'example.com.', 'MX')?.ResourceRecords).toEqual(['10 inbound-smtp.eu-west-3.amazonaws.com']);
});

test('a stack of its own receives what another stack stores, and neither waits for the other in a circle', () => {
  const app = new App();
  const env = { account: '111122223333', region: 'eu-west-1' };
  const storage = new Stack(app, 'Storage', { env });
  const bucket = new s3.Bucket(storage, 'Bucket');
  const stack = new Stack(app, 'Stack', { env });
  inboxIn(stack).addRule('Support', { ...SUPPORT, actions: [Deliver.toBucket(bucket)] });
  app.synth();
  expect(stack.dependencies).toEqual([storage]);
  expect(storage.dependencies).toEqual([]);
});

test('metrics are those of the rule set and of its rules', () => {
  const stack = stackIn('eu-west-1');
  const inbox = inboxIn(stack, { ruleSetName: 'inbound' });
  const rule = inbox.addRule('Support', { ...SUPPORT, ruleName: 'support' });
  expect(inbox.metricReceived()).toMatchObject({ namespace: 'AWS/SES', metricName: 'Received', dimensions: { RuleSetName: 'inbound' }, statistic: 'Sum' });
  expect([rule.metricReceived(), rule.metricPublishSuccess(), rule.metricPublishFailure(), rule.metricPublishExpired({ label: 'Lost' })].map(({ metricName, dimensions, label }) =>
    ({ metricName, dimensions, label }))).toEqual([
    { metricName: 'Received', dimensions: { RuleName: 'support' }, label: undefined },
    { metricName: 'PublishSuccess', dimensions: { RuleName: 'support' }, label: undefined },
    { metricName: 'PublishFailure', dimensions: { RuleName: 'support' }, label: undefined },
    { metricName: 'PublishExpired', dimensions: { RuleName: 'support' }, label: 'Lost' },
  ]);
});
