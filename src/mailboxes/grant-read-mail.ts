import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import { normalizeKeyPrefix } from '../receipt/action-target';

/**
 * Which mail may be read.
 */
export interface ReadMailOptions {
  /**
   * Only mail below this prefix.
   *
   * @default - all mail of the bucket
   */
  readonly prefix?: string;

  /**
   * The key with which SES encrypts each message, if it does. The key of the bucket itself is always included.
   *
   * @default - SES does not encrypt
   */
  readonly key?: kms.IKey;
}

/**
 * Allows to read mail in any bucket: to fetch objects, and to decrypt them with the keys that are in use.
 */
export function grantReadMail(bucket: s3.IBucket, grantee: iam.IGrantable, { prefix = '', key }: ReadMailOptions = {}): iam.Grant {
  const objects = bucket.arnForObjects(`${normalizeKeyPrefix(prefix) ?? ''}*`);
  const grant = iam.Grant.addToPrincipalOrResource({ grantee, actions: ['s3:GetObject'], resourceArns: [objects], resource: bucket });
  const keys = new Set([bucket.encryptionKey, key].filter(used => used !== undefined));
  return [...keys].reduce((all, used) => all.combine(used.grant(grantee, 'kms:Decrypt')), grant);
}
