import { type Stack, Validations } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { BounceReply, Deliver, Dns, type IMailIdentity, type MailAction, VerifiedAddress, VerifiedDomain } from '../../src';
import { onlyRule, ruleArn, ruleIn } from '../support/rules';
import { findingIdsOf, findingsOf, stackIn, zoneOf } from '../support/stacks';

const INSTANCE = 'arn:aws:connect:eu-west-1:111122223333:instance/1234abcd-12ab-34cd-56ef-1234567890ab';
const ORGANIZATION = 'arn:aws:workmail:eu-west-1:111122223333:organization/m-0123456789abcdef0123456789abcdef';

function actionOf(action: MailAction, stack = stackIn('eu-west-1')) {
  ruleIn(stack, [action]);
  return onlyRule(stack).Properties.Rule.Actions[0];
}

describe('a bounce', () => {
  const domain = (stack: Stack) => VerifiedDomain.fromDomainName(stack, 'Domain', 'example.com');
  const address = (stack: Stack) => VerifiedAddress.fromAddress(stack, 'Address', 'Desk@example.com');

  function senderOf(identityIn: (stack: Stack) => IMailIdentity, sender?: string): string {
    const stack = stackIn('eu-west-1');
    return actionOf(Deliver.bounce(BounceReply.MAILBOX_DOES_NOT_EXIST, { identity: identityIn(stack), sender }), stack).BounceAction.Sender;
  }

  test('says what the reply says, and no status where there is none', () => {
    const identity = domain(stackIn('eu-west-1'));
    expect(actionOf(Deliver.bounce(BounceReply.MAILBOX_DOES_NOT_EXIST, { identity }))).toEqual({
      BounceAction: { SmtpReplyCode: '550', StatusCode: '5.1.1', Message: 'Mailbox does not exist', Sender: 'mailer-daemon@example.com' },
    });
    expect(actionOf(Deliver.bounce(BounceReply.custom({ smtpReplyCode: '421', message: 'Closed today' }), { identity })).BounceAction).not.toHaveProperty('StatusCode');
  });

  test.each<[string, (stack: Stack) => IMailIdentity, string | undefined, string]>([
    ['mailer-daemon of a domain', domain, undefined, 'mailer-daemon@example.com'],
    ['an address of the domain', domain, 'Desk@Example.com', 'Desk@Example.com'],
    ['an address of a subdomain', domain, 'desk@help.example.com', 'desk@help.example.com'],
    ['the address that is verified', address, undefined, 'Desk@example.com'],
  ])('is from %s', (_, identityIn, given, sender) => {
    expect(senderOf(identityIn, given)).toBe(sender);
  });

  test.each<[string, (stack: Stack) => IMailIdentity, string, string]>([
    ['another domain', domain, 'desk@evil-example.com', 'example.com'],
    ['another address', address, 'desk@example.com', 'Desk@example.com'],
  ])('is not from %s than the one that is verified', (_, identityIn, sender, identity) => {
    expect(() => senderOf(identityIn, sender)).toThrow(
      `the bounce is sent from "${sender}", which the identity "${identity}" does not cover, and SES sends from verified addresses only; give an address of that identity, ` +
      'or the identity of that address (at Stack/Support/Action1) [MailAction.bounceSender]');
  });

  test('is reported when its sender is not verified before the rule is made', () => {
    const stack = stackIn('eu-west-1');
    const identity = new VerifiedDomain(stack, 'Mail', { dns: Dns.route53(zoneOf(stack, 'example.com')) });
    const rule = ruleIn(stack, [Deliver.bounce(BounceReply.MAILBOX_FULL, { identity })]);
    const own = () => findingsOf(stack).filter(({ path }) => path.startsWith('/Stack/Support'));
    expect(own()).toEqual([{ path: '/Stack/Support/Action1', text: expect.stringContaining('in the same stack that creates the identity Stack/Mail, and SES refuses such a rule') }]);
    expect(onlyRule(stack).DependsOn).toEqual(expect.arrayContaining([expect.stringMatching(/^Mail(?!Records)/), expect.stringMatching(/^MailRecords/)]));
    Validations.of(rule).acknowledge({ id: 'cdk-postmaster:MailAction.unverifiedSender', reason: 'verified by now' });
    expect(own()).toEqual([]);
  });
});

