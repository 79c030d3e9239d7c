import { App, CfnParameter, Duration, RemovalPolicy, Size, Stack, Validations } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { AwsSolutionsChecks, HIPAASecurityChecks, type NagPack, NIST80053R5Checks, PCIDSS321Checks, ServerlessChecks } from 'cdk-nag';
import { EventArchive, type EventArchiveProps } from '../../src/events/event-archive';
import { EVENT_COLUMNS } from '../../src/events/event-archive-table';
import { findingIdsOf, findingsOf, stackIn } from '../support/stacks';

function archiveWith(props: EventArchiveProps = {}, stack = stackIn('eu-west-1')) {
  const archive = new EventArchive(stack, 'Archive', props);
  return { archive, stack, template: () => Template.fromStack(stack) };
}

/** The only resource of a type. */
function only(template: Template, type: string): Record<string, any> {
  const found = Object.values(template.findResources(type));
  expect(found).toHaveLength(1);
  return found[0].Properties;
}

function join(parts: unknown[]) {
  return { 'Fn::Join': ['', parts] };
}

const like = (id: string) => Match.stringLikeRegexp(`^${id}`);
const BUCKET_ARN = { 'Fn::GetAtt': [like('ArchiveBucket'), 'Arn'] };
const objects = (pattern: string) => join([BUCKET_ARN, `/${pattern}`]);
const LOG_ARN = { 'Fn::GetAtt': [like('ArchiveLog'), 'Arn'] };

describe('the bucket', () => {
  test('is encrypted, closed to the public, and takes TLS only', () => {
    const template = archiveWith().template();
    template.hasResourceProperties('AWS::S3::Bucket', {
      BucketEncryption: { ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }] },
      PublicAccessBlockConfiguration: { BlockPublicAcls: true, BlockPublicPolicy: true, IgnorePublicAcls: true, RestrictPublicBuckets: true },
    });
    template.hasResourceProperties('AWS::S3::BucketPolicy', {
      PolicyDocument: {
        Statement: [{
          Effect: 'Deny', Principal: { AWS: '*' }, Action: 's3:*', Resource: [BUCKET_ARN, objects('*')], Condition: { Bool: { 'aws:SecureTransport': 'false' } },
        }],
      },
    });
  });

  test('lets all that is in it come to an end, old versions and broken uploads included', () => {
    const rule = (Prefix: string, ExpirationInDays: number) => ({
      Prefix, ExpirationInDays, Status: 'Enabled', NoncurrentVersionExpiration: { NoncurrentDays: 1 }, AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 },
    });
    expect(only(archiveWith().template(), 'AWS::S3::Bucket').LifecycleConfiguration).toEqual({
      Rules: [rule('ses-events/records/', 400), rule('ses-events/failures/', 30), rule('ses-events/athena-results/', 7)],
    });
  });

  test('is kept when the archive leaves the stack, unless it is to be deleted', () => {
    archiveWith().template().hasResource('AWS::S3::Bucket', { DeletionPolicy: 'RetainExceptOnCreate', UpdateReplacePolicy: 'Retain' });
    archiveWith({ removalPolicy: RemovalPolicy.DESTROY }).template().hasResource('AWS::S3::Bucket', { DeletionPolicy: 'Delete' });
  });

  test('can be given; one of this app gets the rules by which records end', () => {
    const stack = stackIn('eu-west-1');
    const bucket = new s3.Bucket(stack, 'Given', { versioned: true });
    const { archive } = archiveWith({ bucket, retention: Duration.days(90) }, stack);
    expect(archive.bucket).toBe(bucket);
    expect(only(Template.fromStack(stack), 'AWS::S3::Bucket').LifecycleConfiguration.Rules).toMatchObject([
      { Prefix: 'ses-events/records/', ExpirationInDays: 90 }, { Prefix: 'ses-events/failures/' }, { Prefix: 'ses-events/athena-results/' },
    ]);
    expect(findingIdsOf(stack)).toEqual([]);
  });

  test('which is imported has to end records itself, which is said', () => {
    const stack = stackIn('eu-west-1');
    const { archive } = archiveWith({ bucket: s3.Bucket.fromBucketName(stack, 'Given', 'company-archive') }, stack);
    expect(findingsOf(stack)).toMatchObject([{
      path: '/Stack/Archive',
      text: expect.stringContaining('the lifecycle of the bucket Stack/Given is not part of this app, so records would stay for ever; its owner has to let objects ' +
        'expire: ses-events/records/ after 400 days, ses-events/failures/ after 30 days, ses-events/athena-results/ after 7 days'),
    }]);
    Validations.of(archive).acknowledge({ id: 'cdk-postmaster:EventArchive.foreignBucket', reason: 'its owner has the rules' });
    expect(findingIdsOf(stack)).not.toContain('cdk-postmaster:EventArchive.foreignBucket');
  });
});

