import { App, Duration, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as sns from 'aws-cdk-lib/aws-sns';
import { MailStream } from '../../src';
import type { GuardSettings } from '../../src/guard/guard-constants';
import { GuardedRate, type ReputationGuardProps } from '../../src/guard/guard-props';
import { ReputationGuard } from '../../src/guard/reputation-guard';
import { NAG_PACKS } from '../support/nag-packs';
import { findingIdsOf, findingsOf, stackIn } from '../support/stacks';

const ALARM = 'AWS::CloudWatch::Alarm';

function make(props: Partial<ReputationGuardProps> = {}, stack = stackIn('eu-west-1')) {
  const receipts = new MailStream(stack, 'Receipts', { configurationSetName: 'receipts' });
  const news = new MailStream(stack, 'News', { configurationSetName: 'news' });
  const guard = new ReputationGuard(stack, 'Guard', { streams: [receipts, news], ...props });
  return { stack, guard, receipts, news };
}

interface Alarm {
  readonly name: string;
  readonly threshold: number;
  readonly action: string;
  readonly expression?: string;
  readonly properties: Record<string, unknown>;
}

/** The alarms on mail, by the end of their names. */
function alarmsOf(stack: Stack, guard: ReputationGuard): Map<string, Alarm> {
  const template = Template.fromStack(stack);
  const sets = template.findResources('AWS::SES::ConfigurationSet');
  const text = (value: unknown): string => {
    if (typeof value === 'string') return value;
    const { Ref: reference, 'Fn::Join': join } = value as { 'Ref'?: string; 'Fn::Join'?: [string, unknown[]] };
    return reference ? sets[reference]?.Properties.Name ?? reference : join![1].map(text).join('');
  };
  return new Map(Object.values(template.findResources(ALARM)).filter(({ Properties }) => Properties.AlarmName).map(({ Properties }) => {
    const name = text(Properties.AlarmName).replace(`${guard.guardName}-`, '');
    return [name, {
      name,
      threshold: Properties.Threshold,
      action: text(Properties.AlarmActions[0]),
      expression: Properties.Metrics?.find((metric: { ReturnData: boolean }) => metric.ReturnData).Expression,
      properties: Properties,
    }];
  }));
}

describe('the alarms of a stream', () => {
  const { stack, guard } = make();
  const alarms = alarmsOf(stack, guard);

  test('are six, at the lines of the ladder below those of AWS', () => {
    expect([...alarms.values()].filter(({ name }) => name.endsWith('receipts')).map(({ name, threshold }) => [name, threshold])).toEqual([
      ['bounce-warn-receipts', 0.02], ['bounce-pause-receipts', 0.05], ['bounce-burst-receipts', 0.1],
      ['complaint-warn-receipts', 0.0005], ['complaint-pause-receipts', 0.001], ['complaint-burst-receipts', 0.005],
    ]);
    expect(alarms.size).toBe(12);
  });

  test('are raised at their line, not above it', () => {
    for (const { properties } of alarms.values()) {
      expect(properties).toMatchObject({ ComparisonOperator: 'GreaterThanOrEqualToThreshold', EvaluationPeriods: 1 });
    }
  });

  test('warn by the rate of AWS: average of an hour, missing data ignored', () => {
    expect(alarms.get('bounce-warn-receipts')!.properties).toMatchObject({
      Namespace: 'AWS/SES',
      MetricName: 'Reputation.BounceRate',
      Statistic: 'Average',
      Period: 3600,
      TreatMissingData: 'ignore',
      Dimensions: [{ Name: 'ses:configuration-set', Value: expect.anything() }],
    });
  });

  test.each([
    ['bounce', 'Reputation.BounceRate', 'Send'],
    ['complaint', 'Reputation.ComplaintRate', 'Delivery'],
  ])('pause by the %s rate of AWS, unless there is too little mail to judge by', (rate, metric, volume) => {
    const { expression, properties } = alarms.get(`${rate}-pause-receipts`)!;
    expect(expression).toBe('IF(FILL(whole, 0) >= 100, rate, 0)');
    expect(properties.TreatMissingData).toBe('ignore');
    expect(properties.Metrics).toEqual(expect.arrayContaining([
      expect.objectContaining({ Id: 'whole', MetricStat: expect.objectContaining({ Metric: expect.objectContaining({ MetricName: volume }), Stat: 'Sum', Period: 3600 }) }),
      expect.objectContaining({ Id: 'rate', MetricStat: expect.objectContaining({ Metric: expect.objectContaining({ MetricName: metric }), Stat: 'Average', Period: 3600 }) }),
    ]));
  });

  test('pause by what the last 15 minutes did', () => {
    const { expression, properties } = alarms.get('bounce-burst-receipts')!;
    expect(expression).toBe('IF(FILL(whole, 0) >= 100, FILL(part, 0) / whole, 0)');
    expect(properties).toMatchObject({ TreatMissingData: 'notBreaching', Metrics: expect.arrayContaining([expect.objectContaining({ MetricStat: expect.objectContaining({ Period: 900 }) })]) });
  });

  test('tell people directly when they warn, and wake the guard when they pause', () => {
    const byTier = (tier: string) => new Set([...alarms.values()].filter(({ name }) => name.includes(tier)).map(({ action }) => action));
    const [notices] = byTier('-warn-');
    const [wake] = byTier('-pause-');
    expect([byTier('-warn-').size, byTier('-pause-').size]).toEqual([1, 1]);
    expect(byTier('-burst-')).toEqual(new Set([wake]));
    expect(stack.resolve(guard.noticeTopic.topicArn)).toEqual({ Ref: notices });
    Template.fromStack(stack).hasResourceProperties('AWS::SNS::Subscription', { Protocol: 'lambda', TopicArn: { Ref: wake }, Endpoint: Match.anyValue() });
  });

  test('can have other lines and another volume, one by one', () => {
    const other = make({ minimumVolume: 1000, thresholds: { bounceRate: { pause: 0.04 }, complaintRate: { warn: 0.0002, burst: 0.003 } } });
    const changed = alarmsOf(other.stack, other.guard);
    expect(changed.get('bounce-pause-news')).toMatchObject({ threshold: 0.04, expression: 'IF(FILL(whole, 0) >= 1000, rate, 0)' });
    expect(changed.get('bounce-burst-news')!.expression).toContain('>= 1000');
    expect([changed.get('bounce-warn-news')!.threshold, changed.get('complaint-warn-news')!.threshold, changed.get('complaint-burst-news')!.threshold]).toEqual([0.02, 0.0002, 0.003]);
  });

  test('are three when one rate is watched', () => {
    const other = make({ rates: [GuardedRate.COMPLAINT, GuardedRate.COMPLAINT] });
    expect([...alarmsOf(other.stack, other.guard).keys()].filter(name => name.endsWith('news'))).toEqual(['complaint-warn-news', 'complaint-pause-news', 'complaint-burst-news']);
  });
});

describe('the account', () => {
  test('is left alone unless that is asked for', () => {
    const { stack, guard } = make();
    expect([...alarmsOf(stack, guard).keys()].filter(name => name.startsWith('account'))).toEqual([]);
    expect(rightsIn(stack)).not.toHaveProperty('ses:PutAccountSendingAttributes');
  });

  test('is warned of where AWS reviews it, and paused before AWS does, while mail is bad at present', () => {
    const { stack, guard } = make({ account: {} });
    const alarms = alarmsOf(stack, guard);
    expect([...alarms.values()].filter(({ name }) => name.startsWith('account')).map(({ name, threshold }) => [name, threshold])).toEqual([
      ['account-bounce-warn', 0.05], ['account-bounce-pause', 0.08], ['account-complaint-warn', 0.001], ['account-complaint-pause', 0.004],
    ]);
    expect(alarms.get('account-bounce-warn')!.properties).toMatchObject({ MetricName: 'Reputation.BounceRate', TreatMissingData: 'ignore' });
    expect(alarms.get('account-bounce-warn')!.properties).not.toHaveProperty('Dimensions');
    expect(alarms.get('account-bounce-pause')!.expression).toBe('IF(lately >= 0.05, rate, 0)');
    expect(alarms.get('account-complaint-pause')!.expression).toBe('IF(lately >= 0.001, rate, 0)');
  });

  test('can be guarded without any stream', () => {
    const stack = stackIn('eu-west-1');
    const guard = new ReputationGuard(stack, 'Guard', { streams: [], account: { patience: Duration.minutes(30), thresholds: { bounceRate: { pause: 0.06 } } } });
    expect(alarmsOf(stack, guard).get('account-bounce-pause')!.threshold).toBe(0.06);
    expect(settingsOf(stack)).toMatchObject({ streams: [], account: { patienceMinutes: 30 } });
    expect(rightsIn(stack)).toMatchObject({ 'ses:PutAccountSendingAttributes': '*' });
    expect(rightsIn(stack)).not.toHaveProperty('ses:PutConfigurationSetSendingOptions');
    Template.fromStack(stack).hasOutput('*', { Value: Match.objectLike({ 'Fn::Join': ['', Match.arrayWith([Match.stringLikeRegexp('"account":true')])] }) });
  });

  test('with two guards is reported', () => {
    const { stack } = make({ account: {} });
    const second = new ReputationGuard(stack, 'Second', { streams: [], account: {} });
    expect(findingsOf(stack).filter(({ text }) => text.includes('guards the account too'))).toEqual([
      { path: '/Stack/Second', text: expect.stringContaining('Stack/Guard guards the account too, unless it is deployed elsewhere') },
    ]);
    Validations.of(second).acknowledge({ id: 'cdk-postmaster:ReputationGuard.twoForAccount', reason: 'test' });
    expect(findingIdsOf(stack)).not.toContain('cdk-postmaster:ReputationGuard.twoForAccount');
  });

  test('of two Regions has a guard in each', () => {
    const app = new App();
    for (const region of ['eu-west-1', 'us-east-1']) {
      const stack = new Stack(app, region, { env: { account: '111122223333', region } });
      new ReputationGuard(stack, 'Guard', { streams: [], account: {} });
      expect(findingIdsOf(stack)).not.toContain('cdk-postmaster:ReputationGuard.twoForAccount');
    }
  });
});

/** What the function may do, on what. */
function rightsIn(stack: Stack): Record<string, unknown> {
  const statements = Object.values(Template.fromStack(stack).findResources('AWS::IAM::Policy')).flatMap(({ Properties }) => Properties.PolicyDocument.Statement);
  return Object.fromEntries(statements.flatMap(({ Action, Resource }) => [Action].flat().map(action => [action, Resource])));
}

/** What the function is told, with references as their logical IDs. */
function settingsOf(stack: Stack): GuardSettings {
  const { GUARD } = Object.values(Template.fromStack(stack).findResources('AWS::Lambda::Function'))[0].Properties.Environment.Variables;
  const parts: unknown[] = GUARD['Fn::Join'][1];
  return JSON.parse(parts.map(part => typeof part === 'string' ? part : (part as { Ref: string }).Ref).join(''));
}

describe('the function', () => {
  test('knows what it guards, and what it may do', () => {
    const { stack, guard } = make({
      account: {}, autoResumeAfter: Duration.hours(2), dryRun: true, auditRetention: Duration.days(30), rates: [GuardedRate.BOUNCE],
    });
    expect(settingsOf(stack)).toMatchObject({
      name: guard.guardName,
      rates: ['bounce'],
      account: { patienceMinutes: 60 },
      coolDownMinutes: 120,
      dryRun: true,
      auditDays: 30,
      streams: [expect.stringMatching(/^Receipts/), expect.stringMatching(/^News/)],
      tableName: expect.stringMatching(/^GuardRecords/),
      topicArn: expect.stringMatching(/^GuardNotices/),
    });
  });

  test('never resumes by itself unless asked', () => {
    expect(settingsOf(make().stack)).not.toHaveProperty('coolDownMinutes');
  });

  test('is run by alarms and by a schedule, and by nothing at a deployment', () => {
    const { stack } = make();
    const template = Template.fromStack(stack);
    template.hasResourceProperties('AWS::Events::Rule', { ScheduleExpression: 'rate(5 minutes)', State: 'ENABLED' });
    template.hasResourceProperties('AWS::Lambda::Permission', { Principal: 'sns.amazonaws.com', SourceArn: { Ref: Match.stringLikeRegexp('^GuardAlarms') } });
    template.hasResourceProperties('AWS::Lambda::Permission', { Principal: 'events.amazonaws.com', SourceArn: { 'Fn::GetAtt': [Match.stringLikeRegexp('Schedule'), 'Arn'] } });
    expect(Object.values(template.toJSON().Resources).filter(({ Type }: any) => Type.startsWith('Custom::') || Type === 'AWS::CloudFormation::CustomResource')).toEqual([]);
  });

  test('loses no event without a word: one queue takes what it, the topic and the schedule give up on', () => {
    const template = Template.fromStack(make().stack);
    const queue = { 'Fn::GetAtt': [Match.stringLikeRegexp('DeadLetters'), 'Arn'] };
    template.hasResourceProperties('AWS::Lambda::Function', { DeadLetterConfig: { TargetArn: queue } });
    template.hasResourceProperties('AWS::Lambda::EventInvokeConfig', { MaximumRetryAttempts: 2 });
    template.hasResourceProperties('AWS::SNS::Subscription', { RedrivePolicy: { deadLetterTargetArn: queue } });
    template.hasResourceProperties('AWS::Events::Rule', { Targets: [Match.objectLike({ DeadLetterConfig: { Arn: queue } })] });
  });

  test('is watched: it fails, it gave up, it does not look', () => {
    const { stack, guard } = make({ interval: Duration.minutes(10) });
    const template = Template.fromStack(stack);
    const notices = stack.resolve(guard.noticeTopic.topicArn);
    template.hasResourceProperties(ALARM, { MetricName: 'Errors', Threshold: 1, TreatMissingData: 'notBreaching', AlarmActions: [notices] });
    template.hasResourceProperties(ALARM, { MetricName: 'ApproximateNumberOfMessagesVisible', Threshold: 1, AlarmActions: [notices] });
    template.hasResourceProperties(ALARM, {
      MetricName: 'Invocations', Period: 1800, Threshold: 1, ComparisonOperator: 'LessThanThreshold', TreatMissingData: 'breaching', AlarmActions: [notices],
    });
    expect(guard.ownAlarms).toHaveLength(3);
    expect(new Set(guard.alarms)).toEqual(new Set([...guard.warnings, ...guard.pausingAlarms, ...guard.ownAlarms]));
  });

  test('runs for less time than a run holds the guard', () => {
    Template.fromStack(make().stack).hasResourceProperties('AWS::Lambda::Function', { Timeout: 120, Runtime: 'nodejs24.x', Architectures: ['arm64'] });
  });

  test('may pause its own streams and no other, and has no right of SES beside', () => {
    const set = (name: string) => ({ 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':ses:eu-west-1:111122223333:configuration-set/', { Ref: expect.stringMatching(`^${name}`) }]] });
    const rights = rightsIn(make({ account: {} }).stack);
    expect(Object.fromEntries(Object.entries(rights).filter(([action]) => action.startsWith('ses:')))).toEqual({
      'ses:GetConfigurationSet': [set('Receipts'), set('News')],
      'ses:PutConfigurationSetSendingOptions': [set('Receipts'), set('News')],
      'ses:GetAccount': '*',
      'ses:PutAccountSendingAttributes': '*',
    });
    expect(Object.keys(rights).filter(action => action.includes('*'))).toEqual(['kms:GenerateDataKey*']);
    expect(Object.entries(rights).filter(([, resource]) => JSON.stringify(resource).includes('*')).map(([action]) => action)).toEqual([
      'cloudwatch:DescribeAlarms', 'ses:GetAccount', 'ses:PutAccountSendingAttributes',
    ]);
  });

  test('sets its own alarms only', () => {
    const rights = rightsIn(make().stack);
    expect(rights['cloudwatch:SetAlarmState']).toHaveLength(8);
    for (const resource of rights['cloudwatch:SetAlarmState'] as unknown[]) expect(resource).toEqual({ 'Fn::GetAtt': [expect.stringMatching(/(pause|burst)/), 'Arn'] });
  });
});

