import { DnsRecord, DnsRecordOptions, withPurpose } from './dns-record';
import { SpfAll, SpfOptions } from './spf-options';
import { asksDns, parseNetwork, parseSpfTerm } from './spf-term';
import { fail } from '../private/errors';

/** A receiver gives up above this (RFC 7208, section 4.6.4). */
const LOOKUPS_MAX = 10;

const AMAZON_SES = 'include:amazonses.com';

/** The strictest first. */
const STRICTNESS = ['-all', '~all', '?all', '+all'];

/** Why these are not published. */
const OPEN_ENDS: Record<string, string> = {
  '+all': 'lets every server of the world send for the domain',
  '?all': 'says nothing of other servers, so it stops nobody',
};

/**
 * An SPF record: which servers may send with a domain as envelope sender. For mail through SES that is the MAIL FROM domain, and not the domain of
 * the From header.
 *
 * @see https://docs.aws.amazon.com/ses/latest/dg/send-email-authentication-spf.html
 */
export class Spf {
  /**
   * Lets Amazon SES send, and what else is listed. Without options: `v=spf1 include:amazonses.com ~all`.
   *
   * @param options what else may send
   */
  public static amazonSes(options: SpfOptions = {}): Spf {
    return new Spf([
      AMAZON_SES,
      ...(options.includes ?? []).map(domain => parseSpfTerm(`include:${domain}`)),
      ...(options.ip4 ?? []).map(network => `ip4:${parseNetwork(network, 'ip4')}`),
      ...(options.ip6 ?? []).map(network => `ip6:${parseNetwork(network, 'ip6')}`),
      ...(options.mechanisms ?? []).map(parseMechanism),
      options.all ?? SpfAll.SOFT_FAIL,
    ]).checked();
  }

  /**
   * Reads the text of an SPF record, as it stands in DNS. What receivers would evaluate is kept, even if `record` refuses to publish it.
   *
   * @param text e.g. `v=spf1 include:_spf.google.com ~all`
   */
  public static parse(text: string): Spf {
    if (!Spf.isSpf(text.trim())) fail('Spf.version', `"${text}" is not an SPF record; it begins with v=spf1 and a blank`);
    const terms = text.trim().split(/\s+/).slice(1).map(parseSpfTerm);
    for (const modifier of ['redirect=', 'exp=']) {
      const count = terms.filter(term => term.startsWith(modifier)).length;
      if (count > 1) fail('Spf.repeatedModifier', `the SPF record "${text}" has ${modifier} ${count} times; receivers take none of such a record`);
    }
    return new Spf(terms);
  }

  /**
   * Whether the value of a TXT record is an SPF record. A name may have one only.
   *
   * @param text the value, without quotation marks
   */
  public static isSpf(text: string): boolean {
    return /^v=spf1(?: |$)/i.test(text);
  }

  /** The mechanisms and modifiers in their order, in lower case, e.g. `include:amazonses.com`. */
  public readonly terms: string[];

  private constructor(terms: string[]) {
    this.terms = [...new Set(terms)];
  }

  /**
   * The term that speaks of all other servers, e.g. `~all`; empty when the record has none.
   */
  public get all(): string {
    return this.terms.find(isAll) ?? '';
  }

  /**
   * The terms for which a receiver asks DNS, of which there may be 10. Those within an included record count too, and are not known here.
   */
  public get lookups(): string[] {
    return this.evaluated.filter(asksDns);
  }

  /**
   * Whether the record lets Amazon SES send.
   */
  public get includesAmazonSes(): boolean {
    return this.evaluated.includes(AMAZON_SES);
  }

  /** Without what receivers do not look at: mechanisms after `all`, and `redirect=` beside it. */
  private get evaluated(): string[] {
    const end = this.terms.findIndex(isAll);
    return end < 0 ? this.terms : this.terms.filter((term, index) => index <= end || isModifier(term)).filter(term => !isRedirect(term));
  }

