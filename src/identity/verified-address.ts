import { type RemovalPolicy, Token } from 'aws-cdk-lib';
import * as ses from 'aws-cdk-lib/aws-ses';
import type { Construct } from 'constructs';
import { isFreeMail } from './free-mail';
import { registerAddress } from './identity-registry';
import { createIdentity, removalPolicyOf } from './identity-resource';
import { MailFrom, MailFromConfig } from './mail-from';
import { IMailIdentity, ImportedIdentity, MailIdentity } from './mail-identity';
import { VerifiedDomain } from './verified-domain';
import { MailDns } from '../dns';
import { fail, located } from '../private/errors';
import { finding } from '../private/finding';
import { DnsRecord } from '../records';
import { isWithin } from '../records/domain-name';
import { normalizeAddress } from '../records/mail-address';

/**
 * Properties of a verified address.
 */
export interface VerifiedAddressProps {
  /**
   * The address, e.g. `orders@example.com`. SES compares it letter by letter: mail from `orders@EXAMPLE.com` needs an identity of its own.
   */
  readonly address: string;

  /**
   * The domain identity that the address lies below. The address then takes over its signing and its default configuration set, which it
   * would otherwise lose by being an identity of its own.
   *
   * @default - the address is on its own
   */
  readonly domain?: VerifiedDomain;

  /**
   * Whether SES signs mail of the address with the key of its domain.
   *
   * @default - as the domain does; without `domain`, what SES does on its own
   */
  readonly dkimSigning?: boolean;

  /**
   * The envelope sender of mail from this address. Its records are published through `dns`.
   *
   * @default - the one of the domain, if that is an identity
   */
  readonly mailFrom?: MailFrom;

  /**
   * Where the records of `mailFrom` are published.
   *
   * @default - nowhere: enter the ones of `dnsRecords` yourself
   */
  readonly dns?: MailDns;

  /**
   * The configuration set of mail which names none.
   *
   * @default - the default configuration set of `domain`
   */
  readonly defaultConfigurationSet?: ses.IConfigurationSet;

  /**
   * Whether SES forwards bounces and complaints by mail to the Return-Path. Off, somebody else has to hear of them: event destinations of a configuration set,
   * best of the default one, or topics of the identity (`FeedbackNotifications`), which then see to this setting on deployment.
   *
   * @default - true, unless the default configuration set publishes both to a topic or the event bus
   */
  readonly feedbackForwarding?: boolean;

  /**
   * What becomes of the identity when it leaves the stack. The default keeps it, except when the deployment that creates it fails.
   *
   * @default RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE
   */
  readonly removalPolicy?: RemovalPolicy;
}

/**
 * An address that SES may send from. On deployment SES writes to the address (from no-reply-aws@amazon.com); somebody has to follow
 * the link within 24 hours.
 *
 * All addresses of a `VerifiedDomain` can send without this, also with a `+label`. It is for addresses at domains of others, and for an
 * address that needs settings of its own.
 */
export class VerifiedAddress extends MailIdentity {
  /**
   * An address that is verified already, in the account and Region of the stack.
   *
   * @param scope where the import is used
   * @param id a name for it
   * @param address the address
   * @param defaultConfigurationSet the default configuration set of the address, so that grants cover it
   */
  public static fromAddress(scope: Construct, id: string, address: string, defaultConfigurationSet?: ses.IConfigurationSet): IMailIdentity {
    return new ImportedIdentity(scope, id, { name: located(scope, () => normalizeAddress(address)) }, defaultConfigurationSet);
  }

  /** The address. */
  public readonly identityName: string;

  /** The configuration set of mail which names none. */
  public readonly defaultConfigurationSet?: ses.IConfigurationSet;

  /** The records of the MAIL FROM domain; none when SES or the domain provides it. */
  public readonly dnsRecords: DnsRecord[];

  protected readonly identityRef: string;

