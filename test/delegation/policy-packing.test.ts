import fc from 'fast-check';
import { packStatements, STATEMENTS_MAX_BYTES } from '../../src/delegation/policy-packing';
import type { StatementJson } from '../../src/delegation/policy-statement';

describe('packing', () => {
  const account = fc.integer({ min: 100_000_000_000, max: 999_999_999_999 }).map(id => `arn:aws:iam::${id}:root`);
  const statement = fc.record({
    Effect: fc.constant('Allow'),
    Principal: fc.record({ AWS: fc.array(account, { minLength: 1, maxLength: 300 }) }),
    Action: fc.constant(['ses:SendEmail', 'ses:SendRawEmail']),
    Resource: fc.constant('arn:aws:ses:eu-west-1:111122223333:identity/example.com'),
  });
  const measured = (statements: StatementJson[]) => statements.map(resolved => ({ rendered: resolved, resolved }));
  const principals = (statements: StatementJson[]) => statements.flatMap(({ Principal }) => Object.values(Principal as object).flat());

  test('keeps each policy below the limit, loses no principal, and keeps their order', () => {
    fc.assert(fc.property(fc.array(statement, { minLength: 1, maxLength: 12 }), statements => {
      const policies = packStatements(measured(statements)).map(policy => policy.map(({ rendered }) => rendered));
      expect(principals(policies.flat())).toEqual(principals(statements));
      for (const policy of policies) expect(Buffer.byteLength(JSON.stringify(policy))).toBeLessThanOrEqual(STATEMENTS_MAX_BYTES + 2);
    }), { numRuns: 50 });
  });

  test('does not move what is there when a statement comes at the end', () => {
    fc.assert(fc.property(fc.array(statement, { minLength: 1, maxLength: 8 }), statement, (statements, another) => {
      const before = packStatements(measured(statements));
      const after = packStatements(measured([...statements, another]));
      expect(after.slice(0, before.length - 1)).toEqual(before.slice(0, -1));
      expect(after[before.length - 1].slice(0, before.at(-1)!.length)).toEqual(before.at(-1));
    }), { numRuns: 50 });
  });
});
