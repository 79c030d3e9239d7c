import { createHash } from 'node:crypto';
import type { Duration } from 'aws-cdk-lib';
import { DnsRecord, DnsRecordOptions, withPurpose } from './dns-record';
import { normalizeDomain } from './domain-name';
import { checkPolicy, parsePolicyFile, PolicyFile, renderPolicyFile } from './mta-sts-policy';
import { parseVersionedTagList } from './tag-list';
import { fail } from '../private/errors';
import { hasToken } from '../private/tokens';

const WEEK = 7 * 24 * 3600;
const DAY = 24 * 3600;
const ID_MAX = 32;

/**
 * What a sender does when it reaches no listed mail server over a valid TLS connection.
 */
export enum MtaStsMode {
  /** It does not deliver. */
  ENFORCE = 'enforce',
  /** It delivers, and reports where TLS-RPT says. */
  TESTING = 'testing',
  /** It delivers: the domain has no policy any more. */
  NONE = 'none',
}

/**
 * What all MTA-STS policies have.
 */
export interface MtaStsPolicyOptions {
  /**
   * How long senders remember the policy, in whole seconds up to 31557600 (about a year).
   *
   * @default - 7 days; a day when disabled
   */
  readonly maxAge?: Duration;

  /**
   * The version of the policy, up to 32 letters and digits. Senders fetch the policy again when it changes.
   *
   * @default - a hash of the policy, which changes exactly when the policy does
   */
  readonly id?: string;
}

/**
 * What an MTA-STS policy has that asks for TLS.
 */
export interface MtaStsOptions extends MtaStsPolicyOptions {
  /**
   * The hosts of the domain's MX records, e.g. `inbound-smtp.eu-west-1.amazonaws.com`; `*.` stands for one label.
   */
  readonly mailServers: string[];
}

/**
 * An MTA-STS policy: mail to a domain is delivered over TLS to its own servers only (RFC 8461). It is a TXT record, and a file that
 * a web server hands out at `policyUrl`.
 *
 * @see https://www.rfc-editor.org/rfc/rfc8461
 */
export class MtaSts {
  /**
   * Senders do not deliver without TLS.
   *
   * @param options mail servers, age and id
   */
  public static enforce(options: MtaStsOptions): MtaSts {
    return MtaSts.make(MtaStsMode.ENFORCE, options.mailServers, options, WEEK);
  }

  /**
   * Senders report what would not have been delivered. The first stage; it needs `TlsRpt`.
   *
   * @param options mail servers, age and id
   */
  public static testing(options: MtaStsOptions): MtaSts {
    return MtaSts.make(MtaStsMode.TESTING, options.mailServers, options, WEEK);
  }

  /**
   * Takes a policy back. Publish this for as long as the former policy's `maxAge`, then remove record and file.
   *
   * @param options age and id
   */
  public static disabled(options: MtaStsPolicyOptions = {}): MtaSts {
    return MtaSts.make(MtaStsMode.NONE, [], options, DAY);
  }

  /**
   * Reads a policy: its TXT record and its file.
   *
   * @param text the text of the record, e.g. `v=STSv1; id=20260101;`
   * @param policyFile the content of the file
   */
  public static parse(text: string, policyFile: string): MtaSts {
    return new MtaSts(parsePolicyFile(policyFile), MtaSts.parseId(text));
  }

  /**
   * Reads the content of a policy file. The id is derived from it.
   *
   * @param policyFile the content of the file, with any line ends
   */
  public static parsePolicyFile(policyFile: string): MtaSts {
    return new MtaSts(parsePolicyFile(policyFile));
  }

  /**
   * Reads the text of a TXT record, which holds the id of the policy.
   *
   * @param text e.g. `v=STSv1; id=20260101;`
   */
  public static parseId(text: string): string {
    const id = parseVersionedTagList(text, 'STSv1', 'MTA-STS record').get('id');
    return checkId(id ?? fail('MtaSts.noId', `the MTA-STS record "${text}" has no id; add id= with up to ${ID_MAX} letters and digits`));
  }

  private static make(mode: MtaStsMode, mailServers: string[], options: MtaStsPolicyOptions, defaultAge: number): MtaSts {
    return new MtaSts({ mode, mailServers, maxAgeSeconds: options.maxAge?.toSeconds({ integral: false }) ?? defaultAge }, options.id);
  }

  /** What a sender does without TLS. */
  public readonly mode: MtaStsMode;

  /** The hosts that take mail for the domain. */
  public readonly mailServers: string[];

  /** How long senders remember the policy, in seconds. */
  public readonly maxAgeSeconds: number;

  /** The version of the policy. */
  public readonly id: string;

  private constructor(given: PolicyFile, id?: string) {
    const policy = checkPolicy(given);
    this.mode = policy.mode as MtaStsMode;
    this.mailServers = policy.mailServers;
    this.maxAgeSeconds = policy.maxAgeSeconds;
    this.id = id === undefined ? idOf(renderPolicyFile(policy)) : checkId(id);
  }

  /**
   * The text of the record.
   */
  public render(): string {
    return `v=STSv1; id=${this.id};`;
  }

  /**
   * The content of the policy file, to be served as `text/plain`.
   */
  public policyFile(): string {
    return renderPolicyFile(this);
  }

  /**
   * Where senders look for the policy file.
   *
   * @param domain the domain that receives mail
   */
  public policyUrl(domain: string): string {
    return `https://mta-sts.${normalizeDomain(domain, 'MTA-STS domain')}/.well-known/mta-sts.txt`;
  }

  /**
   * The TXT record at `_mta-sts.<domain>`.
   *
   * @param domain the domain that receives mail
   * @param options TTL and purpose
   */
  public record(domain: string, options: DnsRecordOptions = {}): DnsRecord {
    const name = normalizeDomain(domain, 'MTA-STS domain');
    const purpose = `MTA-STS: tells senders that ${name} has a policy on TLS, and when it changed`;
    return DnsRecord.txt(`_mta-sts.${name}`, [this.render()], withPurpose(options, purpose));
  }
}

function idOf(policyFile: string): string {
  if (hasToken(policyFile)) {
    fail('MtaSts.idUnknown', 'the MTA-STS policy has a value that only the deployment knows, ' +
      'so no id can be derived from it; set id, and change it with the policy');
  }
  return createHash('sha256').update(policyFile).digest('hex').slice(0, ID_MAX);
}

function checkId(id: string): string {
  if (!hasToken(id) && !/^[a-z0-9]{1,32}$/i.test(id)) {
    fail('MtaSts.id', `the MTA-STS id is "${id}"; it is 1 to ${ID_MAX} letters and digits (RFC 8461)`);
  }
  return id;
}
