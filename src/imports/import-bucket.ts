import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import type * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { JOBS_PREFIX } from './import-constants';
import { openForImports } from './list-access';
import { acknowledgeClosedBucket, checkWholeDays, closedBucket } from '../private/closed-bucket';

/**
 * Properties of a bucket for lists to import.
 */
export interface ImportBucketProps {
  /**
   * The name of the bucket.
   *
   * @default - a name that CloudFormation makes up
   */
  readonly bucketName?: string;

  /**
   * The key with which S3 encrypts what it stores. SES is allowed to decrypt with it. A key that AWS manages (`alias/aws/s3`) is refused: its policy cannot be changed.
   *
   * @default - keys of S3
   */
  readonly encryptionKey?: kms.IKey;

  /**
   * After how long everything in the bucket is deleted, lists and reports alike, in whole days. Addresses are personal data, and an import is done in hours.
   *
   * @default Duration.days(30)
   */
  readonly expiration?: Duration;

  /**
   * Whether what is overwritten or deleted stays as an old version, for as long as `expiration`.
   *
   * @default false
   */
  readonly versioned?: boolean;

  /**
   * A bucket for access logs, which tell who read which list. They are below the ID of this construct.
   *
   * @default - no access logs
   */
  readonly accessLogs?: s3.IBucket;

  /**
   * What becomes of the bucket when it leaves the stack. What is in it is deleted when its time has come all the same.
   *
   * @default RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE
   */
  readonly removalPolicy?: RemovalPolicy;
}

const KEPT = Duration.days(30);

/**
 * A bucket from which SES imports lists: closed to the public, TLS only, encrypted with keys that SES can use. Of what is in it, SES may read what is below `jobs/`: there
 * `SuppressionListImport` and `ContactImport` put what they have checked, and whoever starts import jobs by hand can do so too.
 *
 * It has to be in the Region in which SES imports.
 *
 * @see https://docs.aws.amazon.com/ses/latest/dg/sending-email-suppression-list.html
 *
 * @example
 * declare const operators: sns.Topic;
 *
 * const bucket = new ImportBucket(this, 'Lists', { encryptionKey: new kms.Key(this, 'Key', { enableKeyRotation: true }) });
 * new SuppressionListImport(this, 'Suppressions', { bucket, topic: operators });
 */
export class ImportBucket extends s3.Bucket {
  public constructor(scope: Construct, id: string, props: ImportBucketProps = {}) {
    super(scope, id, closedBucket(id, [lifecycleOf(props)], props));
    checkWholeDays(this, 'ImportBucket.expiration', 'expiration', props.expiration);
    // what the L2 has for this is a custom resource with a function
    (this.node.defaultChild as s3.CfnBucket).notificationConfiguration = { eventBridgeConfiguration: { eventBridgeEnabled: true } };
    openForImports(this, this, JOBS_PREFIX);
    acknowledgeClosedBucket(this, props, {
      noLogs: 'Nobody asked for access logs with `accessLogs`; CloudTrail can record who reads lists.',
      noReplication: 'Copies of lists elsewhere are more copies of personal data: whoever uploads has the original.',
      noVersions: 'Each run writes under names of its own, once; `versioned` keeps what is overwritten.',
    });
  }
}

function lifecycleOf({ expiration = KEPT, versioned }: ImportBucketProps): s3.LifecycleRule {
  return { expiration, noncurrentVersionExpiration: versioned ? expiration : undefined };
}
