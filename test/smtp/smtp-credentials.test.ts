import { App, Duration, Stack, Validations } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { ConfigurationSet } from 'aws-cdk-lib/aws-ses';
import { Topic } from 'aws-cdk-lib/aws-sns';
import {
  Dns, MailStream, SmtpCredentials, type SmtpCredentialsProps, SmtpEndpoint, SmtpKeyMonitor, SmtpPort, SmtpRotation, VerifiedAddress, VerifiedDomain,
} from '../../src';
import { isAllowed } from '../support/iam';
import { findingIdsOf, findingsOf, stackIn } from '../support/stacks';

const RESOURCE = 'Custom::PostmasterSmtpCredentials';
const SCHEDULE = 'AWS::SecretsManager::RotationSchedule';
const SENDER = { fromAddresses: ['*@example.com'] };

/** Credentials of a domain whose default set is a stream. */
function make(props: Partial<SmtpCredentialsProps> = {}, stack = stackIn('eu-west-1')) {
  const receipts = new MailStream(stack, 'Receipts', { configurationSetName: 'receipts' });
  const domain = new VerifiedDomain(stack, 'Mail', { dns: Dns.elsewhere('example.com'), defaultConfigurationSet: receipts });
  const credentials = new SmtpCredentials(stack, 'Relay', { identities: [domain], ...SENDER, ...props });
  return { stack, receipts, domain, credentials, template: () => Template.fromStack(stack) };
}

const ref = (id: string) => ({ Ref: expect.stringMatching(new RegExp(`^${id}`)) });
const arn = (...resource: unknown[]) => ({ 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ...resource]] });
const ofType = (template: Template, type: string, id: string) => Object.entries(template.findResources(type))
  .filter(([name]) => name.startsWith(id)).map(([, resource]) => resource);
const statementsOf = (template: Template, id: string, type = 'AWS::IAM::Policy') => ofType(template, type, id).flatMap(policy => policy.Properties.PolicyDocument.Statement);

describe('the login', () => {
  test('is a user with one policy, a secret that begins empty, and a key that a function makes', () => {
    const template = make().template();
    template.hasResourceProperties('AWS::IAM::User', { ManagedPolicyArns: [{ Ref: Match.stringLikeRegexp('^RelayPolicy') }], LoginProfile: Match.absent() });
    template.hasResource('AWS::SecretsManager::Secret', { Properties: { GenerateSecretString: Match.absent(), SecretString: Match.absent() }, DeletionPolicy: 'Delete' });
    template.hasResourceProperties(RESOURCE, {
      UserName: { Ref: Match.stringLikeRegexp('^RelayUser') },
      SecretId: { Ref: Match.stringLikeRegexp('^RelaySecret') },
      Region: 'eu-west-1',
      Host: 'email-smtp.eu-west-1.amazonaws.com',
      Port: '587',
    });
  });

  test('has no key and no password in the template, and no output', () => {
    const { Resources, Outputs } = make({}, stackIn()).template().toJSON();
    expect(Object.keys(Outputs).filter(name => name.startsWith('Relay'))).toEqual([]);
    expect(JSON.stringify(Resources)).not.toMatch(/AWS::IAM::AccessKey|SecretAccessKey|resolve:secretsmanager/);
  });

  test('works in a stack that does not know its Region', () => {
    make({}, stackIn()).template().hasResourceProperties(RESOURCE, {
      Region: { Ref: 'AWS::Region' }, Host: { 'Fn::Join': ['', ['email-smtp.', { Ref: 'AWS::Region' }, '.amazonaws.com']] },
    });
  });

  test('tells programs another port and host', () => {
    make({ port: SmtpPort.TLS_2465, host: 'email-smtp-fips.eu-west-1.amazonaws.com' }).template()
      .hasResourceProperties(RESOURCE, { Host: 'email-smtp-fips.eu-west-1.amazonaws.com', Port: '2465' });
  });

  test('is read by whom it is granted to', () => {
    const { stack, credentials, template } = make();
    credentials.grantRead(new iam.Role(stack, 'Program', { assumedBy: new iam.ServicePrincipal('ec2.amazonaws.com') }));
    expect(statementsOf(template(), 'Program')).toEqual([
      { Effect: 'Allow', Action: ['secretsmanager:GetSecretValue', 'secretsmanager:DescribeSecret'], Resource: ref('RelaySecret') },
    ]);
  });

  test('is made by a function that may do nothing else, and which all credentials of a stack share', () => {
    const { stack, domain, template } = make();
    new SmtpCredentials(stack, 'Printer', { identities: [domain] });
    const key = (user: string) => ({ Effect: 'Allow', Action: ['iam:CreateAccessKey', 'iam:DeleteAccessKey', 'iam:ListAccessKeys'], Resource: { 'Fn::GetAtt': [expect.stringMatching(`^${user}User`), 'Arn'] } });
    const secret = (id: string) => ({ Effect: 'Allow', Action: ['secretsmanager:GetSecretValue', 'secretsmanager:PutSecretValue', 'secretsmanager:UpdateSecretVersionStage'], Resource: ref(`${id}Secret`) });
    const log = { Effect: 'Allow', Action: ['logs:CreateLogStream', 'logs:PutLogEvents'], Resource: { 'Fn::GetAtt': [expect.any(String), 'Arn'] } };
    expect(statementsOf(template(), 'PostmasterSmtpCredentialsFunction')).toEqual([log, key('Relay'), secret('Relay'), key('Printer'), secret('Printer')]);
  });
});

