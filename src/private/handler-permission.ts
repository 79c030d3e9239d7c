import { createHash } from 'node:crypto';
import { Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type { IDependable } from 'constructs';

/** How many a role has room for: its inline policies have 10,240 characters together, and the longest of ours has about 650. */
const ROOM = 14;

const ID = 'For';

/**
 * Lets the function behind custom resources do what one of them needs, by a policy of its own that the resource has to depend on.
 *
 * CloudFormation updates what stays before it deletes what goes. In a policy for all resources the permission to take one of them down would be gone by then, so that
 * a key, or somebody who was let in, would outlive it. A policy of its own goes after the resource. What needs the same shares it.
 *
 * Where a role has no more room, further permissions are in the policy for all.
 *
 * @param handler the function behind the custom resources of a stack
 * @param statements what it may do
 * @returns what the custom resource has to depend on
 */
export function permit(handler: lambda.Function, statements: iam.PolicyStatementProps[]): IDependable {
  const place = handler.node.scope!;
  const id = `${ID}${hashOf(Stack.of(handler).resolve(statements))}`;
  const existing = place.node.tryFindChild(id);
  if (existing) return existing;
  const made = statements.map(statement => new iam.PolicyStatement(statement));
  if (place.node.children.filter(({ node }) => node.id.startsWith(ID)).length < ROOM) {
    return new iam.Policy(place, id, { roles: [handler.role!], statements: made });
  }
  made.forEach(statement => handler.addToRolePolicy(statement));
  return handler;
}

function hashOf(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 8);
}
