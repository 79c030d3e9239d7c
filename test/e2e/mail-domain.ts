import assert from 'node:assert/strict';
import type { Aws } from './aws';

/** What `bin/app.ts` is told on the command line, as far as the scenarios use it. */
export interface Told {
  readonly domain: string;
  readonly dmarc?: 'none' | 'quarantine' | 'reject';
  readonly reportTo?: string;
}

/** The name that `bin/app.ts` gives the stack of a domain. */
export function stackNameOf(domain: string) {
  return `Postmaster-${domain.replaceAll('.', '-')}`;
}

/**
 * The records of a domain by the book, made from what SES says about the identity and not from anything that the library says about itself.
 * The form is that of `Aws.zoneRecords`.
 */
export async function recordsByTheBook(aws: Aws, told: Told) {
  const { domain } = told;
  const { DkimAttributes } = await aws.ses.getEmailIdentity({ EmailIdentity: domain });
  assert.equal(DkimAttributes?.Tokens?.length, 3, 'SES has three Easy DKIM tokens');
  return [
    ...DkimAttributes!.Tokens!.map(token => `${token}._domainkey.${domain}. CNAME ${token}.${DkimAttributes!.SigningHostedZone}`),
    `bounce.${domain}. MX 10 feedback-smtp.${aws.region}.amazonses.com`,
    `bounce.${domain}. TXT "v=spf1 include:amazonses.com ~all"`,
    `_dmarc.${domain}. TXT v=DMARC1; p=${told.dmarc ?? 'none'}${told.reportTo ? `; rua=mailto:${told.reportTo}` : ''}`,
  ].sort();
}

/**
 * A DMARC record as its version, policy and reports; its other tags say what the standard says without them, or the app's reader may choose them.
 * A host name as a value may carry its final dot. All other records are left as they are.
 */
export function comparable(lines: readonly string[]) {
  return lines.map(line => {
    const [, name, value] = /^(_dmarc\S*) TXT "(.*)"$/.exec(line) ?? [];
    if (!name) return / (CNAME|MX) /.test(line) ? line.replace(/\.$/, '') : line;
    const tags = value.split(';').map(tag => tag.trim()).filter(tag => /^(v|p|rua)=/.test(tag));
    return `${name} TXT ${tags.join('; ')}`;
  });
}
