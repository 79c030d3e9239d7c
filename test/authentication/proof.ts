import { promises as dns } from 'node:dns';
import { authenticate, bimi, type BIMIResult, type DKIMResult, type DMARCResult } from 'mailauth';
import { getDomain } from 'tldts';
import { SesStandIn, type SentMail } from './ses-stand-in';
import { zoneOfTemplate, type MailIdentity, type ZoneOfTemplateProps } from './zone-of-template';
import { DnsServer, type ZoneRecord } from '../support/dns-server';

export type EditRecords = (records: readonly ZoneRecord[]) => readonly ZoneRecord[];

export interface ProofProps extends ZoneOfTemplateProps {
  /** The identity that sends, where the template has several. */
  readonly domain?: string;
  /** Who writes. By default an address of the domain. */
  readonly author?: string;
  /** With the user's own DKIM key: what the secret holds, as SES takes it. */
  readonly dkimPrivateKey?: string;
  /** What of the template's records is published at all. By default everything. */
  readonly publish?: EditRecords;
  /** What becomes of the published records between the verification by SES and the arrival of the letter. By default nothing. */
  readonly change?: EditRecords;
  /** What happens to the message between SES and the receiver. By default nothing. */
  readonly onTheWay?: (message: string) => string;
}

/** What a receiver finds, in the words of the Authentication-Results header (RFC 8601), and why. */
export interface Verdict {
  readonly result: string;
  readonly reason: string;
}

/** A domain that a check speaks of, and whether it is the author's as DMARC sees it. */
export interface DomainVerdict extends Verdict {
  readonly domain: string;
  readonly aligned: boolean;
}

export interface Proof {
  readonly identity: MailIdentity;
  readonly mail: SentMail;
  /** The user's records, as the receiver could see them. */
  readonly records: readonly ZoneRecord[];
  readonly spf: DomainVerdict;
  readonly dkim: DomainVerdict & { readonly selector?: string };
  readonly dmarc: Verdict & { readonly policy?: string; readonly record?: string };
  readonly bimi: Verdict & { readonly record?: string; readonly logo?: string; readonly certificate?: string };
  /** What was looked up in DNS, by SES and by the receiver. */
  readonly lookups: readonly string[];
  /** SPF and DKIM pass in alignment, each alone enough for DMARC, and DMARC passes. */
  readonly passed: boolean;
}

/**
 * Proves that mail authenticates with the records of a template: serves them by DNS on loopback, lets a stand-in of SES verify the identity
 * there and send a signed message, and has an independent implementation (npm `mailauth`) judge that message as a receiver would.
 */
export async function proveDomain(props: ProofProps): Promise<Proof> {
  const deployed = zoneOfTemplate(props);
  const identity = theIdentity(deployed.identities, props.domain);
  const ses = new SesStandIn({ ...props, identity });
  // what else the organizational domain publishes is not known; it is served as a domain that publishes nothing
  const zones = [...new Set([...deployed.zones, ...deployed.zones.map(zone => getDomain(zone) ?? zone), SesStandIn.ZONE])];
  const published = props.publish?.(deployed.records) ?? deployed.records;
  const records = props.change?.(published) ?? published;
  const author = props.author ?? `post@${identity.domain}`;

  const verification = await withDns({ zones, records: [...published, ...ses.records] }, async resolver => ses.verify(resolver));
  const mail = await ses.send({ author, recipient: 'reader@receiver.example', subject: 'Your order', text: 'It is on its way.\n— The shop' });
  const receipt = await withDns({ zones, records: [...records, ...ses.records] }, async resolver => judge(resolver, mail, author, identity, props));
  const { spf, dkim, dmarc } = receipt.value;
  const passed = spf.result === 'pass' && spf.aligned && dkim.result === 'pass' && dkim.aligned && dmarc.result === 'pass';
  return { ...receipt.value, identity, mail, records, lookups: [...verification.lookups, ...receipt.lookups], passed };
}

type Judgement = Pick<Proof, 'spf' | 'dkim' | 'dmarc' | 'bimi'>;

