import { type ISesIdentity, keyOfIdentity } from './ses-identity';
import { PerApp } from '../private/per-app';

/** What the registry asks of a policy. */
export interface RegisteredPolicy {
  /** The names of the policies that it will be, once the tree is complete. */
  readonly policyNames: string[];
  readonly path: string;
  /** Whether it lets somebody send. */
  readonly isDelegation: boolean;
}

/** The policies that an app attaches to each identity. */
const policies = new PerApp(() => new Map<string, RegisteredPolicy[]>());

/**
 * Enters a policy. Returns all that the app attaches to the identity so far and later.
 */
export function registerPolicy(identity: ISesIdentity, policy: RegisteredPolicy): readonly RegisteredPolicy[] {
  const byIdentity = policies.of(identity);
  const key = keyOfIdentity(identity);
  const siblings = byIdentity.get(key) ?? [];
  byIdentity.set(key, siblings);
  siblings.push(policy);
  return siblings;
}

/**
 * Whether the app lets others send from an identity. Asked when the tree is complete.
 */
export function isDelegated(identity: ISesIdentity): boolean {
  return policies.of(identity).get(keyOfIdentity(identity))?.some(({ isDelegation }) => isDelegation) ?? false;
}