  public constructor(scope: Construct, id: string, props: VerifiedAddressProps) {
    super(scope, id);
    this.identityName = located(this, () => normalizeAddress(props.address));
    this.defaultConfigurationSet = props.defaultConfigurationSet ?? props.domain?.defaultConfigurationSet;
    const domainName = this.identityName.slice(this.identityName.lastIndexOf('@') + 1);
    this.checkAll(props, domainName);
    const mailFrom = this.bindMailFrom(props, domainName);
    this.dnsRecords = mailFrom ? [mailFrom.mx, mailFrom.spf] : [];
    this.publishRecords(props, mailFrom);
    this.identityRef = this.createIdentity(props, mailFrom).ref;
    // SES takes an address below a verified domain as verified
    if (!props.domain) this._verifiedByHand = 'follow the link that SES sends to it';
    if (!Token.isUnresolved(this.identityName)) this.report(props, domainName);
  }

  private checkAll(props: VerifiedAddressProps, domainName: string): void {
    const { domain } = props;
    if (!domain) return;
    const above = domain.identityName;
    if (!Token.isUnresolved(above) && !Token.isUnresolved(domainName) && !isWithin(domainName.toLowerCase(), above)) {
      fail('VerifiedAddress.otherDomain', `the address "${props.address}" does not lie below the domain "${above}" (${domain.node.path})`, this);
    }
    if (props.dkimSigning && !domain.signing) {
      fail('VerifiedAddress.domainUnsigned', `dkimSigning is true, but the domain "${above}" (${domain.node.path}) does not sign, and an address has no key ` +
        'of its own; SES refuses that', this);
    }
  }

  private bindMailFrom(props: VerifiedAddressProps, domainName: string): MailFromConfig | undefined {
    if (!props.mailFrom) return undefined;
    if (isFreeMail(domainName.toLowerCase())) {
      fail('VerifiedAddress.mailFromOfOthers', `a MAIL FROM domain below "${domainName}" needs DNS records there, and the domain belongs to a mailbox provider`, this);
    }
    return props.mailFrom.bind(this, domainName.toLowerCase(), {});
  }

  private publishRecords(props: VerifiedAddressProps, mailFrom?: MailFromConfig): void {
    const dns = mailFrom?.dns ?? props.dns;
    if (mailFrom) dns?.publish(this, 'MailFromRecords', { records: this.dnsRecords, removalPolicy: removalPolicyOf(props) });
  }

  private createIdentity(props: VerifiedAddressProps, mailFrom?: MailFromConfig): ses.CfnEmailIdentity {
    const identity = createIdentity(this, 'Resource', {
      name: this.identityName,
      // said in any case below a domain: whether an address inherits signing is where AWS's own pages differ
      signing: props.dkimSigning ?? props.domain?.signing,
      mailFrom,
      defaultConfigurationSet: this.defaultConfigurationSet,
      feedbackForwarding: props.feedbackForwarding,
      grantedSets: this._grantedSets,
      removalPolicy: props.removalPolicy,
    });
    // SES takes DKIM settings of an address only when its domain is there
    if (props.domain) identity.node.addDependency(props.domain.node.defaultChild!);
    return identity;
  }

  private report(props: VerifiedAddressProps, domainName: string): void {
    if (domainName !== domainName.toLowerCase()) {
      finding(this, 'VerifiedAddress.mixedCase', `"${this.identityName}" has capital letters in its domain; SES compares addresses letter by letter, ` +
        'so mail from the same address in lower case is refused; write the domain in lower case');
    }
    const label = /^([^+@]+)\+[^@]*@(.+)$/.exec(this.identityName);
    if (label) {
      finding(this, 'VerifiedAddress.plusLabel', `"${this.identityName}" needs no identity of its own: once ${label[1]}@${label[2]} is verified, ` +
        'mail may be sent from it with any +label');
    }
    if (props.domain) return;
    registerAddress(this.identityName, {
      scope: this,
      onOverride: domain => finding(this, 'VerifiedAddress.overridesDomain', `"${this.identityName}" is an identity of its own below the domain identity "${domain}", ` +
        'so the domain\'s DKIM, MAIL FROM, configuration set and notifications do not apply to it; leave the address out (the domain covers it), ' +
        'or pass the domain as `domain` to take its signing and configuration set over'),
    });
  }
}
