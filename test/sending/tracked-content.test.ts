import * as fc from 'fast-check';
import { contentProblems, linkTags, NO_TRACK, OPEN_TRACKER } from '../../src/sending/tracked-content';
import { expectRefusal, type Refusal } from '../records/refusal';

const FORM = 'is not accepted; SES takes 1 to 256 ASCII letters, digits, "-" and "_", and loses the metrics of other tags in silence';

function links(count: number, attributes = ''): string {
  return Array.from({ length: count }, (_, index) => `<a ${attributes} href="https://example.com/${index}">${index}</a>`).join('\n');
}

test('link tags are an attribute of pairs', () => {
  expect(linkTags({ product: 'book' })).toBe('ses:tags="product:book;"');
  expect(linkTags({ product: 'book', genre: 'fiction', type: 'new-release' })).toBe('ses:tags="product:book;genre:fiction;type:new-release;"');
  expect(linkTags({})).toBe('');
});

test.each<Refusal>([
  ['a name with a colon', () => linkTags({ 'a:b': 'c' }), 'MessageTag.form', `link tag name "a:b" ${FORM}`],
  ['a value that ends the pair', () => linkTags({ a: 'b;c' }), 'MessageTag.form', `value "b;c" of link tag "a" ${FORM}`],
  ['a value that ends the attribute', () => linkTags({ a: '" href="x' }), 'MessageTag.form', `value "\\" href=\\"x" of link tag "a" ${FORM}`],
])('link tags are refused with %s', (_, rule, code, sentence) => expectRefusal(rule, code, sentence));

test('content that works gives no problem', () => {
  expect(contentProblems({})).toEqual([]);
  expect(contentProblems({
    html: `<h1>News</h1>${OPEN_TRACKER}${links(249)}${links(10, NO_TRACK)}<a ${linkTags({ product: 'book' })} href="https://example.com/?q=John%20Doe&amp;x=1#top">a</a>`,
    text: 'News',
  })).toEqual([]);
});

test('what the guide of SES shows as link tags is accepted, and templates too', () => {
  expect(contentProblems({ html: '<a ses:tags="product:book;genre:fiction;subgenre:scifi;type:newrelease;" href="http://www.amazon.com/">New</a>' })).toEqual([]);
  expect(contentProblems({ html: '<a ses:tags="product:{{product}}" href="{{url}}?user={{ user.id }}">x</a><a href="https://{{{host}}}/">y</a>' })).toEqual([]);
});

test('mailto links, anchors and links without tracking are not counted, and may be written as they like', () => {
  expect(contentProblems({ html: links(250) + '<a href="mailto:a b@example.com">m</a><a name="top"></a><a href="#a b">t</a><a ses:no-track href="https://example.com/a b">n</a>' })).toEqual([]);
  expect(contentProblems({ html: `${links(250)}<!-- ${links(10)} -->` })).toEqual([]);
});

test.each<[string, { html?: string; text?: string }, string]>([
  ['two open trackers', { html: `${OPEN_TRACKER}<p>${OPEN_TRACKER}</p>` },
    'the HTML part has {{ses:openTracker}} 2 times; SES refuses the message (400 BadRequestException), so have it once'],
  ['an open tracker in the text part', { text: `Hello ${OPEN_TRACKER}` }, 'the text part has {{ses:openTracker}}; opens are tracked in HTML only, so leave it out'],
  ['251 links', { html: links(251) }, 'the HTML part has 251 links; SES tracks 250, so mark those that need no tracking with ses:no-track'],
  ['a blank in a URL', { html: '<a href="http://example.com/page?name=John Doe">x</a>' },
    'the link "http://example.com/page?name=John Doe" has characters that a URL has to escape, so SES does not track it; write e.g. %20 for a blank (RFC 3986)'],
  ['an umlaut in a URL', { html: '<a href=" https://example.com/ä ">x</a>' },
    'the link "https://example.com/ä" has characters that a URL has to escape, so SES does not track it; write e.g. %20 for a blank (RFC 3986)'],
  ['a percent sign that escapes nothing', { html: '<a href="https://example.com/100%">x</a>' },
    'the link "https://example.com/100%" has characters that a URL has to escape, so SES does not track it; write e.g. %20 for a blank (RFC 3986)'],
  ['link tags of another form', { html: '<a ses:tags="product=book" href="https://example.com/">x</a>' },
    'ses:tags is "product=book"; it takes pairs such as product:book; of ASCII letters, digits, "-" and "_"'],
  ['empty link tags', { html: '<a ses:tags="" href="https://example.com/">x</a>' },
    'ses:tags is ""; it takes pairs such as product:book; of ASCII letters, digits, "-" and "_"'],
  ['an attribute of SES elsewhere than on a link', { html: '<p ses:no-track>x</p>' }, 'ses:no-track stands on <p>; it works on <a> only'],
])('%s is a problem', (_, content, problem) => {
  expect(contentProblems(content)).toEqual([problem]);
});

test('each link that is not tracked is named', () => {
  expect(contentProblems({ html: '<a href="https://example.com/a b">x</a><a href="https://example.com/c d">y</a>' })).toHaveLength(2);
});

test('link tags that are built are tags that are found good', () => {
  const text = fc.stringMatching(/^[A-Za-z0-9_-]{1,20}$/);
  fc.assert(fc.property(fc.dictionary(text, text, { minKeys: 1 }), tags => {
    expect(contentProblems({ html: `<a ${linkTags(tags)} href="https://example.com/">x</a>` })).toEqual([]);
  }));
});

test('any content is read without an error', () => {
  const html = fc.array(fc.constantFrom('<a ', '<p ', 'href=', '"', '\'', '>', ' ', 'https://', '{{', '}}', 'ses:tags=', 'ses:no-track', 'a:b;', OPEN_TRACKER)).map(parts => parts.join(''));
  fc.assert(fc.property(fc.oneof(html, fc.string({ unit: 'binary' })), fc.string(), (markup, text) => {
    for (const problem of contentProblems({ html: markup, text })) expect(problem).toMatch(/\S/);
  }), { numRuns: 1000 });
});
