import { Duration, RemovalPolicy, Size, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as firehose from 'aws-cdk-lib/aws-kinesisfirehose';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import type { ArchiveStore } from './event-archive-store';
import { DAY_COLUMN } from './event-archive-table';
import { RedactEventsFunction } from './redact-events-function';
import { acknowledge, acknowledgeWildcards, COMPLIANCE_PACKS } from '../private/acknowledged-rules';

/** Athena reads few large objects quicker than many small ones, and an archive is not for what is to be known at once. */
const BUFFER = { bufferingInterval: Duration.minutes(5), bufferingSize: Size.mebibytes(64) };

/** What is handed to the redaction at once. Its answer may be longer than what it got, and a function may answer 6 MB, base64 included. */
const REDACTION_BATCH = Size.mebibytes(1);

/**
 * The stream that takes records from SES into the store. There is no processor that adds a delimiter: SES ends each record with a newline already, and
 * a second one would be an empty line, which Athena reads as an event without any data.
 */
export function archiveDelivery(scope: Construct, store: ArchiveStore, redaction: boolean): firehose.DeliveryStream {
  const redactor = redaction ? redactionFunction(scope) : undefined;
  const logGroup = new logs.LogGroup(scope, 'Log', { retention: logs.RetentionDays.THREE_MONTHS, removalPolicy: RemovalPolicy.DESTROY });
  acknowledge(logGroup, 'CloudWatchLogGroupEncrypted', COMPLIANCE_PACKS, 'The log tells why a delivery failed, not what; CloudWatch Logs encrypts it with a key of its own.');
  const role = deliveryRole(scope, store, logGroup, redactor);
  const key = store.bucket.encryptionKey;
  const day = `${DAY_COLUMN.name}=!{timestamp:yyyy-MM-dd}/`;
  return new firehose.DeliveryStream(scope, 'Stream', {
    role,
    encryption: key ? firehose.StreamEncryption.customerManagedKey(key) : firehose.StreamEncryption.awsOwnedKey(),
    destination: new firehose.S3Bucket(store.bucket, {
      ...BUFFER,
      role,
      compression: firehose.Compression.GZIP,
      dataOutputPrefix: `${store.records}${day}`,
      errorOutputPrefix: `${store.failures}!{firehose:error-output-type}/${day}`,
      loggingConfig: new firehose.EnableLogging(logGroup),
      processors: redactor && [new firehose.LambdaFunctionProcessor(redactor, { bufferSize: REDACTION_BATCH })],
    }),
  });
}

/** The policy is part of the role, so the stream, which Firehose creates only when the role may write, finds it there. */
function deliveryRole(
  scope: Construct, { bucket, records, failures }: ArchiveStore, logGroup: logs.ILogGroup, redactor?: lambda.IFunction,
): iam.IRole {
  const key = bucket.encryptionKey;
  const objects = [bucket.arnForObjects(`${records}*`), bucket.arnForObjects(`${failures}*`)];
  const statements = [
    allow(['s3:AbortMultipartUpload', 's3:GetObject', 's3:PutObject'], ...objects),
    allow(['s3:GetBucketLocation', 's3:ListBucket', 's3:ListBucketMultipartUploads'], bucket.bucketArn),
    allow(['logs:PutLogEvents'], logGroup.logGroupArn),
    ...key ? [allow(['kms:Decrypt', 'kms:GenerateDataKey'], key.keyArn)] : [],
    ...redactor ? [allow(['lambda:InvokeFunction', 'lambda:GetFunctionConfiguration'], redactor.functionArn)] : [],
  ];
  const role = new iam.Role(scope, 'Role', {
    description: 'Lets Firehose write the events of SES into their archive',
    assumedBy: new iam.ServicePrincipal('firehose.amazonaws.com'),
    // what Firehose says of the account for which it acts; the ARN of the stream cannot be a condition, as the stream needs the role first
    externalIds: [Stack.of(scope).account],
    inlinePolicies: { Deliver: new iam.PolicyDocument({ statements }) },
  });
  acknowledge(role, 'IAMNoInlinePolicy', COMPLIANCE_PACKS, 'The policy belongs to this one role, and Firehose tries it in the moment in which the role exists.');
  acknowledgeWildcards(role, objects, 'The wildcard stands for the names that Firehose gives to objects, below two prefixes of one bucket.');
  // aws-cdk-lib would let the role do more, and with the whole bucket
  return role.withoutPolicyUpdates();
}

function allow(actions: string[], ...resources: string[]): iam.PolicyStatement {
  return new iam.PolicyStatement({ actions, resources });
}

/** The function through which records go before they are stored. It needs nothing but its log. */
function redactionFunction(scope: Construct): lambda.Function {
  const logGroup = new logs.LogGroup(scope, 'RedactionLog', { retention: logs.RetentionDays.THREE_MONTHS, removalPolicy: RemovalPolicy.DESTROY });
  const role = new iam.Role(scope, 'RedactionRole', { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') });
  logGroup.grantWrite(role);
  const redactor = new RedactEventsFunction(scope, 'Redaction', {
    architecture: lambda.Architecture.ARM_64,
    memorySize: 256,
    timeout: Duration.minutes(1),
    role,
    logGroup,
    loggingFormat: lambda.LoggingFormat.JSON,
  });
  acknowledge(logGroup, 'CloudWatchLogGroupEncrypted', COMPLIANCE_PACKS, 'The log counts failures and holds nothing of a record; CloudWatch Logs encrypts it with a key of its own.');
  acknowledge(role, 'IAMNoInlinePolicy', COMPLIANCE_PACKS, 'The policy belongs to this one role and is deleted with it.');
  acknowledge(redactor, 'LambdaInsideVPC', COMPLIANCE_PACKS, 'The function calls nothing at all.');
  acknowledge(redactor, 'LambdaDLQ', ['HIPAA.Security', 'NIST.800.53.R5', 'Serverless'], 'Firehose tries again, and writes what still fails into the bucket.');
  acknowledge(redactor, 'LambdaConcurrency', ['HIPAA.Security', 'NIST.800.53.R5'], 'Only the one stream invokes the function, a batch at a time for each of its parts.');
  acknowledge(redactor, 'LambdaTracing', ['Serverless'], 'The function calls nothing; its duration and failures are metrics of Firehose and Lambda.');
  return redactor;
}