describe('the prefix', () => {
  test.each([
    ['mail', 'mail/records/'], ['/mail/', 'mail/records/'], ['a//b/', 'a/b/records/'], ['', 'records/'], ['/', 'records/'], ['team=mail', 'team=mail/records/'],
  ])('"%s" is tidied up', (prefix, records) => {
    const rules = only(archiveWith({ prefix }).template(), 'AWS::S3::Bucket').LifecycleConfiguration.Rules;
    expect(rules[0].Prefix).toBe(records);
  });

  test('may be known on deployment only', () => {
    const stack = stackIn();
    const prefix = new CfnParameter(stack, 'Prefix').valueAsString;
    archiveWith({ prefix }, stack);
    expect(only(Template.fromStack(stack), 'AWS::S3::Bucket').LifecycleConfiguration.Rules[0].Prefix).toEqual(join([{ Ref: 'Prefix' }, '/records/']));
  });

  test.each(['!{timestamp:yyyy}/', 'mail events', 'größe', '${mail}'])('"%s" is refused', prefix => {
    expect(() => archiveWith({ prefix })).toThrow(
      `prefix is "${prefix}"; it takes letters, digits, "_", "-", ".", "=" and "/", e.g. "ses-events/" (at Stack/Archive) [EventArchive.prefix]`);
  });
});

describe('the retention', () => {
  test('is that of the table, too', () => {
    const { Parameters } = only(archiveWith({ retention: Duration.days(90) }).template(), 'AWS::Glue::Table').TableInput;
    expect(Parameters['projection.dt.range']).toBe('NOW-90DAYS,NOW');
  });

  test('of less than the time in which opens and clicks come is reported', () => {
    const { archive, stack } = archiveWith({ retention: Duration.days(14) });
    expect(findingsOf(stack)).toMatchObject([{
      path: '/Stack/Archive',
      text: expect.stringContaining('records are deleted after 14 days, but opens and clicks come for 60 days after a message was sent, so rates of older messages ' +
        'lack their sends; keep records longer, or acknowledge this when your privacy rules want it so'),
    }]);
    Validations.of(archive).acknowledge({ id: 'cdk-postmaster:EventArchive.shortRetention', reason: 'privacy rules' });
    expect(findingIdsOf(stack)).not.toContain('cdk-postmaster:EventArchive.shortRetention');
  });

  test('of 60 days is enough', () => {
    expect(findingIdsOf(archiveWith({ retention: Duration.days(60) }).stack)).toEqual([]);
  });

  test('shorter than that of failures holds for them, too: they hold personal data', () => {
    const rules = only(archiveWith({ retention: Duration.days(14) }).template(), 'AWS::S3::Bucket').LifecycleConfiguration.Rules;
    expect(rules.map((rule: { ExpirationInDays: number }) => rule.ExpirationInDays)).toEqual([14, 14, 7]);
  });

  test('may be known on deployment only', () => {
    const stack = stackIn();
    const retention = Duration.days(new CfnParameter(stack, 'Days', { type: 'Number' }).valueAsNumber);
    archiveWith({ retention }, stack);
    const template = Template.fromStack(stack);
    expect(only(template, 'AWS::S3::Bucket').LifecycleConfiguration.Rules[0].ExpirationInDays).toEqual({ Ref: 'Days' });
    expect(only(template, 'AWS::Glue::Table').TableInput.Parameters['projection.dt.range']).toEqual(join(['NOW-', { Ref: 'Days' }, 'DAYS,NOW']));
  });

  test.each([[Duration.hours(36), '1 day 12 hours'], [Duration.days(0), '0 days']])('of no whole days is refused', (retention, shown) => {
    expect(() => archiveWith({ retention })).toThrow(
      `retention is ${shown}; S3 deletes by whole days, so give Duration.days(1) or more (at Stack/Archive) [EventArchive.retention]`);
  });
});

