import { App, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as sns from 'aws-cdk-lib/aws-sns';
import { BucketAccess, type BucketDeliveryOptions, Deliver, SourceArnScope } from '../../src';
import { onlyRule, ruleArn, ruleIn } from '../support/rules';
import { findingIdsOf, findingsOf, stackIn } from '../support/stacks';

const ACCOUNT = { 'aws:SourceAccount': '111122223333' };
const BY_ACCOUNT = { StringEquals: ACCOUNT };

/** What is allowed of a policy, without what insists on TLS. */
const allowed = (statements: { Effect: string }[]) => statements.filter(({ Effect }) => Effect === 'Allow');
const bucketStatements = (stack: Stack) => allowed(Object.values(Template.fromStack(stack).findResources('AWS::S3::BucketPolicy'))[0].Properties.PolicyDocument.Statement);
const keyStatements = (stack: Stack) => Object.values(Template.fromStack(stack).findResources('AWS::KMS::Key'))
  .flatMap(({ Properties }) => Properties.KeyPolicy.Statement).filter(({ Principal }) => Principal.Service === 'ses.amazonaws.com');

function deliver(options: BucketDeliveryOptions = {}, props: s3.BucketProps = {}) {
  const stack = stackIn('eu-west-1');
  const bucket = new s3.Bucket(stack, 'Bucket', { enforceSSL: true, ...props });
  const rule = ruleIn(stack, [Deliver.toBucket(bucket, options)]);
  return { stack, bucket, rule };
}

test('a bucket lets SES write on behalf of the account, below the prefix and nowhere else, before the rule is there', () => {
  const { stack } = deliver({ prefix: '/support' });
  expect(bucketStatements(stack)).toEqual([{
    Effect: 'Allow',
    Principal: { Service: 'ses.amazonaws.com' },
    Action: 's3:PutObject',
    Resource: { 'Fn::Join': ['', [{ 'Fn::GetAtt': [expect.stringMatching(/^Bucket/), 'Arn'] }, '/support/*']] },
    Condition: BY_ACCOUNT,
  }]);
  expect(onlyRule(stack)).toMatchObject({
    DependsOn: [expect.stringMatching(/^BucketPolicy/)],
    Properties: { Rule: { Actions: [{ S3Action: { BucketName: { Ref: expect.stringMatching(/^Bucket/) }, ObjectKeyPrefix: 'support/' } }] } },
  });
  expect(findingIdsOf(stack)).toEqual([]);
});

describe('the source for which SES may write', () => {
  test.each([
    [SourceArnScope.RULE, { StringEquals: { ...ACCOUNT, 'aws:SourceArn': ruleArn() } }],
    [SourceArnScope.RULE_SET, { StringEquals: ACCOUNT, ArnLike: { 'aws:SourceArn': ruleArn('*') } }],
  ])('can be narrowed to the %s, for the bucket, its key and the key for messages', (sourceArnScope, Condition) => {
    const stack = stackIn('eu-west-1');
    const bucket = new s3.Bucket(stack, 'Bucket', { encryption: s3.BucketEncryption.KMS });
    ruleIn(stack, [Deliver.toBucket(bucket, { sourceArnScope, key: new kms.Key(stack, 'Key') })]);
    expect([...bucketStatements(stack), ...keyStatements(stack)]).toEqual([1, 2, 3].map(() => expect.objectContaining({ Condition })));
  });

  test('is a list in one statement when several rules share a bucket', () => {
    const stack = stackIn('eu-west-1');
    const bucket = new s3.Bucket(stack, 'Bucket');
    for (const id of ['Support', 'Sales']) ruleIn(stack, [Deliver.toBucket(bucket, { sourceArnScope: SourceArnScope.RULE })], {}, id);
    expect(bucketStatements(stack)).toEqual([expect.objectContaining({ Condition: { StringEquals: { ...ACCOUNT, 'aws:SourceArn': [ruleArn('support'), ruleArn('sales')] } } })]);
  });

  test('does not tie the stack of the bucket to that of the rule', () => {
    const app = new App();
    const env = { account: '111122223333', region: 'eu-west-1' };
    const storage = new Stack(app, 'Storage', { env });
    const stack = new Stack(app, 'Stack', { env });
    ruleIn(stack, [Deliver.toBucket(new s3.Bucket(storage, 'Bucket'), { sourceArnScope: SourceArnScope.RULE })]);
    expect(bucketStatements(storage)).toEqual([expect.objectContaining({ Condition: { StringEquals: { ...ACCOUNT, 'aws:SourceArn': ruleArn() } } })]);
    expect(stack.dependencies).toEqual([storage]);
  });
});

describe('encryption', () => {
  const ENCRYPT = ['kms:GenerateDataKey*'];
  const ENCRYPT_AND_READ = ['kms:GenerateDataKey*', 'kms:Decrypt'];
  const actions = (stack: Stack) => keyStatements(stack).map(({ Action, Condition }) => ({ Action: [Action].flat(), Condition }));

  test('by SES needs a key that makes data keys, and no more', () => {
    const stack = stackIn('eu-west-1');
    ruleIn(stack, [Deliver.toBucket(new s3.Bucket(stack, 'Bucket'), { key: new kms.Key(stack, 'Key') })]);
    expect(actions(stack)).toEqual([{ Action: ENCRYPT, Condition: BY_ACCOUNT }]);
    expect(onlyRule(stack)).toMatchObject({
      DependsOn: [expect.stringMatching(/^BucketPolicy/), expect.stringMatching(/^Key/)],
      Properties: { Rule: { Actions: [{ S3Action: { KmsKeyArn: { 'Fn::GetAtt': [expect.stringMatching(/^Key/), 'Arn'] } } }] } },
    });
  });

  test('by S3 with a key of your own needs that key, to read as well', () => {
    const { stack } = deliver({}, { encryption: s3.BucketEncryption.KMS });
    expect(actions(stack)).toEqual([{ Action: ENCRYPT_AND_READ, Condition: BY_ACCOUNT }]);
    expect(onlyRule(stack).DependsOn).toEqual([expect.stringMatching(/^BucketKey/), expect.stringMatching(/^BucketPolicy/)]);
    expect(onlyRule(stack).Properties.Rule.Actions[0].S3Action).not.toHaveProperty('KmsKeyArn');
  });

  test('by both needs both', () => {
    const stack = stackIn('eu-west-1');
    ruleIn(stack, [Deliver.toBucket(new s3.Bucket(stack, 'Bucket', { encryption: s3.BucketEncryption.KMS }), { key: new kms.Key(stack, 'Key') })]);
    expect(actions(stack)).toEqual([{ Action: ENCRYPT_AND_READ, Condition: BY_ACCOUNT }, { Action: ENCRYPT_AND_READ, Condition: BY_ACCOUNT }]);
  });

  test('with the key that AWS keeps for SES needs nothing', () => {
    const { stack } = deliver({ sesManagedKey: true });
    expect(onlyRule(stack).Properties.Rule.Actions[0].S3Action.KmsKeyArn).toEqual(
      { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':kms:eu-west-1:111122223333:alias/aws/ses']] });
  });

  test('takes one key', () => {
    expect(() => deliver({ sesManagedKey: true, key: new kms.Key(stackIn('eu-west-1'), 'Key') })).toThrow(
      'key and sesManagedKey are both given, and SES encrypts with one; leave one out (at Stack/Support/Action1) [MailAction.twoKeys]');
  });

  test.each<[string, (stack: Stack) => kms.IKey, string]>([
    ['given by an alias', stack => new kms.Key(stack, 'Key').addAlias('mail'),
      'the key is given by its alias Stack/Key/Alias, which may mean another key in the account that reads; give the key itself (at Stack/Support/Action1) [MailAction.keyAlias]'],
    ['given by the name of an alias', stack => kms.Alias.fromAliasName(stack, 'Key', 'alias/mail'), '[MessageKey.alias]'],
    ['of another Region', stack => kms.Key.fromKeyArn(stack, 'Key', 'arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab'),
      'the key Stack/Key is in us-east-1 and the rule in eu-west-1; SES encrypts with keys of its own Region only, so give a key there (at Stack/Support/Action1) ' +
      '[MailAction.keyRegion]'],
    ['for signatures', stack => new kms.Key(stack, 'Key', { keySpec: kms.KeySpec.RSA_2048, keyUsage: kms.KeyUsage.SIGN_VERIFY }),
      'the key Stack/Key is of the kind RSA_2048; SES asks KMS for data keys, which only a symmetric key for encryption gives (at Stack/Support/Action1) ' +
      '[MailAction.keySpec]'],
  ])('refuses a key %s', (_, keyIn, message) => {
    const stack = stackIn('eu-west-1');
    expect(() => ruleIn(stack, [Deliver.toBucket(new s3.Bucket(stack, 'Bucket'), { key: keyIn(stack) })])).toThrow(message);
  });
});

