/*
 * One domain, which a context value turns from Easy DKIM to a key of one's own: dkim = easy | own | own-in-place. The private key is in Secrets Manager already.
 */
import { App, RemovalPolicy, SecretValue, Stack } from 'aws-cdk-lib';
import { PublicHostedZone } from 'aws-cdk-lib/aws-route53';
import { Dkim, Dns, VerifiedDomain } from '../../../src';

const app = new App();
const stack = new Stack(app, 'DkimSwitch');
const choice = app.node.getContext('dkim');
const own = (switchFromEasyDkim: boolean) => Dkim.bringYourOwn({
  selector: 'own', privateKey: SecretValue.secretsManager('mail/dkim'), publicKey: app.node.getContext('publicKey'), switchFromEasyDkim,
});

new VerifiedDomain(stack, 'Mail', {
  dns: Dns.route53(PublicHostedZone.fromPublicHostedZoneAttributes(stack, 'Zone', { hostedZoneId: app.node.getContext('hostedZoneId'), zoneName: 'example.com' })),
  dkim: choice === 'easy' ? Dkim.easy() : own(choice === 'own-in-place'),
  removalPolicy: RemovalPolicy.DESTROY,
});
