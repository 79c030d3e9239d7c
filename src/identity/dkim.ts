import { SecretValue, Stack } from 'aws-cdk-lib';
import * as ses from 'aws-cdk-lib/aws-ses';
import type { Construct } from 'constructs';
import { fail } from '../private/errors';
import { finding } from '../private/finding';
import { DkimKey, DnsRecord, DnsRecordOptions } from '../records';
import { checkSelector } from '../records/dkim-key';
import { SES_LIMITS } from '../ses/limits';

/** Below this, receivers and SES's own advisor call a key weak. */
const STRONG_KEY_BITS = SES_LIMITS.dkimKeyBits.max;

/**
 * Options of Easy DKIM.
 */
export interface EasyDkimOptions {
  /**
   * The length of the keys that SES makes. It can be changed once in 24 hours.
   *
   * @default EasyDkimSigningKeyLength.RSA_2048_BIT
   */
  readonly keyLength?: ses.EasyDkimSigningKeyLength;

  /**
   * Switches an identity that was first deployed with `Dkim.bringYourOwn` over to Easy DKIM, in place.
   *
   * From the switch until SES has found the three new records, which takes up to 72 hours, mail goes out unsigned. Switch in a quiet hour,
   * or send from a sub-domain identity meanwhile. Once set, keep it set: it says which CloudFormation resource the identity is.
   *
   * @default false - a switch fails on deployment ("already exists") and changes nothing
   */
  readonly switchFromBringYourOwn?: boolean;
}

/**
 * A DKIM key pair of your own.
 */
export interface BringYourOwnDkimOptions {
  /**
   * The name of the key in DNS: 1 to 63 letters, digits and inner hyphens, without a period.
   */
  readonly selector: string;

  /**
   * The private key, from Secrets Manager: RSA with 1024 to 2048 bits, PKCS #1 or PKCS #8, as one line of base64 without the
   * `-----BEGIN` and `-----END` lines (`DkimKey.oneLinePrivateKey` makes that form).
   *
   * CloudFormation does not notice that a secret has a new value. Name the version, so that a new key is a change of the template.
   */
  readonly privateKey: SecretValue;

  /**
   * The public key: PEM, or one line of base64.
   */
  readonly publicKey: string;

  /**
   * Switches an identity that was first deployed with Easy DKIM over to this key, in place.
   *
   * From the switch until SES has found the new record, which takes up to 72 hours, mail goes out unsigned. Switch in a quiet hour,
   * or send from a sub-domain identity meanwhile. Once set, keep it set: it says which CloudFormation resource the identity is.
   *
   * @default false - a switch fails on deployment ("already exists") and changes nothing
   */
  readonly switchFromEasyDkim?: boolean;
}

/**
 * Why mail of a domain is not signed.
 */
export interface DisabledDkimOptions {
  /**
   * The reason, for whoever reviews the stack; it is kept in the template's metadata.
   */
  readonly reason: string;
}

/**
 * What a choice of DKIM means for the SES identity.
 */
export interface DkimConfig {
  /**
   * The signing attributes.
   *
   * @default - the template does not say how mail is signed: somebody else sets the key
   */
  readonly signingAttributes?: ses.CfnEmailIdentity.DkimSigningAttributesProperty;

  /** Whether SES signs mail. */
  readonly signing: boolean;

  /** The construct ID of the identity, which tells Easy DKIM from keys of your own. */
  readonly resourceId: string;

  /** Why mail is not signed; empty when it is. */
  readonly unsignedReason: string;

  /**
   * The construct ID of what publishes the DKIM records in a hosted zone. They are there before SES is told the key, and stay when this ID leaves the template, so that
   * mail on its way is verified after a change of keys.
   *
   * @default - they are published, and vanish, with the other records of the domain
   */
  readonly recordsId?: string;
}

/**
 * How the mail of a domain is signed. SES adds a signature of its own with `d=amazonses.com` in any case; receivers ignore it for DMARC.
 *
 * The DKIM records are what verifies the domain, so there is no domain without them. A key of your own that nobody handles is `DkimKeyPair.dkim`.
 *
 * @see https://docs.aws.amazon.com/ses/latest/dg/send-email-authentication-dkim.html
 */
export abstract class Dkim {
  /**
   * SES makes the keys, keeps them and renews them behind three CNAME records.
   *
   * @param options key length and migration
   */
  public static easy(options: EasyDkimOptions = {}): Dkim {
    return new EasyDkim(options, true, '');
  }

  /**
   * A key pair of your own, with the public key in one TXT record.
   *
   * @param options the key pair and its selector
   */
  public static bringYourOwn(options: BringYourOwnDkimOptions): Dkim {
    return new BringYourOwnDkim(options);
  }