describe('topics', () => {
  test('of its own are encrypted with a key that CloudWatch may use for alarms of the account and Region', () => {
    const { stack } = make();
    const template = Template.fromStack(stack);
    template.resourcePropertiesCountIs('AWS::SNS::Topic', { KmsMasterKeyId: { 'Fn::GetAtt': [Match.stringLikeRegexp('^GuardKey'), 'Arn'] } }, 2);
    template.hasResourceProperties('AWS::KMS::Key', {
      EnableKeyRotation: true,
      KeyPolicy: {
        Statement: Match.arrayWith([Match.objectLike({
          Action: ['kms:GenerateDataKey*', 'kms:Decrypt'],
          Principal: { Service: 'cloudwatch.amazonaws.com' },
          Condition: { StringEquals: { 'aws:SourceAccount': '111122223333' }, ArnLike: { 'aws:SourceArn': Match.anyValue() } },
        })]),
      },
    });
  });

  test('can have the key of the user, and people can be told through the topic of the user', () => {
    const stack = stackIn('eu-west-1');
    const encryptionKey = new kms.Key(stack, 'Key');
    const notify = new sns.Topic(stack, 'Operators');
    make({ encryptionKey, notify }, stack);
    const template = Template.fromStack(stack);
    template.resourceCountIs('AWS::KMS::Key', 1);
    template.resourceCountIs('AWS::SNS::Topic', 2);
    template.hasResourceProperties('AWS::SNS::TopicPolicy', {
      Topics: [{ Ref: Match.stringLikeRegexp('^Operators') }],
      PolicyDocument: { Statement: Match.arrayWith([Match.objectLike({ Principal: { Service: 'cloudwatch.amazonaws.com' }, Action: 'sns:Publish' })]) },
    });
    expect(settingsOf(stack).topicArn).toMatch(/^Operators/);
  });

  test('that are FIFO are refused', () => {
    const stack = stackIn('eu-west-1');
    expect(() => make({ notify: new sns.Topic(stack, 'Operators', { fifo: true }) }, stack)).toThrow('[AlarmTopic.fifo]');
  });
});

