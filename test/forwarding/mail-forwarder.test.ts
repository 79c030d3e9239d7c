import { App, Stack, Validations } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EventDestination, MailBucket, MailStream, Recipient, VerifiedAddress, VerifiedDomain } from '../../src';
import { type ForwardRoute, MailForwarder, type MailForwarderProps } from '../../src/forwarding';
import { FORWARD_VARIABLE, type ForwardSettings } from '../../src/forwarding/forward-constants';
import { InboundMail } from '../../src/receiving';
import { NAG_PACKS } from '../support/nag-packs';
import { findingIdsOf, stackIn } from '../support/stacks';

const ROUTES: ForwardRoute[] = [
  { recipient: Recipient.domain('example.com'), destinations: ['all@example.org'] },
  { recipient: Recipient.address('sales@example.com'), destinations: ['ann@example.org', 'bob@example.net', 'ann@example.org'] },
];

function make(props: Partial<MailForwarderProps> | ((stack: Stack) => Partial<MailForwarderProps>) = {}, stack = stackIn('eu-west-1')) {
  const identity = VerifiedDomain.fromDomainName(stack, 'Domain', 'example.com');
  const bucket = new MailBucket(stack, 'Letters');
  const forwarder = new MailForwarder(stack, 'Forwarder', { identity, bucket, routes: ROUTES, ...typeof props === 'function' ? props(stack) : props });
  const inbox = new InboundMail(stack, 'Inbox', { domain: identity, publishMx: false });
  inbox.addRule('Forwarded', forwarder.rule());
  return { stack, forwarder, template: Template.fromStack(stack) };
}

/** The settings, with references as `<logical id>`. */
function settingsOf(template: Template): ForwardSettings {
  const [{ Properties }] = Object.values(template.findResources('AWS::Lambda::Function', { Properties: { Environment: { Variables: { [FORWARD_VARIABLE]: Match.anyValue() } } } }));
  const value = Properties.Environment.Variables[FORWARD_VARIABLE] as string | { 'Fn::Join': [string, (string | object)[]] };
  const text = typeof value === 'string' ? value : value['Fn::Join'][1].map(part => typeof part === 'string' ? part : `<${Object.values(part).flat().join('.')}>`).join('');
  return JSON.parse(text) as ForwardSettings;
}

/** The statements of the function's role. */
function statementsOf(template: Template): Record<string, unknown>[] {
  const [{ Properties }] = Object.values(template.findResources('AWS::IAM::Policy')).filter((_, index) => Object.keys(template.findResources('AWS::IAM::Policy'))[index].startsWith('ForwarderRole'));
  return Properties.PolicyDocument.Statement;
}

