import { Validations } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/**
 * Reports what deploys but will not do what its author expects. Users answer with `Validations.of(scope).acknowledge({ id, reason })`.
 *
 * @param scope the construct that can be changed to cure it
 * @param id `<Construct>.<what>`; documented in docs/findings.md
 * @param message what is wrong and what to do
 */
export function finding(scope: IConstruct, id: string, message: string): void {
  if (!isAcknowledgedHere(scope, `cdk-postmaster:${id}`)) Validations.of(scope).addWarning(`cdk-postmaster:${id}`, message);
}

/**
 * aws-cdk-lib looks for an earlier acknowledgement in the scopes above only, so one on the construct itself would not silence what is found when the tree is
 * complete.
 */
function isAcknowledgedHere(scope: IConstruct, id: string): boolean {
  return scope.node.metadata.some(({ type, data }) => type === Validations.ACKNOWLEDGED_RULES_METADATA_KEY && Object.keys(data ?? {}).some(known => known.split('::').pop() === id));
}
