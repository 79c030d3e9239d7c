import { ArnFormat, type ResourceEnvironment, Stack, Token } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/**
 * The Region of a resource, when it is known to be another one than that of a construct. The ARN tells; not every import of aws-cdk-lib knows its Region.
 */
export function otherRegion(scope: IConstruct, arn: string, env: ResourceEnvironment): string | undefined {
  const own = Stack.of(scope).region;
  const region = Token.isUnresolved(arn) ? env.region : Stack.of(scope).splitArn(arn, ArnFormat.NO_RESOURCE_NAME).region;
  return Token.isUnresolved(own) || Token.isUnresolved(region) || region === own ? undefined : region;
}
