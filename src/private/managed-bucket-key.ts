import * as s3 from 'aws-cdk-lib/aws-s3';
import { finishedProperties } from './finished-properties';

/** What matters here of a bucket of this app. */
interface BucketProperties {
  readonly BucketEncryption?: {
    readonly ServerSideEncryptionConfiguration?: {
      readonly ServerSideEncryptionByDefault?: { readonly SSEAlgorithm?: string; readonly KMSMasterKeyID?: unknown };
    }[];
  };
}

/**
 * Whether a bucket of the app is encrypted with a key that AWS manages, whose policy nobody can change, so that SES may not use it. To be asked when the tree is complete.
 */
export function usesManagedBucketKey(bucket: s3.IBucket): boolean {
  const resource = bucket.node.defaultChild;
  if (!(resource instanceof s3.CfnBucket)) return false;
  const { BucketEncryption: encryption } = finishedProperties<BucketProperties>(resource);
  return encryption?.ServerSideEncryptionConfiguration?.some(({ ServerSideEncryptionByDefault: { SSEAlgorithm: algorithm = '', KMSMasterKeyID: key } = {} }) =>
    algorithm.startsWith('aws:kms') && (key === undefined || JSON.stringify(key).includes('alias/aws/'))) ?? false;
}
