import assert from 'node:assert/strict';
import { S3 } from '@aws-sdk/client-s3';
import { type ReceiptRule, SES } from '@aws-sdk/client-ses';
import { ACCOUNT } from './emulator';
import type { Stage } from './scenario';

/* What the stand-ins for receiving refuse: part of the scenario `stand-ins`. */

const SERVICE = { Service: 'ses.amazonaws.com' };

export async function receiptRuleSets({ report: { step }, aws }: Stage) {
  const ses = new SES(aws.config);
  const set = (RuleSetName: string) => ({ Resources: { S: { Type: 'AWS::SES::ReceiptRuleSet', Properties: { RuleSetName } } } });

  await step('rule sets: one that exists already is refused, and so is another name that is taken', async () => {
    assert.equal((await aws.putStack('receipt-set', set('first'))).status, 'CREATE_COMPLETE');
    await ses.createReceiptRuleSet({ RuleSetName: 'foreign' });
    for (const [stack, name, status] of [['receipt-set-again', 'first', 'ROLLBACK_COMPLETE'], ['receipt-set', 'foreign', 'UPDATE_ROLLBACK_COMPLETE']] as const) {
      const answer = await aws.putStack(stack, set(name));
      assert.equal(answer.status, status);
      assert.match(answer.reasons, new RegExp(`Rule set already exists: ${name} .*Error Code: AlreadyExists`));
    }
  });
  await step('rule sets: another name is a replacement; the active one is not deleted, and remains', async () => {
    assert.equal((await aws.putStack('receipt-set', set('second'))).status, 'UPDATE_COMPLETE');
    await ses.setActiveReceiptRuleSet({ RuleSetName: 'second' });
    const { status, reasons } = await aws.deleteStack('receipt-set');
    assert.equal(status, 'DELETE_FAILED');
    assert.match(reasons, /Cannot delete active rule set: second .*Error Code: CannotDelete/);
    await assert.rejects(ses.deleteReceiptRuleSet({ RuleSetName: 'second' }), { name: 'CannotDeleteException' });
    assert.deepEqual((await ses.listReceiptRuleSets({})).RuleSets!.map(({ Name }) => Name), ['foreign', 'second']);
    await ses.setActiveReceiptRuleSet({});
    assert.equal((await ses.describeActiveReceiptRuleSet({})).Metadata, undefined);
    assert.equal((await aws.deleteStack('receipt-set')).status, 'DELETE_COMPLETE');
  });
  await step('rule sets: an unknown one cannot be activated, and the 41st is refused', async () => {
    await assert.rejects(ses.setActiveReceiptRuleSet({ RuleSetName: 'second' }), { name: 'RuleSetDoesNotExistException' });
    await assert.rejects(ses.createReceiptRuleSet({ RuleSetName: 'ends-' }), { message: 'Not a valid ruleSetName: ends-' });
    for (let n = 1; n < 40; n++) await ses.createReceiptRuleSet({ RuleSetName: `set-${n}` });
    await assert.rejects(ses.createReceiptRuleSet({ RuleSetName: 'one-more' }), { name: 'LimitExceededException' });
    for (let n = 1; n < 40; n++) await ses.deleteReceiptRuleSet({ RuleSetName: `set-${n}` });
  });
  await step('rule sets: who may look may not activate', async () => {
    const role = {
      Type: 'AWS::IAM::Role',
      Properties: {
        AssumeRolePolicyDocument: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` }, Action: 'sts:AssumeRole' }] },
        Policies: [{ PolicyName: 'look', PolicyDocument: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 'ses:DescribeActiveReceiptRuleSet', Resource: '*' }] } }],
      },
    };
    const { outputs } = await aws.putStack('looker', { Resources: { Role: role }, Outputs: { Arn: { Value: { 'Fn::GetAtt': ['Role', 'Arn'] } } } });
    const looker = new SES((await aws.withRole(outputs.Arn)).config);
    await looker.describeActiveReceiptRuleSet({});
    await assert.rejects(looker.setActiveReceiptRuleSet({ RuleSetName: 'foreign' }), { name: 'AccessDenied' });
  });
}

export async function receiptRules({ report: { step }, aws }: Stage) {
  const ses = new SES(aws.config);
  await aws.createVerifiedDomain('mail.example');
  await ses.createReceiptRuleSet({ RuleSetName: 'inbox' });
  const arnOf = (rule: string) => `arn:aws:ses:${aws.region}:${ACCOUNT}:receipt-rule-set/inbox:receipt-rule/${rule}`;
  const ofRule = (rule = 'rule') => ({ StringEquals: { 'aws:SourceAccount': ACCOUNT, 'aws:SourceArn': arnOf(rule) } });
  const allow = (Action: string | string[], Resource: unknown, Condition: object = ofRule()) => ({
    Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: SERVICE, Action, Condition, ...Resource ? { Resource } : {} }],
  });
  const join = (...parts: unknown[]) => ({ 'Fn::Join': ['', parts] });
  const arn = (id: string) => ({ 'Fn::GetAtt': [id, 'Arn'] });
  const bucket = (KMSMasterKeyID?: object | string) => ({
    Type: 'AWS::S3::Bucket',
    Properties: KMSMasterKeyID && { BucketEncryption: { ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID } }] } },
  });
  const bucketPolicy = (id: string, path = '*', Condition?: object) => ({
    Type: 'AWS::S3::BucketPolicy', Properties: { Bucket: { Ref: id }, PolicyDocument: allow('s3:PutObject', join('arn:aws:s3:::', { Ref: id }, '/', path), Condition) },
  });
  const topic = (key?: string) => ({ Type: 'AWS::SNS::Topic', Properties: key && { KmsMasterKeyId: { Ref: key } } });
  const topicPolicy = (id: string, Condition?: object) => ({
    Type: 'AWS::SNS::TopicPolicy', Properties: { Topics: [{ Ref: id }], PolicyDocument: allow('sns:Publish', { Ref: id }, Condition) },
  });
  const key = (actions: string[], Condition?: object) => ({ Type: 'AWS::KMS::Key', Properties: { KeyPolicy: allow(actions, '*', Condition) } });
  const role = (trust: object, action: string) => ({
    Type: 'AWS::IAM::Role',
    Properties: { AssumeRolePolicyDocument: trust, Policies: [{ PolicyName: 'put', PolicyDocument: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: action, Resource: '*' }] } }] },
  });
  const fn = {
    Type: 'AWS::Lambda::Function',
    Properties: { Code: { ZipFile: 'exports.handler = async () => null;' }, Handler: 'index.handler', Runtime: 'nodejs24.x', Role: arn('ForLambda') },
  };
  const permission = (id: string, rule = 'rule') => ({
    Type: 'AWS::Lambda::Permission',
    Properties: { FunctionName: arn(id), Action: 'lambda:InvokeFunction', Principal: SERVICE.Service, SourceAccount: ACCOUNT, SourceArn: arnOf(rule) },
  });
  const both = ['kms:GenerateDataKey*', 'kms:Decrypt'];
  const targets = {
    ForLambda: role({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }] }, 'logs:PutLogEvents'),
    Key: key(both),
    HalfKey: key(['kms:Decrypt']),
    ForeignKey: key(both, ofRule('other')),
    Open: bucket(arn('Key')),
    OpenPolicy: bucketPolicy('Open', 'in/*'),
    Closed: bucket(),
    OtherRule: bucket(),
    OtherRulePolicy: bucketPolicy('OtherRule', '*', ofRule('other')),
    OtherAccount: bucket(),
    OtherAccountPolicy: bucketPolicy('OtherAccount', '*', { StringEquals: { 'aws:SourceAccount': '999999999999' } }),
    Locked: bucket(arn('HalfKey')),
    LockedPolicy: bucketPolicy('Locked'),
    Managed: bucket('alias/aws/s3'),
    ManagedPolicy: bucketPolicy('Managed'),
    Topic: topic('Key'),
    TopicPolicy: topicPolicy('Topic'),
    BareTopic: topic(),
    OtherTopic: topic(),
    OtherTopicPolicy: topicPolicy('OtherTopic', ofRule('other')),
    LockedTopic: topic('ForeignKey'),
    LockedTopicPolicy: topicPolicy('LockedTopic'),
    Fn: fn,
    FnPermission: permission('Fn'),
    BareFn: fn,
    OtherFn: fn,
    OtherFnPermission: permission('OtherFn', 'other'),
    Writer: role(allow('sts:AssumeRole', undefined), 's3:PutObject'),
    Distrusting: role(allow('sts:AssumeRole', undefined, ofRule('other')), 's3:PutObject'),
    Powerless: role(allow('sts:AssumeRole', undefined), 's3:GetObject'),
  };
  const named = ['Open', 'Closed', 'OtherRule', 'OtherAccount', 'Locked', 'Managed'];
  const exported = Object.keys(targets).filter(id => !/Policy|Permission/.test(id));
  const { outputs, reasons: wrong } = await aws.putStack('receipt-targets', {
    Resources: targets,
    Outputs: Object.fromEntries(exported.map(id => [id, { Value: named.includes(id) || id.includes('Topic') ? { Ref: id } : arn(id) }])),
  });
  assert.equal(wrong, '');
  const rule = (Actions: object[], more: object = {}, place: object = {}) => ({
    Resources: { R: { Type: 'AWS::SES::ReceiptRule', Properties: { RuleSetName: 'inbox', Rule: { Name: 'rule', Actions, ...more }, ...place } } },
  });
  const s3 = (BucketName: string, more: object = {}) => ({ S3Action: { BucketName, ObjectKeyPrefix: 'in/', ...more } });
  const stop = { StopAction: { Scope: 'RuleSet' } };
  const header = { AddHeaderAction: { HeaderName: 'X-Test', HeaderValue: 'x' } };
  const bounce = (more: object) => ({ BounceAction: { SmtpReplyCode: '550', StatusCode: '5.1.1', Message: 'no', Sender: 'no@mail.example', ...more } });
  const stopTelling = (TopicArn: string) => ({ StopAction: { Scope: 'RuleSet', TopicArn } });
  const call = (FunctionArn: string, more: object = {}) => ({ LambdaAction: { FunctionArn, ...more } });

  const refused: [string, ReturnType<typeof rule>, RegExp][] = [
    ['a set that does not exist', rule([stop], {}, { RuleSetName: 'nowhere' }), /Rule set does not exist: nowhere .*RuleSetDoesNotExist/],
    ['a neighbour that does not exist', rule([stop], {}, { After: 'nobody' }), /Rule does not exist: nobody .*RuleDoesNotExist/],
    ['a bucket that does not exist', rule([s3('no-such-bucket')]), /No such bucket: no-such-bucket .*InvalidS3Configuration/],
    ['a bucket without a policy', rule([s3(outputs.Closed)]), /Could not write to bucket: .*InvalidS3Configuration/],
    ['a bucket for another rule', rule([s3(outputs.OtherRule)]), /Could not write to bucket/],
    ['a bucket for another account', rule([s3(outputs.OtherAccount)]), /Could not write to bucket/],
    ['a bucket for another prefix', rule([s3(outputs.Open, { ObjectKeyPrefix: 'out/' })]), /Could not write to bucket/],
    ['a bucket whose key lets SES do half', rule([s3(outputs.Locked)]), /Could not write to bucket/],
    ['a bucket with the key of AWS', rule([s3(outputs.Managed)]), /Could not write to bucket/],
    ['a key for messages, of another rule', rule([s3(outputs.Open, { KmsKeyArn: outputs.ForeignKey })]), /Could not use KMS key/],
    ['a role that does not exist', rule([s3(outputs.Closed, { IamRoleArn: `arn:aws:iam::${ACCOUNT}:role/nobody` })]), /Could not assume the role/],
    ['a role for another rule', rule([s3(outputs.Closed, { IamRoleArn: outputs.Distrusting })]), /Could not assume the role/],
    ['a role that may not write', rule([s3(outputs.Closed, { IamRoleArn: outputs.Powerless })]), /Could not write to bucket/],
    ['a topic that does not exist', rule([stopTelling(`arn:aws:sns:${aws.region}:${ACCOUNT}:nowhere`)]), /Could not publish to SNS topic: .*InvalidSnsTopic/],
    ['a topic with the default policy', rule([stopTelling(outputs.BareTopic)]), /Could not publish to SNS topic/],
    ['a topic for another rule', rule([{ SNSAction: { TopicArn: outputs.OtherTopic } }]), /Could not publish to SNS topic/],
    ['a topic whose key is for another rule', rule([s3(outputs.Open, { TopicArn: outputs.LockedTopic })]), /Could not publish to SNS topic/],
    ['the name of a topic', rule([{ SNSAction: { TopicArn: 'topic' } }]), /Invalid SNS topic: topic/],
    ['a function that does not exist', rule([call(`${outputs.Fn}x`)]), /Could not invoke Lambda function: .*InvalidLambdaFunction/],
    ['a function without a permission', rule([call(outputs.BareFn)]), /Could not invoke Lambda function/],
    ['a function for another rule', rule([call(outputs.OtherFn)]), /Could not invoke Lambda function/],
    ['a sender that nobody has verified', rule([bounce({ Sender: 'no@example.org' })]), /Identity is not verified: no@example\.org .*InvalidParameterValue/],
    ['half a reply code', rule([bounce({ SmtpReplyCode: '55' })]), /Invalid SMTP reply code: 55/],
    ['a header of two lines', rule([{ AddHeaderAction: { HeaderName: 'X-Test', HeaderValue: 'a\nb' } }]), /Invalid header value/],
    ['a header with a blank in its name', rule([{ AddHeaderAction: { HeaderName: 'X Test', HeaderValue: 'a' } }]), /Invalid header name/],
    ['an end before the end', rule([stop, header]), /Stop action, if any, must be placed at the end/],
    ['two actions in one', rule([{ ...stop, ...header }]), /Exactly one action type/],
    ['eleven actions', rule(Array(11).fill(header)), /Too many actions .*LimitExceeded/],
    ['a recipient with a blank', rule([stop], { Recipients: ['a@example.com', 'a b@example.com'] }), /Invalid recipient: a b@example\.com/],
    ['a TLS policy that SES does not know', rule([stop], { TlsPolicy: 'Perhaps' }), /enum value set: \[Require, Optional\]/],
    ['a name that ends in a dot', rule([stop], { Name: 'rule.' }), /Not a valid ruleName: rule\./],
  ];
  for (const [index, [what, template, said]] of refused.entries()) {
    await step(`rules: refused: ${what}`, async () => {
      const { status, reasons } = await aws.putStack(`receipt-rule-${index}`, template);
      assert.equal(status, 'ROLLBACK_COMPLETE');
      assert.match(reasons, said);
    });
  }
  const right = [
    header, s3(outputs.Open, { KmsKeyArn: outputs.Key, TopicArn: outputs.Topic }), s3(outputs.Closed, { IamRoleArn: outputs.Writer }),
    call(outputs.Fn, { InvocationType: 'RequestResponse' }), bounce({}), stopTelling(outputs.Topic),
  ];
  await step('rules: each action is taken with the right permissions; SES has written into the buckets', async () => {
    const { status, reasons } = await aws.putStack('right', rule(right, { Enabled: true, ScanEnabled: 'true', TlsPolicy: 'Require', Recipients: ['A@Mail.example', '.mail.example'] }));
    assert.equal(status, 'CREATE_COMPLETE', reasons);
    assert.deepEqual((await ses.describeReceiptRule({ RuleSetName: 'inbox', RuleName: 'rule' })).Rule, {
      Name: 'rule', Enabled: true, ScanEnabled: true, TlsPolicy: 'Require', Recipients: ['.mail.example', 'a@mail.example'], Actions: right,
    });
    for (const Bucket of [outputs.Open, outputs.Closed]) await new S3({ ...aws.config, forcePathStyle: true }).headObject({ Bucket, Key: 'in/AMAZON_SES_SETUP_NOTIFICATION' });
  });
  await step('rules: a change is tried out again, and taken back as a whole', async () => {
    const { status, reasons } = await aws.putStack('right', rule([...right.slice(0, 3), call(outputs.BareFn)]));
    assert.equal(status, 'UPDATE_ROLLBACK_COMPLETE');
    assert.match(reasons, /Could not invoke Lambda function/);
    assert.deepEqual((await ses.describeReceiptRule({ RuleSetName: 'inbox', RuleName: 'rule' })).Rule?.Actions, right);
    const Rule: ReceiptRule = { Name: 'rule', Actions: [{ S3Action: { BucketName: outputs.OtherRule } }] };
    await assert.rejects(ses.updateReceiptRule({ RuleSetName: 'inbox', Rule }), { name: 'InvalidS3ConfigurationException' });
  });
  await step('rules: a permission that comes after its rule comes too late', async () => {
    const resources = {
      A: { Type: 'AWS::SES::ReceiptRule', Properties: { RuleSetName: 'inbox', Rule: { Name: 'late', Actions: [{ S3Action: { BucketName: { Ref: 'B' } } }] } } },
      B: bucket(),
      P: bucketPolicy('B', '*', ofRule('late')),
    };
    const { status, reasons } = await aws.putStack('too-late', { Resources: resources });
    assert.equal(status, 'ROLLBACK_COMPLETE');
    assert.match(reasons, /Could not write to bucket/);
    assert.equal((await aws.putStack('soon-enough', { Resources: { ...resources, A: { ...resources.A, DependsOn: 'P' } } })).status, 'CREATE_COMPLETE');
  });
  await step('rules: the order is that of `After`, a rule without it comes first, and a name that is taken is refused', async () => {
    const order = async () => (await ses.describeReceiptRuleSet({ RuleSetName: 'inbox' })).Rules!.map(({ Name }) => Name);
    assert.deepEqual(await order(), ['late', 'rule']);
    const placed = (after: object) => rule([stop], { Name: 'placed' }, after);
    for (const [place, expected] of [
      [{ After: 'rule' }, ['late', 'rule', 'placed']], [{ After: 'late' }, ['late', 'placed', 'rule']], [{}, ['placed', 'late', 'rule']],
    ] as const) {
      assert.match((await aws.putStack('placed', placed(place))).status, /^(CREATE|UPDATE)_COMPLETE$/);
      assert.deepEqual(await order(), expected);
    }
    assert.match((await aws.putStack('taken', placed({}))).reasons, /Rule already exists: placed .*AlreadyExists/);
    assert.equal((await aws.putStack('placed', rule([stop], { Name: 'renamed' }, { After: 'late' }))).status, 'UPDATE_COMPLETE');
    assert.deepEqual(await order(), ['late', 'renamed', 'rule']);
    await aws.deleteStack('placed');
    assert.deepEqual(await order(), ['late', 'rule']);
  });
  await step('rules: the 201st is refused', async () => {
    await ses.createReceiptRuleSet({ RuleSetName: 'full' });
    const add = (n: number) => ses.createReceiptRule({ RuleSetName: 'full', Rule: { Name: `rule-${n}` } });
    for (let n = 1; n <= 200; n++) await add(n);
    await assert.rejects(add(201), { name: 'LimitExceededException' });
  });
}

export async function receiptFilters({ report: { step }, aws }: Stage) {
  const ses = new SES(aws.config);
  const filter = (Name: string | undefined, Cidr: string, Policy = 'Block') => ({
    Resources: { F: { Type: 'AWS::SES::ReceiptFilter', Properties: { Filter: { ...Name ? { Name } : {}, IpFilter: { Policy, Cidr } } } } },
  });
  const listed = async () => (await ses.listReceiptFilters({})).Filters!.map(({ Name, IpFilter }) => `${Name} ${IpFilter!.Policy} ${IpFilter!.Cidr}`);

  await step('filters: a change is a replacement: one that keeps its name collides with itself', async () => {
    assert.equal((await aws.putStack('receipt-filter', filter('one', '192.0.2.0/24'))).status, 'CREATE_COMPLETE');
    const { status, reasons } = await aws.putStack('receipt-filter', filter('one', '192.0.2.0/25'));
    assert.equal(status, 'UPDATE_ROLLBACK_COMPLETE');
    assert.match(reasons, /Filter already exists: one .*AlreadyExists/);
    assert.deepEqual(await listed(), ['one Block 192.0.2.0/24']);
    assert.equal((await aws.putStack('receipt-filter', filter('two', '192.0.2.0/25', 'Allow'))).status, 'UPDATE_COMPLETE');
    assert.deepEqual(await listed(), ['two Allow 192.0.2.0/25']);
  });
  for (const [what, name, cidr, policy, said] of [
    ['a mask of 33 bits', 'three', '192.0.2.0/33', 'Block', /Invalid CIDR block: 192\.0\.2\.0\/33/],
    ['a name with a blank', 'a b', '192.0.2.0/24', 'Block', /Not a valid filterName: a b/],
    ['an undecided policy', 'three', '192.0.2.0/24', 'Perhaps', /enum value set: \[Block, Allow\]/],
  ] as const) {
    await step(`filters: refused: ${what}`, async () => {
      const { status, reasons } = await aws.putStack(`filter-${what.replaceAll(' ', '-')}`, filter(name, cidr, policy));
      assert.equal(status, 'ROLLBACK_COMPLETE');
      assert.match(reasons, said);
    });
  }
  await step('filters: the 101st is refused; a deletion deletes', async () => {
    const add = (n: number) => ses.createReceiptFilter({ Filter: { Name: `filter-${n}`, IpFilter: { Policy: 'Block', Cidr: '192.0.2.1' } } });
    for (let n = 1; n < 100; n++) await add(n);
    await assert.rejects(add(100), { name: 'LimitExceededException' });
    await aws.deleteStack('receipt-filter');
    assert.equal((await listed()).filter(line => line.startsWith('two')).length, 0);
  });
}

export async function bounces({ report: { step }, aws, emulator }: Stage) {
  const ses = new SES(aws.config);
  await aws.createVerifiedDomain('bounce.example');
  await emulator.happens('received', { message_id: 'today' });
  await emulator.happens('received', { message_id: 'yesterday', seconds_ago: 25 * 3600 });
  const input = { OriginalMessageId: 'today', BounceSender: 'no@bounce.example', BouncedRecipientInfoList: [{ Recipient: 'a@bounce.example', BounceType: 'ContentRejected' as const }] };

  await step('bounces: sent for a message that SES has received, and for nothing else', async () => {
    await ses.sendBounce(input);
    await assert.rejects(ses.sendBounce({ ...input, OriginalMessageId: 'never' }), { name: 'MessageRejected' });
    await assert.rejects(ses.sendBounce({ ...input, OriginalMessageId: 'yesterday' }), { name: 'MessageRejected' });
    await assert.rejects(ses.sendBounce({ ...input, BounceSender: 'no@example.org' }), { name: 'MessageRejected' });
    await assert.rejects(ses.sendBounce({ ...input, BouncedRecipientInfoList: [{ Recipient: 'a@bounce.example' }] }), { name: 'InvalidParameterValue' });
    await assert.rejects(ses.sendBounce({ ...input, BouncedRecipientInfoList: [] }), { name: 'InvalidParameterValue' });
    assert.deepEqual((await emulator.happens('bounces', {})).bounces, [input]);
  });
}
