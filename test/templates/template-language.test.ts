import * as fc from 'fast-check';
import { outlineOf, renderTemplate } from '../../src/templates/template-language';

const source = (text: string) => ({ text, origin: 'welcome.html' });
const variables = (text: string) => outlineOf(source(text)).variables;
const render = (text: string, data: object) => renderTemplate(source(text), data);

describe('variables', () => {
  test.each([
    ['{{name}}', ['name']],
    ['{{user.name}} {{user.name}}', ['user.name']],
    ['{{#if user.vip}}{{greeting}}{{else}}{{other}}{{/if}}', ['greeting', 'other', 'user.vip']],
    ['{{#unless left}}{{name}}{{/unless}}', ['left', 'name']],
    ['{{#each order.lines}}{{title}} {{../currency}} {{@index}}{{/each}}', ['currency', 'order.lines', 'order.lines[].title']],
    ['{{#each lines as |line|}}{{line.title}} {{name}}{{/each}}', ['lines', 'lines[].name', 'lines[].title']],
    ['{{#each tags}}{{this}}{{/each}}', ['tags', 'tags[]']],
    ['{{#with user}}{{name}}{{#each pets}}{{name}} of {{../name}} {{../../shop}}{{/each}}{{/with}}', ['shop', 'user', 'user.name', 'user.pets', 'user.pets[].name']],
    ['{{#lines}}{{title}}{{/lines}}', ['lines', 'lines[].title']],
    ['{{lookup prices country}}', ['country', 'prices']],
    ['{{#if (lookup rights "vip")}}{{name}}{{/if}}', ['name', 'rights']],
    ['{{#each a}}{{#if b}}{{../c}}{{/if}}{{/each}}', ['a', 'a[].b', 'c']],
    ['{{! a remark }}{{amazonSESUnsubscribeUrl}}{{ses:openTracker}}plain', []],
  ])('of %j are %j', (text, expected) => {
    expect(variables(text)).toEqual(expected);
  });

  test('of partials in the text belong to where they are defined; those from elsewhere are named', () => {
    const outline = outlineOf(source('{{#* inline "own"}}{{name}}{{/inline}}\n{{> own}} {{> footer year=now}}'));
    expect(outline).toEqual({ variables: ['name', 'now'], partials: ['footer'], tripleBraces: [] });
  });

  test('in three braces are told by their lines', () => {
    expect(outlineOf(source('{{a}}\n{{{b}}}\n{{{c}}}')).tripleBraces).toEqual([2, 3]);
  });
});

describe('refused, with file and line, is', () => {
  test.each([
    ['a block that is not closed', 'Dear\n{{#if vip}}\nmember', 'EmailTemplate.syntax', /welcome\.html, line 3: /],
    ['a brace too few', 'Dear\n{{name}', 'EmailTemplate.syntax', /welcome\.html, line 2: /],
    ['a block that is closed by another', '{{#if a}}{{/each}}', 'EmailTemplate.syntax', /welcome\.html, line 1: if doesn't match each/],
    ['a helper that SES does not have', 'Hello\n{{uppercase name}}', 'EmailTemplate.language', /line 2: the helper "uppercase" is not known to SES, which has each, if/],
    ['such a helper inside another', '{{#if (eq a b)}}{{/if}}', 'EmailTemplate.language', /the helper "eq"/],
    ['a block helper that SES does not have', '{{#repeat 3}}x{{/repeat}}', 'EmailTemplate.language', /the helper "repeat"/],
    ['a decorator', '{{* other "x"}}', 'EmailTemplate.language', /line 1: Decorator is not known/],
    ['a block of partial', '{{#> layout}}x{{/layout}}', 'EmailTemplate.language', /line 1: PartialBlockStatement/],
    ['a partial by a computed name', '{{> (lookup names "a")}}', 'EmailTemplate.language', /the name of a partial cannot be computed/],
  ])('%s', (_, text, code, said) => {
    expect(() => outlineOf(source(text))).toThrow(expect.objectContaining({ code, message: expect.stringMatching(said) }));
  });
});

describe('rendering', () => {
  test('escapes nothing, as SES', () => {
    expect(render('{{name}} & {{{name}}}', { name: '<b>' }).text).toBe('<b> & <b>');
  });

  test('takes the else branch for what is missing in a condition, and shows no list that is missing', () => {
    expect(render('{{#if vip}}V{{else}}-{{/if}}{{#each lines}}x{{/each}}', {})).toEqual({ text: '-', missing: [] });
  });

  test.each([
    ['{{name}}{{user.name}}', { user: {} }, ['name', 'user.name']],
    ['{{#each lines}}{{title}}{{/each}}', { lines: [{ title: 'a' }, {}] }, ['lines[].title']],
    ['{{#with user}}{{name}}{{/with}}', { user: { age: 1 } }, ['user.name']],
    ['{{#if vip}}{{name}}{{/if}}', {}, []],
    ['{{name}}', { name: '' }, []],
    ['{{name}}', { name: null }, []],
  ])('of %j with %j misses %j', (text, data, missing) => {
    expect(render(text, data).missing).toEqual(missing);
  });

  test('leaves what SES fills in as it is', () => {
    expect(render('<a href="{{amazonSESUnsubscribeUrl}}">', {}).text).toBe('<a href="{{amazonSESUnsubscribeUrl}}">');
  });

  test.each(['{{user.name}}', '{{#if user.name}}x{{/if}}'])('of %j is refused when the object is not there to be asked', text => {
    expect(() => render(text, {})).toThrow('welcome.html does not render with sampleData: it asks for "name" of an object which the data do not have [EmailTemplate.rendering]');
  });

  test('prints any text unchanged, and its data at its place', () => {
    const plain = fc.string().filter(text => !/[{}\\]/.test(text));
    fc.assert(fc.property(plain, plain, fc.string(), (before, after, value) => {
      expect(render(`${before}{{value}}${after}`, { value })).toEqual({ text: before + value + after, missing: [] });
    }));
  });

  test('finds missing exactly what was left out of the data', () => {
    const name = fc.stringMatching(/^[a-z]{1,8}$/).filter(text => !['each', 'if', 'unless', 'with', 'lookup', 'log', 'else', 'this', 'as', 'true', 'false', 'null', 'undefined'].includes(text));
    fc.assert(fc.property(fc.uniqueArray(name, { minLength: 1 }), fc.nat(), (names, seed) => {
      const left = names.filter((_, index) => (index + seed) % 2 === 0);
      const data = Object.fromEntries(names.filter(each => !left.includes(each)).map(each => [each, 'x']));
      expect(render(names.map(each => `{{${each}}}`).join(' '), data).missing).toEqual(left);
      expect(variables(names.map(each => `{{${each}}}`).join(' '))).toEqual([...names].sort());
    }));
  });
});
