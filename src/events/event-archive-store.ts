import { Duration } from 'aws-cdk-lib';
import * as s3 from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import type { EventArchiveProps } from './event-archive';
import { acknowledgeClosedBucket, checkWholeDays, closedBucket, PIECES_KEPT } from '../private/closed-bucket';
import { fail, located } from '../private/errors';
import { finding } from '../private/finding';
import { hasToken } from '../private/tokens';

/** What the archive keeps, and where in the bucket. */
export interface ArchiveStore {
  readonly bucket: s3.IBucket;

  /** Where records are, below one folder a day. */
  readonly records: string;

  /** Where records are that could not be redacted, as they were. */
  readonly failures: string;

  /** Where answers to queries are. */
  readonly results: string;

  /** How long records stay. */
  readonly retention: Duration;
}

const DEFAULT_PREFIX = 'ses-events/';

/** Thirteen months: a month can be compared with the same one a year before. */
const DEFAULT_RETENTION = Duration.days(400);

/** SES records opens and clicks for as long after a message was sent. */
const ENGAGEMENT_DAYS = 60;

/** Long enough to look into failures and to send them again. They hold what redaction would have taken out, so no longer than that. */
const FAILURES_KEPT = Duration.days(30);

/** Answers can be had again while the records are there. */
const RESULTS_KEPT = Duration.days(7);

/**
 * The bucket of an archive, its own or a given one, with an end for all that is in it.
 */
export function archiveStore(scope: Construct, props: EventArchiveProps): ArchiveStore {
  const prefix = located(scope, () => normalizePrefix(props.prefix ?? DEFAULT_PREFIX));
  const retention = props.retention ?? DEFAULT_RETENTION;
  checkRetention(scope, retention);
  const places = { records: `${prefix}records/`, failures: `${prefix}failures/`, results: `${prefix}athena-results/` };
  const rules = [
    expire(places.records, retention),
    expire(places.failures, shorter(retention, FAILURES_KEPT)),
    expire(places.results, RESULTS_KEPT),
  ];
  const bucket = props.bucket ? givenBucket(scope, props, props.bucket, rules) : ownBucket(scope, props, rules);
  return { bucket, ...places, retention };
}

/** Firehose evaluates expressions in a prefix, and Athena does not find objects behind two slashes. */
function normalizePrefix(prefix: string): string {
  if (hasToken(prefix)) return `${prefix}/`;
  if (!/^[A-Za-z0-9_.=/-]*$/.test(prefix)) {
    fail('EventArchive.prefix', `prefix is "${prefix}"; it takes letters, digits, "_", "-", ".", "=" and "/", e.g. "${DEFAULT_PREFIX}"`);
  }
  return prefix.split('/').filter(part => part !== '').map(part => `${part}/`).join('');
}

function checkRetention(scope: Construct, retention: Duration): void {
  if (retention.isUnresolved()) return;
  checkWholeDays(scope, 'EventArchive.retention', 'retention', retention);
  const days = retention.toDays();
  if (days < ENGAGEMENT_DAYS) {
    finding(scope, 'EventArchive.shortRetention', `records are deleted after ${days} days, but opens and clicks come for ${ENGAGEMENT_DAYS} days after a message ` +
      'was sent, so rates of older messages lack their sends; keep records longer, or acknowledge this when your privacy rules want it so');
  }
}

function shorter(one: Duration, other: Duration): Duration {
  return !one.isUnresolved() && one.toDays() < other.toDays() ? one : other;
}

/** In a bucket with versions, what expires would stay as an old version for ever. */
function expire(prefix: string, expiration: Duration): s3.LifecycleRule {
  return { prefix, expiration, noncurrentVersionExpiration: Duration.days(1), abortIncompleteMultipartUploadAfter: PIECES_KEPT };
}

function ownBucket(scope: Construct, props: EventArchiveProps, lifecycleRules: s3.LifecycleRule[]): s3.IBucket {
  const { encryptionKey, removalPolicy } = props;
  const bucket = new s3.Bucket(scope, 'Bucket', closedBucket('Bucket', lifecycleRules, { encryptionKey, removalPolicy }));
  acknowledgeClosedBucket(bucket, { encryptionKey }, {
    noLogs: 'Reads go through Athena and the API, which CloudTrail can record. To have access logs, give the archive a bucket that writes them.',
    noReplication: 'Who wants copies elsewhere gives the archive a bucket that replicates.',
    noVersions: 'Objects are written once, under names of their own; old versions would outlive the retention.',
  });
  return bucket;
}

function givenBucket(scope: Construct, props: EventArchiveProps, bucket: s3.IBucket, rules: s3.LifecycleRule[]): s3.IBucket {
  const idle = (['encryptionKey', 'removalPolicy'] as const).find(prop => props[prop] !== undefined);
  if (idle) {
    fail('EventArchive.bucketSettings', `\`bucket\` and \`${idle}\` are both given, but the archive does not change how a given bucket is set up; ` +
      `set it on the bucket and leave \`${idle}\` out`, scope);
  }
  if (bucket instanceof s3.Bucket) {
    rules.forEach(rule => bucket.addLifecycleRule(rule));
  } else {
    finding(scope, 'EventArchive.foreignBucket', `the lifecycle of the bucket ${bucket.node.path} is not part of this app, so records would stay for ever; ` +
      `its owner has to let objects expire: ${rules.map(({ prefix, expiration }) => `${prefix} after ${expiration!.toHumanString()}`).join(', ')}`);
  }
  return bucket;
}