  /**
   * Mail is not signed by the domain. The Easy DKIM records are published all the same, since they verify the domain.
   *
   * @param options why
   */
  public static disabled(options: DisabledDkimOptions): Dkim {
    if (options.reason.trim() === '') fail('Dkim.reason', 'Dkim.disabled takes a reason, and it is empty; unsigned mail is what spam filters look for');
    return new EasyDkim({}, false, options.reason);
  }

  /**
   * Checks the choice for an identity and says what it means.
   *
   * @param scope the construct of the identity
   */
  public abstract bind(scope: Construct): DkimConfig;

  /**
   * The DNS records which belong to the choice.
   *
   * @param identity the SES identity
   * @param domain the domain of the identity
   * @param options TTL of the records
   */
  public abstract records(identity: ses.CfnEmailIdentity, domain: string, options: DnsRecordOptions): DnsRecord[];
}

/** The identity's construct ID. A switch between the kinds would be a new resource of the same name, which SES refuses while the old one is there. */
export const DKIM_RESOURCE_ID = { easy: 'Resource', bringYourOwn: 'BringYourOwnDkim' };

class EasyDkim extends Dkim {
  public constructor(private readonly options: EasyDkimOptions, private readonly signing: boolean, private readonly unsignedReason: string) {
    super();
  }

  public bind(scope: Construct): DkimConfig {
    const keyLength = this.options.keyLength ?? ses.EasyDkimSigningKeyLength.RSA_2048_BIT;
    if (keyLength === ses.EasyDkimSigningKeyLength.RSA_1024_BIT) reportShortKey(scope, 1024);
    return {
      signingAttributes: { nextSigningKeyLength: keyLength },
      signing: this.signing,
      resourceId: this.options.switchFromBringYourOwn ? DKIM_RESOURCE_ID.bringYourOwn : DKIM_RESOURCE_ID.easy,
      unsignedReason: this.unsignedReason,
    };
  }

  public records(identity: ses.CfnEmailIdentity, _domain: string, options: DnsRecordOptions): DnsRecord[] {
    // the pairs are made by SES: the zone that they point into differs by Region and by identity
    const pairs = [
      [identity.attrDkimDnsTokenName1, identity.attrDkimDnsTokenValue1],
      [identity.attrDkimDnsTokenName2, identity.attrDkimDnsTokenValue2],
      [identity.attrDkimDnsTokenName3, identity.attrDkimDnsTokenValue3],
    ];
    return pairs.map(([name, value], index) => DnsRecord.cname(name, value, {
      ...options, purpose: `Easy DKIM key ${index + 1} of 3: verifies the domain and lets receivers check signatures`,
    }));
  }
}

class BringYourOwnDkim extends Dkim {
  private readonly key: DkimKey;

  public constructor(private readonly options: BringYourOwnDkimOptions) {
    super();
    checkSelector(options.selector);
    this.key = DkimKey.fromPublicKey(options.publicKey);
  }

  public bind(scope: Construct): DkimConfig {
    refuseExposedKey(scope, this.options.privateKey);
    if (this.key.bits < STRONG_KEY_BITS) reportShortKey(scope, this.key.bits);
    return {
      signingAttributes: { domainSigningSelector: this.options.selector, domainSigningPrivateKey: this.options.privateKey.unsafeUnwrap() },
      signing: true,
      resourceId: this.options.switchFromEasyDkim ? DKIM_RESOURCE_ID.easy : DKIM_RESOURCE_ID.bringYourOwn,
      unsignedReason: '',
    };
  }

  public records(_identity: ses.CfnEmailIdentity, domain: string, options: DnsRecordOptions): DnsRecord[] {
    return [this.key.record(this.options.selector, domain, options)];
  }
}

function reportShortKey(scope: Construct, bits: number): void {
  finding(scope, 'VerifiedDomain.dkimKeyLength', `the DKIM key has ${bits} bits; use ${STRONG_KEY_BITS} unless the DNS provider cannot hold the record`);
}

/** The key may reach SES in one way only: as a dynamic reference that CloudFormation resolves while it calls SES. */
function refuseExposedKey(scope: Construct, privateKey: SecretValue): void {
  const rendered = JSON.stringify(Stack.of(scope).resolve(privateKey.unsafeUnwrap()));
  if (rendered.includes('{{resolve:secretsmanager:')) return;
  const why = rendered.includes('{{resolve:ssm-secure:')
    ? 'it is an SSM secure string, which CloudFormation resolves for a few resource types only, and AWS::SES::EmailIdentity is none of them'
    : rendered.includes('{{resolve:ssm:') || rendered.includes('"Ref"')
      ? 'it is a parameter, which anybody who may read the stack or the parameter can read'
      : 'it is plain text, which would stand in the template for anybody to read';
  fail('Dkim.privateKey', `the DKIM private key must come from Secrets Manager, and ${why}; store it there and pass ` +
    'SecretValue.secretsManager(\'name\') or secret.secretValue', scope);
}
