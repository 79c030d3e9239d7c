import { type Stack, Validations } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import { SesApiEndpoint, SmtpEndpoint, type SmtpEndpointProps, SmtpPort, VerifiedDomain } from '../../src';
import { findingIdsOf, findingsOf, stackIn } from '../support/stacks';

const OFFICE = ec2.Peer.ipv4('10.0.0.0/16');

function make(props: Partial<SmtpEndpointProps> = {}, stack: Stack = stackIn('eu-west-1')) {
  const vpc = props.vpc ?? new ec2.Vpc(stack, 'Vpc');
  const endpoint = new SmtpEndpoint(stack, 'Smtp', { clients: [OFFICE], ...props, vpc });
  return { stack, vpc, endpoint, template: () => Template.fromStack(stack) };
}

const ingress = (cidr: string, port: number) => ({ CidrIp: cidr, IpProtocol: 'tcp', FromPort: port, ToPort: port, Description: `Mail on port ${port}` });
const ingressOf = (template: Template) => Object.values(template.findResources('AWS::EC2::SecurityGroup')).flatMap(group => group.Properties.SecurityGroupIngress ?? []);

describe('the SMTP endpoint', () => {
  test('is one of email-smtp, under the public name, in the private subnets', () => {
    make().template().hasResourceProperties('AWS::EC2::VPCEndpoint', {
      ServiceName: 'com.amazonaws.eu-west-1.email-smtp',
      VpcEndpointType: 'Interface',
      PrivateDnsEnabled: true,
      SubnetIds: [{ Ref: Match.stringLikeRegexp('^VpcPrivateSubnet1') }, { Ref: Match.stringLikeRegexp('^VpcPrivateSubnet2') }, { Ref: Match.stringLikeRegexp('^VpcPrivateSubnet3') }],
    });
  });

  test('admits those who are named, on 587 and 465, and nobody on 443', () => {
    expect(ingressOf(make().template())).toEqual([ingress('10.0.0.0/16', 587), ingress('10.0.0.0/16', 465)]);
  });

  test('admits clients on other ports, as they are chosen', () => {
    expect(ingressOf(make({ ports: [SmtpPort.TLS_2465] }).template())).toEqual([ingress('10.0.0.0/16', 2465)]);
  });

  test('admits a program by its security group, and lets that out to the endpoint', () => {
    const stack = stackIn('eu-west-1');
    const vpc = new ec2.Vpc(stack, 'Vpc');
    const program = new ec2.SecurityGroup(stack, 'Program', { vpc, allowAllOutbound: false });
    const { endpoint, template } = make({ vpc, clients: [], ports: [SmtpPort.STARTTLS_587] }, stack);
    endpoint.allowFrom(program);
    const groups = { SourceSecurityGroupId: { 'Fn::GetAtt': [Match.stringLikeRegexp('^Program'), 'GroupId'] }, GroupId: { 'Fn::GetAtt': [Match.stringLikeRegexp('^SmtpSecurityGroup'), 'GroupId'] } };
    template().hasResourceProperties('AWS::EC2::SecurityGroupIngress', { ...groups, FromPort: 587, ToPort: 587 });
    template().hasResourceProperties('AWS::EC2::SecurityGroupEgress', { FromPort: 587, ToPort: 587 });
  });

  test('works in a stack that does not know its Region', () => {
    make({}, stackIn()).template().hasResourceProperties('AWS::EC2::VPCEndpoint', { ServiceName: { 'Fn::Join': ['', ['com.amazonaws.', { Ref: 'AWS::Region' }, '.email-smtp']] } });
  });

  test('limits a grant to mail that comes through it', () => {
    const { stack, endpoint, template } = make();
    const role = new iam.Role(stack, 'Role', { assumedBy: new iam.ServicePrincipal('ec2.amazonaws.com') });
    VerifiedDomain.fromDomainName(stack, 'Mail', 'example.com').grantSend(role, { vpcEndpoints: [endpoint.vpcEndpointId] });
    template().hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: { Statement: [Match.objectLike({ Condition: { StringEquals: { 'aws:SourceVpce': [{ Ref: Match.stringLikeRegexp('^SmtpEndpoint') }] } } })] },
    });
  });
});

