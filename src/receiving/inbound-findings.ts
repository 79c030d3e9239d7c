import { Token } from 'aws-cdk-lib';
import * as ses from 'aws-cdk-lib/aws-ses';
import type { InboundMail } from './inbound-mail';
import { finishedRule } from './mail-rule';
import { finding } from '../private/finding';
import type { ReceiptRule } from '../receipt/receipt-rule';
import { matches, overlap } from '../receipt/recipient-condition';
import { actionsOf, conditionsOf, isSynchronous } from '../receipt/rule-action';
import { ruleFindings } from '../receipt/rule-findings';

/** What the findings look at, beside the rules. */
interface Surroundings {
  /** The domains that receive. */
  readonly domains: string[];
  /** Whether this app has activated the rule set, or knows that somebody else does. */
  readonly isActivated: boolean;
}

/**
 * Reports what deploys, but surprises. Rules and domains are added until the tree is complete.
 */
export function reportInbox(inbox: InboundMail, surroundings: () => Surroundings): void {
  inbox.node.addValidation({
    validate: () => {
      reportRules(inbox, surroundings());
      // a set of somebody else has rules that are not known here
      if (inbox.ruleSet.node.defaultChild instanceof ses.CfnReceiptRuleSet) reportSet(inbox, surroundings());
      return [];
    },
  });
}

function reportRules(inbox: InboundMail, { domains }: Surroundings): void {
  const rules = inbox.rules.map(rule => finishedRule(rule.node.defaultChild as ses.CfnReceiptRule));
  // a domain that only the deployment knows may be the one of any recipient
  const known = domains.some(domain => Token.isUnresolved(domain)) ? undefined : domains;
  for (const { id, position, text } of ruleFindings(rules, { domains: known })) finding(inbox.rules[position], id, text);
}

function reportSet(inbox: InboundMail, { isActivated }: Surroundings): void {
  const rules = rulesOf(inbox).filter(({ Enabled }) => Enabled !== false);
  if (rules.length === 0) {
    finding(inbox, 'InboundMail.noRules', 'no rule of the set is switched on, so SES refuses all mail; add one with addRule');
    return;
  }
  if (!isActivated) {
    finding(inbox, 'InboundMail.inactive', `nothing in this app makes ${inbox.ruleSetName} the active rule set, and SES goes by no other; leave \`activate\` out, or acknowledge ` +
      'this when it is activated elsewhere');
  }
  const handling = rules.filter(rule => !onlyLooks(rule));
  const gate = rules.find(rule => onlyLooks(rule) && conditionsOf(rule) === undefined);
  if (gate && handling.every(rule => conditionsOf(rule) !== undefined)) {
    finding(inbox, 'InboundMail.swallowed', `the rule ${gate.Name} is for everybody and only looks at mail, so SES accepts mail for recipients of no other rule, and throws ` +
      'it away without telling anybody; give that rule the recipients of the rules behind it, or add a rule for everybody that keeps mail or bounces it');
  }
  reportNames(inbox, handling);
}

/** Whether a rule begins by asking a function, and so is for some mail only, or does nothing with it. */
function onlyLooks(rule: ReceiptRule): boolean {
  const first = actionsOf(rule).find(action => !action.AddHeaderAction);
  return first === undefined || isSynchronous(first);
}

/** All rules of the set, whoever has made them. */
function rulesOf(inbox: InboundMail): ReceiptRule[] {
  const isSame = ({ stack, ruleSetName }: ses.CfnReceiptRule, name: string) =>
    JSON.stringify(stack.resolve(ruleSetName)) === JSON.stringify(stack.resolve(name));
  return inbox.node.root.node.findAll().filter(child => child instanceof ses.CfnReceiptRule)
    .filter(rule => isSame(rule, inbox.ruleSet.receiptRuleSetName) || isSame(rule, inbox.ruleSetName)).map(finishedRule);
}

/** Mail for which there is an MX record and no rule is refused by SES, as if the mailbox did not exist. */
function reportNames(inbox: InboundMail, rules: ReceiptRule[]): void {
  const conditions = rules.flatMap(({ Recipients }): readonly unknown[] => Recipients ?? [undefined]);
  // a rule for everybody is for each name, and so may be a condition that only the deployment knows
  if (!conditions.every(condition => typeof condition === 'string')) return;
  for (const name of inbox.mxRecords.map(record => record.name).filter(each => !Token.isUnresolved(each))) {
    // a wildcard stands for what a condition writes with a dot in front
    if (!conditions.some(condition => overlap(condition, name.replace(/^\*/, '')))) {
      finding(inbox, 'InboundMail.unserved', `mail for ${name} is led here by an MX record, and no rule is for it, so SES refuses it; add a rule, or leave the record out`);
    } else if (!name.startsWith('*') && !conditions.some(condition => matches(condition, `postmaster@${name}`))) {
      finding(inbox, 'InboundMail.noPostmaster', `${name} receives mail, and no rule is for postmaster@${name}, which every domain with mail has to have (RFC 5321); add a rule ` +
        `for RoleAddresses.required('${name}')`);
    }
  }
}
