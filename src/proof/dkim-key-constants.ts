import type { ZoneAccess } from '../dns/route53-in-account-constants';

/** The CloudFormation types under which a key, and its use by an identity, appear in a stack. */
export const DKIM_KEY_RESOURCE_TYPE = 'Custom::PostmasterDkimKey';
export const DKIM_SIGNING_RESOURCE_TYPE = 'Custom::PostmasterDkimSigning';

/** What templates read of a key. */
export const DKIM_KEY_ATTRIBUTES = { selector: 'Selector', recordText: 'RecordText', versionId: 'VersionId' };

/** The member of the secret that has the private key as SES takes it. */
export const PRIVATE_KEY_FIELD = 'privateKey';

/** What tells the metrics of keys apart. */
export const DKIM_KEY_DIMENSION = 'Identity';

export const DKIM_KEY_AGE = 'DkimKeyAgeDays';

/** The environment of the function that rotates: its settings as JSON. */
export const ROTATION_ENV = 'ROTATION';

/** What the template tells the handler that makes keys. */
export interface DkimKeyProperties {
  readonly SecretArn: string;
  readonly SelectorPrefix: string;

  /** `true` when a function replaces the key between deployments; undefined when it stays. */
  readonly Rotated?: string;
}

/** Whose mail a key signs, and where its records are. */
export interface SigningSettings {
  readonly SecretArn: string;
  readonly Identity: string;
  readonly Zone: ZoneAccess;
  /** TTL of the records in seconds, as text. */
  readonly Ttl: string;
}

/** What the function that rotates is told. */
export interface RotationSettings extends SigningSettings {
  readonly SelectorPrefix: string;
  readonly EveryDays: number;
  readonly KeepDays: number;
}
