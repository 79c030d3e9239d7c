import { type ResourceEnvironment, Stack } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { fail } from '../private/errors';
import { otherRegion } from '../private/other-region';

/**
 * Refuses what is in another Region than the configuration set.
 */
export function refuseOtherRegion(scope: IConstruct, what: string, arn: string, env: ResourceEnvironment): void {
  const other = otherRegion(scope, arn, env);
  if (other === undefined) return;
  fail('EventDestination.otherRegion', `${what} is in ${other} and the configuration set in ${Stack.of(scope).region}; SES publishes within its own Region only`, scope);
}
