import { checkAddedHeader, isReservedHeader } from './added-header';
import type { ReceiptRule, ReceiptRuleAction } from './receipt-rule';
import { covers, identityDomainOf, parseCondition } from './recipient-condition';
import { actionsOf, isSynchronous } from './rule-action';
import { checkActions, checkRecipients } from './rule-limits';
import { alwaysStops, deadConditions, mayShareMail, type PlacedRule, placedRules, sharesMail } from './rule-reach';
import { PostmasterError } from '../private/errors';
import { isTrue } from '../private/json-value';
import { isWithin } from '../records/domain-name';

/** What a rule set does that its author may not expect. */
export interface RuleFinding {
  /** `<Construct>.<what>`; for an error the code of the refusal. */
  readonly id: string;
  /** The name of the rule that can be changed to cure it. */
  readonly rule: string;
  /** How many rules stand before it. */
  readonly position: number;
  readonly text: string;
  /** Whether the constructs of this library refuse it. */
  readonly isError: boolean;
}

/** What is known of the surroundings of a rule set. */
export interface RuleSurroundings {
  /**
   * The domains that are verified, each with those below it.
   *
   * @default - not compared
   */
  readonly domains?: readonly string[];

  /**
   * Whether a function looks at the verdicts on spam and viruses.
   *
   * @default - each one that SES waits for does
   */
  readonly readsScan?: (functionArn: string) => boolean;
}

type Report = (rule: PlacedRule, id: string, text: string) => void;

/**
 * What deploys, and will not do what its author expects. Rules that are not enabled do not count.
 *
 * @param rules the rules in their order; values that only a deployment knows may be texts or objects
 * @param surroundings what else is known
 */
export function ruleFindings(rules: readonly ReceiptRule[], { domains, readsScan = () => true }: RuleSurroundings = {}): RuleFinding[] {
  const found: RuleFinding[] = [];
  const report: Report = ({ name, position }, id, text) => found.push({ id, rule: name, position, text, isError: false });
  const placed = placedRules(rules);
  for (const [index, rule] of placed.entries()) {
    found.push(...errorsOf(rule));
    const [before, behind] = [placed.slice(0, index), placed.slice(index + 1)];
    reportReach(rule, before, behind, report);
    reportTags(rule, placed, report);
    reportBounce(rule, behind, report);
    reportFunctions(rule, before, behind, readsScan, report);
    reportTopic(rule, report);
    reportHeaders(rule, behind, report);
    if (domains) reportDomains(rule, domains, report);
  }
  return found;
}

/** What the constructs of this library refuse at once. */
function errorsOf({ rule, name, position, conditions, hasUnknown }: PlacedRule): RuleFinding[] {
  const headers = actionsOf(rule).flatMap(({ AddHeaderAction }) => AddHeaderAction ?? []).filter(hasTexts);
  const checks = [
    () => isKnown(rule.Actions) && checkActions(actionsOf(rule)), () => hasUnknown || checkRecipients(conditions),
    ...headers.map(({ HeaderName, HeaderValue }) => () => checkAddedHeader(HeaderName, HeaderValue)),
  ];
  return checks.flatMap(check => {
    try {
      check();
      return [];
    } catch (error) {
      if (!(error instanceof PostmasterError)) throw error;
      return [{ id: error.code, rule: name, position, text: error.sentence, isError: true }];
    }
  });
}

function reportReach(rule: PlacedRule, before: PlacedRule[], behind: PlacedRule[], finding: Report): void {
  if (rule.conditions === undefined && alwaysStops(rule) && rule.rule.TlsPolicy !== 'Require' && behind.length > 0) {
    finding(rule, 'ReceiptRule.stopsEverything', `the rule is for everything and stops the rule set, so the ${behind.length} behind it never run; put it last`);
  }
  for (const earlier of before) {
    const dead = deadConditions(rule, earlier);
    if (dead.length === 0) continue;
    const whom = dead.length === rule.conditions?.length && !rule.hasUnknown ? 'whatever it is for' : listOf(dead);
    finding(rule, 'ReceiptRule.unreachable', `no mail reaches the rule for ${whom}: the rule "${earlier.name}" before it is for that too, and stops the rule set. ` +
      'Put the narrower rule first');
    return;
  }
}

/** `user@example.com` is for `user+tag@example.com`, too, which its author may not have in mind. */
function reportTags(rule: PlacedRule, placed: PlacedRule[], finding: Report): void {
  for (const tagged of (rule.conditions ?? []).filter(condition => parseCondition(condition).kind === 'taggedAddress')) {
    for (const other of placed.filter(each => each === rule || !isSettled(rule, each))) {
      const untagged = other.conditions?.find(condition => parseCondition(condition).kind === 'address' && covers(condition, tagged));
      if (untagged === undefined) continue;
      finding(rule, 'ReceiptRule.tagTwice', other === rule
        ? `"${untagged}" is for "${tagged}", too, as for all its tags; leave the latter out`
        : `mail for "${tagged}" is for the rule "${other.name}", too, since "${untagged}" there is for all its tags. Put this rule first, with a Stop at its end`);
    }
  }
}

