import { expectRefusal, type Refusal } from './refusal';
import { PostmasterError } from '../../src/private/errors';
import { checkHttpsUrl } from '../../src/records/https-url';

test.each([
  'https://www.example.com/Logo.SVG',
  'HTTPS://www.example.com/a%20b/logo.svg',
  'https://${Token[TOKEN.1]}/logo',
])('the URL %s passes as it is', url => {
  expect(checkHttpsUrl(url, 'the logo', '.svg')).toBe(url);
});

test.each<Refusal>([
  ['http:', () => checkHttpsUrl('http://example.com/a.svg', 'the logo', '.svg'), 'HttpsUrl.scheme',
    'the URL of the logo, "http://example.com/a.svg", is not an https: URL; write "https://example.com/a.svg"'],
  ['no scheme', () => checkHttpsUrl('example.com/a.svg', 'the logo', '.svg'), 'HttpsUrl.scheme',
    'the URL of the logo, "example.com/a.svg", is not an https: URL; write "https://example.com/a.svg"'],
  ['no host', () => checkHttpsUrl('https://', 'the logo'), 'HttpsUrl.malformed',
    'the URL of the logo, "https://", is malformed; the form is "https://www.example.com/path"'],
  ['non-ASCII characters', () => checkHttpsUrl('https://bücher.example/ä.svg', 'the logo', '.svg'), 'HttpsUrl.characters',
    'the URL of the logo, "https://bücher.example/ä.svg", has blanks or non-ASCII characters; escape them: write "https://xn--bcher-kva.example/%C3%A4.svg"'],
  ['a blank', () => checkHttpsUrl('my logo.svg', 'the logo', '.svg'), 'HttpsUrl.characters',
    'the URL of the logo, "my logo.svg", has blanks or non-ASCII characters; escape them'],
  ['a non-breaking hyphen, as copied from the SES guide', () => checkHttpsUrl('https://example.com/vmc_2023‑01‑01.pem', 'the certificate', '.pem'), 'HttpsUrl.characters',
    'the URL of the certificate, "https://example.com/vmc_2023‑01‑01.pem", has blanks or non-ASCII characters; escape them: ' +
    'write "https://example.com/vmc_2023%E2%80%9101%E2%80%9101.pem"'],
  ['a semicolon', () => checkHttpsUrl('https://example.com/a;b.svg', 'the logo', '.svg'), 'HttpsUrl.separator',
    'the URL of the logo, "https://example.com/a;b.svg", has a ";", which separates parts of a record or header; write %3B'],
  ['a comma', () => checkHttpsUrl('https://example.com/a,b', 'the reports'), 'HttpsUrl.separator',
    'the URL of the reports, "https://example.com/a,b", has a ",", which separates parts of a record or header; write %2C'],
  ['a user', () => checkHttpsUrl('https://user:password@example.com/a.svg', 'the logo', '.svg'), 'HttpsUrl.credentials',
    'the URL of the logo on example.com has a user name or password, which everybody would see; give a URL without'],
  ['a fragment', () => checkHttpsUrl('https://example.com/a.svg#x.svg', 'the logo', '.svg'), 'HttpsUrl.fragment',
    'the URL of the logo, "https://example.com/a.svg#x.svg", has a fragment (after the #), which no server gets to see; leave it out'],
  ['another ending', () => checkHttpsUrl('https://example.com/a.png', 'the logo', '.svg'), 'HttpsUrl.ending',
    'the URL of the logo, "https://example.com/a.png", does not end in .svg'],
  ['a query', () => checkHttpsUrl('https://example.com/a.svg?v=1', 'the logo', '.svg'), 'HttpsUrl.ending',
    'the URL of the logo, "https://example.com/a.svg?v=1", does not end in .svg'],
])('a URL is refused with %s', (_, rule, code, sentence) => expectRefusal(rule, code, sentence));

test('no message repeats a password, whatever else is wrong', () => {
  for (const url of ['http://u:hush@example.com/a.svg', 'https://u:hush@example.com/ä', 'https://u:hush@example.com/;', 'https://hush@example.com#']) {
    expect(() => checkHttpsUrl(url, 'the logo', '.svg')).toThrow(PostmasterError);
    expect(() => checkHttpsUrl(url, 'the logo', '.svg')).not.toThrow(/hush/);
  }
});
