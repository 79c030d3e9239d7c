/* An inbox with every action, gates, a queue, a forwarder, filters and alarms in one stack: what SES tries out when it creates a rule has to be there by then. */
import { App, Duration, Stack, Validations } from 'aws-cdk-lib';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { SqsDestination } from 'aws-cdk-lib/aws-lambda-destinations';
import { PublicHostedZone } from 'aws-cdk-lib/aws-route53';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { SqsSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import {
  BounceReply, BucketAccess, Deliver, Dmarc, Dns, EventDestination, Gate, InboundMail, IpFilters, MailBucket, MailQueue, MailStream,
  MailSurge, ReceivingAlarms, Recipient, RoleAddresses, SourceArnScope, VerifiedDomain,
} from '../../src';
import { CreationOrder } from '../support/creation-order';
import { NAG_PACKS } from '../support/nag-packs';
import { findingIdsOf } from '../support/stacks';

const DOMAIN = 'in.example.com';
const at = (name: string) => Recipient.address(`${name}@${DOMAIN}`);

function build(): Stack {
  const stack = new Stack(new App(), 'Stack', { env: { account: '111122223333', region: 'eu-west-1' } });
  const dns = Dns.route53(PublicHostedZone.fromHostedZoneAttributes(stack, 'Zone', { hostedZoneId: 'Z1', zoneName: 'example.com' }));
  const key = new Key(stack, 'Key', { enableKeyRotation: true });
  const topic = new Topic(stack, 'Topic', { masterKey: key, enforceSSL: true });
  const lost = new Queue(stack, 'Lost', { encryptionMasterKey: key, enforceSSL: true });
  topic.addSubscription(new SqsSubscription(lost));
  const forwarded = new MailStream(stack, 'Forwarded', { feedback: EventDestination.snsTopic(topic) });
  const domain = new VerifiedDomain(stack, 'Mail', { dns, domain: DOMAIN, dmarc: Dmarc.none({ reportTo: ['dmarc@example.com'] }), defaultConfigurationSet: forwarded });

  const inbox = new InboundMail(stack, 'Inbox', { domain });
  const bucket = new MailBucket(stack, 'Letters', { encryptionKey: new Key(stack, 'BucketKey', { enableKeyRotation: true }), expiration: Duration.days(30) });
  const plain = new MailBucket(stack, 'Plain', { versioned: true });
  const tickets = new MailQueue(stack, 'Tickets', { bucket: plain, prefix: 'tickets', messageKey: key, alarmAction: new SnsAction(topic) });
  inbox.addRule('Spam', Gate.quarantine(bucket, { recipients: [at('all')] }));
  inbox.addRule('Forged', Gate.enforceDmarc({ recipients: [at('all')] }));
  inbox.addRule('Log', Gate.auditLog({ recipients: [at('all')] }));
  inbox.addRule('Stored', { recipients: [at('all')], actions: [Deliver.toBucket(bucket, { prefix: 'all', key, notifyTopic: topic, sourceArnScope: SourceArnScope.RULE })] });
  inbox.addRule('Called', { recipients: [at('all')], actions: [Deliver.addHeader('X-Inbox', 'all'), Deliver.toFunction(functionIn(stack, lost), { notifyTopic: topic })] });
  inbox.addRule('Assumed', { recipients: [at('all')], actions: [Deliver.toBucket(plain, { access: BucketAccess.role(), prefix: 'role' })] });
  inbox.addRule('Tickets', { recipients: [at('help'), Recipient.subdomainsOf(DOMAIN)], actions: [tickets.delivery] });
  inbox.addRule('Roles', { recipients: RoleAddresses.required(DOMAIN), actions: [Deliver.toBucket(plain, { prefix: 'roles', sesManagedKey: true })] });
  inbox.forward('Sales', { routes: [{ recipient: at('sales'), destinations: ['ann@example.net'] }], notify: topic });
  const closed = inbox.addRule('Closed', {
    recipients: [at('closed')], actions: [Deliver.bounce(BounceReply.MAILBOX_DOES_NOT_EXIST, { identity: domain, notifyTopic: topic }), Deliver.stop(topic)],
  });
  Validations.of(closed).acknowledge({ id: 'cdk-postmaster:MailAction.unverifiedSender', reason: 'The domain is verified before the rule is added.' });
  inbox.addRule('Contacts', { recipients: [at('contact')], actions: [Deliver.toConnect('arn:aws:connect:eu-west-1:111122223333:instance/1234abcd-12ab-34cd-56ef-1234567890ab')] });
  const orders = inbox.addRule('Orders', { recipients: [at('orders')], actions: [Deliver.toTopic(topic)] });
  Validations.of(orders).acknowledge({ id: 'cdk-postmaster:ReceiptRule.topicBouncesLargeMail', reason: 'Orders are small.' });
  inbox.addRule('People', { recipients: [at('people')], actions: [Deliver.toWorkMail('arn:aws:workmail:eu-west-1:111122223333:organization/m-0123456789abcdef0123456789abcdef', topic)] });
  new ReceivingAlarms(stack, 'Alarms', { inbox, topic, silence: Duration.days(1), surge: MailSurge.unusual() });
  new IpFilters(stack, 'Filters', { allow: ['192.0.2.0/24'], block: ['198.51.100.0/24'], blockAll: true });
  const reader = new iam.Role(stack, 'Reader', { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') });
  bucket.grantReadMail(reader, { prefix: 'all', key });
  tickets.grantWork(reader);
  return stack;
}

/** The function of a user of the library. */
function functionIn(stack: Stack, lost: Queue): lambda.Function {
  const fn = new lambda.Function(stack, 'Function', {
    runtime: lambda.Runtime.NODEJS_24_X, handler: 'index.handler', code: lambda.Code.fromInline('exports.handler = async () => {};'),
  });
  fn.configureAsyncInvoke({ onFailure: new SqsDestination(lost) });
  return fn;
}

/** What belongs to users of the library: their function, their role, their queue. */
const USERS = /^Stack\/(Function|Reader|Lost)\//;

test.each(NAG_PACKS)('%s finds nothing that is not acknowledged with a reason', (_, Pack) => {
  const { root } = build().node;
  const { violations } = new Pack(root as App).validateScope(root);
  const all = violations.flatMap(({ ruleName, violatingResources }) => violatingResources.map(resource => ({ ruleName, ...resource })));
  expect(all.filter(({ constructPath = '' }) => !USERS.test(constructPath))).toEqual([]);
});

test('the library reports nothing', () => {
  expect(findingIdsOf(build())).toEqual([]);
});

describe('the order of creation', () => {
  const order = new CreationOrder(build());
  const rules = order.idsOf('AWS::SES::ReceiptRule');
  const { resources } = order;
  const actionsOf = (id: string): Record<string, any>[] => resources[id].Properties.Rule.Actions;
  const rulesWith = (action: string) => rules.filter(id => actionsOf(id).some(each => each[action]));
  /** Policies before a rule which let SES do something with a resource, on behalf of this rule or of all rules of the account. */
  const lets = (id: string, type: string, action: string, resourceId: string) => [...order.before(id)].some(each => {
    if (resources[each].Type !== type) return false;
    const { PolicyDocument, KeyPolicy } = resources[each].Properties;
    return (PolicyDocument ?? KeyPolicy).Statement.some((statement: Record<string, any>) => statement.Principal?.Service === 'ses.amazonaws.com'
      && [statement.Action].flat().includes(action) && (KeyPolicy ? each === resourceId : JSON.stringify(statement.Resource).includes(`"${resourceId}"`))
      && isForRule(statement.Condition.StringEquals['aws:SourceArn'], resources[id].Properties.Rule.Name));
  });
  const isForRule = (arns: unknown, name: string) => arns === undefined || JSON.stringify(arns).includes(`:receipt-rule/${name}"`);
  const referred = (value: { 'Ref'?: string; 'Fn::GetAtt'?: string[] } | undefined) => value?.Ref ?? value?.['Fn::GetAtt']?.[0];

  test('has no circle', () => {
    expect(order.circles).toEqual([]);
  });

  test('puts what lets SES write into a bucket before each rule that stores mail there: policies of bucket and keys, or a role', () => {
    const stored = rulesWith('S3Action');
    expect(stored.length).toBeGreaterThan(4);
    for (const id of stored) {
      for (const { S3Action: action } of actionsOf(id).filter(each => each.S3Action)) {
        if (action.IamRoleArn) {
          expect(order.before(id)).toContain(referred(action.IamRoleArn));
          continue;
        }
        const bucket = referred(action.BucketName)!;
        expect([id, lets(id, 'AWS::S3::BucketPolicy', 's3:PutObject', bucket)]).toEqual([id, true]);
        const [encryption] = resources[bucket].Properties.BucketEncryption.ServerSideEncryptionConfiguration;
        const bucketKey = referred(encryption.ServerSideEncryptionByDefault.KMSMasterKeyID);
        for (const key of [bucketKey, referred(action.KmsKeyArn)].filter(each => each !== undefined && each in resources)) {
          expect([id, lets(id, 'AWS::KMS::Key', 'kms:GenerateDataKey*', key!)]).toEqual([id, true]);
        }
      }
    }
  });

  test('puts the policy of a topic, and that of its key, before each rule that tells the topic', () => {
    const telling = rules.flatMap(id => actionsOf(id).flatMap(each => Object.values(each)).map(action => ({ id, action })))
      .filter(({ action }) => action.TopicArn && !action.IamRoleArn);
    expect(telling.length).toBeGreaterThan(5);
    for (const { id, action } of telling) {
      const topic = referred(action.TopicArn)!;
      expect([id, lets(id, 'AWS::SNS::TopicPolicy', 'sns:Publish', topic)]).toEqual([id, true]);
      expect([id, lets(id, 'AWS::KMS::Key', 'kms:Decrypt', referred(resources[topic].Properties.KmsMasterKeyId)!)]).toEqual([id, true]);
    }
  });

  test('puts a permission for this very rule before each rule that calls a function', () => {
    const calling = rulesWith('LambdaAction');
    expect(calling).toHaveLength(4);
    for (const id of calling) {
      for (const { LambdaAction: { FunctionArn } } of actionsOf(id).filter(each => each.LambdaAction)) {
        const permissions = [...order.before(id)].map(each => resources[each]).filter(({ Type, Properties }) => Type === 'AWS::Lambda::Permission'
          && JSON.stringify(Properties.FunctionName) === JSON.stringify(FunctionArn)
          && isForRule(Properties.SourceArn, resources[id].Properties.Rule.Name));
        expect([id, permissions.length]).toEqual([id, 1]);
      }
    }
  });

  test('puts the identity before each rule, each rule before the next, all of them before the activation, and that before the MX records', () => {
    const [identity] = order.idsOf('AWS::SES::EmailIdentity');
    const [set] = order.idsOf('AWS::SES::ReceiptRuleSet');
    for (const id of rules) expect([...order.before(id)]).toEqual(expect.arrayContaining([identity, set]));
    rules.forEach((id, index) => expect(rules.filter(other => order.before(id).has(other))).toEqual(rules.slice(0, index)));
    const [activation] = order.idsOf('Custom::PostmasterActiveRuleSet');
    expect([...order.before(activation)]).toEqual(expect.arrayContaining([...rules, set]));
    const mx = order.idsOf('AWS::Route53::RecordSetGroup').filter(id => JSON.stringify(resources[id]).includes('inbound-smtp'));
    expect(mx).toHaveLength(2);
    for (const id of mx) expect([...order.before(id)]).toEqual(expect.arrayContaining([activation, ...rules]));
  });

  test('puts filters that allow before the one that blocks everybody', () => {
    const filters = order.idsOf('AWS::SES::ReceiptFilter');
    const all = filters.find(id => resources[id].Properties.Filter.IpFilter.Cidr === '0.0.0.0/0')!;
    expect([...order.before(all)].sort()).toEqual(filters.filter(id => id !== all).sort());
  });

  test('has each kind of action', () => {
    const kinds = new Set(rules.flatMap(id => actionsOf(id).flatMap(action => Object.keys(action))));
    expect(kinds.size).toBe(8);
  });
});
