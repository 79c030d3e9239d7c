import { halves, type StatementJson } from './policy-statement';
import { bytesOf } from './policy-value';
import { SES_LIMITS } from '../ses/limits';

/** The text around the statements of a policy: version, owner, brackets. */
const FRAME_BYTES = 256;

/** What statements may take in one policy. */
export const STATEMENTS_MAX_BYTES = SES_LIMITS.identityPolicyBytes - FRAME_BYTES;

/** A statement, and the same with references resolved, whose length can be told. */
export interface MeasurableStatement {
  readonly rendered: StatementJson;
  readonly resolved: StatementJson;
}

/**
 * Shares statements among as few policies as have room for them, in their order, so that one that is added at the end does not move the others. A statement that
 * is too long for a policy is shared by its principals.
 */
export function packStatements(statements: MeasurableStatement[]): MeasurableStatement[][] {
  const policies: { statements: MeasurableStatement[]; bytes: number }[] = [];
  for (const statement of statements.flatMap(fitting)) {
    const bytes = bytesOf(statement.resolved).most + 1;
    const last = policies.at(-1);
    if (last && last.bytes + bytes <= STATEMENTS_MAX_BYTES) {
      last.statements.push(statement);
      last.bytes += bytes;
    } else {
      policies.push({ statements: [statement], bytes });
    }
  }
  return policies.map(policy => policy.statements);
}

function fitting(statement: MeasurableStatement): MeasurableStatement[] {
  if (bytesOf(statement.resolved).most < STATEMENTS_MAX_BYTES) return [statement];
  const [rendered, resolved] = [halves(statement.rendered), halves(statement.resolved)];
  return rendered && resolved ? rendered.flatMap((half, index) => fitting({ rendered: half, resolved: resolved[index] })) : [statement];
}
