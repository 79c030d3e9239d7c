import { Stack, Token } from 'aws-cdk-lib';
import * as ses from 'aws-cdk-lib/aws-ses';
import type { InboundMail } from './inbound-mail';
import { finishedRule } from './mail-rule';
import { finding } from '../private/finding';
import type { ReceiptRule } from '../receipt/receipt-rule';
import { matches, overlap } from '../receipt/recipient-condition';
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
  reportNames(inbox, rules.map(({ Recipients }) => Recipients));
}

/** All rules of the set, whoever has made them. */
function rulesOf(inbox: InboundMail): ReceiptRule[] {
  const nameOf = (stack: Stack, name: string) => JSON.stringify(stack.resolve(name));
  return inbox.node.root.node.findAll().filter(child => child instanceof ses.CfnReceiptRule)
    .filter(rule => [inbox.ruleSet.receiptRuleSetName, inbox.ruleSetName].some(name => nameOf(rule.stack, rule.ruleSetName) === nameOf(rule.stack, name)))
    .map(finishedRule);
}

/** Mail for which there is an MX record and no rule is refused by SES, as if the mailbox did not exist. */
function reportNames(inbox: InboundMail, recipients: ReceiptRule['Recipients'][]): void {
  if (recipients.some(conditions => conditions === undefined)) return;
  const conditions = recipients.flatMap(each => each ?? []);
  if (conditions.some(condition => typeof condition !== 'string')) return;
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