describe('what may be sent', () => {
  test('is one action of SES, from the identities, through their default sets, within the limits', () => {
    expect(statementsOf(make().template(), 'Relay', 'AWS::IAM::ManagedPolicy')).toEqual([{
      Effect: 'Allow',
      Action: 'ses:SendRawEmail',
      Resource: [
        arn(':ses:eu-west-1:111122223333:configuration-set/', ref('Receipts')),
        arn(':ses:eu-west-1:111122223333:identity/', ref('Mail')),
      ],
      Condition: { StringLike: { 'ses:FromAddress': ['*@example.com'] } },
    }]);
  });

  test('from several identities is one statement, since a policy has little room', () => {
    const stack = stackIn('eu-west-1');
    const identities = ['example.org', 'example.net'].map(name => VerifiedDomain.fromDomainName(stack, name, name));
    const { template } = make({ identities }, stack);
    const [statement, ...others] = statementsOf(template(), 'Relay', 'AWS::IAM::ManagedPolicy');
    expect(others).toEqual([]);
    expect(statement.Resource).toEqual(expect.arrayContaining(['example.org', 'example.net'].map(name => arn(`:ses:eu-west-1:111122223333:identity/${name}`))));
  });

  const identity = 'arn:aws:ses:eu-west-1:111122223333:identity/example.com';
  const receipts = 'arn:aws:ses:eu-west-1:111122223333:configuration-set/receipts';
  const news = 'arn:aws:ses:eu-west-1:111122223333:configuration-set/news';
  const from = (address: string) => ({ 'ses:FromAddress': address, 'ses:Recipients': ['reader@example.org'] });
  test.each([
    [true, 'from an address that is named, through the default set', { resources: [identity, receipts], context: from('orders@example.com') }],
    [false, 'from another address', { resources: [identity, receipts], context: from('orders@example.net') }],
    [false, 'from another identity', { resources: ['arn:aws:ses:eu-west-1:111122223333:identity/example.net'], context: from('orders@example.com') }],
    [false, 'through another set', { resources: [identity, news], context: from('orders@example.com') }],
    [false, 'by the API, with the same key', { action: 'ses:SendEmail', resources: [identity, receipts], context: from('orders@example.com') }],
  ])('IAM says %s to mail %s', async (allowed, _, call) => {
    expect(await isAllowed(make().stack, { action: 'ses:SendRawEmail', ...call })).toBe(allowed);
  });

  test('through a stream that is given is mail through that stream only', () => {
    const stack = stackIn('eu-west-1');
    const stream = ConfigurationSet.fromConfigurationSetName(stack, 'News', 'news');
    expect(statementsOf(make({ stream }, stack).template(), 'Relay', 'AWS::IAM::ManagedPolicy')[0].Resource).toEqual([
      arn(':ses:eu-west-1:111122223333:configuration-set/news'), arn(':ses:eu-west-1:111122223333:identity/', ref('Mail')),
    ]);
  });

  test('through given endpoints comes from their VPC, and from other endpoints that are named', () => {
    const stack = stackIn('eu-west-1');
    const endpoint = new SmtpEndpoint(stack, 'Endpoint', { vpc: new ec2.Vpc(stack, 'Vpc'), clients: [ec2.Peer.ipv4('10.0.0.0/16')] });
    expect(statementsOf(make({ endpoints: [endpoint], vpcEndpoints: ['vpce-1'] }, stack).template(), 'Relay', 'AWS::IAM::ManagedPolicy')[0].Condition)
      .toEqual({ StringLike: { 'ses:FromAddress': ['*@example.com'] }, StringEquals: { 'aws:SourceVpce': ['vpce-1', ref('Endpoint')] } });
  });
});

