import { ArnFormat, Duration, type RemovalPolicy, type Size, Stack } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as firehose from 'aws-cdk-lib/aws-kinesisfirehose';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { archiveCatalog } from './event-archive-catalog';
import { archiveDelivery } from './event-archive-delivery';
import { type ArchiveStore, archiveStore } from './event-archive-store';

/**
 * Properties of an archive of events.
 */
export interface EventArchiveProps {
  /**
   * The bucket that keeps the events, for instance one with access logs or replication.
   *
   * A bucket of this app gets lifecycle rules for what the archive writes. An imported one cannot, which is reported with the rules that it needs. Import
   * an encrypted one with its key: `Bucket.fromBucketAttributes`.
   *
   * @default - a bucket of the archive: encrypted, closed to the public, TLS only
   */
  readonly bucket?: s3.IBucket;

  /**
   * Where in the bucket: letters, digits, `_`, `-`, `.`, `=` and `/`. Slashes at the ends and in a row are tidied up.
   *
   * The archive writes below `records/`, `failures/` and `athena-results/` of it, so two archives in a bucket need two prefixes.
   *
   * @default 'ses-events/'
   */
  readonly prefix?: string;

  /**
   * How long events are kept, in whole days. The default is thirteen months, so that a month can be compared with the one a year before.
   *
   * Less than 60 days is reported: SES records opens and clicks for so long after a message was sent. Records that could not be redacted stay for 30 days and
   * answers to queries for 7, or shorter.
   *
   * @default Duration.days(400)
   */
  readonly retention?: Duration;

  /**
   * The key for the archive's own bucket, for answers to queries and for records on their way. Refused together with `bucket`, which has its own.
   *
   * @default - keys that belong to AWS
   */
  readonly encryptionKey?: kms.IKey;

  /**
   * Whether personal data is taken out before events are stored.
   *
   * In place of an address stands a pseudonym: the SHA-256 of the address in lower case, and its domain. Recipients can still be counted and followed, and
   * whoever knows an address can find its events, so by the word of the law the data is pseudonymous, not anonymous. IP addresses and programs of recipients,
   * headers with the subject, who sent from where, and the query of clicked links are left out. Message tags and templates are your own words and stay, and so
   * does what a mail server says of a mailbox without writing its address.
   *
   * A record that cannot be read is stored as it was, apart from the others, for 30 days.
   *
   * @default false
   */
  readonly redactPersonalData?: boolean;

  /**
   * How much one query may read before Athena stops it, from 10 MB on. Athena bills what is read.
   *
   * @default Size.gibibytes(10)
   */
  readonly queryLimit?: Size;

  /**
   * What becomes of the archive's own bucket when it leaves the stack. `DESTROY` deletes it when it is empty, and fails otherwise; what is in it expires in
   * either case. Refused together with `bucket`.
   *
   * @default RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE
   */
  readonly removalPolicy?: RemovalPolicy;
}

/** What it takes to run queries in a work group, and to read the saved ones. */
const QUERY_ACTIONS = [
  'athena:GetWorkGroup', 'athena:StartQueryExecution', 'athena:StopQueryExecution', 'athena:GetQueryExecution', 'athena:BatchGetQueryExecution',
  'athena:ListQueryExecutions', 'athena:GetQueryResults', 'athena:GetQueryResultsStream', 'athena:GetNamedQuery', 'athena:BatchGetNamedQuery',
  'athena:ListNamedQueries',
];

/**
 * Keeps events of mail for as long as you want to look back, and answers questions in SQL.
 *
 * SES hands its records to Firehose, which writes them to S3 by day. A Glue table describes them, so Athena can query them at once: there is a work group with
 * queries for each type of event, for bouncing domains, complaints by campaign, delays and the time line of a message.
 *
 * @see https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-firehose.html
 *
 * @example
 * declare const analysts: iam.Role;
 *
 * const archive = new EventArchive(this, 'Archive', { redactPersonalData: true });
 * archive.grantQuery(analysts);
 *
 * const destination = EventDestination.firehoseDeliveryStream(archive.deliveryStream);
 */
