import { ipPolicyOf } from './ip-filter';
import type { ReceiptRule, ReceiptRuleAction } from './receipt-rule';
import type { ActionTrace, IncomingMail, Reception, Refusal, RuleTrace } from './reception';
import { matches, parseCondition } from './recipient-condition';
import { actionsOf, actionTypeOf, conditionsOf, isSynchronous, nameOf } from './rule-action';
import { Disposition, dispositionOf } from '../inbox/disposition';
import type { ReceiptEvent } from '../inbox/received-mail';
import { sampleReceiptEvent } from '../inbox/sample-received-mail';
import { isTrue } from '../private/json-value';
import { withChanges } from '../private/sample-changes';
import { isWithin } from '../records/domain-name';
import { SES_LIMITS } from '../ses/limits';

/**
 * What SES would do with a mail: whether it takes it, which rules are for it, and which of their actions run, in order.
 *
 * Every rule that is for some recipient runs, until something stops the rule set: a Stop, or a synchronous function that says so.
 */
export async function receiveMail(mail: IncomingMail): Promise<Reception> {
  const blocked = refusalOfServer(mail);
  if (blocked) return { accepted: false, refusal: blocked, recipients: [], rules: [] };
  const reach = mail.rules.map(rule => reachOf(rule, mail));
  const reached = new Set(reach.flatMap(({ skipped, recipients }) => skipped === undefined ? recipients : []));
  const recipients = mail.recipients.filter(recipient => reached.has(recipient));
  const rules: RuleTrace[] = [];
  for (const [index, rule] of mail.rules.entries()) {
    const trace = { rule: nameOf(rule, index), ...reach[index] };
    if (trace.skipped !== undefined) rules.push({ ...trace, actions: [] });
    else if (rules.some(({ stops }) => stops === 'ruleSet')) rules.push({ ...trace, skipped: 'stopped', actions: [] });
    else rules.push({ ...trace, ...await runRule(rule, trace.recipients, mail) });
  }
  if (recipients.length > 0) return { accepted: true, recipients, rules };
  return { accepted: false, refusal: { by: 'rules', reason: 'no rule is for any of its recipients' }, recipients, rules };
}

/** Why the sending server may not even say what it has. */
function refusalOfServer({ filters = [], ip, listed = false }: IncomingMail): Refusal | undefined {
  const policy = ip === undefined ? undefined : ipPolicyOf(filters, ip);
  if (policy === 'Block') return { by: 'ipFilter', reason: `an IP filter blocks ${ip}` };
  if (!listed || policy === 'Allow') return undefined;
  return { by: 'list', reason: 'SES has the server on its list of senders of spam, and no IP filter allows it' };
}

/** The recipients of a mail that a rule is for, and why it does nothing for them. */
function reachOf(rule: ReceiptRule, mail: IncomingMail): Pick<RuleTrace, 'recipients' | 'skipped'> {
  const conditions = conditionsOf(rule);
  const recipients = mail.recipients.filter(recipient => isVerified(recipient, mail.domains))
    .filter(recipient => conditions === undefined || conditions.some(condition => matches(condition, recipient)));
  if (!isTrue(rule.Enabled)) return { recipients, skipped: 'disabled' };
  if (recipients.length === 0) return { recipients, skipped: 'recipients' };
  if (rule.TlsPolicy === 'Require' && mail.tls === false) return { recipients, skipped: 'tls' };
  return { recipients };
}

function isVerified(recipient: string, domains: readonly string[] | undefined): boolean {
  return domains === undefined || domains.some(domain => isWithin(parseCondition(recipient).domain, domain.toLowerCase()));
}

async function runRule(rule: ReceiptRule, recipients: readonly string[], mail: IncomingMail): Promise<Pick<RuleTrace, 'actions' | 'stops'>> {
  const actions: ActionTrace[] = [];
  for (const action of actionsOf(rule)) {
    const trace = await runAction(action, { rule, recipients, mail });
    actions.push(trace);
    if (trace.type === 'Stop' || trace.disposition === Disposition.STOP_RULE_SET) return { actions, stops: 'ruleSet' };
    if (trace.disposition === Disposition.STOP_RULE) return { actions, stops: 'rule' };
  }
  return { actions };
}

/** What an action is carried out for. */
interface Occasion {
  readonly rule: ReceiptRule;
  readonly recipients: readonly string[];
  readonly mail: IncomingMail;
}

async function runAction(action: ReceiptRuleAction, occasion: Occasion): Promise<ActionTrace> {
  const type = actionTypeOf(action) ?? 'Unknown';
  if (action.LambdaAction) {
    const result = await occasion.mail.invoke?.(action.LambdaAction.FunctionArn, eventFor(action.LambdaAction, occasion));
    return { type, action, outcome: 'done', ...isSynchronous(action) ? { disposition: dispositionOf(result) } : {} };
  }
  return { type, action, outcome: outcomeOf(type, occasion.mail.size ?? 0) };
}

function outcomeOf(type: ActionTrace['type'], size: number): ActionTrace['outcome'] {
  if (type === 'Bounce' || (type === 'SNS' && size > SES_LIMITS.inboundBytesToSns)) return 'bounced';
  return type === 'S3' && size > SES_LIMITS.inboundBytesToS3 ? 'failed' : 'done';
}

/** What a function is told. A rule that does not scan knows nothing of spam and viruses. */
function eventFor({ FunctionArn, InvocationType = 'Event' }: NonNullable<ReceiptRuleAction['LambdaAction']>, { rule, recipients, mail }: Occasion): ReceiptEvent {
  const notScanned = isTrue(rule.ScanEnabled) ? {} : { spamVerdict: { status: 'DISABLED' }, virusVerdict: { status: 'DISABLED' } };
  const receipt = { ...notScanned, recipients, action: { type: 'Lambda', functionArn: FunctionArn, invocationType: InvocationType } };
  const event = sampleReceiptEvent(mail.received) as { Records: { ses: Record<string, unknown> }[] };
  return { Records: event.Records.map(record => ({ ...record, ses: withChanges(record.ses, { receipt }) })) } as unknown as ReceiptEvent;
}