describe('the delivery', () => {
  test('writes compressed objects by day, and failures apart', () => {
    archiveWith().template().hasResourceProperties('AWS::KinesisFirehose::DeliveryStream', {
      DeliveryStreamType: 'DirectPut',
      ExtendedS3DestinationConfiguration: {
        BucketARN: BUCKET_ARN,
        BufferingHints: { IntervalInSeconds: 300, SizeInMBs: 64 },
        CompressionFormat: 'GZIP',
        Prefix: 'ses-events/records/dt=!{timestamp:yyyy-MM-dd}/',
        ErrorOutputPrefix: 'ses-events/failures/!{firehose:error-output-type}/dt=!{timestamp:yyyy-MM-dd}/',
        CloudWatchLoggingOptions: { Enabled: true, LogGroupName: { Ref: like('ArchiveLog') } },
        CustomTimeZone: Match.absent(),
      },
    });
  });

  test('adds no delimiter, as SES ends each record with a newline', () => {
    expect(only(archiveWith().template(), 'AWS::KinesisFirehose::DeliveryStream').ExtendedS3DestinationConfiguration).not.toHaveProperty('ProcessingConfiguration');
    expect(JSON.stringify(archiveWith({ redactPersonalData: true }).template())).not.toContain('AppendDelimiterToRecord');
  });

  test('is encrypted on its way', () => {
    archiveWith().template().hasResourceProperties('AWS::KinesisFirehose::DeliveryStream', {
      DeliveryStreamEncryptionConfigurationInput: { KeyType: 'AWS_OWNED_CMK' },
    });
  });

  test('has a log that ends', () => {
    const template = archiveWith({ redactPersonalData: true }).template();
    template.allResourcesProperties('AWS::Logs::LogGroup', { RetentionInDays: 90 });
    template.resourceCountIs('AWS::Logs::LogGroup', 2);
  });

  test('has a role that Firehose alone can use, for this account, to write where the archive writes and nowhere else', () => {
    const template = archiveWith().template();
    template.resourceCountIs('AWS::IAM::Role', 1);
    template.resourceCountIs('AWS::IAM::Policy', 0);
    template.hasResourceProperties('AWS::IAM::Role', {
      AssumeRolePolicyDocument: {
        Statement: [{
          Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: 'firehose.amazonaws.com' }, Condition: { StringEquals: { 'sts:ExternalId': '111122223333' } },
        }],
      },
      ManagedPolicyArns: Match.absent(),
      Policies: [{
        PolicyDocument: {
          Statement: [
            {
              Effect: 'Allow',
              Action: ['s3:AbortMultipartUpload', 's3:GetObject', 's3:PutObject'],
              Resource: [objects('ses-events/records/*'), objects('ses-events/failures/*')],
            },
            { Effect: 'Allow', Action: ['s3:GetBucketLocation', 's3:ListBucket', 's3:ListBucketMultipartUploads'], Resource: BUCKET_ARN },
            { Effect: 'Allow', Action: 'logs:PutLogEvents', Resource: LOG_ARN },
          ],
        },
      }],
    });
  });

  test('can be watched: how old is the oldest event that is not stored', () => {
    const { archive, stack } = archiveWith();
    const metric = archive.metricDataFreshness({ period: Duration.minutes(15) });
    expect(metric).toMatchObject({ namespace: 'AWS/Firehose', metricName: 'DeliveryToS3.DataFreshness', statistic: 'Maximum' });
    expect(metric.period.toMinutes()).toBe(15);
    expect(stack.resolve(metric.dimensions)).toEqual({ DeliveryStreamName: { Ref: expect.stringMatching(/^ArchiveStream/) } });
  });
});

