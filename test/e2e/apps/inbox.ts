/*
 * A domain that receives. All mail is logged, spam is put aside, forged mail is bounced; support@ and subdomains are stored, with a notice to an encrypted topic;
 * sales@ is forwarded to two mailboxes elsewhere. One network is blocked, but for one server. Context: hostedZoneId.
 */
import { App, CfnOutput, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Key } from 'aws-cdk-lib/aws-kms';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { PublicHostedZone } from 'aws-cdk-lib/aws-route53';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { SqsSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Deliver, DmarcMeasure, Dns, Gate, InboundMail, IpFilters, MailBucket, Recipient, VerifiedDomain } from '../../../src';

const app = new App();
const stack = new Stack(app, 'Inbox');
const removalPolicy = RemovalPolicy.DESTROY;
const domain = new VerifiedDomain(stack, 'Domain', {
  dns: Dns.route53(PublicHostedZone.fromPublicHostedZoneAttributes(stack, 'Zone', { hostedZoneId: app.node.getContext('hostedZoneId'), zoneName: 'example.com' })),
  removalPolicy,
});

// the emulator makes what it can in the order of the alphabet: by their names the rules would precede the policies of bucket, topic and key
const key = new Key(stack, 'ZKey', { removalPolicy });
const letters = new MailBucket(stack, 'ZLetters', { encryptionKey: key });
const notices = new Topic(stack, 'ZNotices', { masterKey: key, enforceSSL: true });
const queue = new Queue(stack, 'ZQueue', { encryption: QueueEncryption.SQS_MANAGED, removalPolicy });
notices.addSubscription(new SqsSubscription(queue));

const inbox = new InboundMail(stack, 'Inbox', { domain, ruleSetName: 'inbox', activation: { takeOver: true }, removalPolicy });
inbox.addRule('Log', Gate.auditLog({ ruleName: 'log', removalPolicy }));
inbox.addRule('Spam', Gate.quarantine(letters, { ruleName: 'spam' }));
inbox.addRule('Forged', Gate.enforceDmarc({ ruleName: 'forged', reject: DmarcMeasure.bounce({ identity: domain }) }));
inbox.addRule('Support', {
  ruleName: 'support',
  recipients: [Recipient.address('support@example.com'), Recipient.subdomainsOf('example.com')],
  actions: [Deliver.addHeader('X-Desk', 'support'), Deliver.toBucket(letters, { prefix: 'support/', notifyTopic: notices }), Deliver.stop()],
});
const forwarder = inbox.forward('Sales', {
  routes: [{ recipient: Recipient.address('sales@example.com'), destinations: ['ann@example.org', 'bob@example.net'] }],
  bucket: letters,
  encryptionKey: key,
});
new IpFilters(stack, 'Network', { block: ['192.0.2.0/24'], allow: ['192.0.2.7'] });

const outputs = {
  Letters: letters.bucketName,
  Queue: queue.queueUrl,
  DeadLetters: forwarder.mailQueue.deadLetterQueue.queueUrl,
  Sender: forwarder.sender,
  Forwarder: forwarder.handlerFunction.logGroup.logGroupName,
  Log: (inbox.rules[0].functions[0] as LambdaFunction).logGroup.logGroupName,
};
for (const [name, value] of Object.entries(outputs)) new CfnOutput(stack, `${name}Is`, { value });
