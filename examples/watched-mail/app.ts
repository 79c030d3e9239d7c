/*
 * A shop whose mail is watched: receipts and newsletters in streams of their own, bounces and complaints acted on, a guard that pauses a stream before AWS pauses
 * the account, and people who are told of all that, with one page to look at.
 *
 * Operators are told by a topic; subscribe more than one address, and not only by e-mail. docs/feedback.md, docs/monitoring.md and docs/reputation.md say what each
 * alarm means and what to do.
 */
import { App, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { PublicHostedZone } from 'aws-cdk-lib/aws-route53';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription, SmsSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import {
  AccountMonitor, Dmarc, Dns, FeedbackCanary, FeedbackPipeline, HealthNotices, IdentityMonitor, MailDashboard, MailStream, ReputationGuard, MailSurge,
  SendingStatusNotices, StreamAlarms, StreamKind, TransientBounces, VerifiedDomain,
} from '../../src';

const stack = new Stack(new App(), 'WatchedMail');
const removalPolicy = RemovalPolicy.DESTROY; // an example leaves nothing behind; the defaults keep what mail depends on
const zone = PublicHostedZone.fromHostedZoneAttributes(stack, 'Zone', { hostedZoneId: 'Z0123456789ABCDEFGHIJ', zoneName: 'example.com' });

// what is sent
const receipts = new MailStream(stack, 'Receipts', { removalPolicy });
const newsletters = new MailStream(stack, 'Newsletters', { kind: StreamKind.MARKETING, removalPolicy });
const streams = [receipts, newsletters];
const shop = new VerifiedDomain(stack, 'Shop', {
  dns: Dns.route53(zone),
  domain: 'shop.example.com',
  dmarc: Dmarc.quarantine({ reportTo: ['dmarc@example.com'] }),
  defaultConfigurationSet: receipts,
  removalPolicy,
});

// who is told
const operators = new Topic(stack, 'Operators', { masterKey: new Key(stack, 'Key', { enableKeyRotation: true, removalPolicy }), enforceSSL: true });
operators.addSubscription(new EmailSubscription('operators@example.com'));
operators.addSubscription(new SmsSubscription('+15555550100'));

// what is done about bounces and complaints
const feedback = new FeedbackPipeline(stack, 'Feedback', {
  streams,
  transientBounces: TransientBounces.suppressAfter(6, Duration.days(21)),
  notify: operators,
});
const canary = new FeedbackCanary(stack, 'Canary', {
  pipeline: feedback,
  stream: receipts,
  identity: shop,
  sender: 'canary@shop.example.com',
  topic: operators,
});

// what pauses a stream, and the account as the last resort; whoever is on call resumes
const guard = new ReputationGuard(stack, 'Guard', { streams, account: {}, notify: operators, removalPolicy });
const onCall = new iam.ManagedPolicy(stack, 'OnCall', { description: 'What whoever is on call for mail may do' });
guard.grantResume(onCall);
guard.grantStatus(onCall);
feedback.grantRedrive(onCall);

// what is watched beside
const account = new AccountMonitor(stack, 'Account', { topic: operators });
const identities = new IdentityMonitor(stack, 'Identities', { identities: [shop], topic: operators });
const receiptAlarms = new StreamAlarms(stack, 'ReceiptAlarms', { stream: receipts, topic: operators, surge: MailSurge.above(5000) });
const newsletterAlarms = new StreamAlarms(stack, 'NewsletterAlarms', { stream: newsletters, topic: operators });
new HealthNotices(stack, 'Health', { topic: operators });
new SendingStatusNotices(stack, 'SendingStatus', { topic: operators });

new MailDashboard(stack, 'Dashboard', {
  streams,
  account,
  feedback,
  alarms: [...feedback.allAlarms, ...[guard, canary, account, identities, receiptAlarms, newsletterAlarms].flatMap(({ alarms }) => alarms)],
});
