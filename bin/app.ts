/*
 * The deployable app: a mail domain from the command line.
 *
 *   npx cdk deploy -c domainName=example.com -c hostedZoneId=Z0123456789ABCDEFGHIJ -c reportTo=dmarc@example.com
 *
 * Context: domainName (required); hostedZoneId, and hostedZoneName when the zone is the one of a parent domain; dnsRoleArn when the zone belongs
 * to another account; without a zone the records are printed as outputs. reportTo, dmarc (none, quarantine, reject), mailFrom (a label),
 * removalPolicy (retain, destroy), stackName.
 */
import { App, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Dmarc, Dns, MailDns, MailFrom, VerifiedDomain } from '../src';

const app = new App();
const domainName = context('domainName');
if (!domainName) {
  console.error('Give the domain: npx cdk deploy -c domainName=example.com [-c hostedZoneId=Z…] [-c reportTo=dmarc@example.com]\n' +
    'All settings are listed at the top of bin/app.ts.');
  process.exit(1);
}

const stack = new Stack(app, context('stackName') ?? `Postmaster-${domainName.replace(/[^A-Za-z0-9]+/g, '-')}`, {
  description: `Mail domain ${domainName}`,
  env: { account: process.env.CDK_DEFAULT_ACCOUNT, region: process.env.CDK_DEFAULT_REGION },
});

new VerifiedDomain(stack, 'Mail', {
  dns: dns(domainName),
  domain: domainName,
  mailFrom: MailFrom.subdomain(context('mailFrom')),
  dmarc: dmarc(),
  removalPolicy: oneOf('removalPolicy', { retain: undefined, destroy: RemovalPolicy.DESTROY }, 'retain'),
});

function dns(domain: string): MailDns {
  const hostedZoneId = context('hostedZoneId');
  const zoneName = context('hostedZoneName') ?? domain;
  const roleArn = context('dnsRoleArn');
  if (!hostedZoneId) return Dns.elsewhere(domain);
  if (roleArn) return Dns.route53InAccount({ hostedZoneId, zoneName, roleArn });
  return Dns.route53ById({ hostedZoneId, zoneName });
}

function dmarc(): Dmarc {
  const reportTo = context('reportTo');
  const options = reportTo ? { reportTo: reportTo.split(',') } : {};
  return oneOf('dmarc', { none: () => Dmarc.none(options), quarantine: () => Dmarc.quarantine(options), reject: () => Dmarc.reject(options) }, 'none')();
}

function oneOf<T>(key: string, choices: Record<string, T>, otherwise: string): T {
  const choice = context(key) ?? otherwise;
  if (!(choice in choices)) {
    console.error(`-c ${key}=${choice} is not a choice; it is one of ${Object.keys(choices).join(', ')}`);
    process.exit(1);
  }
  return choices[choice];
}

function context(key: string): string | undefined {
  return app.node.tryGetContext(key);
}
