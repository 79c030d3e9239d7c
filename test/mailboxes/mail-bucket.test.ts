import { Duration, RemovalPolicy, type Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { Deliver, MailBucket, type MailBucketProps } from '../../src';
import { ruleIn } from '../support/rules';
import { findingIdsOf, stackIn } from '../support/stacks';

const BUCKET = 'AWS::S3::Bucket';

function bucketIn(stack: Stack, props?: MailBucketProps): MailBucket {
  return new MailBucket(stack, 'Letters', props);
}

const roleIn = (stack: Stack) => new iam.Role(stack, 'Reader', { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') });
const granted = (stack: Stack) => Object.values(Template.fromStack(stack).findResources('AWS::IAM::Policy'))[0].Properties.PolicyDocument.Statement;

test('is closed to the public, encrypted with keys that SES can use, TLS only, and stays when the stack goes', () => {
  const stack = stackIn('eu-west-1');
  ruleIn(stack, [Deliver.toBucket(bucketIn(stack))]);
  const template = Template.fromStack(stack);
  template.hasResource(BUCKET, {
    DeletionPolicy: 'RetainExceptOnCreate',
    UpdateReplacePolicy: 'Retain',
    Properties: {
      PublicAccessBlockConfiguration: { BlockPublicAcls: true, BlockPublicPolicy: true, IgnorePublicAcls: true, RestrictPublicBuckets: true },
      BucketEncryption: { ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }] },
      VersioningConfiguration: Match.absent(),
      LifecycleConfiguration: { Rules: [{ AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 }, Status: 'Enabled' }] },
    },
  });
  template.hasResourceProperties('AWS::S3::BucketPolicy', {
    PolicyDocument: {
      Statement: [
        Match.objectLike({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
        Match.objectLike({ Effect: 'Allow', Principal: { Service: 'ses.amazonaws.com' }, Action: 's3:PutObject' }),
      ],
    },
  });
  expect(findingIdsOf(stack)).toEqual([]);
});

test('deletes mail when its time has come, and old versions with it or after a month', () => {
  const rules = (props: MailBucketProps) => {
    const stack = stackIn('eu-west-1');
    bucketIn(stack, props);
    return Object.values(Template.fromStack(stack).findResources(BUCKET))[0].Properties.LifecycleConfiguration.Rules;
  };
  expect(rules({ expiration: Duration.days(90) })).toEqual([{ AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 }, ExpirationInDays: 90, Status: 'Enabled' }]);
  expect(rules({ expiration: Duration.days(90), versioned: true })[0]).toMatchObject(
    { ExpirationInDays: 90, NoncurrentVersionExpiration: { NoncurrentDays: 30 } });
  expect(rules({ expiration: Duration.days(7), versioned: true })[0]).toMatchObject({ NoncurrentVersionExpiration: { NoncurrentDays: 7 } });
});

test.each([Duration.hours(12), Duration.hours(36)])('does not delete mail by parts of a day: %s', expiration => {
  expect(() => bucketIn(stackIn('eu-west-1'), { expiration })).toThrow(
    `expiration is ${expiration.toHumanString()}; S3 deletes by whole days, so give Duration.days(1) or more (at Stack/Letters) [MailBucket.expiration]`);
});

test('takes a key, a name, a place for access logs and a removal policy', () => {
  const stack = stackIn('eu-west-1');
  bucketIn(stack, {
    bucketName: 'letters',
    encryptionKey: new kms.Key(stack, 'Key'),
    accessLogs: new s3.Bucket(stack, 'Logs'),
    versioned: true,
    removalPolicy: RemovalPolicy.DESTROY,
  });
  Template.fromStack(stack).hasResource(BUCKET, {
    DeletionPolicy: 'Delete',
    Properties: {
      BucketName: 'letters',
      BucketEncryption: { ServerSideEncryptionConfiguration: [{ BucketKeyEnabled: true, ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms' } }] },
      VersioningConfiguration: { Status: 'Enabled' },
      LoggingConfiguration: { DestinationBucketName: { Ref: Match.stringLikeRegexp('^Logs') }, LogFilePrefix: 'Letters/' },
    },
  });
});

describe('permission to read mail', () => {
  test('is for what lies below a prefix', () => {
    const stack = stackIn('eu-west-1');
    bucketIn(stack).grantReadMail(roleIn(stack), { prefix: 'support' });
    expect(granted(stack)).toEqual([{ Effect: 'Allow', Action: 's3:GetObject', Resource: { 'Fn::Join': ['', [expect.anything(), '/support/*']] } }]);
  });

  test('is for all mail, and for the keys with which S3 and SES encrypt', () => {
    const stack = stackIn('eu-west-1');
    const bucket = bucketIn(stack, { encryptionKey: new kms.Key(stack, 'BucketKey') });
    bucket.grantReadMail(roleIn(stack), { key: new kms.Key(stack, 'MessageKey') });
    expect(granted(stack)).toEqual([
      { Effect: 'Allow', Action: 's3:GetObject', Resource: { 'Fn::Join': ['', [expect.anything(), '/*']] } },
      { Effect: 'Allow', Action: 'kms:Decrypt', Resource: { 'Fn::GetAtt': [expect.stringMatching(/^BucketKey/), 'Arn'] } },
      { Effect: 'Allow', Action: 'kms:Decrypt', Resource: { 'Fn::GetAtt': [expect.stringMatching(/^MessageKey/), 'Arn'] } },
    ]);
  });
});