describe('Availability Zones', () => {
  const zonesOf = (template: Template) => Object.values(template.findResources('AWS::EC2::VPCEndpoint'))[0].Properties.SubnetIds;
  const contextFor = (zones: string[]) => ({
    'availability-zones:account=111122223333:region=us-east-1': ['us-east-1a', 'us-east-1b', 'us-east-1c'],
    'endpoint-service-availability-zones:account=111122223333:region=us-east-1:serviceName=com.amazonaws.us-east-1.email-smtp': zones,
  });

  test('in which AWS has no endpoint are left out, when AWS is asked', () => {
    const stack = stackIn('us-east-1', { context: contextFor(['us-east-1b', 'us-east-1d']) });
    const { template } = make({ lookupSupportedAzs: true }, stack);
    expect(zonesOf(template())).toEqual([{ Ref: expect.stringMatching('^VpcPrivateSubnet2') }]);
    expect(findingIdsOf(stack)).toEqual([]);
  });

  test('are listed in a finding, when nobody has asked or chosen', () => {
    const { stack } = make({}, stackIn('us-east-1'));
    expect(findingsOf(stack).map(({ text }) => text)).toEqual([expect.stringContaining('SES has no SMTP endpoint in the zones use1-az2, use1-az3, use1-az5, and making one there fails')]);
  });

  test('are all listed where the Region is not known', () => {
    const { stack } = make({}, stackIn());
    for (const zone of ['use1-az2', 'use1-az3', 'use1-az5', 'usw1-az2', 'usw2-az4', 'apne2-az4', 'cac1-az3', 'cac1-az4']) expect(findingsOf(stack)[0].text).toContain(zone);
  });

  test('may be chosen by a person, who then knows', () => {
    const { stack } = make({ subnets: { availabilityZones: ['us-east-1a'] } }, stackIn('us-east-1', { context: contextFor([]) }));
    expect(findingIdsOf(stack)).toEqual([]);
  });

  test('are of no concern in Regions where SES has the endpoint in all of them', () => {
    expect(findingIdsOf(make().stack)).toEqual([]);
  });

  test('are refused when a subnet says that it is in one without', () => {
    const stack = stackIn('us-west-2');
    const vpc = new ec2.Vpc(stack, 'Vpc', { maxAzs: 1 });
    Object.assign(vpc.privateSubnets[0].node.defaultChild as ec2.CfnSubnet, { availabilityZone: undefined, availabilityZoneId: 'usw2-az4' });
    expect(() => make({ vpc }, stack)).toThrow(new Error('the subnet Stack/Vpc/PrivateSubnet1 is in usw2-az4, in which SES has no SMTP endpoint; choose `subnets` in other zones ' +
      '(at Stack/Smtp) [SmtpEndpoint.zone]'));
  });
});

describe('reported', () => {
  const cases: [string, Partial<SmtpEndpointProps>, string | undefined, string][] = [
    ['port 25', { ports: [SmtpPort.STARTTLS_25] }, 'eu-west-1', 'SmtpEndpoint.port25'],
    ['a Region without SMTP', {}, 'me-south-1', 'SmtpEndpoint.regionWithoutSmtp'],
    ['zones without an endpoint', {}, undefined, 'SmtpEndpoint.zonesUnknown'],
    ['an endpoint to which nobody may connect', { clients: [] }, 'eu-west-1', 'MailEndpoint.noClients'],
  ];
  test.each(cases)('is %s, until somebody acknowledges it', (_, props, region, id) => {
    expect(findingIdsOf(make(props, stackIn(region)).stack)).toEqual([`cdk-postmaster:${id}`]);
    const stack = stackIn(region);
    Validations.of(stack).acknowledge({ id: `cdk-postmaster:${id}`, reason: 'It is meant.' });
    expect(findingIdsOf(make(props, stack).stack)).toEqual([]);
  });
});

