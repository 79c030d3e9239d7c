/*
 * The DNS records that an identity lives on, as SES's answer names them, and which of them are not there.
 */
import type { GetEmailIdentityCommandOutput } from '@aws-sdk/client-sesv2';
import { Spf } from '../records/spf';

/** What is asked of public DNS. The resolver of `node:dns` does. */
export interface Resolver {
  resolveCname(name: string): Promise<string[]>;
  resolveMx(name: string): Promise<{ readonly exchange: string }[]>;
  resolveTxt(name: string): Promise<string[][]>;
}

/** A record that is not there, or not as it should be. */
export interface MissingRecord {
  readonly record: string;
  readonly found: string;
}

/** A record, and whether what was found under its name is it. */
interface ExpectedRecord {
  readonly type: 'CNAME' | 'MX' | 'TXT';
  /** Where it may be; one of them is enough. */
  readonly names: string[];
  isThere(values: string[]): boolean;
}

/** The host to which receivers return bounces, of any Region: identities of several may share it. */
const FEEDBACK_HOST = /^feedback-smtp\.[a-z0-9-]+\.amazonses\.com$/;

/** A DKIM key. One with an empty `p` was revoked. */
const DKIM_KEY = /(?:^|;)\s*p\s*=\s*[^;\s]/;

const DMARC_RECORD = /^v=DMARC1\s*(?:;|$)/;

/**
 * The records that are missing; undefined when the identity needs none. What DNS does not answer counts as missing, whatever the reason: SES does not find it either.
 *
 * @param name the domain or address
 * @param identity what SES says of it
 * @param resolver where to ask
 */
export async function missingRecords(
  name: string, identity: GetEmailIdentityCommandOutput, resolver: Resolver,
): Promise<MissingRecord[] | undefined> {
  const expected = [
    ...identity.IdentityType === 'DOMAIN' ? [...dkimRecords(name, identity), dmarcRecord(name)] : [],
    ...mailFromRecords(identity),
  ];
  if (expected.length === 0) return undefined;
  return (await Promise.all(expected.map(record => lookFor(record, resolver)))).filter(record => record !== undefined);
}

function dkimRecords(domain: string, { DkimAttributes: dkim }: GetEmailIdentityCommandOutput): ExpectedRecord[] {
  const isOwnKey = dkim?.SigningAttributesOrigin === 'EXTERNAL';
  return (dkim?.Tokens ?? []).map(token => {
    const names = [`${token}._domainkey.${domain}`];
    if (isOwnKey) return { type: 'TXT', names, isThere: values => values.some(value => DKIM_KEY.test(value)) };
    const target = dkim?.SigningHostedZone && `${token}.${dkim.SigningHostedZone}`.toLowerCase();
    return { type: 'CNAME', names, isThere: ([value]) => target ? value === target : value.endsWith('.amazonses.com') };
  });
}

/** A domain without a record of its own has the policy of a domain above it. */
function dmarcRecord(domain: string): ExpectedRecord {
  const labels = domain.split('.');
  const names = labels.slice(0, -1).map((_, index) => `_dmarc.${labels.slice(index).join('.')}`);
  return { type: 'TXT', names, isThere: values => values.some(value => DMARC_RECORD.test(value)) };
}

/** SES gives a MAIL FROM domain up that has a second MX record, and receivers one that has a second SPF record. */
function mailFromRecords({ MailFromAttributes: mailFrom }: GetEmailIdentityCommandOutput): ExpectedRecord[] {
  if (!mailFrom?.MailFromDomain) return [];
  const names = [mailFrom.MailFromDomain];
  return [
    { type: 'MX', names, isThere: values => values.length === 1 && FEEDBACK_HOST.test(values[0]) },
    { type: 'TXT', names, isThere: values => values.filter(Spf.isSpf).length === 1 },
  ];
}

async function lookFor({ type, names, isThere }: ExpectedRecord, resolver: Resolver): Promise<MissingRecord | undefined> {
  const answers = await Promise.all(names.map(name => ask(resolver, type, name)));
  if (answers.some(values => Array.isArray(values) && isThere(values))) return undefined;
  const [answer] = answers;
  return { record: `${type} ${names[0]}`, found: Array.isArray(answer) ? answer.join(' | ') : answer };
}

/** The values under a name, or the reason why there are none, e.g. `ENOTFOUND`. */
async function ask(resolver: Resolver, type: ExpectedRecord['type'], name: string): Promise<string[] | string> {
  try {
    if (type === 'TXT') return (await resolver.resolveTxt(name)).map(strings => strings.join(''));
    const hosts = type === 'MX' ? (await resolver.resolveMx(name)).map(({ exchange }) => exchange) : await resolver.resolveCname(name);
    return hosts.map(host => host.toLowerCase().replace(/\.$/, ''));
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? String(error);
  }
}
