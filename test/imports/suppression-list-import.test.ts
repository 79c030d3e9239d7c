import { App, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as sns from 'aws-cdk-lib/aws-sns';
import { statementsOf, topicIn } from './list-stack';
import { ContactImport, ContactList, ImportBucket, SuppressionListImport, type SuppressionListImportProps } from '../../src';
import { NAG_PACKS } from '../support/nag-packs';
import { findingIdsOf, stackIn } from '../support/stacks';

const ALARM = 'AWS::CloudWatch::Alarm';

function importIn(props: Partial<SuppressionListImportProps> = {}, stack = stackIn('eu-west-1')) {
  const bucket = props.bucket ?? new ImportBucket(stack, 'Lists');
  const given = 'topic' in props || props.action ? {} : { topic: topicIn(stack) };
  return { stack, bucket, suppressions: new SuppressionListImport(stack, 'Import', { ...given, ...props, bucket }) };
}

/** The definition of a state machine, with references as `<id>`. */
function machineOf(stack: Stack): { StartAt: string; States: Record<string, any> } {
  const [{ Properties }] = Object.values(Template.fromStack(stack).findResources('AWS::StepFunctions::StateMachine'));
  const [, parts] = (Properties as { DefinitionString: { 'Fn::Join': [string, unknown[]] } }).DefinitionString['Fn::Join'];
  return JSON.parse(parts.map(part => typeof part === 'string' ? part : '<reference>').join('')) as ReturnType<typeof machineOf>;
}

const objects = (...prefixes: string[]) => prefixes.map(prefix => ({ 'Fn::Join': ['', [{ 'Fn::GetAtt': [expect.stringMatching(/^Lists/), 'Arn'] }, `/${prefix}*`]] }));

test('an upload starts a run, and what could not start one is kept', () => {
  const { stack } = importIn();
  Template.fromStack(stack).hasResourceProperties('AWS::Events::Rule', {
    EventPattern: {
      'source': ['aws.s3'],
      'detail-type': ['Object Created'],
      'detail': { bucket: { name: [{ Ref: Match.stringLikeRegexp('^Lists') }] }, object: { key: [{ prefix: 'suppress/' }, { prefix: 'unsuppress/' }] } },
    },
    Targets: [Match.objectLike({
      Arn: { Ref: Match.stringLikeRegexp('^ImportMachine') },
      DeadLetterConfig: { Arn: { 'Fn::GetAtt': [Match.stringLikeRegexp('^ImportDeadLetters'), 'Arn'] } },
      InputTransformer: {
        InputPathsMap: { 'detail-object-key': '$.detail.object.key', 'detail-object-sequencer': '$.detail.object.sequencer', 'detail-object-etag': '$.detail.object.etag' },
        InputTemplate: '{"key":<detail-object-key>,"sequencer":<detail-object-sequencer>,"etag":<detail-object-etag>}',
      },
    })],
  });
});

test('the function may read uploads, write jobs and reports, and have SES import; nothing else', () => {
  const { stack } = importIn();
  expect(statementsOf(stack, 'AWS::IAM::Policy', 'ImportRole')).toEqual([
    expect.objectContaining({ Action: ['logs:CreateLogStream', 'logs:PutLogEvents'] }),
    { Effect: 'Allow', Action: ['ses:GetAccount', 'ses:CreateImportJob', 'ses:ListImportJobs'], Resource: '*' },
    { Effect: 'Allow', Action: 'ses:GetImportJob', Resource: { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':ses:eu-west-1:111122223333:import-job/*']] } },
    { Effect: 'Allow', Action: 's3:GetObject', Resource: objects('suppress/', 'unsuppress/', 'reports/') },
    { Effect: 'Allow', Action: 's3:PutObject', Resource: objects('jobs/', 'reports/') },
  ]);
});

