/*
 * A support desk that is reached by mail. Spam is kept apart, questions become tickets that a program works off, mail for sales goes on to people, and what comes
 * for postmaster and abuse is kept. Everybody else is refused while the sender is still connected.
 *
 * SES has one active rule set in an account and Region: the deployment fails, and changes nothing, when another one is active.
 */
import { App, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { PublicHostedZone } from 'aws-cdk-lib/aws-route53';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import {
  Deliver, Dmarc, Dns, EventDestination, Gate, InboundMail, MailBucket, MailDashboard, MailQueue, MailStream, MailSurge, ReceivingAlarms, Recipient,
  RoleAddresses, VerifiedDomain,
} from '../../src';

const stack = new Stack(new App(), 'SupportInbox');
const dns = Dns.route53(PublicHostedZone.fromHostedZoneAttributes(stack, 'Zone', { hostedZoneId: 'Z0123456789ABCDEFGHIJ', zoneName: 'example.com' }));
const removalPolicy = RemovalPolicy.DESTROY; // an example leaves nothing behind; the default keeps domains and mail

const key = new Key(stack, 'Key', { enableKeyRotation: true, removalPolicy });
const operators = new Topic(stack, 'Operators', { masterKey: key, enforceSSL: true });
operators.addSubscription(new EmailSubscription('operators@example.net'));

// mail that is sent on has a stream of its own, so that its bounces are nobody else's
const forwarded = new MailStream(stack, 'ForwardedMail', { feedback: EventDestination.snsTopic(operators), removalPolicy });
const domain = new VerifiedDomain(stack, 'Domain', {
  dns, domain: 'support.example.com', dmarc: Dmarc.reject({ reportTo: ['dmarc@example.com'] }), defaultConfigurationSet: forwarded, removalPolicy,
});

const bucket = new MailBucket(stack, 'Letters', { expiration: Duration.days(90), removalPolicy });
const tickets = new MailQueue(stack, 'Tickets', { bucket, prefix: 'tickets/', messageKey: key, alarmAction: new SnsAction(operators) });

const help = Recipient.address('help@support.example.com');
const sales = Recipient.address('sales@support.example.com');
const roles = RoleAddresses.required('support.example.com');

const inbox = new InboundMail(stack, 'Inbox', { domain });
inbox.addRule('Spam', Gate.quarantine(bucket, { recipients: [help, sales] }));
inbox.addRule('Help', { recipients: [help], actions: [tickets.delivery] });
inbox.forward('Sales', { routes: [{ recipient: sales, destinations: ['ann@example.net'] }], bucket, notify: operators });
inbox.addRule('Roles', { recipients: roles, actions: [Deliver.toBucket(bucket, { prefix: 'roles/', notifyTopic: operators })] });

// a program that works tickets off may do that, and nothing else
tickets.grantWork(new iam.Role(stack, 'Desk', { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') }));

const alarms = new ReceivingAlarms(stack, 'InboxAlarms', { inbox, topic: operators, silence: Duration.days(2), surge: MailSurge.above(1000) });
new MailDashboard(stack, 'Dashboard', { streams: [forwarded], alarms: [...alarms.alarms, tickets.deadLettersAlarm], additionalRows: inbox.dashboardRows() });
