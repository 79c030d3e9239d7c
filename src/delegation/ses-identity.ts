import { Stack, Token } from 'aws-cdk-lib';
import type * as ses from 'aws-cdk-lib/aws-ses';
import type { IConstruct } from 'constructs';
import { placeOf } from '../private/place';

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
 * A key for an identity: the same for all handles of it in an app.
 */
export function keyOfIdentity(identity: ISesIdentity): string {
  return `${placeOf(identity)}/${identity.identityName}`;
}

/**
 * The account and the Region of an identity and of a construct, when they are known to differ.
 */
export function elsewhere(scope: IConstruct, identity: ISesIdentity): { own: string; other: string } | undefined {
  const [, , , region, account] = identity.identityArn.split(':');
  const own = accountAndRegion(Stack.of(scope));
  const other = accountAndRegion(Token.isUnresolved(identity.identityArn) ? Stack.of(identity) : { account, region });
  return Token.isUnresolved(own) || Token.isUnresolved(other) || own === other ? undefined : { own, other };
}

function accountAndRegion({ account, region }: { account: string; region: string }): string {
  return `${account}/${region}`;
}
