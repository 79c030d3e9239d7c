import { Names } from 'aws-cdk-lib';
import * as ses from 'aws-cdk-lib/aws-ses';
import { Construct } from 'constructs';
import { located } from '../private/errors';
import { finding } from '../private/finding';
import { PerApp } from '../private/per-app';
import { onlyPlaceOf } from '../private/place';
import { checkIpFilters, type IpFilter, ipFilterFindings, ipFilterName } from '../receipt/ip-filter';

/**
 * Properties of IP filters.
 */
export interface IpFiltersProps {
  /**
   * Addresses whose mail is let in, whatever the filters that block and SES's own list of senders of spam say: an address, or a range in CIDR notation such as
   * `192.0.2.0/24`.
   *
   * @default - none
   */
  readonly allow?: string[];

  /**
   * Addresses whose mail is refused while they are connected: an address, or a range in CIDR notation.
   *
   * @default - none
   */
  readonly block?: string[];

  /**
   * Whether all mail is refused that does not come from addresses in `allow`.
   *
   * @default false
   */
  readonly blockAll?: boolean;

  /**
   * Names for filters, by what stands in `allow` or `block`: up to 63 letters, digits, `_`, `-` and `.`, with a letter or digit at both ends. SES cannot change a
   * filter, so one that has a name of yours and is changed needs another name, too.
   *
   * @default - made from the range and the place in the tree
   */
  readonly names?: Record<string, string>;
}

const EVERYBODY = '0.0.0.0/0';

/** The filters of an app, by account and Region: they hold for the whole account, whatever the rule set. */
const filters = new PerApp(() => new Map<string, IpFilter[]>());

/**
 * Whose mail is taken at all, by the address of the server that sends. SES asks filters before anything else, and mail that they refuse costs nothing; nobody is
 * told of it but the sender.
 *
 * They hold for all of the account in the Region: up to 100, whatever rule set is active. Those that allow are created before those that block, and deleted after
 * them, so that wanted mail is never refused in between.
 *
 * @see https://docs.aws.amazon.com/ses/latest/dg/receiving-email-ip-filtering-console-walkthrough.html
 *
 * @example
 * new IpFilters(this, 'PartnersOnly', { allow: ['192.0.2.0/24', '198.51.100.7'], blockAll: true });
 */
export class IpFilters extends Construct {
  public constructor(scope: Construct, id: string, props: IpFiltersProps) {
    super(scope, id);
    const own = located(this, () => this.filtersOf(props));
    const all = filters.of(this);
    const place = onlyPlaceOf(this);
    const others = all.get(place);
    all.set(place, [...others ?? [], ...own]);
    located(this, () => checkIpFilters(all.get(place)!));
    this.createFilters(own);
    // all that there is in the account counts together, so the first one speaks for all
    if (!others) this.report(() => all.get(place)!);
  }

  private report(inPlace: () => IpFilter[]): void {
    this.node.addValidation({
      validate: () => {
        ipFilterFindings(inPlace()).forEach(({ id, text }) => finding(this, id, text));
        return [];
      },
    });
  }

  private filtersOf({ allow = [], block = [], blockAll = false, names = {} }: IpFiltersProps): IpFilter[] {
    const given: IpFilter[] = [
      ...allow.map(cidr => ({ policy: 'Allow' as const, cidr })),
      ...[...block, ...blockAll ? [EVERYBODY] : []].map(cidr => ({ policy: 'Block' as const, cidr })),
    ];
    return given.map(filter => ({ ...filter, name: names[filter.cidr] ?? ipFilterName(filter, Names.uniqueId(this)) }));
  }

  /** One after the other: SES takes one call a second. */
  private createFilters(own: IpFilter[]): void {
    let last: Construct | undefined;
    for (const { policy, cidr, name } of own) {
      const filter = new ses.CfnReceiptFilter(this, name!, { filter: { name, ipFilter: { policy, cidr } } });
      if (last) filter.node.addDependency(last);
      last = filter;
    }
  }
}
