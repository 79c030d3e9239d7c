import * as fc from 'fast-check';
import { startTags } from '../../src/sending/start-tags';

function read(html: string): [string, Record<string, string>][] {
  return startTags(html).map(({ element, attributes }) => [element, Object.fromEntries(attributes)]);
}

test.each<[string, string, [string, Record<string, string>][]]>([
  ['values in both kinds of quotes and in none', '<a href="x" title=\'y\' id=z ses:no-track>', [['a', { 'href': 'x', 'title': 'y', 'id': 'z', 'ses:no-track': '' }]]],
  ['a ">" inside quotes', '<a title="a > b" href=\'c > d\'>', [['a', { title: 'a > b', href: 'c > d' }]]],
  ['capital letters', '<A HREF="X">', [['a', { href: 'X' }]]],
  ['blanks and line breaks around the "="', '<a\n href =\t"x"\n>', [['a', { href: 'x' }]]],
  ['a tag that closes itself', '<img src="x"/><br/>', [['img', { src: 'x' }], ['br', {}]]],
  ['an apostrophe in a bare value', '<a title=it\'s href="x">', [['a', { title: 'it\'s', href: 'x' }]]],
  ['a name twice, of which the first counts', '<a href="x" href="y">', [['a', { href: 'x' }]]],
  ['a quote that does not end', '<a href="x><b>', [['a', { 'href': '', '="x': '' }], ['b', {}]]],
  ['a tag that does not end', '<a href="x"', [['a', { href: 'x' }]]],
])('%s', (_, html, tags) => {
  expect(read(html)).toEqual(tags);
});

test('comments, scripts, styles and end tags hold no start tags', () => {
  expect(read('<!-- <a> --><b></b><!-- <a>').map(([element]) => element)).toEqual(['b']);
  expect(read('<style>a<b></STYLE><i><title><u></title><script>"<s>"').map(([element]) => element)).toEqual(['style', 'i', 'title', 'script']);
  expect(read('1 < 2 <3 <<p>').map(([element]) => element)).toEqual(['p']);
});

test('attributes come back as they were written', () => {
  const name = fc.stringMatching(/^[a-z][a-z:-]{0,10}$/);
  const attributes = fc.uniqueArray(fc.tuple(name, fc.string().filter(value => !value.includes('"'))), { selector: ([key]) => key });
  fc.assert(fc.property(fc.array(fc.tuple(fc.constantFrom('a', 'img', 'p'), attributes)), tags => {
    const html = tags.map(([element, pairs]) => `<${element}${pairs.map(([key, value]) => ` ${key}="${value}"`).join('')}>`).join('text');
    expect(read(html)).toEqual(tags.map(([element, pairs]) => [element, Object.fromEntries(pairs)]));
  }));
});

test('nothing makes it throw or hang', () => {
  const html = fc.array(fc.constantFrom('<', '>', '"', '\'', '=', '/', ' ', 'a', '<a ', '<!--', '-->', '<style>', '</style>', ' href=', '{{x}}', '\0', 'é')).map(parts => parts.join(''));
  fc.assert(fc.property(fc.oneof(html, fc.string({ unit: 'binary' })), text => {
    expect(startTags(text).length).toBeLessThanOrEqual(text.length);
  }), { numRuns: 1000 });
});

test.each(['<a ', '<a "', '<a href="', '<a href=\'', '<!--', '<style>', '<a href=x', '< ', '<a = ', '<a   ', '<a/'])('a megabyte of %s is read in proportion to its length', piece => {
  const html = piece.repeat(1_000_000 / piece.length);
  const start = process.hrtime.bigint();
  startTags(html);
  expect(Number(process.hrtime.bigint() - start) / 1e6).toBeLessThan(5_000);
});
