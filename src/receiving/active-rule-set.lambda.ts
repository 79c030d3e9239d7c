/*
 * Makes a receipt rule set the active one, of which SES has one in an account and Region. Three resources share this function:
 *
 * - One looks what is active before anything is changed, and tells it in its physical ID. CloudFormation keeps that and hands it to the next, so a
 *   repeated, failed or unheard request still knows what there was.
 * - One activates a set. What it does in a roll-back differs: nothing is refused or taken over then, and the account becomes what it was. An event
 *   does not tell that it belongs to a roll-back, so CloudFormation is asked.
 * - One checks that a set which belongs to somebody else is active, and changes nothing.
 */
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { DescribeActiveReceiptRuleSetCommand, RuleSetDoesNotExistException, SESClient, SetActiveReceiptRuleSetCommand } from '@aws-sdk/client-ses';
import {
  ACTIVE_RULE_SET_RESOURCE_TYPE, ActiveRuleSetDeletion, type ActiveRuleSetProperties, NO_RULE_SET, RULE_SET_BEFORE_RESOURCE_TYPE,
  RULE_SET_NAME_ATTRIBUTE, SHARED_RULE_SET_RESOURCE_TYPE, type SharedRuleSetProperties,
} from './active-rule-set-constants';
import { customResource, log, readBack, type ResourceKind } from '../private/custom-resource.lambda-shared';
import { withNewPermission } from '../private/new-permission.lambda-shared';

/** What begins the physical ID of a look. */
const BEFORE = 'before:';

/** The rule set that Amazon WorkMail makes and activates. */
const WORKMAIL = 'INBOUND_MAIL';

/** SES takes one such call a second; the SDK makes a throttled one again, after growing, jittered pauses. */
const ses = new SESClient({ maxAttempts: 8 });
const cloudFormation = new CloudFormationClient({ maxAttempts: 8 });

const before: ResourceKind<unknown> = {
  physicalId: (_, event, found) => found === undefined && event.RequestType !== 'Create' ? event.PhysicalResourceId : `${BEFORE}${found}`,
  attributes: physicalId => ({ [RULE_SET_NAME_ATTRIBUTE]: physicalId.slice(BEFORE.length) }),
  create: (_, signal) => activeName(signal),
  update: async () => {},
  delete: async () => {},
};

const activation: ResourceKind<ActiveRuleSetProperties> = {
  physicalId: (_, event) => `${event.StackId.split('/')[1]}/${event.LogicalResourceId}`,

  create: async ({ RuleSetName, RuleSetBefore, TakeOver }, signal) => {
    const active = await activeName(signal);
    if (active === RuleSetName) return;
    if (active !== NO_RULE_SET) {
      if (TakeOver !== 'true') throw new Error(refusal(active, RuleSetName));
      if (active !== RuleSetBefore) throw new Error(`${active} was made the active rule set while this deployment was under way; nothing was changed. Deploy again.`);
    }
    await activate(RuleSetName, signal);
  },

  update: async ({ RuleSetName, TakeOver }, old, signal, { StackId }) => {
    const active = await activeName(signal);
    if (active === RuleSetName) return;
    if (active !== old.RuleSetName) {
      // an Update that was refused is taken back by another, which finds the same and must not fail
      if (await isRolledBack(StackId, signal)) return log('left alone: another rule set is active, or none', { active, ruleSet: RuleSetName });
      if (active !== NO_RULE_SET && TakeOver !== 'true') throw new Error(refusal(active, RuleSetName));
    }
    await activate(RuleSetName, signal);
  },

  delete: async ({ RuleSetName, RuleSetBefore, OnDelete }, signal, { StackId }) => {
    const restores = OnDelete === ActiveRuleSetDeletion.RESTORE_PREVIOUS || await isRolledBack(StackId, signal);
    if (restores) await giveUp(RuleSetName, RuleSetBefore, signal);
    else if (OnDelete === ActiveRuleSetDeletion.DEACTIVATE) await giveUp(RuleSetName, NO_RULE_SET, signal);
  },

  takeBack: ({ RuleSetName, RuleSetBefore }, signal) => giveUp(RuleSetName, RuleSetBefore, signal),
};

const shared: ResourceKind<SharedRuleSetProperties> = {
  physicalId: ({ RuleSetName }) => RuleSetName,
  create: ({ RuleSetName }, signal) => checkActive(RuleSetName, signal),
  update: async () => {},
  delete: async () => {},
};

const handlers: Record<string, ReturnType<typeof customResource>> = {
  [RULE_SET_BEFORE_RESOURCE_TYPE]: customResource(before),
  [ACTIVE_RULE_SET_RESOURCE_TYPE]: customResource(activation),
  [SHARED_RULE_SET_RESOURCE_TYPE]: customResource(shared),
};

export const handler: ReturnType<typeof customResource> = (event, context) => handlers[event.ResourceType](event, context);

/** Lets another set, or none, be active in place of ours. What somebody else has activated meanwhile stays. */
async function giveUp(ours: string, next: string, signal: AbortSignal): Promise<void> {
  const active = await activeName(signal);
  if (active !== ours) return log('left alone: another rule set is active, or none', { active, ruleSet: ours });
  try {
    await activate(next, signal);
  } catch (error) {
    if (!(error instanceof RuleSetDoesNotExistException)) throw error;
    log('the rule set that was active before is gone', { ruleSet: next });
    await activate(NO_RULE_SET, signal);
  }
}

/** Activates a set, or none, and reads back: until SES shows it, mail may still go by other rules. */
async function activate(name: string, signal: AbortSignal): Promise<void> {
  const command = new SetActiveReceiptRuleSetCommand({ RuleSetName: name === NO_RULE_SET ? undefined : name });
  await withNewPermission(() => ses.send(command, { abortSignal: signal }));
  log('activated', { ruleSet: name });
  await readBack(() => activeName(signal), name, active => `SES was told to activate ${name} and says that ${active} is active; deploy again`);
}

async function activeName(signal: AbortSignal): Promise<string> {
  const { Metadata } = await withNewPermission(() => ses.send(new DescribeActiveReceiptRuleSetCommand({}), { abortSignal: signal }));
  return Metadata?.Name ?? NO_RULE_SET;
}

/** Whether what a stack has done is being taken back. */
async function isRolledBack(stackId: string, signal: AbortSignal): Promise<boolean> {
  const { Stacks } = await withNewPermission(() => cloudFormation.send(new DescribeStacksCommand({ StackName: stackId }), { abortSignal: signal }));
  return Stacks![0].StackStatus!.includes('ROLLBACK');
}

async function checkActive(name: string, signal: AbortSignal): Promise<void> {
  const active = await activeName(signal);
  if (active === name) return;
  throw new Error(`the rule set ${name} is not active in this account and Region (${active} is), so rules in it would never see mail. ` +
    'Activate it, or name the one that is active.');
}

function refusal(active: string, ours: string): string {
  return `the rule set ${active}${active === WORKMAIL ? ', which is that of Amazon WorkMail,' : ''} is active in this account and Region. SES has one active set, ` +
    `so ${active} would receive nothing more if ${ours} were activated; nothing was changed. Add the rules to ${active} (ActiveRuleSet.fromActiveRuleSetName), ` +
    'deactivate it first, or pass takeOver.';
}
