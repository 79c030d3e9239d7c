import * as iam from 'aws-cdk-lib/aws-iam';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { grantObjects } from './list-grant';
import { ListImport } from './list-import';
import type { IContactList } from '../recipients/contact-list';
import { AlarmRecipients } from '../reputation/alarm-recipients';

/**
 * Properties of an import of contacts. The topic also gets a message at the end of each run.
 */
export interface ContactImportProps extends AlarmRecipients {
  /**
   * The list that contacts are put on. It has to be there when somebody uploads.
   */
  readonly contactList: IContactList;

  /**
   * Where lists are uploaded: best an `ImportBucket`. Another bucket of the app is opened for SES, and switches EventBridge on; of an imported one it is reported what
   * its owner has to do. One of another Region, or with a key that AWS manages, is refused.
   */
  readonly bucket: s3.IBucket;

  /**
   * Below which prefix lists are uploaded. It ends with a slash, and overlaps with no other.
   *
   * @default 'contacts/'
   */
  readonly prefix?: string;
}

/**
 * Puts contacts onto a contact list by the thousand: whoever uploads a file starts it. What a contact has said before is replaced.
 *
 * A file is CSV with a header line (`emailAddress,unsubscribeAll,attributesData,topicPreferences.<topic>`, of which only the first has to be there), or newline-delimited
 * JSON, in UTF-8, with a million contacts at most. Topics are those of the list as SES knows it; a cell that is empty says nothing. `attributesData` with a comma has to be in
 * quotes, its own quotes doubled. It is checked as a whole: with one bad line nothing is imported, and a report has the lines.
 *
 * SES imports nothing while the account is in the sandbox. Addresses stand in the bucket only; do not name files after people. The stack goes, and contacts stay.
 *
 * @see https://docs.aws.amazon.com/ses/latest/dg/sending-email-list-management.html
 *
 * @example
 * declare const contactList: ContactList;
 * declare const bucket: ImportBucket;
 * declare const operators: sns.Topic;
 *
 * new ContactImport(this, 'Contacts', { contactList, bucket, topic: operators });
 */
export class ContactImport extends ListImport {
  private readonly prefix: string;

  public constructor(scope: Construct, id: string, props: ContactImportProps) {
    const { bucket, topic, action, contactList, prefix = 'contacts/' } = props;
    const { contactListName, contactListArn } = contactList;
    super(scope, id, {
      bucket,
      topic,
      action,
      prefixes: { [prefix]: 'contacts' },
      contactListName,
      statements: [new iam.PolicyStatement({ actions: ['ses:GetContactList'], resources: [contactListArn] })],
      list: `the contact list ${contactListName}`,
    });
    this.prefix = prefix;
  }

  /**
   * Allows to upload contacts.
   *
   * @param grantee who may
   */
  public grantUpload(grantee: iam.IGrantable): iam.Grant {
    return grantObjects(this.bucket, grantee, 's3:PutObject', [this.prefix]);
  }
}