describe('in another Region than that of the stack', () => {
  const region = 'eu-west-2';

  test('credentials are for identities and a set there, by name', () => {
    const stack = stackIn('eu-west-1');
    const identity = VerifiedDomain.fromDomainName(stack, 'Domain', 'example.com', ConfigurationSet.fromConfigurationSetName(stack, 'Set', 'alerts'));
    const { template } = make({ identities: [identity], region }, stack);
    template().hasResourceProperties(RESOURCE, { Region: region, Host: 'email-smtp.eu-west-2.amazonaws.com' });
    expect(statementsOf(template(), 'Relay', 'AWS::IAM::ManagedPolicy')[0].Resource).toEqual([
      arn(':ses:eu-west-2:111122223333:configuration-set/alerts'), arn(':ses:eu-west-2:111122223333:identity/example.com'),
    ]);
  });

  test('credentials take a domain of a stack there without a reference to it', () => {
    const app = new App();
    const there = new Stack(app, 'There', { env: { account: '111122223333', region } });
    const identity = new VerifiedDomain(there, 'Mail', { dns: Dns.elsewhere('example.net') });
    const here = new Stack(app, 'Here', { env: { account: '111122223333', region: 'eu-west-1' } });
    const { template } = make({ identities: [identity], region }, here);
    expect(statementsOf(template(), 'Relay', 'AWS::IAM::ManagedPolicy')[0].Resource).toEqual(arn(':ses:eu-west-2:111122223333:identity/example.net'));
    expect(here.dependencies).toEqual([]);
  });

  test('an identity of another account that lets this one send is known by its ARN', () => {
    const stack = stackIn();
    const identity = VerifiedDomain.fromDomainArn(stack, 'Domain', 'arn:aws:ses:eu-west-2:444455556666:identity/example.com');
    expect(statementsOf(make({ identities: [identity], region }, stack).template(), 'Relay', 'AWS::IAM::ManagedPolicy')[0].Resource)
      .toBe('arn:aws:ses:eu-west-2:444455556666:identity/example.com');
  });
});

describe('rotation', () => {
  test('happens every 90 days, and not at once, by a function which only Secrets Manager of this account may call', () => {
    const template = make().template();
    const [schedule] = ofType(template, SCHEDULE, 'Relay');
    expect(schedule.Properties).toEqual({
      SecretId: ref('RelaySecret'),
      RotationLambdaARN: { 'Fn::GetAtt': [expect.stringMatching('^PostmasterSmtpRotationFunction'), 'Arn'] },
      RotationRules: { ScheduleExpression: 'rate(90 days)' },
      RotateImmediatelyOnUpdate: false,
    });
    template.hasResourceProperties('AWS::Lambda::Permission', { Principal: 'secretsmanager.amazonaws.com', SourceAccount: '111122223333', Action: 'lambda:InvokeFunction' });
    template.hasResourceProperties('AWS::Lambda::Function', { Description: 'src/smtp/smtp-rotation.lambda.ts', Architectures: ['arm64'], Timeout: 300, Runtime: 'nodejs24.x' });
  });

  test('is configured once the key is stored and the function may do its work', () => {
    const [schedule] = ofType(make().template(), SCHEDULE, 'Relay');
    expect(schedule.DependsOn).toEqual(expect.arrayContaining([
      expect.stringMatching('^RelayKey'), expect.stringMatching('^PostmasterSmtpRotationFunctionRotate'), expect.stringMatching('^PostmasterSmtpRotationRoleDefaultPolicy'),
    ]));
  });

  test('takes these permissions, and no others', () => {
    const [, ...statements] = statementsOf(make().template(), 'PostmasterSmtpRotation');
    expect(statements).toEqual([
      { Effect: 'Allow', Action: ['iam:CreateAccessKey', 'iam:DeleteAccessKey', 'iam:ListAccessKeys'], Resource: { 'Fn::GetAtt': [expect.stringMatching('^RelayUser'), 'Arn'] } },
      { Effect: 'Allow', Action: ['secretsmanager:DescribeSecret', 'secretsmanager:GetSecretValue', 'secretsmanager:PutSecretValue', 'secretsmanager:UpdateSecretVersionStage'], Resource: ref('RelaySecret') },
    ]);
  });

  test('happens as often as is said, or when somebody asks for it', () => {
    make({ rotation: SmtpRotation.every(Duration.days(30)) }).template().hasResourceProperties(SCHEDULE, { RotationRules: { ScheduleExpression: 'rate(30 days)' } });
    const [byHand] = ofType(make({ rotation: SmtpRotation.byHand() }).template(), SCHEDULE, 'Relay');
    expect(Object.keys(byHand.Properties).sort()).toEqual(['RotateImmediatelyOnUpdate', 'RotationLambdaARN', 'SecretId']);
  });
});

