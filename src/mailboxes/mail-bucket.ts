import { Duration, type RemovalPolicy } from 'aws-cdk-lib';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { grantReadMail, ReadMailOptions } from './grant-read-mail';
import { acknowledgeClosedBucket, checkWholeDays, closedBucket } from '../private/closed-bucket';
import { located } from '../private/errors';

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
    super(scope, id, closedBucket(id, [lifecycleOf(props)], props));
    checkWholeDays(this, 'MailBucket.expiration', 'expiration', props.expiration);
    acknowledgeClosedBucket(this, props, {
      noLogs: 'Nobody asked for access logs with `accessLogs`; CloudTrail can record who reads mail.',
      noReplication: 'Copies of mail elsewhere are for whoever needs them: a rule can deliver into a bucket that replicates.',
      noVersions: 'Each message has a name of its own and is written once; `versioned` keeps what is deleted.',
    });
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
}

function lifecycleOf({ expiration, versioned }: MailBucketProps): s3.LifecycleRule {
  const shorter = expiration && !expiration.isUnresolved() && expiration.toSeconds() < OLD_VERSIONS_KEPT.toSeconds() ? expiration : OLD_VERSIONS_KEPT;
  return { expiration, noncurrentVersionExpiration: versioned ? shorter : undefined };
}
