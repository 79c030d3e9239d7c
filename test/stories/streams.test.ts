/* A domain, two streams, and each kind of event destination in one stack: what SES checks when something is created has to be there by then. */
import { App, Stack, Validations } from 'aws-cdk-lib';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import { SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { PublicHostedZone } from 'aws-cdk-lib/aws-route53';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { SqsSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import {
  DedicatedIpPool, Dmarc, Dns, EventArchive, EventDestination, MailStream, SendingPool, StreamKind, TrackingDomain,
  TrackingHttps, VerifiedDomain,
} from '../../src';
import { CreationOrder } from '../support/creation-order';
import { NAG_PACKS } from '../support/nag-packs';
import { findingIdsOf } from '../support/stacks';

function build(): Stack {
  const stack = new Stack(new App(), 'Stack', { env: { account: '111122223333', region: 'eu-west-1' } });
  const dns = Dns.route53(PublicHostedZone.fromHostedZoneAttributes(stack, 'Zone', { hostedZoneId: 'Z1', zoneName: 'example.com' }));
  const key = new Key(stack, 'Key', { enableKeyRotation: true });
  const topic = new Topic(stack, 'Topic', { masterKey: key, enforceSSL: true });
  const queue = new Queue(stack, 'Queue', { encryptionMasterKey: key, enforceSSL: true });
  topic.addSubscription(new SqsSubscription(queue));
  const archive = new EventArchive(stack, 'Archive', { encryptionKey: key });
  const receipts = new MailStream(stack, 'Receipts', { feedback: EventDestination.snsTopic(topic) });
  receipts.addEventDestination('Archive', { destination: EventDestination.firehoseDeliveryStream(archive.deliveryStream) });
  const domain = new VerifiedDomain(stack, 'Mail', { dns, defaultConfigurationSet: receipts, dmarc: Dmarc.none({ reportTo: ['dmarc@example.com'] }) });
  const links = new TrackingDomain(stack, 'Links', {
    dns,
    domainName: 'click.example.com',
    identity: domain,
    https: TrackingHttps.certificate(Certificate.fromCertificateArn(stack, 'Certificate', 'arn:aws:acm:us-east-1:111122223333:certificate/c')),
  });
  Validations.of(links).acknowledge({ id: 'cdk-postmaster:TrackingDomain.unverified', reason: 'The domain is verified before the streams are added.' });
  const news = new MailStream(stack, 'News', {
    kind: StreamKind.MARKETING,
    feedback: EventDestination.eventBus(),
    engagement: { trackingDomain: links, destination: EventDestination.snsTopic(topic) },
    sendingPool: SendingPool.dedicated(new DedicatedIpPool(stack, 'Pool')),
  });
  news.metricSend();
  const lost = new Queue(stack, 'Lost', { encryptionMasterKey: key, enforceSSL: true });
  news.onEvents('Feedback', { target: new SqsQueue(queue, { deadLetterQueue: lost }) });
  const role = new iam.Role(stack, 'Sender', { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') });
  receipts.grantSend(role, domain, { fromAddresses: ['*@example.com'] });
  acknowledgeUsers(role, queue, lost);
  return stack;
}

/** What belongs to the users of the library: their role, their queue. */
function acknowledgeUsers(role: iam.Role, ...queues: Queue[]): void {
  Validations.of(role).acknowledge(...['HIPAA.Security', 'NIST.800.53.R5', 'PCI.DSS.321'].map(pack => ({ id: `${pack}-IAMNoInlinePolicy`, reason: 'test' })));
  for (const queue of queues) {
    Validations.of(queue).acknowledge(...['AwsSolutions-SQS3', 'Serverless-SQSRedrivePolicy', 'Serverless-SNSRedrivePolicy'].map(id => ({ id, reason: 'test' })));
  }
}

test.each(NAG_PACKS)('%s finds nothing that is not acknowledged with a reason', (_, Pack) => {
  const { root } = build().node;
  const { violations } = new Pack(root as App).validateScope(root);
  expect(violations.flatMap(({ ruleName, violatingResources }) => violatingResources.map(resource => ({ ruleName, ...resource })))).toEqual([]);
});

test('the library reports nothing', () => {
  expect(findingIdsOf(build())).toEqual([]);
});

describe('the order of creation', () => {
  const order = new CreationOrder(build());
  const { resources } = order;
  const idsOf = (type: string) => order.idsOf(type);
  const before = (id: string) => order.before(id);
  const typesBefore = (id: string) => order.typesBefore(id);

  const destinations = idsOf('AWS::SES::ConfigurationSetEventDestination');

  test('has no circle', () => {
    expect(order.circles).toEqual([]);
  });

  test('puts the policy of a topic, and the policy of its key, before each destination that publishes to it', () => {
    const toTopic = destinations.filter(id => resources[id].Properties.EventDestination.SnsDestination);
    expect(toTopic).toHaveLength(2);
    for (const id of toTopic) expect([...typesBefore(id)]).toEqual(expect.arrayContaining(['AWS::SNS::TopicPolicy', 'AWS::KMS::Key', 'AWS::SES::ConfigurationSet']));
  });

  test('puts the role that SES assumes, with its permission, before the destination that is a delivery stream', () => {
    const [id] = destinations.filter(each => resources[each].Properties.EventDestination.KinesisFirehoseDestination);
    const roles = [...before(id)].filter(each => resources[each].Type === 'AWS::IAM::Role').map(each => JSON.stringify(resources[each].Properties));
    expect(roles.some(role => role.includes('"Service":"ses.amazonaws.com"') && role.includes('firehose:PutRecordBatch'))).toBe(true);
    expect(typesBefore(id)).toContain('AWS::KinesisFirehose::DeliveryStream');
  });

  test('puts the record and the distribution of the tracking domain, and the pool, before the set that uses them', () => {
    const [id] = idsOf('AWS::SES::ConfigurationSet').filter(each => resources[each].Properties.TrackingOptions);
    expect([...typesBefore(id)]).toEqual(expect.arrayContaining(['AWS::Route53::RecordSetGroup', 'AWS::CloudFront::Distribution', 'AWS::SES::DedicatedIpPool']));
  });

  test('puts the default configuration set before the identity, so it also goes after it', () => {
    const [identity] = idsOf('AWS::SES::EmailIdentity');
    expect(typesBefore(identity)).toContain('AWS::SES::ConfigurationSet');
  });

  test('has each kind of destination', () => {
    const kinds = destinations.flatMap(id => Object.keys(resources[id].Properties.EventDestination)).filter(key => key.endsWith('Destination'));
    expect(new Set(kinds)).toEqual(new Set(['SnsDestination', 'EventBridgeDestination', 'KinesisFirehoseDestination', 'CloudWatchDestination']));
  });
});