async function judge(resolver: dns.Resolver, mail: SentMail, author: string, identity: MailIdentity, props: ProofProps): Promise<Judgement> {
  const lookUp = async (name: string, type: string) => resolver.resolve(name, type) as Promise<string[][]>;
  const found = await authenticate(props.onTheWay?.(mail.raw) ?? mail.raw, {
    sender: mail.envelopeSender, ip: mail.clientIp, helo: mail.helo, mta: 'mx.receiver.example', resolver: lookUp, disableArc: true, disableBimi: true,
  });
  const authorDomain = author.split('@')[1];
  const policy = found.dmarc || undefined;

  const spfDomain = mail.envelopeSender.split('@')[1];
  const spf: DomainVerdict = {
    ...verdict(found.spf || undefined),
    domain: spfDomain,
    aligned: isAligned(authorDomain, spfDomain, policy?.alignment?.spf.strict),
  };
  // all mail of SES has a signature of amazonses.com too; the one that counts is the identity's
  const signature = found.dkim.results.find(({ signingDomain }) => signingDomain === identity.domain);
  const dkim = {
    ...(signature ? dkimVerdict(signature) : { result: 'none', reason: `no signature of ${identity.domain}` }),
    domain: identity.domain,
    selector: signature?.selector,
    aligned: signature !== undefined && isAligned(authorDomain, identity.domain, policy?.alignment?.dkim.strict),
  };
  const dmarc = dmarcVerdict(policy, spf, dkim);
  return { spf, dkim, dmarc, bimi: await bimiVerdict(policy, dmarc, authorDomain, found.dkim.headers, lookUp) };
}

function dkimVerdict(signature: DKIMResult): Verdict {
  const { result, reason } = verdict(signature);
  return { result, reason: result === 'pass' ? `the signature fits the key at ${signature.selector}._domainkey.${signature.signingDomain}` : reason };
}

/** mailauth 4.13 reads strict alignment as relaxed, so a pass counts only where our own comparison finds an aligned pass too. */
function dmarcVerdict(policy: DMARCResult | undefined, ...ways: DomainVerdict[]): Proof['dmarc'] {
  const { result, reason } = verdict(policy);
  const aligned = ways.some(way => way.result === 'pass' && way.aligned);
  const rest = { policy: policy?.policy, record: policy?.rr };
  if (result === 'none') return { result, reason: 'no DMARC record', ...rest };
  if (result === 'pass' && !aligned) return { result: 'fail', reason: 'no domain is aligned', ...rest };
  if (result === 'fail') return { result, reason: 'neither SPF nor DKIM passes for an aligned domain', ...rest };
  return { result, reason: policy?.error ?? reason, ...rest };
}

/** BIMI asks at the author's domain, then at the organizational one. mailauth 4.13 takes the organizational one for both unless it is told. */
async function bimiVerdict(
  policy: DMARCResult | undefined,
  dmarc: Verdict,
  authorDomain: string,
  headers: unknown,
  resolver: (name: string, type: string) => Promise<string[][]>,
): Promise<Proof['bimi']> {
  if (!policy) return { result: 'skipped', reason: 'DMARC was not checked' };
  const corrected = { ...policy, status: { ...policy.status, result: dmarc.result, header: { ...policy.status.header, from: authorDomain } } };
  const found = await bimi({ dmarc: corrected as DMARCResult, headers: headers as never, resolver }) as BIMIResult;
  const { result, reason } = verdict(found);
  const why = { pass: 'the record is found and names a logo', none: 'no BIMI record' }[result];
  return { result, reason: why ?? reason, record: found.rr, logo: found.location, certificate: found.authority };
}

function verdict(checked: { status: { result: string; comment?: string } } | undefined): Verdict {
  if (!checked) return { result: 'none', reason: 'not checked' };
  return { result: checked.status.result, reason: (checked.status.comment ?? '').replace(/^mx\.receiver\.example: /, '') };
}

function isAligned(author: string, other: string, strict = false): boolean {
  return strict ? author === other : (getDomain(author) ?? author) === (getDomain(other) ?? other);
}

function theIdentity(identities: readonly MailIdentity[], domain?: string): MailIdentity {
  const candidates = identities.filter(identity => domain === undefined || identity.domain === domain);
  if (candidates.length !== 1) {
    throw new Error(`the template has ${candidates.length} identities ${domain ?? ''}; domains: ${identities.map(identity => identity.domain).join(', ')}`);
  }
  return candidates[0];
}

/** Does some work with a resolver that knows one server: it asks by packets over loopback and never leaves the machine. */
async function withDns<T>(
  data: { zones: readonly string[]; records: readonly ZoneRecord[] },
  work: (resolver: dns.Resolver) => Promise<T>,
): Promise<{ value: T; lookups: readonly string[] }> {
  const server = new DnsServer(data);
  const resolver = new dns.Resolver({ timeout: 2000, tries: 2 });
  await server.start();
  try {
    resolver.setServers([server.address]);
    return { value: await work(resolver), lookups: server.queries };
  } finally {
    resolver.cancel();
    await server.stop();
  }
}