test('a run reads, starts jobs one after another, looks until each has ended, and reports, whatever happens', () => {
  const { StartAt, States } = machineOf(importIn().stack);
  expect(StartAt).toBe('Read');
  const caught = [{ ErrorEquals: ['States.ALL'], ResultPath: '$.error', Next: 'Report' }];
  const next = (state: string) => ({ Next: States[state].Next, Catch: States[state].Catch });
  expect({ Read: next('Read'), Start: next('Start'), Wait: next('Wait'), Look: next('Look'), Report: next('Report'), Tell: next('Tell') }).toEqual({
    Read: { Next: 'Next', Catch: caught },
    Start: { Next: 'Wait', Catch: caught },
    Wait: { Next: 'Look' },
    Look: { Next: 'Next', Catch: caught },
    Report: { Next: 'Tell' },
    Tell: { Next: 'Verdict' },
  });
  expect(States.Next).toEqual({
    Type: 'Choice',
    Choices: [
      { Variable: '$.next', StringEquals: 'start', Next: 'Start' }, { Variable: '$.next', StringEquals: 'wait', Next: 'Wait' },
      { Variable: '$.next', StringEquals: 'skip', Next: 'NothingToDo' },
    ],
    Default: 'Report',
  });
  expect(States.Verdict).toMatchObject({ Choices: [{ Variable: '$.ok', BooleanEquals: true, Next: 'Imported' }], Default: 'NotImported' });
  expect(States.NotImported).toEqual({ Type: 'Fail', Error: 'NotImported', CausePath: '$.message' });
  expect(States.Start.Parameters).toEqual({
    'step': 'start', 'execution.$': '$$.Execution.Name', 'startedAt.$': '$$.Execution.StartTime', 'retries.$': '$$.State.RetryCount', 'state.$': '$',
  });
  expect(States.Start.Retry).toEqual([{ ErrorEquals: ['States.ALL'], IntervalSeconds: 5, MaxAttempts: 6, BackoffRate: 2, JitterStrategy: 'FULL' }]);
});

test('the state machine logs steps without their data, and ends after half a day', () => {
  const { stack } = importIn();
  Template.fromStack(stack).hasResourceProperties('AWS::StepFunctions::StateMachine', {
    LoggingConfiguration: { IncludeExecutionData: false, Level: 'ALL' }, TracingConfiguration: { Enabled: true },
  });
  expect(machineOf(stack)).toMatchObject({ TimeoutSeconds: 43_200 });
});

describe('people are told', () => {
  test('at the end of each run, through the topic, also when it is encrypted', () => {
    const stack = stackIn('eu-west-1');
    importIn({ topic: new sns.Topic(stack, 'Secret', { masterKey: new kms.Key(stack, 'Key') }) }, stack);
    expect(machineOf(stack).States.Tell).toMatchObject({ Parameters: { 'Subject.$': '$.subject', 'Message.$': '$.message' } });
    const statements = statementsOf(stack, 'AWS::IAM::Policy', 'ImportMachineRole');
    expect(statements).toContainEqual({ Effect: 'Allow', Action: 'sns:Publish', Resource: { Ref: expect.stringMatching(/^Secret/) } });
    expect(statements).toContainEqual(expect.objectContaining({ Resource: { 'Fn::GetAtt': [expect.stringMatching(/^Key/), 'Arn'] } }));
  });

  test('by alarms when a run fails, or could not be started', () => {
    const { stack, suppressions } = importIn();
    const template = Template.fromStack(stack);
    const AlarmActions = [{ Ref: Match.stringLikeRegexp('^Operators') }];
    template.hasResourceProperties(ALARM, {
      AlarmActions, Threshold: 1, TreatMissingData: 'notBreaching', Metrics: Match.arrayWith([Match.objectLike({ Expression: 'FILL(failed, 0) + FILL(timedOut, 0) + FILL(aborted, 0)' })]),
    });
    template.hasResourceProperties(ALARM, { AlarmActions, Threshold: 1, MetricName: 'ApproximateNumberOfMessagesVisible', Statistic: 'Maximum' });
    template.resourceCountIs(ALARM, 2);
    expect(suppressions.alarms).toEqual([suppressions.failed, suppressions.notStarted]);
  });

  test('by an action alone, without a message at the end', () => {
    const stack = stackIn('eu-west-1');
    importIn({ action: new SnsAction(topicIn(stack)) }, stack);
    expect(Object.keys(machineOf(stack).States)).not.toContain('Tell');
  });

  test('or else it is refused', () => {
    expect(() => importIn({ topic: undefined })).toThrow('neither topic nor action is given, so nobody would learn of an alarm; give one of them (at Stack/Import) [AlarmRecipients.none]');
  });
});

test('who may add may not take off', () => {
  const { stack, suppressions } = importIn({ bucket: undefined });
  const [adds, removes, reads] = ['Adds', 'Removes', 'Reads'].map(id => new iam.Role(stack, id, { assumedBy: new iam.AccountRootPrincipal() }));
  suppressions.grantUpload(adds);
  suppressions.grantUploadRemovals(removes);
  suppressions.grantReadReports(reads);
  const [added, removed, read] = [...objects('suppress/'), ...objects('unsuppress/'), ...objects('reports/')];
  expect(statementsOf(stack, 'AWS::IAM::Policy', 'Adds')).toEqual([{ Effect: 'Allow', Action: 's3:PutObject', Resource: added }]);
  expect(statementsOf(stack, 'AWS::IAM::Policy', 'Removes')).toEqual([{ Effect: 'Allow', Action: 's3:PutObject', Resource: removed }]);
  expect(statementsOf(stack, 'AWS::IAM::Policy', 'Reads')).toEqual([{ Effect: 'Allow', Action: 's3:GetObject', Resource: read }]);
});

