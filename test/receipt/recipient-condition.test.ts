import * as fc from 'fast-check';
import * as arbitrary from './arbitrary';
import { covers, duplicates, identityDomainOf, matches, mostSpecificFirst, overlap } from '../../src/receipt/recipient-condition';

const TOKEN = '${Token[Zone.Name.12]}';

describe('a condition is for', () => {
  test.each<[string, string[], string[]]>([
    ['user@example.com', ['user@example.com', 'user+123@example.com', 'user+xyz+1@EXAMPLE.com'], ['user2@example.com', 'USER@example.com', 'user@a.example.com', 'user@example.org']],
    ['user+123@example.com', ['user+123@example.com'], ['user@example.com', 'user+1234@example.com', 'user+123+4@example.com']],
    ['example.com', ['user@example.com', 'user+123@example.com', 'other@Example.Com'], ['user@subdomain.example.com', 'user@evil-example.com', 'user@com']],
    ['subdomain.example.com', ['user@subdomain.example.com'], ['user@example.com', 'user@a.subdomain.example.com']],
    ['.example.com', ['user@subdomain.example.com', 'user@a.b.example.com'], ['user@example.com', 'user@evil-example.com']],
    ['EXAMPLE.com', ['user@example.com'], ['example.com']],
    [`user@${TOKEN}`, [`user+1@${TOKEN}`], ['user@example.com']],
  ])('%s', (condition, those, notThese) => {
    expect(those.filter(address => !matches(condition, address))).toEqual([]);
    expect(notThese.filter(address => matches(condition, address))).toEqual([]);
  });
});

describe('a condition covers another', () => {
  test.each([
    ['example.com', 'user@example.com', true],
    ['user@example.com', 'user+tag@example.com', true],
    ['user+tag@example.com', 'user@example.com', false],
    ['.example.com', 'user@a.example.com', true],
    ['.example.com', 'a.example.com', true],
    ['.example.com', '.a.example.com', true],
    ['.example.com', '.example.com', true],
    ['.example.com', 'example.com', false],
    ['example.com', '.example.com', false],
    ['example.com', 'a.example.com', false],
    ['.a.example.com', '.example.com', false],
    ['user@example.com', 'example.com', false],
    [`.${TOKEN}`, `user@mail.${TOKEN}`, true],
    [TOKEN, 'user@example.com', false],
  ])('%s, %s: %s', (wide, narrow, expected) => {
    expect(covers(wide, narrow)).toBe(expected);
  });

  test('when it is for all that the other is for, and two that share an address are one within the other', () => {
    const seen = { covering: 0, sharing: 0 };
    for (const [one, other] of arbitrary.CONDITIONS.flatMap(each => arbitrary.CONDITIONS.map(another => [each, another]))) {
      const shared = arbitrary.ADDRESSES.filter(address => matches(one, address) && matches(other, address));
      if (covers(one, other)) {
        expect([one, other, shared]).toEqual([one, other, arbitrary.ADDRESSES.filter(address => matches(other, address))]);
        seen.covering++;
      }
      if (shared.length > 0) {
        expect([one, other, overlap(one, other)]).toEqual([one, other, true]);
        seen.sharing++;
      }
    }
    expect(seen.covering).toBeGreaterThan(100);
    expect(seen.sharing).toBeGreaterThan(100);
  });
});

test('a condition that is given twice is found, whatever the case of its domain', () => {
  expect(duplicates(['a@Example.com', 'example.com', 'A@example.com', 'a@example.COM', '.example.com', 'EXAMPLE.com', 'example.com'])).toEqual(['a@example.com', 'example.com']);
});

test.each([
  ['user@A.example.com', 'a.example.com'],
  ['example.com', 'example.com'],
  ['.example.com', 'example.com'],
  [`user@${TOKEN}`, undefined],
])('mail for %s needs an identity for %s', (condition, domain) => {
  expect(identityDomainOf(condition)).toBe(domain);
});

describe('the most specific comes first', () => {
  test('in the order of the kinds, a subdomain before the domain above it, and everything last', () => {
    const conditions = [[], ['.example.com'], ['.a.example.com'], [TOKEN], ['example.com'], ['a.example.com'], ['user@example.com'], ['user+tag@example.com']];
    expect(mostSpecificFirst(conditions, each => each)).toEqual([...conditions].reverse());
  });

  test('where several conditions count as the widest, and equals stay in order', () => {
    const rules = [
      { name: 'first', for: ['user@example.com', 'example.com'] }, { name: 'second', for: ['other@example.org'] }, { name: 'third', for: ['example.org'] },
      { name: 'fourth' }, { name: 'fifth', for: ['user@example.net'] },
    ];
    expect(mostSpecificFirst(rules, rule => rule.for).map(({ name }) => name)).toEqual(['second', 'fifth', 'first', 'third', 'fourth']);
  });

  test('so that no condition stands behind one that covers it', () => {
    fc.assert(fc.property(fc.array(arbitrary.condition), conditions => {
      const sorted = mostSpecificFirst(conditions, each => [each]);
      sorted.forEach((later, index) => sorted.slice(0, index).forEach(earlier => {
        if (covers(earlier, later)) expect(covers(later, earlier)).toBe(true);
      }));
    }));
  });
});
