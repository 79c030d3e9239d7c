import { Token } from 'aws-cdk-lib';
import * as s3 from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { fail } from '../private/errors';
import { finishedProperties } from '../private/finished-properties';
import { usesManagedBucketKey } from '../private/managed-bucket-key';
import { SesRegion } from '../ses';
import { OPT_IN_REGIONS } from '../ses/region-table';

/** What matters here of a bucket of this app. */
interface BucketProperties {
  readonly ObjectLockConfiguration?: { readonly Rule?: { readonly DefaultRetention?: unknown } };
}

/**
 * Refuses a bucket into which SES cannot write, whatever it is allowed.
 */
export function checkBucket(scope: Construct, bucket: s3.IBucket): void {
  const resource = bucket.node.defaultChild;
  if (!(resource instanceof s3.CfnBucket)) return;
  const { ObjectLockConfiguration: lock } = finishedProperties<BucketProperties>(resource);
  if (lock?.Rule?.DefaultRetention) {
    fail('MailAction.objectLock', `the bucket ${bucket.node.path} has Object Lock with a default retention, and SES does not write into such a bucket; leave the ` +
      'default retention out, or copy mail from another bucket into this one', scope);
  }
  if (usesManagedBucketKey(bucket)) {
    fail('MailAction.managedBucketKey', `the bucket ${bucket.node.path} is encrypted with an AWS-managed key, whose policy nobody can change, so SES may not use it; ` +
      'encrypt the bucket with keys of S3 (BucketEncryption.S3_MANAGED) or with a key of your own', scope);
  }
}

/**
 * Whether SES writes into a bucket through a role only: its Region has to be switched on, or SES does not receive there.
 */
export function needsRole({ env: { region } }: s3.IBucket): boolean {
  return !Token.isUnresolved(region) && (OPT_IN_REGIONS.has(region) || !SesRegion.of(region).supportsReceiving);
}