/** Whether of two rules with the same mail only the first one runs. */
function isSettled(one: PlacedRule, other: PlacedRule): boolean {
  return alwaysStops(one.position < other.position ? one : other);
}

function reportBounce(rule: PlacedRule, behind: PlacedRule[], finding: Report): void {
  const actions = actionsOf(rule.rule);
  const bounce = actions.findIndex(action => action.BounceAction);
  if (bounce < 0 || actions.slice(bounce).some(action => action.StopAction)) return;
  const next = behind.find(later => sharesMail(rule, later));
  if (bounce === actions.length - 1 && !next) return;
  finding(rule, 'ReceiptRule.bounceGoesOn', 'the mail is sent back, and still goes on to ' +
    `${bounce < actions.length - 1 ? 'the actions behind' : `the rule "${next!.name}"`}: its sender takes it for refused. Put a Stop behind the bounce`);
}

function reportFunctions(
  rule: PlacedRule, before: PlacedRule[], behind: PlacedRule[], readsScan: (functionArn: string) => boolean, finding: Report,
): void {
  const actions = actionsOf(rule.rule);
  const store = actions.findIndex(action => action.S3Action);
  const early = actions.slice(0, Math.max(store, 0)).some(action => action.LambdaAction && !isSynchronous(action));
  if (early && !before.some(earlier => actionsOf(earlier.rule).some(action => action.S3Action) && mayShareMail(rule, earlier))) {
    finding(rule, 'ReceiptRule.functionBeforeStore', 'a function is called before the mail is stored, and may look for it in vain; put the S3 action first');
  }
  const waiting = actions.filter(isSynchronous);
  if (!isTrue(rule.rule.ScanEnabled) && waiting.some(action => readsScan(action.LambdaAction!.FunctionArn))) {
    finding(rule, 'ReceiptRule.gateWithoutScan', 'SES waits for a function, and does not scan: the verdicts on spam and viruses say DISABLED, which is neither PASS nor FAIL. ' +
      'Leave "scan" on');
  }
  if (behind.length === 0 && waiting.length > 0 && isSynchronous(actions[actions.length - 1])) {
    finding(rule, 'ReceiptRule.waitsForNothing', 'SES waits for the function at the end, and nothing follows that it could stop; let it be called asynchronously');
  }
}

function reportTopic(rule: PlacedRule, finding: Report): void {
  const actions = actionsOf(rule.rule);
  if (!actions.some(action => action.SNSAction)) return;
  finding(rule, 'ReceiptRule.topicBouncesLargeMail', actions.some(action => action.S3Action)
    ? 'mail over 150 KB is sent back, although the rule stores mail up to 40 MB: the topic sets the limit. Let the S3 action tell the topic, and leave the SNS action out'
    : 'mail over 150 KB is sent back. Store it, up to 40 MB, and let the S3 action tell the topic');
}

function reportHeaders(rule: PlacedRule, behind: PlacedRule[], finding: Report): void {
  const actions = actionsOf(rule.rule);
  actions.forEach(({ AddHeaderAction: header }, index) => {
    if (!header || !hasTexts(header)) return;
    if (isReservedHeader(header.HeaderName)) {
      finding(rule, 'ReceiptRule.reservedHeader', `"${header.HeaderName}" is a header that SES, or servers on the way, write themselves; readers may take yours for theirs. ` +
        'Take a name of your own');
    }
    const sees = (action: ReceiptRuleAction) => !action.AddHeaderAction && !action.StopAction;
    if (actions.slice(index + 1).some(sees) || behind.some(later => mayShareMail(rule, later) && actionsOf(later.rule).some(sees))) return;
    finding(rule, 'ReceiptRule.headerUnseen', `"${header.HeaderName}" is added, and no action follows that would see it; put the action that hands the mail on behind it`);
  });
}

function reportDomains(rule: PlacedRule, domains: readonly string[], finding: Report): void {
  const outside = (rule.conditions ?? []).filter(condition => {
    const domain = identityDomainOf(condition);
    return domain !== undefined && !domains.some(verified => isWithin(domain, verified.toLowerCase()));
  });
  if (outside.length === 0) return;
  finding(rule, 'ReceiptRule.unverifiedDomain', `${listOf(outside)} ${outside.length === 1 ? 'is' : 'are'} at no domain that is verified here (${domains.join(', ')}); ` +
    'SES refuses mail for any other. Verify the domain, or acknowledge when it is verified elsewhere');
}

function isKnown(actions: unknown): boolean {
  return actions === undefined || Array.isArray(actions);
}

function hasTexts(header: { readonly HeaderName: unknown; readonly HeaderValue: unknown }): boolean {
  return typeof header.HeaderName === 'string' && typeof header.HeaderValue === 'string';
}

function listOf(conditions: readonly string[]): string {
  return conditions.map(condition => `"${condition}"`).join(', ');
}
