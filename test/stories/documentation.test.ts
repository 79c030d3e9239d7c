import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const sources = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter(file => file.endsWith('.ts')).map(file => readFileSync(join('src', file), 'utf8'));
const tests = readdirSync('test', { recursive: true, encoding: 'utf8' }).filter(file => file.endsWith('.ts')).map(file => readFileSync(join('test', file), 'utf8')).join('\n');
const findingsPage = readFileSync('docs/findings.md', 'utf8');

test('the findings page lists the findings that the library reports, and no others', () => {
  const reported = sources.flatMap(source => [...source.matchAll(/finding\(\w+, '([\w.]+)'/g)].map(match => match[1]));
  const listed = [...findingsPage.matchAll(/^\| `(\w+\.\w+)` \|/gm)].map(match => match[1]);
  expect([...new Set(reported)].sort()).toEqual(listed.sort());
});

test('the findings page lists the rules of the cdk-nag pack', () => {
  const rules = [readFileSync('src/checks/mail-checks.ts', 'utf8')].flatMap(source => [...source.matchAll(/^ {4}id: '(\w+)',$/gm)].map(match => `CdkPostmaster-${match[1]}`));
  const listed = [...findingsPage.matchAll(/^\| `(CdkPostmaster-\w+)` \|/gm)].map(match => match[1]);
  expect(rules).toEqual(listed);
});

test('every refusal of the library appears in a test', () => {
  const codes = sources.flatMap(source => [...source.matchAll(/fail\(\s*'(\w+\.\w+)'/g)].map(match => match[1]));
  expect(codes.length).toBeGreaterThan(40);
  expect([...new Set(codes)].filter(code => !tests.includes(`[${code}]`) && !tests.includes(`'${code}'`))).toEqual([]);
});

const traceabilityPage = readFileSync('docs/traceability.md', 'utf8');

test('each checklist row has one line in the traceability page', () => {
  const rows = [...traceabilityPage.matchAll(/^\| ([A-Z]{3}-\d+) \|/gm)].map(match => match[1]);
  expect(rows.length).toBeGreaterThan(0);
  expect(new Set(rows).size).toBe(rows.length);
});

test('the tests that the traceability page names are there', () => {
  const named = [...traceabilityPage.matchAll(/^\| [A-Z]{3}-\d+ \|.*\| (test\/[^|]*?) \|$/gm)].flatMap(match => pathsIn(match[1]));
  expect(named.length).toBeGreaterThan(300);
  expect([...new Set(named)].filter(path => !existsSync(path) && !existsSync(`${path}.test.ts`))).toEqual([]);
});

/** A list like `test/events/feedback, parse-events, e2e streams`: what has no folder is in that of the one before. */
function pathsIn(list: string): string[] {
  let folder = '';
  return list.split(/, ?/).map(item => item.replace(/ \(.*/, '')).filter(item => /^[\w./-]+$/.test(item)).map(item => {
    if (!item.includes('/')) return join(folder, item);
    folder = existsSync(item) ? item : dirname(item);
    return item;
  });
}
