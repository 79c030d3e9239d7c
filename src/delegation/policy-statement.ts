/*
 * The rules for a statement of an identity policy, on its JSON.
 */
import { IdentityActions, isSending, listedAction } from './identity-actions';
import { canonicalConditions, type ConditionsJson, namesCaller, namesSource, sendingKeys } from './policy-condition';
import { accountOf, checkPrincipal, isEverybody, isService, type PolicyPrincipal, type PrincipalJson, principalsOf } from './policy-principal';
import { type PolicyValue, textOf, UNKNOWN } from './policy-value';
import { fail } from '../private/errors';

/** A statement as a template has it. */
export interface StatementJson {
  readonly Sid?: string;
  readonly Effect?: string;
  readonly Principal?: PrincipalJson;
  readonly Action?: PolicyValue | PolicyValue[];
  readonly Resource?: PolicyValue | PolicyValue[];
  readonly Condition?: ConditionsJson;
}

/** What a statement is checked against. */
interface Rules {
  readonly identityName: string;
  readonly allowUnlistedActions: boolean;
}

/**
 * Refuses a statement that SES would refuse, or that would let in whom nobody means.
 */
export function checkStatement(statement: StatementJson, { identityName, allowUnlistedActions }: Rules): void {
  const inverted = ['NotAction', 'NotPrincipal', 'NotResource'].find(member => member in statement);
  if (inverted) fail('IdentityPolicy.inverted', `the statement has ${inverted}, which SES does not know in identity policies; name what is meant`);
  const principals = principalsOf(statement.Principal);
  if (principals.length === 0) fail('IdentityPolicy.noPrincipal', 'the statement names no principal; say who is meant: an account, a user, a role or a service');
  principals.forEach(checkPrincipal);
  checkActions(actionsOf(statement), allowUnlistedActions);
  checkResource(statement, identityName);
  const conditions = canonicalConditions(statement.Condition ?? {});
  if (statement.Effect === 'Deny') return;
  if (principals.some(isEverybody) && !namesCaller(conditions)) {
    fail('IdentityPolicy.everybody', `the statement lets everybody on AWS use "${identityName}"; name principals, or add a condition that names an organization, an account ` +
      'or an ARN (authorizeOrganization does)');
  }
  if (principals.some(isService) && !namesSource(conditions)) {
    fail('IdentityPolicy.confusedDeputy', `the statement lets a service use "${identityName}" on behalf of any of its customers; add a condition with aws:SourceAccount, and ` +
      'aws:SourceArn where it is known (authorizeSender and authorizeCognito do)');
  }
}

/**
 * A statement as it goes into a policy: about the identity, and spelt as SES spells.
 */
export function renderStatement(statement: StatementJson, identityArn: string): StatementJson {
  const actions = actionsOf(statement).map(action => listedAction(action) ?? action);
  return {
    ...statement.Sid === undefined ? {} : { Sid: statement.Sid },
    Effect: statement.Effect ?? 'Allow',
    Principal: statement.Principal,
    Action: actions.length === 1 ? actions[0] : actions,
    Resource: identityArn,
    ...statement.Condition ? { Condition: canonicalConditions(statement.Condition) } : {},
  };
}

/** The actions of a statement. */
export function actionsOf({ Action = [] }: StatementJson): string[] {
  return [Action].flat().map(textOf);
}

/** The principals of other accounts whom a statement lets change the identity: SES means such permissions for the account of the identity. */
export function foreignManagers(statement: StatementJson, account: string): string[] {
  return actionsOf(statement).some(action => !isSending(action)) ? foreigners(statement, account) : [];
}

/** The principals of other accounts whom a statement lets send. */
export function foreignSenders(statement: StatementJson, account: string): string[] {
  return actionsOf(statement).some(isSending) ? foreigners(statement, account) : [];
}

function foreigners({ Effect, Principal }: StatementJson, account: string): string[] {
  if (Effect === 'Deny') return [];
  const isForeign = (principal: PolicyPrincipal) => isEverybody(principal) || ![undefined, account].includes(accountOf(principal));
  return principalsOf(Principal).filter(isForeign).map(({ name }) => name);
}

/** The conditions of a statement on mail, if it is about calls that send none, so that they never hold. */
export function idleConditions(statement: StatementJson): string[] {
  return actionsOf(statement).every(isSending) ? [] : sendingKeys(statement.Condition ?? {});
}

/**
 * A statement in two with half of the principals each, which say the same; undefined when it has but one.
 */
export function halves(statement: StatementJson): StatementJson[] | undefined {
  const { Sid, Principal, ...rest } = statement;
  if (typeof Principal !== 'object') return undefined;
  const all = Object.entries(Principal).flatMap(([kind, names]) => [names].flat().map(name => [kind, name] as const));
  const middle = Math.ceil(all.length / 2);
  if (all.length < 2) return undefined;
  return [all.slice(0, middle), all.slice(middle)].map((part, index) => ({
    ...index === 0 && Sid !== undefined ? { Sid } : {},
    ...rest,
    Principal: byKind(part),
  }));
}

function byKind(principals: (readonly [kind: string, name: PolicyValue])[]): PrincipalJson {
  const named: Record<string, PolicyValue[]> = {};
  for (const [kind, name] of principals) (named[kind] ??= []).push(name);
  return named;
}

function checkActions(actions: string[], allowUnlistedActions: boolean): void {
  if (actions.length === 0) fail('IdentityPolicy.noAction', 'the statement names no action; give it sending actions, or some of IdentityActions');
  const foreign = actions.find(action => !/^ses:\w+$/i.test(action) || (!allowUnlistedActions && listedAction(action) === undefined));
  if (foreign === undefined) return;
  fail('IdentityPolicy.action', `the action "${foreign}" is not among those that SES has in identity policies: SendEmail, SendRawEmail, SendTemplatedEmail, ` +
    `SendBulkTemplatedEmail and the ${IdentityActions.ALL.length} of IdentityActions.ALL, without wildcards; pass allowUnlistedActions for one of SES that is newer than this`);
}

function checkResource({ Resource }: StatementJson, identityName: string): void {
  if (Resource === undefined) return;
  const other = [Resource].flat().map(textOf).find(resource => resource !== UNKNOWN && ![identityName, UNKNOWN].includes(/:identity\/(.+)$/.exec(resource)?.[1] ?? ''));
  if (other === undefined) return;
  fail('IdentityPolicy.resource', `the statement is about "${other}"; a policy of "${identityName}" can be about nothing else, so leave the resource out`);
}
