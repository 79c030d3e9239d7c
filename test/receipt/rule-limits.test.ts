import { call, header, rule, stop, store } from './rules';
import { checkActions, checkRecipients, checkRules } from '../../src/receipt/rule-limits';
import { checkName, SES_NAMES } from '../../src/ses/names';
import { expectRefusal, type Refusal } from '../records/refusal';

const addresses = (count: number) => Array.from({ length: count }, (_, index) => `user${index}@example.com`);
const rules = (count: number) => Array.from({ length: count }, (_, index) => rule(`R${index}`, undefined, [stop]));
const headers = (count: number) => Array.from({ length: count }, () => header());
const token = { Ref: 'Name' } as unknown as string;

test('what SES takes passes', () => {
  checkRecipients(undefined);
  checkRecipients(addresses(100));
  checkActions([...headers(9), stop]);
  checkRules([...rules(198), rule(token, undefined, []), rule(token, undefined, [])]);
});

test.each<Refusal>([
  ['an empty list of recipients', () => checkRecipients([]), 'ReceiptRule.noRecipients',
    'the list of recipients is empty, and SES would take that for everything at every verified domain; leave it out when that is meant'],
  ['101 recipients', () => checkRecipients(addresses(101)), 'ReceiptRule.tooManyRecipients',
    'the rule has 101 recipients; SES takes up to 100. Divide them among several rules with the same actions, or give a domain'],
  ['a recipient twice', () => checkRecipients(['a@example.com', 'a@EXAMPLE.com']), 'ReceiptRule.recipientTwice', 'the rule has the recipient "a@example.com" twice; leave one out'],
  ['no action', () => checkActions([]), 'ReceiptRule.noActions',
    'the rule has no action, so that SES would accept mail and drop it without a word; when that is meant, let the rule stop: its only action is then a Stop'],
  ['11 actions', () => checkActions(headers(11)), 'ReceiptRule.tooManyActions',
    'the rule has 11 actions; SES takes up to 10. Put the rest into a rule behind it with the same recipients'],
  ['actions behind a Stop', () => checkActions([call('f'), stop, store('one'), header()]), 'ReceiptRule.actionsBehindStop',
    '2 of the 4 actions stand behind one that stops the rule set, and never run; put the Stop last'],
  ['201 rules', () => checkRules(rules(201)), 'ReceiptRuleSet.tooManyRules',
    'the rule set has 201 rules; SES takes up to 200. Rules with the same actions can share up to 100 recipients'],
  ['two rules of one name', () => checkRules([...rules(2), rule('R1', undefined, [])]), 'ReceiptRuleSet.nameTwice',
    'two rules of the rule set are called "R1"; SES tells them apart by their names'],
])('%s is refused', (_, check, code, sentence) => expectRefusal(check, code, sentence));

const FORM = '1 to 64 letters, digits, "-", "_" and ".", with a letter or digit at both ends';

test.each(['a', '1', 'drop-spam_2.a', 'x'.repeat(64)])('"%s" names a rule, and a rule set', name => {
  expect(checkName(SES_NAMES.receiptRule, name)).toBe(name);
  expect(checkName(SES_NAMES.receiptRuleSet, name)).toBe(name);
});

test.each(['', '-a', 'a-', '.a', 'a b', 'ä', 'x'.repeat(65)])('"%s" names neither', name => {
  expectRefusal(() => checkName(SES_NAMES.receiptRule, name), 'SesName.form', `receipt rule name "${name}" is not accepted by SES; it takes ${FORM}`);
  expectRefusal(() => checkName(SES_NAMES.receiptRuleSet, name), 'SesName.form', `receipt rule set name "${name}" is not accepted by SES; it takes ${FORM}`);
});
