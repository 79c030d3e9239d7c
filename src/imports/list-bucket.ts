import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import type * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { acknowledge, COMPLIANCE_PACKS } from '../private/acknowledged-rules';
import { fail } from '../private/errors';

/** What buckets for lists differ in. */
interface ListBucketOptions {
  readonly bucketName?: string;
  readonly encryptionKey?: kms.IKey;
  readonly expiration: Duration;
  readonly versioned?: boolean;
  readonly accessLogs?: s3.IBucket;
  readonly removalPolicy?: RemovalPolicy;
}

/** A bucket with addresses in it: nobody else's, and not for longer than it is needed. */
export function closedBucket(id: string, options: ListBucketOptions): s3.BucketProps {
  const { bucketName, encryptionKey, expiration, versioned, accessLogs, removalPolicy } = options;
  return {
    bucketName,
    blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
    enforceSSL: true,
    encryption: encryptionKey ? s3.BucketEncryption.KMS : s3.BucketEncryption.S3_MANAGED,
    encryptionKey,
    bucketKeyEnabled: encryptionKey && true,
    versioned,
    lifecycleRules: [{
      expiration, noncurrentVersionExpiration: versioned ? expiration : undefined, abortIncompleteMultipartUploadAfter: Duration.days(1),
    }],
    serverAccessLogsBucket: accessLogs,
    serverAccessLogsPrefix: accessLogs && `${id}/`,
    removalPolicy: removalPolicy ?? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
  };
}

/** Refuses what S3 does not delete by. */
export function checkDays(scope: Construct, owner: string, duration: Duration | undefined): void {
  if (!duration || duration.isUnresolved()) return;
  const days = duration.toDays({ integral: false });
  if (Number.isInteger(days) && days >= 1) return;
  fail('ListBucket.expiration', `${owner} is to keep lists for ${duration.toHumanString()}; S3 deletes by whole days, so give Duration.days(1) or more`, scope);
}

/** Says why a bucket goes without what rules of cdk-nag ask for. */
export function acknowledgeListBucket(bucket: s3.Bucket, options: Partial<ListBucketOptions>, noReplication: string): void {
  const { accessLogs, versioned, encryptionKey } = options;
  if (!accessLogs) {
    const noLogs = 'Nobody asked for access logs with `accessLogs`; CloudTrail can record who reads lists.';
    acknowledge(bucket, 'S1', ['AwsSolutions'], noLogs);
    acknowledge(bucket, 'S3BucketLoggingEnabled', COMPLIANCE_PACKS, noLogs);
  }
  acknowledge(bucket, 'S3BucketReplicationEnabled', COMPLIANCE_PACKS, noReplication);
  if (!versioned) acknowledge(bucket, 'S3BucketVersioningEnabled', COMPLIANCE_PACKS, 'Each run writes under names of its own, once; `versioned` keeps what is overwritten.');
  if (!encryptionKey) acknowledge(bucket, 'S3DefaultEncryptionKMS', COMPLIANCE_PACKS, 'The bucket is encrypted with keys of S3; `encryptionKey` takes another.');
}
