import { Stack } from 'aws-cdk-lib';
import { Vpc } from 'aws-cdk-lib/aws-ec2';
import { HostedZone, PrivateHostedZone } from 'aws-cdk-lib/aws-route53';
import { Dns, VerifiedDomain } from '../../src';
import { recordSet, recordSetsOf, stackIn, zoneOf } from '../support/stacks';

function vpcIn(stack: Stack) {
  return Vpc.fromVpcAttributes(stack, 'Vpc', { vpcId: 'vpc-1', availabilityZones: ['a'] });
}

test('a zone of another domain is refused', () => {
  const stack = stackIn();
  expect(() => new VerifiedDomain(stack, 'Mail', { dns: Dns.route53(zoneOf(stack, 'example.org')), domain: 'example.com' })).toThrow(
    /^the MX record bounce\.example\.com does not belong into the hosted zone "example\.org"; give the zone of the domain itself or of a parent domain \(at Stack\/Mail\) \[Dns\.outsideZone\]$/);
});

test('a zone whose name only ends like the domain is refused', () => {
  const stack = stackIn();
  expect(() => new VerifiedDomain(stack, 'Mail', { dns: Dns.route53(zoneOf(stack, 'ample.com')), domain: 'example.com' })).toThrow('[Dns.outsideZone]');
});

test.each([
  ['of its own class', (stack: Stack) => new PrivateHostedZone(stack, 'Zone', { zoneName: 'example.com', vpc: vpcIn(stack) })],
  ['made private by a VPC', (stack: Stack) => new HostedZone(stack, 'Zone', { zoneName: 'example.com', vpcs: [vpcIn(stack)] })],
])('a private zone %s is refused', (_, zone) => {
  const stack = stackIn();
  expect(() => new VerifiedDomain(stack, 'Mail', { dns: Dns.route53(zone(stack)) })).toThrow(new Error(
    'the hosted zone "example.com" is private; SES and receivers look mail records up in public DNS, so give a public hosted zone (at Stack/Mail) [Dns.privateZone]'));
});

test('a zone that does not know its name is refused with the import that does', () => {
  const stack = stackIn();
  const zone = HostedZone.fromHostedZoneId(stack, 'Zone', 'Z1');
  expect(() => new VerifiedDomain(stack, 'Mail', { dns: Dns.route53(zone) })).toThrow(
    'the hosted zone was imported by its ID and does not know its name; use Dns.route53ById({ hostedZoneId, zoneName }), or import it with ' +
    'HostedZone.fromHostedZoneAttributes (at Stack/Zone) [Dns.zoneWithoutName]');
});

test('a zone name with a trailing dot or capital letters is the same zone', () => {
  const stack = stackIn();
  new VerifiedDomain(stack, 'Mail', { dns: Dns.route53(zoneOf(stack, 'Example.com.')) });
  expect(recordSet(stack, '_dmarc.example.com.')).toBeDefined();
});

test('a zone can be given by its ID and name, without a construct for it', () => {
  const [byId, byZone] = [stackIn(), stackIn()];
  new VerifiedDomain(byId, 'Mail', { dns: Dns.route53ById({ hostedZoneId: 'Z1', zoneName: 'Example.com.' }), domain: 'news.example.com' });
  new VerifiedDomain(byZone, 'Mail', { dns: Dns.route53(zoneOf(byZone, 'example.com', 'Z1')), domain: 'news.example.com' });
  expect(byId.node.children.map(child => child.node.id)).toEqual(['Mail']);
  expect(recordSetsOf(byId)).toEqual(recordSetsOf(byZone));
});
