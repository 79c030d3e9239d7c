import { type CfnResource, Stack } from 'aws-cdk-lib';

/**
 * The properties of a resource as the template will have them, overrides included. To be asked when the tree is complete.
 */
export function finishedProperties<T = Record<string, unknown>>(resource: CfnResource): T {
  const template = Stack.of(resource).resolve(resource._toCloudFormation()) as { Resources: Record<string, { Properties?: T }> };
  return Object.values(template.Resources)[0].Properties ?? {} as T;
}
