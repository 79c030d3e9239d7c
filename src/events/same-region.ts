import { ArnFormat, Stack, Token } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { fail } from '../private/errors';

/**
 * Refuses what is in another Region than the configuration set. The ARN tells; not every import of aws-cdk-lib knows its Region.
 */
export function refuseOtherRegion(scope: IConstruct, what: string, arn: string): void {
  const { region } = Stack.of(scope);
  if (Token.isUnresolved(region) || Token.isUnresolved(arn)) return;
  const other = Stack.of(scope).splitArn(arn, ArnFormat.NO_RESOURCE_NAME).region;
  if (other === region) return;
  fail('EventDestination.otherRegion', `${what} is in ${other} and the configuration set in ${region}; SES publishes within its own Region only`, scope);
}