  /**
   * One record for what two records allow, since a name may have one only. Nothing is listed twice, and of two `all` the stricter one holds.
   *
   * Where one record ends in `all` and the other in `redirect=`, the latter becomes an `include:`, so that its servers may still send.
   *
   * @param other the other record
   */
  public merge(other: Spf): Spf {
    const all = STRICTNESS.find(term => this.all === term || other.all === term);
    const terms = [...new Set([...this.evaluated, ...other.evaluated])].filter(term => !isAll(term));
    const redirects = terms.filter(isRedirect);
    for (const rivals of [all ? [] : redirects, terms.filter(term => term.startsWith('exp='))]) {
      if (rivals.length > 1) {
        fail('Spf.rivals', `the SPF records "${this.render()}" and "${other.render()}" have ${rivals.join(' and ')}, ` +
          'of which a record can have one; take one out');
      }
    }
    const mechanisms = terms.filter(term => !isModifier(term));
    const modifiers = terms.filter(term => isModifier(term) && !isRedirect(term));
    const ending = all ? [...redirects.map(term => term.replace('redirect=', 'include:')), all] : redirects;
    return new Spf([...mechanisms, ...ending, ...modifiers]).checked();
  }

  /**
   * The text of the record.
   */
  public render(): string {
    return ['v=spf1', ...this.terms].join(' ');
  }

  /**
   * The TXT record. Refuses what would let anybody send, and what receivers cannot evaluate.
   *
   * @param name the envelope sender's domain, e.g. the MAIL FROM domain `bounce.example.com`
   * @param options TTL and purpose
   */
  public record(name: string, options: DnsRecordOptions = {}): DnsRecord {
    const who = this.includesAmazonSes ? 'Amazon SES may send' : 'which servers may send';
    return DnsRecord.txt(name, [this.checked().render()], withPurpose(options, `SPF: ${who} with ${name} as envelope sender`));
  }

  /** What may be published. */
  private checked(): Spf {
    const text = this.render();
    if (this.all in OPEN_ENDS) fail('Spf.openAll', `the SPF record "${text}" has ${this.all}, which ${OPEN_ENDS[this.all]}; end it in ~all or -all`);
    const world = this.evaluated.find(term => /^(?:ip4|ip6|a|mx)\b.*\/0(?:\/\/|$)/.test(term));
    if (world) {
      fail('Spf.world', `the SPF record "${text}" has ${world}, which lets every server of the world send for the domain; list your networks`);
    }
    if (!this.all && !this.terms.some(isRedirect)) {
      fail('Spf.noAll', `the SPF record "${text}" has no all, so it says nothing of other servers and stops nobody; end it in ~all or -all`);
    }
    const unseen = this.terms.filter(term => !this.evaluated.includes(term));
    if (unseen.length > 0) {
      fail('Spf.afterAll', `the SPF record "${text}" has ${unseen.join(', ')}, which no receiver evaluates: ${this.all} ends the record, ` +
        'and excludes redirect=');
    }
    if (this.lookups.length > LOOKUPS_MAX) {
      fail('Spf.lookups', `the SPF record takes ${this.lookups.length} DNS lookups (${this.lookups.join(', ')}); ` +
        `receivers stop at ${LOOKUPS_MAX} and SPF fails (RFC 7208, section 4.6.4), so replace some by ip4 or ip6 networks`);
    }
    return this;
  }
}

function parseMechanism(text: string): string {
  const term = parseSpfTerm(text);
  if (isAll(term)) {
    const reason = term in OPEN_ENDS ? `is ${term}, which ${OPEN_ENDS[term]}` : 'ends the record';
    fail('Spf.allAmongMechanisms', `the SPF mechanism "${text}" ${reason}; set the option all instead, to ~all or -all`);
  }
  return term;
}

function isAll(term: string): boolean {
  return STRICTNESS.includes(term);
}

function isModifier(term: string): boolean {
  return /^[a-z][a-z0-9._-]*=/i.test(term);
}

function isRedirect(term: string): boolean {
  return term.startsWith('redirect=');
}