test('a header is added as it is given, and one that SES refuses is refused at once', () => {
  expect(actionOf(Deliver.addHeader('X-Inbox', 'support'))).toEqual({ AddHeaderAction: { HeaderName: 'X-Inbox', HeaderValue: 'support' } });
  expect(() => actionOf(Deliver.addHeader('X_Inbox', 'support'))).toThrow('(at Stack/Support/Action1) [AddedHeader.name]');
});

test('a Stop ends the rule set', () => {
  expect(actionOf(Deliver.stop())).toEqual({ StopAction: { Scope: 'RuleSet' } });
});

describe('WorkMail', () => {
  test('gets mail for one of its organizations', () => {
    const stack = stackIn('eu-west-1');
    expect(actionOf(Deliver.toWorkMail(ORGANIZATION), stack)).toEqual({ WorkmailAction: { OrganizationArn: ORGANIZATION } });
    expect(findingIdsOf(stack)).toEqual([]);
  });

  test('is reported where it is not known to be', () => {
    const stack = stackIn('eu-central-1');
    const rule = ruleIn(stack, [Deliver.toWorkMail(ORGANIZATION.replace('eu-west-1', 'eu-central-1'))]);
    expect(findingsOf(stack)[0].text).toContain('Amazon WorkMail is known to be in us-east-1, us-west-2, eu-west-1, and the rule is in eu-central-1');
    Validations.of(rule).acknowledge({ id: 'cdk-postmaster:MailAction.workMailRegion', reason: 'it is there' });
    expect(findingIdsOf(stack)).toEqual([]);
  });
});

test('Connect gets mail for one instance, through a role that this rule alone can use', () => {
  const stack = stackIn('eu-west-1');
  expect(actionOf(Deliver.toConnect(INSTANCE), stack)).toEqual({
    ConnectAction: { InstanceARN: INSTANCE, IAMRoleARN: { 'Fn::GetAtt': [expect.stringContaining('Role'), 'Arn'] } },
  });
  Template.fromStack(stack).hasResourceProperties('AWS::IAM::Role', {
    AssumeRolePolicyDocument: {
      Statement: [Match.objectLike({
        Principal: { Service: 'ses.amazonaws.com' }, Condition: { StringEquals: { 'aws:SourceAccount': '111122223333', 'aws:SourceArn': ruleArn() } },
      })],
    },
    Policies: [Match.objectLike({ PolicyDocument: { Statement: [{ Effect: 'Allow', Action: 'connect:StartEmailContact', Resource: [INSTANCE, `${INSTANCE}/*`] }] } })],
  });
});

test.each<[string, MailAction]>([
  ['the WorkMail organization is in us-east-1', Deliver.toWorkMail(ORGANIZATION.replace('eu-west-1', 'us-east-1'))],
  ['the Connect instance is in us-east-1', Deliver.toConnect(INSTANCE.replace('eu-west-1', 'us-east-1'))],
])('%s, which is refused', (what, action) => {
  expect(() => actionOf(action)).toThrow(`${what} and the rule in eu-west-1; SES hands mail over within its own Region only (at Stack/Support/Action1) [MailAction.serviceRegion]`);
});

test.each<[string, MailAction]>([
  ['[WorkMailOrganization.form]', Deliver.toWorkMail('m-0123456789abcdef0123456789abcdef')],
  ['[ConnectInstance.form]', Deliver.toConnect('arn:aws:connect:eu-west-1:111122223333:instance/mine')],
])('what is no ARN of another service is refused: %s', (code, action) => {
  expect(() => actionOf(action)).toThrow(`(at Stack/Support/Action1) ${code}`);
});
