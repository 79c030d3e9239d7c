import { runSimulation } from '@cloud-copilot/iam-simulate';
import { Duration, RemovalPolicy, Validations } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { statementsOf, topicIn } from './list-stack';
import { ImportBucket, type ImportBucketProps, SuppressionListImport } from '../../src';
import { findingIdsOf, findingsOf, stackIn } from '../support/stacks';

const BUCKET = 'AWS::S3::Bucket';
const POLICY = 'AWS::S3::BucketPolicy';
const ACCOUNT = '111122223333';
const KEY_ARN = `arn:aws:kms:eu-west-1:${ACCOUNT}:key/1`;

function bucketIn(props: ImportBucketProps = {}, stack = stackIn('eu-west-1')) {
  return { stack, bucket: new ImportBucket(stack, 'Lists', props) };
}

const SES_READS = {
  Sid: 'AllowSESGet',
  Effect: 'Allow',
  Principal: { Service: 'ses.amazonaws.com' },
  Action: 's3:GetObject',
  Resource: { 'Fn::Join': ['', [{ 'Fn::GetAtt': [expect.stringMatching(/^Lists/), 'Arn'] }, '/jobs/*']] },
  Condition: { StringEquals: { 'aws:Referer': ACCOUNT } },
};
const SES_DECRYPTS = { Sid: 'AllowSESToDecrypt', Effect: 'Allow', Principal: { Service: 'ses.amazonaws.com' }, Action: 'kms:Decrypt', Resource: '*' };

test('is closed to the public, TLS only and encrypted, tells EventBridge of uploads, and forgets lists after a month', () => {
  const { stack } = bucketIn();
  const template = Template.fromStack(stack);
  template.hasResource(BUCKET, {
    DeletionPolicy: 'RetainExceptOnCreate',
    UpdateReplacePolicy: 'Retain',
    Properties: {
      PublicAccessBlockConfiguration: { BlockPublicAcls: true, BlockPublicPolicy: true, IgnorePublicAcls: true, RestrictPublicBuckets: true },
      BucketEncryption: { ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }] },
      NotificationConfiguration: { EventBridgeConfiguration: { EventBridgeEnabled: true } },
      LifecycleConfiguration: { Rules: [{ AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 }, ExpirationInDays: 30, Status: 'Enabled' }] },
      VersioningConfiguration: Match.absent(),
    },
  });
  template.resourceCountIs('AWS::Lambda::Function', 0);
  expect(findingIdsOf(stack)).toEqual([]);
});

test('lets SES read what imports write, and nothing else', () => {
  const { stack } = bucketIn();
  expect(statementsOf(stack, POLICY, 'Lists')).toEqual([expect.objectContaining({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }), SES_READS]);
});

