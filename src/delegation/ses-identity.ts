import { Stack, Token } from 'aws-cdk-lib';
import type * as ses from 'aws-cdk-lib/aws-ses';
import type { IConstruct } from 'constructs';
import { differentPlaces } from '../private/place';

/**
 * An identity of SES, whoever made it: what constructs need to know that do something with it.
 */
export interface ISesIdentity extends IConstruct {
  /**
   * The domain or the address.
   */
  readonly identityName: string;

  /**
   * The ARN of the identity.
   */
  readonly identityArn: string;

  /**
   * The configuration set of mail which names none.
   *
   * @default - none, as far as the app knows
   */
  readonly defaultConfigurationSet?: ses.IConfigurationSet;
}

/**
 * A key for an identity: the same for all handles of it in an app. A stack that does not say where it goes is a place of its own.
 */
export function keyOfIdentity(identity: ISesIdentity): string {
  const stack = Stack.of(identity);
  const place = Token.isUnresolved(stack.account) || Token.isUnresolved(stack.region) ? stack.node.path : stack.environment;
  return `${place}/${identity.identityName}`;
}

/**
 * The places of a construct and of an identity, when they are known to differ. SES lets only its owner deal with an identity, in its Region.
 */
export function elsewhere(scope: IConstruct, identity: ISesIdentity): ReturnType<typeof differentPlaces> {
  const [, , , region, account] = identity.identityArn.split(':');
  return differentPlaces(scope, Token.isUnresolved(identity.identityArn) ? Stack.of(identity) : { account, region });
}
