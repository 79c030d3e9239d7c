import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import type * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import type { IConstruct } from 'constructs';
import { acknowledge, COMPLIANCE_PACKS } from './acknowledged-rules';
import { fail } from './errors';

/** What closed buckets differ in. */
interface ClosedBucketOptions {
  readonly bucketName?: string;
  readonly encryptionKey?: kms.IKey;
  readonly versioned?: boolean;
  readonly accessLogs?: s3.IBucket;
  readonly removalPolicy?: RemovalPolicy;
}

/** Why a closed bucket goes without something, for sentences. */
interface ClosedBucketReasons {
  readonly noLogs: string;
  readonly noReplication: string;
  readonly noVersions: string;
}

/** Long enough for whoever uploads in pieces, and nothing that nobody sees is paid for. */
export const PIECES_KEPT = Duration.days(1);

/**
 * A bucket with personal data in it: closed to the public, TLS only, encrypted with keys that SES can use, and kept when the stack is deleted.
 */
export function closedBucket(id: string, lifecycleRules: s3.LifecycleRule[], options: ClosedBucketOptions): s3.BucketProps {
  const { bucketName, encryptionKey, versioned, accessLogs, removalPolicy } = options;
  return {
    bucketName,
    blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
    enforceSSL: true,
    encryption: encryptionKey ? s3.BucketEncryption.KMS : s3.BucketEncryption.S3_MANAGED,
    encryptionKey,
    bucketKeyEnabled: encryptionKey && true,
    versioned,
    lifecycleRules: lifecycleRules.map(rule => ({ abortIncompleteMultipartUploadAfter: PIECES_KEPT, ...rule })),
    serverAccessLogsBucket: accessLogs,
    serverAccessLogsPrefix: accessLogs && `${id}/`,
    removalPolicy: removalPolicy ?? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
  };
}

/** Says why a closed bucket goes without what rules of cdk-nag ask for. */
export function acknowledgeClosedBucket(bucket: s3.Bucket, options: ClosedBucketOptions, reasons: ClosedBucketReasons): void {
  const { accessLogs, versioned, encryptionKey } = options;
  if (!accessLogs) {
    acknowledge(bucket, 'S1', ['AwsSolutions'], reasons.noLogs);
    acknowledge(bucket, 'S3BucketLoggingEnabled', COMPLIANCE_PACKS, reasons.noLogs);
  }
  acknowledge(bucket, 'S3BucketReplicationEnabled', COMPLIANCE_PACKS, reasons.noReplication);
  if (!versioned) acknowledge(bucket, 'S3BucketVersioningEnabled', COMPLIANCE_PACKS, reasons.noVersions);
  if (!encryptionKey) acknowledge(bucket, 'S3DefaultEncryptionKMS', COMPLIANCE_PACKS, 'The bucket is encrypted with keys of S3; `encryptionKey` takes another.');
}

/** Refuses what S3 does not delete by. */
export function checkWholeDays(scope: IConstruct, code: string, prop: string, duration: Duration | undefined): void {
  if (!duration || duration.isUnresolved()) return;
  const days = duration.toDays({ integral: false });
  if (Number.isInteger(days) && days >= 1) return;
  fail(code, `${prop} is ${duration.toHumanString()}; S3 deletes by whole days, so give Duration.days(1) or more`, scope);
}
