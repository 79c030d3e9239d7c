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
  Validations.of(scope).addWarning(`cdk-postmaster:${id}`, message);
}
