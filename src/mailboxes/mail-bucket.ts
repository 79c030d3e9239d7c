import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { grantReadMail, ReadMailOptions } from './grant-read-mail';
import { acknowledge, COMPLIANCE_PACKS } from '../private/acknowledged-rules';
import { fail, located } from '../private/errors';

/**
 * Properties of a bucket for mail.
 */
export interface MailBucketProps {
  /**
   * The name of the bucket.
   *
   * @default - a name that CloudFormation makes up
   */
  readonly bucketName?: string;

  /**
   * The key with which S3 encrypts what it stores. SES is allowed to use it by each rule that delivers here.
   *
   * @default - keys of S3
   */
  readonly encryptionKey?: kms.IKey;

  /**
   * After how long mail is deleted, in whole days. It is personal data, which should not be kept for longer than it is needed.
   *
   * @default - mail stays until somebody deletes it
   */
  readonly expiration?: Duration;

  /**
   * Whether what is overwritten or deleted stays as an old version: for 30 days, or as long as `expiration` if that is shorter.
   *
   * @default false
   */
  readonly versioned?: boolean;

  /**
   * A bucket for access logs, which tell who read which message. They are below the ID of this construct.
   *
   * @default - no access logs
   */
  readonly accessLogs?: s3.IBucket;

  /**
   * What becomes of the bucket, with the mail in it, when it leaves the stack.
   *
   * @default RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE
   */
  readonly removalPolicy?: RemovalPolicy;
}

/** Long enough to take back a mistake. */
const OLD_VERSIONS_KEPT = Duration.days(30);

/**
 * A bucket for mail: closed to the public, TLS only, encrypted with keys that SES can write with, and kept when the stack is deleted.
 *
 * @example
 * declare const inbox: InboundMail;
 * declare const reader: lambda.Function;
 *
 * const bucket = new MailBucket(this, 'Letters', { expiration: Duration.days(90) });
 * inbox.addRule('Support', { actions: [Deliver.toBucket(bucket, { prefix: 'support/' })] });
 * bucket.grantReadMail(reader, { prefix: 'support/' });
 */
export class MailBucket extends s3.Bucket {
  public constructor(scope: Construct, id: string, props: MailBucketProps = {}) {
    super(scope, id, {
      bucketName: props.bucketName,
      blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
      enforceSSL: true,
      ...props.encryptionKey
        ? { encryption: s3.BucketEncryption.KMS, encryptionKey: props.encryptionKey, bucketKeyEnabled: true }
        : { encryption: s3.BucketEncryption.S3_MANAGED },
      versioned: props.versioned,
      lifecycleRules: [lifecycleOf(props)],
      serverAccessLogsBucket: props.accessLogs,
      serverAccessLogsPrefix: props.accessLogs && `${id}/`,
      removalPolicy: props.removalPolicy ?? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    });
    this.checkExpiration(props);
    this.acknowledgeRules(props);
  }

  /**
   * Allows to read mail: to fetch it, and to decrypt it with the key of the bucket and the key for messages.
   *
   * @param grantee who may read
   * @param options which mail
   */
  public grantReadMail(grantee: iam.IGrantable, options: ReadMailOptions = {}): iam.Grant {
    return located(this, () => grantReadMail(this, grantee, options));
  }

  private checkExpiration({ expiration }: MailBucketProps): void {
    if (!expiration || expiration.isUnresolved()) return;
    const days = expiration.toDays({ integral: false });
    if (Number.isInteger(days) && days >= 1) return;
    fail('MailBucket.expiration', `expiration is ${expiration.toHumanString()}; S3 deletes by whole days, so give Duration.days(1) or more`, this);
  }

  private acknowledgeRules({ accessLogs, versioned, encryptionKey }: MailBucketProps): void {
    if (!accessLogs) {
      const noLogs = 'Nobody asked for access logs with `accessLogs`; CloudTrail can record who reads mail.';
      acknowledge(this, 'S1', ['AwsSolutions'], noLogs);
      acknowledge(this, 'S3BucketLoggingEnabled', COMPLIANCE_PACKS, noLogs);
    }
    acknowledge(this, 'S3BucketReplicationEnabled', COMPLIANCE_PACKS, 'Copies of mail elsewhere are for whoever needs them: a rule can deliver into a bucket that replicates.');
    if (!versioned) acknowledge(this, 'S3BucketVersioningEnabled', COMPLIANCE_PACKS, 'Each message has a name of its own and is written once; `versioned` keeps what is deleted.');
    if (!encryptionKey) acknowledge(this, 'S3DefaultEncryptionKMS', COMPLIANCE_PACKS, 'The bucket is encrypted with keys of S3; `encryptionKey` takes another.');
  }
}

function lifecycleOf({ expiration, versioned }: MailBucketProps): s3.LifecycleRule {
  const shorter = expiration && !expiration.isUnresolved() && expiration.toSeconds() < OLD_VERSIONS_KEPT.toSeconds() ? expiration : OLD_VERSIONS_KEPT;
  return { expiration, noncurrentVersionExpiration: versioned ? shorter : undefined, abortIncompleteMultipartUploadAfter: Duration.days(1) };
}
