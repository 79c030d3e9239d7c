import { CfnDeletionPolicy, CfnResource, RemovalPolicy } from 'aws-cdk-lib';
import type { IConfigurationSet } from 'aws-cdk-lib/aws-ses';
import type { Construct } from 'constructs';
import { finding } from '../private/finding';

/**
 * Reports an identity that outlives its default configuration set: SES refuses all mail from an identity whose default set is gone.
 */
export function reportVanishingDefaultSet(scope: Construct, set: IConfigurationSet, removalPolicy: RemovalPolicy): void {
  if (removalPolicy === RemovalPolicy.DESTROY) return;
  // asked when the tree is complete, since the set's removal policy may be set after the identity was made
  scope.node.addValidation({
    validate: () => {
      const resource = set.node.defaultChild;
      if (CfnResource.isCfnResource(resource) && !outlivesStack(resource)) {
        finding(scope, 'VerifiedDomain.defaultSetVanishes',
          `the identity stays when the stack is deleted, but its default configuration set ${set.node.path} does not, and SES refuses mail from an ` +
          'identity whose default set is gone; give the set RemovalPolicy.RETAIN, or the identity RemovalPolicy.DESTROY');
      }
      return [];
    },
  });
}

function outlivesStack(resource: CfnResource): boolean {
  const { deletionPolicy } = resource.cfnOptions;
  return deletionPolicy === CfnDeletionPolicy.RETAIN || deletionPolicy === CfnDeletionPolicy.RETAIN_EXCEPT_ON_CREATE;
}
