/*
 * One domain, which a context value turns from Easy DKIM to a key of one's own: dkim = easy | own | own-in-place. The key pair is made for this run and the
 * private key handed over by parameter file, so that the emulator's Secrets Manager has something to resolve.
 */
import { readFileSync } from 'node:fs';
import { App, RemovalPolicy, SecretValue, Stack } from 'aws-cdk-lib';
import { PublicHostedZone } from 'aws-cdk-lib/aws-route53';
import { CfnSecret } from 'aws-cdk-lib/aws-secretsmanager';
import { Dkim, DkimKey, Dns, VerifiedDomain } from '../../../src';

const app = new App();
const stack = new Stack(app, 'DkimSwitch');
const choice = app.node.getContext('dkim');
const keys = JSON.parse(readFileSync(app.node.getContext('keys'), 'utf8')) as { publicKey: string; privateKey: string };

// a test's throw-away key may stand in its template
const secret = new CfnSecret(stack, 'Secret', { name: 'mail/dkim', secretString: DkimKey.oneLinePrivateKey(keys.privateKey) });
const own = (switchFromEasyDkim: boolean) => Dkim.bringYourOwn({
  selector: 'own', privateKey: SecretValue.secretsManager('mail/dkim'), publicKey: keys.publicKey, switchFromEasyDkim,
});

const domain = new VerifiedDomain(stack, 'Mail', {
  dns: Dns.route53(PublicHostedZone.fromPublicHostedZoneAttributes(stack, 'Zone', { hostedZoneId: app.node.getContext('hostedZoneId'), zoneName: 'example.com' })),
  dkim: choice === 'easy' ? Dkim.easy() : own(choice === 'own-in-place'),
  removalPolicy: RemovalPolicy.DESTROY,
});
domain.node.defaultChild!.node.addDependency(secret);