export class EventArchive extends Construct {
  /** The bucket that keeps the events. */
  public readonly bucket: s3.IBucket;

  /** Where events go in: `EventDestination.firehoseDeliveryStream(archive.deliveryStream)`. */
  public readonly deliveryStream: firehose.DeliveryStream;

  /** The Glue database of the table. */
  public readonly databaseName: string;

  /** The Glue table of the events. */
  public readonly tableName: string;

  /** The Athena work group for queries. Its results go into the bucket. */
  public readonly workGroupName: string;

  private readonly store: ArchiveStore;

  public constructor(scope: Construct, id: string, props: EventArchiveProps = {}) {
    super(scope, id);
    this.store = archiveStore(this, props);
    this.bucket = this.store.bucket;
    this.deliveryStream = archiveDelivery(this, this.store, props.redactPersonalData ?? false);
    const catalog = archiveCatalog(this, this.store, props.queryLimit);
    this.databaseName = catalog.databaseName;
    this.tableName = catalog.tableName;
    this.workGroupName = catalog.workGroupName;
  }

  /**
   * The age of the oldest event, in seconds, that is not in the bucket yet. Usually some five minutes; when it grows, events do not get through.
   *
   * @param options period and more
   */
  public metricDataFreshness(options: cloudwatch.MetricOptions = {}): cloudwatch.Metric {
    return this.deliveryStream.metric('DeliveryToS3.DataFreshness', { statistic: cloudwatch.Stats.MAXIMUM, period: Duration.minutes(5), ...options });
  }

  /**
   * Allows to query the events: in the work group of the archive, on its table, with its answers. Whoever works in the console of Athena has to be allowed to
   * list work groups, too.
   *
   * @param grantee who may query, of the same account
   */
  public grantQuery(grantee: iam.IGrantable): iam.Grant {
    const { bucket, records, results } = this.store;
    const grants: [actions: string[], resourceArns: string[], conditions?: Record<string, Record<string, string[]>>][] = [
      [QUERY_ACTIONS, [this.arnOf('athena', 'workgroup', this.workGroupName)]],
      // Athena always looks at the database named default, too
      [['glue:GetDatabase', 'glue:GetTable', 'glue:GetTables', 'glue:GetPartitions'], [
        this.arnOf('glue', 'catalog'), this.arnOf('glue', 'database', 'default'), this.arnOf('glue', 'database', this.databaseName),
        this.arnOf('glue', 'table', `${this.databaseName}/${this.tableName}`),
      ]],
      [['s3:GetBucketLocation', 's3:ListBucketMultipartUploads'], [bucket.bucketArn]],
      [['s3:ListBucket'], [bucket.bucketArn], { StringLike: { 's3:prefix': [`${records}*`, `${results}*`] } }],
      [['s3:GetObject'], [bucket.arnForObjects(`${records}*`)]],
      [['s3:GetObject', 's3:PutObject', 's3:AbortMultipartUpload', 's3:ListMultipartUploadParts'], [bucket.arnForObjects(`${results}*`)]],
    ];
    const grant = grants.map(([actions, resourceArns, conditions]) => iam.Grant.addToPrincipal({ grantee, actions, resourceArns, conditions }))
      .reduce((all, one) => all.combine(one));
    return bucket.encryptionKey ? grant.combine(bucket.encryptionKey.grant(grantee, 'kms:Decrypt', 'kms:GenerateDataKey')) : grant;
  }

  private arnOf(service: string, resource: string, resourceName?: string): string {
    return Stack.of(this).formatArn({
      service, resource, resourceName, arnFormat: resourceName === undefined ? ArnFormat.NO_RESOURCE_NAME : ArnFormat.SLASH_RESOURCE_NAME,
    });
  }
}
