import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import type * as sns from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import { BucketAccess } from './bucket-access';
import { checkBucket, needsRole } from './bucket-checks';
import type { MailActionConfig, MailRuleReference } from './mail-action';
import { checkMailKey, sesManagedKeyArn } from './mail-key';
import { SourceArnScope } from './rule-source';
import { refuseUnusable } from './rule-topic';
import { fail, located } from '../private/errors';
import { hasToken } from '../private/tokens';
import { normalizeKeyPrefix } from '../receipt/action-target';

/**
 * How mail is put into a bucket.
 */
export interface BucketDeliveryOptions {
  /**
   * What the names of objects begin with; SES puts the ID of the message behind it. Slashes are tidied up: none in front, one at the end.
   *
   * @default - none: objects are at the top of the bucket
   */
  readonly prefix?: string;

  /**
   * A key with which SES encrypts each message before it gets to S3, of the Region of the rule. Its policy lets SES do so. Whoever reads needs the key and has
   * to decrypt: a plain download is cipher text. `cdk-postmaster/runtime` does it in Node.js.
   *
   * Apart from that, S3 encrypts what it stores as the bucket says.
   *
   * @default - SES does not encrypt
   */
  readonly key?: kms.IKey;

  /**
   * Whether SES encrypts in the same way with the key that AWS keeps for it in the account, `alias/aws/ses`. Other accounts can never read that.
   *
   * @default false
   */
  readonly sesManagedKey?: boolean;

  /**
   * How SES gets at the bucket.
   *
   * @default - by the policy of the bucket; through a role of its own if the bucket is known to be in a Region which has to be switched on or where SES does not
   * receive, for which SES insists on a role
   */
  readonly access?: BucketAccess;

  /**
   * On whose behalf SES may write and use the keys.
   *
   * @default SourceArnScope.ACCOUNT
   */
  readonly sourceArnScope?: SourceArnScope;

  /**
   * A topic that is told of each message, with its headers and where it is, but without its content.
   *
   * @default - nobody is told
   */
  readonly notifyTopic?: sns.ITopic;
}

/**
 * Puts mail into a bucket.
 */
export function bindBucket(scope: Construct, rule: MailRuleReference, bucket: s3.IBucket, options: BucketDeliveryOptions): MailActionConfig {
  const { key, sesManagedKey = false, notifyTopic, sourceArnScope = SourceArnScope.ACCOUNT } = options;
  if (key && sesManagedKey) fail('MailAction.twoKeys', 'key and sesManagedKey are both given, and SES encrypts with one; leave one out', scope);
  if (key) checkMailKey(scope, key);
  if (notifyTopic) refuseUnusable(scope, notifyTopic);
  checkBucket(scope, bucket);
  const prefix = located(scope, () => prefixOf(options));
  const access = options.access ?? (needsRole(bucket) ? BucketAccess.role() : BucketAccess.policy());
  const { iamRoleArn, permissions } = access._bind(scope, { rule, bucket, prefix, key, notifyTopic, sourceArnScope });
  return {
    action: {
      s3Action: {
        bucketName: bucket.bucketName,
        objectKeyPrefix: prefix || undefined,
        kmsKeyArn: sesManagedKey ? sesManagedKeyArn(scope) : key?.keyArn,
        topicArn: notifyTopic?.topicArn,
        iamRoleArn,
      },
    },
    permissions,
  };
}

function prefixOf({ prefix = '' }: BucketDeliveryOptions): string {
  if (/[*?$]/.test(prefix) && !hasToken(prefix)) {
    fail('MailAction.prefix', `prefix is "${prefix}"; "*", "?" and "$" stand for something else in the policies that let SES write there, so leave them out`);
  }
  return normalizeKeyPrefix(prefix) ?? '';
}
