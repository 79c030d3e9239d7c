import { Stack, TagManager } from 'aws-cdk-lib';
import type { Construct, IConstruct } from 'constructs';
import { fail } from './errors';
import { SES_LIMITS } from '../ses/limits';

/**
 * Refuses more tags than SES takes on a resource. Asked when the tree is complete, since tags may be added to any scope above until then.
 *
 * @param scope the construct that owns the resource
 * @param resource the resource
 */
export function checkTagCount(scope: Construct, resource: IConstruct): void {
  scope.node.addValidation({
    validate: () => {
      // CloudFormation passes the tags of the stack on to its resources
      const count = Object.keys({ ...Stack.of(resource).tags.tagValues(), ...TagManager.of(resource)?.tagValues() }).length;
      const max = SES_LIMITS.tagsPerResource;
      if (count > max) fail('Tags.tooMany', `the resource has ${count} tags, those of its stack included; SES takes ${max}, so leave some out here`, scope);
      return [];
    },
  });
}
