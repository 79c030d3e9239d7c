import { CfnParameter, type Stack, Validations } from 'aws-cdk-lib';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as ses from 'aws-cdk-lib/aws-ses';
import { LambdaInvocationType, Stop } from 'aws-cdk-lib/aws-ses-actions';
import * as sns from 'aws-cdk-lib/aws-sns';
import { Deliver, Dns, InboundMail, type InboundMailProps, type MailRuleOptions, Recipient, RoleAddresses, VerifiedDomain } from '../../src';
import { findingIdsOf, findingsOf, stackIn } from '../support/stacks';

const EVERYTHING: MailRuleOptions = { actions: [Deliver.stop()] };

function receive(rules: Record<string, MailRuleOptions>, props: Partial<InboundMailProps> = {}) {
  const stack = stackIn('eu-west-1');
  const domain = VerifiedDomain.fromDomainName(stack, 'Domain', 'support.example.com');
  const inbox = new InboundMail(stack, 'Inbox', { domain, ...props });
  Object.entries(rules).forEach(([id, options]) => inbox.addRule(id, options));
  return { stack, inbox };
}

const own = (stack: Stack) => findingsOf(stack).filter(({ text }) => text.includes('cdk-postmaster:'));

test('a set that receives for its domain and is active has no findings', () => {
  expect(findingIdsOf(receive({ Everything: EVERYTHING }).stack)).toEqual([]);
  expect(findingIdsOf(receive({
    Roles: { ...EVERYTHING, recipients: RoleAddresses.required('support.example.com') },
    Desk: { ...EVERYTHING, recipients: [Recipient.address('desk@support.example.com'), Recipient.subdomainsOf('support.example.com')] },
  }).stack)).toEqual([]);
});

/** What raises a finding, where, what it says, and what cures it. */
const CASES: [id: string, path: string, text: string, build: () => { stack: Stack }][] = [
  ['InboundMail.noRules', '/Stack/Inbox', 'no rule of the set is switched on', () => receive({ Off: { ...EVERYTHING, enabled: false } })],
  ['InboundMail.inactive', '/Stack/Inbox', 'nothing in this app makes Stack-Inbox-', () => receive({ Everything: EVERYTHING }, { activate: false })],
  ['InboundMail.apex', '/Stack/Inbox/MxRecords', 'the MX record of example.com sends all mail of the domain to SES', () => {
    const stack = stackIn('eu-west-1');
    new InboundMail(stack, 'Inbox', { domain: VerifiedDomain.fromDomainName(stack, 'Domain', 'example.com') }).addRule('Everything', EVERYTHING);
    return { stack };
  }],
  ['InboundMail.unserved', '/Stack/Inbox', 'mail for in.support.example.com is led here by an MX record, and no rule is for it', () =>
    receive({ Domain: { ...EVERYTHING, recipients: [Recipient.domain('support.example.com')] } }, { mxNames: ['support.example.com', 'in.support.example.com'] })],
  ['InboundMail.noPostmaster', '/Stack/Inbox', 'no rule is for postmaster@support.example.com', () =>
    receive({ Desk: { ...EVERYTHING, recipients: [Recipient.address('desk@support.example.com')] } })],
  ['InboundMail.swallowed', '/Stack/Inbox', 'the rule gate is for everybody and only looks at mail', () => {
    const { stack, inbox } = receive({});
    const gate = lambda.Function.fromFunctionArn(stack, 'Gate', 'arn:aws:lambda:eu-west-1:111122223333:function:gate');
    inbox.addRule('Gate', { ruleName: 'gate', actions: [Deliver.toFunction(gate, { invocation: LambdaInvocationType.REQUEST_RESPONSE })] });
    inbox.addRule('Desk', { recipients: [Recipient.address('desk@support.example.com')], actions: [Deliver.stop()] });
    return { stack };
  }],
  ['MailRule.sharedName', '/Stack/Second/All', 'the rule Stack/Inbox/Everything of another rule set has the name "all", too', () => {
    const { stack } = receive({ Everything: { ...EVERYTHING, ruleName: 'all' } });
    const ruleSet = ses.ReceiptRuleSet.fromReceiptRuleSetName(stack, 'Shared', 'shared');
    new InboundMail(stack, 'Second', { domain: VerifiedDomain.fromDomainName(stack, 'Net', 'in.example.net'), ruleSet }).addRule('All', { ...EVERYTHING, ruleName: 'all' });
    return { stack };
  }],
  ['ReceiptRule.topicBouncesLargeMail', '/Stack/Inbox/Orders', 'mail over 150 KB is sent back', () => {
    const { stack, inbox } = receive({});
    inbox.addRule('Orders', { actions: [Deliver.toTopic(new sns.Topic(stack, 'Topic'))] });
    return { stack };
  }],
  ['ReceiptRule.unreachable', '/Stack/Inbox/Desk', 'no mail reaches the rule', () =>
    receive({ Domain: { ...EVERYTHING, recipients: [Recipient.domain('support.example.com')] }, Desk: { recipients: [Recipient.address('desk@support.example.com')], actions: [Deliver.stop()] } })],
  ['ReceiptRule.unverifiedDomain', '/Stack/Inbox/Strangers', '"example.org" is at no domain that is verified here (support.example.com)', () =>
    receive({ Strangers: { ...EVERYTHING, recipients: [Recipient.domain('example.org')] }, Everything: EVERYTHING })],
];

test.each(CASES)('%s is reported at %s, and silent once it is acknowledged', (id, path, text, build) => {
  const { stack } = build();
  const found = own(stack).filter(finding => finding.text.includes(`cdk-postmaster:${id}`));
  expect(found).toEqual([{ path, text: expect.stringContaining(text) }]);
  Validations.of(stack).acknowledge({ id: `cdk-postmaster:${id}`, reason: 'known' });
  expect(findingIdsOf(stack)).not.toContain(`cdk-postmaster:${id}`);
});

test('rules of other makers count, and those of a set of somebody else are not known', () => {
  const { stack, inbox } = receive({ Roles: { ...EVERYTHING, recipients: RoleAddresses.required('support.example.com') } }, { mxNames: ['support.example.com', 'in.support.example.com'] });
  inbox.ruleSet.addRule('Theirs', { recipients: ['in.support.example.com'], enabled: true, actions: [new Stop()] });
  expect(findingIdsOf(stack)).toEqual([]);

  const shared = stackIn('eu-west-1');
  const ruleSet = ses.ReceiptRuleSet.fromReceiptRuleSetName(shared, 'Set', 'shared');
  new InboundMail(shared, 'Inbox', { domain: VerifiedDomain.fromDomainName(shared, 'Domain', 'support.example.com'), ruleSet });
  expect(findingIdsOf(shared)).toEqual([]);
});

test('nothing is said of names that only the deployment knows', () => {
  const stack = stackIn('eu-west-1');
  const dns = Dns.elsewhere('${Token[Name.1]}');
  const inbox = new InboundMail(stack, 'Inbox', { domain: VerifiedDomain.fromDomainName(stack, 'Domain', '${Token[Name.1]}'), dns, publishMx: false });
  inbox.addRule('Desk', { ...EVERYTHING, recipients: [Recipient.address('desk@example.org')] });
  expect(own(stack)).toEqual([]);

  const other = receive({});
  other.inbox.addRule('Mailbox', { ...EVERYTHING, recipients: [Recipient.address(new CfnParameter(other.stack, 'Mailbox').valueAsString)] });
  expect(findingIdsOf(other.stack)).toEqual([]);
});
