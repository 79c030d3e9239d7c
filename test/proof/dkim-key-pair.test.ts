import { App, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { AwsSolutionsChecks, HIPAASecurityChecks, type NagPack, NIST80053R5Checks, PCIDSS321Checks, ServerlessChecks } from 'cdk-nag';
import { DkimKeyPair, type DkimKeyPairProps, Dns, type MailDns, VerifiedDomain } from '../../src';
import { stackIn, zoneOf } from '../support/stacks';

const IN_ACCOUNT = Dns.route53InAccount({ hostedZoneId: 'ZOTHER', zoneName: 'example.com', roleArn: 'arn:aws:iam::222222222222:role/dns' });

function domainIn(stack: Stack, props: DkimKeyPairProps = {}, dns: MailDns = Dns.route53(zoneOf(stack, 'example.com'))) {
  const key = new DkimKeyPair(stack, 'Key', props);
  new VerifiedDomain(stack, 'Mail', { dns, dkim: key.dkim });
  return { key, template: Template.fromStack(stack) };
}

const rotation = (stack: Stack, dns: MailDns = Dns.route53(zoneOf(stack, 'example.com', 'ZONE'))) => ({ every: Duration.days(180), dns });

describe('a key that stays', () => {
  test('gets to SES as a reference to one version of the secret, and its public half into DNS in two strings', () => {
    const { template } = domainIn(stackIn());
    template.hasResourceProperties('AWS::SES::EmailIdentity', {
      DkimSigningAttributes: {
        DomainSigningSelector: { 'Fn::GetAtt': [Match.stringLikeRegexp('^Key'), 'Selector'] },
        DomainSigningPrivateKey: {
          'Fn::Join': ['', ['{{resolve:secretsmanager:', { Ref: Match.stringLikeRegexp('^KeySecret') }, ':SecretString:privateKey::', { 'Fn::GetAtt': [Match.stringLikeRegexp('^Key'), 'VersionId'] }, '}}']],
        },
      },
    });
    template.hasResourceProperties('AWS::Route53::RecordSetGroup', {
      RecordSets: Match.arrayWith([Match.objectLike({
        Name: { 'Fn::Join': ['', [{ 'Fn::GetAtt': [Match.stringLikeRegexp('^Key'), 'Selector'] }, '._domainkey.example.com.']] },
        ResourceRecords: [{ 'Fn::Join': ['', ['"', { 'Fn::GetAtt': [Match.stringLikeRegexp('^Key'), 'RecordText'] }, '"']] }],
      })]),
    });
  });

  test('is in a secret which is made empty, stays with the identity, and may be encrypted with a key of the user', () => {
    const stack = stackIn();
    const { template } = domainIn(stack, { encryptionKey: new Key(stack, 'Kms') });
    template.hasResource('AWS::SecretsManager::Secret', {
      DeletionPolicy: 'RetainExceptOnCreate', Properties: { GenerateSecretString: Match.absent(), SecretString: Match.absent(), KmsKeyId: Match.anyValue() },
    });
    template.hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: { Statement: Match.arrayWith([Match.objectLike({ Action: Match.arrayWith(['secretsmanager:PutSecretValue']), Resource: { Ref: Match.stringLikeRegexp('^KeySecret') } })]) },
    });
    const other = domainIn(stackIn(), { removalPolicy: RemovalPolicy.DESTROY }).template;
    other.hasResource('AWS::SecretsManager::Secret', { DeletionPolicy: 'Delete' });
  });

  test('can be published elsewhere and in another account', () => {
    const elsewhere = domainIn(stackIn(), {}, Dns.elsewhere('example.com')).template;
    expect(JSON.stringify(elsewhere.findOutputs('*'))).toContain('RecordText');
    const account = domainIn(stackIn(), {}, IN_ACCOUNT).template;
    expect(JSON.stringify(account.findResources('Custom::PostmasterDnsRecords'))).toContain('RecordText');
  });

  test('tells no age, and has no alarms', () => {
    const { key } = domainIn(stackIn());
    expect(key.alarms).toEqual([]);
    expect(() => key.metricAge()).toThrow('[DkimKeyPair.noMetric]');
  });
});

