import * as fc from 'fast-check';
import { checkListUnsubscribe, listUnsubscribeHeaders } from '../../src/sending/list-unsubscribe';
import * as arbitrary from '../records/arbitrary';
import { expectRefusal, type Refusal } from '../records/refusal';

const URL_OF_ONE = 'https://www.example.com/unsubscribe/4fd2?list=news&to=42';
const POST = 'List-Unsubscribe=One-Click';

test('one-click unsubscribe is two headers', () => {
  expect(listUnsubscribeHeaders({ url: URL_OF_ONE })).toEqual({ 'List-Unsubscribe': `<${URL_OF_ONE}>`, 'List-Unsubscribe-Post': POST });
});

test.each([
  ['unsubscribe@example.com', 'mailto:unsubscribe@example.com'],
  ['unsubscribe+42@example.com?subject=unsubscribe', 'mailto:unsubscribe+42@example.com?subject=unsubscribe'],
  ['mailto:unsubscribe%3D42@example.com?subject=leave%20us', 'mailto:unsubscribe%3D42@example.com?subject=leave%20us'],
  ['leave=user#1@example.com', 'mailto:leave%3Duser%231@example.com'],
  ['leave@${Token[TOKEN.1]}', 'mailto:leave@${Token[TOKEN.1]}'],
])('the mailbox %s comes second, as %s', (mailto, uri) => {
  expect(listUnsubscribeHeaders({ url: URL_OF_ONE, mailto })['List-Unsubscribe']).toBe(`<${URL_OF_ONE}>, <${uri}>`);
});

test.each<Refusal>([
  ['http:', () => listUnsubscribeHeaders({ url: 'http://example.com/u' }), 'HttpsUrl.scheme',
    'the URL of List-Unsubscribe, "http://example.com/u", is not an https: URL; write "https://example.com/u"'],
  ['angle brackets', () => listUnsubscribeHeaders({ url: 'https://example.com/<id>' }), 'ListUnsubscribe.brackets',
    'the URL of List-Unsubscribe, "https://example.com/<id>", has angle brackets, which end it in the header; write %3C and %3E'],
  ['a URL that has a line break under the cover of a token', () => listUnsubscribeHeaders({ url: 'https://${Token[TOKEN.1]}/\r\nBcc: x' }), 'MailHeaders.characters',
    'header List-Unsubscribe would be "<https://${Token[TOKEN.1]}/\\r\\nBcc: x>"; a header is one line of printable ASCII'],
  ['a URL that is too long', () => listUnsubscribeHeaders({ url: `https://example.com/${'x'.repeat(1000)}` }), 'MailHeaders.tooLong',
    'header List-Unsubscribe would have 1040 characters; a line of mail has room for 998 (RFC 5322)'],
  ['a mailbox that is none', () => listUnsubscribeHeaders({ url: URL_OF_ONE, mailto: 'unsubscribe' }), 'MailAddress.form',
    '"unsubscribe" is not an address; the form is "user@example.com"'],
  ['a mailbox with a subject of two words', () => listUnsubscribeHeaders({ url: URL_OF_ONE, mailto: 'u@example.com?subject=leave us' }), 'ListUnsubscribe.query',
    'the mailbox of List-Unsubscribe, "u@example.com?subject=leave us", has blanks, commas, angle brackets or non-ASCII characters after the "?"; ' +
    'escape them, e.g. %20 for a blank'],
])('unsubscribe headers are refused with %s', (_, rule, code, sentence) => expectRefusal(rule, code, sentence));

test.each([
  ['a line break', 'https://example.com/\r\nBcc: x@example.com', '[HttpsUrl.characters]'],
  ['a blank', 'https://example.com/a b', '[HttpsUrl.characters]'],
  ['a password', 'https://user:hush@example.com/<', '[HttpsUrl.credentials]'],
  ['a fragment', 'https://example.com/#u', '[HttpsUrl.fragment]'],
  ['a comma, which separates URIs', 'https://example.com/a,b', '[HttpsUrl.separator]'],
])('a URL is refused with %s', (_, url, code) => {
  expect(() => listUnsubscribeHeaders({ url })).toThrow(code);
  expect(() => listUnsubscribeHeaders({ url })).not.toThrow(/hush/);
});

test('the check has nothing to say about headers that the library wrote', () => {
  const mailto = fc.option(fc.tuple(arbitrary.address.filter(address => !address.includes('?')), fc.constantFrom('', '?subject=unsubscribe')).map(parts => parts.join('')), { nil: undefined });
  fc.assert(fc.property(arbitrary.domain, mailto, (host, address) => {
    expect(checkListUnsubscribe({ ...listUnsubscribeHeaders({ url: `https://${host}/u?a=b`, mailto: address }) })).toEqual([]);
  }));
});

