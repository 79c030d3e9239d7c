import { createHash } from 'node:crypto';
import { containsRange, hasHostBits, type IpRange, ipRangeText, parseIpRange } from './ip-range';
import { fail } from '../private/errors';
import { hasToken } from '../private/tokens';
import { SES_LIMITS } from '../ses/limits';
import { checkName, SES_NAMES } from '../ses/names';

/** What SES does with mail from the addresses of a filter. */
export type IpFilterPolicy = 'Allow' | 'Block';

/** A filter by the address of the server that sends. It holds for the whole account in the Region, whatever the rule set. */
export interface IpFilter {
  readonly policy: IpFilterPolicy;
  /** An address, or a range in CIDR notation. */
  readonly cidr: string;
  readonly name?: string;
}

/** What deploys, and will not do what its author expects. */
export interface IpFilterFinding {
  readonly id: string;
  readonly text: string;
  /** The range that it is about, unless it is about all filters. */
  readonly cidr?: string;
}

/** A filter whose range is known before the deployment. */
interface KnownFilter extends IpFilter {
  readonly range: IpRange;
}

/**
 * Refuses filters that SES does not take, or that say two things at once.
 */
export function checkIpFilters(filters: readonly IpFilter[]): void {
  if (filters.length > SES_LIMITS.ipFilters) {
    fail('IpFilter.tooMany', `there are ${filters.length} IP filters; SES takes up to ${SES_LIMITS.ipFilters} in an account and Region. Join neighbouring addresses to ranges`);
  }
  for (const { name } of filters) if (name !== undefined) checkName(SES_NAMES.receiptFilter, name);
  const seen = new Map<string, KnownFilter>();
  for (const filter of known(filters)) {
    const range = ipRangeText(filter.range);
    const before = seen.get(range);
    if (before) refuseSecond(before, filter);
    seen.set(range, filter);
  }
}

/**
 * What SES does with mail from an address: a filter that allows wins over one that blocks, and over SES's own list of senders of spam. Undefined when no filter
 * has the address.
 */
export function ipPolicyOf(filters: readonly IpFilter[], address: string): IpFilterPolicy | undefined {
  const sender = parseIpRange(address);
  const policies = known(filters).filter(({ range }) => containsRange(range, sender)).map(({ policy }) => policy);
  return policies.includes('Allow') ? 'Allow' : policies[0];
}

/**
 * A name for a filter that nobody has named. It follows from what the filter says: SES cannot change a filter, and its successor needs another name while both
 * are there.
 *
 * @param filter the filter; its range has to be known
 * @param place what tells the filter from an equal one elsewhere, e.g. the unique id of its construct
 */
export function ipFilterName({ cidr, policy }: IpFilter, place: string): string {
  if (hasToken(cidr)) fail('IpFilter.unknownRange', 'the range of the IP filter is known to the deployment only, so that no name can follow from it; give the filter a name');
  const range = ipRangeText(parseIpRange(cidr)).replace(/[.:/]/g, '-');
  return `${policy.toLowerCase()}-${range}-${createHash('sha256').update(place).digest('hex').slice(0, 8)}`;
}

/**
 * What deploys, and will not do what its author expects.
 */
export function ipFilterFindings(filters: readonly IpFilter[]): IpFilterFinding[] {
  const all = known(filters);
  const allowed = all.filter(({ policy }) => policy === 'Allow');
  const blocked = all.filter(({ policy }) => policy === 'Block');
  const blocksAll = blocked.some(({ range }) => range.length === 0);
  const isComplete = all.length === filters.length;
  const findings: IpFilterFinding[] = [];
  const finding = (cidr: string | undefined, id: string, text: string) => findings.push({ id, text, ...cidr === undefined ? {} : { cidr } });
  for (const { cidr, range } of all) {
    if (hasHostBits(range)) finding(cidr, 'IpFilters.hostBits', `"${cidr}" means ${ipRangeText(range)}: what follows the first ${range.length} bits does not count; write it so`);
    if (range.version === 6) finding(cidr, 'IpFilters.ipv6', `"${cidr}" is IPv6, of which the guide of SES does not speak; see that SES takes it`);
  }
  for (const { cidr, range } of blocked) {
    const wider = allowed.find(allow => containsRange(allow.range, range));
    if (wider) finding(cidr, 'IpFilters.blockedWithinAllowed', `"${cidr}" is blocked, and lies in "${wider.cidr}", which is allowed; SES lets in what is allowed`);
  }
  if (isComplete && allowed.length > 0 && !blocksAll) {
    finding(undefined, 'IpFilters.allowsOnly', 'addresses are allowed, and all others are too, since "0.0.0.0/0" is not blocked: the filters only let in what the list of SES would keep out');
  }
  if (isComplete && allowed.length === 0 && blocksAll) finding(undefined, 'IpFilters.blocksAll', '"0.0.0.0/0" is blocked and nothing is allowed: no mail comes in');
  return findings;
}

function refuseSecond(before: KnownFilter, filter: KnownFilter): never {
  return before.policy === filter.policy
    ? fail('IpFilter.twice', `"${before.cidr}" and "${filter.cidr}" are the same range, and both ${verb(filter.policy)} it; leave one out`)
    : fail('IpFilter.contradiction', `"${before.cidr}" and "${filter.cidr}" are the same range; one filter allows it and the other blocks it`);
}

function verb(policy: IpFilterPolicy): string {
  return policy === 'Allow' ? 'allow' : 'block';
}

function known(filters: readonly IpFilter[]): KnownFilter[] {
  return filters.filter(({ cidr }) => typeof cidr === 'string' && !hasToken(cidr)).map(filter => ({ ...filter, range: parseIpRange(filter.cidr) }));
}