describe('a key of one\'s own', () => {
  const via = { StringEquals: { 'kms:ViaService': 'secretsmanager.eu-west-1.amazonaws.com' } };
  const KEY_ARN = 'arn:aws:kms:eu-west-1:111122223333:key/1234';

  test('encrypts the secret, and its policy lets Secrets Manager use it for whom IAM allows to', () => {
    const stack = stackIn('eu-west-1');
    const { template } = make({ encryptionKey: new Key(stack, 'Key') }, stack);
    template().hasResourceProperties('AWS::SecretsManager::Secret', { KmsKeyId: { 'Fn::GetAtt': [Match.stringLikeRegexp('^Key'), 'Arn'] } });
    template().hasResourceProperties('AWS::KMS::Key', { KeyPolicy: { Statement: Match.arrayWith([Match.objectLike({ Condition: via })]) } });
  });

  test.each(['PostmasterSmtpCredentialsFunction', 'PostmasterSmtpRotation', 'Program'])('may be imported, and %s may use it through Secrets Manager', id => {
    const stack = stackIn('eu-west-1');
    const { credentials, template } = make({ encryptionKey: Key.fromKeyArn(stack, 'Key', KEY_ARN) }, stack);
    credentials.grantRead(new iam.Role(stack, 'Program', { assumedBy: new iam.ServicePrincipal('ec2.amazonaws.com') }));
    const Action = id === 'Program' ? 'kms:Decrypt' : ['kms:Decrypt', 'kms:GenerateDataKey'];
    expect(statementsOf(template(), id)).toContainEqual({ Effect: 'Allow', Action, Condition: via, Resource: KEY_ARN });
  });
});

describe('reported', () => {
  /** Watched, so that only one thing is reported. */
  function findings(props: Partial<SmtpCredentialsProps>, stack = stackIn('eu-west-1')) {
    const { credentials } = make(props, stack);
    new SmtpKeyMonitor(stack, 'Keys', { credentials: [credentials], topic: new Topic(stack, 'Topic') });
    return findingIdsOf(stack).filter(id => id.startsWith('cdk-postmaster:Smtp') || id.startsWith('cdk-postmaster:Grant'));
  }

  test('is nothing, when all is well', () => {
    expect(findings({})).toEqual([]);
  });

  test('is that nobody learns when the credentials are no longer rotated', () => {
    const { stack, credentials } = make();
    expect(findingIdsOf(stack)).toContain('cdk-postmaster:SmtpCredentials.unwatched');
    Validations.of(credentials).acknowledge({ id: 'cdk-postmaster:SmtpCredentials.unwatched', reason: 'A script looks.' });
    const other = make();
    Validations.of(other.credentials).acknowledge({ id: 'cdk-postmaster:SmtpCredentials.unwatched', reason: 'A script looks.' });
    expect(findingIdsOf(other.stack)).not.toContain('cdk-postmaster:SmtpCredentials.unwatched');
  });

  test('is a domain from which any address may send', () => {
    expect(findings({ fromAddresses: undefined })).toEqual(['cdk-postmaster:SmtpCredentials.anySender']);
  });

  test('is not an address, which is one sender', () => {
    const stack = stackIn('eu-west-1');
    expect(findings({ fromAddresses: undefined, identities: [VerifiedAddress.fromAddress(stack, 'Address', 'orders@example.com')] }, stack)).toEqual([]);
  });

  test('is port 25', () => {
    expect(findings({ port: SmtpPort.STARTTLS_25 })).toEqual(['cdk-postmaster:SmtpCredentials.port25']);
  });

  test('is a stream that programs have to name, since it is not known to be the default one', () => {
    const stack = stackIn('eu-west-1');
    expect(findings({ stream: ConfigurationSet.fromConfigurationSetName(stack, 'News', 'news') }, stack)).toEqual(['cdk-postmaster:SmtpCredentials.headerNeeded']);
  });

  test('is not a stream that is the default one of the domain', () => {
    const stack = stackIn('eu-west-1');
    const { receipts, domain } = make({}, stack);
    const credentials = new SmtpCredentials(stack, 'Other', { identities: [domain], stream: receipts, ...SENDER });
    expect(findingsOf(stack).filter(({ path }) => path.includes('Other')).map(({ text }) => text)).toEqual([expect.stringContaining('SmtpCredentials.unwatched')]);
    expect(credentials.region).toBe('eu-west-1');
  });

  test('is a Region in which SES is not known to take mail by SMTP', () => {
    const stack = stackIn('eu-west-1');
    expect(findings({ region: 'eu-south-1', identities: [VerifiedDomain.fromDomainName(stack, 'Domain', 'example.com')] }, stack))
      .toEqual(['cdk-postmaster:SmtpCredentials.regionWithoutSmtp']);
  });

  test('is a pattern with capital letters, as in any grant', () => {
    const { stack } = make({ fromAddresses: ['*@Example.com'] });
    expect(findingsOf(stack).map(({ text }) => text)).toContainEqual(expect.stringContaining('the grant to Stack/Relay/Policy has *@Example.com'));
  });

  test.each(['anySender', 'port25', 'headerNeeded', 'regionWithoutSmtp'])('is silent about %s once that is acknowledged', what => {
    const stack = stackIn('eu-west-1');
    Validations.of(stack).acknowledge({ id: `cdk-postmaster:SmtpCredentials.${what}`, reason: 'It is meant.' });
    const identity = VerifiedDomain.fromDomainName(stack, 'Domain', 'example.com');
    const stream = ConfigurationSet.fromConfigurationSetName(stack, 'News', 'news');
    const ids = findings({ fromAddresses: undefined, identities: [identity], region: 'eu-south-1', port: SmtpPort.STARTTLS_25, stream }, stack);
    expect(ids).toHaveLength(3);
    expect(ids).not.toContain(`cdk-postmaster:SmtpCredentials.${what}`);
  });
});

