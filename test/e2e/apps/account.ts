/*
 * Everything that the library has a custom resource for, in one stack: settings of the account, dedicated addresses, policies and notifications of a domain that is
 * there already, two domains with keys that are made (the key of one is rotated), the wait for them, a login for SMTP, the active rule set. Context: ownZoneId and
 * rotatedZoneId, the zones of example.net and example.org; changed, what the second deployment brings; fails, an address that the account has not leased.
 */
import { App, CfnOutput, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { AccountPrincipal } from 'aws-cdk-lib/aws-iam';
import { PublicHostedZone } from 'aws-cdk-lib/aws-route53';
import { ReceiptRuleSet } from 'aws-cdk-lib/aws-ses';
import { AddHeader } from 'aws-cdk-lib/aws-ses-actions';
import { Construct } from 'constructs';
import { addDelegation } from './parts/delegation';
import { addSmtp } from './parts/smtp';
import {
  AccountMailType, ActiveRuleSet, DedicatedIpAssignment, DedicatedIpPool, DkimKeyPair, Dns, SesAccount, SmtpCredentials, SuppressionReason,
  VerificationWaiter, VerifiedDomain,
} from '../../../src';

const { BOUNCE, COMPLAINT } = SuppressionReason;

const app = new App();
const stack = new Stack(app, 'Account');
const removalPolicy = RemovalPolicy.DESTROY;
const changed = app.node.getContext('changed') === 'true';
const zone = (context: string, zoneName: string) => Dns.route53(PublicHostedZone.fromPublicHostedZoneAttributes(stack, zoneName, {
  hostedZoneId: app.node.getContext(context), zoneName,
}));

new SesAccount(stack, 'Settings', {
  suppressedReasons: changed ? [BOUNCE] : [BOUNCE, COMPLAINT],
  dedicatedIpAutoWarmup: changed ? undefined : true,
  virtualDeliverabilityManager: { engagementMetrics: changed },
  productionAccess: {
    mailType: changed ? AccountMailType.MARKETING : AccountMailType.TRANSACTIONAL,
    websiteUrl: 'https://example.com',
    useCaseDescription: 'Receipts to customers of the shop.',
  },
});
const pool = new DedicatedIpPool(stack, 'Pool', { dedicatedIpPoolName: 'ours', removalPolicy });
new DedicatedIpAssignment(stack, 'Addresses', { pool, ips: ['192.0.2.1', ...changed ? [] : ['192.0.2.2'], ...app.node.tryGetContext('fails') ? ['192.0.2.9'] : []] });

const domain = VerifiedDomain.fromDomainName(stack, 'Existing', 'example.com');
addDelegation(stack, { domain, partner: changed ? '444444444444' : '333333333333', includeHeaders: changed });
addSmtp(stack, { domainName: 'example.com', port: changed ? 465 : 587 });
if (!changed) new SmtpCredentials(stack, 'Former', { identities: [domain] });

const rotatedDns = zone('rotatedZoneId', 'example.org');
const own = new DkimKeyPair(stack, 'Key', { selectorPrefix: 'own', removalPolicy });
const rotated = new DkimKeyPair(stack, 'RotatedKey', { selectorPrefix: 'rot', removalPolicy, rotation: { every: Duration.days(90), dns: rotatedDns } });
const signed = [
  new VerifiedDomain(stack, 'Own', { dns: zone('ownZoneId', 'example.net'), dkim: own.dkim, removalPolicy }),
  new VerifiedDomain(stack, 'Rotated', { dns: rotatedDns, dkim: rotated.dkim, removalPolicy }),
];
if (!changed) signed[0].authorizeSender({ principals: [new AccountPrincipal('333333333333')] });
signed.forEach((identity, index) => new VerificationWaiter(stack, `Verified${index}`, { identity, timeout: Duration.minutes(2) }));

// the emulator makes what it can in the order of the alphabet: by their names the rules would come after the activation
const receiving = new Construct(stack, 'Receiving');
const ruleSet = new ReceiptRuleSet(receiving, 'Set', { receiptRuleSetName: 'ours' });
ruleSet.addRule('Mark', { receiptRuleName: 'mark', actions: [new AddHeader({ name: 'X-Seen', value: changed ? 'twice' : 'once' })] });
new ActiveRuleSet(receiving, 'Active', { ruleSet, takeOver: true });

for (const [name, { selector, secret }] of Object.entries({ Own: own, Rotated: rotated })) {
  new CfnOutput(stack, `${name}Selector`, { value: selector });
  new CfnOutput(stack, `${name}Secret`, { value: secret.secretArn });
}
