import { App, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { ReceiptRuleSet, TlsPolicy } from 'aws-cdk-lib/aws-ses';
import { BounceReply, Deliver, type MailRuleOptions, Recipient, VerifiedAddress, VerifiedDomain } from '../../src';
import { DmarcMeasure, Gate, GateFailure, MailMatch, Verdict, VerdictStatus } from '../../src/gates';
import { GATE_VARIABLE, type GateSettings } from '../../src/gates/gate-constants';
import { InboundMail, MailRule } from '../../src/receiving';
import { NAG_PACKS } from '../support/nag-packs';
import { findingIdsOf, stackIn } from '../support/stacks';

const identityIn = (stack: Stack) => VerifiedDomain.fromDomainName(stack, 'Domain', 'example.com');
const bucketIn = (stack: Stack) => new Bucket(stack, 'Bucket', { enforceSSL: true });

function make(options: (stack: Stack) => MailRuleOptions, stack = stackIn('eu-west-1')) {
  const rule = new MailRule(stack, 'Rule', { ruleSet: new ReceiptRuleSet(stack, 'Set', { receiptRuleSetName: 'inbound' }), ...options(stack), ruleName: 'gate' });
  return { stack, rule, template: Template.fromStack(stack) };
}

function settingsOf(template: Template): GateSettings {
  const [{ Properties }] = Object.values(template.findResources('AWS::Lambda::Function', { Properties: { Environment: { Variables: { [GATE_VARIABLE]: Match.anyValue() } } } }));
  return JSON.parse(Properties.Environment.Variables[GATE_VARIABLE]) as GateSettings;
}

function actionsOf(template: Template): string[] {
  const [{ Properties }] = Object.values(template.findResources('AWS::SES::ReceiptRule'));
  return Properties.Rule.Actions.map((action: object) => Object.keys(action)[0]);
}

const dispositions = ({ outcomes }: GateSettings) => outcomes.map(({ disposition, stops = false, bounce = false }) => [disposition, stops, bounce]);

describe('a gate', () => {
  const { template, stack } = make(() => Gate.dropSpam());

  test('is a rule that scans, for everybody, whose one action is a function that SES waits for', () => {
    template.hasResourceProperties('AWS::SES::ReceiptRule', {
      Rule: {
        ScanEnabled: true,
        Enabled: true,
        Recipients: Match.absent(),
        Actions: [{ LambdaAction: { InvocationType: 'RequestResponse', FunctionArn: { 'Fn::GetAtt': [Match.stringLikeRegexp('^RuleAction1Function'), 'Arn'] } } }],
      },
    });
    expect(findingIdsOf(stack)).toEqual([]);
  });

  test('answers well before SES gives up, on arm64', () => {
    template.hasResourceProperties('AWS::Lambda::Function', { Timeout: 20, MemorySize: 256, Architectures: ['arm64'], LoggingConfig: { LogFormat: 'JSON' } });
  });

  test('may write its log, for three months, and nothing else', () => {
    const [{ Properties }] = Object.values(template.findResources('AWS::IAM::Policy'));
    expect(Properties.PolicyDocument.Statement).toEqual([{
      Action: ['logs:CreateLogStream', 'logs:PutLogEvents'], Effect: 'Allow', Resource: { 'Fn::GetAtt': [expect.stringMatching(/^RuleAction1Log/), 'Arn'] },
    }]);
    template.hasResourceProperties('AWS::Logs::LogGroup', { RetentionInDays: 90 });
    template.allResourcesProperties('AWS::IAM::Role', { ManagedPolicyArns: Match.absent() });
  });

  test('may be called by SES, for this rule, before there is a rule', () => {
    const [[id, { Properties }]] = Object.entries(template.findResources('AWS::Lambda::Permission'));
    expect(Properties).toMatchObject({ Action: 'lambda:InvokeFunction', Principal: 'ses.amazonaws.com', SourceAccount: '111122223333' });
    expect(JSON.stringify(Properties.SourceArn)).toContain(':ses:eu-west-1:111122223333:receipt-rule-set/inbound:receipt-rule/gate');
    template.hasResource('AWS::SES::ReceiptRule', { DependsOn: Match.arrayWith([id]) });
  });

  test('can be for some recipients, over TLS only, exempt mail, and have another log', () => {
    const other = make(() => Gate.dropSpam({
      recipients: [Recipient.domain('example.com')],
      tlsPolicy: TlsPolicy.REQUIRE,
      logRetention: RetentionDays.ONE_WEEK,
      exempt: [MailMatch.recipient(Recipient.address('postmaster@example.com')), MailMatch.authenticatedSender('friend.example')],
    })).template;
    other.hasResourceProperties('AWS::SES::ReceiptRule', { Rule: { Recipients: ['example.com'], TlsPolicy: 'Require' } });
    other.hasResourceProperties('AWS::Logs::LogGroup', { RetentionInDays: 7 });
    expect(settingsOf(other).outcomes[0]).toEqual({
      pattern: { anyOf: [{ recipients: ['postmaster@example.com'] }, { senders: ['friend.example'], authenticated: true }] }, disposition: 'CONTINUE', reason: 'exempt',
    });
  });

  test.each([[GateFailure.CONTINUE, 'CONTINUE', 'STOP_RULE'], [GateFailure.STOP, 'STOP_RULE_SET', 'STOP_RULE_SET'], [GateFailure.RETRY, undefined, undefined]])(
    'that fails and should %s does so; one that does something with mail does nothing then', (onFailure, alone, withActions) => {
      expect(settingsOf(make(() => Gate.dropSpam({ onFailure })).template).onFailure).toBe(alone);
      expect(settingsOf(make(stack2 => Gate.quarantine(bucketIn(stack2), { onFailure })).template).onFailure).toBe(withActions);
    });

  test('has a metric of what it has stopped', () => {
    expect(stack.resolve(Gate.metricStopped('gate').toMetricConfig())).toMatchObject({
      metricStat: { namespace: 'CdkPostmaster', metricName: 'StoppedMail', statistic: 'Sum', dimensions: [{ name: 'ReceiptRule', value: 'gate' }] },
    });
  });
});

describe('the menu', () => {
  test('dropSpam: spam and viruses reach no later rule', () => {
    const settings = settingsOf(make(() => Gate.dropSpam()).template);
    expect(settings).toEqual({
      rule: 'gate',
      otherwise: 'CONTINUE',
      onFailure: 'CONTINUE',
      outcomes: [{ pattern: { verdicts: ['spam', 'virus'], statuses: ['FAIL'] }, disposition: 'STOP_RULE_SET', reason: 'spam', stops: true }],
    });
  });

  test('dropSpam counts other verdicts, if that is wanted', () => {
    const settings = settingsOf(make(() => Gate.dropSpam({ verdicts: [Verdict.SPAM], statuses: [VerdictStatus.FAIL, VerdictStatus.GRAY] })).template);
    expect(settings.outcomes[0].pattern).toEqual({ verdicts: ['spam'], statuses: ['FAIL', 'GRAY'] });
  });

  test('bounceSpam: what may be bounced gets to the bounce, other spam to nothing, other mail to later rules', () => {
    const { template, stack } = make(inside => Gate.bounceSpam({ identity: identityIn(inside) }));
    expect([dispositions(settingsOf(template)), settingsOf(template).otherwise]).toEqual([[['CONTINUE', true, false], ['STOP_RULE_SET', true, false]], 'STOP_RULE']);
    expect(settingsOf(template).outcomes[0].pattern).toEqual({ allOf: [settingsOf(template).outcomes[1].pattern, { mayBounce: true }] });
    template.hasResourceProperties('AWS::SES::ReceiptRule', {
      Rule: { Actions: [Match.anyValue(), { BounceAction: { Sender: 'mailer-daemon@example.com', SmtpReplyCode: '500', StatusCode: '5.6.1' } }, { StopAction: { Scope: 'RuleSet' } }] },
    });
    expect(findingIdsOf(stack)).toEqual([]);
  });

  test('bounceSpam says what it is told to', () => {
    make(stack => Gate.bounceSpam({ identity: identityIn(stack), sender: 'robot@example.com', reply: BounceReply.MAILBOX_DOES_NOT_EXIST })).template.hasResourceProperties(
      'AWS::SES::ReceiptRule', { Rule: { Actions: Match.arrayWith([{ BounceAction: Match.objectLike({ Sender: 'robot@example.com', StatusCode: '5.1.1' }) }]) } });
  });

  test('quarantine: spam is stored, and reaches no later rule', () => {
    const { template } = make(stack => Gate.quarantine(bucketIn(stack)));
    expect([actionsOf(template), dispositions(settingsOf(template)), settingsOf(template).otherwise]).toEqual([['LambdaAction', 'S3Action', 'StopAction'], [['CONTINUE', true, false]], 'STOP_RULE']);
    template.hasResourceProperties('AWS::SES::ReceiptRule', { Rule: { Actions: Match.arrayWith([{ S3Action: Match.objectLike({ ObjectKeyPrefix: 'quarantine/' }) }]) } });
  });

  test('requireAuthentication: what DMARC does not vouch for reaches no later rule', () => {
    expect(settingsOf(make(() => Gate.requireAuthentication()).template)).toMatchObject({
      otherwise: 'CONTINUE',
      outcomes: [{ disposition: 'STOP_RULE_SET', stops: true, pattern: { noneOf: [{ allOf: [{ verdicts: ['dmarc'], statuses: ['PASS'] }] }] } }],
    });
    const options = { verdicts: [Verdict.SPF, Verdict.DKIM], statuses: [VerdictStatus.PASS, VerdictStatus.GRAY] };
    const both = settingsOf(make(() => Gate.requireAuthentication(options)).template);
    expect(both.outcomes[0].pattern).toEqual({ noneOf: [{ allOf: ['spf', 'dkim'].map(verdict => ({ verdicts: [verdict], statuses: ['PASS', 'GRAY'] })) }] });
  });

  test('dropMatching and onlyMatching: the one stops what it looks for, the other does something with it', () => {
    const [drop, only] = [make(() => Gate.dropMatching(MailMatch.subjectContains('discount'))), make(() => Gate.onlyMatching(MailMatch.header('X-A'), [Deliver.stop()]))];
    expect([actionsOf(drop.template), dispositions(settingsOf(drop.template)), settingsOf(drop.template).otherwise]).toEqual([['LambdaAction'], [['STOP_RULE_SET', true, false]], 'CONTINUE']);
    expect([actionsOf(only.template), dispositions(settingsOf(only.template)), settingsOf(only.template).otherwise]).toEqual([['LambdaAction', 'StopAction'], [['CONTINUE', false, false]], 'STOP_RULE']);
  });
});

describe('enforceDmarc', () => {
  const outcomesOf = (template: Template) => settingsOf(template).outcomes.map(({ pattern, disposition, bounce }) => {
    return [(pattern as { allOf: object[] }).allOf, disposition, bounce];
  });
  const failed = (dmarcPolicy: string) => [{ verdicts: ['dmarc'], statuses: ['FAIL'] }, { dmarcPolicy }];

  test('drops what a domain asks to reject, and handles as usual what it asks to quarantine', () => {
    const { template } = make(() => Gate.enforceDmarc());
    expect([outcomesOf(template), settingsOf(template).otherwise, actionsOf(template)]).toEqual([[[failed('reject'), 'STOP_RULE_SET', false]], 'CONTINUE', ['LambdaAction']]);
  });

  test('bounces with one permission: to send bounces, from this address, with this identity', () => {
    const { template } = make(stack => Gate.enforceDmarc({ reject: DmarcMeasure.bounce({ identity: identityIn(stack) }) }));
    expect(settingsOf(template)).toMatchObject({ bounce: { sender: 'mailer-daemon@example.com', explanation: expect.stringContaining('DMARC') }, outcomes: [{ bounce: true }] });
    expect(settingsOf(template)).not.toHaveProperty('onFailure');
    template.hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: {
        Statement: [Match.anyValue(), {
          Action: 'ses:SendBounce',
          Effect: 'Allow',
          Condition: { StringLike: { 'ses:FromAddress': ['mailer-daemon@example.com'] } },
          Resource: { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':ses:eu-west-1:111122223333:identity/example.com']] },
        }],
      },
    });
  });

  test('bounces in the words and from the address that it is given', () => {
    const options = (stack: Stack) => ({ identity: VerifiedAddress.fromAddress(stack, 'Address', 'robot@example.com'), explanation: 'Sorry.' });
    expect(settingsOf(make(stack => Gate.enforceDmarc({ reject: DmarcMeasure.bounce(options(stack)) })).template).bounce).toEqual({ sender: 'robot@example.com', explanation: 'Sorry.' });
  });

  test('stores what a domain asks to quarantine, drops what it asks to reject, and leaves the rest to later rules', () => {
    const { template } = make(stack => Gate.enforceDmarc({ quarantine: DmarcMeasure.store(bucketIn(stack), { prefix: 'suspect/' }) }));
    expect([outcomesOf(template), settingsOf(template).otherwise, actionsOf(template)]).toEqual([
      [[failed('reject'), 'STOP_RULE_SET', false], [failed('quarantine'), 'CONTINUE', false]], 'STOP_RULE', ['LambdaAction', 'S3Action', 'StopAction'],
    ]);
  });

  test('stores both in one place, if it is given the same for both', () => {
    const { template } = make(stack => {
      const store = DmarcMeasure.store(bucketIn(stack));
      return Gate.enforceDmarc({ reject: store, quarantine: store });
    });
    expect([outcomesOf(template).map(([, disposition]) => disposition), actionsOf(template)]).toEqual([['CONTINUE', 'CONTINUE'], ['LambdaAction', 'S3Action', 'StopAction']]);
  });

  test('refuses two places, and two bounces', () => {
    const stack = stackIn();
    const [one, other] = ['a', 'b'].map(prefix => DmarcMeasure.store(bucketIn(new Stack(stack, prefix)), { prefix }));
    expect(() => Gate.enforceDmarc({ reject: one, quarantine: other })).toThrow('[Gate.twoStores]');
    const identity = identityIn(stack);
    const [bounce, otherBounce] = [1, 2].map(() => DmarcMeasure.bounce({ identity }));
    expect(() => Gate.enforceDmarc({ reject: bounce, quarantine: otherBounce })).toThrow('[Gate.twoBounces]');
  });
});

