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
