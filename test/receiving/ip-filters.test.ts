import { App, Stack, Validations } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { IpFilters, type IpFiltersProps } from '../../src';
import { findingIdsOf, findingsOf, stackIn } from '../support/stacks';

function filter(props: IpFiltersProps, stack = stackIn('eu-west-1'), id = 'Filters') {
  new IpFilters(stack, id, props);
  return stack;
}

interface Filter {
  readonly DependsOn?: string[];
  readonly Properties: { readonly Filter: { readonly Name: string; readonly IpFilter: { readonly Policy: string; readonly Cidr: string } } };
}

const filtersOf = (stack: Stack) => Object.entries(Template.fromStack(stack).findResources('AWS::SES::ReceiptFilter') as Record<string, Filter>);
const namesOf = (stack: Stack) => filtersOf(stack).map(([, { Properties }]) => Properties.Filter.Name);

test('what is allowed is created first and what blocks everybody last, one after the other', () => {
  const filters = filtersOf(filter({ allow: ['192.0.2.0/24', '198.51.100.7'], block: ['203.0.113.0/24'], blockAll: true }));
  expect(filters.map(([, { Properties }]) => Object.values(Properties.Filter.IpFilter).join(' '))).toEqual(
    ['192.0.2.0/24 Allow', '198.51.100.7 Allow', '203.0.113.0/24 Block', '0.0.0.0/0 Block']);
  filters.forEach(([, { DependsOn }], index) => expect(DependsOn).toEqual(index === 0 ? undefined : [filters[index - 1][0]]));
});

test('a filter that is changed has another name, so that its successor can be created beside it, and one that is moved keeps its name', () => {
  const [before] = namesOf(filter({ block: ['192.0.2.0/24'] }));
  expect(before).toMatch(/^block-192-0-2-0-24-[0-9a-f]{8}$/);
  expect(namesOf(filter({ block: ['192.0.2.0/25'] }))).not.toContain(before);
  expect(namesOf(filter({ allow: ['192.0.2.0/24'] }))).not.toContain(before);
  expect(namesOf(filter({ block: ['198.51.100.7', '192.0.2.0/24'] }))[1]).toBe(before);
});

test('names of one\'s own are taken, and refused when SES would refuse them', () => {
  expect(namesOf(filter({ block: ['192.0.2.1'], names: { '192.0.2.1': 'spammer.one' } }))).toEqual(['spammer.one']);
  expect(() => filter({ block: ['192.0.2.1'], names: { '192.0.2.1': 'x'.repeat(64) } })).toThrow('(at Stack/Filters) [SesName.form]');
});

test.each<[string, IpFiltersProps, string]>([
  ['what is no address', { allow: ['example.com'] }, '[IpRange.address]'],
  ['a mask that is too long', { block: ['192.0.2.0/33'] }, '[IpRange.length]'],
  ['a range twice', { block: ['192.0.2.0/24', '192.0.2.1/24'] }, '[IpFilter.twice]'],
  ['a range that is allowed and blocked', { allow: ['192.0.2.1'], block: ['192.0.2.1/32'] }, '[IpFilter.contradiction]'],
  ['more than 100', { block: Array.from({ length: 101 }, (_, index) => `192.0.2.${index}`) }, '[IpFilter.tooMany]'],
])('%s is refused', (_, props, code) => {
  expect(() => filter(props)).toThrow(`(at Stack/Filters) ${code}`);
});

test('filters of an app count together where they are deployed to one place', () => {
  const stack = filter({ allow: ['192.0.2.1'] });
  expect(() => filter({ block: ['192.0.2.1'] }, stack, 'Second')).toThrow('(at Stack/Second) [IpFilter.contradiction]');
  const app = new App();
  for (const region of ['eu-west-1', 'us-east-1']) filter({ allow: ['192.0.2.1'], blockAll: true }, new Stack(app, region, { env: { account: '111122223333', region } }));
  filter({ allow: ['192.0.2.1'], blockAll: true }, new Stack(app, 'Anywhere'));
});

test.each<[string, IpFiltersProps, string]>([
  ['IpFilters.allowsOnly', { allow: ['192.0.2.1'] }, 'addresses are allowed, and all others are too'],
  ['IpFilters.blocksAll', { blockAll: true }, 'no mail comes in'],
  ['IpFilters.blockedWithinAllowed', { allow: ['192.0.2.0/24'], block: ['192.0.2.1'], blockAll: true }, '"192.0.2.1" is blocked, and lies in "192.0.2.0/24"'],
  ['IpFilters.hostBits', { block: ['192.0.2.1/24'] }, '"192.0.2.1/24" means 192.0.2.0/24'],
  ['IpFilters.ipv6', { block: ['2001:db8::/32'] }, '"2001:db8::/32" is IPv6'],
])('%s is reported, and silent once it is acknowledged', (id, props, text) => {
  const stack = filter(props);
  expect(findingsOf(stack)).toEqual([{ path: '/Stack/Filters', text: expect.stringContaining(text) }]);
  Validations.of(stack).acknowledge({ id: `cdk-postmaster:${id}`, reason: 'known' });
  expect(findingIdsOf(stack)).toEqual([]);
});

test('an allow list and the block for the rest may be two constructs', () => {
  const stack = filter({ allow: ['192.0.2.1'] });
  filter({ blockAll: true }, stack, 'Rest');
  expect(findingIdsOf(stack)).toEqual([]);
});
