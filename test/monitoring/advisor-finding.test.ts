import { AdvisorFinding } from '../../src/monitoring/advisor-finding';

const FINDINGS = Object.values(AdvisorFinding).filter(value => value instanceof AdvisorFinding).map(({ text }) => text);

test('there are the 14 findings of AWS, each with its full stop', () => {
  expect(new Set(FINDINGS).size).toBe(14);
  FINDINGS.forEach(text => expect(text).toMatch(/^[A-Z].*[^.]\.$/));
});

test('a finding that AWS adds can be given by its words', () => {
  expect(AdvisorFinding.custom('A new one.').text).toBe('A new one.');
});

test('one without words is refused', () => {
  expect(() => AdvisorFinding.custom(' ')).toThrow('AdvisorFinding.custom takes the words of AWS, and they are empty; leave the finding out to hear of all [AdvisorFinding.empty]');
});
