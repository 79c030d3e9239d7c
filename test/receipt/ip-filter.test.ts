import { BlockList } from 'node:net';
import * as fc from 'fast-check';
import { checkIpFilters, type IpFilter, ipFilterFindings, ipFilterName, ipPolicyOf } from '../../src/receipt/ip-filter';
import { containsRange, hasHostBits, ipRangeText, parseIpRange } from '../../src/receipt/ip-range';
import { expectRefusal, type Refusal } from '../records/refusal';

const TOKEN = '${Token[TOKEN.12]}';
const allow = (cidr: string, name?: string): IpFilter => ({ policy: 'Allow', cidr, name });
const block = (cidr: string, name?: string): IpFilter => ({ policy: 'Block', cidr, name });

/** Addresses that are often near each other, so that ranges meet. */
const address4 = fc.oneof(fc.ipV4(), fc.tuple(fc.constantFrom(0, 10), fc.constantFrom(0, 1, 255)).map(([one, two]) => `10.0.${one}.${two}`));
const range4 = fc.tuple(address4, fc.integer({ min: 0, max: 32 }));
const address6 = fc.oneof(fc.ipV6(), fc.constantFrom('::', '::1', '2001:db8::', '2001:db8::1', '::ffff:192.0.2.1', '1::8'));
const range6 = fc.tuple(address6, fc.integer({ min: 0, max: 128 }));

describe('a range', () => {
  test.each([
    ['10.0.0.1', '10.0.0.1/32', false],
    ['10.0.0.1/24', '10.0.0.0/24', true],
    ['0.0.0.0/0', '0.0.0.0/0', false],
    ['255.255.255.255/31', '255.255.255.254/31', true],
    ['2001:DB8::/32', '2001:db8:0:0:0:0:0:0/32', false],
    ['::1/64', '0:0:0:0:0:0:0:0/64', true],
    ['::ffff:192.0.2.1', '0:0:0:0:0:ffff:c000:201/128', false],
    ['1:2:3:4:5:6:7:8', '1:2:3:4:5:6:7:8/128', false],
  ])('%s is %s', (text, normal, hostBits) => {
    expect(ipRangeText(parseIpRange(text))).toBe(normal);
    expect(hasHostBits(parseIpRange(text))).toBe(hostBits);
  });

  test.each([['of IPv4', range4, address4, 'ipv4'], ['of IPv6', range6, address6, 'ipv6']] as const)('%s has the addresses that Node says it has', (_, ranges, addresses, family) => {
    fc.assert(fc.property(ranges, addresses, ([first, length], address) => {
      const list = new BlockList();
      list.addSubnet(first, length, family);
      expect(containsRange(parseIpRange(`${first}/${length}`), parseIpRange(address))).toBe(list.check(address, family));
    }), { numRuns: 500 });
  });

  test('in its one form means the same, and keeps that form', () => {
    fc.assert(fc.property(fc.oneof(range4, range6), ([address, length]) => {
      const range = parseIpRange(`${address}/${length}`);
      const normal = parseIpRange(ipRangeText(range));
      expect([containsRange(range, normal), containsRange(normal, range)]).toEqual([true, true]);
      expect([hasHostBits(normal), ipRangeText(normal)]).toEqual([false, ipRangeText(range)]);
    }));
  });

  const EITHER = 'is neither an IP address nor a range; write "192.0.2.1", or "192.0.2.0/24" for all that begin with the same 24 bits (RFC 4632)';

  test.each<Refusal>([
    ['a host name', () => parseIpRange('mail.example.com'), 'IpRange.address', `"mail.example.com" ${EITHER}`],
    ['an octet too large', () => parseIpRange('10.0.0.256'), 'IpRange.address', `"10.0.0.256" ${EITHER}`],
    ['three octets', () => parseIpRange('10.0.0/24'), 'IpRange.address', `"10.0.0/24" ${EITHER}`],
    ['nothing', () => parseIpRange(''), 'IpRange.address', `"" ${EITHER}`],
    ['a zone', () => parseIpRange('fe80::1%eth0'), 'IpRange.address', `"fe80::1%eth0" ${EITHER}`],
    ['more bits than there are', () => parseIpRange('10.0.0.0/33'), 'IpRange.length', '"10.0.0.0/33" has "33" behind the slash; for IPv4 it is a whole number from 0 to 32'],
    ['a mask', () => parseIpRange('10.0.0.0/255.0.0.0'), 'IpRange.length', '"10.0.0.0/255.0.0.0" has "255.0.0.0" behind the slash; for IPv4 it is a whole number from 0 to 32'],
    ['nothing behind the slash', () => parseIpRange('::/'), 'IpRange.length', '"::/" has "" behind the slash; for IPv6 it is a whole number from 0 to 128'],
  ])('%s is refused', (_, rule, code, sentence) => expectRefusal(rule, code, sentence));
});

