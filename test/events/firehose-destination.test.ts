import { Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as iam from 'aws-cdk-lib/aws-iam';
import { DeliveryStream, type IDeliveryStream } from 'aws-cdk-lib/aws-kinesisfirehose';
import { ConfigurationSet } from 'aws-cdk-lib/aws-ses';
import { ConfigurationSetEventDestination, EventDestination } from '../../src';
import { stackIn } from '../support/stacks';

const STREAM_ARN = 'arn:aws:firehose:eu-west-1:111122223333:deliverystream/mail';

function publish(stack: Stack, role?: iam.IRole, stream: IDeliveryStream = DeliveryStream.fromDeliveryStreamArn(stack, 'Stream', STREAM_ARN)) {
  return new ConfigurationSetEventDestination(stack, 'Archive', {
    configurationSet: new ConfigurationSet(stack, 'Set'), destination: EventDestination.firehoseDeliveryStream(stream, { role }),
  });
}

test('SES gets a role that only this configuration set can assume and that may put records on this stream, and nothing else', () => {
  const stack = stackIn('eu-west-1');
  publish(stack);
  Template.fromStack(stack).hasResourceProperties('AWS::IAM::Role', {
    AssumeRolePolicyDocument: {
      Statement: [{
        Effect: 'Allow',
        Action: 'sts:AssumeRole',
        Principal: { Service: 'ses.amazonaws.com' },
        Condition: {
          StringEquals: {
            'aws:SourceAccount': '111122223333',
            'aws:SourceArn': {
              'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':ses:eu-west-1:111122223333:configuration-set/', { Ref: Match.stringLikeRegexp('^Set') }]],
            },
          },
        },
      }],
    },
    Policies: [{ PolicyDocument: { Statement: [{ Effect: 'Allow', Action: 'firehose:PutRecordBatch', Resource: STREAM_ARN }] } }],
    ManagedPolicyArns: Match.absent(),
  });
});

test('the destination comes after the role, whose policy is part of it', () => {
  const stack = stackIn('eu-west-1');
  publish(stack);
  const template = Template.fromStack(stack);
  const [role] = Object.keys(template.findResources('AWS::IAM::Role'));
  template.hasResource('AWS::SES::ConfigurationSetEventDestination', {
    DependsOn: [role],
    Properties: { EventDestination: { KinesisFirehoseDestination: { DeliveryStreamARN: STREAM_ARN, IAMRoleARN: { 'Fn::GetAtt': [role, 'Arn'] } } } },
  });
  template.resourceCountIs('AWS::IAM::Policy', 0);
});

describe('a given role', () => {
  const trusting = (stack: Stack) => new iam.Role(stack, 'Role', { assumedBy: new iam.ServicePrincipal('ses.amazonaws.com') });

  test('gets the permission, before the destination', () => {
    const stack = stackIn('eu-west-1');
    publish(stack, trusting(stack));
    const template = Template.fromStack(stack);
    const [policy] = Object.keys(template.findResources('AWS::IAM::Policy', {
      Properties: { PolicyDocument: { Statement: [{ Effect: 'Allow', Action: 'firehose:PutRecordBatch', Resource: STREAM_ARN }] } },
    }));
    template.hasResource('AWS::SES::ConfigurationSetEventDestination', { DependsOn: Match.arrayWith([policy]) });
    template.resourceCountIs('AWS::IAM::Role', 1);
  });

  test('is refused when it does not trust SES', () => {
    const stack = stackIn('eu-west-1');
    const role = new iam.Role(stack, 'Role', { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') });
    expect(() => publish(stack, role)).toThrow('the role Stack/Role does not trust ses.amazonaws.com, so SES could not assume it; leave `role` out, or add the service ' +
      'to its trust policy (at Stack/Archive) [EventDestination.untrustingRole]');
  });

  test('that is imported and mutable gets the permission', () => {
    const stack = stackIn('eu-west-1');
    publish(stack, iam.Role.fromRoleArn(stack, 'Role', 'arn:aws:iam::111122223333:role/mail'));
    Template.fromStack(stack).hasResourceProperties('AWS::IAM::Policy', { Roles: ['mail'] });
  });

  test('that is imported as immutable is taken as it is', () => {
    const stack = stackIn('eu-west-1');
    publish(stack, iam.Role.fromRoleArn(stack, 'Role', 'arn:aws:iam::111122223333:role/mail', { mutable: false }));
    Template.fromStack(stack).resourceCountIs('AWS::IAM::Policy', 0);
  });

  test('that cannot be given a policy is refused', () => {
    const stack = stackIn('eu-west-1');
    const role = Object.assign(trusting(stack), { addToPrincipalPolicy: () => ({ statementAdded: false }) });
    expect(() => publish(stack, role)).toThrow(`the role Stack/Role cannot be given a policy; let it do firehose:PutRecordBatch on ${STREAM_ARN}, and import it with ` +
      'Role.fromRoleArn(..., { mutable: false }) (at Stack/Archive) [EventDestination.foreignRole]');
  });
});

test('a stream in another Region is refused', () => {
  const stack = stackIn('eu-west-1');
  const stream = DeliveryStream.fromDeliveryStreamArn(stack, 'Stream', 'arn:aws:firehose:eu-central-1:111122223333:deliverystream/mail');
  expect(() => publish(stack, undefined, stream)).toThrow('the delivery stream Stack/Stream is in eu-central-1 and the configuration set in eu-west-1; SES publishes ' +
    'within its own Region only (at Stack/Archive) [EventDestination.otherRegion]');
});