describe('a bucket is refused', () => {
  test('whose objects are locked by default, also when that is said in the resource', () => {
    const { stack, bucket } = deliver({}, { objectLockEnabled: true });
    (bucket.node.defaultChild as s3.CfnBucket).addPropertyOverride('ObjectLockConfiguration', { ObjectLockEnabled: 'Enabled', Rule: { DefaultRetention: { Mode: 'GOVERNANCE', Days: 1 } } });
    expect(() => ruleIn(stack, [Deliver.toBucket(bucket)], {}, 'Other')).toThrow(
      'the bucket Stack/Bucket has Object Lock with a default retention, and SES does not write into such a bucket; leave the default retention out, or copy mail from ' +
      'another bucket into this one (at Stack/Other/Action1) [MailAction.objectLock]');
  });

  test.each<[string, s3.BucketProps | ((stack: Stack) => s3.BucketProps)]>([
    ['by choice', { encryption: s3.BucketEncryption.KMS_MANAGED }],
    ['by its alias', stack => ({ encryption: s3.BucketEncryption.KMS, encryptionKey: kms.Alias.fromAliasName(stack, 'Alias', 'alias/aws/s3') })],
  ])('that is encrypted with the AWS-managed key, %s', (_, props) => {
    const stack = stackIn('eu-west-1');
    const bucket = new s3.Bucket(stack, 'Bucket', typeof props === 'function' ? props(stack) : props);
    expect(() => ruleIn(stack, [Deliver.toBucket(bucket)])).toThrow(
      'the bucket Stack/Bucket is encrypted with an AWS-managed key, whose policy nobody can change, so SES may not use it; encrypt the bucket with keys of S3 ' +
      '(BucketEncryption.S3_MANAGED) or with a key of your own (at Stack/Support/Action1) [MailAction.managedBucketKey]');
  });

  test('below a prefix that means something else in a policy', () => {
    expect(() => deliver({ prefix: 'mail/*' })).toThrow(
      'prefix is "mail/*"; "*", "?" and "$" stand for something else in the policies that let SES write there, so leave them out (at Stack/Support/Action1) [MailAction.prefix]');
  });
});