describe('redaction', () => {
  const redacted = () => archiveWith({ redactPersonalData: true }).template();
  const functionArn = { 'Fn::GetAtt': [Match.stringLikeRegexp('^ArchiveRedaction'), 'Arn'] };

  test('is off unless asked for', () => {
    archiveWith().template().resourceCountIs('AWS::Lambda::Function', 0);
  });

  test('lets records go through a function before they are stored', () => {
    redacted().hasResourceProperties('AWS::KinesisFirehose::DeliveryStream', {
      ExtendedS3DestinationConfiguration: {
        ProcessingConfiguration: {
          Enabled: true,
          Processors: [{
            Type: 'Lambda',
            Parameters: Match.arrayWith([{ ParameterName: 'LambdaArn', ParameterValue: functionArn }, { ParameterName: 'BufferSizeInMBs', ParameterValue: '1' }]),
          }],
        },
        S3BackupMode: Match.absent(),
      },
    });
  });

  test('lets the role call that function', () => {
    redacted().hasResourceProperties('AWS::IAM::Role', {
      Policies: [{
        PolicyDocument: {
          Statement: Match.arrayWith([{ Effect: 'Allow', Action: ['lambda:InvokeFunction', 'lambda:GetFunctionConfiguration'], Resource: functionArn }]),
        },
      }],
    });
  });

  test('has a function that may write its log and nothing else', () => {
    const template = redacted();
    template.hasResourceProperties('AWS::Lambda::Function', { Runtime: 'nodejs24.x', Architectures: ['arm64'], Timeout: 60, Environment: Match.absent() });
    expect(only(template, 'AWS::IAM::Policy').PolicyDocument.Statement).toEqual([{
      Effect: 'Allow', Action: ['logs:CreateLogStream', 'logs:PutLogEvents'], Resource: { 'Fn::GetAtt': [expect.stringMatching(/^ArchiveRedactionLog/), 'Arn'] },
    }]);
  });
});

describe('a key of one\'s own', () => {
  const withKey = () => {
    const stack = stackIn('eu-west-1');
    return archiveWith({ encryptionKey: new kms.Key(stack, 'Key') }, stack);
  };
  const KEY_ARN = { 'Fn::GetAtt': [like('Key'), 'Arn'] };

  test('encrypts what is stored, what is on its way, and answers to queries', () => {
    const template = withKey().template();
    template.hasResourceProperties('AWS::S3::Bucket', {
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [{ BucketKeyEnabled: true, ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: KEY_ARN } }],
      },
    });
    template.hasResourceProperties('AWS::KinesisFirehose::DeliveryStream', {
      DeliveryStreamEncryptionConfigurationInput: { KeyType: 'CUSTOMER_MANAGED_CMK', KeyARN: KEY_ARN },
    });
    template.hasResourceProperties('AWS::Athena::WorkGroup', {
      WorkGroupConfiguration: { ResultConfiguration: { EncryptionConfiguration: { EncryptionOption: 'SSE_KMS', KmsKey: KEY_ARN } } },
    });
  });

  test('can be used by the delivery and by whoever may query', () => {
    const { archive, stack, template } = withKey();
    archive.grantQuery(new iam.Role(stack, 'Analyst', { assumedBy: new iam.AccountRootPrincipal() }));
    const use = { Effect: 'Allow', Action: ['kms:Decrypt', 'kms:GenerateDataKey'], Resource: KEY_ARN };
    template().hasResourceProperties('AWS::IAM::Role', { Policies: [{ PolicyDocument: { Statement: Match.arrayWith([use]) } }] });
    template().hasResourceProperties('AWS::IAM::Policy', { PolicyDocument: { Statement: Match.arrayWith([use]) } });
  });

  test('of a given bucket is used in the same way', () => {
    const stack = stackIn('eu-west-1');
    const encryptionKey = kms.Key.fromKeyArn(stack, 'Imported', 'arn:aws:kms:eu-west-1:111122223333:key/1234');
    archiveWith({ bucket: s3.Bucket.fromBucketAttributes(stack, 'Given', { bucketName: 'company-archive', encryptionKey }) }, stack);
    Template.fromStack(stack).hasResourceProperties('AWS::KinesisFirehose::DeliveryStream', {
      DeliveryStreamEncryptionConfigurationInput: { KeyARN: 'arn:aws:kms:eu-west-1:111122223333:key/1234' },
    });
  });
});

