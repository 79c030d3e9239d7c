import { Token } from 'aws-cdk-lib';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { JOBS_PREFIX, REPORTS_PREFIX } from './import-constants';
import { fail } from '../private/errors';

/** S3 takes names of 1024 bytes, and what comes behind a prefix needs some. */
const LENGTH_MAX = 512;

/** What is taken of each bucket, by whom. */
const taken = new WeakMap<s3.IBucket, Map<string, string>>();

/**
 * Takes a prefix of a bucket for one use. What an import writes must not start another, and a file must not be read as two lists.
 */
export function takePrefix(scope: Construct, bucket: s3.IBucket, prefix: string): string {
  if (Token.isUnresolved(prefix) || !/^[\w!.()'-]+(\/[\w!.()'-]+)*\/$/.test(prefix) || prefix.length > LENGTH_MAX) {
    fail('ListPrefix.form', `the prefix is "${prefix}"; give a folder such as "lists/new/": letters, digits, "-", "_", "." between slashes, one at the end and none at the beginning, ` +
      `up to ${LENGTH_MAX} characters, known when the app is synthesized`, scope);
  }
  const ofBucket = taken.get(bucket) ?? new Map([[JOBS_PREFIX, 'imports'], [REPORTS_PREFIX, 'imports']]);
  taken.set(bucket, ofBucket);
  const [other] = [...ofBucket].filter(([used]) => used.startsWith(prefix) || prefix.startsWith(used));
  if (other) {
    fail('ListPrefix.taken', `the prefix "${prefix}" of the bucket ${bucket.node.path} overlaps with "${other[0]}", which is for ${other[1]}; a file is for one use, so give ` +
      'another prefix', scope);
  }
  ofBucket.set(prefix, scope.node.path);
  return prefix;
}