test.each([
  ['what an import writes', 'jobs/1/0001.ndjson', ACCOUNT, 'Allowed'],
  ['what somebody has uploaded', 'suppress/a.csv', ACCOUNT, 'ImplicitlyDenied'],
  ['a report', 'reports/1/report.json', ACCOUNT, 'ImplicitlyDenied'],
  ['anything on behalf of another account', 'jobs/1/0001.ndjson', '999999999999', 'ImplicitlyDenied'],
])('by its policy SES reads %s: %s for %s is %s', async (_, key, referer, expected) => {
  const arn = 'arn:aws:s3:::lists';
  const { stack } = bucketIn();
  const text = JSON.stringify({ Version: '2012-10-17', Statement: statementsOf(stack, POLICY, 'Lists') });
  const resourcePolicy = JSON.parse(text.replace(/\{"Fn::Join":\["",\[\{"Fn::GetAtt":\["Lists\w*","Arn"\]\},"([^"]*)"\]\]\}/g, `"${arn}$1"`).replace(/\{"Fn::GetAtt":\["Lists\w*","Arn"\]\}/g, `"${arn}"`)) as object;
  const result = await runSimulation({
    request: {
      principal: 'ses.amazonaws.com',
      action: 's3:GetObject',
      resource: { resource: `${arn}/${key}`, accountId: ACCOUNT },
      contextVariables: { 'aws:Referer': referer, 'aws:SecureTransport': 'true' },
    },
    identityPolicies: [],
    resourcePolicy,
    serviceControlPolicies: [],
    resourceControlPolicies: [],
  }, {});
  expect(result.resultType === 'error' ? result.errors : result.overallResult).toBe(expected);
});

test('a key of one\'s own lets SES decrypt, once for all its buckets', () => {
  const stack = stackIn('eu-west-1');
  const encryptionKey = new kms.Key(stack, 'Key');
  bucketIn({ encryptionKey }, stack);
  new ImportBucket(stack, 'More', { encryptionKey });
  Template.fromStack(stack).hasResourceProperties(BUCKET, {
    BucketEncryption: { ServerSideEncryptionConfiguration: [{ BucketKeyEnabled: true, ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms' } }] },
  });
  expect(statementsOf(stack, 'AWS::KMS::Key', 'Key').slice(1)).toEqual([SES_DECRYPTS]);
});

test('the policy of an imported key is for its owner to change', () => {
  const stack = stackIn('eu-west-1');
  bucketIn({ encryptionKey: kms.Key.fromKeyArn(stack, 'Key', KEY_ARN) }, stack);
  expect(findingsOf(stack).map(({ text }) => text)).toEqual([
    expect.stringContaining('the policy of the key Stack/Key is not part of this app, and SES imports nothing that it may not decrypt; its owner has to add the statement ' +
      JSON.stringify({ Action: 'kms:Decrypt', Effect: 'Allow', Principal: { Service: 'ses.amazonaws.com' }, Resource: '*', Sid: 'AllowSESToDecrypt' })),
  ]);
  expect(findingIdsOf(stack)).toEqual(['cdk-postmaster:ImportBucket.foreignKey']);
});

test('a finding on an imported key can be acknowledged', () => {
  const stack = stackIn('eu-west-1');

  Validations.of(stack).acknowledge({ id: 'cdk-postmaster:ImportBucket.foreignKey', reason: 'it has the statement' });
  bucketIn({ encryptionKey: kms.Key.fromKeyArn(stack, 'Key', KEY_ARN) }, stack);
  expect(findingIdsOf(stack)).toEqual([]);
});

const MANAGED = (path: string, at: string) => `the bucket ${path} is encrypted with an AWS-managed key, whose policy nobody can change, so SES may not use it; ` +
  `encrypt the bucket with keys of S3 or with a key of your own (at ${at}) [ImportBucket.managedKey]`;

test('a key that AWS manages is refused', () => {
  const stack = stackIn('eu-west-1');
  const encryptionKey = kms.Alias.fromAliasName(stack, 'Managed', 'alias/aws/s3');
  expect(() => bucketIn({ encryptionKey }, stack)).toThrow(MANAGED('Stack/Lists', 'Stack/Lists'));
});

test.each([Duration.hours(12), Duration.hours(36)])('does not forget by parts of a day: %s', expiration => {
  expect(() => bucketIn({ expiration })).toThrow(
    `expiration is ${expiration.toHumanString()}; S3 deletes by whole days, so give Duration.days(1) or more (at Stack/Lists) [ImportBucket.expiration]`);
});

test('can be told otherwise', () => {
  const stack = stackIn('eu-west-1');
  bucketIn({ bucketName: 'lists', versioned: true, expiration: Duration.days(3), accessLogs: new s3.Bucket(stack, 'Logs'), removalPolicy: RemovalPolicy.DESTROY }, stack);
  Template.fromStack(stack).hasResource(BUCKET, {
    DeletionPolicy: 'Delete',
    Properties: {
      BucketName: 'lists',
      VersioningConfiguration: { Status: 'Enabled' },
      LoggingConfiguration: { LogFilePrefix: 'Lists/' },
      LifecycleConfiguration: { Rules: [Match.objectLike({ ExpirationInDays: 3, NoncurrentVersionExpiration: { NoncurrentDays: 3 } })] },
    },
  });
});

describe('of another bucket', () => {
  const importFrom = (bucket: s3.IBucket) => new SuppressionListImport(bucket.stack as never, 'Import', { bucket, topic: topicIn(bucket.stack) });

  test('of the app the policy is opened, and EventBridge is told', () => {
    const stack = stackIn('eu-west-1');
    importFrom(new s3.Bucket(stack, 'Lists'));
    expect(statementsOf(stack, POLICY, 'Lists')).toEqual([SES_READS]);
    Template.fromStack(stack).hasResourceProperties('Custom::S3BucketNotifications', { NotificationConfiguration: { EventBridgeConfiguration: {} } });
  });

  test('that is imported the owner is told what to do', () => {
    const stack = stackIn('eu-west-1');
    importFrom(s3.Bucket.fromBucketName(stack, 'Lists', 'lists'));
    expect(findingIdsOf(stack)).toEqual(['cdk-postmaster:ImportBucket.foreignBucket']);
    expect(findingsOf(stack)[0].text).toContain('the policy of the bucket Stack/Lists is not part of this app, and SES imports nothing that it may not read; its owner has to add the statement ' +
      '{"Action":"s3:GetObject","Condition":{"StringEquals":{"aws:Referer":"111122223333"}},"Effect":"Allow","Principal":{"Service":"ses.amazonaws.com"},');
  });

  test('that is imported, once its owner has done it, nothing more is said', () => {
    const stack = stackIn('eu-west-1');

    Validations.of(stack).acknowledge({ id: 'cdk-postmaster:ImportBucket.foreignBucket', reason: 'done' });
    importFrom(s3.Bucket.fromBucketName(stack, 'Lists', 'lists'));
    expect(findingIdsOf(stack)).toEqual([]);
  });

  test('in another Region it is refused', () => {
    const stack = stackIn('eu-west-1');
    expect(() => importFrom(s3.Bucket.fromBucketAttributes(stack, 'Lists', { bucketName: 'lists', region: 'us-east-1' }))).toThrow(
      'the bucket Stack/Lists is in us-east-1 and the import in eu-west-1; SES imports from buckets of its own Region only, so give one there (at Stack/Import) ' +
      '[ImportBucket.otherRegion]');
  });

  test.each([s3.BucketEncryption.KMS_MANAGED])('with a key that AWS manages it is refused', encryption => {
    const stack = stackIn('eu-west-1');
    expect(() => importFrom(new s3.Bucket(stack, 'Lists', { encryption }))).toThrow(MANAGED('Stack/Lists', 'Stack/Import'));
  });
});
