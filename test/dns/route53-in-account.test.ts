import { CfnParameter, RemovalPolicy } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Dns, VerifiedDomain } from '../../src';
import { stackIn } from '../support/stacks';

const ROLE = 'arn:aws:iam::444455556666:role/mail-dns';
const ZONE = { hostedZoneId: 'Z1', zoneName: 'example.com', roleArn: ROLE };

function twoDomains() {
  const stack = stackIn('eu-west-1');
  new VerifiedDomain(stack, 'News', { dns: Dns.route53InAccount(ZONE), domain: 'news.example.com' });
  new VerifiedDomain(stack, 'Shop', { dns: Dns.route53InAccount({ ...ZONE, roleArn: `${ROLE}-2` }), domain: 'shop.example.com', removalPolicy: RemovalPolicy.DESTROY });
  return Template.fromStack(stack);
}

test('the records of a domain are one custom resource, kept like the identity', () => {
  twoDomains().hasResource('Custom::PostmasterDnsRecords', {
    Properties: {
      ServiceToken: { 'Fn::GetAtt': [Match.stringLikeRegexp('Route53InAccountFunction'), 'Arn'] },
      HostedZoneId: 'Z1',
      RoleArn: ROLE,
      Records: Match.arrayWith([
        { Name: 'bounce.news.example.com.', Type: 'TXT', TTL: '1800', Values: ['"v=spf1 include:amazonses.com ~all"'] },
      ]),
    },
    DeletionPolicy: 'RetainExceptOnCreate',
  });
});

test('all domains of a stack share one function, which may assume the roles named and write its own log, and nothing else', () => {
  const template = twoDomains();
  template.resourceCountIs('AWS::Lambda::Function', 1);
  const statements = Object.values(template.findResources('AWS::IAM::Policy')).map(({ Properties }) => Properties.PolicyDocument.Statement);
  expect(statements).toEqual([
    [{ Action: ['logs:CreateLogStream', 'logs:PutLogEvents'], Effect: 'Allow', Resource: { 'Fn::GetAtt': [expect.stringContaining('Log'), 'Arn'] } }],
    [{ Action: 'sts:AssumeRole', Effect: 'Allow', Resource: ROLE }],
    [{ Action: 'sts:AssumeRole', Effect: 'Allow', Resource: `${ROLE}-2` }],
  ]);
  template.hasResourceProperties('AWS::IAM::Role', { ManagedPolicyArns: Match.absent() });
});

test('the function runs on the newest Node, on arm64, with a log that ends', () => {
  const template = twoDomains();
  template.hasResourceProperties('AWS::Lambda::Function', { Runtime: 'nodejs24.x', Architectures: ['arm64'], Timeout: 180 });
  template.hasResourceProperties('AWS::Logs::LogGroup', { RetentionInDays: 90 });
});

test('the function is ready, with its permissions, before CloudFormation calls it', () => {
  const template = twoDomains();
  const [policy] = Object.keys(template.findResources('AWS::IAM::Policy'));
  template.hasResource('AWS::Lambda::Function', { DependsOn: Match.arrayWith([policy]) });
});

test('a role that the deployment names passes', () => {
  const stack = stackIn();
  const roleArn = new CfnParameter(stack, 'Role').valueAsString;
  new VerifiedDomain(stack, 'Mail', { dns: Dns.route53InAccount({ ...ZONE, roleArn }) });
  Template.fromStack(stack).hasResourceProperties('Custom::PostmasterDnsRecords', { RoleArn: { Ref: 'Role' } });
});

test('what is no role is refused', () => {
  expect(() => Dns.route53InAccount({ ...ZONE, roleArn: 'mail-dns' })).toThrow(
    'roleArn "mail-dns" is not the ARN of a role; the form is "arn:aws:iam::111122223333:role/name" [Dns.roleArn]');
});

test('a domain outside the zone is refused', () => {
  expect(() => new VerifiedDomain(stackIn(), 'Mail', { dns: Dns.route53InAccount(ZONE), domain: 'example.org' })).toThrow(
    'the MX record bounce.example.org does not belong into the hosted zone "example.com"; give the zone of the domain itself or of a parent domain ' +
    '(at Stack/Mail) [Dns.outsideZone]');
});
