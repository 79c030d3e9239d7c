import type * as iam from 'aws-cdk-lib/aws-iam';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { grantObjects } from './list-grant';
import { ListImport } from './list-import';
import { AlarmRecipients } from '../reputation/alarm-recipients';

/**
 * Properties of an import of the suppression list. The topic also gets a message at the end of each run.
 */
export interface SuppressionListImportProps extends AlarmRecipients {
  /**
   * Where lists are uploaded: best an `ImportBucket`. Another bucket of the app is opened for SES, and switches EventBridge on; of an imported one it is reported what
   * its owner has to do. One of another Region, or with a key that AWS manages, is refused.
   */
  readonly bucket: s3.IBucket;

  /**
   * Below which prefix lists are uploaded whose addresses go onto the suppression list. It ends with a slash, and overlaps with no other.
   *
   * @default 'suppress/'
   */
  readonly suppressPrefix?: string;

  /**
   * Below which prefix lists are uploaded whose addresses leave the suppression list.
   *
   * @default 'unsuppress/'
   */
  readonly unsuppressPrefix?: string;
}

/**
 * Puts addresses onto the suppression list of the account by the thousand, and takes them off it: whoever uploads a list starts it.
 *
 * A list is CSV without a header line (`address,BOUNCE` or `address,COMPLAINT`; to take off, the address alone) or newline-delimited JSON
 * (`{"emailAddress": "...", "reason": "BOUNCE"}`), in UTF-8, with a million addresses at most. It is checked as a whole: with one bad line nothing is imported, and
 * a report has the lines. SES takes 100,000 rows in one job and 10,000 to take off, so there are as many jobs as it takes, one after another. A run fails when SES does not
 * take all rows.
 *
 * SES imports nothing while the account is in the sandbox. Addresses stand in the bucket only; do not name files after people. The stack goes, and the suppression
 * list stays.
 *
 * @see https://docs.aws.amazon.com/ses/latest/dg/sending-email-suppression-list.html
 *
 * @example
 * declare const bucket: ImportBucket;
 * declare const operators: sns.Topic;
 * declare const support: iam.Role;
 *
 * const suppressions = new SuppressionListImport(this, 'Suppressions', { bucket, topic: operators });
 * suppressions.grantUpload(support);
 */
export class SuppressionListImport extends ListImport {
  private readonly suppressPrefix: string;
  private readonly unsuppressPrefix: string;

  public constructor(scope: Construct, id: string, props: SuppressionListImportProps) {
    const { bucket, topic, action, suppressPrefix = 'suppress/', unsuppressPrefix = 'unsuppress/' } = props;
    super(scope, id, {
      bucket, topic, action, prefixes: { [suppressPrefix]: 'suppress', [unsuppressPrefix]: 'unsuppress' }, statements: [], list: 'the suppression list',
    });
    [this.suppressPrefix, this.unsuppressPrefix] = [suppressPrefix, unsuppressPrefix];
  }

  /**
   * Allows to upload lists whose addresses go onto the suppression list. Others are taken off it with `grantUploadRemovals`.
   *
   * @param grantee who may
   */
  public grantUpload(grantee: iam.IGrantable): iam.Grant {
    return grantObjects(this.bucket, grantee, 's3:PutObject', [this.suppressPrefix]);
  }

  /**
   * Allows to upload lists whose addresses leave the suppression list, so that mail goes to people again who may have complained.
   *
   * @param grantee who may
   */
  public grantUploadRemovals(grantee: iam.IGrantable): iam.Grant {
    return grantObjects(this.bucket, grantee, 's3:PutObject', [this.unsuppressPrefix]);
  }
}
