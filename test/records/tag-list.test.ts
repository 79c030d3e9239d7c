import * as fc from 'fast-check';
import { expectRefusal, type Refusal } from './refusal';
import { parseTagList, parseVersionedTagList, renderTagList } from '../../src/records/tag-list';

test.each([
  ['v=DMARC1;p=none', [['v', 'DMARC1'], ['p', 'none']]],
  ['  v = DMARC1 ; p=none ;  ', [['v', 'DMARC1'], ['p', 'none']]],
  ['v=BIMI1;l=;a=', [['v', 'BIMI1'], ['l', ''], ['a', '']]],
  ['a=b=c;\r\n\tB=two  words', [['a', 'b=c'], ['B', 'two  words']]],
  ['a=1;A=2', [['a', '1'], ['A', '2']]],
])('the tag list "%s" is read in its order', (text, tags) => {
  expect([...parseTagList(text, 'record')]).toEqual(tags);
});

test('a tag list comes back as it was written', () => {
  const tags = fc.dictionary(fc.stringMatching(/^[a-z][a-z0-9_]{0,8}$/), fc.stringMatching(/^[!-:<-~]{0,20}$/), { minKeys: 1, noNullPrototype: true });
  fc.assert(fc.property(tags, given => {
    expect([...parseTagList(renderTagList(given), 'record')]).toEqual(Object.entries(given));
    expect([...parseTagList(`${renderTagList(given).replace(/;/g, ' ;\t')};`, 'record')]).toEqual(Object.entries(given));
  }));
});

test('a tag without a value is not written, but an empty value is', () => {
  expect(renderTagList({ v: 'X1', a: undefined, b: '' })).toBe('v=X1;b=');
});

test('a list begins with its version', () => {
  expect([...parseVersionedTagList('v = X1; a=b', 'X1', 'X record').keys()]).toEqual(['v', 'a']);
});

test.each<Refusal>([
  ['nothing', () => parseTagList('', 'X record'), 'TagList.malformed', 'the X record "" has "", which is not a tag; tags are name=value in ASCII, with semicolons between them'],
  ['a word', () => parseTagList('v=X1; none', 'X record'), 'TagList.malformed',
    'the X record "v=X1; none" has "none", which is not a tag; tags are name=value in ASCII, with semicolons between them'],
  ['two semicolons in a row', () => parseTagList('v=X1;;a=b', 'X record'), 'TagList.malformed',
    'the X record "v=X1;;a=b" has "", which is not a tag; tags are name=value in ASCII, with semicolons between them'],
  ['other than ASCII', () => parseTagList('v=Ⅹ1', 'X record'), 'TagList.malformed',
    'the X record "v=Ⅹ1" has "v=Ⅹ1", which is not a tag; tags are name=value in ASCII, with semicolons between them'],
  ['a tag twice', () => parseTagList('v=X1;a=b;a=b', 'X record'), 'TagList.duplicate', 'the X record "v=X1;a=b;a=b" has the tag a twice; receivers ignore such a record'],
  ['a secret that is no list', () => parseTagList('hush', 'X record', false), 'TagList.malformed',
    'the X record has a part that is not a tag; tags are name=value in ASCII, with semicolons between them'],
  ['a secret with a tag twice', () => parseTagList('a=hush;a=b', 'X record', false), 'TagList.duplicate', 'the X record has the tag a twice; receivers ignore such a record'],
  ['its version behind', () => parseVersionedTagList('a=b;v=X1', 'X1', 'X record'), 'TagList.version',
    'the X record "a=b;v=X1" does not begin with v=X1; receivers ignore a record that does not'],
  ['another version', () => parseVersionedTagList('v=x1;a=b', 'X1', 'X record'), 'TagList.version',
    'the X record "v=x1;a=b" does not begin with v=X1; receivers ignore a record that does not'],
])('a tag list is refused with %s', (_, rule, code, sentence) => expectRefusal(rule, code, sentence));
