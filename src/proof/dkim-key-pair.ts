import { CustomResource, Duration, RemovalPolicy, SecretValue } from 'aws-cdk-lib';
import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as kms from 'aws-cdk-lib/aws-kms';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import type * as sns from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { GeneratedDkim, RotatedDkim } from './dkim-key-choice';
import { DKIM_KEY_ATTRIBUTES, DKIM_KEY_RESOURCE_TYPE, type DkimKeyProperties, PRIVATE_KEY_FIELD } from './dkim-key-constants';
import { DkimKeyFunction } from './dkim-key-function';
import type { MailDns } from '../dns';
import type { Dkim } from '../identity';
import { acknowledge, COMPLIANCE_PACKS } from '../private/acknowledged-rules';
import { customResourceHandler } from '../private/custom-resource-handler';
import { fail, located } from '../private/errors';
import { checkSelector } from '../records/dkim-key';

/**
 * When a key is replaced, and where the records of keys are.
 */
export interface DkimKeyRotation {
  /**
   * The age at which a key is replaced: whole days, 30 to 730.
   */
  readonly every: Duration;

  /**
   * The zone of the domain: in Route 53, of this account or of another, since records change between deployments.
   */
  readonly dns: MailDns;

  /**
   * For how long the record of a key stays that no longer signs: whole days, 3 to 90. Mail that is delayed, or verified late, needs it.
   *
   * @default Duration.days(14)
   */
  readonly keepOld?: Duration;

  /**
   * The standard topic through which people learn that a rotation has failed or is late.
   *
   * @default - the alarms tell nobody; they are `alarms`
   */
  readonly topic?: sns.ITopic;
}

/**
 * Properties of a DKIM key pair.
 */
export interface DkimKeyPairProps {
  /**
   * What selectors begin with; the day of the key and a few digits of its hash follow. Up to 40 letters, digits and inner hyphens.
   *
   * @default 'ses'
   */
  readonly selectorPrefix?: string;

  /**
   * The key that encrypts the secret.
   *
   * @default - the key which AWS manages for Secrets Manager
   */
  readonly encryptionKey?: kms.IKey;

  /**
   * What becomes of the secret when it leaves the stack. An identity that stays signs with its key.
   *
   * @default RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE
   */
  readonly removalPolicy?: RemovalPolicy;

  /**
   * Replaces the key every so often, without a deployment. SES is told the key by a function then, and not by the template, so that no deployment puts an older one
   * back. It can be added to a key that signs already. It cannot be taken away again from a key that it has replaced: the deployment is refused; give the domain another
   * key pair.
   *
   * @default - the key stays
   */
  readonly rotation?: DkimKeyRotation;

  /**
   * Switches an identity that was first deployed with Easy DKIM over to this key, in place. From the switch until SES has found the new record mail goes out
   * unsigned. Once set, keep it set: it says which CloudFormation resource the identity is.
   *
   * @default false
   */
  readonly switchFromEasyDkim?: boolean;
}

const PREFIX_MAX = 40;

/**
 * A DKIM key of your own that nobody handles: a function makes it (RSA, 2048 bits) while the stack is deployed and stores it in Secrets Manager. The private key is in
 * no template, output, event or log, and the public one gets into DNS with the other records of the domain.
 *
 * With `rotation` the key is replaced every so often. The new one is in DNS, and found there, before SES signs with it; the old one stays there for mail that is on
 * its way. When SES does not take the new key, it signs with the old one again, and an alarm is raised. The secret says how far a rotation is, so that one which is
 * cut off goes on.
 *
 * @see https://docs.aws.amazon.com/ses/latest/dg/send-email-authentication-dkim-bring-your-own.html
 *
 * @example
 * declare const zone: route53.IHostedZone;
 *
 * const key = new DkimKeyPair(this, 'DkimKey');
 * new VerifiedDomain(this, 'Mail', { dns: Dns.route53(zone), dkim: key.dkim });
 */
export class DkimKeyPair extends Construct {
  /** How mail of the domain is signed: give it to `VerifiedDomain`. */
  public readonly dkim: Dkim;

  /** The secret with the key. Nobody but SES needs it. */
  public readonly secret: secretsmanager.ISecret;

  /** The selector of the first key; of the key that signs, as long as there is no rotation. */
  public readonly selector: string;

  private readonly prefix: string;

  public constructor(scope: Construct, id: string, props: DkimKeyPairProps = {}) {
    super(scope, id);
    this.prefix = props.selectorPrefix ?? 'ses';
    this.checkPrefix();
    const secret = this.createSecret(props);
    this.secret = secret;
    const key = this.createKey(secret, props.rotation !== undefined);
    this.selector = key.getAttString(DKIM_KEY_ATTRIBUTES.selector);
    this.dkim = props.rotation ? this.rotated(props.rotation, key, props.switchFromEasyDkim) : this.generated(key, props.switchFromEasyDkim);
  }