describe('refused:', () => {
  test.each([['0.0.0.0/0', ec2.Peer.anyIpv4()], ['::/0', ec2.Peer.anyIpv6()], ['0.0.0.0/0', ec2.Peer.ipv4('0.0.0.0/0')]])('everybody, as %s', (cidr, peer) => {
    expect(() => make({ clients: [peer] })).toThrow(new Error(`${cidr} is everybody; name the networks, security groups or programs that send (at Stack/Smtp) [MailEndpoint.everybody]`));
  });

  test('no port', () => {
    expect(() => make({ ports: [] })).toThrow('ports is an empty list, so nobody could connect; leave it out for 587 and 465 (at Stack/Smtp) [SmtpEndpoint.noPorts]');
  });

  test.each([['support', { enableDnsSupport: false }], ['host names', { enableDnsHostnames: false }]])('private DNS in a VPC without DNS %s', (_, props) => {
    const stack = stackIn('eu-west-1');
    const vpc = new ec2.Vpc(stack, 'Vpc', props);
    expect(() => make({ vpc }, stack)).toThrow('the VPC Stack/Vpc has DNS support or DNS host names switched off, and AWS makes no endpoint with private DNS there; switch both ' +
      'on, or give `privateDns: false` and tell programs the names of the endpoint (at Stack/Smtp) [MailEndpoint.vpcDns]');
    const other = stackIn('eu-west-1');
    make({ vpc: new ec2.Vpc(other, 'Vpc', props), privateDns: false }, other).template().hasResourceProperties('AWS::EC2::VPCEndpoint', { PrivateDnsEnabled: false });
  });
});

describe('the endpoint of the API', () => {
  const api = (props: { fips?: boolean } = {}, region = 'us-east-1') => {
    const stack = stackIn(region);
    new SesApiEndpoint(stack, 'Api', { vpc: new ec2.Vpc(stack, 'Vpc'), clients: [OFFICE], ...props });
    return stack;
  };

  test('is one of email, open on 443 to those who are named', () => {
    const template = Template.fromStack(api());
    template.hasResourceProperties('AWS::EC2::VPCEndpoint', { ServiceName: 'com.amazonaws.us-east-1.email', PrivateDnsEnabled: true });
    expect(ingressOf(template)).toEqual([ingress('10.0.0.0/16', 443)]);
    expect(findingIdsOf(api())).toEqual([]);
  });

  test('may be the one with validated cryptography', () => {
    const stack = api({ fips: true });
    Template.fromStack(stack).hasResourceProperties('AWS::EC2::VPCEndpoint', { ServiceName: 'com.amazonaws.us-east-1.email-fips' });
    expect(findingIdsOf(stack)).toEqual([]);
  });

  test('is reported with FIPS in a Region that is not known to have it, until somebody acknowledges that', () => {
    const stack = api({ fips: true }, 'eu-west-1');
    expect(findingIdsOf(stack)).toEqual(['cdk-postmaster:SesApiEndpoint.regionWithoutFips']);
    Validations.of(stack).acknowledge({ id: 'cdk-postmaster:SesApiEndpoint.regionWithoutFips', reason: 'AWS lists it.' });
    const other = stackIn('eu-west-1');
    Validations.of(other).acknowledge({ id: 'cdk-postmaster:SesApiEndpoint.regionWithoutFips', reason: 'AWS lists it.' });
    new SesApiEndpoint(other, 'Api', { vpc: new ec2.Vpc(other, 'Vpc'), clients: [OFFICE], fips: true });
    expect(findingIdsOf(other)).toEqual([]);
  });
});