test.each<[string, Record<string, string>]>([
  ['in other case', { 'list-unsubscribe': '<https://example.com/u>', 'LIST-UNSUBSCRIBE-POST': POST }],
  ['folded over two lines', { 'List-Unsubscribe': '<https://example.com/u>,\r\n <mailto:u@example.com?subject=u>', 'List-Unsubscribe-Post': POST }],
  ['with a comment', { 'List-Unsubscribe': '<mailto:u@example.com> (by mail), < https://example.com/u >', 'List-Unsubscribe-Post': ` ${POST}` }],
])('headers written by hand may be %s', (_, headers) => {
  expect(checkListUnsubscribe(headers)).toEqual([]);
});

test.each<[string, Record<string, string>, string[]]>([
  ['there are none', { Subject: 'News' }, [
    'List-Unsubscribe is missing; the form is <https://www.example.com/unsubscribe/...>',
    'List-Unsubscribe-Post is missing; one-click takes "List-Unsubscribe-Post: List-Unsubscribe=One-Click" (RFC 8058)',
  ]],
  ['a URL has no brackets', { 'List-Unsubscribe': 'https://example.com/u', 'List-Unsubscribe-Post': POST }, [
    'List-Unsubscribe is "https://example.com/u"; it takes ASCII URIs, each in angle brackets, with commas between them',
  ]],
  ['there is no comma', { 'List-Unsubscribe': '<https://example.com/u> <mailto:u@example.com>', 'List-Unsubscribe-Post': POST }, [
    'List-Unsubscribe is "<https://example.com/u> <mailto:u@example.com>"; it takes ASCII URIs, each in angle brackets, with commas between them',
  ]],
  ['a line begins a header of its own', { 'List-Unsubscribe': '<https://example.com/u>\r\nBcc: x', 'List-Unsubscribe-Post': POST }, [
    'List-Unsubscribe is "<https://example.com/u>\\r\\nBcc: x"; it takes ASCII URIs, each in angle brackets, with commas between them',
  ]],
  ['the URL is plain http', { 'List-Unsubscribe': '<http://example.com/u>', 'List-Unsubscribe-Post': POST }, [
    'the URL of List-Unsubscribe, "http://example.com/u", is not an https: URL; write "https://example.com/u"',
    'List-Unsubscribe has no https: URL, so one-click does not work (RFC 8058)',
  ]],
  ['there is a mailbox only', { 'List-Unsubscribe': '<mailto:u@example.com>', 'List-Unsubscribe-Post': POST }, [
    'List-Unsubscribe has no https: URL, so one-click does not work (RFC 8058)',
  ]],
  ['there are two URLs', { 'List-Unsubscribe': '<https://example.com/u>, <https://example.net/u>', 'List-Unsubscribe-Post': POST }, [
    'List-Unsubscribe has 2 https: URLs; one-click takes exactly one (RFC 8058)',
  ]],
  ['the mailbox is none', { 'List-Unsubscribe': '<https://example.com/u>, <mailto:u>', 'List-Unsubscribe-Post': POST }, [
    '"u" is not an address; the form is "user@example.com"',
  ]],
  ['one-click is not asked for', { 'List-Unsubscribe': '<https://example.com/u>' }, [
    'List-Unsubscribe-Post is missing; one-click takes "List-Unsubscribe-Post: List-Unsubscribe=One-Click" (RFC 8058)',
  ]],
  ['one-click is asked for in other words', { 'List-Unsubscribe': '<https://example.com/u>', 'List-Unsubscribe-Post': 'One-Click' }, [
    'List-Unsubscribe-Post is "One-Click"; the one value is "List-Unsubscribe=One-Click" (RFC 8058)',
  ]],
  ['both are there twice', {
    'List-Unsubscribe': '<https://example.com/u>', 'list-unsubscribe': '<https://example.com/v>', 'List-Unsubscribe-Post': POST, 'list-unsubscribe-post': POST,
  }, ['List-Unsubscribe is there more than once; SES takes it once', 'List-Unsubscribe-Post is there more than once; SES takes it once']],
  ['SES would overwrite them', { 'List-Unsubscribe': '<https://example.com/u>', 'List-Unsubscribe-Post': POST, 'X-SES-LIST-MANAGEMENT-OPTIONS': 'List' }, [
    'with list management (X-SES-LIST-MANAGEMENT-OPTIONS) SES overwrites List-Unsubscribe and List-Unsubscribe-Post; leave either out',
  ]],
])('the check says so when %s', (_, headers, problems) => {
  expect(checkListUnsubscribe(headers)).toEqual(problems);
});

test('the check never throws', () => {
  const text = fc.oneof(fc.string({ unit: 'binary' }), fc.array(fc.constantFrom('<', '>', ',', '(', ')', 'https://', 'mailto:', 'a@b.example', '?', '%', '\r\n ', ' ')).map(parts => parts.join('')));
  fc.assert(fc.property(text, text, (unsubscribe, post) => {
    expect(checkListUnsubscribe({ 'List-Unsubscribe': unsubscribe, 'List-Unsubscribe-Post': post })).toBeInstanceOf(Array);
  }), { numRuns: 1000 });
});