test('the records are kept when the guard is deleted, with point-in-time recovery, and its audit trail ends by itself', () => {
  const template = Template.fromStack(make().stack);
  template.hasResource('AWS::DynamoDB::Table', {
    DeletionPolicy: 'RetainExceptOnCreate',
    Properties: { BillingMode: 'PAY_PER_REQUEST', TimeToLiveSpecification: { AttributeName: 'expires', Enabled: true }, PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true } },
  });
  Template.fromStack(make({ removalPolicy: RemovalPolicy.DESTROY }).stack).hasResource('AWS::DynamoDB::Table', { DeletionPolicy: 'Delete' });
});

test('the template never says whether a stream sends', () => {
  for (const set of Object.values(Template.fromStack(make().stack).findResources('AWS::SES::ConfigurationSet'))) expect(set.Properties).not.toHaveProperty('SendingOptions');
});

test('the outputs are commands that can be pasted', () => {
  const { stack } = make();
  const outputs = Template.fromStack(stack).findOutputs('*');
  const text = (id: string) => {
    const { Value } = Object.entries(outputs).find(([name]) => name.startsWith(`Guard${id}`))![1];
    return Value['Fn::Join'][1].map((part: unknown) => typeof part === 'string' ? part : '$').join('');
  };
  expect(text('StatusCommand')).toBe('aws lambda invoke --region eu-west-1 --function-name $ --cli-binary-format raw-in-base64-out --payload \'{"command":"status"}\' /dev/stdout');
  expect(text('ResumeCommand')).toContain('--payload \'{"command":"resume","stream":"$","by":"YOUR NAME"}\'');
  expect(text('DrillCommand')).toContain('"command":"drill"');
  expect(text('VerifyCommand')).toBe('aws sesv2 get-configuration-set --region eu-west-1 --configuration-set-name $ --query SendingOptions.SendingEnabled');
});

