import { checkHeaders } from './mail-headers';
import { fail, PostmasterError } from '../private/errors';
import { hasToken } from '../private/tokens';
import { checkHttpsUrl } from '../records/https-url';
import { normalizeAddress } from '../records/mail-address';

const ONE_CLICK = 'List-Unsubscribe=One-Click';

/** How messages call what is given. */
const WHAT = 'List-Unsubscribe';

/**
 * Where a recipient unsubscribes.
 */
export interface ListUnsubscribeOptions {
  /**
   * An `https:` URL that unsubscribes on a POST, without cookies, login or questions, and knows from itself alone who leaves which list.
   * A GET of the same URL must not unsubscribe: filters fetch links. Give it a part that nobody can guess.
   */
  readonly url: string;

  /**
   * An address that takes unsubscribe mail, for programs without one-click; `?subject=...` may follow, as in a `mailto:` URI.
   *
   * @default - none
   */
  readonly mailto?: string;
}

/**
 * The headers of one-click unsubscribe, which large mailbox providers ask of bulk mail.
 *
 * SES overwrites both when a message uses list management, so give them in mail that does not.
 *
 * @see https://www.rfc-editor.org/rfc/rfc8058
 * @see https://www.rfc-editor.org/rfc/rfc2369
 */
export function listUnsubscribeHeaders(options: ListUnsubscribeOptions): Record<string, string> {
  const uris = [checkUrl(options.url), ...(options.mailto === undefined ? [] : [mailtoOf(options.mailto)])];
  return checkHeaders({
    'List-Unsubscribe': uris.map(uri => `<${uri}>`).join(', '),
    'List-Unsubscribe-Post': ONE_CLICK,
  });
}

/**
 * What is wrong with the unsubscribe headers of a message, one sentence each; nothing when one-click unsubscribe works.
 *
 * @param headers the headers of the message, by name in any case
 */
export function checkListUnsubscribe(headers: Record<string, string>): string[] {
  const [unsubscribe, ...again] = valuesOf(headers, 'List-Unsubscribe');
  const [post, ...postAgain] = valuesOf(headers, 'List-Unsubscribe-Post');
  return [
    ...problemsOfUris(unsubscribe),
    ...problemsOfPost(post),
    ...again.map(() => 'List-Unsubscribe is there more than once; SES takes it once'),
    ...postAgain.map(() => 'List-Unsubscribe-Post is there more than once; SES takes it once'),
    ...valuesOf(headers, 'X-SES-LIST-MANAGEMENT-OPTIONS').map(() => 'with list management (X-SES-LIST-MANAGEMENT-OPTIONS) SES overwrites ' +
      'List-Unsubscribe and List-Unsubscribe-Post; leave either out'),
  ];
}

function problemsOfUris(header: string | undefined): string[] {
  if (header === undefined) return ['List-Unsubscribe is missing; the form is <https://www.example.com/unsubscribe/...>'];
  // brackets give the form away: what is left without URIs, comments and blanks are commas
  const form = header.replace(/<[^<>]*>/g, '<>').replace(/\([^()]*\)/g, '').replace(/\s/g, '');
  if (!/^<>(,<>)*$/.test(form) || /[^\x20-\x7e]/.test(header)) {
    return [`List-Unsubscribe is ${JSON.stringify(header)}; it takes ASCII URIs, each in angle brackets, with commas between them`];
  }
  const uris = [...header.matchAll(/<([^<>]*)>/g)].map(([, uri]) => uri.trim());
  const urls = uris.filter(uri => /^https:/i.test(uri));
  return [
    ...uris.flatMap(problemsOfUri),
    ...urls.length === 0 ? ['List-Unsubscribe has no https: URL, so one-click does not work (RFC 8058)'] : [],
    ...urls.length > 1 ? [`List-Unsubscribe has ${urls.length} https: URLs; one-click takes exactly one (RFC 8058)`] : [],
  ];
}

function problemsOfPost(header: string | undefined): string[] {
  if (header === undefined) return [`List-Unsubscribe-Post is missing; one-click takes "List-Unsubscribe-Post: ${ONE_CLICK}" (RFC 8058)`];
  return header.trim() === ONE_CLICK ? [] : [`List-Unsubscribe-Post is ${JSON.stringify(header)}; the one value is "${ONE_CLICK}" (RFC 8058)`];
}

function problemsOfUri(uri: string): string[] {
  try {
    if (/^mailto:/i.test(uri)) mailtoOf(uri);
    else checkUrl(uri);
    return [];
  } catch (error) {
    if (error instanceof PostmasterError) return [error.sentence];
    throw error;
  }
}

/** The values of a header, each on one line, whatever the case of its name. */
function valuesOf(headers: Record<string, string>, name: string): string[] {
  return Object.entries(headers).filter(([key]) => key.toLowerCase() === name.toLowerCase()).map(([, value]) => value.replace(/\r?\n[ \t]+/g, ' '));
}

function checkUrl(given: string): string {
  const url = checkHttpsUrl(given, WHAT);
  if (/[<>]/.test(url)) {
    fail('ListUnsubscribe.brackets', `the URL of ${WHAT}, ${JSON.stringify(url)}, has angle brackets, which end it in the header; write %3C and %3E`);
  }
  return url;
}

function mailtoOf(given: string): string {
  const [, scheme, mailbox, query = ''] = /^(mailto:)?([^?]*)(\?.*)?$/is.exec(given)!;
  const address = normalizeAddress(mailbox);
  if (/[^\x21-\x7e]|[,<>]/.test(query)) {
    fail('ListUnsubscribe.query', `the mailbox of ${WHAT}, ${JSON.stringify(given)}, has blanks, commas, angle brackets or non-ASCII characters ` +
      'after the "?"; escape them, e.g. %20 for a blank');
  }
  // a URI is escaped already, and a token cannot be
  return `mailto:${scheme || hasToken(address) ? address : escapeLocalPart(address)}${query}`;
}

function escapeLocalPart(address: string): string {
  const at = address.lastIndexOf('@');
  return `${encodeURIComponent(address.slice(0, at)).replace(/%2B/g, '+')}${address.slice(at)}`;
}