describe('auditLog', () => {
  const { template, stack } = make(() => Gate.auditLog());

  test('calls a function that SES does not wait for, and keeps what it could not log', () => {
    template.hasResourceProperties('AWS::SES::ReceiptRule', { Rule: { ScanEnabled: true, Actions: [{ LambdaAction: { InvocationType: 'Event' } }] } });
    template.hasResourceProperties('AWS::Lambda::Function', { DeadLetterConfig: { TargetArn: Match.anyValue() }, Environment: { Variables: { MAIL_LOG: '{"rule":"gate","redactPersonalData":true}' } } });
    expect(findingIdsOf(stack)).toEqual([]);
  });

  test('keeps the log for a year, also when the stack goes', () => {
    template.hasResource('AWS::Logs::LogGroup', { Properties: { RetentionInDays: 365 }, DeletionPolicy: 'Retain' });
  });

  test('logs as much and as long as it is told', () => {
    const other = make(() => Gate.auditLog({ redactPersonalData: false, retention: RetentionDays.ONE_MONTH, removalPolicy: RemovalPolicy.DESTROY, recipients: [Recipient.domain('example.com')] })).template;
    other.hasResource('AWS::Logs::LogGroup', { Properties: { RetentionInDays: 30 }, DeletionPolicy: 'Delete' });
    other.hasResourceProperties('AWS::Lambda::Function', { Environment: { Variables: { MAIL_LOG: '{"rule":"gate","redactPersonalData":false}' } } });
    other.hasResourceProperties('AWS::SES::ReceiptRule', { Rule: { Recipients: ['example.com'] } });
  });
});