describe('grants', () => {
  const roleIn = (stack: Stack) => new iam.Role(stack, 'OnCall', { assumedBy: new iam.AccountRootPrincipal() });

  test('resuming takes to invoke the function, and nothing else', () => {
    const { stack, guard } = make();
    const grant = guard.grantResume(roleIn(stack));
    expect(stack.resolve(grant.principalStatements[0].toStatementJson())).toEqual({
      Effect: 'Allow', Action: 'lambda:InvokeFunction', Resource: { 'Fn::GetAtt': [expect.stringMatching(/^GuardHandlerFunction/), 'Arn'] },
    });
  });

  test.each([[true], [false]])('seeing the status changes nothing (streams: %s)', withStreams => {
    const { stack, guard } = make(withStreams ? {} : { streams: [], account: {} });
    const role = roleIn(stack);
    guard.grantStatus(role).assertSuccess();
    const statements = Object.entries(Template.fromStack(stack).findResources('AWS::IAM::Policy')).find(([name]) => name.startsWith('OnCall'))![1].Properties.PolicyDocument.Statement;
    expect(statements.flatMap(({ Action }: { Action: string | string[] }) => Action).sort()).toEqual([
      'cloudwatch:DescribeAlarms', 'dynamodb:GetItem', 'dynamodb:Query', 'ses:GetAccount', ...withStreams ? ['ses:GetConfigurationSet'] : [],
    ]);
  });
});

