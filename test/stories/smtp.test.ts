/* Programs that send by SMTP from a VPC: credentials, endpoints and a monitor in one stack. */
import { App, Stack, Validations } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { Dns, MailStream, SesApiEndpoint, SmtpCredentials, SmtpEndpoint, SmtpKeyMonitor, SmtpRotation, VerifiedDomain } from '../../src';
import { NAG_PACKS } from '../support/nag-packs';
import { findingIdsOf } from '../support/stacks';

function build(): Stack {
  const stack = new Stack(new App(), 'Stack', { env: { account: '111122223333', region: 'eu-west-1' } });
  const vpc = ec2.Vpc.fromVpcAttributes(stack, 'Vpc', { vpcId: 'vpc-1', availabilityZones: ['eu-west-1a'], privateSubnetIds: ['subnet-1'], vpcCidrBlock: '10.0.0.0/16' });
  const office = ec2.Peer.ipv4('10.1.0.0/16');
  const receipts = new MailStream(stack, 'Receipts');
  const domain = new VerifiedDomain(stack, 'Mail', { dns: Dns.elsewhere('example.com'), defaultConfigurationSet: receipts });
  const endpoint = new SmtpEndpoint(stack, 'Smtp', { vpc, clients: [office] });
  new SesApiEndpoint(stack, 'Api', { vpc, clients: [office] });
  const limits = { identities: [domain], fromAddresses: ['*@example.com'] };
  const relay = new SmtpCredentials(stack, 'Relay', {
    ...limits, stream: receipts, endpoints: [endpoint], encryptionKey: new Key(stack, 'Key', { enableKeyRotation: true }),
  });
  const printer = new SmtpCredentials(stack, 'Printer', { ...limits, rotation: SmtpRotation.byHand() });
  const topic = new Topic(stack, 'Topic', { masterKey: new Key(stack, 'TopicKey', { enableKeyRotation: true }), enforceSSL: true });
  new SmtpKeyMonitor(stack, 'Keys', { credentials: [relay, printer], topic });
  const program = new iam.Role(stack, 'Program', { assumedBy: new iam.ServicePrincipal('ec2.amazonaws.com') });
  relay.grantRead(program);
  // the program is the user's
  Validations.of(program).acknowledge(...['HIPAA.Security', 'NIST.800.53.R5', 'PCI.DSS.321'].map(pack => ({ id: `${pack}-IAMNoInlinePolicy`, reason: 'test' })));
  return stack;
}

test.each(NAG_PACKS)('%s finds nothing that is not acknowledged with a reason', (_, Pack) => {
  const { root } = build().node;
  const { violations } = new Pack(root as App).validateScope(root);
  const found = violations.flatMap(({ ruleName, violatingResources }) => violatingResources.map(resource => ({ ruleName, ...resource })));
  expect(found).toEqual([]);
});

test('the library reports nothing of it', () => {
  expect(findingIdsOf(build()).filter(id => /Smtp|Endpoint/.test(id))).toEqual([]);
});

describe('the order of deletion, which is that of creation turned round,', () => {
  type Resource = { Type: string; DependsOn?: string[]; Properties: object };
  const { Resources: resources } = Template.fromStack(build()).toJSON() as { Resources: Record<string, Resource> };

  /** All that has to be there before a resource, by the dependencies and the references of the template. */
  function before(id: string, seen = new Set<string>()): Set<string> {
    const { DependsOn = [], Properties } = resources[id];
    const referred = [...JSON.stringify(Properties ?? {}).matchAll(/\{"Ref":"(\w+)"\}|\{"Fn::GetAtt":\["(\w+)"/g)].map(match => match[1] ?? match[2]);
    for (const other of [...DependsOn, ...referred].filter(each => each in resources && !seen.has(each))) {
      seen.add(other);
      before(other, seen);
    }
    return seen;
  }

  const idsOf = (type: string) => Object.keys(resources).filter(id => resources[id].Type === type);
  const typesBefore = (type: string) => idsOf(type).map(id => [...before(id)].map(each => resources[each].Type));

  test('has no circle', () => {
    for (const id of Object.keys(resources)) expect(before(id)).not.toContain(id);
  });

  test('takes the keys away before the user, the secret, and the permission to do so', () => {
    for (const types of typesBefore('Custom::PostmasterSmtpCredentials')) {
      expect(types).toEqual(expect.arrayContaining(['AWS::IAM::User', 'AWS::IAM::ManagedPolicy', 'AWS::SecretsManager::Secret', 'AWS::IAM::Policy', 'AWS::Lambda::Function']));
    }
  });

  test('stops rotation before the keys go', () => {
    for (const types of typesBefore('AWS::SecretsManager::RotationSchedule')) {
      expect(types).toEqual(expect.arrayContaining(['Custom::PostmasterSmtpCredentials', 'AWS::Lambda::Permission', 'AWS::IAM::Policy']));
    }
  });
});
