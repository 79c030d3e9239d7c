import { type Duration, type RemovalPolicy, Token } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { Dns, MailDns } from '../dns';
import { type IMailIdentity, VerifiedDomain } from '../identity';
import { mailFromNamed } from '../identity/identity-registry';
import { fail, located } from '../private/errors';
import { finding } from '../private/finding';
import { DnsRecord } from '../records';
import { organizationalDomain } from '../records/organizational-domain';

/**
 * How a domain comes to receive: its MX records.
 */
export interface ReceivingDomainOptions {
  /**
   * The names that get an MX record, each of them the domain or below it: `example.com`, `support.example.com`, or `*.example.com` for all subdomains that have no
   * record of their own. An MX record ends what other mail servers the name has.
   *
   * @default - the domain; and the wildcard, when a rule is for its subdomains
   */
  readonly mxNames?: string[];

  /**
   * Where the MX records are published.
   *
   * @default - where those of the `VerifiedDomain` are; of an imported domain they are outputs, to be entered by hand
   */
  readonly dns?: MailDns;

  /**
   * Whether MX records are published. Switch it off when they exist already.
   *
   * @default true
   */
  readonly publishMx?: boolean;

  /**
   * The priority of the MX records. Senders try the lowest first.
   *
   * @default 10
   */
  readonly mxPriority?: number;

  /**
   * How long resolvers may keep the MX records.
   *
   * @default Duration.minutes(30)
   */
  readonly mxTtl?: Duration;
}

/** What all records have in common. */
interface MxSettings {
  /** The host that receives. */
  readonly host: string;
  readonly removalPolicy: RemovalPolicy;
}

const PRIORITY = 10;

/**
 * The MX records of the domains that receive. They appear when there are rules for mail, and go before these do.
 */
export class MxRecords extends Construct {
  /** The records that are published. */
  public readonly records: DnsRecord[] = [];

  public constructor(scope: Construct, id: string, private readonly settings: MxSettings) {
    super(scope, id);
    // a domain may get this name as its MAIL FROM domain later
    this.node.addValidation({ validate: () => { this.records.forEach(({ name }) => this.refuseMailFrom(name)); return []; } });
  }

  /** Publishes the record of one name, unless that is done already. */
  public publish(name: string, identity: IMailIdentity, options: ReceivingDomainOptions): void {
    const { host, removalPolicy } = this.settings;
    const record = located(this, () => DnsRecord.mx(name, options.mxPriority ?? PRIORITY, host, { ttl: options.mxTtl, purpose: 'Receiving: mail goes to Amazon SES' }));
    if (this.records.some(other => other.name === record.name)) return;
    this.refuseMailFrom(record.name);
    this.reportTakeover(record.name);
    this.records.push(record);
    // the ID says which record it is: a changed one would have to be created while the old one is there, which DNS does not do
    const scope = new Construct(this, Token.isUnresolved(record.name) ? `Domain${this.records.length}` : record.name);
    dnsOf(identity, options).publish(scope, 'Records', { records: [record], removalPolicy });
  }

  private refuseMailFrom(name: string): void {
    const owner = mailFromNamed(this, name);
    if (!owner) return;
    fail('InboundMail.mailFrom', `"${name}" is the MAIL FROM domain of ${owner.node.path}, whose one MX record leads bounces back to SES, so it cannot receive; take another ` +
      'name for one of them', this);
  }

  private reportTakeover(name: string): void {
    if (Token.isUnresolved(name) || name.startsWith('*.') || located(this, () => organizationalDomain(name)) !== name) return;
    finding(this, 'InboundMail.apex', `the MX record of ${name} sends all mail of the domain to SES, and mailboxes that people have there receive nothing more; receive at a ` +
      `subdomain (mxNames: ['in.${name}']), or acknowledge this if there are none`);
  }
}

function dnsOf(identity: IMailIdentity, { dns }: ReceivingDomainOptions): MailDns {
  return dns ?? (identity instanceof VerifiedDomain ? identity.dns : Dns.elsewhere(identity.identityName));
}
