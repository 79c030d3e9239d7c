import * as fc from 'fast-check';
import * as arbitrary from './arbitrary';
import { expectRefusal } from './refusal';
import { Dmarc, DmarcAlignment } from '../../src/records';
import { hasSameOwner, isPublicSuffix, organizationalDomain } from '../../src/records/organizational-domain';

const TOKEN = '${Token[TOKEN.9]}';

test('the public suffix list is not loaded with the library', () => {
  jest.isolateModules(() => {
    jest.doMock('tldts', () => { throw new Error('loaded'); });
    const { Dmarc: isolated } = jest.requireActual<typeof import('../../src/records')>('../../src/records');
    expect(isolated.isAligned('example.com', 'example.com')).toBe(true);
    expect(() => isolated.isAligned('example.com', 'example.net')).toThrow('loaded');
    jest.dontMock('tldts');
  });
});

test.each([
  ['example.com', 'example.com'],
  ['News.Example.com.', 'example.com'],
  ['a.b.example.co.uk', 'example.co.uk'],
  ['city.kawasaki.jp', 'city.kawasaki.jp'],
  ['x.y.kawasaki.jp', 'x.y.kawasaki.jp'],
  ['co.uk', 'co.uk'],
  ['com', 'com'],
  ['mail.corp.internal', 'corp.internal'],
  // the private section does not count: one owner publishes DNS for all of it
  ['somebody.github.io', 'github.io'],
  [`a.${TOKEN}`, `a.${TOKEN}`],
])('the organizational domain of %s is %s', (domain, organization) => {
  expect(organizationalDomain(domain)).toBe(organization);
});

test.each([['com', true], ['co.uk', true], ['CO.UK.', true], ['example.com', false], ['github.io', false], ['localhost', true], [TOKEN, false]])(
  '%s is a public suffix: %s', (domain, is) => expect(isPublicSuffix(domain)).toBe(is),
);

describe('alignment of the From domain and an authenticated domain', () => {
  test.each([
    ['example.com', 'example.com', true, true],
    ['Example.com.', 'example.COM', true, true],
    ['example.com', 'bounce.example.com', true, false],
    ['bounce.example.com', 'example.com', true, false],
    ['a.example.com', 'bounce.example.com', true, false],
    ['example.co.uk', 'x.other.co.uk', false, false],
    ['example.com', 'evil-example.com', false, false],
    ['example.com', 'amazonses.com', false, false],
    // what only the deployment knows is not held against anybody, unless the text shows it
    [TOKEN, TOKEN, true, true],
    [TOKEN, `bounce.${TOKEN}`, true, false],
    [`bounce.${TOKEN}`, TOKEN, true, false],
    [TOKEN, 'example.com', true, true],
  ])('%s and %s: relaxed %s, strict %s', (fromDomain, other, relaxed, strict) => {
    expect(Dmarc.isAligned(fromDomain, other)).toBe(relaxed);
    expect(Dmarc.isAligned(fromDomain, other, DmarcAlignment.RELAXED)).toBe(relaxed);
    expect(Dmarc.isAligned(fromDomain, other, DmarcAlignment.STRICT)).toBe(strict);
  });

  test('does not depend on the order, and strict implies relaxed', () => {
    fc.assert(fc.property(arbitrary.domain, arbitrary.domain, fc.constantFrom(...Object.values(DmarcAlignment)), (one, other, alignment) => {
      expect(Dmarc.isAligned(one, other, alignment)).toBe(Dmarc.isAligned(other, one, alignment));
      expect(Dmarc.isAligned(one, one, alignment)).toBe(true);
      if (Dmarc.isAligned(one, other, DmarcAlignment.STRICT)) expect(Dmarc.isAligned(one, other)).toBe(true);
    }));
  });

  test('takes domains only', () => {
    expectRefusal(() => Dmarc.isAligned('user@example.com', 'example.com'), 'DomainName.characters',
      'From domain "user@example.com" has the label "user@example"; a label has letters, digits and hyphens only');
    expectRefusal(() => Dmarc.isAligned('example.com', ''), 'DomainName.empty', 'authenticated domain is empty; give a name such as "example.com"');
  });
});

test.each([
  ['a.example.com', 'b.example.com', true],
  ['example.com', 'example.net', false],
  [TOKEN, `dmarc.${TOKEN}`, true],
  [TOKEN, 'example.com', false],
])('%s and %s have one owner: %s', (one, other, same) => {
  expect(hasSameOwner(one, other)).toBe(same);
  expect(hasSameOwner(other, one)).toBe(same);
});
