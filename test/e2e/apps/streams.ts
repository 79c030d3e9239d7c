/*
 * Two streams of one domain, with every kind of event destination. Receipts, the domain's default, are published to an encrypted topic, a delivery stream
 * and the event bus; news, from a pool and with links of its own, to counters and the event bus. Context: hostedZoneId; linksZoneId, the zone of a domain
 * that SES has verified already; patience, the minutes for which SES tries to deliver a receipt.
 */
import { App, CfnOutput, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { DeliveryStream, DisableLogging, S3Bucket } from 'aws-cdk-lib/aws-kinesisfirehose';
import { Key } from 'aws-cdk-lib/aws-kms';
import { PublicHostedZone } from 'aws-cdk-lib/aws-route53';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { SqsSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { DedicatedIpPool, Dns, EventDestination, EventTypes, MailStream, SendingPool, StreamKind, TrackingDomain, VerifiedDomain } from '../../../src';

const app = new App();
const stack = new Stack(app, 'Streams');
// the emulator makes what it can in the order of the alphabet: by their names the destinations would precede the policy of the topic
const streams = new Construct(stack, 'MailStreams');
const removalPolicy = RemovalPolicy.DESTROY;
const zone = (context: string, zoneName: string) => Dns.route53(PublicHostedZone.fromPublicHostedZoneAttributes(stack, zoneName, {
  hostedZoneId: app.node.getContext(context), zoneName,
}));

const key = new Key(stack, 'TopicKey', { removalPolicy });
const topic = new Topic(stack, 'Topic', { masterKey: key, enforceSSL: true });
const queue = new Queue(stack, 'Queue', { removalPolicy });
topic.addSubscription(new SqsSubscription(queue));
const bucket = new Bucket(stack, 'Bucket', { removalPolicy });
const archive = new DeliveryStream(stack, 'Archive', { destination: new S3Bucket(bucket, { loggingConfig: new DisableLogging() }) });

const receipts = new MailStream(streams, 'Receipts', {
  feedback: EventDestination.snsTopic(topic),
  maxDeliveryDuration: Duration.minutes(Number(app.node.getContext('patience'))),
  removalPolicy,
});
receipts.addEventDestination('Archived', { destination: EventDestination.firehoseDeliveryStream(archive) });
receipts.addEventDestination('OnBus', { destination: EventDestination.eventBus(), events: EventTypes.FEEDBACK });
const rule = receipts.onEvents('Failures', { target: new SqsQueue(queue) });
const domain = new VerifiedDomain(stack, 'Mail', { dns: zone('hostedZoneId', 'example.com'), defaultConfigurationSet: receipts, removalPolicy });

const news = new MailStream(streams, 'News', {
  kind: StreamKind.MARKETING,
  configurationSetName: 'news',
  sendingPool: SendingPool.dedicated(new DedicatedIpPool(stack, 'Pool', { dedicatedIpPoolName: 'news', removalPolicy })),
  engagement: {
    destination: EventDestination.eventBus(),
    trackingDomain: new TrackingDomain(stack, 'Links', {
      domainName: 'click.example.net',
      dns: zone('linksZoneId', 'example.net'),
      identity: VerifiedDomain.fromDomainName(stack, 'Verified', 'example.net'),
      removalPolicy,
    }),
  },
  removalPolicy,
});
const alarm = news.metricBounce().createAlarm(stack, 'ManyBounces', { threshold: 50, evaluationPeriods: 1 });

const shop = new Role(stack, 'Shop', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
receipts.grantSend(shop, domain, { fromAddresses: ['receipts@example.com'] });

const outputs = {
  Receipts: receipts.configurationSetName,
  Topic: topic.topicArn,
  Key: key.keyArn,
  Archive: archive.deliveryStreamArn,
  Queue: queue.queueArn,
  Rule: rule.ruleName,
  Alarm: alarm.alarmName,
  Shop: shop.roleName,
};
for (const [name, value] of Object.entries(outputs)) new CfnOutput(stack, `${name}Is`, { value });