describe('what belongs to somebody else is reported, with the statement that its owner has to add:', () => {
  test('a bucket', () => {
    const stack = stackIn('eu-west-1');
    const rule = ruleIn(stack, [Deliver.toBucket(s3.Bucket.fromBucketName(stack, 'Bucket', 'letters'), { prefix: 'in' })]);
    const [{ text }] = findingsOf(stack);
    expect(text).toContain('the policy of the bucket Stack/Bucket is not part of this app, and SES refuses a rule with a bucket into which it may not write');
    expect(text).toContain('{"Action":"s3:PutObject","Condition":{"StringEquals":{"aws:SourceAccount":"111122223333"}},"Effect":"Allow","Principal":{"Service":"ses.amazonaws.com"},' +
      '"Resource":{"Fn::Join":["",["arn:",{"Ref":"AWS::Partition"},":s3:::letters/in/*"]]}}');
    Validations.of(rule).acknowledge({ id: 'cdk-postmaster:MailAction.foreignBucket', reason: 'done by its owner' });
    expect(findingIdsOf(stack)).toEqual([]);
  });

  test('a key', () => {
    const stack = stackIn('eu-west-1');
    const key = kms.Key.fromKeyArn(stack, 'Key', 'arn:aws:kms:eu-west-1:444455556666:key/1234abcd-12ab-34cd-56ef-1234567890ab');
    const rule = ruleIn(stack, [Deliver.toBucket(new s3.Bucket(stack, 'Bucket'), { key })]);
    const [{ text }] = findingsOf(stack);
    expect(text).toContain('the policy of the key Stack/Key is not part of this app');
    expect(text).toContain('"Action":"kms:GenerateDataKey*"');
    Validations.of(rule).acknowledge({ id: 'cdk-postmaster:MailAction.foreignKey', reason: 'done by its owner' });
    expect(findingIdsOf(stack)).toEqual([]);
  });
});