test('how many targets are paused is a metric', () => {
  const { stack, guard } = make();
  expect(stack.resolve(guard.metricPausedTargets().toMetricConfig().metricStat)).toMatchObject({
    namespace: 'CdkPostmaster', metricName: 'PausedTargets', statistic: 'Maximum', dimensions: [{ name: 'Guard', value: guard.guardName }],
  });
});

describe('refused', () => {
  test.each<[string, Partial<ReputationGuardProps>, string]>([
    ['a percentage', { thresholds: { bounceRate: { pause: 5 } } },
      'bounceRate.pause is 5; a rate is a fraction of the mail sent, above 0 and below 1: 5 % is 0.05 (at Stack/Guard) [ReputationGuard.fraction]'],
    ['a rate of zero', { thresholds: { complaintRate: { warn: 0 } } }, 'complaintRate.warn is 0; a rate is a fraction'],
    ['a burst that is a percentage', { thresholds: { complaintRate: { burst: 1 } } }, 'complaintRate.burst is 1; a rate is a fraction'],
    ['to pause where AWS may', { thresholds: { bounceRate: { pause: 0.1 } } },
      'bounceRate.pause is 0.1, and AWS may pause the account from 0.1 on, which only AWS can undo; give less than that (at Stack/Guard) [ReputationGuard.tooLate]'],
    ['to pause the account where AWS may', { account: { thresholds: { complaintRate: { pause: 0.005 } } } }, 'account.complaintRate.pause is 0.005, and AWS may'],
    ['to warn after the pause', { thresholds: { bounceRate: { warn: 0.05 } } },
      'bounceRate.warn is 0.05 and bounceRate.pause is 0.05; a warning has to come before the pause, so warn has to be the lower one (at Stack/Guard) [ReputationGuard.order]'],
    ['no rates', { rates: [] }, 'rates is empty, so nothing would ever be paused; leave it out to watch both (at Stack/Guard) [ReputationGuard.noRates]'],
    ['nothing to guard', { streams: [] }, 'there are neither streams nor `account`, so there is nothing to guard; give one of them (at Stack/Guard) [ReputationGuard.nothing]'],
    ['half a minute', { interval: Duration.seconds(30) }, 'interval is 30 seconds; the guard looks every 1 to 60 whole minutes (at Stack/Guard) [ReputationGuard.interval]'],
    ['two hours', { interval: Duration.hours(2) }, '[ReputationGuard.interval]'],
    ['to resume too early', { autoResumeAfter: Duration.minutes(30) },
      'autoResumeAfter is 30 minutes; the alarms look back an hour, so give at least that (at Stack/Guard) [ReputationGuard.autoResumeAfter]'],
    ['half a message', { minimumVolume: 0.5 }, 'minimumVolume is 0.5; it is a number of messages in a period, a whole number from 1 on'],
  ])('%s', (_, props, message) => {
    expect(() => make(props)).toThrow(message);
  });

  test('a stream that does not publish its rates', () => {
    const stack = stackIn('eu-west-1');
    const stream = new MailStream(stack, 'Stream', { reputationMetrics: false });
    expect(() => new ReputationGuard(stack, 'Guard', { streams: [stream] })).toThrow('[MailStream.noReputationMetrics]');
  });

  test('an imported stream of which that is not known', () => {
    const stack = stackIn('eu-west-1');
    const imported = (id: string, known: object) => MailStream.fromConfigurationSetAttributes(stack, id, { configurationSetName: 'old', ...known });
    expect(() => new ReputationGuard(stack, 'One', { streams: [imported('A', {})] })).toThrow('[MailStream.importedRates]');
    expect(() => new ReputationGuard(stack, 'Two', { streams: [imported('B', { reputationMetrics: true })] })).toThrow('[MailStream.importedCounters]');
    new ReputationGuard(stack, 'Three', { streams: [imported('C', { reputationMetrics: true, publishesCounters: true })] });
  });

  test('a stream that has a guard, or is given twice', () => {
    const { stack, receipts, news } = make();
    expect(() => new ReputationGuard(stack, 'Second', { streams: [news] })).toThrow(
      'the stream Stack/News belongs to Stack/Guard already; give it to one guard, once (at Stack/Second) [ReputationGuard.twice]');
    const other = stackIn('eu-west-1');
    const stream = new MailStream(other, 'Stream');
    expect(() => new ReputationGuard(other, 'Guard', { streams: [stream, stream] })).toThrow('[ReputationGuard.twice]');
    expect(receipts.node.path).toBe('Stack/Receipts');
  });

  test('more streams than there is room for, and not one less', () => {
    const streams = (stack: Stack, count: number) => Array.from({ length: count }, (_, index) => new MailStream(stack, `S${index}`));
    const full = stackIn();
    new ReputationGuard(full, 'Guard', { streams: streams(full, 40) });
    // 4 KB is what Lambda takes; a generated name has up to 64 characters
    const { streams: names, ...rest } = settingsOf(full);
    expect(JSON.stringify(rest).length + names.length * 67 + 100).toBeLessThan(4096);
    const stack = stackIn();
    expect(() => new ReputationGuard(stack, 'Guard', { streams: streams(stack, 41) })).toThrow(
      '41 streams are given, and a guard has room for 40; share them among several guards (at Stack/Guard) [ReputationGuard.tooMany]');
  });

  test('a stream of another Region', () => {
    const app = new App();
    const [one, other] = ['eu-west-1', 'us-east-1'].map(region => new Stack(app, region, { env: { account: '111122223333', region } }));
    const stream = new MailStream(one, 'Stream', { configurationSetName: 'receipts' });
    expect(() => new ReputationGuard(other, 'Guard', { streams: [stream] })).toThrow(
      'the guard is in 111122223333/us-east-1 and the stream eu-west-1/Stream in 111122223333/eu-west-1; ' +
      'a stream is paused where it is, so make a guard in a stack there (at us-east-1/Guard) [ReputationGuard.elsewhere]');
  });
});