describe('the table', () => {
  test('has the columns of the record, read without regard to case', () => {
    archiveWith().template().hasResourceProperties('AWS::Glue::Table', {
      TableInput: {
        Name: 'events',
        TableType: 'EXTERNAL_TABLE',
        StorageDescriptor: {
          Columns: EVENT_COLUMNS.map(({ name, type }) => ({ Name: name, Type: type })),
          Location: join(['s3://', { Ref: like('ArchiveBucket') }, '/ses-events/records/']),
          SerdeInfo: { SerializationLibrary: 'org.openx.data.jsonserde.JsonSerDe', Parameters: { 'case.insensitive': 'true', 'ignore.malformed.json': 'true' } },
        },
      },
    });
  });

  test('knows by itself which days there are, in the folders that Firehose writes', () => {
    const { stack, template } = archiveWith();
    const { TableInput } = only(template(), 'AWS::Glue::Table');
    expect(TableInput.PartitionKeys).toEqual([{ Name: 'dt', Type: 'string' }]);
    expect(TableInput.Parameters).toEqual({
      'EXTERNAL': 'TRUE',
      'classification': 'json',
      'projection.enabled': 'true',
      'projection.dt.type': 'date',
      'projection.dt.format': 'yyyy-MM-dd',
      'projection.dt.range': 'NOW-400DAYS,NOW',
      'projection.dt.interval': '1',
      'projection.dt.interval.unit': 'DAYS',
    });
    const { Prefix } = only(Template.fromStack(stack), 'AWS::KinesisFirehose::DeliveryStream').ExtendedS3DestinationConfiguration;
    expect(`/${Prefix}`).toBe(`${TableInput.StorageDescriptor.Location['Fn::Join'][1][2]}dt=!{timestamp:yyyy-MM-dd}/`);
  });

  test('is in a database of its own, with a name that Glue takes and no other archive has', () => {
    const app = new App();
    const names = ['Mail-Stack', 'mail-stack-2', 'Mail2'].flatMap(id => {
      const stack = new Stack(app, id);
      return ['Archive', 'archive', 'Archive-2'].map(name => new EventArchive(stack, name).databaseName);
    });
    expect(names.filter(name => !/^[a-z0-9_]{1,128}$/.test(name))).toEqual([]);
    expect(new Set(names).size).toBe(9);
    const long = new Stack(app, 'S'.repeat(120));
    expect(new EventArchive(long, 'A'.repeat(200)).databaseName).toMatch(/^[a-z0-9_]{1,128}$/);
  });
});

describe('the work group', () => {
  test('writes encrypted answers into the bucket, whatever a client asks for, and ends queries that read too much', () => {
    const { archive, stack, template } = archiveWith();
    template().hasResourceProperties('AWS::Athena::WorkGroup', {
      Name: archive.databaseName,
      RecursiveDeleteOption: true,
      WorkGroupConfiguration: {
        EnforceWorkGroupConfiguration: true,
        BytesScannedCutoffPerQuery: 10 * 1024 ** 3,
        ResultConfiguration: {
          OutputLocation: join(['s3://', { Ref: like('ArchiveBucket') }, '/ses-events/athena-results/']),
          EncryptionConfiguration: { EncryptionOption: 'SSE_S3' },
        },
      },
    });
    expect(stack.resolve(archive.workGroupName)).toEqual({ Ref: expect.stringMatching(/^ArchiveWorkGroup/) });
  });

  test('can have another limit', () => {
    archiveWith({ queryLimit: Size.gibibytes(1) }).template().hasResourceProperties('AWS::Athena::WorkGroup', {
      WorkGroupConfiguration: { BytesScannedCutoffPerQuery: 1024 ** 3 },
    });
  });

  test('has queries to start from, over the table', () => {
    const { archive, template } = archiveWith();
    const queries = Object.values(template().findResources('AWS::Athena::NamedQuery')).map(({ Properties }) => Properties);
    expect(queries).toHaveLength(14);
    for (const query of queries) {
      expect(query).toMatchObject({ Database: archive.databaseName, WorkGroup: { Ref: expect.stringMatching(/^ArchiveWorkGroup/) } });
      expect(query.QueryString).toContain(`FROM "${archive.databaseName}"."events"`);
    }
  });

  test('cannot have a limit below that of Athena', () => {
    expect(() => archiveWith({ queryLimit: Size.mebibytes(9) })).toThrow(
      'queryLimit is 9437184 bytes; Athena takes 10000000 (10 MB) or more (at Stack/Archive) [EventArchive.queryLimit]');
  });
});

