/*
 * The same domain in three ways: an identity with Easy DKIM (2048 bits), a MAIL FROM domain with MX and SPF, and DMARC with reports, in a hosted
 * zone of its own that exists already.
 */
import type { Stack } from 'aws-cdk-lib';
import { CfnDeletionPolicy, Fn } from 'aws-cdk-lib';
import * as route53 from 'aws-cdk-lib/aws-route53';
import * as ses from 'aws-cdk-lib/aws-ses';
import { Dmarc, Dns, VerifiedDomain } from '../src';

export type Variant = 'ours' | 'l2' | 'l1';

export const VARIANTS: Variant[] = ['ours', 'l2', 'l1'];

/** Adds a domain to a stack. */
export type AddDomain = (stack: Stack, index: number) => void;

export const ADD_DOMAIN: Record<Variant, AddDomain> = { ours: addOurs, l2: addL2, l1: addL1 };

const REGION = 'eu-west-1';

function names(index: number) {
  const zoneName = `customer-${index}.example`;
  return { zoneName, hostedZoneId: `Z${String(index).padStart(20, '0')}`, mailFrom: `bounce.${zoneName}`, reports: `dmarc@${zoneName}` };
}

/** As a user of this library writes it. */
function addOurs(stack: Stack, index: number): void {
  const { hostedZoneId, zoneName, reports } = names(index);
  new VerifiedDomain(stack, `Mail${index}`, { dns: Dns.route53ById({ hostedZoneId, zoneName }), dmarc: Dmarc.none({ reportTo: [reports] }) });
}

/** As a user of aws-cdk-lib writes it: with `publicHostedZone` the identity makes its CNAME records and the two of the MAIL FROM domain. */
function addL2(stack: Stack, index: number): void {
  const { hostedZoneId, zoneName, mailFrom, reports } = names(index);
  const zone = route53.PublicHostedZone.fromPublicHostedZoneAttributes(stack, `Zone${index}`, { hostedZoneId, zoneName });
  new ses.EmailIdentity(stack, `Identity${index}`, {
    identity: ses.Identity.publicHostedZone(zone),
    dkimIdentity: ses.DkimIdentity.easyDkim(ses.EasyDkimSigningKeyLength.RSA_2048_BIT),
    mailFromDomain: mailFrom,
  });
  new route53.TxtRecord(stack, `Dmarc${index}`, { zone, recordName: '_dmarc', values: [`v=DMARC1;p=none;rua=mailto:${reports}`] });
}

/** As somebody writes it who writes CloudFormation in TypeScript: the very resources that `addOurs` makes. */
function addL1(stack: Stack, index: number): void {
  const { hostedZoneId, zoneName, mailFrom, reports } = names(index);
  const identity = new ses.CfnEmailIdentity(stack, `Identity${index}`, {
    emailIdentity: zoneName,
    dkimAttributes: { signingEnabled: true },
    dkimSigningAttributes: { nextSigningKeyLength: 'RSA_2048_BIT' },
    mailFromAttributes: { mailFromDomain: mailFrom, behaviorOnMxFailure: 'USE_DEFAULT_VALUE' },
  });
  const dkim = [
    [identity.attrDkimDnsTokenName1, identity.attrDkimDnsTokenValue1],
    [identity.attrDkimDnsTokenName2, identity.attrDkimDnsTokenValue2],
    [identity.attrDkimDnsTokenName3, identity.attrDkimDnsTokenValue3],
  ];
  const records = new route53.CfnRecordSetGroup(stack, `Records${index}`, {
    hostedZoneId,
    recordSets: [
      ...dkim.map(([name, value]) => ({ name: Fn.join('', [name, '.']), type: 'CNAME', ttl: '1800', resourceRecords: [value] })),
      { name: `${mailFrom}.`, type: 'MX', ttl: '1800', resourceRecords: [`10 feedback-smtp.${REGION}.amazonses.com`] },
      { name: `${mailFrom}.`, type: 'TXT', ttl: '1800', resourceRecords: ['"v=spf1 include:amazonses.com ~all"'] },
      { name: `_dmarc.${zoneName}.`, type: 'TXT', ttl: '1800', resourceRecords: [`"v=DMARC1;p=none;rua=mailto:${reports}"`] },
    ],
  });
  for (const resource of [identity, records]) {
    resource.cfnOptions.deletionPolicy = CfnDeletionPolicy.RETAIN_EXCEPT_ON_CREATE;
    resource.cfnOptions.updateReplacePolicy = CfnDeletionPolicy.RETAIN;
  }
}

export const ENV = { account: '111122223333', region: REGION };
