import { fail } from '../private/errors';
import { hasToken } from '../private/tokens';

/**
 * An `https:` URL that can stand in a record, exactly as it was given. A token passes as it is.
 *
 * @param given the URL
 * @param what how messages call it, e.g. `BIMI logo`
 * @param ending how its path has to end, e.g. `.svg`
 */
export function checkHttpsUrl(given: string, what: string, ending: string = ''): string {
  if (hasToken(given)) return given;
  const [, server] = /^[a-z][a-z0-9+.-]*:\/\/[^/?#]*@([^/?#]*)/i.exec(given) ?? [];
  // first, and without the URL: no other message may repeat a password
  if (server !== undefined) {
    fail('HttpsUrl.credentials', `the URL of ${what} on ${server} has a user name or password, which everybody would see; give a URL without`);
  }
  if (/[^\x21-\x7e]/.test(given)) {
    fail('HttpsUrl.characters', `the URL of ${what}, "${given}", has blanks or non-ASCII characters; escape them${suggestAscii(given)}`);
  }
  const separator = /[;,!]/.exec(given)?.[0];
  if (separator !== undefined) {
    const escaped = `%${separator.charCodeAt(0).toString(16).toUpperCase()}`;
    fail('HttpsUrl.separator', `the URL of ${what}, "${given}", has a "${separator}", which separates parts of a record or header; write ${escaped}`);
  }
  if (!/^https:\/\//i.test(given)) {
    const rest = given.replace(/^[a-z][a-z0-9+.-]*:\/*/i, '') || `www.example.com/path${ending}`;
    fail('HttpsUrl.scheme', `the URL of ${what}, "${given}", is not an https: URL; write "https://${rest}"`);
  }
  if (!parse(given)) fail('HttpsUrl.malformed', `the URL of ${what}, "${given}", is malformed; the form is "https://www.example.com/path"`);
  if (given.includes('#')) {
    fail('HttpsUrl.fragment', `the URL of ${what}, "${given}", has a fragment (after the #), which no server gets to see; leave it out`);
  }
  if (!given.toLowerCase().endsWith(ending)) fail('HttpsUrl.ending', `the URL of ${what}, "${given}", does not end in ${ending}`);
  return given;
}

function suggestAscii(given: string): string {
  const url = parse(given);
  return url ? `: write "${url.href}"` : '';
}

/** Not URL.canParse: once compiled, that of Node 20 misreads Latin-1 strings and now and then calls a good URL bad. */
function parse(text: string): URL | undefined {
  try {
    return new URL(text);
  } catch {
    return undefined;
  }
}