test('who may query may do so in the work group, on the table and with the objects of the archive, and no more', () => {
  const { archive, stack } = archiveWith();
  const grant = archive.grantQuery(new iam.Role(stack, 'Analyst', { assumedBy: new iam.AccountRootPrincipal() }));
  grant.assertSuccess();
  const arn = (...rest: unknown[]) => join(['arn:', { Ref: 'AWS::Partition' }, ...rest]);
  const glue = (resource: string) => arn(`:glue:eu-west-1:111122223333:${resource}`);
  Template.fromStack(stack).hasResourceProperties('AWS::IAM::Policy', {
    PolicyDocument: {
      Statement: [
        {
          Effect: 'Allow',
          Action: Match.arrayWith(['athena:StartQueryExecution', 'athena:GetQueryResults']),
          Resource: arn(':athena:eu-west-1:111122223333:workgroup/', { Ref: like('ArchiveWorkGroup') }),
        },
        {
          Effect: 'Allow',
          Action: ['glue:GetDatabase', 'glue:GetTable', 'glue:GetTables', 'glue:GetPartitions'],
          Resource: [glue('catalog'), glue('database/default'), glue(`database/${archive.databaseName}`), glue(`table/${archive.databaseName}/events`)],
        },
        { Effect: 'Allow', Action: ['s3:GetBucketLocation', 's3:ListBucketMultipartUploads'], Resource: BUCKET_ARN },
        {
          Effect: 'Allow',
          Action: 's3:ListBucket',
          Resource: BUCKET_ARN,
          Condition: { StringLike: { 's3:prefix': ['ses-events/records/*', 'ses-events/athena-results/*'] } },
        },
        { Effect: 'Allow', Action: 's3:GetObject', Resource: objects('ses-events/records/*') },
        {
          Effect: 'Allow',
          Action: ['s3:GetObject', 's3:PutObject', 's3:AbortMultipartUpload', 's3:ListMultipartUploadParts'],
          Resource: objects('ses-events/athena-results/*'),
        },
      ],
    },
  });
});

test.each(['encryptionKey', 'removalPolicy'] as const)('%s is refused beside a given bucket, of which it would change nothing', prop => {
  const stack = stackIn('eu-west-1');
  const values = { encryptionKey: new kms.Key(stack, 'Key'), removalPolicy: RemovalPolicy.DESTROY };
  expect(() => archiveWith({ bucket: new s3.Bucket(stack, 'Given'), [prop]: values[prop] }, stack)).toThrow(
    `\`bucket\` and \`${prop}\` are both given, but the archive does not change how a given bucket is set up; set it on the bucket and leave \`${prop}\` out ` +
    '(at Stack/Archive) [EventArchive.bucketSettings]');
});

test.each(['us-gov-west-1', undefined])('the template names no partition, account or Region that the stack does not (%s)', region => {
  const stack = stackIn(region);
  archiveWith({ redactPersonalData: true }, stack).archive.grantQuery(new iam.Role(stack, 'Analyst', { assumedBy: new iam.AccountRootPrincipal() }));
  expect(JSON.stringify(Template.fromStack(stack).toJSON().Resources)).not.toMatch(/arn:aws|eu-west-1|us-east-1/);
});

const PACKS: [string, new (scope: App) => NagPack][] = [
  ['AWS Solutions', AwsSolutionsChecks], ['HIPAA', HIPAASecurityChecks], ['NIST 800-53 r5', NIST80053R5Checks],
  ['PCI DSS 3.2.1', PCIDSS321Checks], ['Serverless', ServerlessChecks],
];

test.each(PACKS)('%s finds nothing in what the archive makes that is not acknowledged with a reason', (_, Pack) => {
  const app = new App();
  const stack = new Stack(app, 'Stack');
  new EventArchive(stack, 'Archive');
  new EventArchive(stack, 'InGiven', { bucket: new s3.Bucket(stack, 'Given') });
  new EventArchive(stack, 'Redacted', { redactPersonalData: true, encryptionKey: new kms.Key(stack, 'Key', { enableKeyRotation: true }) });
  const { violations } = new Pack(app).validateScope(app);
  const found = violations.flatMap(({ ruleName, violatingResources }) => violatingResources.map(({ constructPath }) => `${constructPath} ${ruleName}`));
  // the given bucket is its owner's to defend
  expect(found.filter(violation => !violation.startsWith('Stack/Given/'))).toEqual([]);
});