describe('through a role', () => {
  test('SES may write below the prefix, use the keys and tell the topic, on behalf of the account, and the policies are left alone', () => {
    const stack = stackIn('eu-west-1');
    const key = new kms.Key(stack, 'Key');
    const bucket = new s3.Bucket(stack, 'Bucket', { encryption: s3.BucketEncryption.KMS });
    const notifyTopic = new sns.Topic(stack, 'Topic', { masterKey: key });
    ruleIn(stack, [Deliver.toBucket(bucket, { access: BucketAccess.role(), prefix: 'in', key, notifyTopic })]);
    const template = Template.fromStack(stack);
    template.hasResourceProperties('AWS::IAM::Role', {
      AssumeRolePolicyDocument: { Statement: [{ Action: 'sts:AssumeRole', Principal: { Service: 'ses.amazonaws.com' }, Condition: BY_ACCOUNT, Effect: 'Allow' }] },
      Policies: [{
        PolicyDocument: {
          Statement: [
            { Action: 's3:PutObject', Resource: { 'Fn::Join': ['', [Match.anyValue(), '/in/*']] } },
            { Action: ['kms:Encrypt', 'kms:GenerateDataKey'], Resource: { 'Fn::GetAtt': [Match.stringLikeRegexp('^Key'), 'Arn'] } },
            { Action: ['kms:GenerateDataKey', 'kms:Decrypt'], Resource: { 'Fn::GetAtt': [Match.stringLikeRegexp('^BucketKey'), 'Arn'] } },
            { Action: 'sns:Publish', Resource: { Ref: Match.stringLikeRegexp('^Topic') } },
            { Action: ['kms:GenerateDataKey', 'kms:Decrypt'], Resource: { 'Fn::GetAtt': [Match.stringLikeRegexp('^Key'), 'Arn'] } },
          ].map(statement => ({ Effect: 'Allow', ...statement })),
        },
      }],
    });
    template.resourceCountIs('AWS::S3::BucketPolicy', 0);
    template.resourceCountIs('AWS::SNS::TopicPolicy', 0);
    expect(keyStatements(stack)).toEqual([]);
    expect(onlyRule(stack)).toMatchObject({
      DependsOn: [expect.stringContaining('Role')],
      Properties: { Rule: { Actions: [{ S3Action: { IamRoleArn: { 'Fn::GetAtt': [expect.stringContaining('Role'), 'Arn'] } } }] } },
    });
  });

  test('that exists, the rule waits for what is added to it', () => {
    const stack = stackIn('eu-west-1');
    const role = new iam.Role(stack, 'Role', { assumedBy: new iam.ServicePrincipal('ses.amazonaws.com') });
    ruleIn(stack, [Deliver.toBucket(new s3.Bucket(stack, 'Bucket'), { access: BucketAccess.existingRole(role) })]);
    expect(onlyRule(stack).DependsOn).toEqual([expect.stringMatching(/^RoleDefaultPolicy/), expect.stringMatching(/^Role(?!Default)/)]);
    Template.fromStack(stack).hasResourceProperties('AWS::IAM::Policy', { PolicyDocument: { Statement: [Match.objectLike({ Action: 's3:PutObject' })] } });
  });

  test.each<[string, (stack: Stack) => iam.IRole, string]>([
    ['distrusts SES', stack => new iam.Role(stack, 'Role', { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') }),
      'the role Stack/Role does not trust ses.amazonaws.com, so SES could not assume it; use BucketAccess.role(), or add the service to its trust policy ' +
      '(at Stack/Support/Action1) [MailAction.untrustingRole]'],
    ['cannot be given a policy', stack => Object.assign(new iam.Role(stack, 'Role', { assumedBy: new iam.ServicePrincipal('ses.amazonaws.com') }), {
      addToPrincipalPolicy: () => ({ statementAdded: false }),
    }),
    'let it have that, and import it with Role.fromRoleArn(..., { mutable: false }) (at Stack/Support/Action1) [MailAction.foreignRole]'],
  ])('that %s is refused', (_, roleIn, message) => {
    const stack = stackIn('eu-west-1');
    expect(() => ruleIn(stack, [Deliver.toBucket(new s3.Bucket(stack, 'Bucket'), { access: BucketAccess.existingRole(roleIn(stack)) })])).toThrow(message);
  });

  test.each(['eu-west-3', 'ap-southeast-3'])('SES gets at a bucket in %s, where it insists on one', region => {
    const stack = stackIn('eu-west-1');
    const bucket = s3.Bucket.fromBucketAttributes(stack, 'Bucket', { bucketName: 'letters', region });
    ruleIn(stack, [Deliver.toBucket(bucket)]);
    expect(onlyRule(stack).Properties.Rule.Actions[0].S3Action).toHaveProperty('IamRoleArn');
    expect(findingIdsOf(stack)).toEqual([]);
    const other = ruleIn(stack, [Deliver.toBucket(bucket, { access: BucketAccess.policy() })], {}, 'Other');
    expect(findingIdsOf(stack)).toContain('cdk-postmaster:MailAction.bucketNeedsRole');
    Validations.of(other).acknowledge(...['bucketNeedsRole', 'foreignBucket'].map(id => ({ id: `cdk-postmaster:MailAction.${id}`, reason: 'tried' })));
    expect(findingIdsOf(stack)).toEqual([]);
  });

  test('SES does not need to get at a bucket of another Region where it receives', () => {
    const stack = stackIn('eu-west-1');
    ruleIn(stack, [Deliver.toBucket(s3.Bucket.fromBucketAttributes(stack, 'Bucket', { bucketName: 'letters', region: 'us-east-1' }))]);
    expect(onlyRule(stack).Properties.Rule.Actions[0].S3Action).not.toHaveProperty('IamRoleArn');
  });
});

test('in a stack for any environment all is there as well', () => {
  const stack = stackIn();
  const bucket = new s3.Bucket(stack, 'Bucket', { removalPolicy: RemovalPolicy.DESTROY });
  ruleIn(stack, [Deliver.toBucket(bucket, { key: new kms.Key(stack, 'Key'), sourceArnScope: SourceArnScope.RULE })]);
  expect(bucketStatements(stack)).toEqual([expect.objectContaining({
    Condition: {
      StringEquals: {
        'aws:SourceAccount': { Ref: 'AWS::AccountId' },
        'aws:SourceArn': {
          'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':ses:', { Ref: 'AWS::Region' }, ':', { Ref: 'AWS::AccountId' }, ':receipt-rule-set/inbound:receipt-rule/support']],
        },
      },
    },
  })]);
});
