import { App, Duration, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as sns from 'aws-cdk-lib/aws-sns';
import { statementsOf, topicIn } from './list-stack';
import { ImportBucket, SuppressionListBackup, type SuppressionListBackupProps, SuppressionListImport } from '../../src';
import { NAG_PACKS } from '../support/nag-packs';
import { findingIdsOf, stackIn } from '../support/stacks';

const ALARM = 'AWS::CloudWatch::Alarm';

function backupIn(props: Partial<SuppressionListBackupProps> = {}, stack = stackIn('eu-west-1')) {
  return { stack, backup: new SuppressionListBackup(stack, 'Backup', { topic: topicIn(stack), ...props }) };
}

const objects = (bucket: string, prefix: string) => ({ 'Fn::Join': ['', [{ 'Fn::GetAtt': [expect.stringMatching(bucket), 'Arn'] }, `/${prefix}*`]] });

test('each day a state machine starts, whose function may list addresses and write below one prefix', () => {
  const { stack } = backupIn();
  Template.fromStack(stack).hasResourceProperties('AWS::Events::Rule', { ScheduleExpression: 'rate(1 day)', Targets: [Match.objectLike({ Input: '{}' })] });
  expect(statementsOf(stack, 'AWS::IAM::Policy', 'BackupRole').slice(1)).toEqual([
    { Effect: 'Allow', Action: 'ses:ListSuppressedDestinations', Resource: '*' },
    { Effect: 'Allow', Action: 's3:GetObject', Resource: objects('^BackupBucket', 'backups/') },
    { Effect: 'Allow', Action: 's3:PutObject', Resource: objects('^BackupBucket', 'backups/') },
  ]);
});

test('backups are in a closed bucket that outlives the stack, for half a year', () => {
  const { stack } = backupIn();
  Template.fromStack(stack).hasResource('AWS::S3::Bucket', {
    DeletionPolicy: 'RetainExceptOnCreate',
    UpdateReplacePolicy: 'Retain',
    Properties: {
      PublicAccessBlockConfiguration: { BlockPublicAcls: true, BlockPublicPolicy: true, IgnorePublicAcls: true, RestrictPublicBuckets: true },
      LifecycleConfiguration: { Rules: [Match.objectLike({ ExpirationInDays: 180 })] },
    },
  });
  // SES has no business there
  expect(JSON.stringify(statementsOf(stack, 'AWS::S3::BucketPolicy', 'BackupBucket'))).not.toContain('ses.amazonaws.com');
});

test('or somewhere else, also in another Region', () => {
  const stack = stackIn('eu-west-1');
  const { backup } = backupIn({ bucket: s3.Bucket.fromBucketAttributes(stack, 'There', { bucketName: 'there', region: 'us-east-1' }), prefix: 'ses/lists/' }, stack);
  backup.grantRead(new iam.Role(stack, 'Reader', { assumedBy: new iam.AccountRootPrincipal() }));
  const template = Template.fromStack(stack);
  template.resourceCountIs('AWS::S3::Bucket', 0);
  const environment = JSON.stringify(template.findResources('AWS::Lambda::Function'));
  expect(environment).toContain('\\"bucketRegion\\":\\"us-east-1\\",\\"prefix\\":\\"ses/lists/\\"');
  expect(statementsOf(stack, 'AWS::IAM::Policy', 'Reader')).toEqual([
    { Effect: 'Allow', Action: 's3:GetObject', Resource: { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':s3:::there/ses/lists/*']] } },
  ]);
});

test('it goes on until the list is whole', () => {
  const [{ Properties }] = Object.values(Template.fromStack(backupIn().stack).findResources('AWS::StepFunctions::StateMachine'));
  const { DefinitionString: { 'Fn::Join': [, parts] } } = Properties as { DefinitionString: { 'Fn::Join': [string, unknown[]] } };
  const { States } = JSON.parse(parts.map(part => typeof part === 'string' ? part : '').join('')) as { States: Record<string, object> };
  expect(States).toMatchObject({
    Copy: { Next: 'Whole', Parameters: { 'execution.$': '$$.Execution.Name', 'startedAt.$': '$$.Execution.StartTime' } },
    Whole: { Choices: [{ Variable: '$.done', BooleanEquals: true, Next: 'BackedUp' }], Default: 'Copy' },
  });
});

test('there is an alarm when a backup fails, and when none was whole for an interval and a day', () => {
  const { stack, backup } = backupIn({ interval: Duration.days(2) });
  const template = Template.fromStack(stack);
  const AlarmActions = [{ Ref: Match.stringLikeRegexp('^Operators') }];
  template.hasResourceProperties(ALARM, { AlarmActions, Metrics: Match.arrayWith([Match.objectLike({ Expression: 'FILL(failed, 0) + FILL(timedOut, 0) + FILL(aborted, 0)' })]) });
  template.hasResourceProperties(ALARM, {
    AlarmActions,
    MetricName: 'ExecutionsSucceeded',
    Statistic: 'Sum',
    Period: 86_400,
    EvaluationPeriods: 3,
    Threshold: 1,
    ComparisonOperator: 'LessThanThreshold',
    TreatMissingData: 'breaching',
  });
  expect(backup.alarms).toEqual([backup.failed, backup.missing]);
  expect(backup.metricFailed().metricName).toBe('ExecutionsFailed');
});

test.each([Duration.hours(12), Duration.days(7)])('an interval of which no alarm could tell is refused: %s', interval => {
  expect(() => backupIn({ interval })).toThrow(`interval is ${interval.toHumanString()}; give 1 to 6 whole days, as an alarm that a backup is missing looks back for a week at most ` +
    '(at Stack/Backup) [SuppressionListBackup.interval]');
});

test('what is for a bucket of its own is refused with another', () => {
  const stack = stackIn('eu-west-1');
  expect(() => backupIn({ bucket: new ImportBucket(stack, 'Lists'), retention: Duration.days(30) }, stack)).toThrow('encryptionKey and retention are for a bucket of its own, and `bucket` is ' +
    'given; set them there, or leave `bucket` out (at Stack/Backup) [SuppressionListBackup.foreignBucket]');
});

test('a retention by parts of a day is refused', () => {
  expect(() => backupIn({ retention: Duration.hours(12) })).toThrow('retention is 12 hours; S3 deletes by whole days, so give Duration.days(1) or more ' +
    '(at Stack/Backup) [SuppressionListBackup.retention]');
});

test('a backup does not start an import', () => {
  const stack = stackIn('eu-west-1');
  const bucket = new ImportBucket(stack, 'Lists');
  new SuppressionListImport(stack, 'Import', { bucket, topic: topicIn(stack) });
  expect(() => backupIn({ bucket, prefix: 'suppress/backups/' }, stack)).toThrow(
    'the prefix "suppress/backups/" of the bucket Stack/Lists overlaps with "suppress/", which is for Stack/Import; a file is for one use, so give another prefix (at Stack/Backup) ' +
    '[ListPrefix.taken]');
});

test.each(NAG_PACKS)('%s finds nothing', (_, Pack) => {
  const app = new App();
  const stack = new Stack(app, 'Stack', { env: { account: '111122223333', region: 'eu-west-1' } });
  const topic = new sns.Topic(stack, 'Operators', { masterKey: new kms.Key(stack, 'Key', { enableKeyRotation: true }), enforceSSL: true });
  backupIn({ topic }, stack);
  expect(new Pack(app).validateScope(app).violations).toEqual([]);
  expect(findingIdsOf(stack).filter(id => id.startsWith('cdk-postmaster:'))).toEqual([]);
});
