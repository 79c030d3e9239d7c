import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import type { IConfigurationSet } from 'aws-cdk-lib/aws-ses';
import type * as sns from 'aws-cdk-lib/aws-sns';
import type { ForwardRoute } from './forward-route';
import type { IMailIdentity } from '../identity';

/**
 * What forwarded mail has in common.
 */
export interface MailForwarderOptions {
  /**
   * Who gets the mail of whom.
   */
  readonly routes: ForwardRoute[];

  /**
   * The address that mail is sent by: one of the identity, which nobody uses otherwise. Some mail programs show mail from an address of their own owner as sent by
   * the owner. Up to 40 characters before the @, since bounces go to tags of it.
   *
   * @default - `forwarder@` the domain of the identity; the address itself, if the identity is one
   */
  readonly sender?: string;

  /**
   * What the name of the sender says of the way that mail took: `Ann via support`.
   *
   * @default - what is before the @ of the address that the mail was sent to
   */
  readonly via?: string;

  /**
   * The configuration set for mail that is sent on: best one of its own, a `MailStream`. Mail that the destination takes for spam bounces, and that counts.
   *
   * @default - the default configuration set of the identity
   */
  readonly configurationSet?: IConfigurationSet;

  /**
   * Whether spam is sent on, too, and mail that fails the DMARC policy of its domain. It would pass as genuine then, since it is sent by you. Mail with a virus
   * is never sent on.
   *
   * @default false
   */
  readonly forwardSuspicious?: boolean;

  /**
   * Where in the bucket mail is kept.
   *
   * @default 'forwarding/'
   */
  readonly prefix?: string;

  /**
   * The key with which SES encrypts each message before it gets to S3.
   *
   * @default - SES does not encrypt
   */
  readonly messageKey?: kms.IKey;

  /**
   * The key of the topic between SES and the queue.
   *
   * @default - a key of the forwarder, which is rotated every year
   */
  readonly encryptionKey?: kms.IKey;

  /**
   * Through what people are told of mail that could not be sent on: a standard topic of the Region. Its policy, and that of its key, let CloudWatch publish; a
   * topic that is encrypted with the AWS-managed key is refused, since CloudWatch may not use it. When nobody is told at all, that is reported.
   *
   * @default - no topic
   */
  readonly notify?: sns.ITopic;

  /**
   * What else happens then. Permissions are the action's own.
   *
   * @default - nothing
   */
  readonly alarmAction?: cloudwatch.IAlarmAction;
}

/**
 * Properties of a forwarder.
 */
export interface MailForwarderProps extends MailForwarderOptions {
  /**
   * The verified identity that mail is sent with.
   */
  readonly identity: IMailIdentity;

  /**
   * The bucket that keeps the mail. It stays there, also when it was sent on.
   */
  readonly bucket: s3.IBucket;
}
