import { Aws } from 'aws-cdk-lib';
import * as fc from 'fast-check';
import { MailboxSimulator } from '../../src/ses/mailbox-simulator';
import { expectRefusal, type Refusal } from '../records/refusal';

type Scenario = [scenario: keyof typeof MailboxSimulator & ('success' | 'bounce' | 'outOfOffice' | 'complaint' | 'suppressionList'), mailbox: string];
const SCENARIOS: Scenario[] = [
  ['success', 'success'], ['bounce', 'bounce'], ['outOfOffice', 'ooto'], ['complaint', 'complaint'], ['suppressionList', 'suppressionlist'],
];

test.each(SCENARIOS)('%s has its address, with and without a label', (scenario, mailbox) => {
  expect(MailboxSimulator[scenario]()).toBe(`${mailbox}@simulator.amazonses.com`);
  expect(MailboxSimulator[scenario]('user=example.com')).toBe(`${mailbox}+user=example.com@simulator.amazonses.com`);
});

test.each(SCENARIOS)('a label of %s fills the address up to 64 characters before the @, and no further', (scenario, mailbox) => {
  const room = 63 - mailbox.length;
  expect(MailboxSimulator[scenario]('x'.repeat(room)).indexOf('@')).toBe(64);
  expect(() => MailboxSimulator[scenario]('x'.repeat(room + 1))).toThrow(`it takes 1 to ${room} letters`);
});

test('a label that only the deployment knows passes', () => {
  expect(MailboxSimulator.bounce(Aws.STACK_NAME)).toBe(`bounce+${Aws.STACK_NAME}@simulator.amazonses.com`);
});

const FORM = 'letters, digits, "-", "_", "+", "=" and single dots between them';
test.each<Refusal>([
  ['empty', () => MailboxSimulator.bounce(''), 'MailboxSimulator.label', `"" cannot be the label of bounce@simulator.amazonses.com; it takes 1 to 57 ${FORM}`],
  ['an address', () => MailboxSimulator.success('a@b'), 'MailboxSimulator.label', `"a@b" cannot be the label of success@simulator.amazonses.com; it takes 1 to 56 ${FORM}`],
  ['two dots', () => MailboxSimulator.outOfOffice('a..b'), 'MailboxSimulator.label', `"a..b" cannot be the label of ooto@simulator.amazonses.com; it takes 1 to 59 ${FORM}`],
  ['two lines', () => MailboxSimulator.complaint('a\nb'), 'MailboxSimulator.label',
    `"a\\nb" cannot be the label of complaint@simulator.amazonses.com; it takes 1 to 54 ${FORM}`],
  ['not ASCII', () => MailboxSimulator.suppressionList('ä'), 'MailboxSimulator.label',
    `"ä" cannot be the label of suppressionlist@simulator.amazonses.com; it takes 1 to 48 ${FORM}`],
])('a label is refused when it is %s', (_, rule, code, sentence) => expectRefusal(rule, code, sentence));

test.each([
  'bounce@simulator.amazonses.com', 'Bounce+42@Simulator.AmazonSES.com', 'Test <complaint@simulator.amazonses.com>', ' success@simulator.amazonses.com ',
])('"%s" belongs to the simulator', address => {
  expect(MailboxSimulator.isSimulator(address)).toBe(true);
});

test.each([
  'user@example.com', 'bounce@simulator.amazonses.com.example.com', 'bounce@xsimulator.amazonses.com', 'simulator.amazonses.com', '',
  '"bounce@simulator.amazonses.com" <user@example.com>',
])('"%s" does not belong to the simulator', address => {
  expect(MailboxSimulator.isSimulator(address)).toBe(false);
});

test('the simulator knows its own addresses', () => {
  fc.assert(fc.property(fc.constantFrom(...SCENARIOS), fc.option(fc.stringMatching(/^[A-Za-z0-9_=+-]{1,48}$/), { nil: undefined }), ([scenario], label) => {
    expect(MailboxSimulator.isSimulator(MailboxSimulator[scenario](label))).toBe(true);
  }));
});