  /** The alarms of the rotation, once a domain signs with the key: that it has failed, and that it is late. */
  public get alarms(): cloudwatch.Alarm[] {
    return this.dkim instanceof RotatedDkim ? this.dkim.rotation?.alarms ?? [] : [];
  }

  /**
   * The age of the key in days, once a domain signs with a key that is rotated. Maximum over 6 hours.
   *
   * @param options period, label and the like
   */
  public metricAge(options: cloudwatch.MetricOptions = {}): cloudwatch.Metric {
    const rotation = this.dkim instanceof RotatedDkim ? this.dkim.rotation : undefined;
    if (rotation) return rotation.metricAge(options);
    return fail('DkimKeyPair.noMetric', 'only a key that is rotated, and with which a domain signs, tells its age; give `rotation`, ' +
      'and `dkim` to a VerifiedDomain', this);
  }

  private checkPrefix(): void {
    if (this.prefix.length > PREFIX_MAX) {
      fail('DkimKeyPair.prefix', `the selector prefix has ${this.prefix.length} characters; it may have ${PREFIX_MAX}, since a date and a few digits follow`, this);
    }
    located(this, () => checkSelector(`${this.prefix}0`));
  }

  private createSecret({ encryptionKey, removalPolicy = RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE }: DkimKeyPairProps): secretsmanager.Secret {
    const secret = new secretsmanager.Secret(this, 'Secret', { description: 'A DKIM key with which Amazon SES signs mail', encryptionKey, removalPolicy });
    // empty, until the handler stores the key; aws-cdk-lib would have a password made
    (secret.node.defaultChild as secretsmanager.CfnSecret).generateSecretString = undefined;
    const reason = 'SES keeps a copy of the key, so a rotation has to reach SES and DNS too; the construct does that itself (option rotation).';
    acknowledge(secret, 'SMG4', ['AwsSolutions'], reason);
    acknowledge(secret, 'SecretsManagerRotationEnabled', COMPLIANCE_PACKS, reason);
    if (!encryptionKey) {
      acknowledge(secret, 'SecretsManagerUsingKMSKey', COMPLIANCE_PACKS, 'No key was given, so the secret is encrypted with the one that AWS manages.');
    }
    return secret;
  }

  private createKey(secret: secretsmanager.Secret, isRotated: boolean): CustomResource {
    const handler = customResourceHandler(this, DkimKeyFunction);
    const properties: DkimKeyProperties = { SecretArn: secret.secretArn, SelectorPrefix: this.prefix, ...isRotated && { Rotated: 'true' } };
    const key = new CustomResource(this, 'Resource', { resourceType: DKIM_KEY_RESOURCE_TYPE, serviceToken: handler.functionArn, properties: { ...properties } });
    const grants = [secret.grantRead(handler), secret.grantWrite(handler)];
    grants.forEach(grant => grant.applyBefore(key));
    return key;
  }

  private generated(key: CustomResource, switches = false): Dkim {
    // the version makes another key another text, and a deployment never read one that is newer than its selector
    const versionId = key.getAttString(DKIM_KEY_ATTRIBUTES.versionId);
    const privateKey = SecretValue.secretsManager(this.secret.secretArn, { jsonField: PRIVATE_KEY_FIELD, versionId });
    const recordText = key.getAttString(DKIM_KEY_ATTRIBUTES.recordText);
    return new GeneratedDkim({ selector: this.selector, recordText, privateKey, switches, id: this.node.addr.slice(-8) });
  }

  private rotated(rotation: DkimKeyRotation, key: CustomResource, switches = false): Dkim {
    const zone = rotation.dns._zone;
    if (!zone) {
      fail('DkimKeyPair.zone', `the records of ${rotation.dns.domainName} are not in a zone of Route 53 that a function may change, ` +
        'and a rotation changes them between deployments; use Dns.route53 or Dns.route53InAccount, or leave `rotation` out', this);
    }
    const everyDays = this.days('every', rotation.every, 30, 730);
    const keepDays = this.days('keepOld', rotation.keepOld ?? Duration.days(14), 3, 90);
    return new RotatedDkim(this, {
      secret: this.secret, key, zone, zoneName: rotation.dns.domainName, prefix: this.prefix, everyDays, keepDays, topic: rotation.topic, switches,
    });
  }

  private days(what: string, duration: Duration, min: number, max: number): number {
    const days = duration.toDays({ integral: false });
    if (Number.isInteger(days) && days >= min && days <= max) return days;
    return fail('DkimKeyPair.days', `${what} is ${duration.toHumanString()}; it takes whole days, ${min} to ${max}`, this);
  }
}
