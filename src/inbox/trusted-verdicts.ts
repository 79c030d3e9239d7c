import { type AuthenticationResult, parseAuthenticationResults } from './authentication-results';
import { rawHeaders } from './raw-headers';
import type { MailHeader } from '../ses/mail-header';

/** What SES found out about a message, as it wrote it into the headers. What is missing was not found out, or nobody can be sure that SES wrote it. */
export interface TrustedVerdicts {
  /** Whether it is spam: `PASS`, `FAIL`, `GRAY` or `PROCESSING_FAILED`. Missing when the rule does not scan. */
  readonly spam?: string;
  /** Whether there is a virus in it, in the same words. Missing when the rule does not scan. */
  readonly virus?: string;
  readonly spf?: AuthenticationResult;
  /** One for each signature. */
  readonly dkim: readonly AuthenticationResult[];
  readonly dmarc?: AuthenticationResult;
}

/** Where the headers come from. */
export interface TrustedVerdictsOptions {
  /**
   * The id that SES gave the message: headers which do not have it are another's.
   *
   * @default - not compared
   */
  readonly messageId?: string;
}

/** The headers that SES puts above those of the message, in its order. The first one is always there. */
const RECEIVED = 'received';
const SPAM = 'x-ses-spam-verdict';
const VIRUS = 'x-ses-virus-verdict';
const AUTHENTICATION = 'authentication-results';
const ORDER = [RECEIVED, SPAM, VIRUS, 'received-spf', AUTHENTICATION, 'x-ses-receipt', 'x-ses-dkim-signature'];

/** What SES calls itself in Authentication-Results. */
const SES = 'amazonses.com';

const BY_SES = /\bby inbound-smtp\.[a-z0-9-]+\.amazonaws\.(?:com|com\.cn|eu) with \S+ id ([\w-]+)/;

/**
 * The verdicts of SES in the headers of a message that it stored or published.
 *
 * A sender can write the same headers, which then stand below: only the unbroken run of SES's own, from its header Received on, is read. Mail which does not
 * come straight from SES has none. Where there is a notification, its verdicts say the same.
 *
 * @param message the message, or its headers from the top
 * @param options the id of the message
 */
export function trustedVerdicts(message: Uint8Array | string | readonly MailHeader[], options: TrustedVerdictsOptions = {}): TrustedVerdicts {
  const headers = ownHeaders(isHeaders(message) ? message : rawHeaders(message), options);
  const authentication = parseAuthenticationResults(headers.get(AUTHENTICATION) ?? '');
  const results = authentication.server === SES ? authentication.results : [];
  return withoutMissing({
    spam: headers.get(SPAM)?.toUpperCase(),
    virus: headers.get(VIRUS)?.toUpperCase(),
    spf: only(results.filter(({ method }) => method === 'spf')),
    dkim: results.filter(({ method }) => method === 'dkim'),
    dmarc: only(results.filter(({ method }) => method === 'dmarc')),
  });
}

/** The headers of SES, each of which comes once, behind those that come before it in its order. */
function ownHeaders(headers: readonly MailHeader[], { messageId }: TrustedVerdictsOptions): Map<string, string> {
  const own = new Map<string, string>();
  const first = headers.findIndex(({ name }) => name.toLowerCase() === RECEIVED);
  const id = first < 0 ? undefined : BY_SES.exec(headers[first].value.replace(/\s+/g, ' '))?.[1];
  if (id === undefined || (messageId !== undefined && id !== messageId)) return own;
  let last = -1;
  for (const { name, value } of headers.slice(first)) {
    const position = ORDER.indexOf(name.toLowerCase());
    if (position <= last) break;
    own.set(ORDER[position], value);
    last = position;
  }
  return own;
}

/** SES writes one. With several, somebody has smuggled one in. */
function only(results: readonly AuthenticationResult[]): AuthenticationResult | undefined {
  return results.length === 1 ? results[0] : undefined;
}

function isHeaders(message: Uint8Array | string | readonly MailHeader[]): message is readonly MailHeader[] {
  return Array.isArray(message);
}

function withoutMissing(verdicts: TrustedVerdicts): TrustedVerdicts {
  return Object.fromEntries(Object.entries(verdicts).filter(([, value]) => value !== undefined)) as unknown as TrustedVerdicts;
}