describe('a forwarder', () => {
  const { stack, forwarder, template } = make();

  test('is one action of a rule: SES stores the mail, and tells the topic of the queue', () => {
    template.hasResourceProperties('AWS::SES::ReceiptRule', {
      Rule: {
        Recipients: ['example.com', 'sales@example.com'],
        Actions: [{ S3Action: { BucketName: { Ref: Match.stringLikeRegexp('^Letters') }, ObjectKeyPrefix: 'forwarding/', TopicArn: { Ref: Match.stringLikeRegexp('^ForwarderMailTopic') } } }],
      },
    });
  });

  test('has the narrowest route first, and each destination once', () => {
    expect(settingsOf(template)).toEqual({
      forwarder: expect.stringMatching(/^Stack-?Forwarder/),
      routes: [['sales@example.com', ['ann@example.org', 'bob@example.net']], ['example.com', ['all@example.org']]],
      sender: 'forwarder@example.com',
      forwardSuspicious: false,
      queueUrl: expect.stringMatching(/^<ForwarderMailQueue\w+>$/),
      bucketName: expect.stringMatching(/^<Letters\w+>$/),
      bucketUrl: expect.stringMatching(/^https:\/\/<Letters\w+\.RegionalDomainName>$/),
    });
    expect(stack.resolve(forwarder.metricForwarded().toMetricConfig())).toMatchObject({
      metricStat: { namespace: 'CdkPostmaster', metricName: 'ForwardedMail', statistic: 'Sum', dimensions: [{ name: 'MailForwarder', value: settingsOf(template).forwarder }] },
    });
  });

  test('has metrics of mail that was not sent on, and of what came back', () => {
    expect([forwarder.metricNotForwarded(), forwarder.metricReturned()].map(({ metricName }) => metricName)).toEqual(['NotForwardedMail', 'ReturnedMail']);
  });

  test('works on a message at a time, with time for 40 MB, and is tried five times', () => {
    template.hasResourceProperties('AWS::Lambda::Function', { Timeout: 120, MemorySize: 1024, Architectures: ['arm64'] });
    template.hasResourceProperties('AWS::Lambda::EventSourceMapping', { BatchSize: 1, ScalingConfig: { MaximumConcurrency: 5 }, FunctionResponseTypes: ['ReportBatchItemFailures'] });
    template.hasResourceProperties('AWS::SQS::Queue', { VisibilityTimeout: 720, RedrivePolicy: { maxReceiveCount: 5 } });
  });

  test('may do what it does, with these resources, and nothing else', () => {
    const arn = (id: string) => ({ 'Fn::GetAtt': [expect.stringMatching(id), 'Arn'] });
    const [log, , ...rest] = statementsOf(template);
    expect(log).toMatchObject({ Action: ['logs:CreateLogStream', 'logs:PutLogEvents'], Resource: arn('^ForwarderLog') });
    const byAction = Object.fromEntries(statementsOf(template).map(({ Action, ...statement }) => [[Action].flat().join(), statement]));
    expect(byAction['s3:GetObject']).toEqual({ Effect: 'Allow', Resource: { 'Fn::Join': ['', [arn('^Letters'), '/forwarding/*']] } });
    expect(byAction['sqs:SendMessage']).toEqual({ Effect: 'Allow', Resource: arn('^ForwarderMailQueue') });
    expect(byAction['ses:SendEmail,ses:SendRawEmail']).toEqual({
      Effect: 'Allow',
      Condition: { StringLike: { 'ses:FromAddress': ['forwarder@example.com'] } },
      Resource: { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':ses:eu-west-1:111122223333:identity/example.com']] },
    });
    expect(JSON.stringify(rest)).not.toContain('kms:');
    expect(JSON.stringify(statementsOf(template))).not.toMatch(/"Resource":"\*"|:\*"/);
  });

  test('lets dead letters be sent back', () => {
    const other = stackIn('eu-west-1');
    const identity = VerifiedDomain.fromDomainName(other, 'Domain', 'example.com');
    const role = new iam.Role(other, 'Operator', { assumedBy: new iam.AccountRootPrincipal() });
    new MailForwarder(other, 'Forwarder', { identity, bucket: new MailBucket(other, 'Letters'), routes: ROUTES }).grantRedrive(role);
    Template.fromStack(other).hasResourceProperties('AWS::IAM::Policy', {
      Roles: [{ Ref: Match.stringLikeRegexp('^Operator') }],
      PolicyDocument: {
        Statement: [
          { Effect: 'Allow', Action: Match.arrayWith(['sqs:StartMessageMoveTask']), Resource: { 'Fn::GetAtt': [Match.stringLikeRegexp('^ForwarderMailDeadLetters'), 'Arn'] } },
          { Effect: 'Allow', Action: 'sqs:SendMessage', Resource: { 'Fn::GetAtt': [Match.stringLikeRegexp('^ForwarderMailQueue'), 'Arn'] } },
        ],
      },
    });
  });
});

describe('what can be said of a forwarder', () => {
  test('keys: it may decrypt with the key of the bucket and the key of SES', () => {
    const { template } = make(stack => ({ bucket: new MailBucket(stack, 'Other', { encryptionKey: new Key(stack, 'BucketKey') }), messageKey: new Key(stack, 'MessageKey'), prefix: '/in/' }));
    const keys = statementsOf(template).filter(({ Action }) => Action === 'kms:Decrypt').flatMap(({ Resource }) => Resource) as { 'Fn::GetAtt': string[] }[];
    expect(keys.map(({ 'Fn::GetAtt': [id] }) => id.replace(/[0-9A-F]{8}$/, '')).sort()).toEqual(['BucketKey', 'MessageKey']);
    expect(settingsOf(template).messageKeyArn).toMatch(/^<MessageKey\w+\.Arn>$/);
    template.hasResourceProperties('AWS::SES::ReceiptRule', { Rule: { Actions: [{ S3Action: Match.objectLike({ ObjectKeyPrefix: 'in/' }) }] } });
  });

  test('a configuration set: mail goes through it, and through it only', () => {
    const { template } = make(stack => ({ configurationSet: new MailStream(stack, 'Forwarded', { configurationSetName: 'forwarded', feedback: EventDestination.eventBus() }) }));
    expect(settingsOf(template).configurationSet).toMatch(/^<Forwarded/);
    const { Resource } = statementsOf(template).find(({ Action }) => String(Action).includes('ses:SendRawEmail'))!;
    expect(Resource).toHaveLength(2);
    expect(JSON.stringify(Resource)).toContain(':configuration-set/');
  });

  test('a sender, words of its own, and spam', () => {
    const { template } = make({ sender: 'robot+x@mail.example.com', via: 'the shop', forwardSuspicious: true });
    expect(settingsOf(template)).toMatchObject({ sender: 'robot+x@mail.example.com', via: 'the shop', forwardSuspicious: true });
  });

  test('an identity which is an address is the sender', () => {
    expect(make(stack => ({ identity: VerifiedAddress.fromAddress(stack, 'Address', 'post@example.com') })).forwarder.sender).toBe('post@example.com');
  });

  test('a bucket of another Region: requests are signed for that one', () => {
    const { template } = make(stack => ({ bucket: Bucket.fromBucketAttributes(stack, 'Far', { bucketName: 'far', region: 'eu-central-1' }) }));
    expect(settingsOf(template)).toMatchObject({ bucketName: 'far', bucketRegion: 'eu-central-1', bucketUrl: expect.stringContaining('far.s3.eu-central-1.') });
  });

  test('a stack that says no Region', () => expect(settingsOf(make({}, stackIn()).template)).not.toHaveProperty('bucketRegion'));
});

