import { Stack, Token } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { isFreeMail } from './free-mail';
import { parentOf } from './identity-registry';
import { fail } from '../private/errors';
import { finding } from '../private/finding';
import { Bimi, Dmarc, DmarcAlignment, DmarcPolicy, DnsRecord } from '../records';
import { isPublicSuffix } from '../records/organizational-domain';
import { SesRegion } from '../ses';

/** What a domain says of its mail; what the rules that cross DKIM, SPF, DMARC and BIMI look at. */
export interface DomainPolicies {
  readonly domain: string;
  readonly signing: boolean;
  readonly mailFrom?: string;
  readonly dmarc: Dmarc;
  readonly bimi?: Bimi;
}

/**
 * Refuses policies that contradict each other.
 */
export function checkDomain(scope: Construct, policies: DomainPolicies, allowWww: boolean): void {
  const { domain, dmarc, bimi } = policies;
  if (domain.startsWith('www.') && !allowWww) {
    fail('VerifiedDomain.www', `the domain is "${domain}", the name of a web site; SES verifies the domain that stands in addresses, ` +
      `so write "${domain.slice(4)}" (or set allowWww, if addresses really end in @${domain})`, scope);
  }
  if (policies.mailFrom && dmarc.spfAlignment === DmarcAlignment.STRICT) {
    fail('VerifiedDomain.strictSpfAlignment', `the DMARC policy has aspf=s, which asks for mail from "${domain}" itself, but a MAIL FROM domain of SES ` +
      `is always a sub-domain ("${policies.mailFrom}"), so SPF could never align; leave spfAlignment relaxed`, scope);
  }
  if (dmarc.policy !== DmarcPolicy.NONE && !policies.signing && !policies.mailFrom) {
    fail('VerifiedDomain.nothingAligns', `the DMARC policy is ${dmarc.policy}, but mail is neither signed by "${domain}" nor sent with a MAIL FROM domain ` +
      'below it, so all of it would fail; keep DKIM or MAIL FROM, or use Dmarc.none()', scope);
  }
  if (bimi) checkBimi(scope, domain, dmarc);
}

function checkBimi(scope: Construct, domain: string, dmarc: Dmarc): void {
  const rule = 'mail programs show a logo only for domains with p=quarantine and pct=100 or p=reject, and sp not none';
  if (!dmarc.isEnforcing) fail('VerifiedDomain.bimiWithoutDmarc', `bimi is set, but the DMARC policy "${dmarc.render()}" does not enforce; ${rule}`, scope);
  const parent = parentOf(scope, domain);
  if (parent && !parent.dmarc.isEnforcing) {
    fail('VerifiedDomain.bimiWithoutParentDmarc', `bimi is set, but the DMARC policy "${parent.dmarc.render()}" of the parent domain ` +
      `(${parent.scope.node.path}) does not enforce; ${rule}, for the parent domain too`, scope);
  }
}

/**
 * Reports what deploys, but surprises.
 */
export function reportDomain(scope: Construct, policies: DomainPolicies, recordsForOthers: DnsRecord[]): void {
  const { dmarc } = policies;
  if (!Token.isUnresolved(policies.domain)) reportDomainName(scope, policies.domain);
  reportRegion(scope);
  if (dmarc.policy === DmarcPolicy.NONE && dmarc.reportTo.length === 0) {
    finding(scope, 'VerifiedDomain.dmarcWithoutReports',
      'the DMARC policy is p=none without rua: it neither protects nor tells anybody; give it a mailbox: Dmarc.none({ reportTo: [\'dmarc@example.com\'] })');
  }
  if (dmarc.dkimAlignment === DmarcAlignment.STRICT) {
    finding(scope, 'VerifiedDomain.strictDkimAlignment', `the DMARC policy has adkim=s: mail from a sub-domain of "${policies.domain}" which is no identity ` +
      'of its own is signed by the parent and fails; verify each sub-domain that sends, or leave dkimAlignment relaxed');
  }
  if (dmarc.policy !== DmarcPolicy.NONE && policies.signing !== (policies.mailFrom !== undefined)) {
    finding(scope, 'VerifiedDomain.singleAlignment', `the DMARC policy is ${dmarc.policy} and depends on ${policies.signing ? 'DKIM' : 'SPF'} alone: ` +
      `${policies.signing ? 'give the domain a MAIL FROM domain' : 'forwarded mail fails; sign with DKIM'}`);
  }
  if (policies.bimi && !policies.bimi.hasCertificate) {
    finding(scope, 'VerifiedDomain.bimiWithoutCertificate', 'the BIMI record has no certificate: Gmail and Apple Mail show no logo without one; ' +
      'give Bimi.logo a verified mark certificate');
  }
  for (const record of recordsForOthers) {
    finding(scope, 'VerifiedDomain.reportsNeedConsent', 'DMARC reports go to another domain, which has to consent: have it publish ' +
      `TXT ${record.name} with "${record.values[0]}" (see recordsForOthers)`);
  }
}

function reportDomainName(scope: Construct, domain: string): void {
  if (isFreeMail(domain)) {
    finding(scope, 'VerifiedDomain.freeMail', `"${domain}" belongs to a mailbox provider, so you cannot publish its DNS records; verify the address that you have ` +
      'there with VerifiedAddress');
  } else if (isPublicSuffix(domain)) {
    finding(scope, 'VerifiedDomain.publicSuffix', `"${domain}" is a public suffix under which others register their domains; give the domain that you own`);
  }
}

function reportRegion(scope: Construct): void {
  const { region } = Stack.of(scope);
  if (Token.isUnresolved(region) || SesRegion.of(region).isKnown) return;
  finding(scope, 'VerifiedDomain.unknownRegion', `Amazon SES is not known to this version of the library in Region ${region}; ` +
    'the hosts in the records follow the common pattern. Acknowledge this when SES is there');
}