describe('reported', () => {
  test('a stream that is paused after AWS has begun its review', () => {
    const { stack, guard } = make({ thresholds: { bounceRate: { pause: 0.06 } } });
    expect(findingsOf(stack).filter(({ text }) => text.includes('afterReview'))).toEqual([
      { path: '/Stack/Guard', text: expect.stringContaining('thresholds.bounceRate.pause is 0.06: AWS reviews an account from 0.05 on') },
    ]);
    Validations.of(guard).acknowledge({ id: 'cdk-postmaster:ReputationGuard.afterReview', reason: 'test' });
    expect(findingIdsOf(stack)).not.toContain('cdk-postmaster:ReputationGuard.afterReview');
  });

  test('nothing of a guard as it is by default', () => {
    expect(findingIdsOf(make({ account: {} }).stack).filter(id => id.includes('ReputationGuard'))).toEqual([]);
  });
});

describe('environment-agnostic', () => {
  test('a guard takes streams whose names CloudFormation makes, also of another stack', () => {
    const app = new App();
    const [one, other] = ['One', 'Other'].map(id => new Stack(app, id));
    const stream = new MailStream(one, 'Stream');
    const guard = new ReputationGuard(other, 'Guard', { streams: [stream], account: {} });
    expect(guard.guardName).toMatch(/^Other-Guard/);
    Template.fromStack(other).resourceCountIs(ALARM, 6 + 4 + 3);
  });
});

test.each(NAG_PACKS)('%s finds nothing that is not acknowledged with a reason', (_, Pack) => {
  const root = new App();
  make({ account: {} }, new Stack(root, 'Stack'));
  const { violations } = new Pack(root).validateScope(root);
  expect(violations.flatMap(({ ruleName, violatingResources }) => violatingResources.map(resource => ({ ruleName, ...resource })))).toEqual([]);
});
