import { Reference, Tokenization } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/**
 * Whether a property refers to a resource, in the same stack or in another of the app.
 */
export function refersTo(property: unknown, resource: IConstruct): boolean {
  return typeof property === 'string' &&
    Tokenization.reverseString(property).tokens.some(token => Reference.isReference(token) && token.target === resource);
}
