/*
 * Writes policies on an identity. Each carries a mark in its `Id`, so that it can always be told whether a policy is ours.
 *
 * Create: refuses when a policy of the same name is there that is not ours, and then touches nothing; takes back what it made when it fails on the way.
 * Update: makes what is new, changes what differs, and only then deletes what is no longer wanted, so that nobody is shut out by a change of name.
 * Delete: deletes what is ours. That somebody has changed it since does not keep it: whom it lets in has to be out.
 *
 * The text of each policy that is changed or deleted is kept in the log, since SES keeps none.
 */
import {
  BadRequestException, CreateEmailIdentityPolicyCommand, DeleteEmailIdentityPolicyCommand, GetEmailIdentityPoliciesCommand, NotFoundException,
  SESv2Client, UpdateEmailIdentityPolicyCommand,
} from '@aws-sdk/client-sesv2';
import type { IdentityPolicyProperties, NamedPolicy } from './identity-policy-constants';
import { customResource, log, type ResourceKind, retry } from '../private/custom-resource.lambda-shared';
import { withNewPermission } from '../private/new-permission.lambda-shared';
import { PATIENT } from '../private/patience.lambda-shared';
import { wasRepeated } from '../private/repeated-call.lambda-shared';
import { SES_LIMITS } from '../ses/limits';

const ses = new SESv2Client(PATIENT);

/** Texts of policies by their names. */
type Policies = Record<string, string>;

const kind: ResourceKind<IdentityPolicyProperties> = {
  physicalId: (properties, event) => `${nameOf(properties)}/${event.StackId.split('/')[1]}/${event.LogicalResourceId}`,

  create: async (properties, signal) => {
    const before = await policiesOf(properties, signal);
    refuse(properties, before);
    const made: string[] = [];
    try {
      await write(properties, before, signal, name => made.push(name));
    } catch (error) {
      await deletePolicies(properties, made, await policiesOf(properties, signal), signal);
      throw error;
    }
  },

  update: async (properties, old, signal) => {
    const before = await policiesOf(properties, signal);
    refuse(properties, before);
    await write(properties, before, signal);
    if (nameOf(old) !== nameOf(properties)) return;
    const wanted = new Set(properties.Policies.map(({ Name }) => Name));
    await deletePolicies(properties, old.Policies.map(({ Name }) => Name).filter(name => !wanted.has(name)), before, signal);
  },

  delete: async (properties, signal) => {
    const before = await policiesOf(properties, signal).catch(error => {
      if (error instanceof NotFoundException) return {};
      throw error;
    });
    await deletePolicies(properties, properties.Policies.map(({ Name }) => Name), before, signal);
  },
};

export const handler = customResource(kind);

function nameOf({ IdentityArn }: IdentityPolicyProperties): string {
  return IdentityArn.slice(IdentityArn.indexOf('/') + 1);
}

async function policiesOf(properties: IdentityPolicyProperties, signal: AbortSignal): Promise<Policies> {
  const get = new GetEmailIdentityPoliciesCommand({ EmailIdentity: nameOf(properties) });
  return (await withNewPermission(() => ses.send(get, { abortSignal: signal }))).Policies ?? {};
}

/** Refuses to take over a policy of somebody else, and to begin what cannot be ended for lack of room, before anything is changed. */
function refuse(properties: IdentityPolicyProperties, before: Policies): void {
  const names = properties.Policies.map(({ Name }) => Name);
  const foreign = names.filter(name => name in before && !isOurs(properties, before[name]));
  if (foreign.length > 0) {
    throw new Error(`${nameOf(properties)} has a policy named ${foreign.join(', ')} which this stack did not write; nothing was changed. ` +
      'Give this one another policyName, or delete the other one.');
  }
  const all = new Set([...Object.keys(before), ...names]);
  if (all.size <= SES_LIMITS.policiesPerIdentity || all.size === Object.keys(before).length) return;
  throw new Error(`${nameOf(properties)} would have ${all.size} policies at a time, and SES takes ${SES_LIMITS.policiesPerIdentity}, whoever wrote them; nothing was changed. ` +
    'Delete some, or let statements share a policy; to change names, delete in one deployment and add in the next.');
}

/** Makes what is not there, then changes what differs. Tells of each that it has made. */
async function write(
  properties: IdentityPolicyProperties, before: Policies, signal: AbortSignal, tell: (name: string) => void = () => {},
): Promise<void> {
  const of = { EmailIdentity: nameOf(properties) };
  const [changed, added] = [true, false].map(isThere => properties.Policies.filter(({ Name }) => Name in before === isThere));
  for (const policy of added) {
    const text = textOf(properties, policy);
    await put(new CreateEmailIdentityPolicyCommand({ ...of, PolicyName: policy.Name, Policy: text }), signal).catch(async (error: Error) => {
      if (!wasRepeated(error.cause) || !isSame((await policiesOf(properties, signal))[policy.Name] ?? '', text)) throw error;
    });
    tell(policy.Name);
    log('made', { ...of, policy: policy.Name });
  }
  for (const policy of changed) {
    const text = textOf(properties, policy);
    if (isSame(text, before[policy.Name])) continue;
    log('changing', { ...of, policy: policy.Name, textBefore: before[policy.Name] });
    await put(new UpdateEmailIdentityPolicyCommand({ ...of, PolicyName: policy.Name, Policy: text }), signal);
  }
}

/** A user or role of this very deployment is unknown to SES for some seconds. */
async function put(command: CreateEmailIdentityPolicyCommand | UpdateEmailIdentityPolicyCommand, abortSignal: AbortSignal): Promise<void> {
  const { EmailIdentity, PolicyName } = command.input;
  try {
    await retry(() => ses.send(command as CreateEmailIdentityPolicyCommand, { abortSignal }), isUnknownPrincipal);
  } catch (error) {
    throw new Error(`SES does not take the policy ${PolicyName} on ${EmailIdentity}: ${(error as Error).message.replace(/\.$/, '')}${cureFor(error)}`, { cause: error });
  }
}

function isUnknownPrincipal(error: unknown): boolean {
  return error instanceof BadRequestException && /principal/i.test(error.message);
}

function cureFor(error: unknown): string {
  if (isUnknownPrincipal(error)) return '. See whether each account, user and role that it names exists, and has the Region enabled.';
  if (/verif/i.test((error as Error).message)) return '. Let this come after the verification of the identity.';
  return '';
}

/** Deletes what is ours. Other policies of the same name stay. */
async function deletePolicies(properties: IdentityPolicyProperties, names: string[], before: Policies, abortSignal: AbortSignal): Promise<void> {
  const of = { EmailIdentity: nameOf(properties) };
  for (const name of names.filter(one => one in before)) {
    if (!isOurs(properties, before[name])) {
      log('left alone, since somebody else wrote it', { ...of, policy: name });
      continue;
    }
    log('deleting', { ...of, policy: name, textBefore: before[name] });
    await ses.send(new DeleteEmailIdentityPolicyCommand({ ...of, PolicyName: name }), { abortSignal }).catch(error => {
      if (!(error instanceof NotFoundException)) throw error;
    });
  }
}

function textOf({ Owner }: IdentityPolicyProperties, { Statements }: NamedPolicy): string {
  return JSON.stringify({ Version: '2012-10-17', Id: Owner, Statement: Statements });
}

function isOurs({ Owner }: IdentityPolicyProperties, text: string): boolean {
  return (parse(text) as { Id?: string } | undefined)?.Id === Owner;
}

function isSame(one: string, other: string): boolean {
  return JSON.stringify(parse(one)) === JSON.stringify(parse(other));
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