describe('filters', () => {
  test.each<Refusal>([
    ['more than 100', () => checkIpFilters(Array.from({ length: 101 }, (_, index) => block(`10.0.0.${index}`))), 'IpFilter.tooMany',
      'there are 101 IP filters; SES takes up to 100 in an account and Region. Join neighbouring addresses to ranges'],
    ['the same range twice', () => checkIpFilters([block('10.0.0.1/24'), block('10.0.0.2/24')]), 'IpFilter.twice',
      '"10.0.0.1/24" and "10.0.0.2/24" are the same range, and both block it; leave one out'],
    ['a range that is allowed and blocked', () => checkIpFilters([allow('10.0.0.1'), block('10.0.0.1/32')]), 'IpFilter.contradiction',
      '"10.0.0.1" and "10.0.0.1/32" are the same range; one filter allows it and the other blocks it'],
    ['a name of 64 characters', () => checkIpFilters([block('10.0.0.1', 'a'.repeat(64))]), 'SesName.form',
      `IP filter name "${'a'.repeat(64)}" is not accepted by SES; it takes 1 to 63 letters, digits, "-", "_" and ".", with a letter or digit at both ends`],
    ['a name that begins with a dot', () => checkIpFilters([block(TOKEN, '.office')]), 'SesName.form',
      'IP filter name ".office" is not accepted by SES; it takes 1 to 63 letters, digits, "-", "_" and ".", with a letter or digit at both ends'],
  ])('with %s are refused', (_, rule, code, sentence) => expectRefusal(rule, code, sentence));

  test('that SES takes pass, also those which only a deployment knows', () => {
    checkIpFilters([block('0.0.0.0/0', 'block.all_1-2'), allow('10.0.0.1'), allow('10.0.0.0/24'), allow(TOKEN), block(TOKEN), ...Array.from({ length: 95 }, (_, i) => block(`10.1.0.${i}`))]);
  });

  test('decide by the address of the server, where what is allowed wins', () => {
    const filters = [block('0.0.0.0/0'), allow('192.0.2.0/24'), block('192.0.2.7'), block(TOKEN)];
    expect(['192.0.2.1', '192.0.2.7', '203.0.113.1', '2001:db8::1'].map(address => ipPolicyOf(filters, address))).toEqual(['Allow', 'Allow', 'Block', undefined]);
  });
});

describe('the name of a filter', () => {
  test('follows from its range, its policy and its place', () => {
    expect(ipFilterName(block('0.0.0.0/0'), 'Stack/Filters')).toMatch(/^block-0-0-0-0-0-[0-9a-f]{8}$/);
    expect(ipFilterName(allow('10.0.0.1/24'), 'here')).toBe(ipFilterName(allow('10.0.0.0/24'), 'here'));
    expect(ipFilterName(allow('10.0.0.1'), 'here')).not.toBe(ipFilterName(allow('10.0.0.1'), 'there'));
  });

  test('differs when the filter does, and is one that SES takes', () => {
    const ranges = fc.oneof(range4, range6).map(([address, length]) => `${address}/${length}`);
    fc.assert(fc.property(ranges, ranges, (one, other) => {
      const names = [ipFilterName(allow(one), ''), ipFilterName(block(one), ''), ipFilterName(allow(other), '')];
      names.forEach(name => checkIpFilters([block('10.0.0.1', name)]));
      expect(names[0] === names[1]).toBe(false);
      expect(names[0] === names[2]).toBe(ipRangeText(parseIpRange(one)) === ipRangeText(parseIpRange(other)));
    }));
    expect(ipFilterName(allow('1.1.11.1'), '')).not.toBe(ipFilterName(allow('11.1.1.1'), ''));
  });

  test('has to be given when only the deployment knows the range', () => {
    expectRefusal(() => ipFilterName(allow(TOKEN), ''), 'IpFilter.unknownRange',
      'the range of the IP filter is known to the deployment only, so that no name can follow from it; give the filter a name');
  });
});

describe('findings', () => {
  const ids = (...filters: IpFilter[]) => ipFilterFindings(filters).map(({ id }) => id);

  test.each<[string, IpFilter[], string[]]>([
    ['only known servers may send', [block('0.0.0.0/0'), allow('192.0.2.1'), allow('198.51.100.0/24')], []],
    ['some servers may not send', [block('192.0.2.1')], []],
    ['a range is written by one of its addresses', [block('192.0.2.1/24')], ['IpFilters.hostBits']],
    ['a range is IPv6', [block('2001:db8::/32')], ['IpFilters.ipv6']],
    ['addresses are allowed and no others are blocked', [allow('192.0.2.1')], ['IpFilters.allowsOnly']],
    ['the blocked ones may be known to the deployment', [allow('192.0.2.1'), block(TOKEN)], []],
    ['nobody may send', [block('0.0.0.0/0')], ['IpFilters.blocksAll']],
    ['the allowed ones may be known to the deployment', [block('0.0.0.0/0'), allow(TOKEN)], []],
    ['a blocked address is allowed with its range', [block('0.0.0.0/0'), allow('192.0.2.0/24'), block('192.0.2.7')], ['IpFilters.blockedWithinAllowed']],
  ])('%s', (_, filters, expected) => {
    expect(ids(...filters)).toEqual(expected);
  });

  test('say what to do', () => {
    expect(ipFilterFindings([allow('192.0.2.1/24')])).toEqual([
      { id: 'IpFilters.hostBits', cidr: '192.0.2.1/24', text: '"192.0.2.1/24" means 192.0.2.0/24: what follows the first 24 bits does not count; write it so' },
      {
        id: 'IpFilters.allowsOnly',
        text: 'addresses are allowed, and all others are too, since "0.0.0.0/0" is not blocked: the filters only let in what the list of SES would keep out',
      },
    ]);
  });
});