describe('refused, with the whole message:', () => {
  const cases: [string, Partial<SmtpCredentialsProps>, string][] = [
    ['no identity', { identities: [] }, 'identities is an empty list, so nothing could be sent; give the domains and addresses to send from (at Stack/Relay) [SmtpCredentials.noIdentity]'],
    ['version 1 of the API', { apiVersion: '1' }, 'apiVersion is "1"; mail by SMTP counts as version 2, so nothing could be sent; leave it out (at Stack/Relay) [SmtpCredentials.apiVersion]'],
    ['user agents', { userAgents: ['app/*'] }, 'userAgents is given; SMTP has no user agent, so nothing could be sent; leave it out (at Stack/Relay) [SmtpCredentials.userAgents]'],
    ['a domain of the stack, for another Region', { region: 'eu-west-2' }, 'the credentials are for eu-west-2 and the identity Stack/Mail is in eu-west-1; SES knows identities and ' +
      'SMTP passwords by Region, so make credentials for eu-west-1, or verify the identity in eu-west-2 (at Stack/Relay) [SmtpCredentials.otherRegion]'],
    ['what is no Region', { region: 'London' }, '"London" is not the name of an AWS Region; the form is "eu-west-1" (at Stack/Relay) [SesRegion.name]'],
  ];
  test.each(cases)('%s', (_, props, message) => {
    expect(() => make(props)).toThrow(new Error(message));
  });

  test('an endpoint of another Region, which leads to an SES that does not know the password', () => {
    const app = new App();
    const there = new Stack(app, 'There', { env: { account: '111122223333', region: 'eu-west-2' } });
    const endpoint = new SmtpEndpoint(there, 'Endpoint', { vpc: new ec2.Vpc(there, 'Vpc') });
    expect(() => make({ endpoints: [endpoint] }, new Stack(app, 'Stack', { env: { account: '111122223333', region: 'eu-west-1' } }))).toThrow(
      'the credentials are for eu-west-1 and the endpoint There/Endpoint leads to SES in eu-west-2, which does not know them; make both for one Region (at Stack/Relay) [SmtpCredentials.otherEndpoint]');
  });

  test('an endpoint that does not admit the port', () => {
    const stack = stackIn('eu-west-1');
    const endpoint = new SmtpEndpoint(stack, 'Endpoint', { vpc: new ec2.Vpc(stack, 'Vpc') });
    expect(() => make({ endpoints: [endpoint], port: SmtpPort.TLS_2465 }, stack)).toThrow(
      'programs are told port 2465, and the endpoint Stack/Endpoint admits 587 and 465; give the same port to both (at Stack/Relay) [SmtpCredentials.closedPort]');
  });

  test.each([['half a day', Duration.hours(12), '12 hours'], ['a day and a half', Duration.hours(36), '1 day 12 hours'], ['longer than Secrets Manager plans', Duration.days(1000), '1000 days']])(
    'a rotation every %s', (_, interval, words) => {
      expect(() => SmtpRotation.every(interval)).toThrow(`the interval is ${words}; it takes whole days, 1 to 999 [SmtpRotation.interval]`);
    });
});
