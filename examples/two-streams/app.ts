/*
 * Receipts and newsletters apart: each has a domain, a configuration set and a reputation of its own. Bounces and complaints reach a queue, all events an
 * archive, counters an alarm, and links in newsletters lead through a name of the company's.
 *
 * The company's domain and the certificate exist already: SES takes a tracking domain only below a verified domain, and CloudFront takes certificates of
 * us-east-1 only.
 */
import { App, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { PublicHostedZone } from 'aws-cdk-lib/aws-route53';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { SqsSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { Dmarc, Dns, EventArchive, EventDestination, EventTypes, MailStream, StreamKind, TrackingDomain, TrackingHttps, VerifiedDomain } from '../../src';

const stack = new Stack(new App(), 'TwoStreams');
const dns = Dns.route53(PublicHostedZone.fromHostedZoneAttributes(stack, 'Zone', { hostedZoneId: 'Z0123456789ABCDEFGHIJ', zoneName: 'example.com' }));
const dmarc = Dmarc.quarantine({ reportTo: ['dmarc@example.com'] });
const removalPolicy = RemovalPolicy.DESTROY; // an example leaves nothing behind; the default keeps domains, streams and events

// one topic and one archive serve both streams
const key = new Key(stack, 'Key', { enableKeyRotation: true, removalPolicy });
const feedback = new Topic(stack, 'Feedback', { masterKey: key });
feedback.addSubscription(new SqsSubscription(new Queue(stack, 'FeedbackQueue', { enforceSSL: true })));
const archive = new EventArchive(stack, 'Archive', { removalPolicy });

const receipts = new MailStream(stack, 'Receipts', { feedback: EventDestination.snsTopic(feedback), removalPolicy });
receipts.addEventDestination('Archive', { destination: EventDestination.firehoseDeliveryStream(archive.deliveryStream) });

const links = new TrackingDomain(stack, 'Links', {
  dns,
  domainName: 'click.example.com',
  identity: VerifiedDomain.fromDomainName(stack, 'Company', 'example.com'),
  https: TrackingHttps.certificate(Certificate.fromCertificateArn(stack, 'Certificate', 'arn:aws:acm:us-east-1:111122223333:certificate/links')),
  removalPolicy,
});
const newsletters = new MailStream(stack, 'Newsletters', {
  kind: StreamKind.MARKETING,
  feedback: EventDestination.snsTopic(feedback),
  engagement: { trackingDomain: links, destination: EventDestination.eventBus() },
  removalPolicy,
});
newsletters.addEventDestination('Archive', { destination: EventDestination.firehoseDeliveryStream(archive.deliveryStream), events: EventTypes.ALL });
newsletters.metricLocalComplaintRate().createAlarm(stack, 'Complaints', { threshold: 0.001, evaluationPeriods: 1, alarmDescription: 'Readers mark newsletters as spam' });

const shop = new VerifiedDomain(stack, 'Shop', { dns, domain: 'shop.example.com', dmarc, defaultConfigurationSet: receipts, removalPolicy });
const news = new VerifiedDomain(stack, 'News', { dns, domain: 'news.example.com', dmarc, defaultConfigurationSet: newsletters, removalPolicy });

// each program may send its own mail, and no other
const cashier = new iam.Role(stack, 'Cashier', { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') });
receipts.grantSend(cashier, shop, { fromAddresses: ['receipts@shop.example.com'] });
const editor = new iam.Role(stack, 'Editor', { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') });
newsletters.grantSend(editor, news, { fromAddresses: ['*@news.example.com'] });