describe('a key that is rotated', () => {
  test('is told to SES by a function alone: the template says nothing that a later deployment could put back', () => {
    const stack = stackIn();
    const { template } = domainIn(stack, { rotation: rotation(stack) });
    template.hasResourceProperties('AWS::SES::EmailIdentity', { DkimSigningAttributes: Match.absent(), DkimAttributes: { SigningEnabled: true } });
    expect(JSON.stringify(template.findResources('AWS::Route53::RecordSetGroup'))).not.toContain('_domainkey');
    template.hasResource('Custom::PostmasterDkimSigning', {
      Properties: { Identity: 'example.com', Zone: { HostedZoneId: 'ZONE' }, Ttl: '1800' }, DependsOn: Match.arrayWith([Match.stringLikeRegexp('^Key'), Match.stringLikeRegexp('^Mail')]),
    });
  });

  test('may write records of its own kind and name in this zone, and change how this identity signs', () => {
    const stack = stackIn();
    const { template } = domainIn(stack, { rotation: rotation(stack) });
    template.hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({ Action: ['ses:GetEmailIdentity', 'ses:PutEmailIdentityDkimSigningAttributes'] }),
          {
            Action: 'route53:ChangeResourceRecordSets',
            Effect: 'Allow',
            Resource: { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':route53:::hostedzone/ZONE']] },
            Condition: {
              'ForAllValues:StringEquals': { 'route53:ChangeResourceRecordSetsRecordTypes': ['TXT'], 'route53:ChangeResourceRecordSetsActions': ['CREATE', 'DELETE'] },
              'ForAllValues:StringLike': { 'route53:ChangeResourceRecordSetsNormalizedRecordNames': ['ses*._domainkey.example.com'] },
              'Null': { 'route53:ChangeResourceRecordSetsNormalizedRecordNames': 'false' },
            },
          },
        ]),
      },
    });
  });

  test('assumes the role of a zone in another account, and needs no more', () => {
    const stack = stackIn();
    const { template } = domainIn(stack, { rotation: rotation(stack, IN_ACCOUNT) }, IN_ACCOUNT);
    const policies = JSON.stringify(template.findResources('AWS::IAM::Policy'));
    expect(policies).toContain('arn:aws:iam::222222222222:role/dns');
    expect(policies).not.toContain('route53:');
  });

  test('raises alarms when that fails or is late, and tells people', () => {
    const stack = stackIn();
    const topic = new Topic(stack, 'Operators');
    const { key, template } = domainIn(stack, { rotation: { ...rotation(stack), topic } });
    expect(key.alarms).toHaveLength(2);
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      MetricName: 'DkimKeyAgeDays', Threshold: 187, TreatMissingData: 'breaching', Dimensions: [{ Name: 'Identity', Value: 'example.com' }], AlarmActions: [{ Ref: Match.stringLikeRegexp('^Operators') }],
    });
    template.hasResourceProperties('AWS::CloudWatch::Alarm', { MetricName: 'Errors', AlarmActions: [{ Ref: Match.stringLikeRegexp('^Operators') }] });
    expect(key.metricAge({ label: 'age' })).toMatchObject({ metricName: 'DkimKeyAgeDays', label: 'age' });
  });

  test('needs a zone that a function may change', () => {
    const stack = stackIn();
    expect(() => new DkimKeyPair(stack, 'Key', { rotation: rotation(stack, Dns.elsewhere('example.com')) }))
      .toThrow('leave `rotation` out (at Stack/Key) [DkimKeyPair.zone]');
  });

  test('needs the zone of its domain', () => {
    const stack = stackIn();
    const key = new DkimKeyPair(stack, 'Key', { rotation: rotation(stack, Dns.route53(zoneOf(stack, 'example.org'))) });
    expect(() => new VerifiedDomain(stack, 'Mail', { dns: Dns.route53(zoneOf(stack, 'example.com')), dkim: key.dkim })).toThrow('[Dns.outsideZone]');
  });

  test('is of one domain', () => {
    const stack = stackIn();
    const { key } = domainIn(stack, { rotation: rotation(stack) });
    expect(() => new VerifiedDomain(stack, 'News', { dns: Dns.route53(zoneOf(stack, 'example.com', 'ZNEWS')), domain: 'news.example.com', dkim: key.dkim }))
      .toThrow('make a key pair for each (at Stack/Key) [DkimKeyPair.twice]');
  });

  test.each([[{ every: Duration.days(29) }, 'every is 29 days; it takes whole days, 30 to 730'], [{ keepOld: Duration.days(2) }, 'keepOld is 2 days; it takes whole days, 3 to 90'],
    [{ every: Duration.hours(1000) }, 'every is 41 days 16 hours']])('has times that make sense: %j', (times, message) => {
    const stack = stackIn();
    const given = { ...rotation(stack), ...times };
    expect(() => new DkimKeyPair(stack, 'Key', { rotation: given })).toThrow(message);
    expect(() => new DkimKeyPair(stack, 'Key2', { rotation: given })).toThrow('[DkimKeyPair.days]');
  });
});