describe('what cannot work is refused', () => {
  const route = (recipient: string, ...destinations: string[]): ForwardRoute => ({ recipient: Recipient.of(recipient), destinations });
  const many = Array.from({ length: 200 }, (_, index) => route(`somebody${index}@example.com`, `somebody${index}@example.org`));

  test.each<[code: string, props: Partial<MailForwarderProps>]>([
    ['MailForwarder.noRoutes', { routes: [] }],
    ['MailForwarder.noDestinations', { routes: [route('a@example.com')] }],
    ['MailForwarder.routeTwice', { routes: [route('a@example.com', 'a@example.org'), route('a@example.com', 'b@example.org')] }],
    ['MailForwarder.circle', { routes: [route('example.com', 'ann@example.org'), route('sales@example.com', 'ann@example.com')] }],
    ['MailForwarder.circle', { routes: [route('.example.com', 'ann@a.example.com')] }],
    ['MailForwarder.tooLarge', { routes: many }],
    ['MailForwarder.sender', { sender: 'forwarder@example.org' }],
    ['MailForwarder.senderTooLong', { sender: `${'x'.repeat(41)}@example.com` }],
    ['MailAddress.form', { routes: [route('a@example.com', 'ann')] }],
  ])('%s', (code, props) => expect(() => make(props)).toThrow(`[${code}]`));

  test('a bucket with a dot in its name, which S3 has no certificate for', () => {
    expect(() => make(stack => ({ bucket: Bucket.fromBucketName(stack, 'Dots', 'mail.example.com') }))).toThrow('[MailForwarder.bucketName]');
  });

  test('a sender as long as can be is taken', () => expect(make({ sender: `${'x'.repeat(40)}@example.com` }).forwarder.sender).toHaveLength(52));
});

describe('what surprises is reported', () => {
  const reported = (stack: Stack) => findingIdsOf(stack).filter(id => id.includes('MailForwarder'));
  const ALL = ['cdk-postmaster:MailForwarder.silentAlarm', 'cdk-postmaster:MailForwarder.unwatched'];

  test('an alarm that nobody hears, and mail through no configuration set', () => expect(reported(make().stack)).toEqual(ALL));

  test('neither, when there are both', () => {
    const stream = (stack: Stack) => new MailStream(stack, 'Stream', { feedback: EventDestination.eventBus() });
    expect(reported(make(stack => ({ notify: new Topic(stack, 'Operators'), configurationSet: stream(stack) })).stack)).toEqual([]);
    expect(reported(make(stack => ({
      alarmAction: new SnsAction(new Topic(stack, 'Operators')),
      identity: VerifiedDomain.fromDomainName(stack, 'Own', 'example.com', stream(stack)),
    })).stack)).toEqual([]);
  });

  test('until somebody acknowledges it', () => {
    const stack = stackIn('eu-west-1');
    Validations.of(stack).acknowledge(...ALL.map(id => ({ id, reason: 'test' })));
    expect(reported(make({}, stack).stack)).toEqual([]);
  });
});

test.each(NAG_PACKS)('%s finds nothing in a forwarder that is not acknowledged with a reason', (_, Pack) => {
  const { stack } = make(inside => ({ notify: new Topic(new Stack(inside.node.root as App, 'Elsewhere', { env: { account: '111122223333', region: 'eu-west-1' } }), 'Operators') }));
  const root = stack.node.root as App;
  const { violations } = new Pack(root).validateScope(root);
  const found = violations.flatMap(({ ruleName, violatingResources }) => violatingResources.map(resource => ({ ruleName, ...resource })));
  expect(found.filter(({ constructPath }) => constructPath?.startsWith('Stack/Forwarder'))).toEqual([]);
});
