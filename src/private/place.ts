import { Stack, Token } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/**
 * The account and Region of a construct, as a key for what there is once in them. A stack that does not say where it goes is a place of its own: it may be
 * deployed apart from others.
 */
export function onlyPlaceOf(scope: IConstruct): string {
  const { account, region, environment, node } = Stack.of(scope);
  return Token.isUnresolved(account) || Token.isUnresolved(region) ? node.path : environment;
}

/** Where something is. */
interface Environment {
  readonly account: string;
  readonly region: string;
}

/**
 * Where a construct is and where something else is, as `account/Region`, if both are known and differ.
 */
export function differentPlaces(scope: IConstruct, other: Environment): { readonly own: string; readonly other: string } | undefined {
  const places = { own: placeOf(Stack.of(scope)), other: placeOf(other) };
  return Token.isUnresolved(places.own) || Token.isUnresolved(places.other) || places.own === places.other ? undefined : places;
}

function placeOf({ account, region }: Environment): string {
  return `${account}/${region}`;
}