describe('the record of a key that stays', () => {
  const recordOf = (template: Template, type = 'AWS::Route53::RecordSetGroup') =>
    Object.entries(template.findResources(type)).filter(([, resource]) => JSON.stringify(resource).includes('_domainkey'));

  test.each([['AWS::Route53::RecordSetGroup', undefined], ['Custom::PostmasterDnsRecords', IN_ACCOUNT]])(
    'is of type %s and of its own: it stays in the zone, and is there before SES is told the key', (type, dns) => {
      const stack = stackIn();
      const key = new DkimKeyPair(stack, 'Key');
      new VerifiedDomain(stack, 'Mail', { dns: dns ?? Dns.route53(zoneOf(stack, 'example.com')), dkim: key.dkim, removalPolicy: RemovalPolicy.DESTROY });
      const template = Template.fromStack(stack);
      const [[id, record], ...others] = recordOf(template, type);
      expect(others).toEqual([]);
      expect(record).toMatchObject({ DeletionPolicy: 'RetainExceptOnCreate', UpdateReplacePolicy: 'Retain' });
      expect(JSON.stringify(record)).not.toContain('_dmarc');
      template.hasResource('AWS::SES::EmailIdentity', { DependsOn: Match.arrayWith([id]) });
    });

  test('is another resource for another key, so that CloudFormation never changes one into the other', () => {
    const idOf = (name: string) => {
      const stack = stackIn();
      new VerifiedDomain(stack, 'Mail', { dns: Dns.route53(zoneOf(stack, 'example.com')), dkim: new DkimKeyPair(stack, name).dkim });
      return recordOf(Template.fromStack(stack))[0][0];
    };
    expect(idOf('Key')).toBe(idOf('Key'));
    expect(idOf('Key')).not.toBe(idOf('Other'));
  });

  test('is left out, or handed to a person, with the others', () => {
    const stack = stackIn();
    new VerifiedDomain(stack, 'Mail', { dns: Dns.route53(zoneOf(stack, 'example.com')), dkim: new DkimKeyPair(stack, 'Key').dkim, publish: { dkim: false } });
    expect(recordOf(Template.fromStack(stack))).toEqual([]);
    const elsewhere = stackIn();
    new VerifiedDomain(elsewhere, 'Mail', { dns: Dns.elsewhere('example.com'), dkim: new DkimKeyPair(elsewhere, 'Key').dkim });
    expect(Object.values(Template.fromStack(elsewhere).findOutputs('*')).filter(({ Value }) => JSON.stringify(Value).includes('RecordText'))).toHaveLength(1);
  });
});

test('a key that is rotated cannot go unpublished', () => {
  const stack = stackIn();
  const key = new DkimKeyPair(stack, 'Key', { rotation: rotation(stack) });
  expect(() => new VerifiedDomain(stack, 'Mail', { dns: Dns.route53(zoneOf(stack, 'example.com')), dkim: key.dkim, publish: { dkim: false } }))
    .toThrow('publish.dkim is false, and what signs with this key between deployments publishes its records itself; leave publish.dkim out (at Stack/Mail) [VerifiedDomain.publishDkim]');
});

test('a switch from Easy DKIM keeps the resource of the identity', () => {
  const ids = (props: DkimKeyPairProps) => Object.keys(domainIn(stackIn(), props).template.findResources('AWS::SES::EmailIdentity'))[0];
  expect(ids({})).toMatch(/^MailBringYourOwnDkim/);
  expect(ids({ switchFromEasyDkim: true })).toMatch(/^Mail[0-9A-F]{8}$/);
});

test.each([['a'.repeat(41), '[DkimKeyPair.prefix]'], ['-x', '[DkimKey.selector]'], ['a.b', '[DkimKey.selector]']])('the prefix %s is refused', (selectorPrefix, code) => {
  expect(() => new DkimKeyPair(stackIn(), 'Key', { selectorPrefix })).toThrow(code);
});

test.each<[string, new (scope: App) => NagPack]>([
  ['AWS Solutions', AwsSolutionsChecks], ['HIPAA', HIPAASecurityChecks], ['NIST 800-53 r5', NIST80053R5Checks], ['PCI DSS 3.2.1', PCIDSS321Checks], ['Serverless', ServerlessChecks],
])('%s finds nothing', (_, Pack) => {
  const app = new App();
  const stack = new Stack(app, 'Stack', { env: { account: '111122223333', region: 'eu-west-1' } });
  const topic = new Topic(stack, 'Operators', { masterKey: new Key(stack, 'TopicKey', { enableKeyRotation: true }), enforceSSL: true });
  domainIn(stack, { encryptionKey: new Key(stack, 'Kms', { enableKeyRotation: true }), rotation: { ...rotation(stack), topic } });
  expect(new Pack(app).validateScope(app).violations).toEqual([]);
});
