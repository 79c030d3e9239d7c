import { Stack, Token } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/**
 * The account and Region of a construct, as a key for what there is once in them. A stack that does not say where it goes is a place of its own: it may be
 * deployed apart from others.
 */
export function placeOf(scope: IConstruct): string {
  const stack = Stack.of(scope);
  return Token.isUnresolved(stack.account) || Token.isUnresolved(stack.region) ? stack.node.path : stack.environment;
}

/**
 * The accounts and Regions of two constructs, if they are known to be in different ones.
 */
export function differentPlaces(one: IConstruct, other: IConstruct): [one: string, other: string] | undefined {
  const [first, second] = [one, other].map(construct => Stack.of(construct)).map(({ account, region }) => `${account}/${region}`);
  return Token.isUnresolved(first) || Token.isUnresolved(second) || first === second ? undefined : [first, second];
}
