import * as iam from 'aws-cdk-lib/aws-iam';
import type * as firehose from 'aws-cdk-lib/aws-kinesisfirehose';
import type * as ses from 'aws-cdk-lib/aws-ses';
import type { Construct, IDependable } from 'constructs';
import type { EventDestinationConfig } from './event-destination';
import { refuseOtherRegion } from './same-region';
import { sourceOf } from './source-conditions';
import { fail } from '../private/errors';
import { distrustsSes, sesRole } from '../private/ses-role';

/**
 * How SES reaches a delivery stream.
 */
export interface FirehoseDestinationOptions {
  /**
   * The role that SES assumes to put records. It has to trust `ses.amazonaws.com`; the permission to put records is added to it.
   *
   * @default - a role that only this configuration set can use and that may do nothing else
   */
  readonly role?: iam.IRole;
}

/**
 * Publishes to a delivery stream.
 */
export function bindDeliveryStream(
  scope: Construct, configurationSet: ses.IConfigurationSet, stream: firehose.IDeliveryStream, { role }: FirehoseDestinationOptions,
): EventDestinationConfig {
  refuseOtherRegion(scope, `the delivery stream ${stream.node.path}`, stream.deliveryStreamArn, stream.env);
  if (role) refuseWithoutTrust(scope, role);
  const { deliveryStreamArn } = stream;
  const publisher = role ?? sesRole(scope, sourceOf(scope, configurationSet), 'PutRecords', [putRecords(deliveryStreamArn)]);
  return {
    kinesisFirehoseDestination: { deliveryStreamArn, iamRoleArn: publisher.roleArn },
    permissions: [role ? allowPut(scope, role, deliveryStreamArn) : publisher],
  };
}

function putRecords(streamArn: string): iam.PolicyStatement {
  return new iam.PolicyStatement({ actions: ['firehose:PutRecordBatch'], resources: [streamArn] });
}

function allowPut(scope: Construct, role: iam.IRole, streamArn: string): IDependable {
  const { statementAdded, policyDependable } = role.addToPrincipalPolicy(putRecords(streamArn));
  if (!statementAdded) {
    fail('EventDestination.foreignRole', `the role ${role.node.path} cannot be given a policy; let it do firehose:PutRecordBatch on ${streamArn}, and import it ` +
      'with Role.fromRoleArn(..., { mutable: false })', scope);
  }
  return policyDependable ?? role;
}

function refuseWithoutTrust(scope: Construct, role: iam.IRole): void {
  if (!distrustsSes(role)) return;
  fail('EventDestination.untrustingRole', `the role ${role.node.path} does not trust ses.amazonaws.com, so SES could not assume it; leave \`role\` out, ` +
    'or add the service to its trust policy', scope);
}