test('who uploads to a bucket with a key may use the key', () => {
  const stack = stackIn('eu-west-1');
  const { suppressions } = importIn({ bucket: new ImportBucket(stack, 'Lists', { encryptionKey: new kms.Key(stack, 'Key') }) }, stack);
  suppressions.grantUpload(new iam.Role(stack, 'Adds', { assumedBy: new iam.AccountRootPrincipal() }));
  expect(statementsOf(stack, 'AWS::IAM::Policy', 'Adds')).toContainEqual(
    { Effect: 'Allow', Action: ['kms:GenerateDataKey', 'kms:Decrypt'], Resource: { 'Fn::GetAtt': [expect.stringMatching(/^Key/), 'Arn'] } });
});

describe('a prefix is refused', () => {
  test.each(['suppress', '/suppress/', 'a//', 'a b/', '*/', ''])('that is no folder: "%s"', suppressPrefix => {
    expect(() => importIn({ suppressPrefix })).toThrow(`the prefix is "${suppressPrefix}"; give a folder such as "lists/new/": letters, digits, "-", "_", "." between slashes, one at the end and ` +
      'none at the beginning, up to 512 characters, known when the app is synthesized (at Stack/Import) [ListPrefix.form]');
  });

  test.each([['jobs/', 'jobs/'], ['reports/new/', 'reports/'], ['unsuppress/not/', 'unsuppress/']])('that overlaps with another: "%s" with "%s"', (suppressPrefix, other) => {
    const whose = other === 'unsuppress/' ? 'Stack/Import' : 'imports';
    const [prefix, overlapped] = other === 'unsuppress/' ? ['unsuppress/', suppressPrefix] : [suppressPrefix, other];
    expect(() => importIn({ suppressPrefix })).toThrow(`the prefix "${prefix}" of the bucket Stack/Lists overlaps with "${overlapped}", which is for ${whose}; a file is for one use, so ` +
      'give another prefix (at Stack/Import) [ListPrefix.taken]');
  });

  test('that another import of the bucket has', () => {
    const { stack, bucket } = importIn();
    expect(() => new SuppressionListImport(stack, 'Second', { bucket, topic: topicIn(stack) })).toThrow('overlaps with "suppress/", which is for Stack/Import');
  });
});

describe('contacts', () => {
  test('have a function that may look up the topics of their list', () => {
    const stack = stackIn('eu-west-1');
    const contactList = ContactList.fromContactListName(stack, 'Readers', 'Readers');
    const contacts = new ContactImport(stack, 'Contacts', { contactList, bucket: new ImportBucket(stack, 'Lists'), topic: topicIn(stack) });
    contacts.grantUpload(new iam.Role(stack, 'Adds', { assumedBy: new iam.AccountRootPrincipal() }));
    expect(statementsOf(stack, 'AWS::IAM::Policy', 'ContactsRole')).toContainEqual(
      { Effect: 'Allow', Action: 'ses:GetContactList', Resource: { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':ses:eu-west-1:111122223333:contact-list/Readers']] } });
    expect(statementsOf(stack, 'AWS::IAM::Policy', 'Adds')).toEqual([{ Effect: 'Allow', Action: 's3:PutObject', Resource: objects('contacts/')[0] }]);
    Template.fromStack(stack).hasResourceProperties('AWS::Events::Rule', { EventPattern: Match.objectLike({ detail: Match.objectLike({ object: { key: [{ prefix: 'contacts/' }] } }) }) });
  });
});

test.each(NAG_PACKS)('%s finds nothing', (_, Pack) => {
  const app = new App();
  const stack = new Stack(app, 'Stack', { env: { account: '111122223333', region: 'eu-west-1' } });
  const encryptionKey = new kms.Key(stack, 'Key', { enableKeyRotation: true });
  const topic = new sns.Topic(stack, 'Operators', { masterKey: encryptionKey, enforceSSL: true });
  const bucket = new ImportBucket(stack, 'Lists', { encryptionKey });
  new SuppressionListImport(stack, 'Suppressions', { bucket, topic });
  new ContactImport(stack, 'Contacts', { bucket: new ImportBucket(stack, 'Plain'), contactList: new ContactList(stack, 'Readers'), topic });
  expect(new Pack(app).validateScope(app).violations).toEqual([]);
  expect(findingIdsOf(stack).filter(id => id.startsWith('cdk-postmaster:'))).toEqual([]);
});
