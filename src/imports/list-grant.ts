import * as iam from 'aws-cdk-lib/aws-iam';
import type * as s3 from 'aws-cdk-lib/aws-s3';

/**
 * Allows to fetch or to put objects below prefixes of a bucket, with its key.
 */
export function grantObjects(bucket: s3.IBucket, grantee: iam.IGrantable, action: 's3:GetObject' | 's3:PutObject', prefixes: readonly string[]): iam.Grant {
  const resourceArns = objectArns(bucket, prefixes);
  const grant = iam.Grant.addToPrincipalOrResource({ grantee, actions: [action], resourceArns, resource: bucket });
  // an upload in several pieces is decrypted when it is put together
  const keyActions = action === 's3:GetObject' ? ['kms:Decrypt'] : ['kms:GenerateDataKey', 'kms:Decrypt'];
  return bucket.encryptionKey ? grant.combine(bucket.encryptionKey.grant(grantee, ...keyActions)) : grant;
}

/** The objects below prefixes, as policies name them. */
export function objectArns(bucket: s3.IBucket, prefixes: readonly string[]): string[] {
  return prefixes.map(prefix => bucket.arnForObjects(`${prefix}*`));
}
