/*
 * The account of a company in which several departments send: settings that an account has one of, a domain whose DKIM key is made and rotated by itself, a login
 * for programs that only speak SMTP, mail of Cognito, an agency that sends from a sub-domain, templates, a contact list, imports and backups.
 *
 * Most of this exists in SES as API calls only. docs/account.md, proof.md, smtp.md, delegation.md, notifications.md, templates.md and imports.md say what each
 * does when it is changed, fails, or goes.
 */
import { resolve } from 'node:path';
import { App, CfnOutput, Duration, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import { UserPool, UserPoolEmail } from 'aws-cdk-lib/aws-cognito';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { PublicHostedZone } from 'aws-cdk-lib/aws-route53';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription, SmsSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import {
  AccountMailType, ContactImport, ContactList, DkimKeyPair, Dmarc, Dns, EmailTemplate, FeedbackPipeline, ImportBucket, MailStream, SendAction,
  SesAccount, SmtpCredentials, SmtpEndpoint, SmtpKeyMonitor, SmtpRotation, SuppressionListBackup, SuppressionListImport, SuppressionReason,
  TemplateContent, VerificationWaiter, VerifiedDomain,
} from '../../src';

const stack = new Stack(new App(), 'EnterpriseAccount');
const removalPolicy = RemovalPolicy.DESTROY; // an example leaves nothing behind; the defaults keep domains, keys and contacts
const dns = Dns.route53(PublicHostedZone.fromHostedZoneAttributes(stack, 'Zone', { hostedZoneId: 'Z0123456789ABCDEFGHIJ', zoneName: 'example.com' }));
const dmarc = Dmarc.reject({ reportTo: ['dmarc@example.com'] });

// who is told
const key = new Key(stack, 'Key', { enableKeyRotation: true, removalPolicy });
const operators = new Topic(stack, 'Operators', { masterKey: key, enforceSSL: true });
operators.addSubscription(new EmailSubscription('operators@example.com'));
operators.addSubscription(new SmsSubscription('+15555550100'));

// the account
new SesAccount(stack, 'Account', {
  suppressedReasons: [SuppressionReason.BOUNCE, SuppressionReason.COMPLAINT],
  dedicatedIpAutoWarmup: true,
  productionAccess: {
    mailType: AccountMailType.TRANSACTIONAL,
    websiteUrl: 'https://example.com',
    useCaseDescription: 'Receipts and notices to customers of the shop. Bounces and complaints are suppressed at once.',
  },
});

// the company's domain
const notices = new MailStream(stack, 'Notices', { removalPolicy });
const feedback = new FeedbackPipeline(stack, 'Feedback', { streams: [notices], notify: operators });
const dkimKey = new DkimKeyPair(stack, 'DkimKey', { rotation: { every: Duration.days(180), dns, topic: operators }, removalPolicy });
const company = new VerifiedDomain(stack, 'Company', { dns, dmarc, dkim: dkimKey.dkim, defaultConfigurationSet: notices, removalPolicy });

// Cognito sends once SES has found the proofs, and not before
const verified = new VerificationWaiter(stack, 'Verified', { identity: company });
const users = new UserPool(stack, 'Users', {
  email: UserPoolEmail.withSES({ fromEmail: 'welcome@example.com', sesVerifiedDomain: 'example.com', sesRegion: stack.region }), removalPolicy,
});
users.node.addDependency(verified);
company.authorizeCognito(users);

// the shop, which has templates
const shop = new iam.Role(stack, 'Shop', { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') });
const receipt = new EmailTemplate(stack, 'Receipt', {
  subject: 'Your order {{number}}',
  html: TemplateContent.fromFile(resolve(__dirname, 'templates/receipt.html')),
  text: TemplateContent.fromFile(resolve(__dirname, 'templates/receipt.txt')),
  sampleData: { customer: 'Li', number: 7, lines: [{ title: 'Assam', price: '4.20' }] },
});
notices.grantSend(shop, company, { actions: [SendAction.SEND_TEMPLATED_EMAIL], templates: [receipt.templateName], fromAddresses: ['shop@example.com'] });

// programs that only speak SMTP, in a VPC without a way to the internet
const vpc = ec2.Vpc.fromVpcAttributes(stack, 'Vpc', { vpcId: 'vpc-0123456789abcdef0', availabilityZones: ['eu-west-1a'], privateSubnetIds: ['subnet-0123456789abcdef0'], privateSubnetRouteTableIds: ['rtb-0123456789abcdef0'] });
const mailServer = new iam.Role(stack, 'MailServer', { assumedBy: new iam.ServicePrincipal('ec2.amazonaws.com') });
const smtp = new SmtpEndpoint(stack, 'Smtp', { vpc, clients: [ec2.Peer.ipv4('10.0.0.0/16')] });
Validations.of(smtp).acknowledge({ id: 'cdk-postmaster:SmtpEndpoint.zonesUnknown', reason: 'The subnet is in euw1-az1, where SES has the endpoint.' });
const relay = new SmtpCredentials(stack, 'Relay', {
  identities: [company], fromAddresses: ['*@example.com'], endpoints: [smtp], encryptionKey: key, rotation: SmtpRotation.every(Duration.days(30)),
});
relay.grantRead(mailServer);
new SmtpKeyMonitor(stack, 'SmtpKeys', { credentials: [relay], topic: operators });

// an agency that sends newsletters from an account of its own, and of whose bounces we hear
const agency = new VerifiedDomain(stack, 'Agency', { dns, dmarc, domain: 'agency.example.com', removalPolicy });
agency.authorizeSender({ principals: [new iam.AccountPrincipal('444455556666')], fromAddresses: ['*@agency.example.com'] });
feedback.addIdentity(agency);
new CfnOutput(stack, 'AgencyIdentity', { description: 'For the agency, which names it in each message', value: agency.identityArn });

// who gets newsletters
const readers = new ContactList(stack, 'Readers', { topics: [{ name: 'offers', displayName: 'Offers', description: 'Once a month' }], removalPolicy });
readers.grantManageContacts(shop);

// lists by the thousand, e.g. from the provider before, and a copy of what must not be lost
const lists = new ImportBucket(stack, 'Lists', { encryptionKey: key, removalPolicy });
const migration = new iam.Role(stack, 'Migration', { assumedBy: new iam.AccountRootPrincipal() });
new SuppressionListImport(stack, 'Suppressions', { bucket: lists, topic: operators }).grantUpload(migration);
new ContactImport(stack, 'Contacts', { bucket: lists, contactList: readers, topic: operators }).grantUpload(migration);
new SuppressionListBackup(stack, 'SuppressionBackup', { topic: operators, encryptionKey: key });