test('a gate that looks for more than a function can be told is refused', () => {
  const senders = Array.from({ length: 300 }, (_, index) => `sender${index}.example.com`);
  expect(() => make(() => Gate.dropMatching(MailMatch.sender(...senders)))).toThrow('[Gate.tooLarge]');
});

test('a gate whose rule does not scan is reported', () => {
  const stack = stackIn('eu-west-1');
  const inbox = new InboundMail(stack, 'Inbox', { domain: identityIn(stack), publishMx: false });
  inbox.addRule('Spam', { ...Gate.dropSpam(), scan: false });
  inbox.addRule('All', { actions: [Deliver.stop()] });
  expect(findingIdsOf(stack)).toContain('cdk-postmaster:ReceiptRule.gateWithoutScan');
});

test.each(NAG_PACKS)('%s finds nothing in gates and their log that is not acknowledged with a reason', (_, Pack) => {
  const stack = stackIn('eu-west-1');
  const ruleSet = new ReceiptRuleSet(stack, 'Set', { receiptRuleSetName: 'inbound' });
  const reject = DmarcMeasure.bounce({ identity: identityIn(stack) });
  const rules = { Dmarc: Gate.enforceDmarc({ reject }), Audit: Gate.auditLog(), Spam: Gate.dropSpam() };
  for (const [id, options] of Object.entries(rules)) new MailRule(stack, id, { ruleSet, ...options });
  const root = stack.node.root as App;
  const { violations } = new Pack(root).validateScope(root);
  expect(violations.flatMap(({ ruleName, violatingResources }) => violatingResources.map(resource => ({ ruleName, ...resource })))).toEqual([]);
});
